"""One kept HiGHS session for many small LPs that differ in costs and right-hand sides.

The first LP of a shape is loaded, later ones of the same shape change only costs and row bounds,
and the simplex method starts from the last basis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from planner.core.histories import Numbers
from planner.solve.highs import quiet

Shape = tuple[tuple[tuple[int, float], ...], ...]
"""Rows of an LP as (column, coefficient) pairs."""


@dataclass(frozen=True)
class SmallLp:
    """Maximise cost x subject to lower <= A x <= upper and low <= x <= high."""

    shape: Shape
    cost: Numbers
    low: Numbers
    high: Numbers
    lower: Numbers
    upper: Numbers


class Session:
    """A HiGHS instance kept over many LPs; `loads` and `solves` count what it did."""

    def __init__(self) -> None:
        quiet()
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.setOptionValue("output_flag", False)
        self._shape: Shape | None = None
        self.loads = 0
        self.solves = 0

    def solve(self, lp: SmallLp) -> Numbers | None:
        """Optimal columns, None when the LP is infeasible."""
        if not len(lp.cost):
            return np.zeros(0) if _holds_empty(lp) else None
        if lp.shape == self._shape:
            self._change(lp)
        else:
            self._load(lp)
        self._highs.run()
        self.solves += 1
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._shape = None  # nothing to start the next one from
            return None
        return np.array(self._highs.getSolution().col_value)

    def _change(self, lp: SmallLp) -> None:
        every = np.arange(len(lp.cost), dtype=np.int32)
        self._highs.changeColsCost(len(every), every, lp.cost)
        self._highs.changeColsBounds(len(every), every, lp.low, lp.high)
        for row, (lower, upper) in enumerate(zip(lp.lower, lp.upper, strict=True)):
            self._highs.changeRowBounds(row, lower, upper)

    def _load(self, lp: SmallLp) -> None:
        made = highspy.HighsLp()
        made.num_col_, made.num_row_ = len(lp.cost), len(lp.shape)
        made.col_cost_, made.col_lower_, made.col_upper_ = lp.cost, lp.low, lp.high
        made.row_lower_, made.row_upper_ = lp.lower, lp.upper
        made.sense_ = highspy.ObjSense.kMaximize
        _fill(made.a_matrix_, lp.shape, (made.num_col_, made.num_row_))
        self._highs.passModel(made)
        self._shape = lp.shape
        self.loads += 1


def _holds_empty(lp: SmallLp) -> bool:
    """Whether rows without columns hold."""
    return bool(np.all(lp.lower <= 1e-9) and np.all(lp.upper >= -1e-9))


def _fill(matrix: Any, rows: Sequence[Sequence[tuple[int, float]]], size: tuple[int, int]) -> None:
    """Rows into a HiGHS matrix."""
    matrix.num_col_, matrix.num_row_ = size
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32)
    matrix.index_ = np.array([j for row in rows for j, _ in row], dtype=np.int32)
    matrix.value_ = np.array([a for row in rows for _, a in row], dtype=np.float64)
