"""The verbs that ask a plan questions: words for people, one JSON text for programs, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner import api
from planner.core.case import Case
from planner.core.plan import Plan
from planner.interfaces.cli import main
from planner.solve.optimise import solve_case
from tests.rich import plainer

Capture = pytest.CaptureFixture[str]
RUN = "run"
QUESTIONS = [
    (["why", RUN, "jp_a"], "adds USD", "worth"),
    (["whynot", RUN, "us_a", "--seconds", "4"], "Forcing us_a in costs", "cost"),
    (
        ["whynot", RUN, "us_a", "--class", "N16", "--seconds", "4"],
        "Forcing us_a in costs",
        "changes",
    ),
    (["flip", RUN, "--host", "US"], "lump sum", "contest"),
    (["alternatives", RUN, "--within", "20%"], "sets of overseas sites", "plans"),
    (["pareto", RUN, "--axes", "value,subsidy", "--points", "3"], "points from value", "points"),
    (["sensitivity", RUN], "no weak number", "tornado"),
    (["screening", RUN], "no weak number", "inputs"),
    (["offer", RUN, "--host", "US", "--by", "2028", "--loading", "50"], "lump sum", "apart"),
    (["roadmap", RUN, "--moves", "2"], "Best next sites", "path"),
    (["weights", RUN, RUN], "favourite is best", "weights"),
    (["closeness", RUN, RUN], "same overseas sites", "path"),
    (["explain", RUN, "--prices"], "in words", "limits"),
]
WRONG = [
    (["whynot", RUN, "us_b"], 2, "us_a"),
    (["whynot", RUN, "jp_a"], 2, "planner why"),
    (["why", RUN, "us_a"], 2, "planner whynot"),
    (["flip", RUN, "--host", "UK"], 2, "US"),
    (["pareto", RUN, "--axes", "value"], 2, "one or two other axes"),
    (["offer", RUN, "--host", "US", "--class", "N17"], 2, "N16"),
    (["pareto", RUN, "--axes", "value,subsidi"], 2, "subsidy"),
    (["alternatives", RUN, "--within", "much"], 2, "not a share"),
    (["alternatives", RUN, "--map", "png,gif"], 2, "no 'gif'"),
]


@pytest.fixture(scope="module")
def solved() -> tuple[Plan, Case]:
    case = plainer()
    return solve_case(case), case


@pytest.fixture(autouse=True)
def saved(solved: tuple[Plan, Case], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run folder holds the same plan."""
    monkeypatch.setattr(api, "load_run", lambda _: solved)


@pytest.mark.parametrize(("arguments", "words", "key"), QUESTIONS, ids=lambda a: str(a)[:40])
def test_a_question_is_answered_in_words_and_as_json(
    arguments: list[str], words: str, key: str, capsys: Capture
) -> None:
    assert main(arguments) == 0
    assert words in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 0
    said = capsys.readouterr()
    assert key in json.loads(said.out)
    assert said.err == ""


def test_quiet_says_nothing(capsys: Capture) -> None:
    assert main(["roadmap", RUN, "--quiet"]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


@pytest.mark.parametrize(("arguments", "code", "words"), WRONG, ids=lambda a: str(a)[:40])
def test_a_wrong_question_is_told(
    arguments: list[str], code: int, words: str, capsys: Capture
) -> None:
    assert main(arguments) == code
    assert words in capsys.readouterr().err


def test_a_folder_that_is_no_run_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture
) -> None:
    monkeypatch.undo()
    assert main(["whynot", str(tmp_path), "us_a"]) == 2
    assert "E701" in capsys.readouterr().err


def test_alternatives_draw_their_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["alternatives", RUN, "--within", "20%", "--map", "png,pdf", "--out", str(tmp_path)]
    assert main([*asked, "--json"]) == 0
    files = json.loads(capsys.readouterr().out)["files"]
    assert [Path(f).name for f in files] == ["frequency_map.png", "frequency_map.pdf"]
    assert all(Path(f).stat().st_size > 1000 for f in files)
