"""Trade balance ratios by hand: fees against licences, exports against imports."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.core.plan import Plan
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.concepts.test_properties import QUICK
from tests.tiny import tiny


def case(ratios: dict[str, Any] | None = None, fee: float = 5.0) -> Case:
    """Home and Japan each run 20 kwpm of N2 (0.24 mn wafers a year); the US buys 0.48.

    A wafer brings USD 20,000: 0.24 mn a year over a two-year period are USD 9.6 bn.
    """
    facts = {
        "existing.capacity_kwpm": {("tw_a|N2", 2026): 20, ("jp_a|N2", 2026): 20},
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 0},
        "market.home_share_pct": {"US": 20},
        "market.tariff_exposure_pct": {"US": 0},
        "balance.royalty_pct": {"TW": 50},
        "balance.technical_fee_pct": {"TW": fee},
        "balance.licence_pct": {"TW": 10},
        "balance.equipment_bought_pct": {"TW": 80},
    }
    concepts = {} if ratios is None else {"ratios": {"on": True, **ratios}}
    return tiny(facts, concepts=concepts)


def made(plan: Plan, origin: str, t: int = 2026) -> float:
    """Wafers shipped from a country [mn wafers/year]."""
    return sum(v for (g, _, _, p, _), v in plan.values("ship").items() if g == origin and p == t)


def test_measured_without_floors() -> None:
    # Receipts 5 % of 9.6 = 0.48; payments 10 % of 9.6 = 0.96: ratio 0.5.
    # A fifth of the market is at home: exports 0.8 x 9.6 = 7.68, imports 0.2 x 9.6 = 1.92: ratio 4.
    plan = solve_case(case({}))
    found = {f: plan.measures[f"{f}_2028_usd_bn"] for f in ("receipts", "payments", "exports")}
    assert found == pytest.approx({"receipts": 0.48, "payments": 0.96, "exports": 7.68})
    assert plan.measures["imports_2028_usd_bn"] == pytest.approx(1.92)
    assert plan.info.objective == pytest.approx(solve_case(case()).info.objective)
    row = plan.table("balance").set_index("begins").loc[2028]
    assert (row["technology_ratio"], row["goods_ratio"]) == pytest.approx((0.5, 4.0))


def test_goods_floor_binds_by_hand() -> None:
    # Exports 7.68 >= 8 x imports: imports at most 0.96, so half of Japan's wafers stay unsold:
    # 0.12 mn a year, USD 4.8 bn of sales in each of three periods (wafers cost 1,000 to make, and
    # power is paid by capacity or wafer alike, so the loss is a little less than the sales).
    asked = case({"goods_floor": 8.0})
    plan = solve_case(asked)
    assert made(plan, "JP") == pytest.approx(0.12)
    assert made(plan, "TW") == pytest.approx(0.24)
    lost = solve_case(case()).info.objective - plan.info.objective
    assert 12 < lost <= 3 * 4.8
    assert verify(plan, asked) == ()


def test_technology_floor_binds_by_hand() -> None:
    # Receipts 0.48 >= 1.0 x payments: home may sell only half of its wafers.
    plan = solve_case(case({"technology_floor": 1.0}))
    assert made(plan, "TW") == pytest.approx(0.12)
    assert made(plan, "JP") == pytest.approx(0.24)


def test_ceiling_binds_by_hand() -> None:
    # Exports at most 2 x imports of 1.92 = 3.84: home sells 3.84 / 0.8 / 9.6 = half of its wafers.
    plan = solve_case(case({"goods_ceiling": 2.0}))
    assert made(plan, "TW") == pytest.approx(0.12)


def test_a_floor_already_met_changes_nothing() -> None:
    met = solve_case(case({"goods_floor": 3.9, "technology_floor": 0.49}))
    assert met.info.objective == pytest.approx(solve_case(case()).info.objective)
    rows = met.rows[met.rows["rule"].isin(["ratios.goods_floor", "ratios.technology_floor"])]
    assert len(rows) == 6
    assert not rows["binding"].any()


def test_from_year_leaves_earlier_periods_free() -> None:
    plan = solve_case(case({"goods_floor": 8.0, "from_year": 2030}))
    assert [made(plan, "JP", t) for t in (2026, 2028, 2030)] == pytest.approx([0.24, 0.24, 0.12])


def test_over_the_horizon_is_one_row_and_no_dearer() -> None:
    whole, each = (
        solve_case(case({"goods_floor": 8.0, "measured": m})) for m in ("horizon", "period")
    )
    assert (whole.rows["rule"] == "ratios.goods_floor").sum() == 1
    assert whole.info.objective >= each.info.objective - 1e-9


def test_without_flows_above_the_line_a_floor_stops_what_is_below() -> None:
    # No fee, so no receipts: home may sell nothing at all.
    assert made(solve_case(case({"technology_floor": 0.1}, fee=0)), "TW") == pytest.approx(0)


def test_off_gives_back_the_same_programme() -> None:
    off, never = (list(build_model(c).model.lp_lines()) for c in (case({"on": False}), case()))
    assert off == never


def test_planned_equipment_at_home_is_imported() -> None:
    # 10 kwpm planned for 2028 at USD 100 mn tools each = 1.0 bn, 80 % of it bought abroad.
    base = case({})
    extra = tiny(
        {
            "existing.capacity_kwpm": {("tw_a|N2", 2026): 20},
            "existing.planned_kwpm": {("tw_a|N2", 2028): 10},
            "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 0},
            "balance.royalty_pct": {"TW": 50},
            "balance.technical_fee_pct": {"TW": 5},
            "balance.licence_pct": {"TW": 10},
            "balance.equipment_bought_pct": {"TW": 80},
        },
        concepts=base.scenario.concepts,
    )
    assert solve_case(extra).measures["imports_2028_usd_bn"] == pytest.approx(0.8)


@pytest.mark.parametrize("side", ["floor", "ceiling"])
def test_a_missed_ratio_is_noticed(side: str) -> None:
    plan = solve_case(case({}))
    asked = case({f"goods_{side}": 5.0 if side == "floor" else 3.0})
    found = {issue.where for issue in verify(plan, asked)}
    assert f"ratios.goods_{side}[2028]" in found


def test_impossible_band_is_infeasible() -> None:
    # Planned tools are imported and paid for; nothing sold at home can be exported.
    made_at_home = tiny(
        {
            "existing.planned_kwpm": {("tw_a|N2", 2028): 10},
            "demand.wafers_mn": {("US|N2", 2026): 0, ("US|N16", 2026): 0},
            "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 0},
            "balance.royalty_pct": {"TW": 50},
            "balance.technical_fee_pct": {"TW": 5},
            "balance.licence_pct": {"TW": 10},
            "balance.equipment_bought_pct": {"TW": 80},
        },
        concepts={"capacity": {"home_plan_firm": True}, "ratios": {"on": True, "goods_floor": 1.0}},
    )
    with pytest.raises(Infeasible, match=r"ratios\.goods_floor"):
        solve_case(made_at_home)


@QUICK
@given(st.floats(1, 20), st.floats(1, 20))
def test_a_higher_floor_never_raises_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [solve_case(case({"goods_floor": r})).info.objective for r in (low, high)]
    assert values[1] <= values[0] + 1e-7
