"""Views of solved runs: the gallery of many, the scorecards of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.analysis.scorecards import Scorecards
    from planner.core.case import Case
    from planner.core.plan import Plan


def gallery(
    folders: Sequence[str | Path],
    path: str | Path,
    failed: Mapping[str, str] | None = None,
    data_root: Path | None = None,
) -> Path:
    """Write one page of run folders and return where it is.

    Parameters
    ----------
    path
        HTML file; links to the reports are relative to its folder.
    failed
        Scenario and why it has no plan, told at the top of the page.
    """
    from planner import api
    from planner.inputs.load import data_root as shipped
    from planner.outputs.gallery import write_gallery
    from planner.outputs.run_folder import writing

    target = Path(path).expanduser()
    runs = [(Path(folder), *api.load_run(folder)) for folder in folders]
    with writing(target):
        write_gallery(runs, target, data_root or shipped(), failed)
    return target


def scorecards(plan: Plan, case: Case) -> Scorecards:
    """What a plan means for the firm, for the home economy and for every host."""
    from planner.analysis.scorecards import scorecards as cards

    return cards(plan, case)


def candidate_map(case: Case, data_root: Path | None = None) -> dict[str, Any]:
    """Panels and every site of a case, before any plan, for a program that draws the map."""
    from planner.inputs.load import data_root as shipped
    from planner.outputs.site_map import candidates

    return candidates(case, data_root or shipped())


def plan_map(plan: Plan, case: Case, data_root: Path | None = None) -> dict[str, Any]:
    """The map of a run as plain data: panels, sites by year, links, layers."""
    from planner.inputs.load import data_root as shipped
    from planner.outputs.site_map import plan_map as made

    return made(plan, case, data_root or shipped())


def plan_workbook(plan: Plan) -> bytes:
    """A plan's tables as one workbook."""
    from planner.outputs.workbook import plan_workbook as made

    return made(plan)
