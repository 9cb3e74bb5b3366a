"""The page and tables of a regret matrix, and the verbs `regret` and `futures`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import planner
from planner.inputs.load import data_root
from planner.interfaces.cli import app
from planner.outputs.regret_page import headline, write_regret
from tests.analysis.test_regret import flooded


def test_page_is_whole_and_the_same_twice(tmp_path: Path) -> None:
    from planner.analysis.regret import regret

    case = flooded(wet=10, title="<i>Wet</i>", concepts={"risk": {"omega": 0}})
    found = regret([("a<b", planner.solve(case), case)], gap=0.0, minimax=True)
    one = write_regret(found, with_places(case), tmp_path / "one", data_root())
    two = write_regret(found, with_places(case), tmp_path / "two", data_root())
    text = one[0].read_text("utf-8")
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]
    assert "&lt;i&gt;Wet&lt;/i&gt;" in text
    assert "a&lt;b" in text
    assert "a<b" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    with (tmp_path / "one" / "regret.csv").open(encoding="utf-8") as file:
        rows = {r["future"]: r for r in csv.DictReader(file)}
    assert float(rows["wet"]["a<b"]) == pytest.approx(1.64, abs=1e-6)
    assert "proven" in headline(found)


def test_a_future_without_a_bound_is_named_not_a_dash(tmp_path: Path) -> None:
    from planner.analysis.regret import regret

    case = flooded(wet=10, concepts={"risk": {"omega": 0}})
    found = regret([("a", planner.solve(case), case)], gap=0.0)
    page = write_regret(found, with_places(case), tmp_path, data_root())[0]
    assert "Each figure may be up to 0" in page.read_text("utf-8")
    found["futures"][0]["bound_usd_bn"] = float("inf")
    text = write_regret(found, with_places(case), tmp_path, data_root())[0].read_text("utf-8")
    assert f"No bound was proved in the time given for {found['futures'][0]['name']}" in text
    assert "may be up to" not in text


def with_places(case: Any) -> Any:
    """The case with coordinates, as the map needs them."""
    spots = {"tw_a": ("121.0", "24.8"), "us_a": ("-112.0", "33.5"), "jp_a": ("130.7", "32.8")}
    sites = {
        i: {**row, "lon": spots[i][0], "lat": spots[i][1]}
        for i, row in case.registers["sites"].items()
    }
    return case.replace(registers={**case.registers, "sites": sites})


def test_the_verb_regret(tmp_path: Path) -> None:
    case = planner.load("base", ["horizon.periods=2", "futures=[calm, tariff_2028]"])
    run = planner.save_run(planner.solve(case, gap=0.01), case, tmp_path / "run")
    asked = ["regret", str(run), str(run), "--gap", "0.01", "--map", "svg", "--json"]
    answer = CliRunner().invoke(app, asked)
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    assert [p["plan"] for p in said["plans"]] == ["run", "run-2"]
    assert all(v >= -1e-6 for p in said["plans"] for v in p["regret_usd_bn"].values())
    assert (run / "regret" / "regret.html").is_file()
    assert str(run / "regret" / "regret_map.svg") in said["files"]


def test_the_verb_futures() -> None:
    made = ["--set", "future_set.number=50", "--set", "future_set.keep=5"]
    answer = CliRunner().invoke(app, ["futures", "base", *made, "--json"])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    assert len(said["futures"]) == 5
    assert sum(f["chance_pct"] for f in said["futures"]) == pytest.approx(100)
    assert 0 < float(said["made"]["relative_distance_pct"]) < 100
    listed = CliRunner().invoke(app, ["futures", "base"])
    assert "Calm" in listed.output
    both = ["--set", "future_set.number=50", "--set", "futures=[calm]"]
    assert "E215" in str(CliRunner().invoke(app, ["futures", "base", *both]).exception)
