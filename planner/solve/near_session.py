"""Programmes that differ in numbers only, kept in HiGHS: what they are worth at most, and a plan.

A start is a plan and the last bases of its two LPs: the relaxation, and the programme with its
whole numbers held at the plan. Both LPs are loaded once; another programme of the same shape sends
only the costs, bounds, right-hand sides and coefficients that differ. Every solve begins at the
start's basis and never at what another point left, so an answer hangs on the programme and the
start alone: not on what was solved before it, in which order, or in which process.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from planner.core.histories import Numbers
from planner.model.matrix import Places, Programme
from planner.solve.highs import quiet
from planner.solve.live import SEARCH, passed

SMALL = 1e-9
"""HiGHS drops coefficients no larger than this when a programme is loaded."""
NODES = 200
"""Most nodes of the search around a plan."""
BASIC = int(highspy.HighsBasisStatus.kBasic)
LOWER = int(highspy.HighsBasisStatus.kLower)

Basis = tuple[Places, Places]
"""Status of every column and of every row, as HiGHS numbers them."""


@dataclass(frozen=True)
class Start:
    """Whole columns of a plan in the programme's order, and the bases to begin from."""

    whole: Numbers
    relaxed: Basis
    held: Basis

    def packed(self) -> bytes:
        """As bytes, to be stored and sent."""
        sizes = [len(self.whole), *(len(part) for part in (*self.relaxed, *self.held))]
        body = [self.whole.astype(np.int32).tobytes()]
        body += [part.astype(np.int8).tobytes() for part in (*self.relaxed, *self.held)]
        return zlib.compress(np.array(sizes, dtype=np.int32).tobytes() + b"".join(body))

    @staticmethod
    def unpacked(data: bytes) -> Start:
        """A start from its bytes."""
        plain = zlib.decompress(data)
        sizes = np.frombuffer(plain[:20], dtype=np.int32).tolist()
        end = 20 + 4 * sizes[0]
        parts, whole = [], np.frombuffer(plain[20:end], dtype=np.int32).astype(np.float64)
        for size in sizes[1:]:
            parts.append(np.frombuffer(plain[end : end + size], dtype=np.int8).astype(np.int32))
            end += size
        return Start(whole, (parts[0], parts[1]), (parts[2], parts[3]))


@dataclass(frozen=True)
class Found:
    """An LP's optimum: value, columns and basis; None when infeasible."""

    worth: float
    x: Numbers
    basis: Basis


class Unanswered(Exception):
    """An LP ended without an answer (a limit, or numerical trouble)."""


class Standing:
    """One LP in HiGHS that is changed from programme to programme and always begins afresh."""

    def __init__(self, programme: Programme, hold: bool) -> None:
        self.first, self.hold = programme, hold
        self.now = programme
        self.highs = _loaded(programme)
        rows = programme.rows
        self.owner = np.repeat(np.arange(len(rows.lower), dtype=np.int32), np.diff(rows.starts))
        self.scaled = False

    def fits(self, programme: Programme) -> bool:
        """Whether a programme differs from the first in numbers alone."""
        mine, new = self.first.rows, programme.rows
        return (
            np.array_equal(mine.starts, new.starts)
            and np.array_equal(mine.columns, new.columns)
            and np.array_equal(self.first.integer, programme.integer)
            and np.array_equal(np.abs(mine.values) <= SMALL, np.abs(new.values) <= SMALL)
        )

    def solve(
        self, programme: Programme, whole: Numbers | None, basis: Basis | None, seconds: float
    ) -> Found | None:
        """Optimum from a basis, with the whole columns held if values are given.

        Raises Unanswered.
        """
        if not self.scaled:  # HiGHS may keep the scaling of what it solves first: always the first
            self.scaled = True
            found = self._run(self.first, whole, basis, seconds)
            if programme is self.first:
                return found
        return self._run(programme, whole, basis, seconds)

    def _run(
        self, programme: Programme, whole: Numbers | None, basis: Basis | None, seconds: float
    ) -> Found | None:
        self._change(programme)
        if self.hold and whole is not None:
            at = programme.integer
            self.highs.changeColsBounds(len(at), at, whole, whole)
        return solved(self.highs, basis, seconds)

    def _change(self, new: Programme) -> None:
        old, self.now = self.now, new
        at = np.flatnonzero(old.cost != new.cost).astype(np.int32)
        self.highs.changeColsCost(len(at), at, new.cost[at])
        self.highs.changeObjectiveOffset(new.offset)
        moved = (old.low != new.low) | (old.high != new.high)
        if self.hold:
            moved[new.integer] = False  # held at a plan's values, whatever their bounds
        at = np.flatnonzero(moved).astype(np.int32)
        self.highs.changeColsBounds(len(at), at, new.low[at], new.high[at])
        moved = (old.rows.lower != new.rows.lower) | (old.rows.upper != new.rows.upper)
        at = np.flatnonzero(moved).astype(np.int32)
        self.highs.changeRowsBounds(len(at), at, new.rows.lower[at], new.rows.upper[at])
        at = np.flatnonzero(old.rows.values != new.rows.values).astype(np.int32)
        triples = zip(
            self.owner[at].tolist(), new.rows.columns[at].tolist(), new.rows.values[at].tolist(),
            strict=True,
        )  # fmt: skip
        for row, column, value in triples:
            self.highs.changeCoeff(row, column, value)


def solved(highs: Any, basis: Basis | None, seconds: float) -> Found | None:
    """Run an LP from a basis and from nothing else; None when infeasible. Raises Unanswered."""
    highs.clearSolver()
    if basis is not None:
        highs.setBasis(_basis(basis))
    highs.setOptionValue("time_limit", seconds + highs.getRunTime())
    highs.run()
    status, kinds = highs.getModelStatus(), highspy.HighsModelStatus
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        return None
    if status != kinds.kOptimal:
        raise Unanswered
    x = np.array(highs.getSolution().col_value, dtype=float)
    return Found(float(highs.getInfo().objective_function_value), x, _statuses(highs.getBasis()))


def fresh(programme: Programme, whole: Numbers | None, seconds: float) -> Found | None:
    """Optimum of an LP loaded for this once. Raises Unanswered."""
    highs = _loaded(programme)
    if whole is not None:
        at = programme.integer
        highs.changeColsBounds(len(at), at, whole, whole)
    return solved(highs, None, seconds)


@dataclass(frozen=True)
class Around:
    """Where to search: whole columns of a plan, the relaxation's optimum, and columns left out.

    closed: other columns that stay at nothing, a mask; a small search for a large programme.
    """

    whole: Numbers
    x: Numbers
    closed: Places | None = None


def around(programme: Programme, near: Around, target: float, seconds: float) -> Numbers | None:
    """Whole columns of a plan worth `target`, or the best seen, where plan and relaxation differ.

    Columns on which a plan and the relaxation's optimum agree stay at the plan's values (Danna,
    Rothberg & Le Pape 2005); the rest is searched to NODES nodes.
    """
    highs, at = _loaded(programme), programme.integer
    same = np.abs(near.x[at] - near.whole) <= 1e-6
    highs.changeColsBounds(int(same.sum()), at[same], near.whole[same], near.whole[same])
    if near.closed is not None:
        none = np.zeros(len(near.closed))
        highs.changeColsBounds(len(none), near.closed, none, none)
    free = at[~same]
    kinds = np.array([highspy.HighsVarType.kInteger] * len(free))
    highs.changeColsIntegrality(len(free), free, kinds)
    options = {
        "objective_target": target,
        "mip_max_nodes": NODES,
        **SEARCH,
        "mip_rel_gap": 1e-3,
        "time_limit": seconds,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.setSolution(len(at), at, near.whole)
    highs.run()
    known = highs.getInfo().primal_solution_status
    if known != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    found: Numbers = np.round(np.array(highs.getSolution().col_value, dtype=float)[at])
    return found


def idle(programme: Programme, *points: Numbers) -> Places:
    """Continuous columns at nothing in every point, and free to stay there."""
    closed = (programme.low <= 0) & (programme.high >= 0)
    closed[programme.integer] = False
    for x in points:
        closed &= np.abs(x) <= SMALL
    return np.flatnonzero(closed).astype(np.int32)


def _loaded(programme: Programme) -> Any:
    quiet()
    highspy.Highs.resetGlobalScheduler(True)  # else HiGHS refuses another number of threads
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 1)):
        highs.setOptionValue(name, value)
    highs.passModel(passed(programme))
    return highs


def _basis(statuses: Basis) -> Any:
    made = highspy.HighsBasis()
    made.col_status = [highspy.HighsBasisStatus(int(s)) for s in statuses[0]]
    made.row_status = [highspy.HighsBasisStatus(int(s)) for s in statuses[1]]
    made.valid = True
    return made


def _statuses(basis: Any) -> Basis:
    columns: Sequence[Any] = basis.col_status
    rows: Sequence[Any] = basis.row_status
    return (
        np.array([int(s) for s in columns], dtype=np.int32),
        np.array([int(s) for s in rows], dtype=np.int32),
    )
