"""Hardening: a site braced against quakes and grid failures is out for a fraction of the time.

    SPARED[i,k,u]         = prod(1 - LOSS[e] * months of RATIO[e] * OUTAGE[e] / months of period)
                            - AVAIL[i,k,u], events e of state u (see model/states)       [ratio]
    hardening.capacity[i,k,t]  hard[i,k,t] <= cap[i,k,t]                                  [kwpm]
    hardening.site[i,k,t]      hard[i,k,t] <= MOST[i,k,t] * sum(harden[i,v], v + LEAD <= t)
                                                                                          [kwpm]
    hardening.once[i]          sum(harden[i,t], t) <= 1                                  [sites]
    hardening.added[i,k,t]     hard[i,k,t] - hard[i,k,t-1] <= braced[i,k,t]               [kwpm]
    sales.supply[g,k,t,u] gains W * UTIL[k] * SPARED[i,k,u] * hard[i,k,t], i in g
    paid = SITE * SCALE * harden + COST * SCALE * outlay of one kwpm * braced          [USD bn]
So hard is min(cap, MOST * harden): the product of a decision on the site and its capacity, without
one. MOST is what the site can run at all (standing, planned, opened, and its land full of modules):
the smallest number that cuts nothing off. Only events with a RATIO below 1 count: walls help
against quakes, not against blockades. Repair bills stay as they are, which is careful. The cost is
paid when the capacity is braced and not written off. Off by default.
Sources: fact tables `hardening`, `event`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount, outlay
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model, Row

AFTER = ("capacity", "acquisition", "retrofit", "sales")
NEEDS = ("hardening", "event")
READS = (
    *discount.READS,
    *outlay.READS,
    "hardening.cost_pct",
    "hardening.site_usd_bn",
    "hardening.lead_years",
    "product.utilisation_max_pct",
    "opening.capacity_kwpm",
    "site.room_modules",
)
FIRM = "firm"
Spot = tuple[str, str, int]
"""Site, class, period."""


class Options(Base):
    """Knobs of hardening."""

    on: bool = False
    """Whether sites may be hardened [yes/no]"""
    cost_scale: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Cost of hardening against the data [ratio]"""


def most(case: CaseView, i: str, k: str, t: int) -> float:
    """Most capacity of a class a site can run in a period [kwpm]."""
    sets = case.sets
    total = sets.existing.get((i, k, t), 0.0) + sets.planned.get((i, k, t), 0.0)
    if case.has("opening.capacity_kwpm", i, k):
        total += case.value("opening.capacity_kwpm", i, k)
    best = max(
        (sets.vintages[c].usable.get(t, 0.0) for c in sets.columns if c[:2] == (i, k)), default=0.0
    )
    if best:
        total += best * case.value("site.room_modules", i) * case.value("product.module_kwpm", k)
    for change in sets.changes:
        if change.key[0] == i:
            total += change.most * max(0.0, change.effect.get((k, t), 0.0))
    return total


def spots(case: CaseView) -> dict[Spot, float]:
    """Where hardening can ever help, with the most capacity there [kwpm]."""
    lead = case.value("hardening.lead_years", FIRM)
    pairs = {pair for t in case.sets.periods for u in case.sets.states[t] for pair in u.spared}
    first = case.sets.periods[0] + lead
    found = {
        (i, k, t): most(case, i, k, t)
        for i, k in sorted(pairs)
        for t in case.sets.periods
        if t >= first
    }
    return {spot: kwpm for spot, kwpm in found.items() if kwpm > 0}


def unit_usd_bn(case: CaseView, opt: Options, i: str, k: str) -> float:
    """Cost of bracing one kwpm [USD bn/kwpm]."""
    value = sum(outlay.of_kwpm(case, i, k, asset) for asset in outlay.ASSETS)
    return value * case.value("hardening.cost_pct", FIRM) / 100 * opt.cost_scale


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create harden, hard and braced, let them carry supply, and book their cost."""
    cap = m.family("cap")
    where = {spot: kwpm for spot, kwpm in spots(case).items() if cap.get(spot) is not None}
    sites = dict.fromkeys(i for i, _, _ in where)
    lead = case.value("hardening.lead_years", FIRM)
    dates = [(i, v) for i in sites for v in case.sets.periods if v + lead < case.sets.end]
    harden = m.variables("harden", dates, index="site,period", unit="sites", kind="binary")
    hard = m.variables("hard", where, index="site,product,period", unit="kwpm", high=where)
    m.variables("braced", where, index="site,product,period", unit="kwpm")
    m.require(
        "hardening.capacity",
        ((spot, [(hard[spot], 1.0), (cap[spot], -1.0)], "<=", 0.0) for spot in where),
        unit="kwpm",
        why="only what runs can be hardened",
    )
    m.require(
        "hardening.site",
        (
            (spot, [(hard[spot], 1.0), *_in_force(m, case, spot, -kwpm)], "<=", 0.0)
            for spot, kwpm in where.items()
        ),
        unit="kwpm",
        why="nothing before the site is hardened",
    )
    m.require(
        "hardening.once",
        (((i,), [(j, 1.0) for (s, _), j in harden.columns.items() if s == i], "<=", 1.0)
         for i in sites),
        unit="sites",
        why="a site is hardened once",
    )  # fmt: skip
    m.require("hardening.added", _added(m, case), unit="kwpm", why="what is braced anew")
    _supply(m, case)
    _book(m, case, opt)


def _in_force(m: Model, case: CaseView, spot: Spot, scale: float) -> list[tuple[int, float]]:
    lead = case.value("hardening.lead_years", FIRM)
    dates = m.family("harden").columns.items()
    return [(j, scale) for (i, v), j in dates if i == spot[0] and int(v) + lead <= spot[2]]


def _added(m: Model, case: CaseView) -> Iterator[Row]:
    hard, braced = m.family("hard"), m.family("braced")
    for (i, k, t), column in hard.columns.items():
        before = hard.get((i, k, int(t) - case.sets.years_per_period))
        earlier = [] if before is None else [(before, -1.0)]
        yield (i, k, t), [(column, 1.0), *earlier, (braced[i, k, t], -1.0)], "<=", 0.0


def _supply(m: Model, case: CaseView) -> None:
    """Hardened capacity carries what it is spared."""
    rows = m.rules["sales.supply"].rows
    name = "product.utilisation_max_pct"
    group = {i: g for g, members in case.sets.groups.items() for i in members}
    for (i, k, t), column in m.family("hard").columns.items():
        loading = case.value(name, str(k)) / 100 if case.has(name, str(k)) else 1.0
        for u in case.sets.states[int(t)]:
            gain = u.spared.get((str(i), str(k)), 0.0)
            key = (group[str(i)], str(k), int(t), u.id)
            if gain and key in rows:
                rate = case.sets.wafers_per_kwpm * loading * gain
                m.extend("sales.supply", key, [(column, -rate)])


def _book(m: Model, case: CaseView, opt: Options) -> None:
    fixed = case.value("hardening.site_usd_bn", FIRM) * opt.cost_scale
    for (i, t), column in m.family("harden").columns.items():
        m.cost(
            "hardening.site",
            (i,),
            terms=[(column, -fixed)],
            period=int(t),
            factor=discount.over(case, int(t)),
            group="cost",
            country=case.sets.country_of[str(i)],
        )
    for (i, k, t), column in m.family("braced").columns.items():
        m.cost(
            "hardening.bracing",
            (i, k),
            terms=[(column, -unit_usd_bn(case, opt, str(i), str(k)))],
            period=int(t),
            factor=discount.over(case, int(t)),
            group="cost",
            country=case.sets.country_of[str(i)],
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Hardened capacity against capacity, site decisions and what was braced."""
    cap, hard, braced = plan.values("cap"), plan.values("hard"), plan.values("braced")
    lead = case.value("hardening.lead_years", FIRM)
    begun = {i: v for (i, v), n in plan.values("harden").items() if n > 0.5}
    for i in {i for i, _ in plan.values("harden")}:
        if sum(n for (s, _), n in plan.values("harden").items() if s == i) > 1 + 1e-6:
            yield _issue("once", (i,), "hardened more than once")
    for (i, k, t), kwpm in hard.items():
        slack = 1e-6 * max(1.0, kwpm)
        if kwpm > cap.get((i, k, t), 0.0) + slack:
            yield _issue("capacity", (i, k, t), f"{kwpm:.6g} kwpm hardened, more than run")
        if kwpm > slack and (i not in begun or begun[i] + lead > t):
            yield _issue("site", (i, k, t), "capacity hardened before the site is")
        earlier = hard.get((i, k, t - case.sets.years_per_period), 0.0)
        if kwpm - earlier > braced.get((i, k, t), 0.0) + slack:
            yield _issue("added", (i, k, t), f"{kwpm - earlier:.6g} kwpm hardened for nothing")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """What hardening costs, again."""
    fixed = case.value("hardening.site_usd_bn", FIRM) * opt.cost_scale
    for (_, t), n in plan.values("harden").items():
        yield "hardening.site", t, "all", -n * fixed
    for (i, k, t), kwpm in plan.values("braced").items():
        yield "hardening.bracing", t, "all", -kwpm * unit_usd_bn(case, opt, i, k)


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"hardening.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V191", where, "", text)
