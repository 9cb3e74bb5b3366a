"""Lines refitted and closed by hand: where it pays, where not, and what goes with them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.plan import Plan
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.tiny import tiny

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
POWER = 8760 * 100 / 1e9
"""Power of one kwpm for a year [USD bn]."""
OLD = 0.012 * (5000 - 500) / 1000
"""Margin of one kwpm of N16 for a year before power [USD bn]."""
NEW = 0.012 * (20000 - 1000) / 1000
"""The same for N2."""
STANDING: dict[str, dict[Any, float]] = {
    "existing.capacity_kwpm": {("jp_a|N16", 2026): 40},
    "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 0},
    "demand.wafers_mn": {("US|N16", 2026): 0.48, ("US|N2", 2026): 9},
    "retrofit.cost_usd_mn_per_kwpm": {"N16|N2": 50},
    "retrofit.keeps_pct": {"N16|N2": 75},
    "retrofit.lead_years": {"N16|N2": 2},
    "closure.cleanup_usd_mn_per_kwpm": {"JP": 2},
    "closure.severance_years": {"JP": 1},
    "closure.resale_pct": {"JP": 10},
}
"""40 kwpm of N16 in Japan, two lots of 20, and land for nothing else."""
NONE = {"demand.wafers_mn": {("US|N16", 2026): 0, ("US|N2", 2026): 0}}


def case(
    facts: dict[str, dict[Any, float]] | None = None,
    rows: dict[str, dict[str, dict[str, str]]] | None = None,
    concepts: dict[str, dict[str, Any]] | None = None,
    **options: Any,
) -> Case:
    merged = {name: dict(values) for name, values in STANDING.items()}
    for name, values in (facts or {}).items():
        merged.setdefault(name, {}).update(values)
    chosen = {"retrofit": {"on": True, **options}, **(concepts or {})}
    return tiny(merged, rows or {}, concepts=chosen)


def solved(made: Case) -> Plan:
    plan = solve_case(made)
    assert verify(plan, made) == ()
    return plan


def count(plan: Plan, family: str) -> float:
    return sum(plan.values(family).values())


def test_a_refit_by_hand() -> None:
    """Both lots at once: nothing in 2026-27, then 30 kwpm of N2 for four years; 30 x 0.05 = 1.5
    for tools, of which 6 of 10 years are left."""
    plan = solved(case())
    assert plan.values("convert") == {("jp_a", "N2", "N16", 2026): 2.0}
    want = 4 * 30 * (NEW - POWER) - 1.5 * (1 - 0.6)
    assert plan.info.objective == pytest.approx(want)
    assert plan.values("cap") == pytest.approx({("jp_a", "N2", t): 30.0 for t in (2028, 2030)})
    row = plan.table("modules").iloc[0]
    assert (row["option"], row["kwpm"], row["modules"]) == ("retrofit", 30, 2)
    assert row["capex_usd_bn"] == pytest.approx(1.5)


def test_a_dear_refit_is_left() -> None:
    """Four years of 30 x (NEW - POWER) against six of 40 x (OLD - POWER), and 40 % of the tools."""
    gain = 4 * 30 * (NEW - POWER) - 6 * 40 * (OLD - POWER)
    limit = gain / (0.4 * 30) * 1000
    for unit, lots in ((limit - 1, 2), (limit + 1, 0)):
        plan = solved(case({"retrofit.cost_usd_mn_per_kwpm": {"N16|N2": unit}}))
        assert count(plan, "convert") == lots


def test_demand_for_the_old_class_keeps_one_lot() -> None:
    """N2 is wanted for one lot only (15 kwpm = 0.18); the other goes on."""
    plan = solved(case({"demand.wafers_mn": {("US|N2", 2026): 0.18}}))
    assert count(plan, "convert") == 1


def test_a_closure_by_hand() -> None:
    """Nothing is sold: closing at once saves six years of power; clean-up 2 mn a kwpm; what tools
    fetch is the same now and at the end at no interest."""
    plan = solved(case(NONE))
    assert plan.values("close") == {("jp_a", "N16", "closure", 2026): 2.0}
    assert plan.info.objective == pytest.approx(-40 * 0.002)
    row = plan.table("modules").iloc[0]
    assert (row["option"], row["kwpm"]) == ("closure", -40)


def test_a_dear_closure_is_left() -> None:
    """Six years of power cost 6 x 0.876 mn a kwpm: more clean-up than that, and lines stay."""
    for unit, lots in ((6000 * POWER - 0.01, 2), (6000 * POWER + 0.01, 0)):
        plan = solved(case({**NONE, "closure.cleanup_usd_mn_per_kwpm": {"JP": unit}}))
        assert count(plan, "close") == lots


def test_resale_wins_time_only() -> None:
    """At 10 % interest 40 kwpm x 50 mn x 10 % = 0.2 comes in 2026 instead of 2032."""
    rate = {"finance.discount_rate_pct": {"firm": 10.0}}
    plan = solved(case({**NONE, **rate}))
    assert plan.info.objective == pytest.approx(-0.08 + 0.2 * (1 - 1.1**-6))


def test_no_row_no_closure() -> None:
    made = case(NONE)
    facts = tuple(f for f in made.facts if f.parameter != "severance_years")
    assert count(solved(made.replace(facts=facts)), "close") == 0


@pytest.mark.parametrize("family", ["convert", "close"])
def test_either_can_be_left_out(family: str) -> None:
    name = {"convert": "conversions", "close": "closures"}[family]
    assert count(solved(case(**{name: False})), family) == 0
    assert count(solved(case(NONE, **{name: False})), family) == 0


def people(made: dict[str, dict[Any, float]]) -> Plan:
    spots = [
        f"{p}|{q}" for p in ("tw", "us", "jp") for q in ("technician", "engineer", "researcher")
    ]
    facts: dict[str, dict[Any, float]] = {
        "pool.stock_thousand": dict.fromkeys(spots, 50.0),
        "pool.accessible_pct": dict.fromkeys(spots, 10.0),
        "pool.recruits_pct": dict.fromkeys(spots, 0.0),
        "pool.wage_usd_thousand": dict.fromkeys(spots, 80.0),
        "tier.width_pct": {"t1": 100},
        "tier.wage_premium_pct": {"t1": 0},
        "country.expat_share_pct": {"TW": 0, "US": 0, "JP": 0},
        "country.expat_cost_ratio": {"TW": 1, "US": 1, "JP": 1},
        **made,
    }
    return solved(case(facts, {"tiers": {"t1": {}}}))


def test_closing_saves_wages_and_pays_severance_once() -> None:
    """40 kwpm x 100 people = 4 thousand at 80: 0.32 a year. Six years saved, one paid."""
    plan = people(NONE)
    amounts = plan.cash.groupby("item")["amount_usd_bn"].sum()
    assert amounts["talent.standing"] == pytest.approx(-6 * 0.32)
    assert amounts["retrofit.wages"] == pytest.approx(6 * 0.32)
    assert amounts["retrofit.severance"] == pytest.approx(-0.32)
    assert count(plan, "hire") == pytest.approx(0)


def test_people_of_a_refitted_line_run_the_new_one() -> None:
    """30 kwpm of N2 need fewer people than 40 of N16 had: nobody is hired, everybody is paid."""
    plan = people({})
    assert count(plan, "convert") == 2
    assert count(plan, "hire") == pytest.approx(0)
    amounts = plan.cash.groupby("item")["amount_usd_bn"].sum()
    assert amounts["talent.standing"] == pytest.approx(-6 * 0.32)


def test_more_people_than_stood_are_hired() -> None:
    plan = people({"product.engineers_per_kwpm": {"N2": 100}})
    hired = {t: n for (_, q, t, _), n in plan.values("hire").items() if q == "engineer"}
    assert hired == pytest.approx({2028: 1.0, 2030: 1.0})  # 30 x 0.1 - 40 x 0.05 thousand


def test_power_of_the_old_line_is_there_for_the_new() -> None:
    """40 MW stand. N2 at 2 MW needs 60 for both lots, so 20 more."""
    for spare, lots in ((20, 2), (19, 1)):
        facts = {"site.power_limit_mw": {"jp_a": spare}, "product.power_mw_per_kwpm": {"N2": 2}}
        assert count(solved(case(facts)), "convert") == lots


def test_the_outbound_rule_holds_for_conversions_not_for_closures() -> None:
    rule = {
        "frontier.rank": {("world", 2026): 8},
        "outbound.gap_generations": {("JP", 2026): 6, ("US", 2026): 6},
    }
    assert count(solved(case(rule)), "convert") == 0
    assert count(solved(case({**rule, **NONE})), "close") == 2


def test_lines_at_home_are_refitted_where_no_modules_may_be_added() -> None:
    """The rules on new land and modules do not touch clean rooms that stand."""
    facts = {
        "existing.capacity_kwpm": {("tw_a|N16", 2026): 40},
        "site.earliest_start": {"tw_a": 2040, "jp_a": 2040},
    }
    plan = solved(case(facts, concepts={"capacity": {"greenfield_home": False}}))
    assert {key[0] for key in plan.values("convert")} == {"tw_a", "jp_a"}


def test_aid_covers_the_tools_of_a_conversion() -> None:
    facts: dict[str, dict[Any, float]] = {
        "programme.rate_pct": {"grant": 40},
        "programme.payment_lag_years": {"grant": 0},
        "country.aid_cumulation_pct": {"TW": 0, "US": 0, "JP": 100},
    }
    rows = {"programmes": {"grant": {"country": "JP", "instrument": "grant", "covers": "fab"}}}
    plan = solved(case(facts, rows))
    assert plan.values("grant") == pytest.approx({("jp_a", "grant", 2026): 0.6})


def test_tools_of_a_conversion_are_written_off() -> None:
    """25 % tax: 1.5 over five years from 2028, four of them within the horizon."""
    plan = solved(case({"country.tax_rate_pct": {("JP", 2026): 25.0}}))
    shield = plan.cash[plan.cash["item"] == "finance.shield"]["amount_usd_bn"].sum()
    assert shield == pytest.approx(0.25 * 1.5 * 4 / 5)


def test_off_gives_back_the_programme() -> None:
    plain = {n: v for n, v in STANDING.items() if n.split(".")[0] not in ("retrofit", "closure")}
    off, without = build_model(case(on=False)), build_model(tiny(plain))
    assert list(off.model.lp_lines()) == list(without.model.lp_lines())
    assert off.model.objective == without.model.objective


@QUICK
@given(st.floats(0, 20), st.floats(0, 20))
def test_dearer_conversions_never_raise_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [solve_case(case(cost_scale=x)).info.objective for x in (low, high)]
    assert values[1] <= values[0] + 1e-7


@QUICK
@given(st.floats(0, 0.6), st.floats(0, 9))
def test_being_free_to_change_lines_never_lowers_value(old: float, new: float) -> None:
    facts = {"demand.wafers_mn": {("US|N16", 2026): old, ("US|N2", 2026): new}}
    free, bound = solve_case(case(facts)), solve_case(case(facts, on=False))
    assert free.info.objective >= bound.info.objective - 1e-7
