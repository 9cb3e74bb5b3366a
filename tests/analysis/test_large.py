"""The two-step way of large programmes, on small ones where the truth is known.

With the size limit set to none, every question is answered from the held plan and a time-limited
search; what it says must then be compatible with the exact answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from planner.analysis import bench
from planner.api import ask
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.optimise import solve_case
from tests.rich import plainer

Both = Callable[..., tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture(scope="module")
def solved() -> tuple[Plan, Case]:
    case = plainer()
    return solve_case(case), case


@pytest.fixture
def both(solved: tuple[Plan, Case], monkeypatch: pytest.MonkeyPatch) -> Both:
    """The exact answer and the one of the two-step way."""

    def answer(question: str, **settings: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        exact = ask(question, *solved, seconds=10.0, **settings)
        monkeypatch.setattr(bench, "SMALL", 0)
        return exact, ask(question, *solved, seconds=8.0, **settings)

    return answer


def test_forced_in_costs_lie_in_the_stated_range(both: Both) -> None:
    exact, held = both("why-not", site="us_a")
    cost = held["cost"]
    assert cost["low_usd_bn"] - 1e-6 <= exact["cost"]["usd_bn"] <= cost["high_usd_bn"] + 1e-6
    assert cost["usd_bn"] >= exact["cost"]["usd_bn"] - 1e-6


def test_worth_of_a_site_lies_in_the_stated_range(both: Both) -> None:
    exact, held = both("why", site="jp_a")
    worth = held["worth"]
    assert worth["low_usd_bn"] - 1e-6 <= exact["worth"]["usd_bn"] <= worth["high_usd_bn"] + 1e-6


def test_the_subsidy_lies_in_the_stated_range(both: Both) -> None:
    exact, held = both("flip", host="US")
    span = held["range"]
    assert span["low_usd_bn"] - 1e-6 <= exact["subsidy_usd_bn"] <= span["high_usd_bn"] + 1e-6
    assert held["checked"] is None, "not proved, so not called checked"


def test_the_census_finds_no_more_than_there_is(both: Both) -> None:
    exact, held = both("alternatives", within=0.2)
    true = {tuple(r["sites"]): r["value_usd_bn"] for r in exact["plans"]}
    assert exact["complete"]
    for row in held["plans"]:
        assert tuple(row["sites"]) in true
        assert row["value_usd_bn"] <= true[tuple(row["sites"])] + 1e-6
    assert len(held["plans"]) >= 2


def test_the_front_is_no_better_than_the_exact_one(both: Both) -> None:
    exact, held = both("pareto", axis="subsidy", points=4, drop=0.3)
    for row in held["points"]:
        for better in exact["points"]:
            gain = row["value_usd_bn"] - better["value_usd_bn"]
            less = better["subsidy"] - row["subsidy"]
            assert not (gain > 1e-4 and less > 1e-4)


def test_the_roadmap_is_a_lower_bound(both: Both) -> None:
    exact, held = both("roadmap", moves=2)
    true = {r["moves"]: r["value_usd_bn"] for r in exact["path"]}
    for row in held["path"]:
        assert row["value_usd_bn"] <= true[row["moves"]] + 1e-6
        assert row["bound_usd_bn"] >= true[row["moves"]] - 1e-6
    assert held["path"][-1]["value_usd_bn"] == pytest.approx(true[2], rel=1e-6)


def test_unknown_questions_are_told(solved: tuple[Plan, Case]) -> None:
    from planner.core.errors import InputError

    with pytest.raises(InputError, match="why-not"):
        ask("whynot", *solved)
