"""Pareto: nothing beats a point on both axes, as a second programme proves; the knee is marked."""

from __future__ import annotations

import itertools

import pytest

from planner.analysis.bench import Bench
from planner.analysis.pareto import pareto
from planner.analysis.pareto_axes import AXES, Measured, floor_row
from planner.core.errors import InputError
from planner.solve.optimise import solve_case
from planner.solve.variant import Variant
from tests.rich import plainer
from tests.tiny import tiny


@pytest.mark.parametrize("axis", sorted(AXES))
def test_no_plan_beats_a_point(axis: str) -> None:
    case = plainer()
    plan = solve_case(case)
    found = pareto(plan, case, axis, points=4, drop=0.3)
    bench = Bench(plan, case)
    line = Measured(bench, axis)
    assert found["points"]
    for row in found["points"]:
        step = 1e-3 * max(1.0, abs(row[axis]))
        worth = row["value_usd_bn"]
        rows = (floor_row(bench, worth + 1e-5 * abs(worth)), line.row(row[axis]))
        assert bench.solve(Variant(rows=rows)) is None, "more value at the same level"
        rows = (floor_row(bench, worth), line.row(row[axis] + line.sign * step))
        assert bench.solve(Variant(rows=rows)) is None, "a better level at the same value"


@pytest.mark.parametrize("axis", ["cost", "subsidy", "home_share"])
def test_the_front_falls_and_gaps_are_as_stated(axis: str) -> None:
    case = plainer()
    found = pareto(solve_case(case), case, axis, points=5, drop=0.3)
    front = found["points"]
    values = [r["value_usd_bn"] for r in front]
    assert values == sorted(values, reverse=True)
    steps = [a - b for a, b in itertools.pairwise(values)]
    assert found["largest_gap"]["value_usd_bn"] == pytest.approx(max(steps, default=0.0))
    assert sum(r["knee"] for r in front) == (1 if len(front) >= 3 else 0)
    assert values[0] == pytest.approx(solve_case(case).info.objective, rel=1e-6)


def test_unknown_and_empty_axes_are_told() -> None:
    case = tiny()
    plan = solve_case(case)
    with pytest.raises(InputError, match="subsidy"):
        pareto(plan, case, "subsidies")
    with pytest.raises(InputError, match="nothing on the axis"):
        pareto(plan, case, "cvar")
