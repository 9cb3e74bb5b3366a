"""One kept HiGHS session for many small LPs that differ in costs and right-hand sides.

The first LP of a shape is loaded, later ones of the same shape change only costs and row bounds,
and the simplex method starts from the last basis. `search_from` is for whole programmes: it starts
from a known plan.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from planner.core.histories import Numbers
from planner.core.scenario import SolverSettings
from planner.model.lp import Model, merge
from planner.solve.highs import Answer, quiet

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


def search_from(
    model: Model, start: Mapping[int, float], settings: SolverSettings
) -> Answer | None:
    """Solve a model from a known plan: column -> value of its whole numbers.

    The answer is never worse than the plan given, if that keeps the rules. None when no plan was
    found before the time limit.
    """
    quiet()
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highspy.Highs.resetGlobalScheduler(True)  # else HiGHS refuses another number of threads
    for option, value in (
        ("output_flag", False),
        ("mip_rel_gap", settings.gap),
        ("time_limit", settings.time_limit),
        ("threads", settings.threads),
        ("random_seed", settings.seed),
    ):
        highs.setOptionValue(option, value)
    highs.passModel(_whole(model))
    spots = sorted(start)
    highs.setSolution(
        len(spots),
        np.array(spots, dtype=np.int32),
        np.array([start[j] for j in spots], dtype=np.float64),
    )
    begun = time.perf_counter()
    highs.run()
    info, status = highs.getInfo(), highs.getModelStatus()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    values = [float(v) for v in highs.getSolution().col_value]
    done = status == highspy.HighsModelStatus.kOptimal
    objective = model.objective_constant + sum(c * values[j] for j, c in model.objective.items())
    return Answer(
        "optimal" if done else "feasible",
        values,
        objective,
        float(info.mip_dual_bound),
        stopped_by="" if done else "time limit",
        seconds=time.perf_counter() - begun,
        nodes=int(info.mip_node_count),
    )


def _whole(model: Model) -> Any:
    """The model as HiGHS takes it."""
    made = highspy.HighsLp()
    width = len(model.names)
    made.num_col_, made.num_row_ = width, len(model.rows)
    made.sense_, made.offset_ = highspy.ObjSense.kMaximize, model.objective_constant
    cost = np.zeros(width)
    for j, a in model.objective.items():
        cost[j] = a
    made.col_cost_ = cost
    made.col_lower_ = np.array([-np.inf if v is None else v for v in model.low], dtype=float)
    made.col_upper_ = np.array([np.inf if v is None else v for v in model.high], dtype=float)
    kinds = highspy.HighsVarType
    made.integrality_ = [kinds.kInteger if w else kinds.kContinuous for w in model.integer]
    rows = [sorted(merge(terms).items()) for _, terms, _, _ in model.rows]
    ends = [(sense, right) for _, _, sense, right in model.rows]
    made.row_lower_ = np.array([r if s in (">=", "=") else -np.inf for s, r in ends], dtype=float)
    made.row_upper_ = np.array([r if s in ("<=", "=") else np.inf for s, r in ends], dtype=float)
    _fill(made.a_matrix_, rows, (width, len(rows)))
    return made


def _fill(matrix: Any, rows: Sequence[Sequence[tuple[int, float]]], size: tuple[int, int]) -> None:
    """Rows into a HiGHS matrix."""
    matrix.num_col_, matrix.num_row_ = size
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32)
    matrix.index_ = np.array([j for row in rows for j, _ in row], dtype=np.int32)
    matrix.value_ = np.array([a for row in rows for _, a in row], dtype=np.float64)
