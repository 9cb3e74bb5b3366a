"""Exports read back with the plan's numbers, and are the same bytes every time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest

from planner.outputs.exports import write_geojson, write_geopackage
from tests.outputs.sample_plan import sample_plan


def test_geojson_reads_back_with_the_sites_table(tmp_path: Path) -> None:
    plan, case = sample_plan()
    path = write_geojson(plan, case, tmp_path / "sites.geojson")
    sites = plan.table("sites")
    found = gpd.read_file(path)
    assert list(found["id"]) == list(sites["id"])
    assert set(sites.columns) <= set(found.columns)
    assert found["final_kwpm"].tolist() == pytest.approx(sites["final_kwpm"].tolist())
    assert found.geometry.x.tolist() == pytest.approx(sites["lon"].tolist(), abs=1e-5)
    plain = json.loads(path.read_text(encoding="utf-8"))
    assert "crs" not in plain
    assert all(f["geometry"]["type"] == "Point" for f in plain["features"])
    phoenix = plain["features"][0]["properties"]
    assert phoenix["chosen"] is True
    assert phoenix["first_begun_year"] == 2026


def test_geopackage_holds_sites_modules_capacity_and_flows(tmp_path: Path) -> None:
    plan, case = sample_plan()
    path = write_geopackage(plan, case, tmp_path / "plan.gpkg")
    layers = dict(pyogrio.list_layers(path))
    assert list(layers) == ["sites", "modules", "capacity", "flows"]
    for name in layers:
        found = gpd.read_file(path, layer=name)
        assert len(found) == len(plan.table(name)), name
        assert set(plan.table(name).columns) <= set(found.columns), name
        assert found.is_valid.all()
        assert found.crs == "EPSG:4326"
    flows = gpd.read_file(path, layer="flows")
    assert flows["wafers_mn"].sum() == pytest.approx(plan.table("flows")["wafers_mn"].sum())
    ocean = flows[(flows["origin"] == "TW") & (flows["market"] == "US")].geometry.iloc[0]
    assert len(ocean.geoms) == 2
    assert all(part.length < 180 for part in ocean.geoms)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan.gpkg"]


def test_same_plan_same_bytes(tmp_path: Path) -> None:
    plan, case = sample_plan()
    for write, name in ((write_geojson, "sites.geojson"), (write_geopackage, "plan.gpkg")):
        once = write(plan, case, tmp_path / name).read_bytes()
        assert write(plan, case, tmp_path / name).read_bytes() == once
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_a_plan_without_tables_gives_empty_layers(tmp_path: Path) -> None:
    plan, case = sample_plan()
    empty = replace(plan, tables={})
    assert len(gpd.read_file(write_geojson(empty, case, tmp_path / "a.geojson"))) == 0
    path = write_geopackage(empty, case, tmp_path / "a.gpkg")
    assert len(pyogrio.list_layers(path)) == 4


def test_sites_without_coordinates_are_left_out(tmp_path: Path) -> None:
    plan, case = sample_plan()
    sites = plan.table("sites").copy()
    sites.loc[0, "lat"] = None
    bare = replace(plan, tables={**plan.tables, "sites": sites})
    assert len(gpd.read_file(write_geojson(bare, case, tmp_path / "a.geojson"))) == len(sites) - 1
    modules = gpd.read_file(write_geopackage(bare, case, tmp_path / "a.gpkg"), layer="modules")
    assert "us_phoenix" not in set(modules["site"])
