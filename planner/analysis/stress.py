"""A fixed plan in thousands of drawn futures: what it earns, how bad the tail is, what hurts.

Siting and every other here-and-now decision stay; sales adapt to each state of the world by an LP
(see `planner.solve.recourse`). Histories of events are drawn year by year from their chances (see
`planner.core.histories`); every figure is explained where it is made (`stress_figures`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.analysis.stress_draws import Asked, States
from planner.analysis.stress_figures import Solved, figures
from planner.analysis.stress_pair import pair, require_same_world
from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.histories import Hazards, History, Numbers, draw, hazards
from planner.core.plan import Plan
from planner.core.scenario import AVERAGE
from planner.core.severity import levelled, with_levels
from planner.model.assemble import prepare
from planner.model.states import acting, events_of
from planner.solve.recourse import Recourse

Say = Callable[[str], None]
"""Told what is being done."""


def stress(  # noqa: PLR0913 - all but two are named
    plan: Plan,
    case: Case,
    *,
    draws: int = 10_000,
    seed: int = 1,
    events: Sequence[str] = (),
    layers: bool = False,
    own: bool = False,
    chances_pct: Mapping[str, float] | None = None,
    ranges: bool = False,
    against: tuple[Plan, Case] | None = None,
    say: Say | None = None,
) -> dict[str, Any]:
    """Draw histories of events and value the plan in each, its decisions of today fixed.

    draws: histories. seed: the same gives the same. events: those that can happen, empty = all.
    layers: Latin hypercube instead of independent draws. own: the run's own futures with their
    chances instead of draws. chances_pct: yearly chances in place of the data's. ranges: draw
    events mild, central or severe by the ranges of their facts. against: another plan, with its
    case, to be put into the very same histories. Raises InputError for an unknown event, fewer
    than two draws, or another plan whose events differ.
    """
    tell: Say = say or (lambda _: None)
    hazard = None if own else hazards(case, tuple(events), chances_pct)
    if against is not None:
        theirs = None if own else hazards(against[1], tuple(events), chances_pct)
        require_same_world(hazard, theirs, against[0].scenario)
    how = _How(seed, layers, ranges and not own, draws)
    histories, chances = _own(case) if hazard is None else _drawn(hazard, how)
    tell(f"{len(histories):,} histories of events")
    found = []
    for plan_, case_ in ((plan, case), *([against] if against else [])):
        sets, _ = prepare(case_)
        asked = Asked(plan_, case_, sets, hazard, seed, layers, how.ranges)
        found.append((asked, _solved(asked, histories, chances, tell)))
    answer = figures(*found[0])
    return {**answer, "against": pair(*found)} if against else answer


def _solved(asked: Asked, histories: Sequence[History], chances: Numbers, tell: Say) -> Solved:
    """Every state the histories lead a plan into, solved."""
    plan, case, sets = asked.plan, asked.case, asked.sets
    states = States(plan, with_levels(case) if asked.ranges else case, sets)
    drawn = states.placed(histories, chances)
    calm = {t: states.of(t, ()) for t in sets.periods}
    alone = {
        (e, t): states.of(t, acting(case, sets, [(e, t)], t))
        for e in _events(case, asked.hazard, histories)
        for t in sets.periods
    }
    tell(f"{plan.title}: re-solving {len(states.spots):,} distinct periods and states")
    recourse = Recourse(plan, states.case)
    outcomes = recourse.outcomes(states.made)
    return Solved(drawn, states, recourse, outcomes, calm, alone)


@dataclass(frozen=True, slots=True)
class _How:
    """How histories are drawn."""

    seed: int
    layers: bool
    ranges: bool
    draws: int


def _drawn(hazard: Hazards, how: _How) -> tuple[list[History], Numbers]:
    if how.draws < 2:
        text = f"{how.draws} draws show no spread; at least 2 are needed"
        raise InputError([Issue("error", "E760", "stress", "draws", text)])
    histories = draw(hazard, how.draws, how.seed, layers=how.layers)
    if how.ranges:
        histories = levelled(histories, how.seed)
    return histories, np.full(how.draws, 1.0 / how.draws)


def _own(case: Case) -> tuple[list[History], Numbers]:
    """The run's futures as histories, with their chances."""
    futures = prepare(case)[0].futures
    if AVERAGE in futures:
        text = "this run has one average future, which is no history of events"
        raise InputError([Issue("error", "E761", "stress", "own", text)])
    return [tuple(events_of(case, s)) for s in futures], np.array(list(futures.values()))


def _events(case: Case, hazard: Hazards | None, histories: Sequence[History]) -> tuple[str, ...]:
    """Events that can happen, in the order of the data."""
    if hazard is not None:
        return hazard.events
    seen = {e for history in histories for e, _ in history}
    return tuple(e for e in case.ids("events") if e in seen)
