"""Plans under many futures, from run folder to page: stress and regret."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def stress(
    run: str | Path,
    out: Path | None = None,
    say: Callable[[str], None] | None = None,
    against: str | Path | None = None,
    **settings: Any,
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Stress the plan of a run folder; its figures and the files written.

    out: folder of page and tables, `stress` inside the run folder when empty. against: run folder
    of a plan to put into the same histories. settings: those of `planner.analysis.stress.stress`
    (draws, seed, events, layers, own, chances_pct, ranges).
    """
    from planner import api
    from planner.analysis.stress import stress as stressed
    from planner.outputs.run_folder import writing
    from planner.outputs.stress_page import write_stress

    plan, case = api.load_run(run)
    other = None if against is None else api.load_run(against)
    found = stressed(plan, case, against=other, say=say, **settings)
    folder = (out or Path(run) / "stress").expanduser()
    with writing(folder):
        return found, write_stress(found, folder)


def regret(
    runs: Sequence[str | Path],
    out: Path | None = None,
    say: Callable[[str], None] | None = None,
    data_root: Path | None = None,
    **settings: Any,
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Regret of the plans of run folders; its figures and the files written.

    out: folder of page and tables, `regret` inside the first run folder when empty. settings:
    those of `planner.analysis.regret.regret` (gap, time_limit, minimax, seconds).
    """
    from planner import api
    from planner.analysis.regret import regret as regretted
    from planner.inputs.load import data_root as shipped
    from planner.outputs.regret_page import write_regret
    from planner.outputs.run_folder import writing

    loaded = [(Path(run).expanduser().resolve().name, *api.load_run(run)) for run in runs]
    found = regretted(loaded, say=say, **settings)
    folder = (out or Path(runs[0]) / "regret").expanduser()
    with writing(folder):
        return found, write_regret(found, loaded[0][2], folder, data_root or shipped())
