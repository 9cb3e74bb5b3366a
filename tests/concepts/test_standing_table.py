"""The standing table: what every instrument is tested by, so that a stranger can look it up.

binds: worked by hand where it decides. loose: where it changes nothing. property: tighter or dearer
never helps, more never hurts. brute: against enumeration. off: switched off it is as if it were not
there. Here the table is held to be complete and true; and concepts without an `off` test of their
own are switched off against the same case with neutral numbers.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.core.case import Case
from planner.core.errors import InputError
from planner.model.catalogue import concepts
from planner.solve.optimise import solve_case
from tests.rich import each_pool, rich

HERE = Path(__file__).parents[1]
HERE_OFF = "concepts/test_standing_table::test_off_is_as_if_its_numbers_were_neutral"
INTEGERS = "oracle/test_brute_integers::test_branching_finds_the_best_choice"
RESEARCH = "oracle/test_brute_research::test_enumeration_agrees"
PLAIN, RULES = "oracle/test_brute_force::test_enumeration_agrees", "oracle/test_brute_rules"
STRINGS, PROMISES = "concepts/test_strings", "concepts/test_strings_properties"
BASICS, ANY = "concepts/test_basics", "concepts/test_properties"
KINDS = ("binds", "loose", "property", "brute", "off")


def of(file: str, *names: str) -> tuple[str, ...]:
    """Tests by name; a name with `::` or nothing is taken as it is."""
    return tuple(n if "::" in n or not n else f"concepts/test_{file}::test_{n}" for n in names)


TABLE: dict[str, tuple[str, ...]] = {
    "acquisition": of(
        "acquisition", "a_fab_bought_by_hand", "nobody_buys_what_nobody_wants",
        "a_higher_price_never_raises_value", "oracle/test_brute_entry::test_enumeration_agrees",
        "off_gives_back_the_programme_without_targets",
    ),
    "joint_venture": of(
        "joint_venture", "a_shared_fab_by_hand",
        "partners_stay_away_where_their_money_earns_too_little",
        "a_higher_return_asked_never_raises_value",
        "oracle/test_brute_venture::test_enumeration_agrees",
        "off_gives_back_the_programme_without_ventures",
    ),
    "retrofit": of(
        "retrofit", "a_refit_by_hand", "a_dear_refit_is_left",
        "dearer_conversions_never_raise_value",
        "oracle/test_brute_retrofit::test_enumeration_agrees", "off_gives_back_the_programme",
    ),
    "subsidy": of(
        "basics", "a_grant_by_hand", "a_budget_beyond_the_rate_is_worth_nothing",
        f"{ANY}::test_more_subsidy_never_lowers_value", PLAIN, HERE_OFF,
    ),
    "strings": of(
        "strings", "a_promise_that_costs_less_than_the_grant_is_kept",
        "a_promise_that_costs_nothing_is_made",
        f"{PROMISES}::test_a_longer_promise_never_raises_value",
        f"{PROMISES}::test_enumeration_agrees", "off_is_the_programme_without_their_data",
    ),
    "guardrail": of(
        "strings", "the_guardrail_makes_the_firm_choose",
        "the_guardrail_spares_older_classes_and_later_years",
        f"{PROMISES}::test_a_longer_guardrail_never_raises_value",
        f"{PROMISES}::test_enumeration_agrees", "off_is_the_programme_without_their_data",
    ),
    "milestones": of(
        "strings", "money_held_back_is_worth_less", "credits_wait_for_nothing",
        f"{PROMISES}::test_more_held_back_never_raises_value",
        f"{PROMISES}::test_enumeration_agrees", "off_is_the_programme_without_their_data",
    ),
    "upside": of(
        "strings", "cash_above_plan_is_shared", "cash_within_the_threshold_is_kept",
        f"{PROMISES}::test_a_larger_share_of_the_upside_never_raises_value",
        f"{PROMISES}::test_enumeration_agrees", "off_is_the_programme_without_their_data",
    ),
    "support": of(
        "support", "a_loan_is_worth_the_interest_it_saves",
        "a_loan_at_the_market_rate_is_worth_nothing",
        f"{PROMISES}::test_a_larger_loan_never_lowers_value", INTEGERS,
        "off_is_the_programme_without_its_data",
    ),
    "budgets": of(
        "support", "rivals_lower_what_is_left", "elsewhere_it_is_not_on_offer",
        f"{PROMISES}::test_larger_claims_of_rivals_never_raise_value",
        f"{PROMISES}::test_enumeration_agrees", "off_is_the_programme_without_its_data",
    ),
    "trade": of(
        "basics", "a_duty_by_hand", "a_duty_on_others_does_not_matter",
        f"{ANY}::test_higher_duties_never_raise_value", PLAIN, HERE_OFF,
    ),
    "quota": of(
        "quota", "binds_by_hand", "does_not_bind_when_quota_exceeds_imports",
        "a_larger_quota_never_lowers_value", "agrees_with_brute_force_over_modules",
        "off_gives_back_the_same_programme",
    ),
    "outbound": of(
        "basics", "the_outbound_rule_by_hand", "a_class_far_enough_behind_goes_at_once",
        f"{ANY}::test_a_tighter_outbound_rule_never_raises_value", RESEARCH, HERE_OFF,
    ),
    "agreements": of(
        "agreements", "half_made_there_brings_one_fab_and_costs_what_it_costs",
        "a_floor_that_is_met_anyway_changes_nothing", "a_higher_share_never_raises_value",
        f"{RULES}::test_agreements", "no_floor_and_switched_off_are_the_same_programme",
    ),
    "fair_value": of(
        "fair_value", "a_floor_above_the_price_raises_it_and_cuts_demand",
        "a_floor_below_the_price_changes_nothing",
        "a_higher_margin_never_lowers_the_price_nor_raises_demand", f"{RULES}::test_price_floors",
        "switched_off_is_as_if_it_were_not_there",
    ),
    "ratios": of(
        "ratios", "technology_floor_binds_by_hand", "a_floor_already_met_changes_nothing",
        "a_higher_floor_never_raises_value", INTEGERS, "off_gives_back_the_same_programme",
    ),
    "research": of(
        "basics", "a_centre_that_pays_by_hand", "a_centre_that_does_not_pay_is_left",
        "dearer_never_raises_value", RESEARCH, HERE_OFF,
    ),
    "spillover": of(
        "spillover", "good_wafers_by_hand", "more_than_the_market_wants_is_worth_nothing",
        "larger_gains_never_lower_value", RESEARCH, "off_gives_back_the_same_programme",
    ),
    "cocreation": of(
        "basics", "a_fab_near_the_frontier_brings_its_centre_by_hand",
        "a_fab_behind_the_frontier_needs_none", "a_wider_rule_of_centres_never_raises_value",
        RESEARCH, HERE_OFF,
    ),
    "talent": of(
        "people", "leavers_lower_supply", "nobody_leaves_unless_asked",
        f"{ANY}::test_fewer_people_never_raise_value", INTEGERS, HERE_OFF,
    ),
    "training": of(
        "people", "teaching_fills_posts_at_its_price", "places_are_limited",
        "more_places_never_lower_value", INTEGERS, HERE_OFF,
    ),
    "clusters": of(
        "clusters", "two_modules_side_by_side_save_what_the_level_says",
        "half_a_level_saves_nothing", "a_larger_saving_never_lowers_value", INTEGERS,
        "off_is_as_if_there_were_no_levels",
    ),
    "parks": of(
        "parks", "two_sites_pay_for_one_park", "one_site_does_not",
        "a_dearer_park_never_raises_value", "agrees_with_brute_force",
        "off_gives_back_the_same_programme",
    ),
    "utilities": of(
        "basics", "power_by_hand", "power_elsewhere_does_not_matter",
        f"{ANY}::test_less_power_never_raises_value", PLAIN,
        f"{ANY}::test_switching_a_concept_off_gives_back_the_case_without_its_data",
    ),
    "limits": of(
        "limits", "budget_by_hand", "home_anchor_of_a_third_binds_nothing",
        "a_tighter_home_anchor_never_raises_value", f"{RULES}::test_limits",
        "nothing_asked_leaves_the_programme_as_it_was",
    ),
    "emissions": of(
        "emissions", "a_promised_share_by_hand", "what_is_not_asked_does_not_bind",
        "a_higher_share_never_raises_value", "agrees_with_brute_force_over_modules",
        "off_gives_back_the_same_programme",
    ),
    "contracts": of(
        "contracts", "a_promise_kept_by_hand", "a_customer_who_wants_less_is_owed_less",
        "tighter_is_never_worth_more", "enumeration_agrees", "off_or_no_promise_changes_nothing",
    ),
    "hardening": of(
        "hardening", "hardened_by_hand", "too_dear_by_hand", "cheaper_is_never_worth_less",
        "enumeration_agrees", "off_or_no_help_leaves_the_programme_alone",
    ),
    "finance": of(
        "basics", "tax_by_hand", "tax_elsewhere_does_not_matter", "dearer_never_raises_value",
        PLAIN, HERE_OFF,
    ),
    "risk": of(
        "basics", "the_tail_by_hand", "events_elsewhere_do_not_matter",
        f"{ANY}::test_more_weight_on_the_tail_never_raises_the_objective", PLAIN, HERE_OFF,
    ),
    "capacity": of(
        "basics", "land_binds_by_hand", "land_beyond_demand_is_worth_nothing",
        "more_land_never_lowers_value", PLAIN, "",
    ),
    "sales": of(
        "basics", "demand_binds_by_hand", "demand_beyond_capacity_is_worth_nothing",
        "more_demand_never_lowers_value", PLAIN, "",
    ),
    "costs": of(
        "basics", "costs_by_hand", "costs_of_places_left_alone_do_not_matter",
        "dearer_never_raises_value", PLAIN, "",
    ),
    "production": of(
        "basics", "power_by_hand", "power_elsewhere_does_not_matter", "dearer_never_raises_value",
        PLAIN, "",
    ),
}  # fmt: skip
ALWAYS_ON = {"capacity", "sales", "costs", "production"}
"""Without them there is no plan to speak of; nobody switches them off."""


@cache
def named_in(file: str) -> set[str]:
    tree = ast.parse((HERE / f"{file}.py").read_text(encoding="utf-8"))
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


def test_every_concept_has_its_row() -> None:
    assert set(TABLE) == {c.name for c in concepts()}


@pytest.mark.parametrize("concept", sorted(TABLE))
def test_every_test_of_a_row_is_there(concept: str) -> None:
    row = TABLE[concept]
    assert len(row) == len(KINDS)
    assert [k for k, n in zip(KINDS, row, strict=True) if not n] == (
        ["off"] if concept in ALWAYS_ON else []
    )
    for name in filter(None, row):
        file, test = name.split("::")
        assert test in named_in(file), f"{concept}: {name} is gone"


NEUTRAL: dict[str, tuple[dict[str, dict[Any, float]], dict[str, dict[str, Any]]]] = {
    "subsidy": ({"programme.rate_pct": {"us_credit": 0, "jp_grant": 0}}, {}),
    "finance": ({"country.tax_rate_pct": {(c, 2026): 0 for c in ("TW", "US", "JP")}}, {}),
    "trade": ({"tariff.rate_pct": {("s232", 2026): 0}}, {"quota": {"on": False}}),
    "outbound": ({}, {"outbound": {"gap_generations": 0}}),
    "cocreation": ({}, {"cocreation": {"near_generations": -1}}),
    "research": (
        {"centre.capex_usd_bn": {"pilot": 1e3, "design": 1e3}},
        {"cocreation": {"on": False}},
    ),
    "talent": (
        {f"product.{s}s_per_kwpm": {"N2": 0, "N16": 0} for s in ("technician", "engineer")}
        | {"centre.headcount_thousand": {"pilot": 0, "design": 0}},
        {"training": {"on": False}},
    ),
    "training": ({"country.training_places_pct": {"US": 0, "JP": 0, "TW": 0}}, {}),
    "risk": ({}, {"risk": {"omega": 0.0}}),
}
"""Numbers and settings that make a concept do nothing."""
LEAN = {
    n: {"on": False} for n in ("strings", "support", "acquisition", "joint_venture", "retrofit")
}


def _worth(case: Case) -> float:
    return solve_case(case).info.objective


@pytest.mark.parametrize("concept", sorted(NEUTRAL))
def test_off_is_as_if_its_numbers_were_neutral(concept: str) -> None:
    facts, settings = NEUTRAL[concept]
    pools = {"pool.accessible_pct": each_pool(50)}
    futures = {"futures": ["calm"]} if concept == "risk" else {}
    chosen = {**LEAN, **settings}
    neutral = _worth(rich({**pools, **facts}, concepts=chosen, **futures))
    off = {**chosen, concept: {"on": False}}
    assert _worth(rich({**pools, **facts}, concepts=off, **futures)) == pytest.approx(neutral)
    switched = _worth(rich(pools, concepts={**off}, **futures))
    assert switched == pytest.approx(neutral), "off, its numbers are not looked at"


@pytest.mark.parametrize("concept", sorted(set(TABLE) - ALWAYS_ON))
def test_any_one_can_be_left_out(concept: str) -> None:
    """The others hold without it, and the plan verifies (solve_case raises where it does not)."""
    assert solve_case(rich(concepts={concept: {"on": False}})).info.status == "optimal"


@pytest.mark.parametrize("concept", ["capacity", "sales"])
def test_what_there_is_no_plan_without_stays_on(concept: str) -> None:
    with pytest.raises(InputError, match=f"concepts.{concept}.on"):
        planner.load("base", [f"concepts.{concept}.on=false"])
