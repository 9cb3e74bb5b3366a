"""Alternatives: the census equals brute force over every set of overseas sites."""

from __future__ import annotations

import itertools

import pytest

from planner.analysis.alternatives import alternatives
from planner.analysis.bench import Bench
from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny


def brute(case: Case) -> dict[tuple[str, ...], float]:
    """Worth of every set of overseas sites, by forbidding the others and pinning each of the set.

    Centres count as something begun, so only cases without centres are asked.
    """
    found = {}
    abroad = [i for i in case.ids("sites") if case.text("sites", i, "country") != "TW"]
    for n in range(len(abroad) + 1):
        for names in itertools.combinations(abroad, n):
            rules = {
                "forbid": [i for i in abroad if i not in names],
                "pin": [{"site": i} for i in names],
            }
            try:
                plan = solve_case(case.replace(scenario=case.scenario.with_(sites=rules)))
            except Infeasible:
                continue
            found[names] = plan.info.objective
    return found


@pytest.mark.parametrize("within", [0.0005, 0.01, 0.05, 1.0])
def test_the_census_is_complete_and_right(within: float) -> None:
    case = tiny()
    plan = solve_case(case)
    want = {
        names: value
        for names, value in brute(case).items()
        if value >= plan.info.objective * (1 - within) - 1e-9
    }
    got = alternatives(plan, case, within)
    assert got["complete"]
    assert {tuple(r["sites"]) for r in got["plans"]} == set(want)
    for row in got["plans"]:
        assert row["value_usd_bn"] == pytest.approx(want[tuple(row["sites"])], abs=1e-6)
    values = [r["value_usd_bn"] for r in got["plans"]]
    assert values == sorted(values, reverse=True)


def test_n_best_come_in_order() -> None:
    case = tiny()
    plan = solve_case(case)
    best = sorted(brute(case).values(), reverse=True)[:2]
    got = alternatives(plan, case, 1.0, count=2)
    assert [r["value_usd_bn"] for r in got["plans"]] == pytest.approx(best, abs=1e-6)
    assert not got["complete"]


def test_must_may_and_avoid_follow_from_the_sets() -> None:
    case = rich()
    got = alternatives(solve_case(case), case, 0.2)
    number = len(got["plans"])
    for row in got["sites"]:
        times = sum(row["site"] in plan["sites"] for plan in got["plans"])
        assert (row["in"], row["of"]) == (times, number)
        assert row["verdict"] == {number: "must", 0: "avoid"}.get(times, "may")


def test_the_farthest_set_is_as_far_as_brute_force_says() -> None:
    case = tiny()
    plan = solve_case(case)
    within = 0.05
    sets = {n for n, v in brute(case).items() if v >= plan.info.objective * (1 - within)}
    mine = set(Bench(plan, case).begun_at(Bench(plan, case).values))
    farthest = max(len(set(names) ^ mine) for names in sets)
    got = alternatives(plan, case, within)
    assert got["far_apart"][0]["sites_different"] == farthest
    assert got["far_apart"][0]["value_usd_bn"] >= got["floor_usd_bn"] - 1e-6
