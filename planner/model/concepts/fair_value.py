"""Fair value: a price floor in a market at full cost and a profit, and the demand it costs.

    floor[n,k,t]   = (1 + MARGIN[n]) * min(full[c,k,t], c in O[n])                     [USD/wafer]
    PFACTOR[m,k,u] becomes PFACTOR * max(1, floor / (PRICE[k,t] * PFACTOR))
    DFACTOR[m,k,u] becomes DFACTOR * max(1, floor / (PRICE[k,t] * PFACTOR)) ** -ELASTICITY[n]
No rows: prices and demand of the states are raised and cut before the programme is built. All
sellers in the market follow the floor (an umbrella price, as in the United States after 1986), and
the cheapest origin under the rule sets it. Two rules on the same market and class take the higher
floor and its elasticity. The default margin of 8 % is the least profit that constructed values had
under US anti-dumping law at the time of the US-Japan Semiconductor Agreement.
Sources: fact tables `product`, `country`, `pool`, `site`, `finance`, `price`; see `core/fullcost`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from planner.core import fullcost
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Named, Settings
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.scenario import Year
from planner.core.sets import State
from planner.model.lp import Model

AFTER: tuple[str, ...] = ()
NEEDS = ("demand", "price", "pool")
READS = (*fullcost.READS, "price.price_usd_per_wafer")


class Floor(Settings):
    """One price floor in one market."""

    market: str
    """Market [id]"""
    origins: Annotated[tuple[str, ...], Field(min_length=1)]
    """Countries whose full cost counts [list]"""
    products: tuple[str, ...] = ()
    """Classes under the rule; empty = all [list]"""
    margin_pct: Annotated[float, Field(ge=-90, le=400)] = 8.0
    """Profit on top of full cost [%]"""
    elasticity: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Fall of demand in per cent for a rise in price of one per cent [ratio]"""
    since: Year = 2026
    """First year of the rule [year]"""
    until: Year = 2100
    """First year without it [year]"""


class Options(Base):
    """Knobs of the fair-value rule."""

    floors: tuple[Floor, ...] = ()
    """Price floors [list]"""

    def named(self) -> Iterator[Named]:
        """Markets, countries and classes of the floors."""
        for n, floor in enumerate(self.floors):
            yield ("floors", n, "market"), floor.market, "markets"
            for c in floor.origins:
                yield ("floors", n, "origins"), c, "countries"
            for k in floor.products:
                yield ("floors", n, "products"), k, "products"


def floor_usd(case: CaseView, floor: Floor, k: str, t: int) -> float:
    """Floor price of a class, mean over the years of a period the rule holds in [USD/wafer]."""
    years = case.sets.years(t)
    full = [
        min(fullcost.full_cost_usd(case, c, k, year) for c in floor.origins)
        if floor.since <= year < floor.until
        else 0.0
        for year in years
    ]
    return (1 + floor.margin_pct / 100) * sum(full) / len(years)


def rise(case: CaseView, floor: Floor, k: str, u: State) -> float:
    """Price with the floor against price without it, at least 1 [ratio]."""
    counted = not floor.products or k in floor.products
    if not counted or not case.has("price.price_usd_per_wafer", k):
        return 1.0
    price = case.mean("price.price_usd_per_wafer", k, period=u.period)
    price *= u.price.get((floor.market, k), 1.0)
    return max(1.0, floor_usd(case, floor, k, u.period) / price) if price > 0 else 1.0


def adjust(case: CaseView, opt: Options, u: State) -> State:
    """A state with its prices raised to the floors and its demand cut in step."""
    highest: dict[tuple[str, str], tuple[float, float]] = {}
    for floor in opt.floors:
        for k in case.sets.products:
            key, up = (floor.market, k), rise(case, floor, k, u)
            if up > highest.get(key, (1.0, 0.0))[0]:
                highest[key] = (up, floor.elasticity)
    if not highest:
        return u
    price, demand = dict(u.price), dict(u.demand)
    for key, (up, elasticity) in highest.items():
        price[key] = price.get(key, 1.0) * up
        demand[key] = demand.get(key, 1.0) * up**-elasticity
    return replace(u, price=price, demand=demand)


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Nothing to build: the states carry the floors."""


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Prices and demand are data by now; sales checks them."""
    yield from ()


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """The rule moves no money of its own; revenue carries it."""
    yield from ()
