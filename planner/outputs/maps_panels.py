"""One country's panel: shaded regions, sites today and new, research centres, co-creation links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.path import Path

from planner.outputs import maps_canvas, maps_tags, palette, projections
from planner.outputs.maps_canvas import POINT, Panel
from planner.outputs.maps_content import Mark
from planner.outputs.maps_geometry import Shapes
from planner.outputs.maps_tags import Tag

NONE = 0.05
"""Capacity not worth a marker [kwpm]."""
Scale = tuple[Normalize, Colormap]
Places = Mapping[str, tuple[float, float]]


def land(on: Panel, shapes: Shapes, values: Mapping[str, float], scale: Scale | None) -> None:
    """Land around, regions shaded by value; regions without a site are hatched."""
    edge = {"edgecolor": palette.LAND_EDGE, "linewidth": 0.4}
    maps_canvas.fill(on.axes, shapes.around, "around", facecolor=palette.LAND, zorder=1, **edge)
    known = [i for i in shapes.regions if i in values and scale is not None]
    empty = [i for i in shapes.regions if i not in known]
    if empty:
        hatch = {"facecolor": palette.NO_DATA, "edgecolor": palette.NO_DATA_HATCH, "linewidth": 0}
        maps_canvas.fill(on.axes, shapes.outline, "no data", hatch="////", zorder=1.8, **hatch)
    _regions(on, [shapes.regions[i] for i in empty], "regions:none", "none")
    if scale is not None:
        norm, ramp = scale
        colours = [tuple(ramp(float(norm(values[i])))) for i in known]
        _regions(on, [shapes.regions[i] for i in known], "regions:shaded", colours)
    outline = {"facecolor": "none", "edgecolor": palette.OUTLINE, "linewidth": 0.55}
    maps_canvas.fill(on.axes, shapes.outline, "outline", zorder=3, **outline)


def _regions(on: Panel, paths: Sequence[Path], name: str, colours: object) -> None:
    if paths:
        style: dict[str, Any] = {"edgecolors": "white", "linewidths": 0.45, "zorder": 2}
        drawn = PathCollection(list(paths), facecolors=colours, gid=name, **style)
        on.axes.add_collection(drawn, autolim=False)


def positions(marks: Sequence[Mark], crs: str) -> dict[str, tuple[float, float]]:
    """Site -> projected metres."""
    if not marks:
        return {}
    x, y = projections.project(crs, [m.spot[0] for m in marks], [m.spot[1] for m in marks])
    return {m.id: (float(a), float(b)) for m, a, b in zip(marks, x, y, strict=True)}


def sites(on: Panel, marks: Sequence[Mark], places: Places, largest: float) -> None:
    """Candidates hollow; capacity today pale, new capacity full around it; centres as diamonds."""
    for name, shape, rows in (("fab", "o", False), ("rd", "D", True)):
        spots = [places[m.id] for m in marks if not m.active and m.research_only == rows]
        size = palette.CANDIDATE_PT * (0.85 if rows else 1.0)
        hollow = {"facecolor": "white", "edgecolor": palette.CANDIDATE_EDGE, "linewidth": 0.8}
        sized = [(x, y, size) for x, y in spots]
        maps_canvas.discs(on.axes, sized, f"candidates:{name}", marker=shape, zorder=5, **hollow)
    running = sorted((m for m in marks if m.active), key=lambda m: (-m.kwpm, m.id))
    for depth, mark in enumerate(running):
        _site(on, mark, places[mark.id], largest, 6 + depth / (len(running) + 1))


def _site(on: Panel, mark: Mark, at: tuple[float, float], largest: float, depth: float) -> None:
    colour = palette.product_colour(mark.product)
    outer = palette.marker_points(mark.kwpm, largest)
    if mark.new > NONE:
        style = {"facecolor": colour, "edgecolor": "white", "linewidth": 0.8, "zorder": depth}
        maps_canvas.discs(on.axes, [(*at, outer)], f"new:{mark.id}", **style)
    if mark.standing > NONE:
        inner = palette.marker_points(mark.standing, largest) if mark.new > NONE else outer
        style = {
            "facecolor": palette.tint(colour),
            "edgecolor": colour if mark.new <= NONE else "none",
            "linewidth": 1.0,
            "zorder": depth + 0.001,
        }
        maps_canvas.discs(on.axes, [(*at, inner)], f"standing:{mark.id}", **style)
    if mark.lab:
        _diamond(on, mark, at, (outer if mark.kwpm > NONE else 0.0, depth + 0.002))


def _diamond(on: Panel, mark: Mark, at: tuple[float, float], over: tuple[float, float]) -> None:
    """Research centre: in the middle of a large disc, on the rim of a small one, or alone."""
    disc, depth = over
    aside = disc * 0.42 if 0 < disc < 2 * palette.RESEARCH_PT else 0.0
    shift = aside * POINT * on.metres_per_inch
    style = {"facecolor": palette.RESEARCH, "edgecolor": "white", "linewidth": 0.7}
    spot = (at[0] + shift, at[1] + shift, palette.RESEARCH_PT * 0.72)
    maps_canvas.discs(on.axes, [spot], f"rd:{mark.id}", marker="D", zorder=depth, **style)


def links(on: Panel, pairs: Sequence[tuple[str, str]], places: Places) -> None:
    """Dashed lines between fabs and the centres they work with."""
    paths = [
        maps_canvas.curve(places[lab], places[fab])
        for fab, lab in pairs
        if fab in places and lab in places
    ]
    style = {"edgecolors": palette.LINK, "linewidths": 0.7, "linestyles": [(0, (4, 2.4))]}
    maps_canvas.lines(on.axes, paths, "links", alpha=0.7, zorder=4, **style)


def points(mark: Mark, largest: float) -> float:
    """Diameter a marker takes on paper, the centre's diamond included [pt]."""
    disc = palette.marker_points(mark.kwpm, largest) if mark.kwpm > NONE else 0.0
    return max(disc, palette.RESEARCH_PT if mark.lab else 0.0, palette.CANDIDATE_PT)


def labels(
    figure: Figure, on: Panel, marks: Sequence[Mark], places: Places, largest: float
) -> list[str]:
    """Name running sites; returns those there was no room for."""
    tags, bare = [], []
    for mark in marks:
        at, size = on.inches(*places[mark.id]), points(mark, largest)
        if not mark.active:
            bare.append((*at, size * POINT / 2))
            continue
        text = maps_tags.name_and_note(mark.name, mark.note)
        weight = mark.new * 2 + mark.standing + 50 * bool(mark.lab)
        colour = palette.INK if mark.new > NONE or mark.lab else palette.MUTED
        tags.append(Tag(mark.id, at, size, text, weight, colour))
    marked = np.array([on.inches(*p) for p in places.values()] or [on.box[2:]])
    blocked = [maps_canvas.scale_bar(figure, on, marked), *on.view.covered]
    spots = maps_tags.label(figure, on, tags, np.array(bare).reshape(-1, 3), blocked)
    return [tag.id for tag in tags if tag.id not in spots]
