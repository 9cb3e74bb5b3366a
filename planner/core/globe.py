"""Distance on the ground."""

from __future__ import annotations

from pyproj import Geod


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Shortest way between two places (longitude, latitude) on the ellipsoid WGS84 [km]."""
    return float(Geod(ellps="WGS84").inv(*one, *other)[2]) / 1000
