"""What research abroad gives back, and the floor on it, by hand.

The fab of `test_basics`: one N2 module in Kumamoto, begun in 2026, runs from 2028 to 2031 and
needs a pilot line linked to it. A wafer brings 19,000 USD after materials.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.core.plan import Plan
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.concepts import test_people
from tests.concepts.test_basics import Facts, centred
from tests.concepts.test_basics import case as plain_case

QUICK = settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
ON = {"spillover": {"on": True}}


def case(facts: Facts | None = None, **options: Any) -> Case:
    """The fab near the frontier, with its pilot line; `options` by concept."""
    base, rows, concepts = centred(0.0, 1)
    more = {
        "centre.yield_gain_pct": {"pilot": 10},
        "demand.wafers_mn": {("US|N2", 2026): 0.48, ("US|N16", 2026): 0},
    }
    return plain_case(base | more | (facts or {}), rows, concepts=concepts | options)


def solved(facts: Facts | None = None, **options: Any) -> Plan:
    return solve_case(case(facts, **options))


def gain(facts: Facts | None = None, **options: Any) -> float:
    """Worth of the spillover: on against off."""
    off = solved(facts, **options).info.objective
    return solved(facts, **options, **ON).info.objective - off


def test_good_wafers_by_hand() -> None:
    """A tenth more of 0.24 mn wafers a year, for four years, at 19,000."""
    assert gain() == pytest.approx(0.1 * 0.24 * 19 * 4)
    assert solved(**ON).values("lift")["jp_a", "N2", 2030] == pytest.approx(2.0)


def test_a_shorter_ramp_by_hand() -> None:
    """Half in the first year: a year saved is 5 kwpm more over the first two years."""
    facts: Facts = {
        "ramp.share_pct": {"N2|0": 50, "N2|1": 100},
        "centre.yield_gain_pct": {"pilot": 0},
        "centre.ramp_years_saved": {"pilot": 1},
    }
    assert gain(facts) == pytest.approx(5 * 0.012 * 19 * 2)
    half = {**facts, "centre.ramp_years_saved": {"pilot": 0.5}}
    assert gain(half) == pytest.approx(2.5 * 0.012 * 19 * 2)


def test_more_than_the_market_wants_is_worth_nothing() -> None:
    assert gain({"demand.wafers_mn": {("US|N2", 2026): 0.24, ("US|N16", 2026): 0}}) == (
        pytest.approx(0)
    )


def test_a_fab_without_a_link_gets_nothing() -> None:
    """Far behind the frontier no link is needed, and none can be made."""
    assert gain(cocreation={"near_generations": 0}) == pytest.approx(0)


def test_off_gives_back_the_same_programme() -> None:
    bare = case({"centre.yield_gain_pct": {"pilot": 0}})
    assert list(build_model(case()).model.lp_lines()) == list(build_model(bare).model.lp_lines())


SCARCE: dict[str, dict[Any, float]] = {
    "product.technicians_per_kwpm": {"N2": 0, "N16": 0},
    "pool.stock_thousand": {
        s: 300 if s.endswith("researcher") else 3 for s in test_people.SPOTS
    },
    "centre.headcount_thousand": {"lab": 1},
    "centre.capex_usd_bn": {"lab": 0.3},
    "centre.running_usd_bn_per_year": {"lab": 0.05},
    "centre.benefit_usd_bn_per_year": {"lab": 0},
    "centre.lead_years": {"lab": 0},
    "centre.taught_pct_per_year": {"lab": 20},
    "centre.taught_lag_years": {"lab": 0},
}  # fmt: skip


def school(facts: dict[str, dict[Any, float]] | None = None, **options: Any) -> Case:
    """The fab of `test_people` short of engineers, and a laboratory that could teach some."""
    made = test_people.case(SCARCE | (facts or {}), cocreation={"on": False}, **options)
    registers = {k: dict(v) for k, v in made.registers.items()}
    registers["sites"]["jp_a"] = {**registers["sites"]["jp_a"], "centre_types": "lab"}
    registers["centre_types"] = {"lab": {"unlocks": ""}}
    return replace(made, registers=registers)


def test_people_taught_by_hand() -> None:
    """0.4 thousand engineers are missing in 2028 and 0.2 in 2030; the laboratory, open from 2026,
    has taught 0.4 by 2028. It costs 0.3, 0.05 a year and a thousand researchers at 80,000."""
    plenty = {"pool.stock_thousand": dict.fromkeys(test_people.SPOTS, 300)}
    rich_pool = solve_case(school(plenty, **ON))
    assert rich_pool.values("centre") == {}
    plan = solve_case(school(**ON))
    assert plan.values("taught")["jp", "engineer", 2028] == pytest.approx(0.4)
    cost = 0.3 + 6 * 0.05 + 6 * 0.08
    assert plan.info.objective == pytest.approx(rich_pool.info.objective - cost)


@pytest.mark.parametrize(
    ("facts", "options"),
    [({}, {}), ({"centre.taught_lag_years": {"lab": 1}}, ON),
     ({}, {"spillover": {"on": True, "stay_years": 1}})],
)  # fmt: skip
def test_without_them_in_time_there_is_no_fab(
    facts: dict[str, dict[Any, float]], options: dict[str, Any]
) -> None:
    with pytest.raises(Infeasible):
        solve_case(school(facts, **options))


@pytest.mark.parametrize(
    ("gone", "rule"),
    [("cap", "spillover.capacity"), ("link", "spillover.linked"), ("centre", "spillover.taught")],
)
def test_too_much_is_noticed(gone: str, rule: str) -> None:
    asked = school(**ON) if gone == "centre" else case(**ON)
    assert rule in said(without(solve_case(asked), gone), asked)


def without(plan: Plan, family: str) -> Plan:
    """The plan as if it had taken none of these decisions."""
    return replace(plan, variables={**plan.variables, family: plan.variables[family].head(0)})


def said(plan: Plan, asked: Case) -> set[str]:
    """Rules a plan is found to break."""
    return {issue.where.partition("[")[0] for issue in verify(plan, asked)}


FLOOR: Facts = {
    "country.researchers_thousand": {"TW": 2},
    "centre.headcount_thousand": {"pilot": 0.5},
}


def test_research_comparable_with_home_by_hand() -> None:
    """A quarter of 2,000 is one pilot line of 500, which nobody needs here: 0.3, and 0.05 a year
    for two years when it is asked from 2030 on."""
    free = {"cocreation": {"on": False}}
    asked = {"limits": {"research_share_pct": 25, "research_since": 2030}}
    before = solved(FLOOR, **free)
    assert before.values("centre") == {}
    after = solved(FLOOR, **free, **asked)
    assert after.info.objective == pytest.approx(before.info.objective - 0.3 - 2 * 0.05)


def test_a_floor_on_research_already_met_changes_nothing() -> None:
    asked = {"limits": {"research_share_pct": 25, "research_since": 2030}}
    assert solved(FLOOR, **asked).info.objective == pytest.approx(solved(FLOOR).info.objective)


def test_more_research_than_there_are_places_is_explained() -> None:
    with pytest.raises(Infeasible, match=r"limits\.research"):
        solved(FLOOR, limits={"research_share_pct": 50, "research_since": 2030})


def test_too_little_research_is_noticed() -> None:
    asked = case(FLOOR, limits={"research_share_pct": 25, "research_since": 2030})
    assert "limits.research" in said(without(solve_case(asked), "centre"), asked)


@QUICK
@given(st.floats(0, 3), st.floats(0, 3))
def test_larger_gains_never_lower_value(a: float, b: float) -> None:
    small, large = (
        solved(spillover={"on": True, "gain_scale": x}).info.objective for x in sorted((a, b))
    )
    assert small <= large + 1e-7


@QUICK
@given(st.integers(0, 25), st.integers(0, 25))
def test_a_higher_floor_on_research_never_raises_value(a: int, b: int) -> None:
    small, large = (
        solved(FLOOR, cocreation={"on": False}, limits={"research_share_pct": x}).info.objective
        for x in sorted((a, b))
    )
    assert large <= small + 1e-7
