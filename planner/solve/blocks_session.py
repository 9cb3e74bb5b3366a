"""Kept HiGHS sessions of the decomposition: all blocks as one LP, and the master as LP or MILP.

The blocks stand side by side in one block-diagonal LP that is loaded once; between two solves only
right-hand sides change, so the simplex method starts from the last basis. The master keeps its LP
warm as cuts are added; each search for whole numbers starts on a copy of it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from planner.core.histories import Numbers
from planner.solve.highs import SEARCH, quiet

Listen = Callable[[float, float, int], None]
"""Told the best plan's worth, the bound, and the nodes of a search."""


@dataclass(frozen=True)
class Matrix:
    """Maximise offset + cost x subject to lower <= A x <= upper, low <= x <= high; A by rows."""

    cost: Numbers
    low: Numbers
    high: Numbers
    lower: Numbers
    upper: Numbers
    starts: Any
    columns: Any
    values: Numbers
    offset: float = 0.0


@dataclass(frozen=True)
class Found:
    """What a run gave: values (None without any), objective, bound, how it ended."""

    values: Numbers | None
    objective: float
    bound: float
    ended: str = ""
    nodes: int = 0


class Watch:
    """Stops runs when asked or when time is up, and passes on the progress of a search."""

    def __init__(self, stop: threading.Event, deadline: float) -> None:
        self.stop, self.deadline = stop, deadline
        self.listen: Listen | None = None
        self._patient = False

    def over(self) -> bool:
        """Whether to stop."""
        return self.stop.is_set() or time.perf_counter() > self.deadline

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Let the short runs that value a plan end, whatever was asked."""
        self._patient = True
        try:
            yield
        finally:
            self._patient = False

    def __call__(self, kind: Any, message: str, out: Any, into: Any, data: Any) -> None:  # noqa: ARG002
        """Hear from HiGHS; ask it to stop when it is time."""
        if kind == highspy.cb.HighsCallbackType.kCallbackMipLogging:
            if self.listen is not None:
                nodes = int(out.mip_node_count)
                self.listen(float(out.mip_primal_bound), float(out.mip_dual_bound), nodes)
        elif into is not None:  # said anew each time: HiGHS keeps its last answer to the next run
            into.user_interrupt = not self._patient and self.over()


def fresh_threads() -> None:
    """Let the next sessions have another number of threads: HiGHS keeps one for a process."""
    quiet()
    highspy.Highs.resetGlobalScheduler(True)


def _engine(watch: Watch, threads: int) -> Any:
    made: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    made.setOptionValue("log_to_console", False)
    made.setOptionValue("output_flag", True)  # no callback comes without it
    made.setOptionValue("threads", threads)
    made.setCallback(watch, None)
    kinds = highspy.cb.HighsCallbackType
    for kind in (
        kinds.kCallbackMipLogging, kinds.kCallbackMipInterrupt,
        kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt,
    ):  # fmt: skip
        made.startCallback(kind)
    return made


def _load(engine: Any, matrix: Matrix) -> None:
    made = highspy.HighsLp()
    made.num_col_, made.num_row_ = len(matrix.cost), len(matrix.lower)
    made.col_cost_, made.col_lower_, made.col_upper_ = matrix.cost, matrix.low, matrix.high
    made.row_lower_, made.row_upper_ = matrix.lower, matrix.upper
    made.sense_, made.offset_ = highspy.ObjSense.kMaximize, matrix.offset
    a = made.a_matrix_
    a.num_col_, a.num_row_ = made.num_col_, made.num_row_
    a.format_ = highspy.MatrixFormat.kRowwise
    a.start_, a.index_, a.value_ = matrix.starts, matrix.columns, matrix.values
    engine.passModel(made)


class BlockSession:
    """All blocks as one LP with rows `<=`; `solve` gives columns and prices of rows."""

    def __init__(self, matrix: Matrix, watch: Watch, threads: int) -> None:
        self._highs = _engine(watch, threads)
        _load(self._highs, matrix)
        self._rows = np.arange(len(matrix.lower), dtype=np.int32)
        self._open = np.full(len(matrix.lower), -np.inf)

    def solve(self, right: Numbers) -> tuple[Numbers, Numbers] | None:
        """Columns, and worth per unit of right-hand side; None when unbounded or interrupted."""
        self._highs.changeRowsBounds(len(self._rows), self._rows, self._open, right)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        found = self._highs.getSolution()
        return np.array(found.col_value), np.array(found.row_dual)


class MasterSession:
    """The master: an LP kept warm, and searches for whole numbers on a copy of it."""

    def __init__(
        self,
        matrix: Matrix,
        whole: Any,
        watch: Watch,
        threads: int,
        shorter: Sequence[tuple[int, int, float]],
    ) -> None:
        self.whole, self.watch = whole, watch
        self._threads, self._shorter = threads, shorter
        self._highs = _engine(watch, threads)
        _load(self._highs, matrix)
        self._every = np.arange(len(matrix.cost), dtype=np.int32)

    def add(self, upper: Numbers, starts: Any, columns: Any, values: Numbers) -> None:
        """Add rows `<=` (by rows, as HiGHS takes them)."""
        lower = np.full(len(upper), -np.inf)
        self._highs.addRows(len(upper), lower, upper, len(values), starts, columns, values)

    def bounds(self, low: Numbers, high: Numbers) -> None:
        """Set the bounds of all columns."""
        self._highs.changeColsBounds(len(self._every), self._every, low, high)

    def relaxed(self) -> Found:
        """Solve the LP from where it stands."""
        self._highs.run()
        status, known = self._highs.getModelStatus(), highspy.HighsModelStatus
        if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
            return Found(None, -math.inf, -math.inf, "infeasible")
        if status != known.kOptimal:
            return Found(None, -math.inf, math.inf, "stopped")
        worth = float(self._highs.getInfo().objective_function_value)
        found = self._highs.getSolution()
        return Found(np.array(found.col_value), worth, worth)

    def afresh(self) -> Numbers:
        """Prices of the rows from a solve of its own, with presolve; empty when it fails.

        The warm LP ends where it came from: rows that bind nothing but held columns keep prices.
        """
        copy = _engine(self.watch, self._threads)
        copy.passModel(self._highs.getLp())
        copy.run()
        if copy.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return np.zeros(0)
        return np.array(copy.getSolution().row_dual)

    def search(
        self, settings: tuple[float, float, int], start: Numbers | None, listen: Listen
    ) -> Found:
        """Search for whole numbers; settings: gap, seconds, seed. Sizes are the searched ones."""
        copy = _engine(self.watch, self._threads)
        gap, seconds, seed = settings
        options = {
            "mip_rel_gap": gap, "time_limit": max(0.1, seconds), "random_seed": seed,
            **SEARCH,
        }  # fmt: skip
        for name, value in options.items():
            copy.setOptionValue(name, value)
        copy.passModel(self._highs.getLp())
        for row, column, coefficient in self._shorter:
            copy.changeCoeff(row, column, coefficient)
        at = np.nonzero(self.whole)[0].astype(np.int32)
        kind = highspy.HighsVarType.kInteger
        copy.changeColsIntegrality(len(at), at, np.array([kind] * len(at)))
        if start is not None:
            given = highspy.HighsSolution()
            given.col_value = list(start)
            copy.setSolution(given)
        self.watch.listen = listen
        copy.run()
        self.watch.listen = None
        return _outcome(copy)


def _outcome(engine: Any) -> Found:
    """What a search for whole numbers found and proved."""
    info, status, known = engine.getInfo(), engine.getModelStatus(), highspy.HighsModelStatus
    if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
        return Found(None, -math.inf, -math.inf, "infeasible")
    has = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    limits = {known.kTimeLimit: "time limit", known.kInterrupt: "interrupt"}
    return Found(
        np.array(engine.getSolution().col_value) if has else None,
        float(info.objective_function_value) if has else -math.inf,
        float(info.mip_dual_bound),
        limits.get(status, "" if status == known.kOptimal else str(status)),
        int(info.mip_node_count),
    )
