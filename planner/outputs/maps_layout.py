"""Where country panels go: one strip of equal height, insets on the panels they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.outputs import maps_insets, projections
from planner.outputs.maps_canvas import GAP, HEADING, View
from planner.outputs.maps_content import Mark, Spot
from planner.outputs.maps_insets import Inset
from planner.outputs.projections import Extent


@dataclass(frozen=True)
class Country:
    """One panel of a strip before it has a place on paper."""

    id: str
    name: str
    crs: str
    extent: Extent
    near: tuple[Spot, ...]
    far: tuple[Inset, ...]

    @property
    def shape(self) -> float:
        """Width over height."""
        west, south, east, north = self.extent
        return (east - west) / (north - south)


@dataclass(frozen=True)
class Strip:
    """Panels of equal height side by side."""

    countries: tuple[Country, ...]

    def height(self, width: float, tallest: float) -> float:
        """Height of the panels when the strip may be so wide and so tall [inch]."""
        shapes = [c.shape for c in self.countries]
        if not shapes:
            return 0.0
        return min(tallest, (width - GAP * (len(shapes) - 1)) / sum(shapes))

    def views(self, corner: Spot, tall: float, heading: float = HEADING) -> tuple[View, ...]:
        """Panels and insets from the upper left corner on [inch]."""
        (left, top), found = corner, list[View]()
        for one in self.countries:
            box = (left, top - tall, left + one.shape * tall, top)
            panel = View(
                one.id, one.name, one.crs, one.extent, box, frozenset(one.near), heading=heading
            )
            found += maps_insets.views(panel, one.near, one.far)
            left += one.shape * tall + GAP
        return tuple(found)


def strip(marks: Sequence[Mark], countries: Sequence[tuple[str, str]]) -> Strip:
    """The strip that shows every site of every country, near or in an inset."""
    found = []
    for country, name in countries:
        spots = [m.spot for m in marks if m.country == country]
        near, far = maps_insets.parted(country, projections.country_crs(country, spots), spots)
        crs = projections.country_crs(country, near)
        extent = projections.country_extent(country, crs, near)
        found.append(Country(country, name, crs, extent, tuple(near), tuple(far)))
    return Strip(tuple(found))
