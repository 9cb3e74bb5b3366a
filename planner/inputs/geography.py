"""Boundaries of regions (admin-1) and countries (admin-0), and which region holds a site.

Made by `data/geo/build_geography.py`; see `data/geo/PROVENANCE.md`. Only this file and the map
files of `outputs/` know geopandas; it is imported when boundaries are first asked for, since that
takes two seconds.
"""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.core.errors import InputError, Issue

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from planner.core.case import Case

FOLDER = "geo"
COAST = 0.04
"""How far a site may lie off its region: coasts are simplified, harbours built out [degree]."""


def read_admin1(root: Path) -> gpd.GeoDataFrame:
    """States and their like of the four countries.

    Parameters
    ----------
    root : Path
        The data folder.

    Returns
    -------
    GeoDataFrame
        adm0_a3, iso_3166_2, name, name_en, name_ja, name_local, name_zh, name_zht, geometry.
    """
    return _read(root, "admin1.geojson.gz")


def read_admin0(root: Path) -> gpd.GeoDataFrame:
    """All countries, coarser, with the same coasts: adm0_a3, name, geometry."""
    return _read(root, "admin0.geojson.gz")


def locate(lon: float, lat: float, root: Path) -> str:
    """ISO 3166-2 code of the region at a point, or of the nearest within reach; `` if none is."""
    units = read_admin1(root)
    return _nearest(units["iso_3166_2"].to_numpy(), _distances(units, lon, lat))


def site_regions(sites: pd.DataFrame, root: Path) -> dict[str, str]:
    """Region each site lies in.

    Parameters
    ----------
    sites : DataFrame
        id, lon, lat, and iso_3166_2 as stated (optional). A stated region within reach is
        confirmed even if a neighbour is as near: borders are simplified too.
    root : Path
        The data folder.

    Returns
    -------
    dict
        Site -> ISO 3166-2 code; `` where none of the four countries is within reach.
    """
    units = read_admin1(root)
    codes = units["iso_3166_2"].to_numpy()
    found = {}
    for row in sites.to_dict("records"):
        away = _distances(units, float(row["lon"]), float(row["lat"]))
        stated = str(row.get("iso_3166_2", ""))
        near = set(codes[away <= COAST])
        found[str(row["id"])] = stated if stated in near else _nearest(codes, away)
    return found


def misplaced(case: Case, root: Path) -> list[Issue]:
    """Sites whose coordinates do not lie in the state, prefecture or Land they name."""
    import pandas as pd

    rows = [{"id": i, **case.registers["sites"][i]} for i in case.ids("sites")]
    kept = ["id", "lon", "lat", "iso_3166_2"]
    frame = pd.DataFrame(rows, columns=kept).astype({"lon": float, "lat": float})
    found = site_regions(frame, root)
    issues = []
    for row in rows:
        stated, actual = row["iso_3166_2"], found[row["id"]]
        if stated != actual:
            where = f"at {float(row['lat']):g}, {float(row['lon']):g}"
            text = f"{row['id']} is said to lie in {stated}, but {where} is {actual or 'nowhere'}"
            hint = "Correct the coordinates or the code."
            issues.append(Issue("error", "E191", "data/places/sites.csv", "iso_3166_2", text, hint))
    return issues


def _distances(units: gpd.GeoDataFrame, lon: float, lat: float) -> Any:
    import shapely

    return shapely.distance(units.geometry.to_numpy(), shapely.Point(lon, lat))


def _nearest(codes: Any, away: Any) -> str:
    best = away.argmin()
    return str(codes[best]) if away[best] <= COAST else ""


def _read(root: Path, name: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    path = root / FOLDER / name
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        issue = Issue(
            "error",
            "E190",
            str(Path(FOLDER) / name),
            "",
            f"the boundaries cannot be read ({error.__class__.__name__})",
            "They ship with the data folder; data/geo/build_geography.py makes them.",
        )
        raise InputError([issue]) from error
    return gpd.read_file(BytesIO(content))
