"""How many people of a skill can be won by a period, when some leave the trade every year.

SUPPLY[l,q,t] = SCALE * STOCK * (ACCESSIBLE * KEEP**n + RECRUITS * sum(KEEP**m, m = 0..n))
n = t - START full years; KEEP = 1 - ATTRITION[c] * ATTRITION_SCALE         [thousand persons]
Whoever leaves does not come back; successors come out of the same supply. With no attrition this is
STOCK * (ACCESSIBLE + RECRUITS * (n + 1)).
"""

from __future__ import annotations

from typing import Protocol

READS = (
    "pool.stock_thousand",
    "pool.accessible_pct",
    "pool.recruits_pct",
    "country.attrition_pct",
)
"""Facts these functions ask for; a concept that uses them declares them too."""


class Facts(Protocol):
    """Anything that answers with facts and cells: a case, or a view of one."""

    def value(self, name: str, *entity: str) -> float:
        """Value of a fact."""

    def text(self, register: str, row: str, column: str) -> str:
        """Cell of a register."""


def kept(case: Facts, pool: str, scale: float) -> float:
    """Share of the people of a region still in the trade a year later."""
    if scale == 0:
        return 1.0
    rate = case.value("country.attrition_pct", case.text("pools", pool, "country"))
    return max(0.0, 1 - scale * rate / 100)


def recruits(case: Facts, pool: str, skill: str) -> float:
    """People who enter the trade every year and whom the firm could win [thousand/year]."""
    share = case.value("pool.recruits_pct", pool, skill) / 100
    return case.value("pool.stock_thousand", pool, skill) * share


def supply(case: Facts, pool: str, skill: str, years: int, attrition_scale: float) -> float:
    """People of a skill the firm could have won and still have, after full years [thousand]."""
    stock = case.value("pool.stock_thousand", pool, skill)
    stock *= case.value("pool.accessible_pct", pool, skill) / 100
    keep = kept(case, pool, attrition_scale)
    yearly = recruits(case, pool, skill)
    if keep == 1:
        return stock + yearly * (years + 1)
    return float(stock * keep**years + yearly * sum(keep**m for m in range(years + 1)))
