"""What differs between plans: measures, the cash that explains it, and sites.

    change of the expected value = sum over lines of (worth in the other - worth in the first)
A line is one money item in one country. Lines that do not add up are an error, not a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.core.case import Case
from planner.core.errors import Issue, VerificationError
from planner.core.plan import Plan
from planner.outputs import formats, frames, labels, money

Run = tuple[Plan, Case]
KINDS = {
    "opened": "opened",
    "dropped": "dropped",
    "moved": "moved in time",
    "resized": "resized",
    "changed": "other classes or role",
    "same": "same",
}
"""How a site differs from the first run."""
SITE_COLUMNS = (
    "id", "name", "country", "lat", "lon", "kind", "first", "other",
    "new_kwpm_first", "new_kwpm_other", "product",
)  # fmt: skip
SIZE_STEP = 0.5
"""Smallest change of capacity that counts as another size [kwpm]."""
NOISE = 1e-9
"""Changes smaller than this are rounding [USD bn]."""
TIME_STEP = 0.01


@dataclass(frozen=True, slots=True)
class CashLine:
    """One money item in one country: its worth in both runs [USD bn]."""

    item: str
    country: str
    group: str
    first: float
    other: float

    @property
    def change(self) -> float:
        """What the line adds to the change of the expected value."""
        return self.other - self.first


def names(runs: Sequence[Run]) -> list[str]:
    """Printed names of runs, made distinct by their scenario's name or number."""
    plain = [plan.title or plan.scenario for plan, _ in runs]
    if len(set(plain)) < len(plain):
        plain = [f"{t} ({plan.scenario})" for t, (plan, _) in zip(plain, runs, strict=True)]
    repeated = {t for t in plain if plain.count(t) > 1}
    return [f"{t} #{n}" if t in repeated else t for n, t in enumerate(plain, 1)]


def measures(runs: Sequence[Run]) -> pd.DataFrame:
    """Measure by run: name, label, unit, digits, one column a run (its number from 0)."""
    listed = dict.fromkeys(m for plan, _ in runs for m in plan.measures)
    order = {m: n for n, m in enumerate(labels.MEASURES)}
    rows = []
    for name in sorted(listed, key=lambda m: order.get(m, len(order))):
        label = labels.measure(name)
        values = [plan.measures.get(name) for plan, _ in runs]
        rows.append((name, label.name, label.unit, label.digits, *values))
    columns = ["name", "label", "unit", "digits", *(str(n) for n in range(len(runs)))]
    return pd.DataFrame(rows, columns=columns)


def cash_lines(first: Run, other: Run) -> list[CashLine]:
    """Lines that differ, largest first. Raises VerificationError when they miss the change."""
    one, two = _worth(first[0]), _worth(other[0])
    lines = [
        CashLine(item, country, group, one.get(k, 0.0), two.get(k, 0.0))
        for k in sorted(set(one) | set(two))
        for group, item, country in [k]
    ]
    total = sum(line.change for line in lines)
    wanted = money.money(*other).value - money.money(*first).value
    said = other[0].measures.get("npv_usd_bn"), first[0].measures.get("npv_usd_bn")
    if said[0] is not None and said[1] is not None:
        wanted = said[0] - said[1]
    if abs(total - wanted) > money.TOLERANCE * max(1.0, abs(wanted)):
        text = f"the lines add to {total:.9g} USD bn, the expected value changes by {wanted:.9g}"
        raise VerificationError([Issue("error", "E592", "comparison", "cash", text)])
    differ = [line for line in lines if abs(line.change) > NOISE]
    return sorted(differ, key=lambda line: (-abs(line.change), line.item, line.country))


def _worth(plan: Plan) -> dict[tuple[str, str, str], float]:
    """Group, item, country -> expected present value, tail charge left out."""
    real = plan.cash[plan.cash["item"] != money.TAIL]
    keys = [real["group"].astype(str), real["item"].astype(str), real["country"].astype(str)]
    sums: dict[Any, Any] = money.worth(real).groupby(keys, sort=True).sum().to_dict()
    return {(str(g), str(i), str(c)): float(v) for (g, i, c), v in sums.items()}


def site_differences(first: Plan, other: Plan) -> pd.DataFrame:
    """Sites that take part in either run: id, name, country, lat, lon, kind, and both sides."""
    one, two = _records(first), _records(other)
    rows = []
    for site in dict.fromkeys([*one, *two]):
        a, b = one.get(site), two.get(site)
        known: Mapping[str, Any] = a if a is not None else b if b is not None else {}
        if not (_active(a) or _active(b)):
            continue
        rows.append(
            {
                "id": site,
                **{c: known[c] for c in ("name", "country", "lat", "lon")},
                "kind": kind_of(a, b),
                "first": describe(a),
                "other": describe(b),
                "new_kwpm_first": _new(a),
                "new_kwpm_other": _new(b),
                "product": str((b if b is not None and _active(b) else known)["main_product"]),
            }
        )
    order = {k: n for n, k in enumerate(KINDS)}
    frame = pd.DataFrame(rows, columns=list(SITE_COLUMNS))
    return frame.sort_values(
        ["kind", "country", "id"],
        key=lambda s: s.map(order) if s.name == "kind" else s,
        kind="stable",
    ).reset_index(drop=True)


def _records(plan: Plan) -> dict[str, dict[str, Any]]:
    """Site rows with the classes and years of what is begun there."""
    modules, labs = plan.table("modules"), plan.table("research")
    found = {}
    for row in frames.records(plan.table("sites")):
        site = row["id"]
        here = modules[modules["site"] == site] if len(modules) else modules
        mine = labs[labs["site"] == site] if len(labs) else labs
        begun = [
            (str(r["product"]), float(r["begun_year"]), float(r["kwpm"]))
            for r in frames.records(here)
        ]
        centres = [(str(r["centre_name"]), float(r["begun_year"])) for r in frames.records(mine)]
        found[str(site)] = {**row, "begun": sorted(begun), "centres": sorted(centres)}
    return found


def _active(row: Mapping[str, Any] | None) -> bool:
    return row is not None and bool(row["chosen"])


def _new(row: Mapping[str, Any] | None) -> float:
    return 0.0 if row is None else sum(kwpm for _, _, kwpm in row["begun"])


def kind_of(first: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> str:
    """One of `KINDS`. A site both moved and resized counts as resized."""
    if first is None or not first["chosen"]:
        return "opened"
    if other is None or not other["chosen"]:
        return "dropped"
    if abs(_new(first) - _new(other)) >= SIZE_STEP:
        return "resized"
    years = [formats.finite(r["first_begun_year"]) or 0.0 for r in (first, other)]
    if abs(years[0] - years[1]) > TIME_STEP:
        return "moved"
    same = first["begun"] == other["begun"] and first["centres"] == other["centres"]
    return "same" if same else "changed"


def describe(row: Mapping[str, Any] | None) -> str:
    """`N2 +40 kwpm 2030, Design centre 2028`; a dash when nothing new is there.

    Years are told apart (`N2 +25 kwpm 2026 +25 2028`), or plans that differ would read the same.
    """
    if row is None or not row["chosen"]:
        return formats.NOTHING
    begun: dict[str, list[tuple[float, float]]] = {}
    for product, year, kwpm in row["begun"]:
        begun.setdefault(product, []).append((year, kwpm))
    parts = [f"{k} {_steps(v)}" for k, v in begun.items()]
    parts += [f"{t} {y:.0f}" for t, y in row["centres"]]
    return ", ".join(parts)


def _steps(begun: Sequence[tuple[float, float]]) -> str:
    """Capacity of one class by the year it is begun; the unit stands once."""
    sums: dict[float, float] = {}
    for year, kwpm in sorted(begun):
        sums[year] = sums.get(year, 0.0) + kwpm
    (first, kwpm), *rest = sums.items()
    return " ".join([f"+{kwpm:,.0f} kwpm {first:.0f}", *(f"+{v:,.0f} {y:.0f}" for y, v in rest)])
