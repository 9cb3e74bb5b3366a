"""The verbs `ratios` and `outbound`: pure JSON, plain tables, mistakes in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner import api
from planner.interfaces.cli import main
from tests.analysis import test_outbound_value
from tests.concepts import test_ratios

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every scenario is the tiny one of the ratios' tests."""
    monkeypatch.setattr(api, "load", lambda *_: test_ratios.case())


@pytest.mark.usefixtures("small")
def test_prices_as_json(capsys: Capture) -> None:
    assert main(["ratios", "base", "--steps", "2", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [round(p["floor"], 6) for p in content["prices"]["technology"]] == [0.6, 0.7]
    assert content["best"]["goods"] == pytest.approx(4.0)


@pytest.mark.usefixtures("small")
def test_maximise_says_what_is_kept(capsys: Capture) -> None:
    assert main(["ratios", "base", "--maximise", "goods", "--keep", "0.9"]) == 0
    said = capsys.readouterr().out
    assert "highest goods ratio with 90% of the value kept" in said
    assert "proven" in said


@pytest.mark.usefixtures("small")
def test_frontier_writes_a_picture(tmp_path: Path, capsys: Capture) -> None:
    target = tmp_path / "new" / "frontier.svg"
    assert main(["ratios", "base", "--frontier", "3", "--out", str(target), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["picture"] == str(target)
    assert target.read_text(encoding="utf-8").count("<rect") == len(content["frontier"]) + 1


@pytest.mark.usefixtures("small")
def test_an_unknown_ratio_is_bad_input(capsys: Capture) -> None:
    assert main(["ratios", "base", "--maximise", "gods"]) == 2
    assert "technology, goods" in capsys.readouterr().err


def test_outbound_table_and_json(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(api, "load", lambda *_: test_outbound_value.counted())
    assert main(["outbound", "base", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [s["gap_generations"] for s in content["readings"]["full"]] == [2, 1, 0]
    assert content["readings"]["full"][1]["unlocked"][0]["modules_used"] == 1
    assert main(["outbound", "base", "--steps", "2,1"]) == 0
    said = capsys.readouterr().out
    assert "N-1" in said
    assert "jp_a 1" in said
    assert main(["outbound", "base", "--generations", "half"]) == 2
    assert "named" in capsys.readouterr().err
    assert main(["outbound", "base", "--steps", "two"]) == 2
    assert main(["outbound", "base", "--steps", "1,2"]) == 2
