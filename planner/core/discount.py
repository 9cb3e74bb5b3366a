"""Discount factors: money is worth less the later it moves.

factor(y)   = (1 + RATE) ** -(y - START)            at a date (a decimal year)
factor(t)   = mean over the years y of period t of factor(y + 1/2)
"""

from __future__ import annotations

import math

from planner.core.case import CaseView

EVEN = 1e-12
"""Interest over the whole life below which money is worth the same at any date."""
READS = ("finance.discount_rate_pct",)
"""Facts these functions ask for; a concept that discounts declares them too."""


def rate(case: CaseView) -> float:
    """Real yearly discount rate as a fraction; 0 when the case has none."""
    if not case.has("finance.discount_rate_pct", "firm"):
        return 0.0
    return case.value("finance.discount_rate_pct", "firm") / 100


def at(case: CaseView, year: float) -> float:
    """Factor of money that moves at a date."""
    return float((1 + rate(case)) ** -(year - case.sets.periods[0]))


def over(case: CaseView, period: int) -> float:
    """Mean factor of money that flows through a whole period."""
    years = case.sets.years(period)
    return sum(at(case, y + 0.5) for y in years) / len(years)


def annuity(interest: float, years: float) -> float:
    """Present value of 1 a year for some years, paid at each year's end."""
    if years <= 0:
        return 0.0
    if abs(interest) * years < EVEN:
        return years
    return -math.expm1(-years * math.log1p(interest)) / interest


def remaining_share(interest: float, life: float, age: float) -> float:
    """Share of an asset's value left at an age when its worth is an even annuity over its life."""
    left = max(0.0, life - max(0.0, age))
    return annuity(interest, left) / annuity(interest, life) if life > 0 else 0.0
