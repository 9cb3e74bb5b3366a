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
from dataclasses import dataclass, replace
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
from planner.solve.kernel import first_plan, relaxed
from planner.solve.live import SEARCH as SEARCH
from planner.solve.live import Live, is_large, listener, searched, worth
from planner.solve.proof import Outcome, proved

HIGHS = "highs"


def versions() -> dict[str, str]:
    """Versions of what solved."""
    return {name: metadata.version(name) for name in ("pulp", "highspy")}


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


def run(  # noqa: PLR0913 - all but two are named
    model: Model,
    settings: SolverSettings,
    *,
    solver: str = HIGHS,
    progress: Callable[[Progress], None] | None = None,
    start: list[float] | None = None,
    in_bulk: bool = False,
) -> Answer:
    """Solve a model, HiGHS from the plan `start` if given; infeasible is a status.

    in_bulk: hand it over as arrays whatever its size. Raises Stopped when a limit came before any
    plan.
    """
    if solver.lower() != HIGHS:
        return _other(model, settings, solver)
    return run_live(model, settings, progress, start, in_bulk=in_bulk)[0]


@dataclass(frozen=True)
class Searched:
    """What a search leaves: the live programme, the model as it was searched, and as it is."""

    live: Live
    used: Model
    true: Model


def run_live(  # noqa: PLR0913 - two are named
    model: Model,
    settings: SolverSettings,
    progress: Callable[[Progress], None] | None = None,
    start: list[float] | None = None,
    *,
    in_bulk: bool = False,
    kernel: bool = False,
) -> tuple[Answer, Searched]:
    """Solve a model with HiGHS and keep the instance, for `polish`. Raises as `run`.

    kernel: begin with a plan of the kernel (see `kernel`) where no start is given.
    """
    quiet()
    fine = grain.needed(model)
    used = grain.shortened(model) if fine else model
    way = in_bulk or is_large(used)
    watch = listener(progress, in_bulk=way)
    highspy.Highs.resetGlobalScheduler(True)  # else HiGHS refuses another number of threads
    begun = time.perf_counter()
    with interruptible(watch.stop):
        first = first_plan(used, settings, watch) if kernel and start is None and not way else None
        if first is None:
            found = Outcome(searched(used, settings, watch, start, in_bulk=way))
        else:
            found = proved(first, used, settings, watch)
    live, seconds = found.live, time.perf_counter() - begun
    answer = _answer(model, live, seconds)
    if found.stopped_by:
        wide = gap_of(answer.objective, answer.bound) > settings.gap
        status, why = ("feasible", found.stopped_by) if wide else ("optimal", "")
        answer = replace(answer, status=status, stopped_by=why)
    if fine:
        answer = replace(answer, bound=answer.bound + grain.MARGIN * abs(answer.bound))
    return answer, Searched(live, used, model)


def polish(kept: Searched, values: list[float]) -> Answer:
    """The plan's continuous decisions made best in the live programme, with prices of its rows.

    Raises Stopped when a limit came before any plan.
    """
    kept.live.hold(kept.true, kept.used, values)
    begun = time.perf_counter()
    with interruptible(kept.live.watch.stop):
        kept.live.highs.run()
    lp = fix_integers(kept.true, values)
    return _answer(lp, kept.live, time.perf_counter() - begun)


def relaxed_prices(model: Model, settings: SolverSettings) -> list[float] | None:
    """Prices of the rows in a model's relaxation: change of its optimum per unit of each limit.

    None where it was not solved in time, or some of its rows are handed over by rounds.
    """
    quiet()
    engine: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    engine.setOptionValue("output_flag", False)
    engine.setOptionValue("time_limit", float(settings.time_limit))
    entering = relaxed(engine, model)
    if entering is None:
        return None
    found = [0.0] * len(model.rows)
    for row, price in zip(entering.order.tolist(), engine.getSolution().row_dual, strict=True):
        found[row] = float(price)
    return found


def _answer(model: Model, live: Live, seconds: float) -> Answer:
    """What HiGHS proved about a model it has just run."""
    info, status = live.highs.getInfo(), live.highs.getModelStatus()
    known = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    found = highspy.HighsModelStatus
    if status in (found.kInfeasible, found.kUnboundedOrInfeasible):
        return Answer("infeasible", None, math.nan, math.nan, seconds=seconds)
    limits = {found.kTimeLimit: "time limit", found.kInterrupt: "interrupt"}
    near = status == found.kInterrupt and live.watch.near and not live.watch.stop.is_set()
    stopped = "" if near or status == found.kOptimal else limits.get(status, str(status))
    if not known:
        msg = f"no plan was found before the search ended ({stopped or status})"
        raise Stopped(msg)
    values = live.values().tolist()
    objective = worth(model, values)
    bound = objective
    if any(model.integer):
        told = live.watch.flip * float(info.mip_dual_bound)
        bound = told if live.bound is None else live.bound
    return Answer(
        "feasible" if stopped else "optimal",
        values,
        objective,
        bound,
        live.prices(),
        stopped,
        seconds,
        live.watch.nodes,
        live.watch.root_bound,
    )


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


def _other(model: Model, settings: SolverSettings, name: str) -> Answer:
    """Another solver of PuLP's, for cross-checks; its bound is what its gap setting implies."""
    problem, columns = model.to_pulp()
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
    objective = worth(model, values)
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
