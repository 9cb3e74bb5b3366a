"""Sales: what the fabs make in each state of the world, and which market buys it.

    sales.supply[g,k,t,u]   sum(ship[g,m,k,t,u], m)
                             <= W * sum(UTIL[k] * AVAIL[i,k,t,u] * cap[i,k,t], i in g) [mn wafers/y]
    sales.demand[m,k,t,u]   sum(ship[g,m,k,t,u], g) <= DEMAND[m,k,t] * DFACTOR[m,k,u] [mn wafers/y]
                            (= when serve is `all`)
    sales.link[g,m,k,t,u]   ship[g,m,k,t,u] <= DEMAND * sum(open[g,v], v <= t) [mn wafers/y]
                            (groups of one site that gets its capacity by opening: strong link)
    revenue = L * ship * PRICE[k,t] * PFACTOR[m,k,u] * (1 + PREMIUM[m,c(g)])               [USD bn]

Sites whose lane costs are the same ship as one group g; the split over sites follows capacity and
loses nothing. W turns thousand wafer starts a month into million wafers a year; L is the period.
Sources: fact tables `demand`, `price`, `preference`; states from `event` and `future`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import WAFERS_PER_KWPM, State
from planner.model.lp import Model, Row

AFTER = ("capacity",)
NEEDS = ("demand",)
READS = (
    *discount.READS,
    "demand.wafers_mn",
    "price.price_usd_per_wafer",
    "preference.price_premium_pct",
    "product.utilisation_max_pct",
    "opening.capacity_kwpm",
)


class Options(Base):
    """Knobs of the sales concept."""

    on: Literal[True] = True
    """Always: without sales there is no plan [yes]"""
    serve: Literal["up_to", "all"] = "up_to"
    """Sell up to demand, or serve all of it [up_to|all]"""
    demand_scale: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Demand against the data [ratio]"""
    wafers_per_kwpm: Annotated[float, Field(gt=0)] = WAFERS_PER_KWPM
    """Million wafers a year from one kwpm [mn wafers/year/kwpm]"""


def demand(case: CaseView, opt: Options, m: str, k: str, u: State) -> float:
    """Wafers a market would buy in a state of the world [mn wafers/year]."""
    base = case.mean("demand.wafers_mn", m, k, period=u.period)
    return base * u.demand.get((m, k), 1.0) * opt.demand_scale


def price(case: CaseView, c: str, m: str, k: str, u: State) -> float:
    """Price of a wafer made in c, sold in m [USD/wafer]."""
    if not case.has("price.price_usd_per_wafer", k):
        return 0.0
    base = case.mean("price.price_usd_per_wafer", k, period=u.period)
    return base * u.price.get((m, k), 1.0) * (1 + premium(case, m, c) / 100)


def premium(case: CaseView, m: str, c: str) -> float:
    """Extra price for local origin [%]."""
    name = "preference.price_premium_pct"
    return case.value(name, m, c) if case.has(name, m, c) else 0.0


def loading(case: CaseView, k: str) -> float:
    """Highest sustained loading as a fraction."""
    name = "product.utilisation_max_pct"
    return case.value(name, k) / 100 if case.has(name, k) else 1.0


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create ship and its supply, demand and link rows; book revenue."""
    sets = case.sets
    cap = m.family("cap")
    pairs = {(i, k) for i, k, _ in cap.columns}
    made = {
        (g, k): [i for i in members if (i, k) in pairs]
        for g, members in sets.groups.items()
        for k in sets.products
    }
    want = {
        (n, k, t, u.id): demand(case, opt, n, k, u)
        for n in sets.markets
        for k in sets.products
        for t in sets.periods
        for u in sets.states[t]
    }
    keys = [
        (g, n, k, t, u)
        for (n, k, t, u), volume in want.items()
        if volume > 0
        for g in sets.groups
        if made[g, k]
    ]
    ship = m.variables(
        "ship", keys, index="origin,market,product,period,state", unit="mn wafers/year"
    )
    m.require(
        "sales.supply", _supply_rows(m, case, opt, made), unit="mn wafers/year", why="capacity"
    )
    by_demand: dict[tuple[str, ...], list[tuple[int, float]]] = {key: [] for key in want}  # type: ignore[misc]
    for (_, n, k, t, u), column in ship.columns.items():
        by_demand[n, k, t, u].append((column, 1.0))  # type: ignore[index]
    sense = "=" if opt.serve == "all" else "<="
    m.require(
        "sales.demand",
        ((key, by_demand[key], sense, v) for key, v in want.items() if v > 0),  # type: ignore[index]
        unit="mn wafers/year",
        why="no market buys more than it wants",
    )
    m.require(
        "sales.link",
        _link_rows(m, case, want),
        unit="mn wafers/year",
        why="only opened sites ship",
        implied=not sets.columns and not sets.existing and not sets.planned and not sets.changes,
    )
    _revenue(m, case)


def _supply_rows(
    m: Model, case: CaseView, opt: Options, made: dict[tuple[str, str], list[str]]
) -> Iterator[Row]:
    sets, ship, cap = case.sets, m.family("ship"), m.family("cap")
    by_supply: dict[tuple[str, str, int, str], list[tuple[int, float]]] = {}
    for (g, _, k, t, u), column in ship.columns.items():
        by_supply.setdefault((str(g), str(k), int(t), str(u)), []).append((column, 1.0))
    states = {(t, u.id): u for t in sets.periods for u in sets.states[t]}
    for (g, k, t, u), terms in by_supply.items():
        rate = opt.wafers_per_kwpm * loading(case, k)
        left = states[t, u].available
        makes = [(cap[i, k, t], -rate * left.get((i, k), 1.0)) for i in made[g, k]]
        yield (g, k, t, u), [*terms, *makes], "<=", 0.0


def _link_rows(
    m: Model, case: CaseView, want: dict[tuple[str, str, int, str], float]
) -> Iterator[Row]:
    opened = m.family("open")
    plain = {e.split("|")[0] for e in case.entities("opening.capacity_kwpm")}
    single = {g: s[0] for g, s in case.sets.groups.items() if len(s) == 1 and s[0] in plain}
    ships: dict[Any, int] = m.family("ship").columns if single else {}
    before = {(i, t): [opened[i, v] for v in case.sets.periods if v <= t]
              for i in single.values() for t in case.sets.periods}  # fmt: skip
    for key, column in ships.items():
        g, n, k, t, u = key
        if g in single:
            most = -want[n, k, t, u]
            opens = [(j, most) for j in before[single[g], t]]
            yield key, [(column, 1.0), *opens], "<=", 0.0


def _revenue(m: Model, case: CaseView) -> None:
    """One line of revenue per origin, class, period and state."""
    sets = case.sets
    states = {(t, u.id): u for t in sets.periods for u in sets.states[t]}
    lines: dict[tuple[str, str, int, str], list[tuple[int, float]]] = {}
    worth: dict[tuple[str, str, str, int, str], float] = {}
    for (g, n, k, t, u), column in m.family("ship").columns.items():
        c = sets.country_of[sets.groups[str(g)][0]]
        spot = (c, str(n), str(k), int(t), str(u))
        if spot not in worth:
            worth[spot] = price(case, *spot[:3], states[spot[3:]]) * sets.years_per_period / 1000
        if worth[spot]:
            line = lines.setdefault((str(g), str(k), int(t), str(u)), [])
            line.append((column, worth[spot]))
    for (g, k, t, u), terms in lines.items():
        m.cost(
            "sales.revenue",
            (g, k),
            terms=terms,
            period=t,
            state=u,
            factor=discount.over(case, t),
            group="revenue",
            country=sets.country_of[sets.groups[g][0]],
            taxable=True,
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Supply and demand, recomputed from shipments and capacity."""
    made: dict[tuple[str, str, int, str], float] = {}
    sold: dict[tuple[str, str, int, str], float] = {}
    for (g, n, k, t, u), volume in plan.values("ship").items():
        made[g, k, t, u] = made.get((g, k, t, u), 0.0) + volume
        sold[n, k, t, u] = sold.get((n, k, t, u), 0.0) + volume
    cap, hard = dict(plan.values("cap")), plan.values("hard")
    for spot, kwpm in plan.values("lift").items():  # more good wafers than capacity (`spillover`)
        cap[spot] = cap.get(spot, 0.0) + kwpm
    for t in case.sets.periods:
        for u in case.sets.states[t]:
            for k in case.sets.products:
                yield from _check_supply(case, opt, (k, u), made, (cap, hard))
                yield from _check_demand(case, opt, (k, u), sold)


def _check_supply(
    case: CaseView,
    opt: Options,
    spot: tuple[str, State],
    made: dict[tuple[str, str, int, str], float],
    caps: tuple[dict[tuple[Any, ...], float], dict[tuple[Any, ...], float]],
) -> Iterator[Issue]:
    """caps: capacity, and the part of it that is hardened (see `hardening`)."""
    (k, u), (cap, hard) = spot, caps
    rate = opt.wafers_per_kwpm * loading(case, k)
    for g, members in case.sets.groups.items():
        left = ((u.available.get((i, k), 1.0), cap.get((i, k, u.period), 0.0)) for i in members)
        able = rate * sum(share * kwpm for share, kwpm in left)
        able += rate * sum(
            u.spared.get((i, k), 0.0) * hard.get((i, k, u.period), 0.0) for i in members
        )
        if made.get((g, k, u.period, u.id), 0.0) > able + 1e-6 * max(1.0, able):
            yield _issue("supply", (g, k, u.period, u.id), f"ships more than {able:.6g}")


def _check_demand(
    case: CaseView,
    opt: Options,
    spot: tuple[str, State],
    sold: dict[tuple[str, str, int, str], float],
) -> Iterator[Issue]:
    k, u = spot
    for n in case.sets.markets:
        want = demand(case, opt, n, k, u)
        have = sold.get((n, k, u.period, u.id), 0.0)
        slack = 1e-6 * max(1.0, want)
        if have > want + slack or (opt.serve == "all" and have < want - slack):
            text = f"sells {have:.6g} of {want:.6g}"
            yield _issue("demand", (n, k, u.period, u.id), text)


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Revenue again, from shipments: (item, period, state, amount)."""
    states = {(t, u.id): u for t in case.sets.periods for u in case.sets.states[t]}
    for (g, n, k, t, u), volume in plan.values("ship").items():
        c = case.sets.country_of[case.sets.groups[g][0]]
        worth = price(case, c, n, k, states[t, u]) * case.sets.years_per_period / 1000
        if worth:
            yield "sales.revenue", t, u, volume * worth


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"sales.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V110", where, "", text)
