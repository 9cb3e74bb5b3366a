"""The verbs `cards` and `gallery`, and the gallery `solve --all` leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planner import api
from planner.core.errors import Stopped
from planner.core.plan import Plan
from planner.interfaces.cli import main
from planner.outputs import run_folder
from tests.outputs.test_run_folder import sealed

Capture = pytest.CaptureFixture[str]
ALL = ["solve", "--all", "--workers", "1"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run folder of the sample plan, its pictures left out."""
    for part in ("_write_geo", "_write_map", "_write_report"):
        monkeypatch.setattr(run_folder, part, lambda *_: None)
    return run_folder.write_run(*sealed(), tmp_path / "runs" / "sample", tmp_path)


def test_cards_in_words_and_as_json(folder: Path, capsys: Capture) -> None:
    assert main(["cards", str(folder)]) == 0
    said = capsys.readouterr().out
    for words in ("The firm", "Home", "Hosts", "United States", "net present value"):
        assert words in said
    assert main(["cards", str(folder), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    plan, case = sealed()
    assert content["firm"]["npv_usd_bn"] == plan.measures["npv_usd_bn"]
    assert len(content["home"]) == case.scenario.horizon.periods
    assert {h["country"] for h in content["hosts"]} == {"US", "JP", "DE"}


def test_gallery_of_named_runs(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    target = tmp_path / "new" / "page.html"
    assert main(["gallery", str(folder), str(folder), "--out", str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": [str(target)]}
    assert target.read_text(encoding="utf-8").count("<article") == 2
    assert main(["gallery", str(tmp_path / "nowhere"), "--out", str(target)]) == 2
    assert "E700" in capsys.readouterr().err


def test_solve_all_survives_a_fault_and_shows_the_rest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def run(scenario: str, *_: Any) -> tuple[Plan, Path]:
        if scenario == "two.yaml":
            msg = "by <zero>"
            raise ZeroDivisionError(msg)
        if scenario == "three.yaml":
            msg = "no plan was found in time"
            raise Stopped(msg)
        return sealed()[0], folder

    rows = [{"name": name, "path": f"{name}.yaml"} for name in ("one", "two", "three", "four")]
    monkeypatch.setattr(api, "scenarios", lambda: rows)
    monkeypatch.setattr(api, "run", run)
    root = folder.parent
    assert main([*ALL, "--out", str(root), "--json"]) == 1
    content = json.loads(capsys.readouterr().out)
    assert [r.get("error") for r in content] == [None, "ZeroDivisionError", "Stopped", None]
    page = (root / "gallery.html").read_text(encoding="utf-8")
    assert page.count("<article") == 2
    assert "by &lt;zero&gt;" in page
    assert "no plan was found in time" in page
    assert main([*ALL, "--out", str(root)]) == 1
    said = capsys.readouterr()
    assert "two: unexpected error: ZeroDivisionError" in said.err
    assert "gallery.html" in said.out


def test_solve_all_without_any_plan_leaves_no_gallery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def run(*_: Any) -> None:
        msg = "no plan was found in time"
        raise Stopped(msg)

    monkeypatch.setattr(api, "scenarios", lambda: [{"name": "one", "path": "one.yaml"}])
    monkeypatch.setattr(api, "run", run)
    assert main([*ALL, "--out", str(tmp_path / "new")]) == 4
    assert "one: no plan was found" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
