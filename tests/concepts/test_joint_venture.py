"""Fabs shared with partners by hand: what they pay in, what they take, and when they join."""

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
WORKS = 4 * (20 * 0.012 * (0.2 * 20000 - 1000) / 1000 - 20 * 8760 * 100 / 1e9)
"""Profit of a 20 kwpm N2 module over 2028-2031, sold at a fifth of the price [USD bn]."""


def case(
    facts: dict[str, dict[Any, float]] | None = None,
    concepts: dict[str, dict[str, Any]] | None = None,
    **options: Any,
) -> Case:
    """Land for one module in Japan and nowhere else; partners hold 40 %."""
    merged: dict[str, dict[Any, float]] = {
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
        "demand.wafers_mn": {("US|N16", 2026): 0},
        "venture.share_pct": {"club": 60},
        "venture.transfer_pct": {"club": 20},
        "venture.modules_most": {"club": 2},
        "venture.partner_rate_pct": {"club": 0},
    }
    for name, values in (facts or {}).items():
        merged.setdefault(name, {}).update(values)
    rows = {"ventures": {"club": {"sites": "jp_a", "products": "N2"}}}
    chosen = {"joint_venture": {"on": True, **options}, **(concepts or {})}
    return tiny(merged, rows, concepts=chosen)


def solved(made: Case) -> Plan:
    plan = solve_case(made)
    assert verify(plan, made) == ()
    return plan


def shared(plan: Plan) -> float:
    return sum(n for (_, _, o, _), n in plan.values("modules").items() if o == "joint venture")


DEAR = {"finance.discount_rate_pct": {"firm": 40.0}}
"""A firm short of capital; its partners ask no interest."""


def test_a_shared_fab_by_hand() -> None:
    """Partners pay 40 % of 2.4 in 2027 and take 40 % of the works' profit and of what is left."""
    plan = solved(case(DEAR))
    assert plan.values("modules") == {("jp_a", "N2", "joint venture", 2026): 1.0}
    amounts = plan.cash.groupby("item")["amount_usd_bn"].sum()
    assert amounts["joint_venture.equipment"] == pytest.approx(0.4 * 2.0)
    assert amounts["joint_venture.building"] == pytest.approx(0.4 * 0.4)
    assert amounts["joint_venture.profit"] == pytest.approx(-0.4 * WORKS)
    left = amounts["costs.salvage_equipment"] + amounts["costs.salvage_building"]
    assert amounts["joint_venture.salvage"] == pytest.approx(-0.4 * left)
    q = 1.4
    over = {t: (q ** -(t + 0.5 - 2026) + q ** -(t + 1.5 - 2026)) / 2 for t in (2028, 2030)}
    gain = 0.4 * 2.4 / q - 0.4 * WORKS / 2 * sum(over.values()) - 0.4 * left * q**-6
    alone = solved(case(DEAR, ventures=["other"]))
    assert shared(alone) == 0
    assert plan.info.objective - alone.info.objective == pytest.approx(gain)
    assert gain > 0


def test_the_table_says_joint_venture() -> None:
    begun = solved(case(DEAR)).table("modules").iloc[0]
    assert (begun["option"], begun["kwpm"]) == ("joint venture", 20)


def test_at_the_same_return_sharing_brings_the_firm_nothing() -> None:
    """No interest on either side, no tax, no aid: what partners win the firm loses."""
    plan = solved(case())
    assert plan.info.objective == pytest.approx(solved(case(on=False)).info.objective)
    assert shared(plan) == 0


def test_partners_stay_away_where_their_money_earns_too_little() -> None:
    """At a tenth of the price, and paid in twice: nobody joins unless they need not ask."""
    poor = {**DEAR, "venture.transfer_pct": {"club": 10}, "venture.premium_pct": {"club": 100}}
    assert shared(solved(case(poor))) == 0
    assert shared(solved(case(poor, partner_return=False))) == 1


def test_a_firm_without_control_shares_nothing() -> None:
    assert shared(solved(case({**DEAR, "venture.share_pct": {"club": 49}}))) == 0


def test_partners_have_money_for_so_many_modules() -> None:
    room = {"site.room_modules": {"jp_a": 2}, "demand.wafers_mn": {("US|N2", 2026): 1.0}}
    for most in (0, 1, 2):
        facts = {**DEAR, **room, "venture.modules_most": {"club": most}}
        assert shared(solved(case(facts))) == most


def test_partners_pay_their_share_of_what_aid_leaves_and_a_premium() -> None:
    facts = {**DEAR, "venture.aid_pct": {"club": 40}, "venture.premium_pct": {"club": 100}}
    plan = solved(case(facts))
    paid = plan.cash[plan.cash["item"].isin(["joint_venture.equipment", "joint_venture.building"])]
    assert paid["amount_usd_bn"].sum() == pytest.approx(0.4 * 0.6 * 2 * 2.4)


def test_sharing_takes_longer_when_partners_must_agree() -> None:
    """Half a year's delay: first wafers in mid-2028."""
    paid = {"venture.delay_years": {"club": 0.5}, "venture.premium_pct": {"club": 200}}
    plan = solved(case({**DEAR, **paid}, partner_return=False))
    assert shared(plan) == 1
    assert plan.table("modules").iloc[0]["service_year"] == 2028.5


def test_profit_shares_follow_outages() -> None:
    """War in 2028: a share of the fab stands still and its partners get so much less."""
    facts = {
        **DEAR,
        "event.annual_probability_pct": {"quake": 1.0},
        "event.capacity_loss_pct": {"quake": 50.0},
        "event.outage_months": {"quake": 24.0},
        "future.probability_pct": {"calm": 90.0, "quake": 10.0},
    }
    rows = {
        "events": {"quake": {"places": "JP", "persistent": "no"}},
        "futures": {"calm": {"events": ""}, "quake": {"events": "quake@2028"}},
    }
    made = case(facts, {"risk": {"omega": 0.0}})
    made = made.replace(registers={**made.registers, **rows})
    plan = solved(made)
    profit = plan.cash[
        (plan.cash["item"] == "joint_venture.profit") & (plan.cash["period"] == 2028)
    ]
    power = 20 * 8760 * 100 / 1e9
    whole, half = 20 * 0.012 * 3, 10 * 0.012 * 3
    want = sorted(-0.4 * 2 * (wafers - power) for wafers in (half, whole))
    assert sorted(profit["amount_usd_bn"]) == pytest.approx(want)


def test_taxes_follow_the_share() -> None:
    """25 % tax: partners' profit is not the firm's, nor is the write-off of what they paid in."""
    taxed = {**DEAR, "country.tax_rate_pct": {("JP", 2026): 25.0}}
    plan = solved(case(taxed))
    amounts = plan.cash.groupby("item")["amount_usd_bn"].sum()
    flows = (
        amounts["sales.revenue"] + amounts["production.upkeep"] + amounts["production.materials"]
    )
    assert amounts["finance.tax"] == pytest.approx(-0.25 * (flows - 0.4 * WORKS))
    share = 2.0 * 4 / 5 + 0.4 * 4 / 20
    assert amounts["finance.shield"] == pytest.approx(0.25 * 0.6 * share)


def test_money_limits_count_what_the_firm_pays() -> None:
    """60 % of 2.4 are 1.44 in a period of two years."""
    for limit, count in ((0.72, 1), (0.71, 0)):
        plan = solved(case(DEAR, {"limits": {"abroad_usd_bn_per_year": limit}}))
        assert shared(plan) == count


def test_off_gives_back_the_programme_without_ventures() -> None:
    room = {
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
        "demand.wafers_mn": {("US|N16", 2026): 0},
    }
    off, plain = build_model(case(on=False)), build_model(tiny(room))
    assert list(off.model.lp_lines()) == list(plain.model.lp_lines())
    assert off.model.objective == plain.model.objective


@QUICK
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 40))
def test_a_higher_return_asked_never_raises_value(a: int, b: int, rate: int) -> None:
    """Nor does asking at all."""
    low, high = sorted((a, b))
    values = []
    for asked in (low, high):
        facts: dict[str, dict[Any, float]] = {
            "finance.discount_rate_pct": {"firm": rate},
            "venture.partner_rate_pct": {"club": asked},
        }
        values.append(solve_case(case(facts)).info.objective)
        free = solve_case(case(facts, partner_return=False)).info.objective
        assert free >= values[-1] - 1e-7
    if rate >= high:
        assert values[1] <= values[0] + 1e-7


@QUICK
@given(st.floats(0, 50), st.floats(0, 50))
def test_a_larger_premium_never_lowers_value_without_the_return(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [
        solve_case(case({**DEAR, "venture.premium_pct": {"club": x}}, partner_return=False))
        for x in (low, high)
    ]
    assert values[1].info.objective >= values[0].info.objective - 1e-7
