"""Capacity: modules begun now become wafers later; sites are prepared before they are used.

    capacity.build[i,k,t]   cap[i,k,t] = EXISTING[i,k,t] + PLANNED[i,k,t] - sum(cut[i,k,v], v <= t)
                                       + OPENING[i,k] * sum(open[i,v], v <= t)
                                       + sum(USABLE[i,k,o,v,t] * SIZE[k] * modules[i,k,o,v])
                                       + sum(EFFECT[x,k,t] * x, x bought, refitted, closed)   [kwpm]
    capacity.once[i]        sum(open[i,t], t) <= 1 [sites]
    capacity.prepared[i,t]  sum(modules[i,k,o,v], v <= t) <= ROOM[i] * sum(open[i,v])  [modules]
    capacity.room[i]        sum(modules[i,k,o,t]) <= ROOM[i]   (sites already running) [modules]
    capacity.cut[i,k,t]     cut[i,k,t] <= PLANNED[i,k,t] - PLANNED[i,k,t-1]   (column bound) [kwpm]
    capacity.entry[i,t]     sum(open[i,v], v <= t) <= sum(enter[c(i),v], v <= t)        [sites]
    capacity.pin[n]         sum(modules[i,k,o,t], t <= BY) >= MODULES [modules]

USABLE is the mean share of a module that runs in period t: nothing before first wafers (lead time
of the country and option), then the ramp of the class. Vintages need no ramp binaries.
Sources: fact tables `site`, `country`, `product`, `ramp`, `existing`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import Column
from planner.model.lp import Model, Row

AFTER: tuple[str, ...] = ()
NEEDS: tuple[str, ...] = ()
READS = (
    "product.module_kwpm",
    "site.room_modules",
    "opening.capacity_kwpm",
)


class Options(Base):
    """Knobs of the capacity concept."""

    on: Literal[True] = True
    """Always: without capacity there is no plan [yes]"""
    existing_abroad: bool = True
    """Whether fabs the firm already runs abroad are there [yes/no]"""
    home_plan_firm: bool = False
    """Whether announced additions at home may no longer be cut [yes/no]"""
    greenfield_home: bool = True
    """Whether modules beyond the announced plan may be added at home [yes/no]"""


def mask(case: CaseView, opt: Options, i: str, k: str, t: int) -> str | None:
    """Columns no rule of capacity allows."""
    if not opt.greenfield_home and i in case.sets.home:
        return "capacity.greenfield_home"
    return None


def needs_opening(case: CaseView) -> list[str]:
    """Sites that must be prepared first: candidates with columns, plain sites that open."""
    plain = {e.split("|")[0] for e in case.entities("opening.capacity_kwpm")}
    fresh = {i for i, _, o, _ in case.sets.columns if o == "greenfield"}
    return [i for i in case.sets.sites if i in plain | fresh]


def new_countries(case: CaseView) -> list[str]:
    """Host countries where the firm runs nothing yet and could begin something."""
    running = {case.sets.country_of[i] for i, _, _ in case.sets.existing}
    able = {case.sets.country_of[i] for i, _, _, _ in case.sets.columns}
    return [
        c
        for c in case.sets.countries
        if case.sets.role_of[c] == "host" and c in able and c not in running
    ]


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create modules, open, enter, cut, cap and the rules that tie them."""
    sets = case.sets
    room = {i: case.value("site.room_modules", i) for i in {c[0] for c in sets.columns}}
    modules = m.variables(
        "modules",
        sets.columns,
        index="site,product,option,period",
        unit="modules",
        high={c: room[c[0]] for c in sets.columns},
        kind="integer",
    )
    first = {i: t for i, _, _, t in sorted(sets.columns, key=lambda c: -c[3])}
    fresh = needs_opening(case)
    opens = [(i, t) for i in fresh for t in sets.periods if t >= first.get(i, t)]
    m.variables("open", opens, index="site,period", unit="sites", kind="binary")
    prepared = _opened(m)
    enters = [(c, t) for c in new_countries(case) for t in sets.periods]
    m.variables("enter", enters, index="country,period", unit="countries", kind="binary")
    growth = {} if opt.home_plan_firm else sets.growth()
    m.variables("cut", growth, index="site,product,period", unit="kwpm", high=growth)
    cap_keys = [(i, k, t) for i, k in _pairs(case) for t in sets.periods]
    m.variables("cap", cap_keys, index="site,product,period", unit="kwpm")
    m.require("capacity.build", _build_rows(m, case), unit="kwpm", why="what runs in a period")
    once = (((i,), [(j, 1.0) for _, j in prepared[i]], "<=", 1.0) for i in fresh)
    m.require("capacity.once", once, unit="sites", why="a site is prepared once")
    by_site: dict[str, list[Column]] = defaultdict(list)
    for column in sets.columns:
        by_site[column[0]].append(column)
    rows, why = _prepared_rows(m, case, by_site, room), "no module on land that is not prepared"
    m.require("capacity.prepared", rows, unit="modules", why=why)
    m.require(
        "capacity.room",
        (
            ((i,), [(modules[c], 1.0) for c in by_site[i]], "<=", room[i])
            for i in by_site
            if i not in fresh
        ),
        unit="modules",
        why="land at running sites",
    )
    m.require("capacity.entry", _entry_rows(m, case), unit="sites", why="first fab in a country")
    m.require("capacity.pin", _pin_rows(m, case), unit="modules", why="sites.pin of the scenario")


def _pairs(case: CaseView) -> list[tuple[str, str]]:
    """Pairs (site, class) with capacity at some time, plain opening capacity included."""
    pairs = list(case.sets.site_products())
    known = set(pairs)
    for entity in case.entities("opening.capacity_kwpm"):
        i, k = entity.split("|")
        if (i, k) not in known:
            pairs.append((i, k))
    return pairs


def _build_rows(m: Model, case: CaseView) -> Iterator[Row]:
    sets = case.sets
    modules, opened, cut = m.family("modules"), m.family("open"), m.family("cut")
    by_pair: dict[tuple[str, str], list[Column]] = defaultdict(list)
    for column in sets.columns:
        by_pair[column[:2]].append(column)
    for (i, k, t), cap in m.family("cap").columns.items():
        terms = [(cap, 1.0)]
        for column in by_pair[str(i), str(k)]:
            usable = sets.vintages[column].usable.get(int(t), 0.0)
            if usable:
                size = case.value("product.module_kwpm", column[1])
                terms.append((modules[column], -usable * size))
        for v in (v for v in sets.periods if v <= int(t)):
            if (column_cut := cut.get((i, k, v))) is not None:
                terms.append((column_cut, 1.0))
            if case.has("opening.capacity_kwpm", str(i), str(k)):
                size = case.value("opening.capacity_kwpm", str(i), str(k))
                terms.append((opened[i, v], -size))
        key = (str(i), str(k), int(t))
        yield key, terms, "=", sets.existing.get(key, 0.0) + sets.planned.get(key, 0.0)


def _opened(m: Model) -> dict[str, list[tuple[int, int]]]:
    """Site -> (period, column) of its preparation."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for (i, t), j in m.family("open").columns.items():
        found[str(i)].append((int(t), j))
    return found


def _prepared_rows(
    m: Model, case: CaseView, by_site: dict[str, list[Column]], room: dict[str, float]
) -> Iterator[Row]:
    modules, opened = m.family("modules"), _opened(m)
    for i, columns in by_site.items():
        for t in case.sets.periods:
            opens = [(j, -room[i]) for v, j in opened[i] if v <= t]
            begun = [(modules[c], 1.0) for c in columns if c[3] <= t]
            if opens and any(c[3] == t for c in columns):
                yield (i, t), [*begun, *opens], "<=", 0.0


def _entry_rows(m: Model, case: CaseView) -> Iterator[Row]:
    enter, opened, fresh = m.family("enter"), _opened(m), needs_opening(case)
    for c in dict.fromkeys(str(c) for c, _ in enter.columns):
        for i in (i for i in fresh if case.sets.country_of[i] == c):
            for t in case.sets.periods:
                begun = [(j, 1.0) for v, j in opened[i] if v <= t]
                entered = [(enter[c, v], -1.0) for v in case.sets.periods if v <= t]
                if begun:
                    yield (i, t), [*begun, *entered], "<=", 0.0


def _pin_rows(m: Model, case: CaseView) -> Iterator[Row]:
    modules = m.family("modules")
    for number, pin in enumerate(case.scenario.sites.pin):
        terms = [
            (j, 1.0)
            for (i, k, _, t), j in modules.columns.items()
            if i == pin.site and pin.product in (None, k) and (pin.by is None or int(t) <= pin.by)
        ]
        yield (pin.site, pin.product or "any", number), terms, ">=", float(pin.modules)


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Recompute capacity from decisions; compare with every rule above."""
    yield from _check_build(plan, case)
    yield from _check_land(plan, case)
    yield from _check_entry(plan, case)
    growth = {} if opt.home_plan_firm else case.sets.growth()
    for key, gone in plan.values("cut").items():
        if gone > growth.get((key[0], key[1], key[2]), 0.0) + 1e-6:
            yield _issue("cut", key, f"cuts {gone:.6g} kwpm, more than may be cut")
    for number, pin in enumerate(case.scenario.sites.pin):
        have = sum(
            n
            for (i, k, _, t), n in plan.values("modules").items()
            if i == pin.site and pin.product in (None, k) and (pin.by is None or t <= pin.by)
        )
        if have < pin.modules - 1e-6:
            key = (pin.site, pin.product or "any", number)
            yield _issue("pin", key, f"{have:.0f} modules begun")


def _check_build(  # noqa: C901, PLR0912 - one loop per term of the formula
    plan: Plan, case: CaseView
) -> Iterator[Issue]:
    """Capacity again: what stands, minus cuts, plus modules, plus opened plain sites."""
    sets, cap = case.sets, plan.values("cap")
    want = dict.fromkeys(((i, k, t) for i, k in _pairs(case) for t in sets.periods), 0.0)

    def add(i: str, k: str, since: int, kwpm: float) -> None:
        for t in (t for t in sets.periods if t >= since):
            want[i, k, t] += kwpm

    for spot, kwpm in [*sets.existing.items(), *sets.planned.items()]:
        want[spot] += kwpm
    for (i, k, v), gone in plan.values("cut").items():
        add(i, k, v, -gone)
    for (i, k, o, v), n in plan.values("modules").items():
        for t, usable in sets.vintages[i, k, o, v].usable.items():
            want[i, k, t] += n * usable * case.value("product.module_kwpm", k)
    for change in sets.changes:
        n = plan.values(change.family).get(change.key, 0.0)
        for (k, t), kwpm in change.effect.items():
            want[change.key[0], k, t] += n * kwpm
    for e in case.entities("opening.capacity_kwpm"):
        i, k = e.split("|")
        for t in (t for (s, t) in plan.values("open") if s == i):
            add(i, k, t, case.value("opening.capacity_kwpm", i, k))
    for spot, kwpm in want.items():
        if abs(kwpm - cap.get(spot, 0.0)) > 1e-6 * max(1.0, kwpm):
            yield _issue("build", spot, f"capacity {cap.get(spot, 0.0):.6g}, not {kwpm:.6g}")


def _check_land(plan: Plan, case: CaseView) -> Iterator[Issue]:
    """Every site prepared once, no module before that, no more than the land carries."""
    opened: dict[str, dict[int, float]] = defaultdict(dict)
    for (i, t), n in plan.values("open").items():
        opened[i][int(t)] = n
    begun: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for (i, _, _, t), n in plan.values("modules").items():
        begun[i].append((int(t), n))
    for i, found in opened.items():
        if sum(found.values()) > 1 + 1e-6:
            yield _issue("once", (i,), "prepared more than once")
    fresh = set(needs_opening(case))
    for i, modules in begun.items():
        if (total := sum(n for _, n in modules)) > case.value("site.room_modules", i) + 1e-6:
            rule = "prepared" if i in fresh else "room"
            yield _issue(rule, (i,), f"{total:.0f} modules on land for fewer")
        first = min(t for t, _ in modules)
        if i in fresh and not any(v <= first and n > 0.5 for v, n in opened[i].items()):
            yield _issue("prepared", (i, first), "modules begun before the site is prepared")


def _check_entry(plan: Plan, case: CaseView) -> Iterator[Issue]:
    """The first fab in a country pays for entry."""
    entered = plan.values("enter")
    fresh = set(new_countries(case))
    for (i, t), n in plan.values("open").items():
        c = case.sets.country_of[i]
        paid = any(x == c and v <= t and e > 0.5 for (x, v), e in entered.items())
        if c in fresh and n > 0.5 and not paid:
            yield _issue("entry", (i, t), f"first fab in {c} without paying for entry")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Capacity moves no money of its own (see `costs`)."""
    yield from ()


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"capacity.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V100", where, "", text)
