"""Projections and views of the maps: one projection a country, one for the Pacific overview.

Shared by the printed maps and the interactive page. A view grows by itself when a site lies
outside it, so no site is ever cut off; printed maps put far ones into insets (`maps_insets`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer

Floats = npt.NDArray[np.float64]
Extent = tuple[float, float, float, float]
"""West, south, east, north; in degrees for views, in metres for extents."""

COUNTRY_CRS: Mapping[str, str] = {
    "US": "EPSG:5070",
    "JP": "+proj=lcc +lat_1=33 +lat_2=43 +lat_0=38 +lon_0=137 +datum=WGS84",
    "DE": "EPSG:3035",
    "TW": "EPSG:3826",
}
ISO_A3: Mapping[str, str] = {"US": "USA", "JP": "JPN", "DE": "DEU", "TW": "TWN"}
OVERVIEW_CRS = "+proj=eqearth +lon_0=150 +datum=WGS84"
CUT = -30.0
"""Meridian the overview is cut along [degree]."""

VIEWS: Mapping[str, Extent] = {
    "US": (-124.9, 24.2, -66.9, 49.5),
    "JP": (128.4, 30.7, 146.1, 45.7),
    "DE": (5.4, 47.1, 15.4, 55.15),
    "TW": (119.25, 21.7, 122.55, 25.45),
}
"""What a country's panel shows at least."""
OVERVIEW_VIEW: Extent = (-13.0, 4.0, 299.0, 74.0)
SCALE_KM = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)


def country_crs(country: str, places: Sequence[tuple[float, float]] = ()) -> str:
    """Projection of a country; equal area around its sites when the country is not one of ours."""
    if country in COUNTRY_CRS:
        return COUNTRY_CRS[country]
    spots = places or [(0.0, 0.0)]
    lon = sum(x for x, _ in spots) / len(spots)
    lat = sum(y for _, y in spots) / len(spots)
    return f"+proj=laea +lat_0={lat:.3f} +lon_0={lon:.3f} +datum=WGS84"


@lru_cache(maxsize=16)
def transformer(crs: str) -> Transformer:
    """From longitude and latitude to metres."""
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def project(crs: str, lon: Any, lat: Any) -> tuple[Floats, Floats]:
    """Longitudes and latitudes as metres."""
    x, y = transformer(crs).transform(np.asarray(lon, float), np.asarray(lat, float))
    return np.asarray(x, float), np.asarray(y, float)


def view_extent(crs: str, view: Extent, steps: int = 41) -> Extent:
    """Metres a view spans; edges are sampled, not just corners."""
    west, south, east, north = view
    lon, lat = np.linspace(west, east, steps), np.linspace(south, north, steps)
    x, y = project(
        crs,
        np.concatenate([lon, lon, np.full(steps, west), np.full(steps, east)]),
        np.concatenate([np.full(steps, south), np.full(steps, north), lat, lat]),
    )
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def country_extent(country: str, crs: str, places: Iterable[tuple[float, float]]) -> Extent:
    """Metres a country's panel spans, grown to hold every site of the country."""
    spots = list(places)
    view = VIEWS.get(country)
    if view is None:
        return around(crs, spots)
    west, south, east, north = view_extent(crs, view)
    if not spots:
        return west, south, east, north
    x, y = project(crs, [p[0] for p in spots], [p[1] for p in spots])
    rim = 0.02 * max(east - west, north - south)
    return (
        min(west, float(x.min()) - rim),
        min(south, float(y.min()) - rim),
        max(east, float(x.max()) + rim),
        max(north, float(y.max()) + rim),
    )


def around(crs: str, spots: Sequence[tuple[float, float]]) -> Extent:
    """Square around sites, 200 km at least."""
    x, y = project(crs, [p[0] for p in spots] or [0.0], [p[1] for p in spots] or [0.0])
    half = max(float(np.ptp(x)), float(np.ptp(y)), 400_000.0) * 0.62
    middle_x, middle_y = (x.max() + x.min()) / 2, (y.max() + y.min()) / 2
    return (
        float(middle_x - half),
        float(middle_y - half),
        float(middle_x + half),
        float(middle_y + half),
    )


def eastward(lon: Any) -> Floats:
    """Longitudes counted eastward from the cut, so the Pacific is in one piece."""
    degrees = np.asarray(lon, float)
    return np.where(degrees < CUT, degrees + 360.0, degrees)


def overview_extent() -> Extent:
    """Metres the overview spans."""
    west, south, east, north = OVERVIEW_VIEW
    x, _ = project(OVERVIEW_CRS, [west, east], [28.0, 28.0])
    _, y = project(OVERVIEW_CRS, [150.0, 150.0], [south, north])
    return float(x[0]), float(y[0]), float(x[1]), float(y[1])


def great_circle(
    start: tuple[float, float], end: tuple[float, float], points: int = 60
) -> list[Floats]:
    """Shortest way between two points (lon, lat) on the overview, in metres (rows x, y).

    Two pieces when it crosses the Atlantic: it leaves the map on one side and returns on the other.
    """
    middle = Geod(ellps="WGS84").npts(*start, *end, points)
    way = np.asarray([start, *middle, end], float)
    east = eastward(way[:, 0])
    flat = np.column_stack(project(OVERVIEW_CRS, east, way[:, 1]))
    jumps = np.flatnonzero(np.abs(np.diff(east)) > 180.0) + 1
    return [piece for piece in np.split(flat, jumps) if len(piece) > 1]


def scale_bar_km(extent: Extent) -> int:
    """Round length of a scale bar: at most a sixth of the width."""
    width = (extent[2] - extent[0]) / 1000
    return max((km for km in SCALE_KM if km <= width * 0.16), default=SCALE_KM[0])
