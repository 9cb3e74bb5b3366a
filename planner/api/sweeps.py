"""A sweep from file to page, for the command line, scripts and notebooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.analysis.sweep import Job
    from planner.analysis.sweep_start import Start
    from planner.core.sweep import Sweep
    from planner.outputs.sweep_store import Store


def sweep(
    file: str | Path,
    out: Path | None = None,
    *,
    workers: int | str = 1,
    resume: bool = False,
    progress: Callable[[int, int, Any], None] | None = None,
) -> tuple[Path, list[dict[str, Any]]]:
    """Solve a sweep file's points and return its folder with every outcome.

    Parameters
    ----------
    file
        Path of a sweep file, or the name of one the planner ships.
    workers
        Processes on this machine, or the address of a Dask scheduler.
    resume
        Take up what a stopped sweep left; without it, an existing folder is refused.
    progress
        Called after each point with points done, points in all and the outcome.
    """
    from planner import api
    from planner.analysis import sweep as sweeping
    from planner.inputs.load import data_root, scenario_root
    from planner.inputs.sweeps import read_sweep
    from planner.outputs.run_folder import writing
    from planner.outputs.sweep_page import write_sweep_page
    from planner.outputs.sweep_store import opened

    shipped = scenario_root() / "sweeps" / f"{Path(file).stem}.yaml"
    path = shipped if not Path(file).exists() and str(file) == shipped.stem else Path(file)
    asked = read_sweep(path)
    near = path.parent / asked.scenario
    scenario = api.find_scenario(near if near.is_file() else asked.scenario)
    case = api.load(scenario)
    todo = sweeping.jobs(asked, scenario.resolve(), data_root(), case.digest)
    api.load(scenario, todo[0].settings)  # a wrong key is one error now, not one a point
    folder = (out or api.RUNS / asked.name).expanduser()
    with writing(folder), opened(folder, asked, case.digest, resume=resume) as store:
        done = store.done()
        left = [job for job in todo if job.point not in done]
        left = sweeping.started(left, _start(store, asked, todo)) if left else left
        work = (
            sweeping.run_on_cluster(left, workers)
            if isinstance(workers, str)
            else sweeping.run_here(left, workers)
        )
        for number, outcome in enumerate(work, start=len(done) + 1):
            store.add(outcome)
            if progress is not None:
                progress(number, len(todo), outcome)
        outcomes = store.outcomes()
        store.export(folder)
    write_sweep_page(asked, outcomes, case, folder / "sweep.html", data_root())
    return folder, outcomes


def _start(store: Store, asked: Sweep, todo: list[Job]) -> Start | None:
    """What every point starts from: as recorded, or searched now and recorded."""
    from planner.analysis import sweep as sweeping
    from planner.analysis.sweep_start import Start

    known = store.start()
    if known is None:
        start = sweeping.start_of(asked, todo)
        store.begin(*((start.settings, start.plan) if start else ((), None)))
        return start
    settings, plan = known
    return None if plan is None else Start(settings, plan)
