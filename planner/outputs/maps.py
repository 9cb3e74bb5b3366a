"""Printed maps: country panels, Pacific overview, legend; and the map of differences of two plans.

    figure = draw_map(plan, case, data_root)            save_map(figure, "map.png")
The same plan gives the same bytes in PNG, SVG and PDF.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.outputs import (
    maps_canvas,
    maps_difference,
    maps_legend,
    maps_overview,
    maps_panels,
    projections,
)
from planner.outputs.maps_canvas import MARGIN, WIDTH, View
from planner.outputs.maps_content import Content, Mark, content, spot_of
from planner.outputs.maps_geometry import Boundaries
from planner.outputs.maps_labels import Box
from planner.outputs.maps_layout import strip

HEAD, FOOT, BETWEEN = 0.92, 0.95, 0.36
"""Room above the panels, below the overview, and between them [inch]."""
TALLEST = 3.9
"""Panels are no taller than this, however few there are [inch]."""
DETAIL_INCH = 0.0034
"""Finest detail of a coast on paper [inch]."""
METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": "planner"},
    "svg": {"Date": None, "Creator": "planner"},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": "planner", "Producer": "planner"},
}


@dataclass(frozen=True)
class Sheet:
    """Where everything goes on the paper."""

    figure: Figure
    panels: tuple[View, ...]
    overview: Box | None


def draw_map(
    plan: Plan, case: Case, data_root: Path, *, layer: str | None = None, year: int | None = None
) -> Figure:
    """Map of a plan.

    Parameters
    ----------
    layer : risk | hazard | subsidy | wage | power | water | water-price, optional
        What the regions are shaded by; the scenario's `map_layer` when empty.
    year : int, optional
        Show only what is in service by then; the end of the plan when empty.

    Returns
    -------
    Figure
        For `save_map`. Raises InputError for an unknown layer or unreadable boundaries.
    """
    shown = content(plan, case, layer, year)
    title = plan.title or case.scenario.label
    with rc_context(maps_canvas.settings(_texts(title, shown))):
        sheet = lay_out(shown.marks, shown.countries, bool(shown.flows))
        scale = maps_legend.scale_of(shown.shading)
        boundaries = Boundaries(data_root)
        missing = _panels(sheet, shown, boundaries, scale)
        if sheet.overview is not None:
            _overview(sheet.figure, sheet.overview, shown, boundaries)
        when = "" if year is None else f" – in service by {year}"
        maps_legend.heading(sheet.figure, f"{title}{when}", maps_legend.subtitle(plan, shown))
        maps_legend.keys(sheet.figure, shown, max((m.kwpm for m in shown.marks), default=0.0))
        maps_legend.colour_bar(sheet.figure, shown.shading, scale)
        extra = f"No room to name: {', '.join(missing)}." if missing else ""
        maps_legend.footer(sheet.figure, plan, extra)
    return sheet.figure


def draw_difference_map(first: Plan, other: Plan, data_root: Path) -> Figure:
    """Map of what `other` opens, drops, moves in time, resizes or changes against `first`."""
    rows = maps_difference.differences(first, other)
    marks = maps_difference.marks(first, other)
    texts = [first.title, other.title, *(str(r["name"]) for r in rows)]
    with rc_context(maps_canvas.settings(texts)):
        sheet = lay_out(marks, maps_difference.countries(other), overview=False, foot=0.76)
        boundaries = Boundaries(data_root)
        for view in named(sheet.panels, boundaries, marks):
            on = maps_canvas.panel(sheet.figure, view)
            shapes = boundaries.country(view, on.metres_per_inch * DETAIL_INCH)
            here = [r for r in rows if r["country"] == view.id and spot_of(r) in view.holds]
            maps_difference.draw(sheet.figure, on, shapes, here)
        maps_difference.words(sheet.figure, (first, other), rows)
        maps_legend.footer(sheet.figure, other)
    return sheet.figure


def save_map(
    figure: Figure, path: Path, formats: Sequence[str] = (), dpi: int = maps_canvas.PRINT_DPI
) -> tuple[Path, ...]:
    """Write a map; the same figure gives the same bytes.

    Parameters
    ----------
    path : Path
        With its ending; without one when `formats` are given.
    formats : sequence of png | svg | pdf
        One file each, `path` plus the ending.
    dpi : int
        Resolution of PNG.
    """
    wanted = [(path, path.suffix.lstrip(".").lower())]
    if formats:
        wanted = [(path.with_name(f"{path.name}.{kind}"), kind) for kind in formats]
    with rc_context(maps_canvas.RC):
        for target, kind in wanted:
            if kind not in METADATA:
                hint = f"Known: {', '.join(METADATA)}."
                raise InputError([Issue("error", "E192", "map", "format", f"no '{kind}'", hint)])
            figure.savefig(target, format=kind, dpi=dpi, metadata=METADATA[kind])
    return tuple(target for target, _ in wanted)


def lay_out(
    marks: Sequence[Mark],
    countries: Sequence[tuple[str, str]],
    overview: bool = True,
    foot: float = FOOT,
) -> Sheet:
    """Panels of equal height side by side over the full width; the overview below."""
    found = strip(marks, countries)
    room = WIDTH - 2 * MARGIN
    tall = found.height(room, TALLEST)
    west, south, east, north = projections.overview_extent()
    below = room * (north - south) / (east - west) if overview else 0.0
    height = HEAD + tall + foot + (below + BETWEEN if overview else 0.0)
    panels = found.views((MARGIN, height - HEAD), tall)
    whole = (MARGIN, FOOT, WIDTH - MARGIN, FOOT + below)
    return Sheet(maps_canvas.paper(height), panels, whole if overview else None)


def named(views: Sequence[View], boundaries: Boundaries, marks: Sequence[Mark]) -> tuple[View, ...]:
    """Panels with their insets named after the region they show, or after a site."""
    names = {m.spot: m.name for m in marks}
    return tuple(
        replace(v, title=boundaries.region_name(min(v.holds)) or names[min(v.holds)])
        if v.inset
        else v
        for v in views
    )


def _panels(
    sheet: Sheet, shown: Content, boundaries: Boundaries, scale: maps_panels.Scale | None
) -> list[str]:
    """Draw every country; returns names that found no room."""
    missing = []
    largest = max((m.kwpm for m in shown.marks), default=0.0)
    names = {m.id: m.name for m in shown.marks}
    for view in named(sheet.panels, boundaries, shown.marks):
        on = maps_canvas.panel(sheet.figure, view)
        shapes = boundaries.country(view, on.metres_per_inch * DETAIL_INCH)
        maps_panels.land(on, shapes, shown.shading.shades, scale)
        marks = [m for m in shown.here(view.id) if m.spot in view.holds]
        places = maps_panels.positions(marks, view.crs)
        maps_panels.links(on, shown.links, places)
        maps_panels.sites(on, marks, places, largest)
        left_out = maps_panels.labels(sheet.figure, on, marks, places, largest)
        missing += [names[i] for i in left_out]
    return missing


def _overview(figure: Figure, box: Box, shown: Content, boundaries: Boundaries) -> None:
    when = "at the end of the plan" if shown.year is None else f"in {shown.year}"
    title = f"Wafer flows to the markets {when}, mean over the futures"
    extent = projections.overview_extent()
    view = View("overview", title, projections.OVERVIEW_CRS, extent, box)
    on = maps_canvas.panel(figure, view)
    hosts = [c for c, _ in shown.countries]
    shapes = boundaries.overview(hosts, on.metres_per_inch * DETAIL_INCH * 1.5)
    maps_overview.draw(figure, on, shown, shapes)


def _texts(title: str, shown: Content) -> list[str]:
    return [title, *(m.name for m in shown.marks), *(n for n, _ in shown.markets.values())]
