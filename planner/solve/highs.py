"""The solver seam: run HiGHS (or another solver PuLP knows) and report honestly what it proved.

PuLP's own status is not trusted: after a time limit PuLP 3.3 says "Optimal". HiGHS itself is asked
for status, incumbent, bound and node count. The constant of the objective goes in as a column fixed
at 1, because PuLP 3.3 drops it and gaps would then be relative to something else.
"""

from __future__ import annotations

import ctypes
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import metadata
from typing import Any

import highspy
import pulp

from planner.core.errors import InputError, Issue, Stopped, did_you_mean
from planner.core.scenario import SolverSettings
from planner.model.lp import Model
from planner.solve import grain
from planner.solve.answer import Answer as Answer
from planner.solve.answer import Progress as Progress
from planner.solve.answer import gap_of as gap_of

HIGHS = "highs"
HEURISTIC_EFFORT = 0.3
"""Share of the search spent on finding better plans; 0.3 closed the base case's gap faster than
HiGHS's default 0.05 (0.14 % against 0.17 % after 80 s on two cores)."""
FLIP = -1.0 if int(metadata.version("pulp").split(".")[0]) < 4 else 1.0
"""PuLP 3 hands HiGHS the negated objective to minimise, PuLP 4 the objective to maximise."""


def versions() -> dict[str, str]:
    """Versions of what solved."""
    return {name: metadata.version(name) for name in ("pulp", "highspy")}


class _Watch:
    """Callback of HiGHS: passes progress on, stops the search when asked."""

    def __init__(self, progress: Callable[[Progress], None] | None) -> None:
        self.progress = progress
        self.stop = threading.Event()
        self.root_bound: float | None = None
        self.nodes = 0

    def __call__(self, kind: Any, message: str, out: Any, into: Any, data: Any) -> None:  # noqa: ARG002
        if kind == highspy.cb.HighsCallbackType.kCallbackMipLogging:
            self.nodes = int(out.mip_node_count)
            if self.nodes <= 1 and math.isfinite(out.mip_dual_bound):
                self.root_bound = FLIP * float(out.mip_dual_bound)
            if self.progress is not None:
                self.progress(_progress(out))
        elif self.stop.is_set() and into is not None:
            into.user_interrupt = True


def _progress(out: Any) -> Progress:
    best, bound = FLIP * float(out.mip_primal_bound), FLIP * float(out.mip_dual_bound)
    known = math.isfinite(best)
    return Progress(
        float(out.running_time),
        best if known else None,
        bound if math.isfinite(bound) else None,
        gap_of(best, bound) if known and math.isfinite(bound) else None,
        int(out.mip_node_count),
    )


class _Engine(pulp.HiGHS):  # type: ignore[misc]
    """PuLP's HiGHS, with callbacks set after its options: set before, HiGHS prints its banner."""

    watch: _Watch
    start: tuple[tuple[Any, float], ...] = ()

    def callSolver(self, lp: pulp.LpProblem) -> Any:  # noqa: N802 - PuLP's name
        if self.start:
            places = [column.index for column, _ in self.start]
            lp.solverModel.setSolution(len(places), places, [value for _, value in self.start])
        return super().callSolver(lp)

    def createAndConfigureSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802 - PuLP's name
        super().createAndConfigureSolver(lp)
        kinds = highspy.cb.HighsCallbackType
        lp.solverModel.setCallback(self.watch, None)
        for kind in (
            kinds.kCallbackMipLogging,
            kinds.kCallbackMipInterrupt,
            kinds.kCallbackSimplexInterrupt,
            kinds.kCallbackIpmInterrupt,
        ):
            lp.solverModel.startCallback(kind)


@cache
def quiet() -> None:
    """Let HiGHS print its banner into nothing, once a process: no option keeps it off stdout."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        first: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        first.setOptionValue("output_flag", False)
        first.addVar(0.0, 1.0)
        first.run()
        _flush_c_streams()
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _flush_c_streams() -> None:
    """Write out what C code buffered, before stdout points elsewhere again."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).fflush(None)


@contextmanager
def interruptible(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C asks a search to stop and keep its incumbent; a second one ends the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def handler(number: int, frame: Any) -> None:
        if stop.is_set():
            signal.default_int_handler(number, frame)
        stop.set()

    signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def run(
    model: Model,
    settings: SolverSettings,
    *,
    solver: str = HIGHS,
    progress: Callable[[Progress], None] | None = None,
    start: list[float] | None = None,
) -> Answer:
    """Solve a model, HiGHS from the plan `start` if given; infeasible is a status.

    Raises Stopped when a limit came before any plan.
    """
    quiet()
    fine = solver.lower() == HIGHS and grain.needed(model)
    problem, columns = (grain.shortened(model) if fine else model).to_pulp()
    if solver.lower() != HIGHS:
        return _other(model, problem, columns, settings, solver)
    watch = _Watch(progress)
    engine = _Engine(
        msg=False,
        gapRel=settings.gap,
        timeLimit=settings.time_limit,
        threads=settings.threads or None,
        random_seed=settings.seed,
        mip_heuristic_effort=HEURISTIC_EFFORT,
        log_to_console=False,
        output_flag=True,  # no callback comes without it
    )
    engine.watch = watch
    if start is not None:
        engine.start = tuple((columns[j], start[j]) for j, i in enumerate(model.integer) if i)
    highspy.Highs.resetGlobalScheduler(True)  # else HiGHS refuses another number of threads
    begun = time.perf_counter()
    with interruptible(watch.stop):
        problem.solve(engine)
    highs = problem.solverModel
    info, status = highs.getInfo(), highs.getModelStatus()
    seconds = time.perf_counter() - begun
    known = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    found = highspy.HighsModelStatus
    if status in (found.kInfeasible, found.kUnboundedOrInfeasible):
        return Answer("infeasible", None, math.nan, math.nan, seconds=seconds)
    limits = {found.kTimeLimit: "time limit", found.kInterrupt: "interrupt"}
    stopped = limits.get(status, "" if status == found.kOptimal else str(status))
    if not known:
        msg = f"no plan was found before the search ended ({stopped or status})"
        raise Stopped(msg)
    integer = any(model.integer)
    values = [float(c.varValue or 0.0) for c in columns]
    objective = _worth(model, values)
    bound = FLIP * float(info.mip_dual_bound) if integer else objective
    bound += grain.MARGIN * abs(bound) if fine else 0.0
    return Answer(
        "feasible" if stopped else "optimal",
        values,
        objective,
        bound,
        _prices(highs),
        stopped,
        seconds,
        watch.nodes,
        watch.root_bound,
    )


def _worth(model: Model, values: list[float]) -> float:
    return model.objective_constant + sum(c * values[j] for j, c in model.objective.items())


def _prices(highs: Any) -> list[float]:
    """Change of the objective per unit of right-hand side, row by row (LP only)."""
    return [FLIP * float(d) for d in highs.getSolution().row_dual]


def fix_integers(model: Model, values: list[float]) -> Model:
    """The same model with every integer column fixed at its rounded value, as an LP."""
    fixed = Model(model.name)
    fixed.__dict__.update(model.__dict__)
    fixed.low = [round(values[j]) if i else x for j, (x, i) in enumerate(_zip(model.low, model))]
    fixed.high = [round(values[j]) if i else x for j, (x, i) in enumerate(_zip(model.high, model))]
    fixed.integer = [False] * len(model.integer)
    return fixed


def _zip(bounds: list[float | None], model: Model) -> Iterator[tuple[float | None, bool]]:
    return zip(bounds, model.integer, strict=True)


def _other(
    model: Model, problem: pulp.LpProblem, columns: list[Any], settings: SolverSettings, name: str
) -> Answer:
    """Another solver of PuLP's, for cross-checks; its bound is what its gap setting implies."""
    engine = _engine(name, settings)
    begun = time.perf_counter()
    outcome = problem.solve(engine)
    seconds = time.perf_counter() - begun
    if hasattr(outcome, "status"):  # PuLP 4 returns an object, PuLP 3 a number
        status = str(outcome.status.name).lower()
    else:
        status = str(pulp.LpStatus[outcome]).lower()
    if "infeasible" in status or "undefined" in status:
        return Answer("infeasible", None, math.nan, math.nan, seconds=seconds)
    if status not in ("optimal", "gaplimit") or columns[0].varValue is None:
        msg = f"{name} ended without a proven plan (status {status})"
        raise Stopped(msg)
    values = [float(c.varValue or 0.0) for c in columns]
    objective = _worth(model, values)
    return Answer(
        "optimal", values, objective, objective + settings.gap * abs(objective), [], "", seconds
    )


def _engine(name: str, settings: SolverSettings) -> Any:
    """A solver of PuLP's by name; raises InputError naming the available ones otherwise."""
    wanted = {"cbc": ("COIN_CMD", "PULP_CBC_CMD")}.get(name.lower(), (name,))
    for candidate in wanted:
        if candidate in pulp.listSolvers(onlyAvailable=True):
            # CBC's preprocessing calls the feasible scenario `insular` infeasible; without it CBC
            # finds the same plans as HiGHS
            extra = {"options": ["preprocess off"]} if name.lower() == "cbc" else {}
            limits = {"gapRel": settings.gap, "timeLimit": settings.time_limit}
            return pulp.getSolver(candidate, msg=False, **limits, **extra)
    hint = did_you_mean(name, [HIGHS, *pulp.listSolvers(onlyAvailable=True)])
    text = f"the solver '{name}' is not available"
    raise InputError([Issue("error", "E230", "--solver", "", text, hint)])
