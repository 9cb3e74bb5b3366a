"""A model inside HiGHS: handed over, searched, and afterwards polished where it stands.

Models of ordinary size go through PuLP, object by object. Beyond LARGE columns those objects cost
as much as the search, so the same rows go over as arrays in one call. Either way the instance stays
open: to polish a plan the whole numbers are held, searched sizes made true again, and nothing is
built or handed over twice. The last basis is forgotten first, so that a polished plan hangs on the
plan alone and not on the way the search took.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import highspy
import numpy as np
import pulp

from planner.core.histories import Numbers
from planner.core.scenario import SolverSettings
from planner.model.lp import Model, merge
from planner.model.matrix import Places, Programme, bounds, by_rows
from planner.solve.answer import Progress
from planner.solve.rounds import Rounds, waiting, whole
from planner.solve.watch import Watch as Watch

SEARCH: dict[str, Any] = {"mip_heuristic_effort": 0.3, "presolve_rule_off": 1 << 16}
"""Options of every search over whole numbers.

mip_heuristic_effort: share of the search spent on finding better plans; 0.3 closed the base case's
gap faster than HiGHS's default 0.05 (0.14 % against 0.17 % after 80 s on two cores).
presolve_rule_off: without the rule Enumeration (bit 16). With it HiGHS 1.16 reduced a case of ours
to one whose every plan broke a row of the true one by 1, so that no plan was ever found.
"""
PROOF: dict[str, Any] = {"mip_heuristic_effort": 0.05, "mip_allow_restart": False}
"""Options that differ once a good plan is known and its bound is what is left to show.

Begun anew, a root makes its cuts a second time: without, `everything` took 27 s in place of 48.
"""
LARGE = 50_000
"""Columns from which a model goes over as arrays: the base case has 18,000."""
PULP_FLIP = -1.0 if int(metadata.version("pulp").split(".")[0]) < 4 else 1.0
"""PuLP 3 hands HiGHS the negated objective to minimise, PuLP 4 the objective to maximise."""

Start = Sequence[tuple[int, float]]
"""Whole numbers a search starts from: column and value."""


@dataclass(frozen=True)
class Live:
    """A model that stands in HiGHS.

    place: HiGHS's number of each column of the model, -1 for one that is in no row and earns
    nothing, which PuLP 3 leaves out. order: the model's number of each row of
    HiGHS's, None where all stand as they are. bound: what is proved, when HiGHS does not say.
    known: a better plan than the one HiGHS kept.
    """

    highs: Any
    place: Places
    watch: Watch
    order: Places | None = None
    bound: float | None = None
    count: int = 0
    known: Numbers | None = None

    def values(self) -> Numbers:
        """Columns of the model as HiGHS left them, or those of the plan known."""
        if self.known is not None:
            return self.known
        found = np.array(self.highs.getSolution().col_value, dtype=float)
        return np.where(self.place >= 0, found[self.place], 0.0)

    def has_plan(self) -> bool:
        """Whether the search found, or kept, a plan."""
        known = highspy.SolutionStatus.kSolutionStatusFeasible
        return bool(self.highs.getInfo().primal_solution_status == known)

    def is_infeasible(self) -> bool:
        """Whether nothing is left that could be a plan, or one worth enough."""
        return bool(self.highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible)

    def proved(self) -> float:
        """Bound the search came to."""
        return self.watch.proved(self.highs.getInfo().mip_dual_bound)

    def prices(self) -> list[float]:
        """Change of the objective per unit of right-hand side, row by row (LP only).

        A row that was never needed has no price: it binds nothing that others do not.
        """
        given = [self.watch.flip * float(d) for d in self.highs.getSolution().row_dual]
        if self.order is None or not given:
            return given
        found = np.zeros(self.count)
        found[self.order] = given
        return [float(price) for price in found]

    def hold(self, model: Model, searched: Model, values: Sequence[float]) -> None:
        """Make it the LP of the true model with its whole numbers held at a plan's."""
        at = [j for j, is_whole in enumerate(model.integer) if is_whole and self.place[j] >= 0]
        fixed = np.array([round(values[j]) for j in at], dtype=float)
        place = self.place[at]
        kinds = np.array([highspy.HighsVarType.kContinuous] * len(at))
        self.highs.changeColsIntegrality(len(at), place, kinds)
        self.highs.changeColsBounds(len(at), place, fixed, fixed)
        order = range(len(model.rows)) if self.order is None else self.order.tolist()
        for spot, row in enumerate(order):
            true, used = model.rows[row], searched.rows[row]
            if true[1] is not used[1]:
                for j, coefficient in merge(true[1]).items():
                    self.highs.changeCoeff(spot, int(self.place[j]), coefficient)
        self.highs.clearSolver()
        self.highs.setOptionValue("objective_bound", math.inf)  # else its simplex stops there
        _, limit = self.highs.getOptionValue("time_limit")
        self.highs.setOptionValue(
            "time_limit", limit + self.highs.getRunTime()
        )  # its clock goes on
        self.watch.stop.clear()


def listener(progress: Callable[[Progress], None] | None, *, in_bulk: bool) -> Watch:
    """Who listens to the search of a model: it knows which way round the objective goes over."""
    return Watch(progress, 1.0 if in_bulk else PULP_FLIP)


def searched(
    model: Model,
    settings: SolverSettings,
    watch: Watch,
    start: Sequence[float] | None,
    *,
    in_bulk: bool,
) -> Live:
    """Hand a model over and search it, from a plan if one is given.

    Where `watch.beat` is set, branches that hold nothing worth more are cut off from the start.
    """
    whole = [j for j, is_whole in enumerate(model.integer) if is_whole]
    given = [] if start is None else [(j, start[j]) for j in whole]
    way = _in_bulk if in_bulk else _by_pulp
    return way(model, settings, watch, given)


def worth(model: Model, values: Sequence[float]) -> float:
    """Objective of a model at some values."""
    return model.objective_constant + sum(c * values[j] for j, c in model.objective.items())


def is_large(model: Model) -> bool:
    """Whether PuLP's objects would cost as much as the search."""
    return len(model.names) >= LARGE


class _Engine(pulp.HiGHS):  # type: ignore[misc]
    """PuLP's HiGHS, with callbacks set after its options: set before, HiGHS prints its banner."""

    watch: Watch
    start: Start = ()

    def callSolver(self, lp: pulp.LpProblem) -> Any:  # noqa: N802 - PuLP's name
        if self.start:
            place = _places(lp)
            at = [place[f"x{j}"] for j, _ in self.start if f"x{j}" in place]
            values = [value for j, value in self.start if f"x{j}" in place]
            lp.solverModel.setSolution(len(at), at, values)
        return super().callSolver(lp)

    def createAndConfigureSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's name
        super().createAndConfigureSolver(lp)
        _listen(lp.solverModel, self.watch)


def _by_pulp(model: Model, settings: SolverSettings, watch: Watch, start: Start) -> Live:
    problem, _ = model.to_pulp()
    engine = _Engine(
        msg=False,
        gapRel=settings.gap,
        timeLimit=settings.time_limit,
        threads=settings.threads or None,
        random_seed=settings.seed,
        **_options(watch),
        log_to_console=False,
        output_flag=True,  # no callback comes without it
    )
    engine.watch = watch
    engine.start = start
    problem.solve(engine)
    known = _places(problem)
    place = np.array([known.get(f"x{j}", -1) for j in range(len(model.names))], dtype=np.int32)
    return Live(problem.solverModel, place, watch)


def _options(watch: Watch) -> dict[str, Any]:
    """Options of a search; with something to beat, HiGHS minimises it whichever way it came."""
    if not math.isfinite(watch.beat):
        return SEARCH
    return SEARCH | PROOF | {"objective_bound": -watch.beat}


def _places(problem: pulp.LpProblem) -> dict[str, int]:
    """HiGHS's number of each column by its name, as PuLP 3 and PuLP 4 order them."""
    ordered = getattr(problem, "exported_variables", problem.variables)()
    return {column.name: number for number, column in enumerate(ordered)}


def bare(settings: SolverSettings, watch: Watch) -> Any:
    """A HiGHS of its own with the settings of a search and a listener."""
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {
        "mip_rel_gap": settings.gap,
        "random_seed": settings.seed,
        **_options(watch),
        "log_to_console": False,
        "output_flag": True,  # no callback comes without it
    }
    if settings.time_limit is not None:
        options["time_limit"] = float(settings.time_limit)
    if settings.threads:
        options["threads"] = settings.threads
    for name, value in options.items():
        highs.setOptionValue(name, value)
    _listen(highs, watch)
    return highs


def _in_bulk(model: Model, settings: SolverSettings, watch: Watch, start: Start) -> Live:
    highs = bare(settings, watch)
    entering = load(highs, model)
    place = np.arange(len(model.names), dtype=np.int32)
    integer = np.flatnonzero(model.integer).astype(np.int32)
    if entering.late.any() and entering.relax():
        x = np.array(highs.getSolution().col_value, dtype=float)
        worth = float(highs.getInfo().objective_function_value)
        watch.root_bound = worth
        if whole(x, integer):
            return Live(highs, place, watch, entering.order, worth, len(model.rows))
    kinds = np.array([highspy.HighsVarType.kInteger] * len(integer))
    highs.changeColsIntegrality(len(integer), integer, kinds)
    if start:
        highs.setSolution(len(start), [j for j, _ in start], [value for _, value in start])
    highs.run()
    return Live(highs, place, watch, entering.order, None, len(model.rows))


def load(highs: Any, model: Model) -> Rounds:
    """Hand over a model's relaxation as arrays, less the links that may wait."""
    rows, (low, high) = by_rows(model), bounds(model)
    cost = np.zeros(len(low))
    cost[list(model.objective)] = list(model.objective.values())
    entering = Rounds(highs, rows, waiting(model, cost))
    some = rows.some(entering.order)
    none = np.zeros(0, dtype=np.int32)
    highs.passModel(passed(Programme(some, low, high, cost, model.objective_constant, none)))
    return entering


def narrowed(highs: Any, whole: Places, held: Places, values: Any) -> None:
    """Hold some columns of a loaded relaxation at values, and ask for whole numbers in `whole`."""
    highs.changeColsBounds(len(held), held, values, values)
    highs.changeColsIntegrality(len(whole), whole, [highspy.HighsVarType.kInteger] * len(whole))


def passed(programme: Programme) -> Any:
    """A programme's relaxation as HiGHS's own structure."""
    rows, cost = programme.rows, programme.cost
    made = highspy.HighsLp()
    made.num_col_, made.num_row_ = len(cost), len(rows.lower)
    made.col_cost_, made.col_lower_, made.col_upper_ = cost, programme.low, programme.high
    made.row_lower_, made.row_upper_ = rows.lower, rows.upper
    made.sense_, made.offset_ = highspy.ObjSense.kMaximize, programme.offset
    a = made.a_matrix_
    a.num_col_, a.num_row_ = made.num_col_, made.num_row_
    a.format_ = highspy.MatrixFormat.kRowwise
    a.start_, a.index_, a.value_ = rows.starts, rows.columns, rows.values
    return made


def _listen(highs: Any, watch: Watch) -> None:
    """Let a listener hear from HiGHS."""
    highs.setCallback(watch, None)
    kinds = highspy.cb.HighsCallbackType
    for kind in (
        kinds.kCallbackMipLogging,
        kinds.kCallbackMipInterrupt,
        kinds.kCallbackSimplexInterrupt,
        kinds.kCallbackIpmInterrupt,
    ):
        highs.startCallback(kind)
