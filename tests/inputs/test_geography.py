"""Boundaries are complete, valid and traceable; sites lie where they say they do."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import planner
from planner.core.errors import InputError
from planner.inputs.geography import locate, misplaced, read_admin0, read_admin1, site_regions
from planner.inputs.load import data_root

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"


@pytest.fixture(scope="module")
def admin1() -> gpd.GeoDataFrame:
    return read_admin1(DATA)


@pytest.mark.parametrize(("country", "count"), [("USA", 51), ("JPN", 47), ("DEU", 16), ("TWN", 21)])
def test_every_unit_is_there_once(admin1: gpd.GeoDataFrame, country: str, count: int) -> None:
    units = admin1[admin1["adm0_a3"] == country]
    assert len(units) == count
    assert units["iso_3166_2"].is_unique
    assert shapely.coverage_is_valid(units.geometry.to_numpy())


def test_geometry_is_valid_and_in_degrees(admin1: gpd.GeoDataFrame) -> None:
    admin0 = read_admin0(DATA)
    for frame in (admin1, admin0):
        assert frame.crs == "EPSG:4326"
        assert frame.is_valid.all()
        assert not frame.is_empty.any()
    assert len(admin0) == 250
    assert {"USA", "JPN", "DEU", "TWN"} <= set(admin0["adm0_a3"])


def test_names_in_four_languages(admin1: gpd.GeoDataFrame) -> None:
    kumamoto = admin1.set_index("iso_3166_2").loc["JP-43"]
    assert kumamoto["name_ja"] == "熊本県"
    assert kumamoto["name_local"] == "熊本県"
    assert kumamoto["name_en"].startswith("Kumamoto")
    assert admin1.set_index("iso_3166_2").loc["TW-NWT", "name_zht"] == "新北市"


def test_files_are_small_and_are_those_the_provenance_names() -> None:
    note = (DATA / "geo" / "PROVENANCE.md").read_text(encoding="utf-8")
    total = 0
    for name in ("admin1.geojson.gz", "admin0.geojson.gz"):
        content = (DATA / "geo" / name).read_bytes()
        total += len(content)
        assert hashlib.sha256(content).hexdigest() in note
    assert total < 1_000_000
    script = (DATA / "geo" / "build_geography.py").read_text(encoding="utf-8")
    archive = re.search(r'SHA256 = "([0-9a-f]{64})"', script)
    assert archive is not None
    assert archive[1] in note


def test_every_shipped_site_lies_in_the_region_it_states() -> None:
    sites = pd.read_csv(DATA / "places" / "sites.csv", dtype=str)
    found = site_regions(sites, DATA)
    stated = dict(zip(sites["id"], sites["iso_3166_2"], strict=True))
    assert found == stated


def test_a_wrong_region_is_found_out() -> None:
    sites = pd.DataFrame(
        [("a", 33.775, -112.158, "US-TX"), ("b", 0.0, 0.0, "US-TX"), ("c", 33.775, -112.158, "")],
        columns=["id", "lat", "lon", "iso_3166_2"],
    )
    assert site_regions(sites, DATA) == {"a": "US-AZ", "b": "", "c": "US-AZ"}
    assert site_regions(sites.drop(columns="iso_3166_2"), DATA)["a"] == "US-AZ"


def test_coasts_and_borders_are_forgiven() -> None:
    border = pd.DataFrame(
        [("x", 22.63, 120.24, "TW-KHH")], columns=["id", "lat", "lon", "iso_3166_2"]
    )
    assert site_regions(border, DATA) == {"x": "TW-KHH"}
    assert locate(139.763, 35.715, DATA) == "JP-13"
    assert locate(-150.0, 30.0, DATA) == ""


def test_unreadable_boundaries_are_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="E190"):
        read_admin1(tmp_path)
    (tmp_path / "geo").mkdir()
    (tmp_path / "geo" / "admin0.geojson.gz").write_bytes(b"\x1f\x8b nothing")
    with pytest.raises(InputError, match="E190"):
        read_admin0(tmp_path)


def test_importing_it_does_not_import_geopandas() -> None:
    code = "import sys, planner.inputs.geography; sys.exit('geopandas' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_a_site_in_the_wrong_state_is_named_by_the_check() -> None:
    case = planner.load("base")
    assert misplaced(case, data_root()) == []
    sites = {**case.registers["sites"]}
    sites["us_boise"] = {**sites["us_boise"], "lat": "33.4", "lon": "-112.0"}
    wrong = case.replace(registers={**case.registers, "sites": sites})
    (issue,) = misplaced(wrong, data_root())
    assert issue.code == "E191"
    assert "us_boise is said to lie in US-ID" in issue.message
    assert "is US-AZ" in issue.message
