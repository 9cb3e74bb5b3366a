"""The map alone as a page: the report's map, with its own year and layer switches."""

from __future__ import annotations

from pathlib import Path

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import page
from planner.outputs.map_data import atlas
from planner.outputs.report import SCRIPTS


def write_map_page(
    plan: Plan, case: Case, path: Path, data_root: Path, layer: str | None = None
) -> None:
    """Write the map as one HTML page that needs no network, opened at a layer and the last year."""
    chart = atlas([(plan, case)], data_root)
    context = {
        "title": plan.title or plan.scenario,
        "atlas": chart,
        "layer": layer or case.scenario.map_layer,
        "script": chart["script"],
    }
    page.write(path, page.render("map_page.html.j2", context, SCRIPTS))
