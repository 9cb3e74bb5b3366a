"""Files for other map programs: sites as GeoJSON (RFC 7946), and a GeoPackage of the whole plan.

    sites.geojson    one point a site, attributes of the `sites` table
    plan.gpkg        layers sites, modules, capacity (points), flows (lines) and their styles
Both carry units in the names of their columns; the same plan gives the same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyproj import Geod

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import frames, map_styles
from planner.outputs.maps_content import centre_of, content, spot_of

STAMP = "2026-01-01T00:00:00.000Z"
"""GeoPackages must say when they were changed; ours always say this."""
DECIMALS = 5
"""Of coordinates; about a metre [digits]."""
STEP = 500_000.0
"""Lines get a point so often [m]."""
YEARS = ("first_begun_year", "begun_year", "year")
"""Columns that hold whole years, empty where nothing is begun."""
KINDS = {"fab": "fab", "rd": "research centre", "fab+rd": "fab and research centre"}
Spot = tuple[float, float]


def write_geojson(plan: Plan, case: Case, path: Path) -> Path:  # noqa: ARG001 - one signature for all exports
    """Write the sites of a plan as points.

    Parameters
    ----------
    plan : Plan
        Its `sites` table; sites without coordinates are left out.
    case : Case
        The case of the plan.
    path : Path
        Ends in .geojson by custom.

    Returns
    -------
    Path
        What was written.
    """
    _write(_sites(plan), path, "GeoJSON", RFC7946="YES", COORDINATE_PRECISION=str(DECIMALS))
    return path


def write_geopackage(plan: Plan, case: Case, path: Path) -> Path:
    """Write sites, modules, capacity and flows as layers of one file.

    Parameters
    ----------
    plan : Plan
        Tables `sites`, `modules`, `capacity` and `flows`.
    case : Case
        Says where the markets are and what they are called.
    path : Path
        Ends in .gpkg by custom; replaced when it exists.

    Returns
    -------
    Path
        What was written.
    """
    sites = _sites(plan)
    spots = dict(zip(sites["id"], sites.geometry, strict=True)) if len(sites) else {}
    layers: dict[str, pd.DataFrame] = {
        "sites": sites,
        "modules": _at_sites(plan.table("modules"), spots),
        "capacity": _at_sites(plan.table("capacity"), spots),
        "flows": _flows(plan, case),
        "layer_styles": map_styles.styles(),
    }
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, _fixed_date():
        made = Path(folder) / "plan.gpkg"
        for name, layer in layers.items():
            if isinstance(layer, gpd.GeoDataFrame):
                _write(layer, made, "GPKG", layer=name)
            else:
                pyogrio.write_dataframe(layer, made, driver="GPKG", layer=name, FID="id")
        made.replace(path)
    return path


def write_kml(plan: Plan, case: Case, path: Path) -> Path:
    """Write the sites a plan uses as places with a description, for globes that read KML.

    Parameters
    ----------
    plan : Plan
        Sites with a fab or a centre at the end; candidates it leaves alone are left out.
    case : Case
        Names of countries.
    path : Path
        Ends in .kml by custom.

    Returns
    -------
    Path
        What was written.
    """
    sites = _sites(plan)
    used = sites[sites["role"] != "none"] if len(sites) else sites
    rows = frames.records(pd.DataFrame(used.drop(columns="geometry")))
    said = {"Name": [str(r["name"]) for r in rows], "Description": [_words(r, case) for r in rows]}
    named = gpd.GeoDataFrame(said, geometry=list(used.geometry), crs="EPSG:4326")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / "sites.kml"
        _write(named, made, "KML", layer="sites")
        made.replace(path)
    return path


def _words(row: Mapping[str, Any], case: Case) -> str:
    """What a place is in the plan, in one line."""
    parts = [case.name("countries", str(row["country"])), KINDS.get(str(row["role"]), "")]
    parts.append(f"{float(row['final_kwpm']):,.0f} kwpm at the end")
    if float(row["new_kwpm"]) > 0:
        new = f"{float(row['new_kwpm']):,.0f} kwpm new"
        parts.append(f"{new}, building USD {float(row['capex_usd_bn']):,.1f} bn")
    return "; ".join(p for p in parts if p)


@contextmanager
def _fixed_date() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write(frame: gpd.GeoDataFrame, path: Path, driver: str, **options: str) -> None:
    """Write a layer; an empty one too, so that readers find every layer they expect."""
    kind = {} if len(frame) else {"geometry_type": "Point"}
    pyogrio.write_dataframe(frame, path, driver=driver, **kind, **options)


def _sites(plan: Plan) -> gpd.GeoDataFrame:
    """The `sites` table with points."""
    table = plan.table("sites")
    if table.empty:
        return gpd.GeoDataFrame({"id": []}, geometry=[], crs="EPSG:4326")
    known = table[[spot_of(row) is not None for row in frames.records(table)]]
    points = gpd.points_from_xy(known["lon"].astype(float), known["lat"].astype(float))
    return gpd.GeoDataFrame(_plain(known), geometry=points, crs="EPSG:4326")


def _at_sites(table: pd.DataFrame, spots: dict[str, Any]) -> gpd.GeoDataFrame:
    """Rows of a table at the points of their sites."""
    if table.empty:
        return gpd.GeoDataFrame({"site": []}, geometry=[], crs="EPSG:4326")
    known = table[table["site"].isin(list(spots))]
    return gpd.GeoDataFrame(
        _plain(known), geometry=[spots[i] for i in known["site"]], crs="EPSG:4326"
    )


def _flows(plan: Plan, case: Case) -> gpd.GeoDataFrame:
    """Flows as great circles from the capacity-weighted middle of a country to a market."""
    table = plan.table("flows")
    if table.empty:
        return gpd.GeoDataFrame({"origin": []}, geometry=[], crs="EPSG:4326")
    shown = content(plan, case, None, None)
    starts = {c: centre_of(shown.here(c)) for c in {m.country for m in shown.marks}}
    ends = {m: spot for m, (_, spot) in shown.markets.items()}
    lines: dict[tuple[str, str], Any] = {}
    for pair in table[["origin", "market"]].drop_duplicates().itertuples(index=False, name=None):
        start, end = starts.get(pair[0]), ends.get(pair[1])
        if start is not None and end is not None:
            lines[pair] = _great_circle(start, end)
    pairs = list(zip(table["origin"], table["market"], strict=True))
    known = table[[p in lines for p in pairs]]
    return gpd.GeoDataFrame(
        _plain(known), geometry=[lines[p] for p in pairs if p in lines], crs="EPSG:4326"
    )


def _great_circle(start: Spot, end: Spot) -> Any:
    """Shortest way, in two parts where it crosses the 180th meridian."""
    globe = Geod(ellps="WGS84")
    length = globe.inv(*start, *end)[2]
    way = [start, *globe.npts(*start, *end, 1 + int(length / STEP)), end]
    parts: list[list[Spot]] = [[way[0]]]
    for (lon, lat), (nlon, nlat) in pairwise(way):
        if abs(nlon - lon) > 180:
            edge = 180.0 if lon > 0 else -180.0
            share = (edge - lon) / ((nlon + 2 * edge) - lon)
            rim = lat + share * (nlat - lat)
            parts[-1].append((edge, rim))
            parts.append([(-edge, rim)])
        parts[-1].append((nlon, nlat))
    rounded = [[(round(x, DECIMALS), round(y, DECIMALS)) for x, y in part] for part in parts]
    return shapely.MultiLineString(rounded)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Types every map program reads: whole years, true or false as 0 and 1 only where needed."""
    frame = table.reset_index(drop=True).copy()
    for column in YEARS:
        if column in frame.columns:
            frame[column] = pd.to_numeric(frame[column], errors="coerce").astype("Int64")
    return frame
