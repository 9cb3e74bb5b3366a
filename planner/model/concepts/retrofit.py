"""Retrofit: lines of the firm's own fabs are refitted to a newer class, or closed.

    retrofit.room[i,k]   sum(convert[i,j,k,t], j, t) + sum(close[i,k,closure,t], t) <= LOTS[i,k]
    LOT[i,k]    = EXISTING[i,k] at the start / LOTS[i,k], LOTS = whole modules of SIZE[k] in it
    capacity of k   less LOT from t on (converted or closed)                                [kwpm]
    capacity of j   LOT * KEEPS[k,j] * ramp of j from t + LEAD[k,j]                         [kwpm]
    tools       = LOT * KEEPS * COST[k,j] * convert, paid half-way                        [USD bn]
    salvage     = tools * share of an even annuity left at the horizon's end
    cleanup     = LOT * CLEANUP[c] * close;  severance = LOT * YEARS[c] * payroll[i,k] * close
    resale      = LOT * RESALE[c] * EQUIPMENT[k] * close                                  [USD bn]
    wages       = L * LOT * payroll[i,k] * close saved from t on                          [USD bn]
Only what stands when the plan begins can be refitted or closed, in whole lots [lots]; no new land
is needed and clean rooms stay. A line that is kept can still be sold at the horizon's end, so what
tools fetch is taken back then and closing wins only time on it. People of a converted line wait for
the new one and are paid; people of a closed one leave the firm and are not hired again. Upkeep,
power and water end with the old line. Rules on what may be begun where hold for conversions; aid
may cover their tools (rules that let old aid bind modules leave them out). Off by default.
Sources: fact tables `retrofit`, `closure`, `existing`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount, payroll, ramp
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import Change
from planner.model.lp import Model, Row

AFTER = ("capacity",)
NEEDS: tuple[str, ...] = ()
READS = (
    *discount.READS,
    *payroll.READS,
    *ramp.READS,
    "retrofit.cost_usd_mn_per_kwpm",
    "retrofit.keeps_pct",
    "retrofit.lead_years",
    "closure.cleanup_usd_mn_per_kwpm",
    "closure.severance_years",
    "closure.resale_pct",
    "product.module_kwpm",
    "product.equipment_usd_mn_per_kwpm",
    "finance.equipment_life_years",
)
CLOSURE = "closure"
Pair = tuple[str, str]
"""Site and class."""


class Options(Base):
    """Knobs of retrofit and closure."""

    on: bool = False
    """Whether running lines may be refitted or closed [yes/no]"""
    conversions: bool = True
    """Whether lines may be refitted to a newer class [yes/no]"""
    closures: bool = True
    """Whether lines may be closed [yes/no]"""
    cost_scale: Annotated[float, Field(ge=0, le=20)] = 1.0
    """Cost of every conversion against the data [ratio]"""
    salvage: bool = True
    """Whether converted tools keep a value after the horizon [yes/no]"""


def lots(case: CaseView) -> dict[Pair, tuple[int, float]]:
    """(site, class) -> lots that stand when the plan begins, and the size of one [kwpm]."""
    found = {}
    for (i, k, t), kwpm in case.sets.existing.items():
        least = min(case.sets.existing.get((i, k, p), 0.0) for p in case.sets.periods)
        if t == case.sets.periods[0] and least > 0:
            count = max(1, math.floor(least / case.value("product.module_kwpm", k) + 1e-9))
            found[i, k] = (count, min(least, kwpm) / count)
    return found


def changes(case: CaseView, opt: Options) -> Iterator[Change]:
    """Every conversion and closure of a lot."""
    pairs = [tuple(e.split("|")) for e in case.entities("retrofit.cost_usd_mn_per_kwpm")]
    for (i, k), (count, size) in lots(case).items():
        for t in case.sets.periods:
            for j in (new for old, new in pairs if old == k and opt.conversions):
                made = _conversion(case, opt, (i, k, j, t), (count, size))
                if made:
                    yield made
            if opt.closures and case.has("closure.severance_years", case.sets.country_of[i]):
                yield _closure(case, (i, k, t), (count, size))


def _conversion(
    case: CaseView, opt: Options, spot: tuple[str, str, str, int], lot: tuple[int, float]
) -> Change | None:
    """A lot of class k at i refitted to j from t on; None when nothing would come of it."""
    i, k, j, t = spot
    new = lot[1] * case.value("retrofit.keeps_pct", k, j) / 100
    service = t + case.value("retrofit.lead_years", k, j)
    won = {(j, p): new * share for p, share in ramp.usable(case, case.sets, j, service).items()}
    if not won:
        return None
    cost = opt.cost_scale * new * case.value("retrofit.cost_usd_mn_per_kwpm", k, j) / 1000
    years = [p for p in case.sets.periods if p >= t]
    return Change(
        family="convert",
        key=(i, j, k, t),
        option="retrofit",
        service=service,
        kwpm=new,
        effect={**_gone(case, k, t, lot[1]), **won},
        posts=_staying(case, (k, lot[1]), j, {p: won.get((j, p), 0.0) for p in years}),
        outlay_usd_bn=cost,
        aided_usd_bn=cost,
        most=lot[0],
    )


def _staying(
    case: CaseView, was: tuple[str, float], j: str, running: dict[int, float]
) -> dict[tuple[str, int], float]:
    """Posts of the new line filled by the people of the old, less the posts of the old.

    Who is not needed waits or goes on other work of the firm, and is paid all the same.
    """
    before, found = payroll.crew(case, *was), {}
    for p, kwpm in running.items():
        for skill, people in payroll.crew(case, j, kwpm).items():
            found[skill, p] = min(people, before[skill]) - before[skill]
    return found


def _closure(case: CaseView, spot: tuple[str, str, int], lot: tuple[int, float]) -> Change:
    i, k, t = spot
    gone = _gone(case, k, t, lot[1])
    return Change(
        family="close",
        key=(i, k, CLOSURE, t),
        option=CLOSURE,
        service=float(t),
        kwpm=-lot[1],
        effect=gone,
        posts={
            (skill, p): -people
            for _, p in gone
            for skill, people in payroll.crew(case, k, lot[1]).items()
        },
        outlay_usd_bn=sum(_closing(case, i, k, lot[1])[:2]),
        most=lot[0],
        begins=False,
    )


def _gone(case: CaseView, k: str, t: int, size: float) -> dict[tuple[str, int], float]:
    return {(k, p): -size for p in case.sets.periods if p >= t}


def _closing(case: CaseView, i: str, k: str, size: float) -> tuple[float, float, float]:
    """Clean-up, severance and resale of a lot [USD bn]."""
    c = case.sets.country_of[i]
    cleanup = case.value("closure.cleanup_usd_mn_per_kwpm", c) / 1000
    severance = case.value("closure.severance_years", c) * payroll.payroll_usd_bn(case, i, k)
    resale = case.value("closure.resale_pct", c) / 100
    resale *= case.value("product.equipment_usd_mn_per_kwpm", k) / 1000
    return size * cleanup, size * severance, size * resale


def mine(case: CaseView, family: str) -> list[Change]:
    """Changes of one of this concept's families that no rule forbids."""
    return [change for change in case.sets.changes if change.family == family]


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create convert and close with their rule, change capacity, book their money."""
    most = {x.key: x.most for family in ("convert", "close") for x in mine(case, family)}
    keys = {family: [x.key for x in mine(case, family)] for family in ("convert", "close")}
    for_new, for_old = "site,product,old_product,period", "site,product,what,period"
    m.variables("convert", keys["convert"], index=for_new, unit="lots", high=most, kind="integer")
    m.variables("close", keys["close"], index=for_old, unit="lots", high=most, kind="integer")
    for change in (*mine(case, "convert"), *mine(case, "close")):
        column = m.family(change.family)[change.key]
        for (k, t), kwpm in change.effect.items():
            m.extend("capacity.build", (change.key[0], k, t), [(column, -kwpm)])
    m.require("retrofit.room", _room_rows(m, case), unit="lots", why="what stands")
    for item, change, amount, when, period in _lines(case, opt):
        flow = item == "wages"
        m.cost(
            f"retrofit.{item}",
            change.key,
            terms=[(m.family(change.family)[change.key], amount)],
            period=period,
            factor=discount.over(case, period) if flow else discount.at(case, when),
            group="talent" if flow else "cost",
            country=case.sets.country_of[change.key[0]],
            taxable=flow,
            writeoff=("equipment", change.service) if item == "tools" else None,
        )


def old(change: Change) -> Pair:
    """Site and class of the line that a change ends."""
    i, k, tag, _ = change.key
    return (i, tag) if change.family == "convert" else (i, k)


def _room_rows(m: Model, case: CaseView) -> Iterator[Row]:
    terms: dict[Pair, list[tuple[int, float]]] = {}
    for change in (*mine(case, "convert"), *mine(case, "close")):
        column = m.family(change.family)[change.key]
        terms.setdefault(old(change), []).append((column, 1.0))
    counts = lots(case)
    for spot, row in terms.items():
        yield spot, row, "<=", float(counts[spot][0])


def _lines(case: CaseView, opt: Options) -> Iterator[tuple[str, Change, float, float, int]]:
    """(item, change, USD bn of one lot, date it moves, period it is booked in)."""
    sets = case.sets
    for change in mine(case, "convert"):
        t, cost = change.key[3], change.outlay_usd_bn
        yield "tools", change, -cost, (t + change.service) / 2, t
        if opt.salvage:
            yield "salvage", change, cost * _left(case, change.service), sets.end, sets.periods[-1]
    for change in mine(case, "close"):
        i, k, _, t = change.key
        cleanup, severance, resale = _closing(case, i, k, -change.kwpm)
        yield "cleanup", change, -cleanup, t, t
        yield "severance", change, -severance, t, t
        yield "resale", change, resale, t, t
        yield "resale", change, -resale, sets.end, sets.periods[-1]
        wages = payroll.payroll_usd_bn(case, i, k) * sets.years_per_period
        for (_, p), kwpm in change.effect.items():
            yield "wages", change, -wages * kwpm, p, p


def _left(case: CaseView, service: float) -> float:
    life = case.value("finance.equipment_life_years", "firm")
    return discount.remaining_share(discount.rate(case), life, case.sets.end - service)


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """No more lots refitted or closed than stand."""
    used: dict[Pair, float] = {}
    for (i, _, k, _), n in plan.values("convert").items():
        used[i, k] = used.get((i, k), 0.0) + n
    for (i, k, _, _), n in plan.values("close").items():
        used[i, k] = used.get((i, k), 0.0) + n
    counts = lots(case)
    for spot, n in used.items():
        if n > counts[spot][0] + 1e-6:
            where = f"retrofit.room[{spot[0]},{spot[1]}]"
            yield Issue("error", "V107", where, "", f"{n:.0f} of {counts[spot][0]} lots")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Conversions and closures again, from lots and facts."""
    sets, stand = case.sets, lots(case)
    for (i, j, k, t), n in plan.values("convert").items():
        new = n * stand[i, k][1] * case.value("retrofit.keeps_pct", k, j) / 100
        cost = opt.cost_scale * new * case.value("retrofit.cost_usd_mn_per_kwpm", k, j) / 1000
        service = t + case.value("retrofit.lead_years", k, j)
        yield "retrofit.tools", t, "all", -cost
        yield "retrofit.salvage", sets.periods[-1], "all", cost * _left(case, service) * opt.salvage
    for (i, k, _, t), n in plan.values("close").items():
        cleanup, severance, resale = _closing(case, i, k, n * stand[i, k][1])
        yield "retrofit.cleanup", t, "all", -cleanup
        yield "retrofit.severance", t, "all", -severance
        yield "retrofit.resale", t, "all", resale
        yield "retrofit.resale", sets.periods[-1], "all", -resale
        saved = n * stand[i, k][1] * payroll.payroll_usd_bn(case, i, k) * sets.years_per_period
        for p in (p for p in sets.periods if p >= t):
            yield "retrofit.wages", p, "all", saved
