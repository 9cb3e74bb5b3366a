"""Buying a running fab by hand: where it pays, where not, and what comes with it."""

from __future__ import annotations

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
from tests.rich import rich
from tests.tiny import tiny

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
LINE: dict[str, dict[Any, float]] = {
    "target.capacity_kwpm": {"line": 10},
    "target.price_usd_bn": {"line": 0.2},
    "target.lead_years": {"line": 1},
    "target.integration_usd_bn": {"line": 0.05},
    "target.staff_pct": {"line": 100},
    "target.refit_usd_mn_per_kwpm": {"line": 10},
    "target.refit_lead_years": {"line": 2},
    "target.refit_keeps_pct": {"line": 70},
    "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 0},
}
"""A 10 kwpm fab of class N16 in Japan, and no land for modules anywhere."""
POWER = 8760 * 100 / 1e9
"""Power of one kwpm for a year: 1 MW x 8760 h x 100 USD/MWh [USD bn]."""
HELD = 10 * 0.012 * (5000 - 500) / 1000
"""Margin of the fab for a year: 10 kwpm x 0.012 x (price - materials) = 0.54 USD bn."""


def case(
    facts: dict[str, dict[Any, float]] | None = None,
    rows: dict[str, dict[str, dict[str, str]]] | None = None,
    *,
    ceiling: str = "",
    concepts: dict[str, dict[str, Any]] | None = None,
    **options: Any,
) -> Case:
    target = {"line": {"site": "jp_a", "product": "N16", "ceiling": ceiling}}
    chosen = {"acquisition": {"on": True, **options}, **(concepts or {})}
    merged = {name: dict(values) for name, values in LINE.items()}
    for name, values in (facts or {}).items():
        merged.setdefault(name, {}).update(values)
    return tiny(merged, {"targets": target, **(rows or {})}, concepts=chosen)


def solved(made: Case) -> Plan:
    plan = solve_case(made)
    assert verify(plan, made) == ()
    return plan


def test_a_fab_bought_by_hand() -> None:
    """Bought in 2026, owned from 2027: five years of margin and power to the end of 2031; price
    0.2 and integration 0.05; at no interest half of the price is left after 5 of 10 years."""
    plan = solved(case())
    assert plan.values("buy") == {("jp_a", "N16", "line", 2026): 1.0}
    want = 5 * (HELD - 10 * POWER) - 0.2 - 0.05 + 0.1
    assert plan.info.objective == pytest.approx(want)
    assert plan.values("cap")["jp_a", "N16", 2026] == pytest.approx(5)  # half of the period
    bought = plan.table("modules").iloc[0]
    assert (bought["option"], bought["kwpm"], bought["service_year"]) == ("acquisition", 10, 2027)
    assert bought["capex_usd_bn"] == pytest.approx(0.2)


def test_nobody_buys_what_nobody_wants() -> None:
    plan = solved(case({"demand.wafers_mn": {("US|N16", 2026): 0, ("US|N2", 2026): 0}}))
    assert plan.values("buy") == {}


def test_insisting_costs_what_the_fab_loses() -> None:
    """Bought as late as can be (2030, owned one year): power, price and integration, less 90 %
    of the price left."""
    none = {"demand.wafers_mn": {("US|N16", 2026): 0, ("US|N2", 2026): 0}}
    plan = solved(case(none, insist=["line"]))
    assert plan.info.objective == pytest.approx(-10 * POWER - 0.2 - 0.05 + 0.18)


def test_a_fab_that_must_be_bought_in_a_forbidden_country_is_explained() -> None:
    made = case(insist=["line"])
    barred = made.scenario.model_copy(
        update={"sites": made.scenario.sites.model_copy(update={"forbid": ("JP",)})}
    )
    with pytest.raises(Infeasible, match=r"acquisition\.pin"):
        solve_case(made.replace(scenario=barred))


def test_off_gives_back_the_programme_without_targets() -> None:
    room = {"site.room_modules": LINE["site.room_modules"]}
    off, plain = build_model(case(on=False)), build_model(tiny(room))
    assert list(off.model.lp_lines()) == list(plain.model.lp_lines())
    assert off.model.objective == plain.model.objective
    assert off.model.names == plain.model.names


def test_a_refit_by_hand() -> None:
    """In 2028 the line goes down; from 2030 it makes 7 kwpm of N2. Lost: four years of N16, won:
    two of N2; four generations x 10 kwpm x 10 mn = 0.4, of which 8 of 10 years are left."""
    plan = solved(case(ceiling="N2"))
    assert plan.values("refit") == {("jp_a", "N2", "line", 2028): 1.0}
    newer = 7 * 0.012 * (20000 - 1000) / 1000
    want = 5 * (HELD - 10 * POWER) - 0.2 - 0.05 + 0.1
    want += 2 * (newer - 7 * POWER) - 4 * (HELD - 10 * POWER) - 0.4 + 0.32
    assert plan.info.objective == pytest.approx(want)
    assert plan.values("cap")["jp_a", "N2", 2030] == pytest.approx(7)
    assert ("jp_a", "N16", 2028) not in plan.values("cap")


@pytest.mark.parametrize("barred", [{"ceiling": "N16"}, {"ceiling": "N2", "refits": False}])
def test_no_refit_above_the_ceiling_or_when_left_out(barred: dict[str, Any]) -> None:
    assert solved(case(**barred)).values("refit") == {}


def test_the_outbound_rule_holds_for_refits() -> None:
    """N2 has rank 7, the frontier 8: allowed at a gap of 1, not of 2; N16 may be bought anyway."""
    rule = {
        "frontier.rank": {("world", 2026): 8},
        "outbound.gap_generations": {("JP", 2026): 2, ("US", 2026): 2},
    }
    strict = solved(case(rule, ceiling="N2"))
    assert strict.values("refit") == {}
    assert strict.values("buy")
    loose = {**rule, "outbound.gap_generations": {("JP", 2026): 1, ("US", 2026): 1}}
    assert solved(case(loose, ceiling="N2")).values("refit")


def test_power_and_water_come_with_the_fab_but_not_more() -> None:
    """No spare power at the site: the fab runs, but N2 at 2 MW a kwpm would need 14 of 10 MW."""
    dark = {"site.power_limit_mw": {"jp_a": 0}, "product.power_mw_per_kwpm": {"N2": 2, "N16": 1}}
    assert solved(case(dark, ceiling="N2")).values("refit") == {}
    bright = {**dark, "site.power_limit_mw": {"jp_a": 4}}
    assert solved(case(bright, ceiling="N2")).values("refit")


def people(staff_pct: float) -> Plan:
    spots = [f"{pool}|{skill}" for pool in ("tw", "us", "jp") for skill in SKILLS]
    facts: dict[str, dict[Any, float]] = {
        "target.staff_pct": {"line": staff_pct},
        "pool.stock_thousand": dict.fromkeys(spots, 10.0),
        "pool.accessible_pct": dict.fromkeys(spots, 10.0),
        "pool.recruits_pct": dict.fromkeys(spots, 0.0),
        "pool.wage_usd_thousand": dict.fromkeys(spots, 80.0),
        "tier.width_pct": {"t1": 200},
        "tier.wage_premium_pct": {"t1": 0},
        "country.expat_share_pct": {"TW": 0, "US": 0, "JP": 0},
        "country.expat_cost_ratio": {"TW": 1, "US": 1, "JP": 1},
    }
    return solved(case(facts, {"tiers": {"t1": {}}}))


SKILLS = ("technician", "engineer", "researcher")


def test_people_come_with_the_fab_and_are_paid_once() -> None:
    """10 kwpm x 50 of each skill = 0.5 thousand each; two skills x 0.5 x 80 = 0.08 USD bn a year
    for five years, whoever is hired anew or came along."""
    came, hired = people(100), people(25)
    assert sum(came.values("hire").values()) == pytest.approx(0)
    new = {t: n for (pool, q, t, _), n in hired.values("hire").items() if q == "engineer"}
    assert new == pytest.approx({2026: 0.1875, 2028: 0.375, 2030: 0.375})
    for plan in (came, hired):
        paid = plan.cash[plan.cash["item"].isin(["talent.wages", "acquisition.staff"])]
        assert paid["amount_usd_bn"].sum() == pytest.approx(-5 * 0.08)


def test_aid_covers_a_refit_but_not_the_price() -> None:
    """Half of the refit's 0.4, paid when building begins; the price brings nothing."""
    facts: dict[str, dict[Any, float]] = {
        "programme.rate_pct": {"grant": 50},
        "programme.payment_lag_years": {"grant": 0},
        "country.aid_cumulation_pct": {"TW": 0, "US": 0, "JP": 100},
    }
    rows = {"programmes": {"grant": {"country": "JP", "instrument": "grant", "covers": "fab"}}}
    plan = solved(case(facts, rows, ceiling="N2"))
    assert plan.values("grant") == pytest.approx({("jp_a", "grant", 2028): 0.2})
    more = plan.info.objective - solved(case(ceiling="N2")).info.objective
    assert more == pytest.approx(0.2)


def test_a_refit_is_written_off_and_the_price_is_not() -> None:
    """25 % tax: 0.4 over five years from 2030, so two fifths within the horizon."""
    taxed = {"country.tax_rate_pct": {("JP", 2026): 25.0}}
    plan = solved(case(taxed, ceiling="N2"))
    shield = plan.cash[plan.cash["item"] == "finance.shield"]["amount_usd_bn"].sum()
    assert shield == pytest.approx(0.25 * 0.4 * 2 / 5)


def test_money_limits_count_purchases() -> None:
    """0.2 for the fab in a period of two years: 0.1 a year pays it, 0.09 does not."""
    for limit, count in ((0.1, 1), (0.09, 0)):
        plan = solved(case(concepts={"limits": {"abroad_usd_bn_per_year": limit}}))
        assert len(plan.values("buy")) == count


def test_it_works_beside_every_other_concept() -> None:
    solved(rich(concepts={"acquisition": {"insist": ["jp_line"]}}))


@QUICK
@given(st.floats(0, 20), st.floats(0, 20))
def test_a_higher_price_never_raises_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [solve_case(case(price_scale=x)).info.objective for x in (low, high)]
    assert values[1] <= values[0] + 1e-7


@QUICK
@given(st.floats(0, 5), st.floats(0, 5))
def test_a_longer_wait_for_approval_never_raises_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [
        solve_case(case({"target.lead_years": {"line": x}, "target.price_usd_bn": {"line": 0}}))
        for x in (low, high)
    ]
    assert values[1].info.objective <= values[0].info.objective + 1e-7
