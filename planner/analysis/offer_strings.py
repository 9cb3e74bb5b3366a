"""Strings of an offer: what a host ties to its money, as rows a plan keeps when it accepts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.analysis.bench import Bench
from planner.solve.variant import NewRow


@dataclass(frozen=True, slots=True)
class Strings:
    """What the host asks for its money.

    modules: begun there at least. by: begun in or before this year. products: of these classes
    (empty = any). loading_pct: least loading of capacity of these classes there, outages excused.
    centre: whether a research centre must be begun there. stay_out: no new modules in these
    countries or sites. at: only modules at these sites count (empty = anywhere in the country).
    """

    modules: int = 1
    by: int | None = None
    products: tuple[str, ...] = ()
    loading_pct: float = 0.0
    centre: bool = False
    stay_out: tuple[str, ...] = ()
    at: tuple[str, ...] = ()

    def apart(self) -> dict[str, Strings]:
        """Each string alone beside one fab of any class at any time."""
        found: dict[str, Strings] = {}
        fab = Strings()
        if self.modules > 1:
            found[f"{self.modules} modules"] = replace(fab, modules=self.modules)
        if self.by is not None:
            found[f"begun by {self.by}"] = replace(fab, by=self.by)
        if self.products:
            found[f"class {' or '.join(self.products)}"] = replace(fab, products=self.products)
        if self.loading_pct:
            words = f"loaded to {self.loading_pct:g} %"
            found[words] = replace(fab, loading_pct=self.loading_pct)
        if self.centre:
            found["with a research centre"] = replace(fab, centre=True)
        if self.at:
            found[f"at {' or '.join(self.at)}"] = replace(fab, at=self.at)
        if self.stay_out:
            words = f"no new modules in {', '.join(self.stay_out)}"
            found[words] = replace(fab, stay_out=self.stay_out)
        return found


def rows_of(bench: Bench, country: str, asked: Strings) -> list[NewRow] | None:
    """Rows a plan keeps when it accepts; None when no column could ever keep them."""
    sites = set(bench.sites_of(country))
    counted = [
        j for key, j in bench.model.family("modules").columns.items()
        if key[0] in sites and (not asked.at or key[0] in asked.at)
        and (not asked.products or key[1] in asked.products)
        and (asked.by is None or int(key[-1]) <= asked.by)
    ]  # fmt: skip
    if not counted:
        return None
    rows: list[NewRow] = [("offer.modules", [(j, 1.0) for j in counted], ">=", asked.modules)]
    if asked.centre:
        family = bench.model.families.get("centre")
        here = [j for key, j in family.columns.items() if key[0] in sites] if family else []
        if not here:
            return None
        rows.append(("offer.centre", [(j, 1.0) for j in here], ">=", 1.0))
    sets = bench.built.sets
    for number, place in enumerate(asked.stay_out):
        there = [
            (j, -1.0) for key, j in bench.model.family("modules").columns.items()
            if place in (key[0], sets.country_of[str(key[0])])
        ]  # fmt: skip
        if there:
            rows.append((f"offer.out[{number}]", there, ">=", 0.0))
    return rows + (_loading(bench, country, asked) if asked.loading_pct else [])


def _loading(bench: Bench, country: str, asked: Strings) -> list[NewRow]:
    """sum(ship[g,m,k,t,u], m) >= LOADING * W * UTIL[k] * sum(AVAIL[i,k,u] * cap[i,k,t], i in g)."""
    sets, case = bench.built.sets, bench.case
    groups = [g for g, members in sets.groups.items() if sets.country_of[members[0]] == country]
    sold: dict[tuple[str, str, int, str], list[tuple[int, float]]] = {}
    for key, j in bench.model.family("ship").columns.items():
        made = (str(key[0]), str(key[2]), int(key[3]), str(key[4]))
        sold.setdefault(made, []).append((j, 1.0))
    cap, name = bench.model.family("cap"), "product.utilisation_max_pct"
    rows: list[NewRow] = []
    for g, k, t in itertools.product(groups, asked.products or sets.products, sets.periods):
        here = [(i, c) for i in sets.groups[g] if (c := cap.get((i, k, t))) is not None]
        full = case.value(name, k) / 100 if case.has(name, k) else 1.0
        rate = sets.wafers_per_kwpm * full * asked.loading_pct / 100
        for u in sets.states[t] if here else ():
            able = [(c, -rate * u.available.get((i, k), 1.0)) for i, c in here]
            terms = [*sold.get((g, k, t, u.id), []), *able]
            rows.append((f"offer.loading[{g},{k},{t},{u.id}]", terms, ">=", 0.0))
    return rows


def reach(bench: Bench, terms: Sequence[tuple[int, float]], right: float) -> float:
    """How far a row `>= right` can fall short when nobody keeps it."""
    fall = 0.0
    for j, a in terms:
        if a < 0:
            top = bench.model.high[j]
            fall += a * (top if top is not None else _most_kwpm(bench))
    return right - fall


def _most_kwpm(bench: Bench) -> float:
    """More capacity than any site could ever have [kwpm]."""
    rooms = sum(f.value for f in bench.case.facts if f.parameter == "room_modules")
    sizes = max(f.value for f in bench.case.facts if f.parameter == "module_kwpm")
    now = sum(f.value for f in bench.case.facts if f.table == "existing")
    return rooms * sizes + now
