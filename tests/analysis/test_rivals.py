"""Firms that share land, people and money: by hand, without scarcity, and going in a circle."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from planner import api
from planner.analysis.rivals import decisions, held, left_over, rivals, taken
from planner.core.case import Case
from planner.core.errors import InputError
from planner.core.plan import Plan, SolveInfo
from planner.interfaces.cli import main
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.tiny import tiny


def firm(price: float, room: int = 1, **facts: Any) -> Case:
    """A firm with no land at home or in the US that sells 0.24 mn wafers of N2: one module."""
    return tiny(
        {
            "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": room},
            "demand.wafers_mn": {("US|N2", 2026): 0.24, ("US|N16", 2026): 0.0},
            "price.price_usd_per_wafer": {("N2", 2026): price},
            **facts,
        }
    )


def test_without_scarcity_nobody_notices_the_other() -> None:
    game = rivals({"one": firm(20000, room=2), "two": firm(15000, room=2)})
    assert game.outcome == "rest"
    assert max(t.round for t in game.turns) == 2
    for name in game.order:
        assert game.cost(name) == pytest.approx(0, abs=1e-6)


def test_one_place_goes_to_whoever_chooses_first() -> None:
    # One module in Japan: worth (20,000 - 1,000) x 0.24 mn x 4 years less what it costs; the firm
    # that comes second has nothing to build and is worth nothing.
    firms = {"one": firm(20000), "two": firm(15000)}
    game = rivals(firms)
    assert game.outcome == "rest"
    assert game.together["one"] == pytest.approx(game.alone["one"])
    assert game.alone["two"] > 1
    assert game.together["two"] == pytest.approx(0, abs=1e-9)
    turned = rivals(dict(reversed(list(firms.items()))))
    assert turned.together["one"] == pytest.approx(0, abs=1e-9)
    assert turned.together["two"] == pytest.approx(turned.alone["two"])


def test_what_is_taken_is_gone_and_the_rest_solves_and_verifies() -> None:
    case = firm(20000, room=2)
    plan = solve_case(case)
    use = taken(case, plan)
    assert use["site", "room_modules", "jp_a"] == 1
    assert use["site", "power_limit_mw", "jp_a"] == pytest.approx(20)
    rest = left_over(case, [use, use])
    assert rest.value("site.room_modules", "jp_a") == 0
    assert rest.value("site.power_limit_mw", "jp_a") == pytest.approx(900 - 40)
    assert rest.value("site.room_modules", "us_a") == 0
    assert verify(solve_case(rest), rest) == ()


def test_decisions_that_cannot_be_kept_are_worth_nothing() -> None:
    case = firm(20000)
    plan = solve_case(case)
    assert held(case, plan) == pytest.approx(plan.info.objective)
    assert held(left_over(case, [taken(case, plan)]), plan) is None


def scripted(plans: list[Plan]) -> Any:
    """A solver that answers from a list, for play that no limit could make."""
    script = iter(plans)
    return lambda *_, **__: next(script)


def at(site: str, value: float) -> Plan:
    columns = ["site", "product", "option", "begun", "value"]
    modules = pd.DataFrame([[site, "N2", "greenfield", 2026, 1.0]], columns=columns)
    info = SolveInfo("optimal", True, value, value, 0.0)
    return Plan("tiny", "", "", info, {"modules": modules}, pd.DataFrame(), {}, pd.DataFrame())


def test_a_circle_is_reported_as_one() -> None:
    """One runs after the other, who runs away: us-jp, jp-us, us-jp again."""
    cases = {"hunter": firm(20000), "hunted": firm(20000)}
    alone = [at("us_a", 9), at("us_a", 9)]
    first = [at("jp_a", 5)]  # hunted leaves the US in round 1
    rest = [at("jp_a", 9), at("us_a", 9), at("us_a", 19), at("jp_a", 19), at("jp_a", 29)]
    game = rivals(cases, rounds=9, solve=scripted([*alone, *first, *rest, at("us_a", 29)] * 2))
    assert game.outcome == "cycle"
    assert {t.firm for t in game.cycle} == {"hunter", "hunted"}
    assert len(game.cycle) >= 2
    assert decisions(at("us_a", 1)) != decisions(at("jp_a", 1))


def test_rounds_that_run_out_are_told() -> None:
    cases = {"one": firm(20000), "two": firm(15000)}
    assert rivals(cases, rounds=1).outcome == "unfinished"


def test_one_firm_is_no_game() -> None:
    with pytest.raises(InputError, match="E760"):
        rivals({"one": firm(20000)})


def test_the_verb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    prices = {"a.yaml": 20000.0, "b.yaml": 15000.0}
    monkeypatch.setattr(api, "load", lambda path, _: firm(prices[path]))
    assert main(["rivals", "a.yaml", "b.yaml"]) == 0
    said = capsys.readouterr()
    assert "point of rest" in said.out
    assert "The order matters" in said.out
    assert "round 1" in said.err
    assert main(["rivals", "a.yaml", "b.yaml", "--order", "given", "--json"]) == 0
    games = json.loads(capsys.readouterr().out)["games"]
    assert [g["outcome"] for g in games] == ["rest"]
    assert main(["rivals", "a.yaml", "b.yaml", "--order", "alphabetical"]) == 2
    assert main(["rivals", "a.yaml"]) == 2
