"""Map geometry as SVG path text: four country panels and a Pacific overview.

    unit = 0.1 px of a 1000-px panel      x = (X - west) * scale      y = (north - Y) * scale
Python projects once, with the same projections as the printed maps; the browser only zooms.
Land outside a panel's frame is kept to half a frame around it, so a panel may be shown wider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod

from planner.inputs.geography import read_admin0, read_admin1
from planner.outputs.projections import (
    CUT,
    ISO_A3,
    OVERVIEW_CRS,
    OVERVIEW_VIEW,
    Extent,
    country_crs,
    country_extent,
    overview_extent,
    project,
    transformer,
    view_extent,
)

HALF_WORLD = 180.0
WIDTH = 10_000.0
"""Longer side of a panel in path units."""
DETAIL = 2_100.0
"""Parts a panel's longer side is resolved into when coasts are simplified."""
SMALLEST = 9
"""Rings smaller than this in both directions are left out [units]."""
ASPECT = {"US": 1.58, "JP": 1.02, "DE": 0.8, "TW": 0.62}
"""Width over height of a panel; 1 for other countries."""
CORE: Mapping[str, Extent] = {
    "US": (-124.8, 24.4, -66.9, 49.4),
    "JP": (129.3, 30.9, 145.8, 45.6),
    "DE": (5.8, 47.2, 15.1, 55.1),
    "TW": (119.9, 21.8, 122.1, 25.4),
}
"""What a panel shows at least: closer than the printed maps, since a reader can move it."""
ORDER = tuple(ASPECT)
Places = tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
"""Country with the longitude and latitude of its sites, as a key."""


@dataclass(frozen=True, slots=True)
class Region:
    """State, prefecture or Land of a panel."""

    iso: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Where projected metres land on a panel."""

    crs: str
    west: float
    north: float
    scale: float
    width: int
    height: int

    def place(self, lon: float, lat: float) -> tuple[int, int]:
        """Panel coordinates of a point."""
        x, y = transformer(self.crs).transform(lon, lat)
        return round((x - self.west) * self.scale), round((self.north - y) * self.scale)

    def box(self, margin: float) -> shapely.Geometry:
        """The frame in projected metres, grown by a share of its size on every side."""
        w, h = self.width / self.scale, self.height / self.scale
        west, south = self.west - margin * w, self.north - (1 + margin) * h
        return shapely.box(west, south, west + (1 + 2 * margin) * w, south + (1 + 2 * margin) * h)


@dataclass(frozen=True, slots=True)
class Panel:
    """One country, or the overview (id `world`; hosts are its regions)."""

    id: str
    frame: Frame
    land: str
    regions: tuple[Region, ...]


@lru_cache(maxsize=8)
def country_panels(data_root: Path, places: Places) -> Mapping[str, Panel]:
    """Panel by country code, for the countries that have sites; every site is inside its panel."""
    admin1, admin0 = read_admin1(data_root), read_admin0(data_root)
    ranked = sorted(places, key=lambda p: (ORDER.index(p[0]) if p[0] in ORDER else len(ORDER), p))
    return {c: _panel(c, spots, admin1, admin0) for c, spots in ranked if spots}


def _panel(
    country: str,
    spots: tuple[tuple[float, float], ...],
    admin1: gpd.GeoDataFrame,
    admin0: gpd.GeoDataFrame,
) -> Panel:
    crs = country_crs(country, spots)
    frame = _frame(crs, _extent(country, crs, spots), ASPECT.get(country, 1.0))
    step = max(frame.width, frame.height) / frame.scale / DETAIL
    code = ISO_A3.get(country, "")
    inside = _projected(admin1[admin1["adm0_a3"] == code], crs)
    shapes = shapely.coverage_simplify(inside.geometry.to_numpy(), step)
    regions = [
        Region(str(iso), str(name), path_text(shape, frame))
        for iso, name, shape in zip(inside["iso_3166_2"], inside["name_en"], shapes, strict=True)
    ]
    around = _projected(gpd.clip(admin0[admin0["adm0_a3"] != code], _degrees(frame)), crs)
    outside = shapely.intersection(shapely.make_valid(around.geometry.to_numpy()), frame.box(0.9))
    land = "".join(path_text(g, frame) for g in shapely.simplify(outside, step * 2.5))
    return Panel(country, frame, land, tuple(sorted(regions, key=lambda r: r.iso)))


def _extent(country: str, crs: str, spots: tuple[tuple[float, float], ...]) -> Extent:
    """Metres a panel spans: the country's core and every site."""
    if country not in CORE:
        return country_extent(country, crs, spots)
    core = view_extent(crs, CORE[country])
    x, y = project(crs, [s[0] for s in spots], [s[1] for s in spots])
    rim = 0.02 * max(core[2] - core[0], core[3] - core[1])
    west, south = min(core[0], float(x.min()) - rim), min(core[1], float(y.min()) - rim)
    return west, south, max(core[2], float(x.max()) + rim), max(core[3], float(y.max()) + rim)


def _degrees(frame: Frame) -> shapely.Geometry:
    """Box of longitudes and latitudes that covers a frame with its margin."""
    west, south, east, north = frame.box(0.9).bounds
    x, y = np.meshgrid(np.linspace(west, east, 15), np.linspace(south, north, 15))
    back = transformer(frame.crs).transform(x, y, direction="INVERSE")
    lon, lat = (v[np.isfinite(v)] for v in back)
    if np.ptp(lon) > HALF_WORLD:
        lon = np.array([-180.0, 0.0]) if np.median(lon) < 0 else np.array([0.0, 180.0])
    return shapely.box(
        lon.min() - 1, max(lat.min() - 1, -85), lon.max() + 1, min(lat.max() + 1, 85)
    )


def _projected(shapes: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """Projected; long straight borders are bent first, as parallels are on the map."""
    bent = shapes.set_geometry(shapely.segmentize(shapes.geometry.to_numpy(), 0.5), crs=shapes.crs)
    return bent.to_crs(crs)


def _frame(crs: str, extent: Extent, aspect: float) -> Frame:
    """Smallest frame of an aspect that shows an extent."""
    west, south, east, north = extent
    w, h = (east - west) * 1.02, (north - south) * 1.02
    w, h = max(w, h * aspect), max(h, w / aspect)
    scale = WIDTH / max(w, h)
    left, top = (west + east) / 2 - w / 2, (south + north) / 2 + h / 2
    return Frame(crs, left, top, scale, round(w * scale), round(h * scale))


def path_text(shape: shapely.Geometry, frame: Frame) -> str:
    """Polygons as SVG path data: whole numbers, relative steps, repeated points dropped."""
    parts: list[str] = []
    for polygon in shapely.get_parts(shape):
        if polygon.geom_type == "Polygon" and not polygon.is_empty:
            rings = (polygon.exterior, *polygon.interiors)
            parts += [_ring(np.asarray(ring.coords), frame) for ring in rings]
    return "".join(parts)


def _ring(points: np.ndarray, frame: Frame) -> str:
    x = np.rint((points[:, 0] - frame.west) * frame.scale).astype(int)
    y = np.rint((frame.north - points[:, 1]) * frame.scale).astype(int)
    moved = np.r_[True, (np.diff(x) != 0) | (np.diff(y) != 0)]
    x, y = x[moved], y[moved]
    corners = 4
    if len(x) < corners or (np.ptp(x) < SMALLEST and np.ptp(y) < SMALLEST):
        return ""
    steps = " ".join(f"{i} {j}" for i, j in zip(np.diff(x)[:-1], np.diff(y)[:-1], strict=True))
    return f"M{x[0]} {y[0]}l{steps}z".replace(" -", "-")


@lru_cache(maxsize=4)
def overview(data_root: Path) -> Panel:
    """The world between the Atlantic's two shores, Pacific in the middle; hosts as regions."""
    admin0 = read_admin0(data_root)
    _, south, _, north = OVERVIEW_VIEW
    frame = _frame(OVERVIEW_CRS, overview_extent(), 2.7)
    step = frame.width / frame.scale / 1_100
    land, hosts = [], []
    names = {a3: c for c, a3 in ISO_A3.items()}
    view = shapely.box(CUT + 0.01, south - 30, CUT + 359.99, min(north + 14, 85))
    for a3, shape in zip(admin0["adm0_a3"], admin0.geometry, strict=True):
        text = path_text(_unrolled(shape, view, step), frame)
        if a3 in names:
            hosts.append(Region(names[a3], names[a3], text))
        else:
            land.append(text)
    return Panel("world", frame, "".join(land), tuple(sorted(hosts, key=lambda r: r.iso)))


def _unrolled(shape: shapely.Geometry, view: shapely.Geometry, step: float) -> shapely.Geometry:
    """Polygon cut at the Atlantic meridian, its west moved round to the east, and projected."""
    left = shapely.intersection(shape, shapely.box(-180, -90, CUT, 90))
    right = shapely.intersection(shape, shapely.box(CUT, -90, 180, 90))
    moved = shapely.transform(left, lambda p: p + np.array([360.0, 0.0]))
    whole = shapely.intersection(shapely.union_all([right, moved]), view)
    dense = shapely.segmentize(whole, 3.0)
    ahead = transformer(OVERVIEW_CRS)
    flat = shapely.transform(dense, lambda p: np.column_stack(ahead.transform(p[:, 0], p[:, 1])))
    return shapely.simplify(flat, step)


def arc(frame: Frame, ends: Iterable[tuple[float, float]]) -> str:
    """Great circle between two points (lon, lat) on the overview; broken where the map is cut."""
    (lon1, lat1), (lon2, lat2) = ends
    middle = Geod(ellps="WGS84").npts(lon1, lat1, lon2, lat2, 38)
    points = [frame.place(lon, lat) for lon, lat in [(lon1, lat1), *middle, (lon2, lat2)]]
    text, last = f"M{points[0][0]} {points[0][1]}", points[0]
    for point in points[1:]:
        text += f"{'M' if abs(point[0] - last[0]) > frame.width / 2 else 'L'}{point[0]} {point[1]}"
        last = point
    return text


def bow(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Slightly bent line between two sites of one panel."""
    (a, b), (p, q) = start, end
    middle = (a + p) / 2 - (q - b) * 0.16, (b + q) / 2 + (p - a) * 0.16
    return f"M{a} {b}Q{middle[0]:.0f} {middle[1]:.0f} {p} {q}"
