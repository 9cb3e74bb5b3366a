"""Sweep: many points of one scenario, solved side by side from one and the same start.

The start is a point solved before all others and kept with the results (`sweep_start`). A point
starts from that plan and never from another one's: results do not hang on the order of work, on
how many workers there are, or on what was killed in between.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from planner.analysis.sweep_start import Start, World, find_start, solve_from
from planner.core.errors import Infeasible, InputError, Issue, PlannerError
from planner.core.sweep import Outcome, Setting, Sweep

MOST_TRIES = 3
"""A point whose worker ended so often is recorded as failed."""


@dataclass(frozen=True, slots=True)
class Job:
    """One point to solve; small, so it travels."""

    point: int
    scenario: str
    settings: tuple[str, ...]
    data_root: str
    gap: float
    time_limit: float
    inputs: str = ""
    start: Start | None = None

    @property
    def world(self) -> World:
        """What it has in common with the other points."""
        return World(self.scenario, self.data_root, self.gap, self.time_limit, self.inputs)


def started(todo: Sequence[Job], start: Start | None) -> list[Job]:
    """The same jobs, from a start."""
    return [replace(job, start=start) for job in todo]


def start_of(sweep: Sweep, todo: Sequence[Job]) -> Start | None:
    """The start of a sweep, searched now; todo: every job of it."""
    return find_start(todo[0].world, sweep.settings(), [job.settings for job in todo])


def jobs(sweep: Sweep, scenario: Path, data_root: Path, inputs: str = "") -> list[Job]:
    """Every point as a job; inputs: digest of the scenario's case."""
    factors = {knob.key for knob in sweep.knobs if knob.factor}
    return [
        Job(
            number,
            str(scenario),
            tuple(_text(s, factors) for s in settings),
            str(data_root),
            sweep.gap,
            sweep.time_limit,
            inputs,
        )
        for number, settings in enumerate(sweep.settings())
    ]


def _text(setting: Setting, factors: set[str]) -> str:
    key, value = setting
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{key}={'*' if key in factors else ''}{shown}"


def solve_point(job: Job) -> Outcome:
    """Load, solve and verify one point; what goes wrong becomes its reason."""
    begun, worker = time.perf_counter(), str(os.getpid())

    def spent() -> dict[str, Any]:
        return {"seconds": time.perf_counter() - begun, "worker": worker}

    try:
        plan = solve_from(job.world, job.start, job.settings)
    except Infeasible:
        return Outcome(job.point, "infeasible", "no plan meets every rule", **spent())
    except PlannerError as error:
        return Outcome(job.point, "failed", str(error), **spent())
    except Exception as error:  # a point that breaks must not end the sweep
        return Outcome(job.point, "failed", f"{type(error).__name__}: {error}", **spent())
    columns = ["site", "country", "product", "option", "begun_year", "kwpm"]
    rows = plan.table("modules")
    found = rows[columns].itertuples(index=False, name=None) if len(rows) else ()
    return Outcome(
        job.point,
        plan.info.status,
        "",
        plan.info.objective,
        plan.info.bound,
        plan.info.gap,
        tuple(sorted((str(k), float(v)) for k, v in plan.measures.items())),
        tuple((str(i), str(c), str(k), str(o), int(t), float(n)) for i, c, k, o, t, n in found),
        **spent(),
    )


def run_here(todo: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Solve jobs on this machine; a worker that dies costs only the points it held.

    At most `workers` points are under way, so that a death blames few of them; each is tried
    MOST_TRIES times.
    """
    if workers <= 1:
        yield from map(solve_point, todo)
        return
    waiting, tries = list(reversed(todo)), dict.fromkeys((job.point for job in todo), 0)
    while waiting:
        context = get_context("spawn")
        with ProcessPoolExecutor(
            workers, mp_context=context, initializer=_leave_with, initargs=(os.getpid(),)
        ) as pool:
            yield from _drain(pool, waiting, tries, workers)


def _leave_with(driver: int) -> None:
    """End this worker when its driver is gone: a killed driver cannot tell it to."""

    def watch() -> None:
        while os.getppid() == driver:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _drain(
    pool: ProcessPoolExecutor, waiting: list[Job], tries: dict[int, int], workers: int
) -> Iterator[Outcome]:
    """Feed a pool until nothing waits or the pool broke; what it held goes back to waiting."""
    under_way: dict[Future[Outcome], Job] = {}
    try:
        while waiting or under_way:
            while waiting and len(under_way) < workers:
                under_way[pool.submit(solve_point, waiting[-1])] = waiting[-1]
                tries[waiting.pop().point] += 1
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                outcome = future.result()
                del under_way[future]
                yield outcome
    except BrokenProcessPool:
        for job in under_way.values():
            if tries[job.point] < MOST_TRIES:
                waiting.append(job)
            else:
                text = f"its worker ended {MOST_TRIES} times (killed, or out of memory)"
                yield Outcome(job.point, "failed", text)


def run_on_cluster(todo: Sequence[Job], address: str) -> Iterator[Outcome]:
    """Solve jobs on the workers of an existing Dask cluster.

    Raises InputError when `distributed` is missing or nobody answers at the address. Workers must
    have the planner installed and see the data under the same path.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise _unreachable(address, "the extra 'sweep' is not installed") from error
    try:
        client: Any = Client(  # type: ignore[no-untyped-call]
            address, timeout="20s", set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        raise _unreachable(address, f"no scheduler answers ({error})") from error
    with client, client.as_current():
        futures = {
            client.submit(solve_point, job, key=f"point-{job.point}", pure=False): job
            for job in todo
        }
        for future in as_completed(list(futures)):  # type: ignore[no-untyped-call]
            job = futures[future]
            try:
                yield future.result()
            except Exception as error:  # KilledWorker and the like: the rest goes on
                yield Outcome(job.point, "failed", f"{type(error).__name__}: {error}")


def _unreachable(address: str, text: str) -> InputError:
    return InputError([Issue("error", "E740", "--scheduler", address, text)])


def frequency(outcomes: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Share of solved points in which a site is built on, most frequent first [ratio]."""
    solved = [o for o in outcomes if o["status"] in ("optimal", "feasible")]
    counts: dict[str, int] = {}
    for outcome in solved:
        for site in {row[0] for row in outcome["modules"]}:
            counts[site] = counts.get(site, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return {site: count / len(solved) for site, count in ordered}
