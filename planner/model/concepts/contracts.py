"""Contracts: part of demand is promised, and promises may be broken in few futures only.

    owed[m,k,t,u]        = SHARE[m,k] * min(DEMAND[m,k,t], DEMAND[m,k,t] * DFACTOR[m,k,u])
    contracts.keep[m,k,t,u]  sum(ship[g,m,k,t,u], g) + lacking[m,k,t,u] >= owed[m,k,t,u]
                                                                              [mn wafers/year]
    contracts.broken[m,k,t,u]  lacking[m,k,t,u] <= owed[m,k,t,u] * broken[t,u]  [mn wafers/year]
    contracts.future[s,t]    broken[t,u(s,t)] <= fail[s], fail 0 or 1               [ratio]
    contracts.chance[all]    sum(PROB[s] * fail[s], s) <= 1 - CONFIDENCE            [ratio]
    paid = L * lacking * FINE                                                       [USD bn]
A customer who wants less than was promised to him is owed no more than he wants. A future fails
when anything owed in it is lacking, in whatever market, class and period from SINCE on: a joint
chance constraint (Charnes & Cooper 1959; Luedtke & Ahmed 2008), one 0/1 column a future, whose
largest shortfall is the smallest coefficient that can stand there: what is owed. Without a
confidence there is only the fine for every wafer lacking. What agreements say on that is not
public; the default is an own estimate. Off by default.
Sources: fact tables `contract`, `demand`; futures from `future`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Named, Settings
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.scenario import Year
from planner.core.sets import State
from planner.model.lp import Model, Row

AFTER = ("sales",)
NEEDS = ("contract", "demand")
READS = (*discount.READS, "contract.share_pct", "demand.wafers_mn")
TOLERANCE = 1e-6
"""Shortfall as a share of what is owed that still counts as kept."""
Key = tuple[str, str, int, str]
"""Market, class, period and state of the world."""


class Deal(Settings):
    """Contracted share of some demand, in place of the data's."""

    market: str
    """Market that has the contract [id]"""
    products: tuple[str, ...] = ()
    """Classes under it; empty = all [list]"""
    share_pct: Annotated[float, Field(ge=0, le=100)]
    """Share of demand promised [%]"""


class Options(Base):
    """Knobs of contracted supply."""

    on: bool = False
    """Whether part of demand is promised [yes/no]"""
    confidence_pct: Annotated[float, Field(ge=0, le=100)] | None = 95.0
    """Least probability that every promise is kept; empty = no such rule [%]"""
    fine_usd_per_wafer: Annotated[float, Field(ge=0, le=100_000)] = 100.0
    """Paid for every wafer owed and not delivered; at 0 a plan may leave more lacking than it must
    in futures that fail anyway [USD/wafer]"""
    share_scale: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Promised shares against the data, at most all of demand [ratio]"""
    markets: tuple[str, ...] = ()
    """Markets with contracts; empty = all [list]"""
    deals: tuple[Deal, ...] = ()
    """Shares of single markets, in place of the data's; the last that fits counts [list]"""
    since: Year = 2030
    """First year a promise holds [year]"""

    def named(self) -> Iterator[Named]:
        """Markets and classes of the contracts."""
        for n, m in enumerate(self.markets):
            yield ("markets", n), m, "markets"
        for n, deal in enumerate(self.deals):
            yield ("deals", n, "market"), deal.market, "markets"
            for k in deal.products:
                yield ("deals", n, "products"), k, "products"


def share(case: CaseView, opt: Options, m: str, k: str) -> float:
    """Share of a market's demand for a class that is promised, as a fraction."""
    for deal in reversed(opt.deals):
        if deal.market == m and (not deal.products or k in deal.products):
            return deal.share_pct / 100
    if opt.markets and m not in opt.markets:
        return 0.0
    name = "contract.share_pct"
    found = case.value(name, k) if case.has(name, k) else 0.0
    return min(1.0, found / 100 * opt.share_scale)


def owed(case: CaseView, opt: Options, m: str, k: str, u: State) -> float:
    """Wafers promised in a state of the world [mn wafers/year]."""
    part = share(case, opt, m, k) if u.period >= opt.since else 0.0
    if part == 0:
        return 0.0
    scale = float(case.scenario.concepts.get("sales", {}).get("demand_scale", 1.0))
    base = case.mean("demand.wafers_mn", m, k, period=u.period) * scale
    return part * base * min(1.0, u.demand.get((m, k), 1.0))


def promises(case: CaseView, opt: Options) -> dict[Key, float]:
    """Everything owed, by market, class, period and state."""
    sets = case.sets
    return {
        (m, k, t, u.id): volume
        for m in sets.markets
        for k in sets.products
        for t in sets.periods
        for u in sets.states[t]
        if case.has("demand.wafers_mn", m, k) and (volume := owed(case, opt, m, k, u)) > 0
    }


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create what is lacking, who fails, and the rules that tie them; book fines."""
    due = promises(case, opt)
    lacking = m.variables(
        "lacking", due, index="market,product,period,state", unit="mn wafers/year", high=due
    )
    m.require("contracts.keep", _keep_rows(m, due), unit="mn wafers/year", why="what was promised")
    for (n, k, t, u), column in lacking.columns.items() if opt.fine_usd_per_wafer else ():
        paid = opt.fine_usd_per_wafer * case.sets.years_per_period / 1000
        m.cost(
            "contracts.fine",
            (n, k),
            terms=[(column, -paid)],
            period=int(t),
            state=str(u),
            factor=discount.over(case, int(t)),
            group="cost",
        )
    _report(m, case)
    if opt.confidence_pct is not None:
        _chance(m, case, due, opt.confidence_pct)


def _report(m: Model, case: CaseView) -> None:
    """Expected wafers lacking over the horizon."""
    chances = {(t, u.id): u.probability for t in case.sets.periods for u in case.sets.states[t]}
    terms = [
        (j, chances[int(t), str(u)] * case.sets.years_per_period)
        for (_, _, t, u), j in m.family("lacking").columns.items()
    ]
    m.measure("contracts_lacking_wafers_mn", terms, sense="less", unit="mn wafers")


def _chance(m: Model, case: CaseView, due: dict[Key, float], confidence_pct: float) -> None:
    """Which futures fail, and how likely they may be together."""
    lacking = m.family("lacking")
    spots = list(dict.fromkeys((t, u) for _, _, t, u in due))
    broken = m.variables("broken", spots, index="period,state", unit="ratio", high=1.0)
    futures = case.sets.futures
    fail = m.variables(
        "fail", [(s,) for s in futures], index="future", unit="futures", kind="binary"
    )
    m.require(
        "contracts.broken",
        (
            (key, [(j, 1.0), (broken[key[2], key[3]], -due[key])], "<=", 0.0)  # type: ignore[index]
            for key, j in lacking.columns.items()
        ),
        unit="mn wafers/year",
        why="nothing lacking where promises are kept",
    )
    m.require(
        "contracts.future",
        (
            ((s, t), [(broken[t, u], 1.0), (fail[s,], -1.0)], "<=", 0.0)
            for t, u in spots
            for s in futures
            if case.sets.state_of[s, t] == u
        ),
        unit="ratio",
        why="a future fails where it meets a broken promise",
    )
    chance: list[Row] = []
    if spots:
        most = 1 - confidence_pct / 100
        chance.append((("all",), [(fail[s,], p) for s, p in futures.items()], "<=", most))
    m.require("contracts.chance", chance, unit="ratio", why="futures that may fail")


def _keep_rows(m: Model, due: dict[Key, float]) -> Iterator[Row]:
    sold: dict[Key, list[tuple[int, float]]] = {key: [] for key in due}
    for (_, n, k, t, u), column in m.family("ship").columns.items():
        spot = (str(n), str(k), int(t), str(u))
        if spot in sold:
            sold[spot].append((column, 1.0))
    lacking = m.family("lacking")
    for key, terms in sold.items():
        yield key, [*terms, (lacking[key], 1.0)], ">=", due[key]


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """What is owed against what is shipped; who fails, and how likely that is."""
    sold: dict[Key, float] = {}
    for (_, n, k, t, u), volume in plan.values("ship").items():
        sold[n, k, t, u] = sold.get((n, k, t, u), 0.0) + volume
    said = plan.values("lacking")
    bad: set[tuple[int, str]] = set()
    for key, volume in promises(case, opt).items():
        missing = volume - sold.get(key, 0.0)
        if missing > TOLERANCE * max(1.0, volume):
            bad.add(key[2:])
        if missing > said.get(key, 0.0) + TOLERANCE * max(1.0, volume):
            yield _issue("keep", key, f"{missing:.6g} mn wafers are lacking")
    if opt.confidence_pct is None:
        return
    failing = {s for s, t in case.sets.state_of if (t, case.sets.state_of[s, t]) in bad}
    chance = sum(case.sets.futures[s] for s in failing)
    if chance > 1 - opt.confidence_pct / 100 + TOLERANCE:
        yield _issue("chance", ("all",), f"promises are broken with a chance of {chance:.4%}")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Fines again, from what is lacking."""
    for (_, _, t, u), volume in plan.values("lacking").items():
        if opt.fine_usd_per_wafer:
            paid = opt.fine_usd_per_wafer * case.sets.years_per_period / 1000
            yield "contracts.fine", t, u, -volume * paid


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"contracts.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V190", where, "", text)
