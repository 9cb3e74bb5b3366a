"""A plan that was tampered with, or does not reconcile, is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.core.errors import VerificationError
from planner.solve.optimise import solve_case
from planner.solve.verify import require_verified, verify
from tests.rich import FACTS, ROWS, rich
from tests.tiny import tiny


@pytest.fixture(scope="module")
def solved():  # noqa: ANN201
    case = rich()
    return solve_case(case), case


def test_the_optimum_verifies(solved) -> None:  # noqa: ANN001
    assert verify(*solved) == ()


def test_a_changed_amount_is_found(solved) -> None:  # noqa: ANN001
    plan, case = solved
    cash = plan.cash.copy()
    cash.loc[cash["item"] == "sales.revenue", "amount_usd_bn"] *= 1 + 1e-4
    with pytest.raises(VerificationError, match=r"sales\.revenue"):
        require_verified(replace(plan, cash=cash), case)


def test_a_missing_line_is_found(solved) -> None:  # noqa: ANN001
    plan, case = solved
    cash = plan.cash[plan.cash["item"] != "costs.site"]
    assert any("costs.site" in i.where for i in verify(replace(plan, cash=cash), case))


def test_a_changed_decision_is_found(solved) -> None:  # noqa: ANN001
    plan, case = solved
    modules = plan.variables["modules"].copy()
    modules["value"] += 1
    changed = replace(plan, variables={**plan.variables, "modules": modules})
    assert any(i.where.startswith("capacity.") for i in verify(changed, case))


def test_a_changed_tax_is_found(solved) -> None:  # noqa: ANN001
    plan, case = solved
    cash = plan.cash.copy()
    cash.loc[cash["item"] == "finance.tax", "amount_usd_bn"] *= 0.99
    assert any(i.where.startswith("verify.tax") for i in verify(replace(plan, cash=cash), case))


def test_other_inputs_are_found(solved) -> None:  # noqa: ANN001
    plan, _ = solved
    other = rich({"programme.rate_pct": {"jp_grant": 20}})
    assert any(i.where == "verify.digest" for i in verify(plan, other))


def test_a_bound_below_the_plan_is_found(solved) -> None:  # noqa: ANN001
    plan, case = solved
    low = replace(plan.info, bound=plan.info.objective - 1)
    assert any(i.where == "verify.bound" for i in verify(replace(plan, info=low), case))


def test_credit_for_a_slow_centre_where_a_quick_one_was_on_offer() -> None:
    """The date of a credit does not hang on which centres the plan took."""
    facts = {name: dict(rows) for name, rows in FACTS.items()}
    for name, slow, quick in (
        ("headcount_thousand", 0.1, 0.1), ("capex_usd_bn", 0.5, 0.5), ("lead_years", 4, 1),
        ("running_usd_bn_per_year", 0.01, 9.0), ("benefit_usd_bn_per_year", 2.0, 0.0),
    ):  # fmt: skip
        facts[f"centre.{name}"] = {"pilot": slow, "quick": quick}
    rows = {
        **ROWS,
        "sites": {**ROWS["sites"], "us_a": {"centre_types": "pilot;quick"}},
        "centre_types": {"pilot": {"unlocks": "N2"}, "quick": {"unlocks": ""}},
        "programmes": {
            **ROWS["programmes"],
            "us_credit": {"country": "US", "instrument": "tax_credit", "covers": "centre"},
        },
    }
    case = tiny(facts, rows)
    plan = solve_case(case)
    opened = {r for i, r, _ in plan.values("centre") if i == "us_a"}
    paid = sum(v for (_, p, _), v in plan.values("grant").items() if p == "us_credit")
    assert opened == {"pilot"}
    assert paid == pytest.approx(0.25 * 0.5)
    assert verify(plan, case) == ()
