"""Sensitivity, checked by solving again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.analysis.sensitivity import Input, inputs_of, sensitivity
from planner.core.case import Case
from planner.solve.optimise import solve_case
from tests.rich import BUILT_ONLY, rich
from tests.tiny import tiny


def ranged(case: Case, spread: float) -> Case:
    """Every fact with a range of the same relative width."""
    facts = tuple(
        replace(f, low=f.value * (1 - spread), high=f.value * (1 + spread)) for f in case.facts
    )
    return case.replace(facts=facts)


def test_fragile_numbers_flip_where_it_says() -> None:
    """Just beyond the stated value another plan wins, just before it the plan stands."""
    case = ranged(rich(concepts=BUILT_ONLY), 0.5)
    plan = solve_case(case)
    found = sensitivity(plan, case, top=6)
    assert found["tornado"]
    assert found["fragile"], "a range of half and double must move something"
    by_label = {n.label: n for n in inputs_of(plan, 6)}
    for row in found["fragile"]:
        number = by_label[row["input"]]
        sign = 1 if row["share"] > 0 else -1
        before = _same_decisions(plan, solve_case(_at(case, number, row["share"] - sign * 2e-3)))
        after = solve_case(_at(case, number, row["share"] + sign * 2e-3))
        assert before, row["input"]
        assert not _same_decisions(plan, after), row["input"]


def _at(case: Case, number: Input, share: float) -> Case:
    return number.at(case, max(-1.0, min(1.0, share)))


def _same_decisions(one, other) -> bool:  # noqa: ANN001
    return all(one.values(f) == other.values(f) for f in ("modules", "centre", "open"))


def test_the_tornado_is_the_held_plan_at_both_ends() -> None:
    """A price 50 % up on all sales is worth half the revenue that is booked on it."""
    case = ranged(tiny(), 0.5)
    plan = solve_case(case)
    found = sensitivity(plan, case, top=40)
    row = next(r for r in found["tornado"] if r["input"] == "price.price_usd_per_wafer of N2")
    revenue = 0.48 * 20 * 2 * 2
    assert row["at_high_usd_bn"] == pytest.approx(0.5 * revenue, rel=1e-6)
