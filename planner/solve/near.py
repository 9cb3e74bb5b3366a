"""A programme near one whose plan is known: bound and plan from warm LPs, a search only if needed.

    bound   the relaxation's optimum, from the start's basis               (no plan is worth more)
    plan    the start's whole numbers, everything else made best for this programme
    then    a search around that plan where it and the relaxation differ, at first among the
            columns that either of them uses
    then    the whole programme searched from the best plan so far
Each step is taken only while the gap is wider than asked.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np

from planner.core.errors import Stopped
from planner.core.histories import Numbers
from planner.core.scenario import SolverSettings
from planner.model.lp import Model
from planner.model.matrix import Programme
from planner.solve import highs
from planner.solve.answer import Answer, gap_of
from planner.solve.grain import MARGIN
from planner.solve.near_session import (
    BASIC,
    LOWER,
    Around,
    Basis,
    Found,
    Standing,
    Start,
    Unanswered,
    around,
    fresh,
    idle,
)

WIDE, SEARCH = 3, 4
"""Steps of an answer: 1 the start's plan, 2 around it among columns in use, 3 around it among all,
4 a search of the whole programme."""


def start_from(programme: Programme, values: Numbers, seconds: float) -> Start | None:
    """A start from a plan of a programme, bettered once around it; None if an LP is not solved."""
    whole = np.round(values[programme.integer])
    try:
        relaxed = fresh(programme, None, seconds)
        held = fresh(programme, whole, seconds)
        if relaxed is None or held is None:
            return None
        found = around(programme, Around(whole, relaxed.x), math.inf, seconds)
        better = None if found is None else fresh(programme, found, seconds)
    except Unanswered:
        return None
    if found is not None and better is not None and better.worth > held.worth:
        whole, held = found, better
    return Start(whole, relaxed.basis, held.basis)


class Near:
    """A start with its two LPs standing in HiGHS; answers hang on programme and start alone."""

    def __init__(self, programme: Programme, start: Start) -> None:
        self.start = start
        self.relaxed = Standing(programme, hold=False)
        self.held = Standing(programme, hold=True)

    def fits(self, programme: Programme) -> bool:
        """Whether a programme differs from the start's in numbers alone."""
        return self.relaxed.fits(programme)

    def answer(self, programme: Programme, model: Model, asked: SolverSettings) -> Answer | None:
        """Best plan and bound, to the gap asked for; None when an LP could not be solved.

        Raises Stopped as any search does.
        """
        begun = time.perf_counter()

        def left() -> float:
            return max(0.1, asked.time_limit - (time.perf_counter() - begun))

        try:
            top = self.relaxed.solve(programme, None, self.start.relaxed, left())
            if top is None:
                return Answer("infeasible", None, math.nan, math.nan)
            bound = top.worth + MARGIN * abs(top.worth)
            best = self._plan(programme, self.start.whole, left())
            steps = 1
            while steps < WIDE and not _close(best, bound, asked.gap):
                steps += 1
                best = self._better(programme, best, top, (asked.gap, left()), steps == WIDE)
        except Unanswered:
            return None
        if best is None or not _close(best, bound, asked.gap):  # and so step SEARCH
            rest = asked.model_copy(update={"time_limit": left()})
            return _searched(model, best, bound, rest)
        return _answer(best, bound, asked.gap, steps, time.perf_counter() - begun)

    def _plan(self, programme: Programme, whole: Numbers, seconds: float) -> Found | None:
        return self.held.solve(programme, whole, self.start.held, seconds)

    def _better(
        self,
        programme: Programme,
        best: Found | None,
        top: Found,
        limits: tuple[float, float],
        wide: bool,
    ) -> Found | None:
        """The better of a plan and what is found around it."""
        gap, seconds = limits
        at = programme.integer
        if best is None and not wide:
            return None
        whole = self.start.whole if best is None else np.round(best.x[at])
        closed = None if best is None or wide else idle(programme, top.x, best.x)
        bound = top.worth + MARGIN * abs(top.worth)
        found = around(programme, Around(whole, top.x, closed), bound / (1 + gap), seconds)
        if found is None:
            return best
        polished = self._plan(programme, found, seconds)
        if polished is None or (best is not None and polished.worth <= best.worth):
            return best
        return polished


def carried(start: Start, old: Model, new: Model) -> Start:
    """A start as far as another model knows its columns and rows by name.

    New columns begin at nothing and new rows as met: HiGHS mends what is missing in the bases.
    """
    columns = {name: n for n, name in enumerate(old.names)}
    rows = {row[0]: n for n, row in enumerate(old.rows)}
    across = np.array([columns.get(name, -1) for name in new.names])
    down = np.array([rows.get(row[0], -1) for row in new.rows])
    values = np.zeros(len(old.names) + 1)
    values[np.flatnonzero(old.integer)] = start.whole

    def basis(before: Basis) -> Basis:
        left = np.append(before[0], LOWER)[across].astype(np.int32)
        right = np.append(before[1], BASIC)[down].astype(np.int32)
        extra = int((left == BASIC).sum() + (right == BASIC).sum()) - len(right)
        if extra > 0:
            left[np.flatnonzero(left == BASIC)[-extra:]] = LOWER
        elif extra < 0:
            right[np.flatnonzero(right != BASIC)[:-extra]] = BASIC
        return left, right

    whole = values[across][np.flatnonzero(new.integer)]
    return Start(whole, basis(start.relaxed), basis(start.held))


def _close(plan: Found | None, bound: float, gap: float) -> bool:
    return plan is not None and gap_of(plan.worth, bound) <= gap


def _answer(plan: Found, bound: float, gap: float, steps: int, seconds: float) -> Answer:
    return Answer(
        "optimal" if gap_of(plan.worth, bound) <= gap else "feasible",
        plan.x.tolist(),
        plan.worth,
        max(bound, plan.worth),
        seconds=seconds,
        root_bound=bound,
        parts={"near": steps},
    )


def _searched(model: Model, best: Found | None, bound: float, asked: SolverSettings) -> Answer:
    """The whole programme searched from a plan, and polished; the better bound counts."""
    values = None if best is None else best.x.tolist()
    try:
        answer, kept = highs.run_live(model, asked, start=values)
    except Stopped:
        if best is None:
            raise
        return replace(_answer(best, bound, asked.gap, SEARCH, 0.0), stopped_by="time limit")
    if answer.values is None:
        return answer
    polished = highs.polish(kept, answer.values)
    plan = polished if polished.values is not None else answer
    return replace(
        answer,
        values=plan.values,
        objective=max(answer.objective, plan.objective),
        bound=min(bound, max(answer.bound, plan.objective)),
        parts={"near": SEARCH},
    )
