"""The page and tables of a stress: complete, escaped, the same twice, and reached by the verb."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import planner
from planner.analysis.stress import stress
from planner.interfaces.cli import app
from planner.outputs.stress_page import write_stress
from planner.solve.optimise import solve_case
from tests.rich import rich


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    case = rich(title="<b>Tall</b> & wide")
    return stress(solve_case(case), case, draws=200, seed=2)


def test_page_asks_for_nothing_and_escapes(found: dict[str, Any], tmp_path: Path) -> None:
    written = write_stress(found, tmp_path)
    text = written[0].read_text("utf-8")
    assert "&lt;b&gt;Tall&lt;/b&gt; &amp; wide" in text
    assert "<b>Tall</b>" not in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    assert text.count("<svg") == 4
    again = write_stress(found, tmp_path / "two")
    assert [p.read_bytes() for p in written] == [p.read_bytes() for p in again]


def test_tables_hold_the_figures(found: dict[str, Any], tmp_path: Path) -> None:
    write_stress(found, tmp_path)
    with (tmp_path / "stress_events.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [r["event"] for r in rows] == [e["event"] for e in found["events"]]
    total = sum(float(r["part_of_mean_loss_usd_bn"]) for r in rows)
    value = found["value"]
    assert total == pytest.approx(value["calm_usd_bn"] - value["mean_usd_bn"], abs=1e-6)
    assert found["events"][0]["name"] in found["text"]


def test_the_verb_writes_and_says(tmp_path: Path) -> None:
    case = planner.load("base", ["horizon.periods=2"])
    plan = planner.solve(case, gap=0.05)
    run = planner.save_run(plan, case, tmp_path / "run")
    answer = CliRunner().invoke(app, ["stress", str(run), "--draws", "50", "--json"])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.output)
    assert said["draws"] == 50
    assert (run / "stress" / "stress.html").is_file()
    assert said["plan"]["largest_difference_usd_bn"] < 1e-6


def test_a_chance_can_be_set(tmp_path: Path) -> None:
    """A war that cannot come leaves no loss; a wrong form is a usage error."""
    plan = planner.solve(rich())
    none = stress(plan, rich(), draws=50, chances_pct={"strait": 0, "quake": 0})
    assert {e["event"] for e in none["events"]} == {"cut"}
    answer = CliRunner().invoke(app, ["stress", str(tmp_path), "--chance", "strait"])
    assert answer.exit_code == 2
