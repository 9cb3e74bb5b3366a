"""Outbound rule N-x: the home government keeps the newest generations at home.

    outbound.gap[i,k,t]   modules[i,k,o,t] exists only if RANK_FRONTIER[t] - RANK[k] >= GAP[c(i),t]

A mask, not a row: columns the rule forbids are never created. GAP is x in "N-x" by host and year;
both readings reported in the sources (N-1 in spring 2025, N-2 since November 2025) are kept as
low and value of the fact. RANK_FRONTIER is the newest generation in volume production at home
when building begins (or, as an option, when the fab enters service).

The rule's "generation" is nowhere defined; two readings are kept. `full` counts full nodes of the
roadmap (N5, N3, N2, A14, A10). `named` counts every named process (N5, N4, N3, N2, A16, A14, A12,
A10), as the deputy minister's example does: with 1.2 nm at home, 1.6 nm may go abroad. A class
stands at its oldest member in both, so `named` lets a class go about three years sooner.
Sources: fact tables `outbound`, `frontier`, `product`; `tw-n2-rule-toms` for the example.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model

AFTER = ("capacity",)
NEEDS = ("outbound", "frontier")
READS = (
    "outbound.gap_generations",
    "frontier.rank",
    "frontier.rank_named",
    "product.rank",
    "product.rank_named",
)


class Options(Base):
    """Knobs of the outbound rule."""

    gap_generations: Annotated[float, Field(ge=0, le=10)] | None = None
    """x of the rule N-x for every host; empty = the data's [generations]"""
    generations: Literal["full", "named"] = "full"
    """What counts as a generation: full nodes, or every named process [full|named]"""
    measured_at: Literal["begin", "service"] = "begin"
    """When the gap is measured: as building begins, or later at service [begin|service]"""
    service_delay_years: Annotated[float, Field(ge=0, le=10)] = 3.0
    """Years from begin to service when measured at service [years]"""


def required_gap(case: CaseView, opt: Options, c: str, t: int) -> float:
    """Generations a class must lie behind the frontier to be begun in c [generations]."""
    if opt.gap_generations is not None:
        return opt.gap_generations
    return case.value("outbound.gap_generations", c, year=t)


def gap(case: CaseView, opt: Options, k: str, t: int) -> float:
    """How far a class lies behind the frontier when measured [generations]."""
    year = t + (opt.service_delay_years if opt.measured_at == "service" else 0.0)
    rank = "rank" if opt.generations == "full" else "rank_named"
    return case.value(f"frontier.{rank}", "world", year=year) - case.value(f"product.{rank}", k)


def mask(case: CaseView, opt: Options, i: str, k: str, t: int) -> str | None:
    """Rule that forbids the column, if any. Packaging (rank 0) counts like any class."""
    c = case.sets.country_of[i]
    if case.sets.role_of[c] == "home":
        return None
    return "outbound.gap" if gap(case, opt, k, t) < required_gap(case, opt, c, t) - 1e-9 else None


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Nothing to build: the columns are not there."""


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """No module begun abroad nearer to the frontier than allowed."""
    begun = dict(plan.values("modules"))
    for change in (x for x in case.sets.changes if x.begins):
        begun[change.key] = plan.values(change.family).get(change.key, 0.0)
    for (i, k, _, t), n in begun.items():
        if n > 1e-6 and mask(case, opt, i, k, t):
            text = f"{k} begun {gap(case, opt, k, t):g} generations behind the newest"
            yield Issue("error", "V160", f"outbound.gap[{i},{k},{t}]", "", text)


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """The rule moves no money of its own."""
    yield from ()
