"""Quota: building and running fabs in a market earns duty-free imports into it.

    quota.imports[x,g,k,t,u]  duty_free[x,g,k,t,u] <= EXPOSURE[m] * ship[g,m,k,t,u] [mn wafers/y]
    quota.room[x,p,t,u]       sum(duty_free[x,g,k,t,u], g, k in p)
                              <= W * sum(SIZE[k] * modules[i,k,o,v]
                                         * (BUILDING[x,t] * RISING[i,k,o,v,t]
                                            + OPERATING[x,t] * USABLE[i,k,o,v,t]), c(i) in m)
                                                                                 [mn wafers/y]
    relief = L * duty_free * PRICE * (RATE[x,t] * COVERED[x,t] + ADD[m,k,u])           [USD bn]
    lowered = L * (EXPOSURE[m] * ship - duty_free) * PRICE * (RATE * COVERED + ADD
              - min(RATE, ABOVE[x,t]) * COVERED - min(ADD, ABOVE[x,t]))                [USD bn]

x is a tariff measure with a quota, m its market; p is one class, or all of them pooled. RISING is
the share of period t in which modules begun in v are under construction, at most WINDOW[x] years
from their begin (the approved window). ADD is what an escalation adds in state u. A lane uses one
quota, the first listed that hits it. A duty-free wafer is an average import of its lane, so the
relief never exceeds the duty that `trade` books. Imports above the quota pay the full duty, or as
an option at most ABOVE, the lower rate the agreement promises without a figure. W turns kwpm into
million wafers a year.
Sources: fact table `quota` (US-Taiwan agreement of January 2026: 2.5 and 1.5), `tariff`, `market`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from planner.core import discount, markets
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import Column, State
from planner.model.lp import Model, Row

AFTER = ("sales", "trade")
NEEDS = ("quota", "market", "tariff")
READS = (
    *discount.READS,
    "quota.building_ratio",
    "quota.operating_ratio",
    "quota.window_years",
    "quota.above_rate_pct",
    "market.tariff_exposure_pct",
    "tariff.rate_pct",
    "tariff.covered_share_pct",
    "price.price_usd_per_wafer",
    "product.module_kwpm",
)


class Options(Base):
    """Knobs of the duty-free quota."""

    on: bool = False
    """Whether the quota is granted [yes/no]"""
    ratio_scale: Annotated[float, Field(ge=0, le=20)] = 1.0
    """Both ratios of quota to capacity against the data [ratio]"""
    pooled: bool = True
    """Whether capacity of one class earns quota for every class (else its own only) [yes/no]"""
    counts: Literal["new", "all"] = "new"
    """Capacity in operation that earns quota: new modules only, or all of it [new|all]"""
    above_quota: Literal["full", "lower"] = "full"
    """Duty above the quota: the full one, or at most the agreement's lower rate [full|lower]"""
    relieves_escalation: bool = True
    """Whether quota also frees from the duty an escalation adds [yes/no]"""


def lane_quota(case: CaseView, c: str, m: str, k: str) -> str | None:
    """Measure whose quota frees wafers of class k from country c in market m, if any."""
    if markets.holds(case, m, c):
        return None
    for x in case.entities("quota.operating_ratio"):
        if (
            m == case.text("tariff_measures", x, "market")
            and c in case.items("tariff_measures", x, "origins")
            and k in (case.items("tariff_measures", x, "products") or (k,))
        ):
            return x
    return None


def relief(case: CaseView, opt: Options, x: str, k: str, u: State) -> float:
    """Duty spared by one wafer brought in duty free [USD/wafer]."""
    return _spared(case, opt, (x, k), u, above=0.0)


def lowered(case: CaseView, opt: Options, x: str, k: str, u: State) -> float:
    """Duty spared by one wafer imported above the quota [USD/wafer]; 0 at the full duty."""
    if opt.above_quota == "full" or not case.has("quota.above_rate_pct", x):
        return 0.0
    above = case.mean("quota.above_rate_pct", x, period=u.period)
    return _spared(case, opt, (x, k), u, above)


def _spared(case: CaseView, opt: Options, spot: tuple[str, str], u: State, above: float) -> float:
    """What a wafer saves when every rate is cut to `above` per cent [USD/wafer]."""
    x, k = spot
    trade = case.scenario.concepts.get("trade", {})
    if not trade.get("on", True) or not case.has("price.price_usd_per_wafer", k):
        return 0.0
    m = case.text("tariff_measures", x, "market")
    rate = case.mean("tariff.rate_pct", x, period=u.period)
    covered = case.mean("tariff.covered_share_pct", x, period=u.period) / 100
    duty = max(0.0, rate - above) * covered
    if opt.relieves_escalation:
        duty += max(0.0, u.tariff_add_pct.get((m, k), 0.0) - above)
    base = case.mean("price.price_usd_per_wafer", k, period=u.period) * u.price.get((m, k), 1.0)
    return base * duty * float(trade.get("rate_scale", 1.0)) / 100


def rising(case: CaseView, x: str, column: Column, period: int) -> float:
    """Share of a period in which modules are under construction within the approved window."""
    begun, service = column[3], case.sets.vintages[column].service
    end = min(service, begun + case.value("quota.window_years", x))
    years = case.sets.years_per_period
    return max(0.0, min(period + years, end) - max(period, begun)) / years


def earned(case: CaseView, opt: Options, x: str, column: Column, t: int) -> float:
    """Quota that one module earns in period t [mn wafers/year]."""
    size = case.value("product.module_kwpm", column[1]) * case.sets.wafers_per_kwpm
    building = case.mean("quota.building_ratio", x, period=t) * rising(case, x, column, t)
    usable = case.sets.vintages[column].usable.get(t, 0.0) if opt.counts == "new" else 0.0
    operating = case.mean("quota.operating_ratio", x, period=t) * usable
    return size * (building + operating) * opt.ratio_scale


def running(case: CaseView, opt: Options, x: str, t: int) -> float:
    """Quota that one kwpm in operation earns when all capacity counts [mn wafers/year]."""
    if opt.counts == "new":
        return 0.0
    ratio = case.mean("quota.operating_ratio", x, period=t) * opt.ratio_scale
    return ratio * case.sets.wafers_per_kwpm


def inside(case: CaseView, x: str, i: str) -> bool:
    """Whether a site lies inside the market of a measure."""
    m, c = case.text("tariff_measures", x, "market"), case.sets.country_of[i]
    return markets.holds(case, m, c)


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create duty_free and its two rules; book the relief."""
    sets, ship = case.sets, m.family("ship")
    states = {(t, u.id): u for t in sets.periods for u in sets.states[t]}
    lanes: dict[tuple[str, str, str, int, str], int] = {}
    for (g, n, k, t, u), column in ship.columns.items():
        x = lane_quota(case, sets.country_of[sets.groups[str(g)][0]], str(n), str(k))
        if x and relief(case, opt, x, str(k), states[int(t), str(u)]) > 0:
            lanes[x, str(g), str(k), int(t), str(u)] = column
    free = m.variables(
        "duty_free", lanes, index="quota,origin,product,period,state", unit="mn wafers/year"
    )
    m.require("quota.imports", _import_rows(m, case, lanes), unit="mn wafers/year", why="imports")
    m.require(
        "quota.room",
        _room_rows(m, case, opt, list(lanes)),
        unit="mn wafers/year",
        why="fabs in the market earn the quota",
    )
    for key, column in free.columns.items():
        x, g, k, t, u = str(key[0]), str(key[1]), str(key[2]), int(key[3]), str(key[4])
        spared = relief(case, opt, x, k, states[t, u]), lowered(case, opt, x, k, states[t, u])
        scale = sets.years_per_period / 1000
        share = case.value("market.tariff_exposure_pct", case.text("tariff_measures", x, "market"))
        above = [(lanes[x, g, k, t, u], share / 100), (column, -1.0)]
        for item, terms in (
            ("quota.relief", [(column, spared[0] * scale)]),
            ("quota.lowered", [(c, a * spared[1] * scale) for c, a in above if spared[1]]),
        ):
            m.cost(
                item,
                (x, g, k),
                terms=terms,
                period=t,
                state=u,
                factor=discount.over(case, t),
                group="cost",
                country=sets.country_of[sets.groups[g][0]],
                taxable=True,
            )


def _import_rows(
    m: Model, case: CaseView, lanes: dict[tuple[str, str, str, int, str], int]
) -> Iterator[Row]:
    free = m.family("duty_free")
    for key, column in lanes.items():
        market = case.text("tariff_measures", key[0], "market")
        share = case.value("market.tariff_exposure_pct", market) / 100
        yield key, [(free[key], 1.0), (column, -share)], "<=", 0.0


def _room_rows(
    m: Model, case: CaseView, opt: Options, lanes: list[tuple[str, str, str, int, str]]
) -> Iterator[Row]:
    free, modules, cap = m.family("duty_free"), m.family("modules"), m.family("cap")
    pools: dict[tuple[str, str, int, str], list[tuple[int, float]]] = {}
    for key in lanes:
        pool = "all" if opt.pooled else key[2]
        pools.setdefault((key[0], pool, key[3], key[4]), []).append((free[key], 1.0))
    for (x, pool, t, u), terms in pools.items():
        mine = [(modules[c], -earned(case, opt, x, c, t)) for c in _columns(case, x, pool)]
        old = [
            (column, -running(case, opt, x, t))
            for (i, k, p), column in cap.columns.items()
            if p == t and pool in ("all", k) and inside(case, x, str(i))
        ]
        yield (x, pool, t, u), [*terms, *(p for p in (*mine, *old) if p[1])], "<=", 0.0


def _columns(case: CaseView, x: str, pool: str) -> list[Column]:
    return [c for c in case.sets.columns if pool in ("all", c[1]) and inside(case, x, c[0])]


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Nothing duty free that is not imported, nor more than the fabs earn."""
    ship, used = plan.values("ship"), dict[tuple[str, str, int, str], float]()
    for (x, g, k, t, u), volume in plan.values("duty_free").items():
        market = case.text("tariff_measures", x, "market")
        bought = ship.get((g, market, k, t, u), 0.0)
        imports = bought * case.value("market.tariff_exposure_pct", market) / 100
        if volume > imports + 1e-6:
            text = f"{volume:.4g} mn wafers duty free, {imports:.4g} imported"
            yield Issue("error", "V210", f"quota.imports[{x},{g},{k},{t},{u}]", "", text)
        spot = (x, "all" if opt.pooled else k, t, u)
        used[spot] = used.get(spot, 0.0) + volume
    for (x, pool, t, u), volume in used.items():
        room = _room(plan, case, opt, (x, pool, t))
        if volume > room + 1e-6:
            text = f"{volume:.4g} mn wafers duty free, quota {room:.4g}"
            yield Issue("error", "V211", f"quota.room[{x},{pool},{t},{u}]", "", text)


def _room(plan: Plan, case: CaseView, opt: Options, spot: tuple[str, str, int]) -> float:
    """Quota of a measure in a period, from modules and capacity [mn wafers/year]."""
    x, pool, t = spot
    total = 0.0
    for (i, k, o, v), n in plan.values("modules").items():
        if inside(case, x, i) and pool in ("all", k):
            total += n * earned(case, opt, x, (i, k, o, v), t)
    for (i, k, p), kwpm in plan.values("cap").items():
        if p == t and inside(case, x, i) and pool in ("all", k):
            total += kwpm * running(case, opt, x, t)
    return total


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Relief again, from duty-free wafers; the lower duty again, from all other imports."""
    states = {(t, u.id): u for t in case.sets.periods for u in case.sets.states[t]}
    free = plan.values("duty_free")
    for (x, _, k, t, u), volume in free.items():
        worth = relief(case, opt, x, k, states[t, u]) * case.sets.years_per_period / 1000
        yield "quota.relief", t, u, volume * worth
    for (g, m, k, t, u), volume in plan.values("ship").items():
        x = lane_quota(case, case.sets.country_of[case.sets.groups[g][0]], m, k)
        spared = lowered(case, opt, x, k, states[t, u]) if x else 0.0
        if x and spared:
            imports = volume * case.value("market.tariff_exposure_pct", m) / 100
            above = imports - free.get((x, g, k, t, u), 0.0)
            yield "quota.lowered", t, u, above * spared * case.sets.years_per_period / 1000
