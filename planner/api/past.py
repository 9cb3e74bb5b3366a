"""The reproducible study of 1986-1996, from scenarios to page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def history(
    out: str | Path, say: Callable[[str], None] | None = None, **settings: Any
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Solve the four scenarios of 1986-1996 and compare them; figures and files written.

    out: folder that gets a run folder for each scenario, the page and its tables. settings: gap,
    time_limit, threads, solver, where they are asked.
    """
    from planner import api
    from planner.analysis import history as case_study
    from planner.inputs.load import scenario_root
    from planner.outputs.history_page import write_history
    from planner.outputs.run_folder import writing

    folder = Path(out).expanduser()
    solved, written = {}, []
    for name in case_study.NAMES:
        path = scenario_root() / "history" / f"{name}.yaml"
        plan, run = api.run(str(path), folder / name, (), None, settings)
        if say is not None:
            say(f"{name}: USD {plan.info.objective:,.2f} bn, gap {plan.info.gap:.2%}")
        solved[name] = api.load_run(run)
        written.append(run)
    found = case_study.history(solved)
    with writing(folder):
        return found, (*written, *write_history(found, folder))
