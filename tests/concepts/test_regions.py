"""Sites of a region on one grid and one river, by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.tiny import tiny


def case(region: str = "JP-43", **options: Any) -> Case:
    """Two sites abroad of 20 MW each, a module of 20 MW each, demand for both."""
    facts: dict[str, dict[Any, float]] = {
        "site.power_limit_mw": {"us_a": 20, "jp_a": 20},
        "site.room_modules": {"tw_a": 0, "us_a": 1, "jp_a": 1},
        "demand.wafers_mn": {("US|N2", 2026): 0.48, ("US|N16", 2026): 0.0},
    }
    sites = {"sites": {"us_a": {"iso_3166_2": region}}}
    return tiny(facts, sites, concepts={"utilities": options})


def modules(made: Case) -> float:
    return sum(solve_case(made).values("modules").values())


@pytest.mark.parametrize(("together", "want"), [(100, 2), (99, 1), (50, 1), (49, 0)])
def test_what_a_region_serves_by_hand(together: float, want: int) -> None:
    """Of 40 MW: all of it for two modules, anything from 20 MW for one."""
    assert modules(case(together_pct=together)) == want


def test_sites_apart_are_not_tied() -> None:
    assert modules(case("US-AZ", together_pct=49)) == 2


def test_all_of_it_is_the_same_programme() -> None:
    whole, plain = (list(build_model(c).model.lp_lines()) for c in (case(together_pct=100), case()))
    assert whole == plain


def test_too_much_at_once_is_noticed() -> None:
    plan = solve_case(case())
    issues = verify(plan, case(together_pct=60))
    assert "utilities.region_power" in {i.where.split("[")[0] for i in issues}


@settings(max_examples=6, deadline=None, derandomize=True)
@given(a=st.floats(0, 100), b=st.floats(0, 100))
def test_a_weaker_grid_never_raises_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    weak, strong = (solve_case(case(together_pct=x)).info.objective for x in (low, high))
    assert weak <= strong + 1e-7
