"""The Pacific overview: who makes wafers for whom, along great circles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from planner.outputs import formats, maps_canvas, maps_panels, maps_tags, palette, projections
from planner.outputs.maps_canvas import POINT, Panel
from planner.outputs.maps_content import Content, Flow, Mark
from planner.outputs.maps_geometry import Shapes
from planner.outputs.maps_labels import Box
from planner.outputs.maps_tags import Tag
from planner.outputs.projections import OVERVIEW_CRS, Floats

WIDEST_PT, THINNEST_PT = 7.0, 0.6
SHRINK = 0.5
"""Markers against those of the panels."""
MARKET_PT = 6.0
THICK_PT, BEADS = 1.2, 0.06
"""Flows at least so wide [pt] are kept clear of names, as if beads lay on them [inch apart]."""


def line_points(wafers: float, largest: float) -> float:
    """Width of a flow [pt], in proportion to its volume."""
    return max(THINNEST_PT, WIDEST_PT * wafers / largest) if largest > 0 else THINNEST_PT


def draw(figure: Figure, on: Panel, shown: Content, shapes: Shapes) -> None:
    """Land, flows, sites, markets with what they get, and the key of widths."""
    style = {"edgecolor": "white", "linewidth": 0.3}
    maps_canvas.fill(on.axes, shapes.around, "around", facecolor=palette.LAND, zorder=1, **style)
    for country, path in shapes.regions.items():
        maps_canvas.fill(
            on.axes, path, f"host:{country}", facecolor=palette.HOST, zorder=1.5, **style
        )
    largest = max((f.wafers_mn for f in shown.flows), default=0.0)
    for flow in shown.flows:
        _flow(on, flow, largest)
    places = _places(shown.marks)
    _links(on, shown)
    running = sorted((m for m in shown.marks if m.active), key=lambda m: (-m.kwpm, m.id))
    top = max((m.kwpm for m in running), default=0.0)
    for mark in running:
        _site(on, mark, places[mark.id], top)
    key = _widths(figure, on, largest)
    discs = [_disc(on, m, places, top) for m in running]
    _markets(figure, on, shown, [*discs, *beads(on, shown.flows)], key)


def _places(marks: Sequence[Mark]) -> dict[str, tuple[float, float]]:
    if not marks:
        return {}
    lon = projections.eastward([m.spot[0] for m in marks])
    x, y = projections.project(OVERVIEW_CRS, lon, [m.spot[1] for m in marks])
    return {m.id: (float(a), float(b)) for m, a, b in zip(marks, x, y, strict=True)}


def _disc(
    on: Panel, mark: Mark, places: maps_panels.Places, top: float
) -> tuple[float, float, float]:
    size = maps_panels.points(mark, top) * SHRINK
    return (*on.inches(*places[mark.id]), size * POINT / 2)


def _site(on: Panel, mark: Mark, at: tuple[float, float], top: float) -> None:
    size = max(maps_panels.points(mark, top) * SHRINK, 3.2)
    colour = palette.product_colour(mark.product) if mark.kwpm > 0.05 else palette.RESEARCH
    shape = "o" if mark.kwpm > 0.05 else "D"
    style = {"facecolor": colour, "edgecolor": "white", "linewidth": 0.5, "zorder": 6}
    maps_canvas.discs(on.axes, [(*at, size)], f"overview:{mark.id}", marker=shape, **style)


def _flow(on: Panel, flow: Flow, largest: float) -> None:
    """Great circle with an arrow head just before the market's square."""
    ways = projections.great_circle(flow.start, flow.end)
    width = line_points(flow.wafers_mn, largest)
    colour = palette.product_colour(flow.product)
    head = (4.0 + 1.9 * width) * POINT * on.metres_per_inch
    ways[-1], tip = _shortened(ways[-1], MARKET_PT * 0.7 * POINT * on.metres_per_inch, head)
    name = f"flow:{flow.origin}>{flow.market}"
    line = LineCollection(ways, colors=colour, linewidths=width, alpha=0.75, zorder=4, gid=name)
    line.set_capstyle("butt")
    on.axes.add_collection(line, autolim=False)
    on.axes.add_patch(Polygon(tip, color=colour, linewidth=0, alpha=0.85, zorder=4.5))


def beads(on: Panel, flows: Sequence[Flow]) -> list[tuple[float, float, float]]:
    """Places along thick flows [inch] with half their width, for names to stay off."""
    largest, found = max((f.wafers_mn for f in flows), default=0.0), []
    for flow in flows:
        width = line_points(flow.wafers_mn, largest)
        if width < THICK_PT:
            continue
        for way in projections.great_circle(flow.start, flow.end):
            spots = np.array([on.inches(float(x), float(y)) for x, y in way])
            along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(spots, axis=0).T))])
            at = np.arange(0.0, along[-1], BEADS)
            xs, ys = (np.interp(at, along, spots[:, axis]) for axis in (0, 1))
            radius = width * POINT / 2
            found += [(float(x), float(y), radius) for x, y in zip(xs, ys, strict=True)]
    return found


def _shortened(way: Floats, gap: float, head: float) -> tuple[Floats, Floats]:
    """Way that ends where its arrow head begins, and the head's triangle [m]."""
    away = np.hypot(*(way - way[-1]).T)
    reach = min(gap, 0.3 * away[0]), min(gap + head, 0.8 * away[0])
    keep = away > reach[1]
    before = way[keep][-1] if keep.any() else way[0]
    ahead = (way[-1] - before) / max(float(np.hypot(*(way[-1] - before))), 1e-9)
    point, foot = way[-1] - ahead * reach[0], way[-1] - ahead * reach[1]
    side = np.array([-ahead[1], ahead[0]]) * head * 0.42
    return np.vstack([way[keep], foot]), np.vstack([point, foot + side, foot - side])


def _links(on: Panel, shown: Content) -> None:
    """Co-creation across borders."""
    owner = {m.id: m.country for m in shown.marks}
    spots = {m.id: m.spot for m in shown.marks}
    ways = [
        piece
        for fab, lab in shown.links
        if owner[fab] != owner[lab]
        for piece in projections.great_circle(spots[lab], spots[fab])
    ]
    if ways:
        drawn = LineCollection(
            ways, colors=palette.LINK, linewidths=0.8, linestyles=[(0, (4, 2.4))], gid="links"
        )
        drawn.set_zorder(4.2)
        on.axes.add_collection(drawn, autolim=False)


def _markets(
    figure: Figure,
    on: Panel,
    shown: Content,
    discs: Sequence[tuple[float, float, float]],
    key: Box,
) -> None:
    """A square a market, with its name and what it gets a year."""
    tags = []
    for market, (name, spot) in shown.markets.items():
        x, y = projections.project(OVERVIEW_CRS, projections.eastward([spot[0]]), [spot[1]])
        at = float(x[0]), float(y[0])
        style = {"facecolor": "white", "edgecolor": palette.INK, "linewidth": 0.9, "zorder": 7}
        maps_canvas.discs(on.axes, [(*at, MARKET_PT)], f"market:{market}", marker="s", **style)
        got = sum(f.wafers_mn for f in shown.flows if f.market == market)
        text = maps_tags.name_and_note(name, f"{formats.brief(got)} mn wafers a year")
        tags.append(Tag(f"market:{market}", on.inches(*at), MARKET_PT * 1.3, text, got))
    maps_tags.label(figure, on, tags, np.array(discs).reshape(-1, 3), [key])


def _widths(figure: Figure, on: Panel, largest: float) -> Box:
    """Key of line widths in the empty ocean; returns the paper it takes."""
    right, bottom = on.box[0] + 0.62 * (on.box[2] - on.box[0]), on.box[1] + 0.14
    left = right - 2.6
    if largest <= 0:
        return left, bottom, left, bottom
    maps_canvas.write(
        figure, (left, bottom + 0.2), "Line width = wafers a year; colour = main class", size=6.4
    )
    for n, volume in enumerate(round_steps(largest)):
        x = left + n * 0.9
        line = LineCollection(
            [[(x, bottom + 0.05), (x + 0.3, bottom + 0.05)]],
            colors=palette.MUTED,
            linewidths=line_points(volume, largest),
            gid="width key",
        )
        line.set_transform(figure.dpi_scale_trans)
        on.axes.add_collection(line, autolim=False)
        maps_canvas.write(
            figure, (x + 0.36, bottom + 0.02), f"{formats.brief(volume)} mn", size=6.4
        )
    return left, bottom - 0.03, right, bottom + 0.32


def round_steps(largest: float) -> list[float]:
    """About a tenth, a third and all of a value, rounded."""
    found = []
    for share in (0.1, 0.35, 1.0):
        value = largest * share
        power = 10.0 ** np.floor(np.log10(value))
        step = max(m for m in (1, 2, 3, 5) if m * power <= value * 1.0001)
        found.append(float(step * power))
    return found
