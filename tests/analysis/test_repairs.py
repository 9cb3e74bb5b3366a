"""Repairs: every change told is applied and re-solved, and a little less of it is not enough."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner import api
from planner.analysis.entries import entries_of, horizon_of, moved, numbers_of, without
from planner.analysis.feasibility import Trial, outward, turning
from planner.analysis.repairs import repairs
from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.model.assemble import build_model
from planner.solve.conflict import explain_conflict
from planner.solve.optimise import solve_case
from tests.solve.test_broken_scenarios import MISTAKES, Mistake
from tests.tiny import tiny


def told(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [r for row in found["conflicts"] for r in row["repairs"]]


def solvable(case: Case) -> bool:
    try:
        return solve_case(case).info.has_solution
    except Infeasible:
        return False


def changed(case: Case, repair: dict[str, Any], *, short: bool = False) -> Case:
    """The case after a told change, made by the words of the answer alone; or just short of it."""
    entries = {e.words: e for e in entries_of(case.scenario)}
    gone = []
    for change in repair["changes"]:
        levels = [s["level"] for s in repair["not_enough"] if s["what"] in change["what"]]
        level = levels[0] if short else change["to"]
        entry = next((e for w, e in entries.items() if w in change["what"]), None)
        if change["to"] is None:
            assert entry is not None
            gone.append(entry)
        elif entry is not None:
            name = change["what"].split(" in '", 1)[0]
            number = next(n for n in numbers_of(case, entry) if n.name == name)
            case = moved(case, number, level)
        elif change["what"] == "horizon.periods":
            case = moved(case, horizon_of(case), level)
        else:
            row, entity = change["what"].split(" of ")
            case = fact_at(case, row, entity, level)
    return without(case, gone)


def fact_at(case: Case, row: str, entity: str, level: float) -> Case:
    table, parameter = row.split(".")
    mine = [f for f in case.facts if (f.table, f.parameter, f.entity) == (table, parameter, entity)]
    by = level - mine[0].value
    return case.replace(
        facts=tuple(replace(f, value=f.value + by) if f in mine else f for f in case.facts)
    )


EXPECTED = {
    "pinned where it is forbidden": ["take back sites.forbid: US", "take back sites.pin: 1"],
    "more modules than the land holds": [
        "from 3 to 2 modules", "site.room_modules of tw_a from 2 to 3"],
    "two pins that share one plot": [
        "from 2 to 1 modules", "take back sites.pin: 1 module(s) of N16",
        "site.room_modules of us_a from 2 to 3"],
    "power for 18 kwpm, a module needs 20": [
        "take back", "site.power_limit_mw of tw_a from 18 to 20.0"],
    "water for half a fab": ["take back", "site.water_limit_mld of jp_a from 10 to 20.0"],
    "begun before the land is free": ["from 2026 to 2028", "earliest_start of us_a from 2028 to"],
    "a class the site cannot make": ["take back", "gap_generations of US from 1 to 0"],
    "only Japan, and a fab in America": ["take back sites.only: JP", "take back sites.pin"],
    "all demand served before any fab can run": ["take back concepts.sales.serve"],
    "a fab whose people are not there": ["take back sites.pin", "raise supply_scale"],
    "a horizon too short for the fab": ["take back", "horizon.periods from 1 to 2"],
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_every_change_told_cures_and_a_little_less_does_not(mistake: Mistake) -> None:
    case = mistake.make(mistake.facts, **mistake.scenario)
    found = repairs(case)
    assert not found["feasible"]
    assert found["complete"]
    made = told(found)
    assert made
    texts = [r["text"] for r in made]
    for words in EXPECTED.get(mistake.name, []):
        assert any(words in text for text in texts), (words, texts)
    for repair in made:
        assert solvable(changed(case, repair)), repair["text"]
        if repair["not_enough"]:
            assert not solvable(changed(case, repair, short=True)), repair["text"]


def test_two_separate_conflicts_are_told_apart_and_cured_together() -> None:
    case = tiny(sites={"pin": [{"site": "tw_a", "modules": 3}, {"site": "us_a"}], "forbid": ["US"]})
    found = repairs(case)
    named = [[e["entry"] for e in row["entries"]] for row in found["conflicts"]]
    assert sorted(map(len, named)) == [1, 2]
    assert all(row["smallest"] for row in found["conflicts"])
    assert found["together"] is not None
    whole = {"changes": found["together"]["changes"], "not_enough": []}
    assert solvable(changed(case, whole))
    for n in range(len(whole["changes"])):
        fewer = [c for k, c in enumerate(whole["changes"]) if k != n]
        assert not solvable(changed(case, {"changes": fewer, "not_enough": []}))


def test_a_scenario_with_a_plan_needs_no_repair() -> None:
    found = repairs(tiny())
    assert found["feasible"]
    assert found["conflicts"] == []


def test_whole_numbers_and_rounding() -> None:
    turn = turning(lambda x: x >= 7, 2, 40, whole=True)
    assert turn is not None
    assert (turn.enough, turn.not_enough) == (7, 6)
    down = turning(lambda x: x <= 3.14159, 10.0, 0.0, whole=False)
    assert down is not None
    assert down.not_enough > 3.14159 >= down.enough > 3.13
    assert turning(lambda x: False, 0, 10, whole=True) is None
    assert outward(20.0124, up=True) == pytest.approx(20.02)
    assert outward(20.0199, up=False) == pytest.approx(20.01)
    assert outward(0.0, up=True) == 0


def test_time_up_is_said() -> None:
    case = tiny(sites={"pin": [{"site": "tw_a", "modules": 3}]})
    trial = Trial(100.0)
    assert trial.until(40.0).left() == pytest.approx(60.0, abs=1)
    assert trial(case) is False
    assert not repairs(case, seconds=0.0)["complete"]


def test_what_was_not_found_out_is_not_called_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit of time is no proof: neither of there being no plan, nor of the data colliding."""
    case = tiny(sites={"pin": [{"site": "tw_a", "modules": 3}]})
    monkeypatch.setattr(Trial, "_asked", lambda *_: None)
    found = repairs(case)
    assert not found["complete"]
    assert "whether there is a plan" in found["text"]
    only = {"first": False}  # the scenario itself is proved infeasible, all else is open
    monkeypatch.setattr(Trial, "_asked", lambda *_: only.pop("first", None))
    found = repairs(case)
    assert not found["complete"]
    assert "which entries collide" in found["text"]
    assert "data collide" not in found["text"]


def test_a_conflict_told_in_no_time_holds_what_breaks() -> None:
    case = tiny(sites={"pin": [{"site": "tw_a", "modules": 3}]})
    built = build_model(case)
    hurried, whole = explain_conflict(case, built, 0.0), explain_conflict(case, built)
    assert set(whole.rules) == {"capacity.pin", "capacity.room"}
    assert hurried.relax == whole.relax


def test_file_and_line_are_named(tmp_path: Path) -> None:
    text = (
        "extends: base\nname: broken\nhorizon: {start: 2026, periods: 2, years_per_period: 2}\n"
        "futures: [average]\nsites:\n  forbid: [US]\n  pin:\n    - {site: us_phoenix}\n"
    )
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    found = api.repairs(path, seconds=40.0)
    places = {e["entry"]: e["where"] for e in found["conflicts"][0]["entries"]}
    assert places["sites.forbid: US"].endswith("broken.yaml:6")
    pin = next(w for e, w in places.items() if e.startswith("sites.pin"))
    assert pin.endswith("broken.yaml:8")
