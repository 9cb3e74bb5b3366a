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

from planner.analysis.stress_draws import Asked, Drawn, States
from planner.analysis.stress_figures import Solved, figures
from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.histories import Hazards, History, draw, hazards
from planner.core.plan import Plan
from planner.core.scenario import AVERAGE
from planner.core.sets import Sets
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
    say: Say | None = None,
) -> dict[str, Any]:
    """Draw histories of events and value the plan in each, its decisions of today fixed.

    draws: histories. seed: the same gives the same. events: those that can happen, empty = all.
    layers: Latin hypercube instead of independent draws. own: the run's own futures with their
    chances instead of draws. chances_pct: yearly chances in place of the data's. ranges: draw
    events mild, central or severe by the ranges of their facts. Raises InputError for an unknown
    event or fewer than two draws.
    """
    tell: Say = say or (lambda _: None)
    sets, _ = prepare(case)
    states = States(plan, with_levels(case) if ranges else case, sets)
    if own:
        hazard, drawn = None, _own(case, sets, states)
    else:
        hazard = hazards(case, tuple(events), chances_pct)
        tell(f"drawing {draws:,} histories of {len(hazard.events)} events")
        drawn = _drawn(hazard, states, draws, _How(seed, layers, ranges))
    calm = {t: states.of(t, ()) for t in sets.periods}
    alone = {
        (e, t): states.of(t, acting(case, sets, [(e, t)], t))
        for e in _events(case, hazard, drawn.histories)
        for t in sets.periods
    }
    tell(f"re-solving {len(states.spots):,} distinct periods and states")
    recourse = Recourse(plan, case)
    outcomes = recourse.outcomes(states.made)
    asked = Asked(plan, case, sets, hazard, seed, layers, ranges and not own)
    return figures(asked, Solved(drawn, states, recourse, outcomes, calm, alone))


@dataclass(frozen=True, slots=True)
class _How:
    """How histories are drawn."""

    seed: int
    layers: bool
    ranges: bool


def _drawn(hazard: Hazards, states: States, draws: int, how: _How) -> Drawn:
    if draws < 2:
        text = f"{draws} draws show no spread; at least 2 are needed"
        raise InputError([Issue("error", "E760", "stress", "draws", text)])
    histories = draw(hazard, draws, how.seed, layers=how.layers)
    if how.ranges:
        histories = levelled(histories, how.seed)
    return states.placed(histories, np.full(draws, 1.0 / draws))


def _own(case: Case, sets: Sets, states: States) -> Drawn:
    """The run's futures as histories."""
    if AVERAGE in sets.futures:
        text = "this run has one average future, which is no history of events"
        raise InputError([Issue("error", "E761", "stress", "own", text)])
    histories: list[History] = [tuple(events_of(case, s)) for s in sets.futures]
    return states.placed(histories, np.array(list(sets.futures.values())))


def _events(case: Case, hazard: Hazards | None, histories: Sequence[History]) -> tuple[str, ...]:
    """Events that can happen, in the order of the data."""
    if hazard is not None:
        return hazard.events
    seen = {e for history in histories for e, _ in history}
    return tuple(e for e in case.ids("events") if e in seen)
