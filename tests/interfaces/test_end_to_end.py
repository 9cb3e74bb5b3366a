"""The verbs on the shipped base scenario, nothing faked: what a first user does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planner.interfaces.cli import main

pytestmark = pytest.mark.slow
Capture = pytest.CaptureFixture[str]
FILES = {
    "plan.json", "case.json", "tables", "sites.geojson", "plan.gpkg", "map.png", "map.svg",
    "report.html",
}  # fmt: skip
FAST = ("--set", "horizon.periods=3", "--gap", "0.02")
"""Three periods and a wide gap: the way through is the same."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The base scenario and a variant of it, solved."""
    place = tmp_path_factory.mktemp("runs")
    assert main(["solve", "base", "--out", str(place / "base"), *FAST, "--quiet"]) == 0
    changed = ("--set", "weights.risk=3", "--set", "name=careful")
    out = str(place / "careful")
    assert main(["solve", "base", "--out", out, *FAST, *changed, "--quiet"]) == 0
    return place / "base", place / "careful"


def answer(capsys: Capture, *arguments: str) -> Any:
    """Outcome of a verb as its JSON says it."""
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out)


def test_solve_writes_the_run_folder(runs: tuple[Path, Path]) -> None:
    short = json.loads((runs[0] / "plan.json").read_text(encoding="utf-8"))
    assert {p.name for p in runs[0].iterdir()} >= FILES
    assert short["status"] == "optimal"
    assert short["gap"] <= 0.02
    assert all(short["seconds"][phase] > 0 for phase in ("load", "build", "solve", "output"))
    assert short["reasons"]


def test_verify_explain_evidence(runs: tuple[Path, Path], capsys: Capture) -> None:
    base = str(runs[0])
    assert answer(capsys, "verify", base)["issues"] == []
    assert answer(capsys, "explain", base, "--prices", "--seconds", "6")["reasons"]
    assert answer(capsys, "evidence", base, "--weak")
    assert answer(capsys, "evidence")["facts"] > 100


def test_map_report_compare(runs: tuple[Path, Path], tmp_path: Path, capsys: Capture) -> None:
    base, careful = map(str, runs)
    words = ("map", base, "--year", "2030", "--layer", "wage", "--out", str(tmp_path))
    made = answer(capsys, *words, "--format", "png,svg,pdf")["files"]
    made += answer(capsys, "report", base, "--out", str(tmp_path / "report.html"))["files"]
    made += answer(capsys, "compare", base, careful, "--out", str(tmp_path / "c"))["files"]
    names = {Path(name).name for name in made}
    assert names >= {"base_wage_2030.png", "base_wage_2030.pdf", "report.html", "compare.html"}
    assert names >= {"compare.csv", "compare.xlsx", "diff_map.png"}
    assert all(Path(name).stat().st_size > 1000 for name in made)


def test_check_scenarios_doctor(capsys: Capture) -> None:
    assert answer(capsys, "check", "base")["issues"] == []
    assert "base" in {row["name"] for row in answer(capsys, "scenarios")}
    states = {row["what"]: row["state"] for row in answer(capsys, "doctor")}
    assert "broken" not in states.values()


def test_no_plan_has_the_exit_code_of_its_kind(tmp_path: Path, capsys: Capture) -> None:
    out = ("--out", str(tmp_path / "run"))
    assert main(["solve", "base", *out, "--set", "weights.riks=1"]) == 2
    assert "risk" in capsys.readouterr().err
    assert main(["solve", "basee", *out]) == 2
    assert "'base'" in capsys.readouterr().err
    assert main(["solve", "base", *out, "--time-limit", "0.001"]) == 4
    assert capsys.readouterr().err
    assert not (tmp_path / "run").exists()
