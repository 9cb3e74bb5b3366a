"""Feasibility: whether a changed case has any plan at all, and the least change that gives it one.

The programme is built anew and solved with nothing to maximise. Along one number feasibility is
taken to turn once; the two ends of the last step are both re-solved, so what is told is checked.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from planner.core.case import Case
from planner.core.errors import PlannerError
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve.variant import Variant, search, varied

LONGEST = 30.0
"""Longest search for one plan [s]."""
CLOSE = 1e-3
"""Width to which a turning point is found, as a share of the larger of its two ends."""


class Trial:
    """Asks whether cases have a plan, remembers the answers, and keeps to a time budget."""

    def __init__(self, seconds: float) -> None:
        self.end = time.perf_counter() + seconds
        self.known: dict[str, bool | None] = {}

    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.end - time.perf_counter())

    def until(self, left: float) -> Trial:
        """The same trial, memory and all, that stops when so many seconds are left of this one."""
        made = Trial(0.0)
        made.end, made.known = self.end - max(0.0, left), self.known
        return made

    def __call__(self, case: Case) -> bool | None:
        """Whether there is a plan; None when it was not found out in time."""
        key = case.digest
        if key not in self.known:
            self.known[key] = self._asked(case)
        return self.known[key]

    def _asked(self, case: Case) -> bool | None:
        try:
            model = build_model(case).model
        except PlannerError:
            return False
        answer = search(goalless(model), 1.0, max(1.0, min(LONGEST, self.left())))
        return None if answer is None else answer.values is not None


def goalless(model: Model) -> Model:
    """The model with nothing to maximise."""
    made = varied(model, Variant(objective={0: 0.0} if model.names else {}))
    made.money = []
    return made


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a number turns the case feasible: `enough` does, `not_enough` does not."""

    enough: float
    not_enough: float


def turning(
    works: Callable[[float], bool | None], now: float, far: float, *, whole: bool
) -> Turn | None:
    """The level nearest to `now` at which it works, given that it does not now.

    None when it does not work at the far end either. Numbers that are not whole are told with four
    digits, rounded to the side that works.
    """
    if works(far) is not True:
        return None
    bad, good = now, far
    while abs(good - bad) > (1.0 if whole else CLOSE * max(abs(good), abs(bad))) * (1 + 1e-9):
        middle = (good + bad) / 2
        if whole:
            middle = float(math.floor(middle) if good < bad else math.ceil(middle))
            middle = min(max(middle, min(good, bad) + 1), max(good, bad) - 1)
        if works(middle) is True:
            good = middle
        else:
            bad = middle
    if not whole:
        told = outward(good, up=far > now)
        if told != good and abs(told - now) <= abs(far - now) and works(told) is True:
            good = told
    return Turn(good, bad)


def outward(value: float, *, up: bool) -> float:
    """Four digits of a value, rounded up or down."""
    if value == 0:
        return 0.0
    digits = 3 - math.floor(math.log10(abs(value)))
    scale = 10.0**digits
    return (math.ceil if up else math.floor)(value * scale - (1e-9 if up else -1e-9)) / scale
