"""The rules every case has, by hand on one fab: where they bind, where not, and what tighter does.

One N2 module in Kumamoto, begun in 2026, runs from 2028 to 2031: 0.24 mn wafers a year at 20,000
less 1,000 USD bring 18.24; 20 MW at 100 USD/MWh cost 0.07008; of tools for 2.0, six tenths are
left, of a building for 0.4, eight tenths; the site costs 0.5. Nothing is discounted.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.optimise import solve_case
from tests.tiny import tiny

QUICK = settings(
    max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
POWER = 20 * 8760 * 100 * 4 / 1e9
PLAIN = 0.24 * 19 * 4 - POWER - 2.0 * 0.4 - 0.4 * 0.2 - 0.5
Facts = dict[str, dict[Any, Any]]


def case(
    facts: Facts | None = None,
    rows: dict[str, dict[str, dict[str, str]]] | None = None,
    **fields: Any,
) -> Case:
    plain: Facts = {
        "demand.wafers_mn": {("US|N2", 2026): 0.48, ("US|N16", 2026): 0.0},
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
    }
    return tiny(plain | (facts or {}), rows or {}, **fields)


def worth(facts: Facts | None = None, *more: Any, **fields: Any) -> float:
    return solve_case(case(facts, *more, **fields)).info.objective


def booked(plan: Plan, item: str) -> float:
    return float(plan.cash[plan.cash["item"] == item]["amount_usd_bn"].sum())


def land(modules: int) -> Facts:
    return {"site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": modules}}


def test_land_binds_by_hand() -> None:
    assert worth() == pytest.approx(PLAIN)
    assert worth(land(2)) == pytest.approx(2 * PLAIN + 0.5)


def test_land_beyond_demand_is_worth_nothing() -> None:
    assert worth(land(5)) == pytest.approx(worth(land(2)))


def sold(wafers: float) -> Facts:
    return {"demand.wafers_mn": {("US|N2", 2026): wafers, ("US|N16", 2026): 0.0}}


def test_demand_binds_by_hand() -> None:
    assert worth(sold(0.12)) == pytest.approx(PLAIN - 0.12 * 19 * 4)


def test_demand_beyond_capacity_is_worth_nothing() -> None:
    assert worth(sold(0.3)) == pytest.approx(worth(sold(0.24)))


def test_costs_by_hand() -> None:
    """Without anything left at the end: 1.2 of the tools and 0.32 of the building more."""
    assert worth(concepts={"costs": {"salvage": False}}) == pytest.approx(PLAIN - 1.2 - 0.32)
    assert worth({"site.site_cost_usd_bn": {"jp_a": 0.5 + PLAIN + 0.1}}) == pytest.approx(0)


def test_costs_of_places_left_alone_do_not_matter() -> None:
    assert worth({"site.site_cost_usd_bn": {"us_a": 9}}) == pytest.approx(PLAIN)


def test_power_by_hand() -> None:
    dear = worth({"site.electricity_usd_per_mwh": {"jp_a": 200}})
    assert dear == pytest.approx(PLAIN - POWER)


def test_power_elsewhere_does_not_matter() -> None:
    assert worth({"site.electricity_usd_per_mwh": {"us_a": 400}}) == pytest.approx(PLAIN)


def test_tax_by_hand() -> None:
    """A quarter of what comes in; write-offs give back at most a quarter of the outlay."""
    taxed = {"country.tax_rate_pct": {("JP", 2026): 25}}
    plan = solve_case(case(taxed))
    assert booked(plan, "finance.tax") == pytest.approx(-0.25 * (0.24 * 19 * 4 - POWER))
    shield = booked(plan, "finance.shield")
    assert 0 < shield <= 0.25 * 2.4 + 1e-9
    assert plan.info.objective == pytest.approx(PLAIN - 0.25 * (0.24 * 19 * 4 - POWER) + shield)


def test_tax_elsewhere_does_not_matter() -> None:
    assert worth({"country.tax_rate_pct": {("US", 2026): 60}}) == pytest.approx(PLAIN)


GRANT = {"programmes": {"jp": {"country": "JP", "instrument": "grant", "covers": "fab"}}}


def granted(budget: float) -> Facts:
    return {
        "programme.rate_pct": {"jp": 10},
        "programme.budget_usd_bn": {"jp": budget},
        "programme.payment_lag_years": {"jp": 0},
        "country.aid_cumulation_pct": {"TW": 100, "US": 100, "JP": 100},
    }


def test_a_grant_by_hand() -> None:
    """A tenth of 2.4; a budget of 0.1 leaves 0.1."""
    assert worth(granted(5), GRANT) == pytest.approx(PLAIN + 0.24)
    assert worth(granted(0.1), GRANT) == pytest.approx(PLAIN + 0.1)


def test_a_budget_beyond_the_rate_is_worth_nothing() -> None:
    assert worth(granted(0.3), GRANT) == pytest.approx(worth(granted(0.24), GRANT))


def taxed_border(origins: str) -> tuple[Facts, dict[str, dict[str, dict[str, str]]]]:
    facts: Facts = {
        "market.tariff_exposure_pct": {"US": 50},
        "tariff.rate_pct": {("duty", 2026): 10},
        "tariff.covered_share_pct": {("duty", 2026): 100},
    }
    return facts, {"tariff_measures": {"duty": {"origins": origins, "market": "US"}}}


def test_a_duty_by_hand() -> None:
    """Half of 0.96 mn wafers crosses the border at a tenth of 20,000 USD: 0.96."""
    assert worth(*taxed_border("JP")) == pytest.approx(PLAIN - 0.96)


def test_a_duty_on_others_does_not_matter() -> None:
    assert worth(*taxed_border("TW")) == pytest.approx(PLAIN)


def shaken(place: str) -> tuple[Facts, dict[str, dict[str, dict[str, str]]]]:
    facts: Facts = {
        "event.annual_probability_pct": {"quake": 1},
        "event.capacity_loss_pct": {"quake": 100},
        "event.outage_months": {"quake": 24},
        "future.probability_pct": {"calm": 90, "quake": 10},
    }
    return facts, {
        "events": {"quake": {"places": place, "persistent": "no"}},
        "futures": {"calm": {"events": ""}, "quake": {"events": "quake@2028"}},
    }


def test_the_tail_by_hand() -> None:
    """Two years of sales, 9.12, are lost in one future of ten; the worst tenth is that future."""
    half = {"risk": {"omega": 0.5, "alpha": 0.9}}
    assert worth(*shaken("JP"), concepts={"risk": {"omega": 0}}) == pytest.approx(PLAIN - 0.912)
    assert worth(*shaken("JP"), concepts=half) == pytest.approx(PLAIN - 0.5 * 0.912 - 0.5 * 9.12)


def test_events_elsewhere_do_not_matter() -> None:
    assert worth(*shaken("US")) == pytest.approx(PLAIN)


def centred(benefit: float = 0.0, near: float = -1) -> tuple[Facts, Any, dict[str, Any]]:
    """A pilot line for 0.3 and 0.05 a year, at once; N2 is one generation behind the newest."""
    facts: Facts = {
        "centre.headcount_thousand": {"pilot": 0},
        "centre.capex_usd_bn": {"pilot": 0.3},
        "centre.running_usd_bn_per_year": {"pilot": 0.05},
        "centre.benefit_usd_bn_per_year": {"pilot": benefit},
        "centre.lead_years": {"pilot": 0},
        "frontier.rank": {("world", 2026): 8},
    }
    rows = {
        "sites": {"jp_a": {"centre_types": "pilot"}},
        "centre_types": {"pilot": {"unlocks": "N2"}},
    }
    return facts, rows, {"cocreation": {"near_generations": near}}


def researched(benefit: float = 0.0, near: float = -1) -> Plan:
    facts, rows, concepts = centred(benefit, near)
    return solve_case(case(facts, rows, concepts=concepts))


def test_a_centre_that_pays_by_hand() -> None:
    """From 2026 to 2031 it brings 0.2 and costs 0.05 a year, after 0.3: 0.6."""
    assert researched(0.2).info.objective == pytest.approx(PLAIN + 6 * 0.15 - 0.3)


def test_a_centre_that_does_not_pay_is_left() -> None:
    """0.09 a year less 0.05 is 0.24 over six years, less than 0.3."""
    plan = researched(0.09)
    assert plan.values("centre") == {}
    assert plan.info.objective == pytest.approx(PLAIN)


def grown(levels: int, cofunding: float = 0.0) -> Plan:
    """The pilot line of `centred` with 0.2 a year; a second one keeps 60 % of that."""
    facts, rows, concepts = centred(0.2)
    facts |= {
        "partner.cofunding_pct": {"institute": cofunding},
        "partner.benefit_gain_pct": {"institute": 0},
    }
    rows["partners"] = {"institute": {"site": "jp_a", "centre_types": "pilot"}}
    return solve_case(case(facts, rows, concepts={**concepts, "research": {"levels": levels}}))


def test_a_centre_grows_by_hand() -> None:
    """A second level brings 0.12 a year, costs 0.05 and 0.3 once: 0.12 over six years; a third
    brings 0.072 and would lose 0.168."""
    plan = grown(3)
    assert sum(plan.values("centre").values()) == pytest.approx(2)
    assert plan.table("research")["levels"].sum() == 2
    assert plan.info.objective == pytest.approx(PLAIN + 6 * 0.15 - 0.3 + 6 * 0.07 - 0.3)


def test_a_partner_makes_a_third_level_pay_by_hand() -> None:
    """With all running cost carried a third level brings 0.072 a year after 0.3: 0.132."""
    gains = [6 * 0.2 * 0.6**n - 0.3 for n in range(3)]
    assert grown(3, cofunding=100).info.objective == pytest.approx(PLAIN + sum(gains))


def test_one_level_is_a_centre_that_is_there_or_not() -> None:
    assert grown(1).info.objective == pytest.approx(researched(0.2).info.objective)
    assert grown(2).info.objective >= grown(1).info.objective


def test_a_fab_near_the_frontier_brings_its_centre_by_hand() -> None:
    """Opened when the fab begins or runs: 0.3 and 0.05 a year for four to six years; and the
    joint programme with it, 0.02 a year for six years from the day the fab begins."""
    plan = researched(0.0, near=1)
    assert len(plan.values("centre")) == 1
    (_, _, opened), *_ = plan.values("centre")
    assert plan.info.objective == pytest.approx(PLAIN - 0.3 - 0.05 * (2032 - opened) - 0.02 * 6)


def test_a_fab_behind_the_frontier_needs_none() -> None:
    plan = researched(0.0, near=0)
    assert plan.values("centre") == {}
    assert plan.info.objective == pytest.approx(PLAIN)


def ruled(gap: int, reading: str = "full") -> float:
    """N2 lies one full node behind the newest until 2027 and two from 2028, two and four steps."""
    facts: Facts = {
        "outbound.gap_generations": {("JP", 2026): gap},
        "frontier.rank": {("world", 2026): 8, ("world", 2028): 9},
        "frontier.rank_named": {("world", 2026): 11, ("world", 2028): 13},
        "product.rank_named": {"N2": 9, "N16": 3},
    }
    return worth(facts, concepts={"outbound": {"generations": reading}})


def test_the_outbound_rule_by_hand() -> None:
    """At N-2 the fab waits for 2028: half the years, and tools and building are less worn."""
    waited = 0.24 * 19 * 2 - POWER / 2 - 2.0 * 0.2 - 0.4 * 0.1 - 0.5
    assert ruled(2) == pytest.approx(waited)
    assert ruled(3) == pytest.approx(0)


def test_a_class_far_enough_behind_goes_at_once() -> None:
    assert ruled(1) == pytest.approx(PLAIN)
    assert ruled(0) == pytest.approx(PLAIN)


def test_named_processes_count_more_generations() -> None:
    """Two steps behind already in 2026, four in 2028."""
    assert ruled(2, "named") == pytest.approx(PLAIN)
    assert ruled(3, "named") == pytest.approx(ruled(2))


UP: tuple[tuple[str, dict[Any, float]], ...] = (
    ("product.equipment_usd_mn_per_kwpm", {"N2": 100.0}),
    ("site.electricity_usd_per_mwh", {"jp_a": 100.0}),
    ("country.tax_rate_pct", {("JP", 2026): 10.0}),
    ("centre.capex_usd_bn", {"pilot": 0.3}),
)


@pytest.mark.parametrize(("name", "base"), UP, ids=[name for name, _ in UP])
@QUICK
@given(a=st.floats(0, 4), b=st.floats(0, 4))
def test_dearer_never_raises_value(name: str, base: dict[Any, float], a: float, b: float) -> None:
    facts, rows, concepts = centred(0.2, near=1)
    low, high = sorted((a, b))
    cheap, dear = (
        worth(facts | {name: {k: v * x for k, v in base.items()}}, rows, concepts=concepts)
        for x in (low, high)
    )
    assert dear <= cheap + 1e-7


@QUICK
@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_more_demand_never_lowers_value(a: float, b: float) -> None:
    less, more = (worth(sold(x)) for x in sorted((a, b)))
    assert more >= less - 1e-7


@QUICK
@given(a=st.integers(0, 3), b=st.integers(0, 3))
def test_more_land_never_lowers_value(a: int, b: int) -> None:
    less, more = (worth(land(x)) for x in sorted((a, b)))
    assert more >= less - 1e-7


@QUICK
@given(a=st.integers(-1, 4), b=st.integers(-1, 4))
def test_a_wider_rule_of_centres_never_raises_value(a: int, b: int) -> None:
    narrow, wide = (researched(0.0, x).info.objective for x in sorted((a, b)))
    assert wide <= narrow + 1e-7
