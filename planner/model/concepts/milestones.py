"""Milestones: part of a grant is held back until the fab has made its first wafers.

    withheld[i,p,t]  = -HELD[p] * grant[i,p,t], on the date the grant would be paid   [USD bn]
    milestone[i,p,t] = +HELD[p] * grant[i,p,t], YEARS[p] after the first wafers       [USD bn]
The first wafers are those of the earliest covered module that could be begun there then. Where
grants are cut, what is held back is cut by the share of its new date, not of its old one. Credits
are paid after entry into service anyway and stay as they are. Off by default.
Sources: fact tables `string` (withheld_pct, withheld_years), `programme`.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.core import aid, discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model

AFTER = ("subsidy",)
RESTS_ON = ("subsidy",)
NEEDS = ("string", "programme")
READS = (
    *discount.READS,
    *aid.READS,
    "string.withheld_pct",
    "string.withheld_years",
)


class Options(Base):
    """Knobs of the milestones."""

    on: bool = False
    """Whether part of a grant waits for the first wafers [yes/no]"""


def held(case: CaseView, parts: aid.Parts, spot: aid.Spot) -> tuple[float, float, float]:
    """Share of a grant held back, the date it was due and the date it is paid [ratio, year]."""
    i, p, t = spot
    early = t + case.value("programme.payment_lag_years", p)
    services = [part[1] for part in parts.get((i, t), []) if aid.covers(case, p, i, t, part)]
    if case.text("programmes", p, "instrument") != "grant" or not services:
        return 0.0, early, early
    late = min(services) + case.value("string.withheld_years", p)
    share = case.value("string.withheld_pct", p) / 100
    return (share if late > early else 0.0), early, late


def moves(case: CaseView, parts: aid.Parts, spot: aid.Spot) -> Iterator[tuple[str, float, float]]:
    """Item, share of the grant and date of the two movements of money."""
    share, early, late = held(case, parts, spot)
    if share:
        yield "milestones.withheld", -share, early
        yield "milestones.paid", share, late


def lines(case: CaseView, share: float, when: float) -> Iterator[tuple[int, str, float]]:
    """Period, state and coefficient of money due on a date, cuts of grants included."""
    period = case.sets.period_of(when) or case.sets.periods[-1]
    yield period, "all", share
    for u in case.sets.states[period] if when < case.sets.end else ():
        if u.grant_kept != 1.0:
            yield period, u.id, share * (u.grant_kept - 1.0)


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Book what is held back and what is paid later."""
    parts = aid.outlays(case)
    for (i, p, t), column in m.family("grant").columns.items():
        for item, share, when in moves(case, parts, (str(i), str(p), int(t))):
            for period, state, coefficient in lines(case, share, when):
                m.cost(
                    item,
                    (i, p, t),
                    terms=[(column, coefficient)],
                    period=period,
                    state=state,
                    factor=discount.at(case, when),
                    group="subsidy",
                    country=case.sets.country_of[str(i)],
                )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Milestones bind nothing; their money is checked (see `money`)."""
    yield from ()


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Both movements again, from grants taken and dates."""
    parts = aid.outlays(case)
    for (i, p, t), got in plan.values("grant").items():
        for item, share, when in moves(case, parts, (i, p, t)):
            for period, state, coefficient in lines(case, share, when):
                yield item, period, state, got * coefficient
