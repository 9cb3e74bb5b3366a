"""A fixed plan in drawn futures: exact in its own, by hand for one event, additive by event."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import planner
from planner.analysis.stress import stress
from planner.analysis.stress_figures import quantile, spread
from planner.core.case import Case
from planner.core.errors import InputError
from planner.core.plan import Plan
from planner.core.scenario import AVERAGE
from planner.solve.optimise import solve_case
from planner.solve.recourse import Recourse
from tests.rich import rich
from tests.tiny import tiny

EVENT = {
    "event.annual_probability_pct": {"flood": 10},
    "event.capacity_loss_pct": {"flood": 50},
    "event.outage_months": {"flood": 12},
    "future.probability_pct": {"dry": 60, "wet": 40},
}
ROWS = {
    "events": {"flood": {"name": "Flood", "places": "TW;JP", "persistent": "no"}},
    "futures": {"dry": {"events": ""}, "wet": {"events": "flood@2028"}},
}


@pytest.fixture(scope="module")
def averse() -> tuple[Plan, Case]:
    """A plan that weighs its tail, in the case every concept takes part in."""
    case = rich(concepts={"risk": {"omega": 0.5, "alpha": 0.85}})
    return solve_case(case), case


@pytest.fixture(scope="module")
def drawn(averse: tuple[Plan, Case]) -> dict[str, Any]:
    return stress(*averse, draws=400, seed=7)


def test_its_own_futures_give_the_plans_own_figures(averse: tuple[Plan, Case]) -> None:
    found = stress(*averse, own=True)
    plan = averse[0]
    assert found["value"]["mean_usd_bn"] == pytest.approx(plan.measures["npv_usd_bn"], abs=1e-6)
    assert found["value"]["cvar_usd_bn"] == pytest.approx(
        plan.measures["npv_tail_usd_bn"], abs=1e-6
    )
    assert found["plan"]["largest_difference_usd_bn"] < 1e-6
    assert found["draws"] == 4
    assert found["value"]["mean_standard_error_usd_bn"] == 0


def test_weights_and_switches_keep_it_exact() -> None:
    case = rich(weights={"cost": 1.3, "subsidy": 0.5, "talent": 2, "risk": 0.7})
    found = stress(solve_case(case), case, own=True)
    assert found["plan"]["largest_difference_usd_bn"] < 1e-6


def test_a_flood_by_hand() -> None:
    """Home makes N16 only: 20 kwpm sell 0.24 mn wafers a year at USD 5,000 less 500 of materials.

    Half the capacity out for 12 of 24 months leaves 0.75 of the output: 0.06 mn wafers a year
    less, over two years 0.06 * 4.5 * 2 = USD 0.54 bn, in any period in which the fab runs.
    """
    case = tiny({**EVENT, "demand.wafers_mn": {("US|N2", 2026): 0, ("US|N16", 2026): 0.24}}, ROWS)
    found = stress(solve_case(case), case, draws=50)
    event = found["events"][0]
    worst = found["recovery"][0]
    assert worst["loss_usd_bn"] == pytest.approx(0.54)
    assert worst["capacity_left_pct"] == pytest.approx(50)
    assert worst["sales_of_period_pct"] == pytest.approx(75)
    assert worst["capacity_by_month_pct"][:14] == pytest.approx([50.0] * 12 + [100.0] * 2)
    assert event["chance_pct"] == pytest.approx(100 * (1 - 0.9**6), abs=20)
    own = stress(solve_case(case), case, own=True)
    assert own["value"]["calm_usd_bn"] - own["value"]["mean_usd_bn"] == pytest.approx(0.4 * 0.54)
    assert own["value"]["var_usd_bn"] == pytest.approx(own["value"]["calm_usd_bn"] - 0.54)


def test_parts_of_events_add_to_the_loss(drawn: dict[str, Any]) -> None:
    value, events = drawn["value"], drawn["events"]
    mean = sum(e["part_of_mean_loss_usd_bn"] for e in events)
    tail = sum(e["part_of_tail_loss_usd_bn"] for e in events)
    assert mean == pytest.approx(value["calm_usd_bn"] - value["mean_usd_bn"], abs=1e-9)
    assert tail == pytest.approx(value["calm_usd_bn"] - value["cvar_usd_bn"], abs=1e-9)


def test_figures_are_in_order(drawn: dict[str, Any]) -> None:
    value = drawn["value"]
    assert value["least_usd_bn"] <= value["cvar_usd_bn"] <= value["var_usd_bn"]
    assert value["cvar_usd_bn"] <= value["mean_usd_bn"]
    assert sum(b["share_pct"] for b in drawn["histogram"]) == pytest.approx(100)
    for row in drawn["years"]:
        fan = [row[f"q{q}_usd_bn_per_year"] for q in (5, 25, 50, 75, 95)]
        assert fan == sorted(fan)


def test_the_same_seed_gives_the_same_and_another_does_not(
    averse: tuple[Plan, Case], drawn: dict[str, Any]
) -> None:
    assert stress(*averse, draws=400, seed=7) == drawn
    assert stress(*averse, draws=400, seed=8)["value"] != drawn["value"]


def test_states_a_plan_cannot_tell_apart_are_solved_once(drawn: dict[str, Any]) -> None:
    assert drawn["distinct_states"] < 60
    assert drawn["lps"] < 3 * drawn["distinct_states"]


def test_calm_comes_out_as_without_events(averse: tuple[Plan, Case]) -> None:
    plan, case = averse
    recourse = Recourse(plan, case)
    outcomes = recourse.outcomes({})
    calm = recourse.sure.value + sum(
        outcomes[t, "calm"].value for t in (2026, 2028, 2030) if (t, "calm") in outcomes
    )
    values = plan.table("risk").set_index("future")["npv_usd_bn"]
    assert calm == pytest.approx(float(values["calm"]), abs=1e-6)


def test_a_duty_to_serve_that_an_outage_breaks_is_a_breach() -> None:
    facts = {**EVENT, "demand.wafers_mn": {("US|N2", 2026): 0, ("US|N16", 2026): 0.1}}
    facts["existing.capacity_kwpm"] = {("tw_a|N16", 2026): 10}
    facts["event.capacity_loss_pct"] = {"flood": 100}
    facts["event.outage_months"] = {"flood": 24}
    rows = {**ROWS, "futures": {"dry": {"events": ""}}}
    del facts["future.probability_pct"]
    facts["future.probability_pct"] = {"dry": 100}
    case = tiny(facts, rows, concepts={"sales": {"serve": "all"}})
    found = stress(solve_case(case), case, draws=60)
    assert 0 < found["breach_pct"] < 100


def test_spread_by_hand() -> None:
    """Values 1..10, equally likely, tail 30 %: CVaR 2, VaR 3, mean 5.5."""
    found = spread(np.arange(1.0, 11.0), np.full(10, 0.1), 0.7, sampled=True)
    assert found["cvar_usd_bn"] == pytest.approx(2)
    assert found["var_usd_bn"] == pytest.approx(3)
    assert found["mean_standard_error_usd_bn"] == pytest.approx((99 / 12) ** 0.5 / 10**0.5)
    assert quantile(np.array([1.0, 2.0]), np.array([0.9, 0.1]), 0.9) == 1.0


def test_what_cannot_be_stressed_is_said(averse: tuple[Plan, Case]) -> None:
    plan, case = averse
    with pytest.raises(InputError, match="spread"):
        stress(plan, case, draws=1)
    with pytest.raises(InputError, match="strait"):
        stress(plan, case, draws=10, events=("strat",))
    mean = case.replace(scenario=case.scenario.with_(futures=(AVERAGE,)))
    with pytest.raises(InputError, match="average"):
        stress(plan, mean, own=True)


def test_a_plan_can_be_asked(averse: tuple[Plan, Case], drawn: dict[str, Any]) -> None:
    answer = planner.ask("stress", *averse, draws=400, seed=7)
    assert answer == drawn
    assert answer["text"].startswith("Over 400 histories")


def test_two_plans_meet_the_same_histories(averse: tuple[Plan, Case]) -> None:
    """The difference of the means is the mean of the differences; a plan equals itself."""
    plan, case = averse
    neutral = rich(concepts={"risk": {"omega": 0.0, "alpha": 0.85}})
    other = solve_case(neutral)
    found = stress(plan, case, draws=300, against=(other, neutral))
    alone = stress(other, neutral, draws=300)
    both = found["against"]
    assert both["value"] == pytest.approx(alone["value"])
    mean = found["value"]["mean_usd_bn"] - alone["value"]["mean_usd_bn"]
    assert both["mean_difference_usd_bn"] == pytest.approx(mean, abs=1e-9)
    assert both["difference_standard_error_usd_bn"] <= (
        found["value"]["mean_standard_error_usd_bn"] + alone["value"]["mean_standard_error_usd_bn"]
    )
    same = stress(plan, case, draws=50, against=averse)["against"]
    assert (same["better_in_pct"], same["worse_in_pct"]) == (0, 0)
    rarer = rich({"event.annual_probability_pct": {"strait": 0.5}})
    with pytest.raises(InputError, match="not those of the first run"):
        stress(plan, case, draws=50, against=(other, rarer))
