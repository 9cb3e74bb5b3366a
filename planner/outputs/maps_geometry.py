"""Land for the printed maps: projected once a drawing, thinned to what the paper can show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import shapely
from matplotlib.path import Path

from planner.inputs.geography import COAST, read_admin0, read_admin1
from planner.outputs import projections
from planner.outputs.maps_canvas import View
from planner.outputs.projections import ISO_A3, OVERVIEW_CRS, Extent

BEND = 0.5
"""Long straight borders get a point so often before they are projected [degree]."""


@dataclass(frozen=True)
class Shapes:
    """Land of one panel: regions of the country by ISO 3166-2 code, its outline, what is around."""

    regions: dict[str, Path]
    outline: Path
    around: Path


class Boundaries:
    """Both boundary files, read once for one drawing."""

    def __init__(self, data_root: FilePath) -> None:
        self._root = data_root

    @cached_property
    def admin0(self) -> tuple[np.ndarray, np.ndarray]:
        """Country codes and polygons of the world."""
        frame = read_admin0(self._root)
        return frame["adm0_a3"].to_numpy(), frame.geometry.to_numpy()

    @cached_property
    def admin1(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Country codes, ISO 3166-2 codes and polygons of the regions."""
        frame = read_admin1(self._root)
        codes = frame["adm0_a3"].to_numpy(), frame["iso_3166_2"].to_numpy()
        return (*codes, frame.geometry.to_numpy())

    def region_name(self, spot: tuple[float, float]) -> str:
        """English name of the region a place lies in; empty in none of them, e.g. off a coast."""
        frame = read_admin1(self._root)
        inside = shapely.dwithin(frame.geometry.to_numpy(), shapely.Point(spot), COAST)
        names = sorted(str(n) for n in frame["name_en"].to_numpy()[inside])
        return names[0] if names else ""

    def country(self, view: View, step: float) -> Shapes:
        """Land of a country's panel; `step` is the finest detail worth keeping [m]."""
        code, crs, extent = ISO_A3.get(view.id, ""), view.crs, view.extent
        owners, codes, polygons = self.admin1
        mine = owners == code
        names, shapes = codes[mine], polygons[mine]
        clip = _grown(extent, 0.01)
        if len(names):
            flat = shapely.coverage_simplify(_flat(shapes, crs), step)
            flat = shapely.clip_by_rect(shapely.make_valid(flat), *clip)
            kept = ~shapely.is_empty(flat)
            names, flat = names[kept], flat[kept]
        else:
            flat = np.array([], dtype=object)
        regions = {str(n): polygon_path([s]) for n, s in zip(names, flat, strict=True)}
        whole = shapely.union_all(flat) if len(flat) else shapely.MultiPolygon()
        return Shapes(regions, polygon_path([whole]), self._around(code, crs, extent, step))

    def _around(self, code: str, crs: str, extent: Extent, step: float) -> Path:
        codes, polygons = self.admin0
        clip = _grown(extent, 0.01)
        near = shapely.clip_by_rect(polygons[codes != code], *_degrees(crs, extent))
        near = near[~shapely.is_empty(near)]
        flat = shapely.simplify(_flat(near, crs), step)
        return polygon_path(shapely.clip_by_rect(shapely.make_valid(flat), *clip))

    def overview(self, hosts: Iterable[str], step: float) -> Shapes:
        """The world from the Atlantic's eastern shore to its western one; hosts by country."""
        codes, polygons = self.admin0
        _, south, _, north = projections.OVERVIEW_VIEW
        cut = projections.CUT
        view = (cut + 0.01, south - 12, cut + 359.99, min(north + 12, 85))
        right = shapely.clip_by_rect(polygons, cut + 0.01, view[1], 180, view[3])
        left = shapely.clip_by_rect(polygons, -180, view[1], cut - 0.01, view[3])
        moved = shapely.transform(left, lambda points: points + np.array([360.0, 0.0]))
        whole = shapely.union(shapely.make_valid(right), shapely.make_valid(moved))
        flat = shapely.simplify(_flat(whole, OVERVIEW_CRS, 2.0), step)
        wanted = {ISO_A3.get(h, ""): h for h in hosts}
        lit = np.isin(codes, list(wanted))
        names = [wanted[c] for c in codes[lit]]
        regions = {n: polygon_path([s]) for n, s in zip(names, flat[lit], strict=True)}
        return Shapes(regions, polygon_path([]), polygon_path(flat[~lit]))


def _flat(shapes: Any, crs: str, bend: float = BEND) -> Any:
    ahead = projections.transformer(crs)
    dense = shapely.segmentize(shapes, bend)
    return shapely.transform(
        dense, lambda points: np.column_stack(ahead.transform(points[:, 0], points[:, 1]))
    )


def _grown(extent: Extent, share: float) -> Extent:
    west, south, east, north = extent
    dx, dy = (east - west) * share, (north - south) * share
    return west - dx, south - dy, east + dx, north + dy


def _degrees(crs: str, extent: Extent) -> Extent:
    """Longitudes and latitudes that hold an extent, with room."""
    west, south, east, north = _grown(extent, 0.1)
    x, y = np.meshgrid(np.linspace(west, east, 25), np.linspace(south, north, 25))
    lon, lat = projections.transformer(crs).transform(x.ravel(), y.ravel(), direction="INVERSE")
    good = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = lon[good], lat[good]
    if np.ptp(lon) > 180:
        return -180.0, max(float(lat.min()), -85.0), 180.0, min(float(lat.max()), 85.0)
    return (
        float(lon.min()),
        max(float(lat.min()), -85.0),
        float(lon.max()),
        min(float(lat.max()), 85.0),
    )


def polygon_path(shapes: Iterable[Any]) -> Path:
    """Polygons as one matplotlib path; holes run the other way round."""
    vertices, codes = [], []
    polygons = [p for shape in shapes for p in _polygons(shape)]
    for polygon in shapely.orient_polygons(np.asarray(polygons, dtype=object)):
        for ring in (polygon.exterior, *polygon.interiors):
            points = shapely.get_coordinates(ring)
            kinds = np.full(len(points), Path.LINETO, dtype=Path.code_type)
            kinds[0], kinds[-1] = Path.MOVETO, Path.CLOSEPOLY
            vertices.append(points)
            codes.append(kinds)
    if not vertices:
        return Path(np.empty((0, 2)))
    return Path(np.concatenate(vertices), np.concatenate(codes))


def _polygons(shape: Any) -> list[Any]:
    parts = shapely.get_parts(shapely.get_parts(shape))
    return [p for p in parts if p.geom_type == "Polygon" and not p.is_empty]
