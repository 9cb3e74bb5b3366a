"""Views of solved runs: the gallery of many, the scorecards of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


def frequency_map(
    found: Mapping[str, Any],
    case: Case,
    path: str | Path,
    formats: Sequence[str] = ("png", "svg"),
    data_root: Path | None = None,
) -> tuple[Path, ...]:
    """Draw in how many near-optimal plans each site is (must, may, avoid); one file a format.

    Parameters
    ----------
    found
        What `ask("alternatives", plan, case)` answered.
    path
        Without an ending.
    formats
        Any of png, svg, pdf. Raises InputError for another one.
    """
    from planner.outputs.maps_share import draw_frequency_map

    return _drawn(draw_frequency_map, (found, case), path, (tuple(formats), data_root))


def regret_map(
    found: Mapping[str, Any],
    case: Case,
    path: str | Path,
    formats: Sequence[str] = ("png", "svg"),
    data_root: Path | None = None,
) -> tuple[Path, ...]:
    """Draw the sites no future regrets and how often each is chosen; one file a format.

    Parameters
    ----------
    found
        The figures of `planner.api.uncertain.regret`.
    path
        Without an ending.
    formats
        Any of png, svg, pdf. Raises InputError for another one.
    """
    from planner.outputs.maps_share import draw_regret_map

    return _drawn(draw_regret_map, (found, case), path, (tuple(formats), data_root))


def _drawn(
    draw: Callable[[Mapping[str, Any], Case, Path], Any],
    what: tuple[Mapping[str, Any], Case],
    path: str | Path,
    how: tuple[tuple[str, ...], Path | None],
) -> tuple[Path, ...]:
    """Check the formats, draw, and write whole or not at all."""
    from planner.inputs.load import data_root as shipped
    from planner.outputs.drawing import STILL, require_formats
    from planner.outputs.maps import save_map
    from planner.outputs.run_folder import writing

    formats, data_root = how
    require_formats(formats, STILL)
    target = Path(path).expanduser()
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        return save_map(draw(*what, data_root or shipped()), target, formats)


EXPORTS = ("xlsx", "kml", "geojson", "gpkg")
"""Formats of `export`."""


def export(plan: Plan, case: Case, stem: str | Path, formats: Sequence[str]) -> tuple[Path, ...]:
    """Write a plan for other programs, one file a format, and return where they are.

    Parameters
    ----------
    stem
        Path without an ending.
    formats
        Any of xlsx (tables and a ledger with formulas), kml, geojson, gpkg (with styles). Raises
        InputError for another one.
    """
    from planner.core.errors import InputError, Issue, did_you_mean
    from planner.outputs import exports
    from planner.outputs.plan_workbook import write_workbook
    from planner.outputs.run_folder import writing

    writers = {
        "xlsx": write_workbook,
        "kml": exports.write_kml,
        "geojson": exports.write_geojson,
        "gpkg": exports.write_geopackage,
    }
    wrong = [f for f in formats if f not in writers]
    if wrong:
        text = f"unknown format '{wrong[0]}'"
        hint = did_you_mean(wrong[0], EXPORTS)
        raise InputError([Issue("error", "E711", "--format", "", text, hint)])
    made = []
    for name in dict.fromkeys(formats):
        target = Path(f"{stem}.{name}").expanduser()
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            made.append(writers[name](plan, case, target))
    return tuple(made)
