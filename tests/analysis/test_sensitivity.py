"""Sensitivity and weights, each checked by solving again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.analysis.sensitivity import Input, inputs_of, sensitivity
from planner.analysis.weights import weights
from planner.core.case import Case
from planner.core.errors import InputError
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


def test_least_change_of_weights_makes_the_favourite_best() -> None:
    """The favourite is the plan at other weights; a free solve at the answer agrees."""
    case = rich(concepts={**BUILT_ONLY, "risk": {"omega": 0}})
    plan = solve_case(case)
    for other in ({"subsidy": 3.0}, {"cost": 2.0}, {"talent": 4.0}, {"cost": 0.3}):
        moved = case.replace(scenario=case.scenario.with_(weights=other))
        favourite = solve_case(moved)
        found = weights(plan, case, favourite)
        if found["weights"] is None or not found["proved"]:
            continue
        distance = sum(abs(v - 1) for v in other.values())
        assert found["change"] <= distance + 1e-6
        rules = case.scenario.with_(weights=found["weights"])
        best = solve_case(case.replace(scenario=rules)).info.objective
        assert _worth_at(case, favourite, found["weights"]) == pytest.approx(best, rel=1e-5)
        return
    pytest.fail("no favourite was settled")


def _worth_at(case: Case, favourite, at) -> float:  # noqa: ANN001
    from planner.analysis.bench import Bench
    from planner.solve.variant import held_at, search

    bench = Bench(favourite, case.replace(scenario=case.scenario.with_(weights=at)))
    answer = search(held_at(bench.model, bench.values, set()), 0.0, 20.0)
    assert answer is not None
    return answer.objective


def test_the_plan_itself_needs_no_change() -> None:
    case = rich(concepts={**BUILT_ONLY, "risk": {"omega": 0}})
    plan = solve_case(case)
    found = weights(plan, case, plan)
    assert found["proved"]
    assert found["change"] == pytest.approx(0, abs=1e-9)


def test_a_plan_worse_on_every_account_is_never_best() -> None:
    """The same fabs with the site cost paid twice: US in place of JP costs more, nothing better."""
    case = tiny()
    plan = solve_case(case)
    forced = case.scenario.with_(sites={"pin": [{"site": "us_a", "modules": 1}]})
    found = weights(plan, case, solve_case(case.replace(scenario=forced)))
    if found["weights"] is None:
        assert found["proved"]
    else:  # only where cost does not count at all
        assert found["weights"]["cost"] == pytest.approx(0, abs=1e-6)


def test_a_favourite_the_rules_leave_out_is_told() -> None:
    case = tiny(sites={"forbid": ["JP"]})
    with pytest.raises(InputError, match="leave out"):
        weights(solve_case(case), case, solve_case(tiny()))
