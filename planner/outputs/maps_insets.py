"""Insets: sites far outside a country's panel, in a small frame of their own (Hawaii, Okinawa).

    grown(site) = panel with the site / panel without it            [ratio of areas]
A panel grows for sites it hardly has to grow for; sites beyond MOST share a frame with those near
them. Links between a panel and its insets are not drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from planner.core.globe import kilometres
from planner.outputs import projections
from planner.outputs.maps_canvas import View
from planner.outputs.maps_content import Spot
from planner.outputs.maps_labels import Box
from planner.outputs.projections import Extent

MOST = 1.12
"""A panel never grows to more than this [ratio of areas]."""
TOGETHER_KM = 700.0
"""Sites no farther apart share an inset."""
SHARE, RIM, TITLE = 0.3, 0.05, 0.14
"""Side of an inset [of the panel's shorter side], distance from the frame, its title [inch]."""


@dataclass(frozen=True)
class Inset:
    """Sites of one inset, and what it shows [m]."""

    spots: frozenset[Spot]
    crs: str
    extent: Extent


def parted(country: str, crs: str, spots: Sequence[Spot]) -> tuple[list[Spot], list[Inset]]:
    """Sites a country's own panel holds, and insets for the others."""
    if country not in projections.VIEWS:
        return list(spots), []
    plain = _area(projections.country_extent(country, crs, ()))
    near = [s for s in spots if _area(_with(country, crs, s)) <= MOST * plain]
    groups = _groups(sorted(set(spots) - set(near)))
    return near, [_inset(group) for group in groups]


def views(panel: View, near: Sequence[Spot], far: Sequence[Inset]) -> list[View]:
    """The panel, told what covers it, and its insets where the fewest sites lie."""
    if not far:
        return [panel]
    sites = _on_paper(panel, near)
    boxes: list[Box] = []
    for _ in far:
        boxes.append(_free_box(panel.box, sites, boxes))
    insets = [
        View(panel.id, "", inset.crs, inset.extent, box, inset.spots, (_head(box),), inset=True)
        for inset, box in zip(far, boxes, strict=True)
    ]
    return [replace(panel, covered=tuple(boxes)), *insets]


def _head(box: Box) -> Box:
    """Paper the name of an inset takes [inch]."""
    return box[0], box[3] - TITLE, box[2], box[3]


def _area(extent: Extent) -> float:
    return (extent[2] - extent[0]) * (extent[3] - extent[1])


def _with(country: str, crs: str, spot: Spot) -> Extent:
    return projections.country_extent(country, crs, [spot])


def _groups(spots: Sequence[Spot]) -> list[list[Spot]]:
    """Sites joined by steps of at most TOGETHER_KM."""
    groups: list[list[Spot]] = []
    for spot in spots:
        joined = [g for g in groups if any(kilometres(spot, s) <= TOGETHER_KM for s in g)]
        groups = [g for g in groups if g not in joined]
        groups.append(sorted([spot, *(s for g in joined for s in g)]))
    return groups


def _inset(spots: Sequence[Spot]) -> Inset:
    crs = projections.country_crs("", spots)
    return Inset(frozenset(spots), crs, projections.around(crs, spots))


def _on_paper(panel: View, spots: Sequence[Spot]) -> np.ndarray:
    """Sites as paper positions [inch]."""
    if not spots:
        return np.empty((0, 2))
    west, south, east, north = panel.extent
    left, bottom, right, top = panel.box
    x, y = projections.project(panel.crs, [s[0] for s in spots], [s[1] for s in spots])
    across = left + (x - west) / (east - west) * (right - left)
    return np.column_stack([across, bottom + (y - south) / (north - south) * (top - bottom)])


def _free_box(panel: Box, sites: np.ndarray, taken: Sequence[Box]) -> Box:
    """Square along the frame, farthest from all sites; one lower corner stays for the scale."""
    left, bottom, right, top = panel
    side = SHARE * min(right - left, top - bottom)
    inner = (left + RIM, bottom + RIM, right - RIM - side, top - RIM - side)
    steps = np.linspace(0, 1, 7)
    corners = [
        (inner[0] + a * (inner[2] - inner[0]), inner[1] + b * (inner[3] - inner[1]))
        for a in steps
        for b in steps
        if a in {0, 1} or b == 1 or (b == 0 and not 0 < a < 1)
    ]
    boxes = [(x, y, x + side, y + side) for x, y in corners]
    lower = [b for b in taken if b[1] <= inner[1]]
    free = [b for b in boxes if not any(_overlap(b, t) for t in taken)]
    free = [b for b in free if not (lower and b[1] <= inner[1])] or boxes
    return max(free, key=lambda box: round(_distance(box, sites), 6))


def _overlap(one: Box, other: Box) -> bool:
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


def _distance(box: Box, sites: np.ndarray) -> float:
    """From a box to the nearest site [inch]; negative where a site lies under it."""
    if not len(sites):
        return 0.0
    dx = np.maximum(box[0] - sites[:, 0], sites[:, 0] - box[2])
    dy = np.maximum(box[1] - sites[:, 1], sites[:, 1] - box[3])
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    return float(np.where((dx < 0) & (dy < 0), np.maximum(dx, dy), outside).min())
