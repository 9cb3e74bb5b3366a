"""A plan's linear programme kept open in HiGHS: limits or bounds moved, solved again, put back.

The whole-number decisions are held at a plan's. Every question starts from the last basis, so that
hundreds of small changes cost less than handing the programme over once more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import highspy
import numpy as np

from planner.core.histories import Numbers
from planner.model.lp import Model
from planner.model.matrix import bounds, by_rows
from planner.solve.highs import quiet

LONGEST = 20.0
"""Longest run of one question [s]."""


class HeldLp:
    """A model with its whole-number columns held, and what its LP says.

    worth, values: its optimum. prices: change of the optimum per unit of each right-hand side;
    reduced: the same per unit of each column that stands at a bound.
    """

    def __init__(self, model: Model, values: Sequence[float]) -> None:
        quiet()
        self.model = model
        self.rows, (self.low, self.high) = by_rows(model), bounds(model)
        whole = np.flatnonzero(model.integer)
        self.low[whole] = self.high[whole] = np.round(np.array(values, dtype=float)[whole])
        self._highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.setOptionValue("output_flag", False)
        self._highs.passModel(self._programme())
        worth = self._run()
        # from a basis that is nearly right, moved prices only lead further off
        self._highs.setOptionValue("dual_simplex_cost_perturbation_multiplier", 0.0)
        self.feasible = worth is not None
        self.worth = math.nan if worth is None else worth
        self.values = self.latest() if self.feasible else []
        solution = self._highs.getSolution()
        self.prices = [float(x) for x in solution.row_dual] if self.feasible else []
        self.reduced = [float(x) for x in solution.col_dual] if self.feasible else []

    def moved(
        self,
        rights: Mapping[int, float] | None = None,
        bounds: Mapping[int, tuple[float, float]] | None = None,
    ) -> tuple[float, list[float]] | None:
        """Optimum and plan with other right-hand sides of rows and other bounds of columns.

        None when there is no plan. Afterwards everything is as before.
        """
        for row, right in (rights or {}).items():
            sense = self.model.rows[row][2]
            low = -math.inf if sense == "<=" else right
            self._highs.changeRowBounds(row, low, math.inf if sense == ">=" else right)
        for j, (low, high) in (bounds or {}).items():
            self._highs.changeColBounds(j, low, high)
        worth = self._run()
        found = None if worth is None else (worth, self.latest())
        for row in rights or {}:
            self._highs.changeRowBounds(row, self.rows.lower[row], self.rows.upper[row])
        for j in bounds or {}:
            self._highs.changeColBounds(j, self.low[j], self.high[j])
        return found

    def priced(self, cost: Numbers, offset: float) -> float | None:
        """Optimum under another objective, which stays; None when it was not found in time.

        Its plan is what `latest` gives.
        """
        at = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsCost(len(cost), at, cost)
        self._highs.changeObjectiveOffset(offset)
        return self._run()

    def latest(self) -> list[float]:
        """The plan of the last optimum."""
        return [float(x) for x in self._highs.getSolution().col_value]

    def _run(self) -> float | None:
        limit = self._highs.getRunTime() + LONGEST  # its clock goes on over runs
        self._highs.setOptionValue("time_limit", limit)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return float(self._highs.getInfo().objective_function_value)

    def _programme(self) -> Any:
        cost = np.zeros(len(self.low))
        cost[list(self.model.objective)] = list(self.model.objective.values())
        made = highspy.HighsLp()
        made.num_col_, made.num_row_ = len(cost), len(self.rows.lower)
        made.col_cost_, made.col_lower_, made.col_upper_ = cost, self.low, self.high
        made.row_lower_, made.row_upper_ = self.rows.lower, self.rows.upper
        made.sense_, made.offset_ = highspy.ObjSense.kMaximize, self.model.objective_constant
        a = made.a_matrix_
        a.num_col_, a.num_row_ = made.num_col_, made.num_row_
        a.format_ = highspy.MatrixFormat.kRowwise
        a.start_, a.index_, a.value_ = self.rows.starts, self.rows.columns, self.rows.values
        return made
