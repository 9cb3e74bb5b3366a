"""Budgets: several programmes draw on one national pot, and rivals claim part of it.

    budgets.pot[b]   sum(grant[i,p,t], i, t, p in b) <= TOTAL[b] - SCALE * sum(CLAIM[r], r in b)
                                                                                       [USD bn]
A programme's own budget is what its data expect this firm to win; the pot is what the treasury set
aside, and a rival's claim lowers what is left for everyone else. What claims exceed the pot is
left out: then nothing is left. Off by default.
Sources: fact tables `pot`, `claim`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model

AFTER = ("subsidy",)
RESTS_ON = ("subsidy",)
NEEDS = ("pot", "programme")
READS = ("pot.total_usd_bn", "claim.amount_usd_bn")


class Options(Base):
    """Knobs of national budgets."""

    on: bool = False
    """Whether programmes share national pots with rivals [yes/no]"""
    rivals_scale: Annotated[float, Field(ge=0, le=20)] = 1.0
    """What rivals claim against the data [ratio]"""


def left(case: CaseView, opt: Options, b: str) -> float:
    """What rivals leave of a pot [USD bn]."""
    rivals = (r for r in case.ids("claims") if case.text("claims", r, "pot") == b)
    claimed = sum(case.value("claim.amount_usd_bn", r) for r in rivals)
    return max(0.0, case.value("pot.total_usd_bn", b) - opt.rivals_scale * claimed)


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Limit the aid of the programmes of each pot."""
    drawn: dict[str, list[tuple[int, float]]] = {}
    for b in case.ids("pots"):
        mine = case.items("pots", b, "programmes")
        for (_, p, _), column in m.family("grant").columns.items():
            if p in mine:
                drawn.setdefault(b, []).append((column, 1.0))
    m.require(
        "budgets.pot",
        (((b,), terms, "<=", left(case, opt, b)) for b, terms in drawn.items()),
        unit="USD bn",
        why="what rivals leave",
    )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """No pot is overdrawn."""
    for b in case.ids("pots"):
        mine = case.items("pots", b, "programmes")
        got = sum(x for (_, p, _), x in plan.values("grant").items() if p in mine)
        if got > left(case, opt, b) + 1e-6:
            text = f"{got:.6g} drawn of {left(case, opt, b):.6g} USD bn"
            yield Issue("error", "V125", f"budgets.pot[{b}]", "", text)


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Budgets move no money of their own."""
    yield from ()
