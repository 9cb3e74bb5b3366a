"""Three axes: no plan beats a point on all of them, and every plan of a small case is covered."""

from __future__ import annotations

from typing import Any

import pytest

from planner.analysis.bench import Bench
from planner.analysis.pareto_axes import Measured, floor_row
from planner.analysis.pareto_three import pareto_three, undominated
from planner.core.case import Case
from planner.core.errors import InputError
from planner.core.plan import Plan
from planner.solve.optimise import solve_case
from planner.solve.variant import Variant
from tests.rich import plainer

AXES = ("cost", "home_share")


@pytest.fixture(scope="module")
def solved() -> tuple[Plan, Case]:
    case = plainer()
    return solve_case(case), case


@pytest.fixture(scope="module")
def found(solved: tuple[Plan, Case]) -> dict[str, Any]:
    return pareto_three(*solved, AXES, points=3, drop=0.3)


def test_no_plan_beats_a_point(found: dict[str, Any], solved: tuple[Plan, Case]) -> None:
    plan, case = solved
    bench = Bench(plan, case)
    lines = [Measured(bench, axis) for axis in AXES]
    assert len(found["points"]) >= 2
    for row in found["points"]:
        worth = row["value_usd_bn"]
        more = floor_row(bench, worth + 1e-4 * abs(worth))
        same = [line.row(row[line.name]) for line in lines]
        assert bench.solve(Variant(rows=(more, *same))) is None, "more value at the same levels"
        for n, line in enumerate(lines):
            step = 1e-3 * max(1.0, abs(row[line.name]))
            better = line.row(row[line.name] + line.sign * step)
            rows = (floor_row(bench, worth), better, same[1 - n])
            assert bench.solve(Variant(rows=rows)) is None, f"better {line.name}, nothing worse"


def test_levels_steps_and_the_ends_are_as_told(
    found: dict[str, Any], solved: tuple[Plan, Case]
) -> None:
    plan, case = solved
    bench = Bench(plan, case)
    for axis in found["axes"]:
        levels = found["levels"][axis]
        assert found["steps"][axis] == pytest.approx(abs(levels[1] - levels[0]))
        line = Measured(bench, axis)
        far = plan.info.objective - 0.3 * abs(plan.info.objective)
        beyond = line.row(levels[-1] + line.sign * 1e-3 * max(1.0, abs(levels[-1])))
        assert bench.solve(Variant(rows=(floor_row(bench, far), beyond))) is None
    assert found["points"][0]["value_usd_bn"] == pytest.approx(plan.info.objective, rel=1e-6)
    assert sum(r["knee"] for r in found["points"]) == (1 if len(found["points"]) >= 4 else 0)
    assert all("solution" not in row for row in found["points"])


def row(value: float, a: float, b: float) -> dict[str, Any]:
    return {"value_usd_bn": value, "subsidy": a, "cost": b}


def test_beaten_and_equal_points_go() -> None:
    rows = [row(10, 5, 5), row(9, 4, 5), row(9, 5, 5), row(8, 4, 5), row(10, 5, 5), row(9, 5, 4)]
    kept = undominated(rows, ("subsidy", "cost"), (-1.0, -1.0))
    assert [tuple(r.values()) for r in kept] == [(10, 5, 5), (9, 4, 5), (9, 5, 4)]


def test_wrong_axes_are_told(solved: tuple[Plan, Case]) -> None:
    plan, case = solved
    with pytest.raises(InputError, match="twice"):
        pareto_three(plan, case, ("cost", "cost"))
    with pytest.raises(InputError, match="no axis 'riskk'"):
        pareto_three(plan, case, ("cost", "riskk"))
