"""Exports read back with the plan's numbers, and are the same bytes every time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pyogrio
import pytest
from openpyxl import load_workbook

from planner import api
from planner.interfaces.cli import main
from planner.outputs import labels
from planner.outputs.exports import write_geojson, write_geopackage, write_kml
from planner.outputs.plan_workbook import write_workbook
from tests.outputs.sample_plan import sample_plan
from tests.outputs.variants import hostile


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
    assert list(layers) == ["sites", "modules", "capacity", "flows", "layer_styles"]
    for name in list(layers)[:4]:
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
    writers = (
        (write_geojson, "sites.geojson"),
        (write_geopackage, "plan.gpkg"),
        (write_kml, "sites.kml"),
        (write_workbook, "plan.xlsx"),
    )
    for write, name in writers:
        once = write(plan, case, tmp_path / name).read_bytes()
        assert write(plan, case, tmp_path / name).read_bytes() == once
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_a_plan_without_tables_gives_empty_layers(tmp_path: Path) -> None:
    plan, case = sample_plan()
    empty = replace(plan, tables={})
    assert len(gpd.read_file(write_geojson(empty, case, tmp_path / "a.geojson"))) == 0
    path = write_geopackage(empty, case, tmp_path / "a.gpkg")
    assert len(pyogrio.list_layers(path)) == 5


def test_sites_without_coordinates_are_left_out(tmp_path: Path) -> None:
    plan, case = sample_plan()
    sites = plan.table("sites").copy()
    sites.loc[0, "lat"] = None
    bare = replace(plan, tables={**plan.tables, "sites": sites})
    assert len(gpd.read_file(write_geojson(bare, case, tmp_path / "a.geojson"))) == len(sites) - 1
    modules = gpd.read_file(write_geopackage(bare, case, tmp_path / "a.gpkg"), layer="modules")
    assert "us_phoenix" not in set(modules["site"])


def test_the_geopackage_brings_its_styles(tmp_path: Path) -> None:
    path = write_geopackage(*sample_plan(), tmp_path / "plan.gpkg")
    styles = pyogrio.read_dataframe(path, layer="layer_styles")
    assert styles["f_table_name"].tolist() == ["sites", "flows"]
    sites = gpd.read_file(path, layer="sites")
    for _, style in styles.iterrows():
        qml = ElementTree.fromstring(style["styleQML"])
        sld = ElementTree.fromstring(style["styleSLD"].encode())
        assert qml.find("renderer-v2") is not None
        assert sld.tag.endswith("StyledLayerDescriptor")
        if style["f_table_name"] == "sites":
            drawn = {c.get("value") for c in qml.iter("category")}
            assert set(sites["role"]) <= drawn


def test_kml_holds_the_sites_a_plan_uses_with_escaped_names(tmp_path: Path) -> None:
    plan, case = hostile()
    path = write_kml(plan, case, tmp_path / "sites.kml")
    sites = plan.table("sites")
    used = sites[(sites["role"] != "none") & sites["lat"].notna()]
    text = path.read_text(encoding="utf-8")
    assert text.count("<Placemark") == len(used)
    names = {
        e.text for e in ElementTree.fromstring(text.encode()).iter() if e.tag.endswith("}name")
    }
    assert set(used["name"]) <= names


def test_the_ledger_adds_up_by_its_own_formulas(tmp_path: Path) -> None:
    """The formulas are worked out here by hand, as a spreadsheet would."""
    plan, case = sample_plan()
    book = load_workbook(write_workbook(plan, case, tmp_path / "plan.xlsx"))
    ledger = list(book["Ledger"].iter_rows(min_row=2, values_only=True))
    sums: dict[str, float] = {}
    tail = 0.0
    for n, row in enumerate(ledger, 2):
        assert (row[9], row[10]) == (f"=G{n}*H{n}", f"=I{n}*J{n}")
        sums[row[5]] = sums.get(row[5], 0.0) + row[8] * row[6] * row[7]
        tail += row[8] * row[6] * row[7] if row[0] == labels.item("risk.tail") else 0.0
    groups = {row[0]: row[1] for row in book["Groups"].iter_rows(min_row=2, values_only=True)}
    assert set(sums) <= {f.split('"')[1] for f in list(groups.values())[: len(labels.GROUPS)]}
    assert groups["Expected value by the plan"] == plan.measures["npv_usd_bn"]
    assert sum(sums.values()) - tail == pytest.approx(plan.measures["npv_usd_bn"])


def test_text_never_becomes_a_formula(tmp_path: Path) -> None:
    plan, case = hostile()
    sites = plan.table("sites").assign(name="=1+1")
    evil = replace(plan, title="=cmd|' /C calc'!A0", tables={**plan.tables, "sites": sites})
    book = load_workbook(write_workbook(evil, case, tmp_path / "plan.xlsx"))
    assert book["Read me"]["B2"].data_type == "s"
    assert {cell.data_type for cell in book["Sites"]["B"]} == {"s"}


def test_export_by_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(api, "load_run", lambda _: sample_plan())
    assert main(["export", "run", "--format", "kml, XLSX", "--out", str(tmp_path), "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert [Path(f).suffix for f in files] == [".kml", ".xlsx"]
    assert all(Path(f).is_file() for f in files)
    assert main(["export", "run", "--format", "kmz", "--out", str(tmp_path)]) == 2
    assert "kml" in capsys.readouterr().err
