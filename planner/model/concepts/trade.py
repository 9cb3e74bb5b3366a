"""Trade: duties on wafers that cross a border as chips.

    duty[g,m,k,t,u] = L * ship[g,m,k,t,u] * PRICE * EXPOSURE[m]
                        * (sum(RATE[x,t] * COVERED[x,t], x hits c(g), m, k) + ADD[m,k,u]) [USD bn]

Only the share of sales that is really imported as chips pays (most chips enter a country inside
assembled goods). ADD is the duty an escalation adds in state u; it spares goods made in the
market itself. Rates carry dates and a legal basis (`data/entities/tariff_measures.csv`).
Sources: fact tables `tariff`, `market`, `event`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount, markets
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import State
from planner.model.lp import Model

AFTER = ("sales",)
NEEDS = ("market",)
READS = (
    *discount.READS,
    "market.tariff_exposure_pct",
    "tariff.rate_pct",
    "tariff.covered_share_pct",
    "price.price_usd_per_wafer",
)


class Options(Base):
    """Knobs of the trade concept."""

    rate_scale: Annotated[float, Field(ge=0, le=20)] = 1.0
    """All duty rates against the data [ratio]"""


def duty_pct(case: CaseView, opt: Options, spot: tuple[str, str, str], u: State) -> float:
    """Duty on the price of an imported wafer in a state of the world [%]; nothing at home.

    spot: country of origin, market, class.
    """
    c, m, k = spot
    if markets.holds(case, m, c):
        return 0.0
    total = u.tariff_add_pct.get((m, k), 0.0)
    for x in case.ids("tariff_measures"):
        hits = (
            m == case.text("tariff_measures", x, "market")
            and c in case.items("tariff_measures", x, "origins")
            and k in (case.items("tariff_measures", x, "products") or (k,))
        )
        if hits:
            rate = case.mean("tariff.rate_pct", x, period=u.period)
            covered = case.mean("tariff.covered_share_pct", x, period=u.period)
            total += rate * covered / 100
    return total * opt.rate_scale


def unit_duty(case: CaseView, opt: Options, spot: tuple[str, str, str], u: State) -> float:
    """Duty for one wafer from c into m of class k, averaged over imported and not [USD/wafer]."""
    _, m, k = spot
    if not case.has("price.price_usd_per_wafer", k):
        return 0.0
    base = case.mean("price.price_usd_per_wafer", k, period=u.period) * u.price.get((m, k), 1.0)
    exposure = case.value("market.tariff_exposure_pct", m) / 100
    return base * exposure * duty_pct(case, opt, spot, u) / 100


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Book the duty of every lane and state."""
    sets = case.sets
    states = {(t, u.id): u for t in sets.periods for u in sets.states[t]}
    lines: dict[tuple[str, str, str, int, str], list[tuple[int, float]]] = {}
    unit: dict[tuple[str, str, str, int, str], float] = {}
    for (g, n, k, t, u), column in m.family("ship").columns.items():
        c = sets.country_of[sets.groups[str(g)][0]]
        spot = (c, str(n), str(k), int(t), str(u))
        if spot not in unit:
            unit[spot] = unit_duty(case, opt, spot[:3], states[spot[3:]])
        if unit[spot]:
            line = lines.setdefault((c, str(n), str(k), int(t), str(u)), [])
            line.append((column, -unit[spot] * sets.years_per_period / 1000))
    for (c, n, k, t, u), terms in lines.items():
        m.cost(
            "trade.duty",
            (c, n, k),
            terms=terms,
            period=t,
            state=u,
            factor=discount.over(case, t),
            group="cost",
            country=c,
            taxable=True,
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Duties bind nothing; only their money is checked (see `money`)."""
    yield from ()


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Duties again, from shipments."""
    states = {(t, u.id): u for t in case.sets.periods for u in case.sets.states[t]}
    for (g, n, k, t, u), volume in plan.values("ship").items():
        c = case.sets.country_of[case.sets.groups[g][0]]
        paid = unit_duty(case, opt, (c, n, k), states[t, u]) * case.sets.years_per_period / 1000
        if paid:
            yield "trade.duty", t, u, -volume * paid
