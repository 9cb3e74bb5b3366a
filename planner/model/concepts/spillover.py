"""Spillover: research abroad lifts the fabs linked to it, and teaches people after a while.

    spillover.capacity[i,k,t]  lift[i,k,t] <= GOOD[k] * cap[i,k,t]
                                 + sum(SOONER[k,o,v,t] * SIZE[k] * modules[i,k,o,v], o, v)  [kwpm]
    spillover.linked[i,k,t]    lift[i,k,t] <= MOST[i,k,t] * sum(link[i,j,v], j, v <= t)     [kwpm]
    sales.supply[g,k,t,u] gains W * UTIL[k] * AVAIL[i,k,u] * lift[i,k,t], i in g
    spillover.taught[l,t]      taught[l,engineer,t] <= sum(TAUGHT[r] * STAFF[r]
                                 * years[r,v,t] * centre[i,r,v], i in l)                [thousand]
    talent.need[l,engineer,t] gains taught[l,engineer,t]
    wages = L * WAGE[l] * taught                                                       [USD bn]
A fab linked to a centre that works on its class makes more good wafers (GOOD, a share of capacity)
and stands further along its ramp (SOONER is what running SAVED years ahead brings in period t);
lift is the smaller of that and of what a link lets through. MOST is what the site could be lifted
by at most. years[r,v,t] counts from LAG years after the centre opens, up to STAY, when people move
on. Those taught are engineers of the centre's region, paid the going wage without the steps for
scarcity. Off by default: then a link only unlocks. Sources: fact table `centre`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount, ramp
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model, Row

AFTER = ("capacity", "acquisition", "retrofit", "sales", "research", "cocreation", "talent")
NEEDS = ("centre",)
READS = (
    *discount.READS,
    *ramp.READS,
    "centre.yield_gain_pct",
    "centre.ramp_years_saved",
    "centre.taught_pct_per_year",
    "centre.taught_lag_years",
    "centre.headcount_thousand",
    "centre.lead_years",
    "product.module_kwpm",
    "product.utilisation_max_pct",
    "opening.capacity_kwpm",
    "site.room_modules",
    "pool.wage_usd_thousand",
)
SKILL = "engineer"
Spot = tuple[str, str, int]
"""Site, class, period."""


class Options(Base):
    """Knobs of the spillover."""

    on: bool = False
    """Whether links lift fabs and centres teach people [yes/no]"""
    gain_scale: Annotated[float, Field(ge=0, le=10)] = 1.0
    """More good wafers, years of ramp saved and people taught, against the data [ratio]"""
    stay_years: Annotated[float, Field(ge=0, le=40)] = 5.0
    """Years the people taught stay with the firm [years]"""


def _best(case: CaseView, opt: Options, k: str, what: str) -> float:
    """Largest figure among the centre types that work on a class."""
    types = [r for r in case.ids("centre_types") if k in case.items("centre_types", r, "unlocks")]
    return opt.gain_scale * max((case.value(f"centre.{what}", r) for r in types), default=0.0)


def good(case: CaseView, opt: Options, k: str) -> float:
    """Extra good wafers of a linked fab, as a share of its capacity."""
    return _best(case, opt, k, "yield_gain_pct") / 100


def sooner(case: CaseView, opt: Options, k: str) -> dict[tuple[str, str, int], dict[int, float]]:
    """(site, option, begin) -> period -> share of a module that the shorter ramp adds."""
    saved = _best(case, opt, k, "ramp_years_saved")
    found = {}
    for i, q, o, v in case.sets.columns if saved else ():
        vintage = case.sets.vintages[i, q, o, v]
        if q == k:
            ahead = ramp.usable(case, case.sets, k, vintage.service, saved)
            more = {t: share - vintage.usable.get(t, 0.0) for t, share in ahead.items()}
            found[i, o, v] = {t: share for t, share in more.items() if share > 1e-9}
    return found


def spots(case: CaseView, opt: Options, linked: set[str]) -> dict[Spot, float]:
    """Where a link can lift a fab, with the most it can be lifted by [kwpm]."""
    found: dict[Spot, float] = {}
    for k in case.sets.products:
        share, quick = good(case, opt, k), sooner(case, opt, k)
        size = case.value("product.module_kwpm", k)
        for i in sorted(linked):
            room = case.value("site.room_modules", i) * size
            mine = [c for c in case.sets.columns if c[:2] == (i, k)]
            for t in case.sets.periods:
                runs = max((case.sets.vintages[c].usable.get(t, 0.0) for c in mine), default=0.0)
                gain = max((x.get(t, 0.0) for (s, _, _), x in quick.items() if s == i), default=0.0)
                most = share * (_apart(case, i, k, t) + room * runs) + room * gain
                if most > 0:
                    found[i, k, t] = most
    return found


def _apart(case: CaseView, i: str, k: str, t: int) -> float:
    """Capacity a site can run without new modules [kwpm]."""
    sets = case.sets
    total = sets.existing.get((i, k, t), 0.0) + sets.planned.get((i, k, t), 0.0)
    if case.has("opening.capacity_kwpm", i, k):
        total += case.value("opening.capacity_kwpm", i, k)
    changes = (x for x in sets.changes if x.key[0] == i)
    return total + sum(x.most * max(0.0, x.effect.get((k, t), 0.0)) for x in changes)


def taught_by(case: CaseView, opt: Options, r: str, v: int, t: int) -> float:
    """People a centre decided in v has taught by t and who are still there [thousand]."""
    first = v + case.value("centre.lead_years", r) + case.value("centre.taught_lag_years", r)
    years = min(opt.stay_years, max(0.0, t - first))
    yearly = case.value("centre.taught_pct_per_year", r) / 100 * opt.gain_scale
    return yearly * case.value("centre.headcount_thousand", r) * years


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create lift and taught, let them carry supply and fill posts, and book wages."""
    if "link" in m.families:
        _lift(m, case, opt)
    if "centre" in m.families and "talent.need" in m.rules:
        _taught(m, case, opt)


def _lift(m: Model, case: CaseView, opt: Options) -> None:
    cap, links = m.family("cap"), m.family("link").columns
    found = spots(case, opt, {str(i) for i, _, _ in links})
    where = {spot: most for spot, most in found.items() if cap.get(spot) is not None}
    lift = m.variables("lift", where, index="site,product,period", unit="kwpm", high=where)
    m.require(
        "spillover.capacity", _capacity(m, case, opt), unit="kwpm", why="what runs can be lifted"
    )
    m.require(
        "spillover.linked",
        (
            (
                spot,
                [(lift[spot], 1.0)]
                + [
                    (j, -most)
                    for (i, _, v), j in links.items()
                    if i == spot[0] and int(v) <= spot[2]
                ],
                "<=",
                0.0,
            )
            for spot, most in where.items()
        ),
        unit="kwpm",
        why="only linked fabs are lifted",
    )
    rows = m.rules["sales.supply"].rows
    group = {i: g for g, members in case.sets.groups.items() for i in members}
    for (i, k, t), column in lift.columns.items():
        rate = case.sets.wafers_per_kwpm * _loading(case, str(k))
        for u in case.sets.states[int(t)]:
            key = (group[str(i)], str(k), int(t), u.id)
            if key in rows:
                left = u.available.get((str(i), str(k)), 1.0)
                m.extend("sales.supply", key, [(column, -rate * left)])


def _capacity(m: Model, case: CaseView, opt: Options) -> Iterator[Row]:
    cap, modules = m.family("cap"), m.family("modules")
    quick = {k: sooner(case, opt, k) for k in case.sets.products}
    for (i, k, t), column in m.family("lift").columns.items():
        size = case.value("product.module_kwpm", str(k))
        more = [
            (modules[i, k, o, v], -size * shares[int(t)])
            for (s, o, v), shares in quick[str(k)].items()
            if s == i and int(t) in shares
        ]
        yield (i, k, t), [(column, 1.0), (cap[i, k, t], -good(case, opt, str(k))), *more], "<=", 0.0


def _loading(case: CaseView, k: str) -> float:
    name = "product.utilisation_max_pct"
    return case.value(name, k) / 100 if case.has(name, k) else 1.0


def _taught(m: Model, case: CaseView, opt: Options) -> None:
    able: dict[Spot, list[tuple[int, float]]] = {}
    for (i, r, v), j in m.family("centre").columns.items():
        pool = case.text("sites", str(i), "pool")
        for t in case.sets.periods:
            people = taught_by(case, opt, str(r), int(v), t)
            if people and (pool, SKILL, t) in m.rules["talent.need"].rows:
                able.setdefault((pool, SKILL, t), []).append((j, -people))
    taught = m.variables("taught", able, index="pool,skill,period", unit="thousand")
    m.require(
        "spillover.taught",
        ((spot, [(taught[spot], 1.0), *terms], "<=", 0.0) for spot, terms in able.items()),
        unit="thousand",
        why="centres teach so many, after a while",
    )
    for spot in able:
        m.extend("talent.need", spot, [(taught[spot], 1.0)])
        m.cost(
            "spillover.wages",
            spot[:2],
            terms=[(taught[spot], -_wage(case, spot[0]) * case.sets.years_per_period)],
            period=spot[2],
            factor=discount.over(case, spot[2]),
            group="talent",
            country=case.text("pools", spot[0], "country"),
            taxable=True,
        )


def _wage(case: CaseView, pool: str) -> float:
    """Going wage of a thousand engineers [USD bn/year]."""
    return case.value("pool.wage_usd_thousand", pool, SKILL) / 1000


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Lift against capacity and links, people taught against centres."""
    cap, links = plan.values("cap"), plan.values("link")
    quick = {k: sooner(case, opt, k) for k in case.sets.products}
    for (i, k, t), kwpm in plan.values("lift").items():
        slack = 1e-6 * max(1.0, kwpm)
        begun = sum(
            n * quick[k].get((i, o, v), {}).get(t, 0.0)
            for (s, q, o, v), n in plan.values("modules").items()
            if (s, q) == (i, k)
        )
        able = good(case, opt, k) * cap.get((i, k, t), 0.0)
        able += case.value("product.module_kwpm", k) * begun
        if kwpm > able + slack:
            yield _issue("capacity", (i, k, t), f"{kwpm:.6g} kwpm lifted, {able:.6g} can be")
        if kwpm > slack and not any(
            s == i and v <= t and x > 0.5 for (s, _, v), x in links.items()
        ):
            yield _issue("linked", (i, k, t), "lifted without a link")
    for (pool, skill, t), people in plan.values("taught").items():
        able = sum(
            n * taught_by(case, opt, r, v, t)
            for (i, r, v), n in plan.values("centre").items()
            if case.text("sites", i, "pool") == pool
        )
        if people > able + 1e-6 * max(1.0, people):
            yield _issue("taught", (pool, skill, t), f"{people:.6g} of {able:.6g} thousand taught")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Wages again."""
    for (pool, _, t), people in plan.values("taught").items():
        paid = people * _wage(case, pool) * case.sets.years_per_period
        yield "spillover.wages", t, "all", -paid


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"spillover.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V196", where, "", text)
