"""Training: the firm teaches people from outside the trade, for a price and in limited numbers.

    training.places[l,q,t]  trainee[l,q,t] <= PLACES[c] * RECRUITS[l,q] * years since START + 1
                                                                   (column bound) [thousand]
    wages = L * (WAGE[l,q] + COST[c] / TENURE) * trainee                                   [USD bn]
Technicians and engineers only: researchers are not taught in two years. Those taught fill posts in
talent.need beside people hired from the trade; the cost of teaching one is spread over the years
people stay. Whoever leaves is counted in TENURE. Off by default.
Sources: fact tables `country` (training_places_pct, training_cost_usd_thousand), `pool`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount
from planner.core import people as workforce
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model

AFTER = ("capacity",)
NEEDS = ("pool",)
READS = (
    *discount.READS,
    "pool.recruits_pct",
    "pool.stock_thousand",
    "pool.wage_usd_thousand",
    "country.training_places_pct",
    "country.training_cost_usd_thousand",
)
TAUGHT = ("technician", "engineer")
Spot = tuple[str, str, int]
"""Pool, skill, period."""


class Options(Base):
    """Knobs of training."""

    on: bool = False
    """Whether the firm teaches people itself [yes/no]"""
    places_scale: Annotated[float, Field(ge=0, le=20)] = 1.0
    """Places a year against the data [ratio]"""
    tenure_years: Annotated[float, Field(ge=1, le=20)] = 5.0
    """Years over which the cost of teaching one person is spread [years]"""


def places(case: CaseView, opt: Options, spot: Spot) -> float:
    """People the firm could have taught by a period [thousand]."""
    pool, skill, t = spot
    yearly = case.value("country.training_places_pct", case.text("pools", pool, "country")) / 100
    yearly *= workforce.recruits(case, pool, skill) * opt.places_scale
    return yearly * (t - case.sets.periods[0] + 1)


def unit(case: CaseView, opt: Options, pool: str, skill: str) -> float:
    """Yearly cost of a thousand people taught [USD bn/year per thousand]."""
    taught = case.value("country.training_cost_usd_thousand", case.text("pools", pool, "country"))
    return (case.value("pool.wage_usd_thousand", pool, skill) + taught / opt.tenure_years) / 1000


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create trainee within the places there are; book wages and teaching."""
    spots = [
        (pool, skill, t)
        for pool in case.ids("pools")
        for skill in TAUGHT
        for t in case.sets.periods
    ]
    high = {spot: most for spot in spots if (most := places(case, opt, spot)) > 0}
    trainee = m.variables("trainee", high, index="pool,skill,period", unit="thousand", high=high)
    for pool, skill, t in high:
        paid = unit(case, opt, pool, skill) * case.sets.years_per_period
        m.cost(
            "training.wages",
            (pool, skill),
            terms=[(trainee[pool, skill, t], -paid)],
            period=t,
            factor=discount.over(case, t),
            group="talent",
            country=case.text("pools", pool, "country"),
            taxable=True,
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """No more people taught than there are places."""
    for spot, people in plan.values("trainee").items():
        most = places(case, opt, (spot[0], spot[1], spot[2]))
        if people > most + 1e-6:
            where = f"training.places[{','.join(str(part) for part in spot)}]"
            yield Issue("error", "V141", where, "", f"teaches {people:.6g} of {most:.6g} thousand")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Wages and teaching again."""
    for (pool, skill, t), people in plan.values("trainee").items():
        paid = people * unit(case, opt, pool, skill) * case.sets.years_per_period
        yield "training.wages", t, "all", -paid
