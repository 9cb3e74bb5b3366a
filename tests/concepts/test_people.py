"""People who leave and people who are taught, by hand.

The module in Kumamoto needs 1,000 technicians and 1,000 engineers from 2028 on.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.core.people import supply
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny

QUICK = settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SPOTS = [f"{p}|{q}" for p in ("tw", "us", "jp") for q in ("technician", "engineer", "researcher")]
FACTS: dict[str, dict[Any, float]] = {
    "demand.wafers_mn": {("US|N2", 2026): 0, ("US|N16", 2026): 0.24},
    "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
    "pool.stock_thousand": dict.fromkeys(SPOTS, 3),
    "pool.accessible_pct": dict.fromkeys(SPOTS, 10),
    "pool.recruits_pct": dict.fromkeys(SPOTS, 10 / 3),
    "pool.wage_usd_thousand": dict.fromkeys(SPOTS, 80),
    "tier.width_pct": {"t1": 100},
    "tier.wage_premium_pct": {"t1": 0},
    "country.expat_share_pct": {"TW": 0, "US": 0, "JP": 0},
    "country.expat_cost_ratio": {"TW": 1, "US": 1, "JP": 1},
    "country.attrition_pct": {"TW": 0, "US": 0, "JP": 10},
    "country.training_places_pct": {"JP": 200},
    "country.training_cost_usd_thousand": {"JP": 30},
}
PIN = {"pin": [{"site": "jp_a", "product": "N16", "by": 2026}]}


def case(facts: dict[str, dict[Any, float]] | None = None, **options: Any) -> Case:
    chosen = {"talent": {"shortage_pct": 0, **options.pop("talent", {})}, **options}
    return tiny({**FACTS, **(facts or {})}, {"tiers": {"t1": {}}}, sites=PIN, concepts=chosen)


def test_leavers_lower_supply() -> None:
    """After four years at 10 %: 0.3 x 0.9^4 + 0.1 x (1 + 0.9 + 0.81 + 0.729 + 0.6561)."""
    asked = case()
    want = 0.3 * 0.9**4 + 0.1 * (1 + 0.9 + 0.81 + 0.729 + 0.6561)
    assert supply(asked, "jp", "engineer", 4, 1.0) == pytest.approx(want)
    assert supply(asked, "jp", "engineer", 4, 0.0) == pytest.approx(0.3 + 0.5)
    assert supply(asked, "tw", "engineer", 4, 1.0) == pytest.approx(0.3 + 0.5)


def test_leavers_lower_what_can_be_hired() -> None:
    built = build_model(case(talent={"attrition_scale": 1})).model
    high = built.high[built.family("hire")["jp", "engineer", 2030, "t1"]]
    assert high == pytest.approx(supply(case(), "jp", "engineer", 4, 1.0))


def test_nobody_leaves_unless_asked() -> None:
    """The programme without attrition is the one whose data know of none."""
    none = case({"country.attrition_pct": {}})
    assert list(build_model(case()).model.lp_lines()) == list(build_model(none).model.lp_lines())
    assert build_model(case()).model.high == build_model(none).model.high


def test_attrition_can_make_a_fab_impossible() -> None:
    """0.8 thousand of each skill are needed in 2030 and can just be won if nobody leaves."""
    small = {"product.technicians_per_kwpm": {"N16": 30}, "product.engineers_per_kwpm": {"N16": 30}}
    solve_case(case(small))
    with pytest.raises(Infeasible, match=r"talent\.need|capacity\.pin"):
        solve_case(case(small, talent={"attrition_scale": 3}))


def test_teaching_fills_posts_at_its_price() -> None:
    """0.6 thousand of each skill can be hired in 2028 and 0.8 in 2030, so 0.4 and 0.2 are taught.

    Teaching costs 30,000 over five years: 6,000 a year on 1.2 thousand posts for two years each.
    """
    plenty = {"pool.stock_thousand": dict.fromkeys(SPOTS, 300)}
    taught = solve_case(case(training={"on": True}))
    rich_pool = solve_case(case(plenty))
    assert sum(taught.values("trainee").values()) == pytest.approx(2 * 0.4 + 2 * 0.2)
    cost = 2 * (2 * 0.4 + 2 * 0.2) * 6 / 1000
    assert taught.info.objective == pytest.approx(rich_pool.info.objective - cost, abs=1e-9)
    with pytest.raises(Infeasible):
        solve_case(case())


def test_places_are_limited() -> None:
    few = {"country.training_places_pct": {"JP": 100}}
    with pytest.raises(Infeasible):  # 0.3 places in 2028 where 0.4 are missing
        solve_case(case(few, training={"on": True}))
    solve_case(case(few, training={"on": True, "places_scale": 2}))


@QUICK
@given(st.floats(0, 4), st.floats(0, 4))
def test_more_leavers_never_raise_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    demand = {"demand.wafers_mn": {("US|N2", 2026): 1.6, ("US|N16", 2026): 0.8}}
    few, many = (
        solve_case(rich(demand, concepts={"talent": {"attrition_scale": x}})).info.objective
        for x in (low, high)
    )
    assert many <= few + 1e-7


@QUICK
@given(st.floats(0, 4), st.floats(0, 4))
def test_more_places_never_lower_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    tight = {"talent": {"supply_scale": 0.4}}
    few, many = (
        solve_case(rich(concepts={**tight, "training": {"places_scale": x}})).info.objective
        for x in (low, high)
    )
    assert many >= few - 1e-7
