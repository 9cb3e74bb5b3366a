"""A map as asked for: year, layer and formats, checked before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.core.case import Case
from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.plan import Plan

FORMATS = ("png", "svg", "pdf", "html")
"""What a map can be written as."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a map is asked for: year (empty = the end), layer (empty = the scenario's), formats."""

    year: int | None = None
    layer: str | None = None
    formats: tuple[str, ...] = ("png", "svg")


def draw(plan: Plan, case: Case, target: Path, asked: Drawing, data_root: Path) -> tuple[Path, ...]:
    """Write the map, one file per format (`target` plus its ending).

    Raises InputError for a format nobody writes, a year outside the plan, or an unknown layer.
    """
    _require_drawable(asked, case)
    still = tuple(kind for kind in asked.formats if kind != "html")
    written: list[Path] = []
    if still:
        from planner.outputs.maps import draw_map, save_map

        figure = draw_map(plan, case, data_root, layer=asked.layer, year=asked.year)
        written += save_map(figure, target, still)
    if "html" in asked.formats:
        from planner.outputs.map_page import write_map_page

        page = target.with_name(f"{target.name}.html")
        write_map_page(plan, case, page, data_root, asked.layer)
        written.append(page)
    return tuple(written)


def _require_drawable(asked: Drawing, case: Case) -> None:
    issues = [
        Issue("error", "E722", "map", "format", f"no '{kind}'", did_you_mean(kind, FORMATS))
        for kind in asked.formats
        if kind not in FORMATS
    ]
    horizon = case.scenario.horizon
    last = horizon.start + horizon.periods * horizon.years_per_period - 1
    if asked.year is not None and not horizon.start <= asked.year <= last:
        text = f"{asked.year} lies outside the plan"
        issues.append(
            Issue("error", "E721", "map", "year", text, f"It has {horizon.start}-{last}.")
        )
    if issues:
        raise InputError(issues)
