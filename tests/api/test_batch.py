"""Scenarios side by side: the same plans as one by one, in order, faults told."""

from __future__ import annotations

import json
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from planner import api
from planner.api import batch
from planner.core.errors import InputError, Issue
from planner.outputs import run_folder

SHORT = ("horizon.periods=2", "horizon.years_per_period=2")
SETTINGS = {"gap": 0.05, "time_limit": 60.0}


def jobs(folder: Path) -> list[batch.Job]:
    paths = {str(row["name"]): str(row["path"]) for row in api.scenarios()}
    asked = {"cost-first": paths["cost-first"], "nowhere": "nowhere.yaml", "base": paths["base"]}
    return [batch.Job(n, path, folder / n, SHORT, SETTINGS) for n, path in asked.items()]


def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    heard: list[str] = []
    ended = batch.solve_side_by_side(jobs(tmp_path / "a"), 2, lambda o: heard.append(o.name))
    assert [outcome.name for outcome in ended] == ["cost-first", "nowhere", "base"]
    assert sorted(heard) == ["base", "cost-first", "nowhere"]
    assert [outcome.exit_code for outcome in ended] == [0, 2, 0]
    alone = batch.solve(jobs(tmp_path / "b")[2])
    assert alone.folder is not None
    assert ended[2].folder is not None
    shorts = [run_folder.read_short(folder) for folder in (ended[2].folder, alone.folder)]
    assert shorts[0]["measures"] == shorts[1]["measures"]
    tables = [(f / "tables" / "modules.csv").read_bytes() for f in (ended[2].folder, alone.folder)]
    assert tables[0] == tables[1]


def test_a_dead_process_is_told_as_such(tmp_path: Path) -> None:
    ended: Future[batch.Outcome] = Future()
    ended.set_exception(BrokenProcessPool("gone"))
    outcome = batch._outcome(ended, jobs(tmp_path)[0])
    assert (outcome.folder, outcome.exit_code) == (None, 1)
    assert "process died" in outcome.text


def test_what_goes_wrong_is_told_and_our_faults_are_raised_when_debugging(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> None:
        raise InputError([Issue("error", "E100", "here", "", "no", "")])

    monkeypatch.setattr(api, "run", wrong)
    outcome = batch.solve(jobs(tmp_path)[0])
    assert outcome.exit_code == 2
    assert "E100" in json.dumps(dict(outcome.error))

    def fault(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(api, "run", fault)
    assert batch.solve(jobs(tmp_path)[0]).error["error"] == "ZeroDivisionError"
    monkeypatch.setenv("PLANNER_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        batch.solve(jobs(tmp_path)[0])
