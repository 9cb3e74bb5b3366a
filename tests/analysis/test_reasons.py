"""Reasons are differences of optima with the rest held; the money groups add up to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.analysis.held import Held
from planner.analysis.reasons import country_reasons
from planner.solve.optimise import solve_case
from tests.rich import rich


@pytest.fixture(scope="module")
def solved():  # noqa: ANN201
    """Without promises: a plan that made some may not be able to do without a country."""
    case = rich(concepts={"contracts": {"on": False}})
    return solve_case(case), case


def test_every_host_gets_a_reason(solved) -> None:  # noqa: ANN001
    reasons = country_reasons(*solved)
    assert [r["country"] for r in reasons] == ["US", "JP"]
    assert {r["country"]: r["decision"] for r in reasons} == {"US": "out", "JP": "in"}


def test_groups_add_up_to_the_value(solved) -> None:  # noqa: ANN001
    for reason in country_reasons(*solved):
        sign = 1 if reason["decision"] == "in" else -1
        assert sum(reason["by_group"].values()) == pytest.approx(sign * reason["value_usd_bn"])


def test_what_is_in_is_worth_something_and_what_is_out_costs(solved) -> None:  # noqa: ANN001
    assert all(r["value_usd_bn"] >= -1e-7 for r in country_reasons(*solved))


def test_forcing_is_no_cheaper_than_the_true_optimum(solved) -> None:  # noqa: ANN001
    """Held decisions can only make the forced plan worse than a free re-solve with a pin."""
    plan, case = solved
    forced = Held(plan, case).with_one_fab("US")
    assert forced is not None
    pin = case.scenario.with_(sites={"pin": [{"site": "us_a"}]})
    free = solve_case(replace(case, scenario=pin))
    assert forced.objective <= free.info.objective + 1e-7
    assert forced.objective <= plan.info.objective + 1e-7


def test_taking_out_equals_forbidding_when_nothing_else_could_move(solved) -> None:  # noqa: ANN001
    plan, case = solved
    held = Held(plan, case).without("JP")
    rules = case.scenario.with_(sites={"forbid": ["JP"]})
    free = solve_case(replace(case, scenario=rules))
    assert held is not None
    assert held.objective <= free.info.objective + 1e-7


def test_a_plan_whose_promises_need_a_country_says_so() -> None:
    """With 85 % of the futures to be served, what is left without Japan falls short."""
    case = rich()
    plan = solve_case(case)
    assert Held(plan, case).without("JP") is None
    found = {r["country"]: r for r in country_reasons(plan, case)}["JP"]
    assert "a rule needs it" in found["headline"]
    assert found["by_group"] == {}


def test_whether_a_promise_is_kept_is_not_held() -> None:
    """What a future brings is no decision: the columns of `contracts` adapt with shipments."""
    case = rich()
    held = Held(solve_case(case), case)
    fail = held.built.model.family("fail").columns.values()
    assert not set(fail) & set(held._held())
    assert set(held.built.model.family("modules").columns.values()) <= set(held._held())
