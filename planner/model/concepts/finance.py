"""Finance: company tax on the profit of each country, with write-off of what was built there.

    tax[c,t,u]    = -TAX[c,t] * sum(taxable cash of c in t and u)                          [USD bn]
    shield[c,t]   =  TAX[c,t] * sum(outlay * share of its write-off that falls in t)       [USD bn]
    write-off     = straight line over N[asset] years from entry into service, inside the horizon
Taxable are sales, running costs, wages, duties, centres' costs and benefits; grants and salvage are
not. Losses are refunded at the same rate (a group that earns elsewhere can use them): stated as a
limit. Runs after every concept that books money.
Sources: fact tables `country` (tax_rate_pct), `finance`.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model, Money

AFTER = (
    "sales", "production", "trade", "costs", "talent", "research", "cocreation", "subsidy",
    "quota", "acquisition", "joint_venture", "retrofit", "clusters",
)  # fmt: skip
NEEDS = ("country", "finance")
READS = (
    *discount.READS,
    "country.tax_rate_pct",
    "finance.equipment_tax_years",
    "finance.building_tax_years",
)
READS_MONEY = True


class Options(Base):
    """The finance concept has no knobs beyond `on`."""


def tax_rate(case: CaseView, c: str, t: int) -> float:
    """Mean rate of company tax in a period, as a fraction."""
    return case.mean("country.tax_rate_pct", c, period=t) / 100


def written_off(case: CaseView, asset: str, service: float, t: int) -> float:
    """Share of an asset's write-off that falls in period t."""
    life = case.value(f"finance.{asset}_tax_years", "firm")
    end = min(service + life, t + case.sets.years_per_period)
    return max(0.0, end - max(service, float(t))) / life


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Mirror every taxable line, and every write-off, with its tax."""
    lines: dict[tuple[str, int, str], list[Money]] = {}
    shields: dict[tuple[str, int], list[tuple[int, float]]] = {}
    for money_line in m.money:
        if money_line.taxable and money_line.country:
            spot = (money_line.country, money_line.period, money_line.state)
            lines.setdefault(spot, []).append(money_line)
        if money_line.writeoff and money_line.country:
            asset, service = money_line.writeoff
            for t in case.sets.periods:
                share = written_off(case, asset, service, t)
                if share > 0:
                    terms = shields.setdefault((money_line.country, t), [])
                    terms.extend((j, -a * share) for j, a in money_line.terms)
    for (c, t, u), some in lines.items():
        rate = tax_rate(case, c, t)
        m.cost(
            "finance.tax",
            (c,),
            terms=[(j, -rate * a) for line in some for j, a in line.terms],
            constant=-rate * sum(line.constant for line in some),
            period=t,
            state=u,
            factor=discount.over(case, t),
            group="cost",
            country=c,
        )
    for (c, t), terms in shields.items():
        rate = tax_rate(case, c, t)
        m.cost(
            "finance.shield",
            (c,),
            terms=[(j, rate * a) for j, a in terms],
            period=t,
            factor=discount.over(case, t),
            group="cost",
            country=c,
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Taxes bind nothing; `planner.solve.verify` recounts their money from the other lines."""
    yield from ()


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Recomputed in `planner.solve.verify`, which has every other line at hand."""
    yield from ()
