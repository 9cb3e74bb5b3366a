"""Fair-value floors by hand: full cost, price, demand; where they bind and where they do not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core import fullcost
from planner.core.case import Case, CaseView
from planner.model.assemble import build_model, prepare
from planner.model.concepts import fair_value
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.rich import PLAINER, each_pool, rich

QUICK = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
PLAIN: dict[str, dict[Any, float]] = {
    "finance.discount_rate_pct": {"firm": 0},
    "product.maintenance_pct": {"N2": 4, "N16": 4},
    "pool.wage_usd_thousand": each_pool(80),
}


def case(*floors: dict[str, Any]) -> Case:
    return rich(PLAIN, concepts={"fair_value": {"floors": list(floors)}})


def floor(**changes: Any) -> dict[str, Any]:
    return {"market": "US", "origins": ["JP"], "products": ["N2"], "margin_pct": 0, **changes}


def view(of: Case) -> CaseView:
    return CaseView(of, prepare(of)[0], fair_value.READS, "fair_value")


FULL = (100 / 10 + 20 / 20 + 100 * 0.04 + (50 + 50) * 80 / 1000 + 8760 * 100 / 1e6) / 0.012 + 1000
"""N2 in Japan by hand, at no interest [USD mn a kwpm and year over mn wafers, plus materials]:
tools 100 over 10 years, building 20 over 20, upkeep 4 %, 100 people at 80, 1 MW at 100 USD/MWh."""


def test_full_cost_by_hand() -> None:
    assert abs(FULL - 2989.6667) < 1e-3
    assert fullcost.full_cost_usd(view(case()), "JP", "N2", 2026) == pytest.approx(FULL)


def test_buildings_cost_more_where_building_does() -> None:
    """The US multiplier is 2: 20 x (2 - 1) / 20 years / 0.012 = 83.3 USD a wafer more."""
    us = fullcost.full_cost_usd(view(case()), "US", "N2", 2026)
    assert us - FULL == pytest.approx(1 / 0.012)


def test_interest_raises_full_cost() -> None:
    dear = rich({**PLAIN, "finance.discount_rate_pct": {"firm": 8}})
    assert fullcost.full_cost_usd(view(dear), "JP", "N2", 2026) > FULL


def test_a_floor_above_the_price_raises_it_and_cuts_demand() -> None:
    """The price is 20,000; full cost and 900 % are ten times full cost, 29,897."""
    asked = case(floor(margin_pct=400, elasticity=0.5))
    up = 5 * FULL / 20000
    assert up < 1
    asked = rich(
        {**PLAIN, "price.price_usd_per_wafer": {("N2", 2026): 10000, ("N16", 2026): 5000}},
        concepts={"fair_value": {"floors": [floor(margin_pct=400, elasticity=0.5)]}},
    )
    up = 5 * FULL / 10000
    for states in prepare(asked)[0].states.values():
        for u in states:
            before = 0.9 if "strait" in u.id and "~" not in u.id else 1.0
            assert u.price["US", "N2"] == pytest.approx(up)
            assert u.demand["US", "N2"] == pytest.approx(before * up**-0.5)
            assert ("US", "N16") not in u.price
    plan = solve_case(asked)
    assert verify(plan, asked) == ()


def test_a_floor_below_the_price_changes_nothing() -> None:
    free, bound = build_model(case()).model, build_model(case(floor())).model
    assert list(free.lp_lines()) == list(bound.lp_lines())
    assert free.objective == bound.objective


def test_switched_off_is_as_if_it_were_not_there() -> None:
    hard = floor(margin_pct=400, elasticity=3)
    off = rich(PLAIN, concepts={"fair_value": {"on": False, "floors": [hard]}})
    assert build_model(off).model.objective == build_model(case()).model.objective


def test_the_rule_has_dates() -> None:
    dated = case(floor(margin_pct=400, since=2028, until=2029))
    opt = fair_value.Options.model_validate(dated.scenario.concepts["fair_value"])
    shares = [fair_value.floor_usd(view(dated), opt.floors[0], "N2", t) for t in (2026, 2028, 2030)]
    assert shares == pytest.approx([0, 5 * FULL / 2, 0])


def test_the_cheapest_origin_sets_the_floor() -> None:
    both = fair_value.Floor.model_validate(floor(origins=["US", "JP"]))
    assert fair_value.floor_usd(view(case()), both, "N2", 2026) == pytest.approx(FULL)


@QUICK
@given(low=st.floats(0, 300), more=st.floats(0, 100), elasticity=st.floats(0, 3))
def test_a_higher_margin_never_lowers_the_price_nor_raises_demand(
    low: float, more: float, elasticity: float
) -> None:
    cheap = {**PLAIN, "price.price_usd_per_wafer": {("N2", 2026): 6000, ("N16", 2026): 5000}}
    found = []
    for margin in (low, low + more):
        asked = floor(margin_pct=margin, elasticity=elasticity)
        made = rich(cheap, concepts={"fair_value": {"floors": [asked]}})
        u = prepare(made)[0].states[2026][0]
        found.append((u.price.get(("US", "N2"), 1.0), u.demand.get(("US", "N2"), 1.0)))
    assert found[1][0] >= found[0][0] - 1e-12
    assert found[1][1] <= found[0][1] + 1e-12


@QUICK
@given(margin=st.floats(0, 400))
def test_without_elasticity_a_floor_never_hurts_the_seller(margin: float) -> None:
    cheap = {**PLAIN, "price.price_usd_per_wafer": {("N2", 2026): 6000, ("N16", 2026): 5000}}
    asked = floor(margin_pct=margin, elasticity=0)
    off = {name: {"on": False} for name in ("trade", *PLAINER)}
    free = solve_case(rich(cheap, concepts=off)).info.objective
    bound = solve_case(
        rich(cheap, concepts={**off, "fair_value": {"floors": [asked]}})
    ).info.objective
    assert bound >= free - 1e-6 * abs(free)
