"""Answers asked at once: kept with the run, shown in its report, asked again without doubling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planner import api
from planner.api.answers import FILE, kept
from planner.core.case import Case
from planner.core.errors import InputError
from planner.core.plan import Plan
from planner.interfaces.cli import main
from planner.solve.optimise import solve_case
from tests.outputs.test_regret_page import with_places
from tests.rich import plainer


@pytest.fixture(scope="module")
def solved() -> tuple[Plan, Case]:
    case = with_places(plainer())
    return solve_case(case), case


@pytest.fixture
def run(solved: tuple[Plan, Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(api, "load_run", lambda folder: solved)
    return tmp_path


def test_answers_are_kept_and_shown(run: Path, solved: tuple[Plan, Case]) -> None:
    said: list[str] = []
    found, written = api.answers(run, ("flip:JP", "offer:US", "sensitivity"), say=said.append)
    assert [a["question"] for a in found] == ["flip", "offer", "sensitivity"]
    assert found[0]["text"] == api.ask("flip", *solved, host="JP")["text"]
    assert [p.name for p in written] == [FILE, "answers.html", "report.html"]
    assert all(p.exists() for p in written)
    report = (run / "report.html").read_text(encoding="utf-8")
    assert "What a host must pay to win a fab: JP" in report or "win a fab" in report
    assert kept(run) == json.loads((run / FILE).read_text(encoding="utf-8"))
    assert any("flip" in text for text in said)
    again, _ = api.answers(run, ("flip:US", "flip:JP"))
    assert [(a["question"], a.get("host")) for a in again] == [
        ("flip", "JP"), ("offer", "US"), ("sensitivity", None), ("flip", "US")
    ]  # fmt: skip


def test_single_sites_and_other_plans_are_asked_by_argument(run: Path) -> None:
    found, _ = api.answers(
        run,
        ("why:jp_a", "why-not:us_a", "prices", f"closeness:{run}", f"weights:{run}"),
        seconds=6.0,
    )
    assert [a["question"] for a in found] == ["why", "why not", "prices", "closeness", "weights"]
    page = (run / "report.html").read_text(encoding="utf-8")
    for title in (
        "Why a site is in: jp_a",
        "Why a site is not in: us_a",
        "What one more of a limit is worth",
    ):
        assert title in page
    again, _ = api.answers(run, ("why:jp_a",))
    assert len(again) == len(found), "asked again, not doubled"


def test_wrong_questions_and_arguments_are_told(run: Path) -> None:
    with pytest.raises(InputError, match="pareto"):
        api.answers(run, ("paretto",))
    with pytest.raises(InputError, match="no site"):
        api.answers(run, ("why",))
    with pytest.raises(InputError, match="US"):
        api.answers(run, ("flip:UK",))
    assert main(["answers", str(run), "--ask", "pareto:subsidi"]) == 2
    assert not (run / FILE).exists()


def test_damaged_answers_count_as_none(run: Path) -> None:
    (run / FILE).write_text("[1, 2]", encoding="utf-8")
    assert kept(run) == []
    (run / FILE).write_text("{", encoding="utf-8")
    assert kept(run) == []
    assert main(["answers", str(run), "--ask", "flip", "--quiet"]) == 0
    assert len(kept(run)) == 1
