"""Plain facility location from tables, against subsets by brute force and a published optimum."""

from __future__ import annotations

import itertools
import random

import pandas as pd
import pytest

from planner.core.case import Case
from planner.core.errors import InputError
from planner.solve.optimise import solve_case


def instance(seed: int, *, capacity: bool) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    r = random.Random(seed)
    sites = [f"s{n}" for n in range(r.randint(2, 5))]
    customers = [f"c{n}" for n in range(r.randint(2, 6))]
    frame = pd.DataFrame({"id": sites, "fixed_cost": [r.randint(5, 60) for _ in sites]})
    if capacity:
        frame["capacity"] = [r.randint(30, 60) for _ in sites]
    demand = pd.DataFrame({"id": customers, "demand": [r.randint(1, 10) for _ in customers]})
    matrix = [[r.randint(1, 20) for _ in customers] for _ in sites]
    return frame, demand, pd.DataFrame(matrix, index=sites, columns=customers)


def uncapacitated(sites: pd.DataFrame, customers: pd.DataFrame, costs: pd.DataFrame) -> float:
    """Every subset of open sites; each customer goes to its cheapest open one."""
    best = float("inf")
    ids = list(sites["id"])
    for size in range(1, len(ids) + 1):
        for opened in itertools.combinations(ids, size):
            fixed = sites.set_index("id").loc[list(opened), "fixed_cost"].sum()
            lanes = costs.loc[list(opened)].min() * customers.set_index("id")["demand"]
            best = min(best, fixed + lanes.sum())
    return best


@pytest.mark.parametrize("block", range(5))
def test_uncapacitated_agrees_with_subsets(block: int) -> None:
    for seed in range(10 * block, 10 * block + 10):
        tables = instance(seed, capacity=False)
        plan = solve_case(Case.from_tables(*tables))
        assert -plan.info.objective == pytest.approx(uncapacitated(*tables)), f"seed {seed}"


def test_capacity_splits_a_customer() -> None:
    """Two sites of 50, one customer of 60 at 1 and 2 a unit: 50 + 20 + fixed 3 + 4 = 77."""
    sites = pd.DataFrame({"id": ["a", "b"], "fixed_cost": [3, 4], "capacity": [50, 50]})
    customers = pd.DataFrame({"id": ["x"], "demand": [60]})
    costs = pd.DataFrame({"x": [1, 2]}, index=["a", "b"])
    plan = solve_case(Case.from_tables(sites, customers, costs))
    assert -plan.info.objective == pytest.approx(77)
    assert plan.values("open") == {("a", 2026): 1.0, ("b", 2026): 1.0}


def test_a_textbook_instance() -> None:
    """Five regions with low- and high-capacity plants (Chopra & Meindl, network design, SunOil).

    Published optimum: USD 23.751 m a year; South America, Asia and Africa build high-capacity
    plants. Fixed costs and unit costs in USD thousand, capacities and demands in million units.
    """
    regions = ["na", "sa", "eu", "as", "af"]
    cost = {
        "na": [81, 92, 101, 130, 115],
        "sa": [117, 77, 108, 98, 100],
        "eu": [102, 105, 95, 119, 111],
        "as": [115, 125, 90, 59, 74],
        "af": [142, 100, 103, 105, 71],
    }
    low = {"na": 6000, "sa": 4500, "eu": 6500, "as": 4100, "af": 4000}
    high = {"na": 9000, "sa": 6750, "eu": 9750, "as": 6150, "af": 6000}
    sites = pd.DataFrame(
        [{"id": f"{r}_low", "fixed_cost": low[r], "capacity": 10} for r in regions]
        + [{"id": f"{r}_high", "fixed_cost": high[r], "capacity": 20} for r in regions]
    )
    customers = pd.DataFrame({"id": regions, "demand": [12, 8, 14, 16, 7]})
    rows = {f"{r}_{size}": cost[r] for r in regions for size in ("low", "high")}
    costs = pd.DataFrame.from_dict(rows, orient="index", columns=regions)
    plan = solve_case(Case.from_tables(sites, customers, costs))
    assert -plan.info.objective == pytest.approx(23751)
    assert {key[0] for key in plan.values("open")} == {"sa_high", "as_high", "af_high"}


def test_every_problem_is_reported_together() -> None:
    sites = pd.DataFrame({"id": ["a", "a"], "fixed_cost": [1, -2]})
    customers = pd.DataFrame({"id": ["x"], "demnd": [3]})
    costs = pd.DataFrame({"y": [1]}, index=["a"])
    with pytest.raises(InputError) as error:
        Case.from_tables(sites, customers, costs)
    text = str(error.value)
    assert {"E301", "E303", "E304", "E305"} <= {issue.code for issue in error.value.issues}
    assert "Did you mean 'demnd'?" in text
