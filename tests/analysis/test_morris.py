"""Screening against functions whose effects are known, and against solves made by hand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.analysis.morris import LEVELS, STEP, effects, morris, paths
from planner.analysis.sensitivity import inputs_of
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.optimise import solve_case
from tests.analysis.test_sensitivity import ranged
from tests.rich import BUILT_ONLY, rich
from tests.tiny import tiny


@given(st.integers(1, 8), st.integers(1, 5), st.integers(0, 99))
def test_every_path_moves_every_number_once_on_the_grid(count: int, number: int, seed: int) -> None:
    found = paths(count, number, seed)
    assert len(found) == number
    assert found == paths(count, number, seed)
    grid = [n / (LEVELS - 1) for n in range(LEVELS)]
    for path in found:
        assert sorted(i for _, i in path[1:]) == list(range(count))
        for (a, _), (b, i) in itertools.pairwise(path):
            assert [n for n in range(count) if a[n] != b[n]] == [i]
            assert abs(b[i] - a[i]) == pytest.approx(STEP)
        assert all(min(abs(x - g) for g in grid) < 1e-12 for point, _ in path for x in point)


def test_a_sum_has_the_same_effect_everywhere_and_a_product_has_not() -> None:
    def add(x: Sequence[float]) -> float:
        return 3 * x[0] - 2 * x[1] + 7

    def multiply(x: Sequence[float]) -> float:
        return 4 * x[0] * x[1]

    for path in paths(2, 6, 3):
        assert dict(effects(path, add)) == pytest.approx({0: 3.0, 1: -2.0})
    got = [e for path in paths(2, 12, 3) for i, e in effects(path, multiply) if i == 0]
    # the effect of x0 is 4 x1, and x1 stands on the grid
    assert {round(e / 4 * (LEVELS - 1), 9) for e in got} <= {0.0, 1.0, 2.0, 3.0}
    assert len(set(got)) > 1


def test_a_point_without_a_value_loses_its_two_steps_only() -> None:
    path = paths(3, 1, 5)[0]
    gap = path[1][0]
    assert len(effects(path, lambda x: None if list(x) == gap else 1.0)) == 1


@pytest.fixture(scope="module")
def solved() -> tuple[Plan, Case]:
    case = ranged(tiny(), 0.5)
    return solve_case(case), case


def test_effects_are_differences_of_optima(solved: tuple[Plan, Case]) -> None:
    plan, case = solved
    found = morris(plan, case, top=3, number=2, seed=4)
    inputs = inputs_of(plan, 3)
    path = paths(3, 2, 4)[0]

    def optimum(point: Sequence[float]) -> float:
        moved = case
        for number, x in zip(inputs, point, strict=True):
            moved = number.at(moved, 2 * x - 1)
        return solve_case(moved).info.objective

    for i, effect in effects(path, optimum):
        row = next(r for r in found["inputs"] if r["input"] == inputs[i].label)
        assert row["effects"][0] == pytest.approx(effect, abs=1e-5)
    assert found["paths"] == found["of"] == 2
    assert found["solves"] == 8


def test_factors_of_a_product_depend_on_each_other(solved: tuple[Plan, Case]) -> None:
    """What a building costs is its price times the country's multiplier; a wafer's price is not."""
    plan, case = solved
    found: dict[str, Any] = morris(plan, case, top=8, number=6)
    rows = {r["input"]: r for r in found["inputs"]}
    assert not rows["country.construction_multiplier of JP"]["adds_up"]
    assert rows["price.price_usd_per_wafer of N2"]["adds_up"]
    assert "depend on where the others stand" in found["text"]


def test_a_large_programme_holds_the_plan_and_keeps_to_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = ranged(rich(concepts=BUILT_ONLY), 0.3)
    plan = solve_case(case)
    monkeypatch.setattr("planner.analysis.bench.SMALL", 0)
    found = morris(plan, case, top=3, number=2)
    assert "held" in found["of_what"]
    assert found["paths"] == 2
    short = morris(plan, case, top=3, number=50, seconds=0.0)
    assert short["paths"] == 1


def test_no_weak_number_no_screening() -> None:
    case = tiny()
    plan = solve_case(case)
    found = morris(plan, case)
    assert found["inputs"] == []
    assert "no weak number" in found["text"]
