"""Many scenarios into their run folders, side by side; one that fails does not cost the others."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from planner import api
from planner.core.errors import PlannerError

Listener = Callable[[Any], None] | None


@dataclass(frozen=True, slots=True)
class Job:
    """One scenario to solve. settings: gap, time_limit, threads, solver, where they are asked."""

    name: str
    path: str
    folder: Path
    set_values: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: its run folder, or why there is none and the exit code that says so."""

    name: str
    folder: Path | None = None
    error: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    exit_code: int = 0


def solve(job: Job, progress: Listener = None) -> Outcome:
    """Solve one job; what goes wrong is told, not raised (PLANNER_DEBUG=1 raises our faults)."""
    try:
        _, folder = api.run(job.path, job.folder, [*job.set_values], progress, dict(job.settings))
    except PlannerError as error:
        return Outcome(job.name, None, error.as_dict(), str(error), error.exit_code)
    except Exception as error:  # a fault in one must not cost the others
        if os.environ.get("PLANNER_DEBUG") == "1":
            raise
        return _fault(job, error)
    return Outcome(job.name, folder)


def solve_side_by_side(
    jobs: Sequence[Job], workers: int, done: Callable[[Outcome], None]
) -> list[Outcome]:
    """Solve jobs in several processes; the outcomes come in the order of the jobs.

    Each plan is the one `solve` would find alone: processes share nothing. `done` hears of every
    outcome as it comes. A process that dies (memory, a signal) costs the jobs it had; those are
    told as failed.
    """
    found: dict[int, Outcome] = {}
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn")) as pool:
        running: dict[Future[Outcome], int] = {
            pool.submit(solve, job): n for n, job in enumerate(jobs)
        }
        try:
            for ended in as_completed(running):
                at = running[ended]
                found[at] = _outcome(ended, jobs[at])
                done(found[at])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [found[n] for n in range(len(jobs))]


def _outcome(ended: Future[Outcome], job: Job) -> Outcome:
    try:
        return ended.result()
    except BrokenProcessPool as error:
        return _fault(job, error, "a solving process died (out of memory or killed)")


def _fault(job: Job, error: Exception, text: str = "") -> Outcome:
    kind = type(error).__name__
    said = text or f"unexpected error: {kind}: {error}"
    return Outcome(job.name, None, {"error": kind, "message": str(error)}, said, 1)
