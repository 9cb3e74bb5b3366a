"""Many cases near one another: the model, its HiGHS sessions and one plan kept for all of them.

The plan of the first case is the start of every other, whatever was solved in between, so that a
case gives the same plan, bound and gap in any order and in any process.
"""

from __future__ import annotations

import time

import numpy as np

from planner.core.case import Case
from planner.core.errors import Conflict, Infeasible
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.model.rebuild import Rebuilt, Workshop
from planner.solve import highs
from planner.solve.answer import Answer
from planner.solve.by_cuts import wanted
from planner.solve.near import Near, carried, start_from
from planner.solve.near_session import Start
from planner.solve.optimise import finished, solve_case


class Kept:
    """A first case with a start, and what is needed to solve others from it.

    Raises Infeasible or Stopped when the first case has no plan and no start is given.
    """

    def __init__(self, case: Case, settings: SolverSettings, start: Start | None = None) -> None:
        self.workshop = Workshop(case)
        first = self.workshop.first
        if start is None:
            start = _found(first, settings)
        self.start = start
        self.near = None if start is None else Near(first.programme, start)

    def solve(self, case: Case, settings: SolverSettings) -> Plan:
        """Plan of a case near the first, verified like any other; without rows and prices.

        Raises Infeasible (without its reasons), Stopped, VerificationError.
        """
        begun = time.perf_counter()
        made = self.workshop.build(case)
        seconds = {"build": time.perf_counter() - begun}
        begun = time.perf_counter()
        if wanted(made.built, settings, highs.HIGHS):
            return solve_case(case, **settings.model_dump())
        answer = self._answer(made, settings)
        if answer is None:
            return solve_case(case, **settings.model_dump())
        if answer.values is None:
            raise Infeasible(Conflict(()))
        seconds["solve"] = time.perf_counter() - begun
        return finished(
            case, made.built, (answer, answer), settings.gap, seconds=seconds, ledger=made.ledger
        )

    def _answer(self, made: Rebuilt, settings: SolverSettings) -> Answer | None:
        if self.near is None or self.start is None:
            return None
        near = self.near
        if not near.fits(made.programme):
            first = self.workshop.first.built.model
            near = Near(made.programme, carried(self.start, first, made.built.model))
        return near.answer(made.programme, made.built.model, settings)


def _found(first: Rebuilt, settings: SolverSettings) -> Start | None:
    """Search the first case for a start; None where it is not one programme."""
    if wanted(first.built, settings, highs.HIGHS):
        return None
    # with every row: its plan lies nearer the relaxation's bound, on which the points lean
    answer = highs.run(first.built.model, settings)
    if answer.values is None:
        raise Infeasible(Conflict(()))
    return start_from(first.programme, np.array(answer.values), settings.time_limit)
