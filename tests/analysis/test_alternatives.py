"""Alternatives: the census equals brute force over every set of overseas sites."""

from __future__ import annotations

import itertools

import pytest

from planner.analysis.alternatives import alternatives
from planner.analysis.bench import Bench
from planner.analysis.far_apart import apart_km, away_km, spots
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


PLACES = {"us_a": (-112.0, 33.5), "us_b": (-96.6, 33.6), "jp_a": (130.8, 32.9)}


def placed() -> Case:
    """The tiny case with coordinates of its two sites abroad."""
    where = {i: PLACES[i] for i in ("us_a", "jp_a")}
    return tiny(
        registers={"sites": {i: {"lon": str(x), "lat": str(y)} for i, (x, y) in where.items()}}
    )


def test_kilometres_to_the_nearest_other_site() -> None:
    assert away_km(PLACES, "us_b", ("us_a", "jp_a")) == pytest.approx(1430, abs=10)
    assert away_km(PLACES, "us_a", ("us_a", "us_b")) == away_km(PLACES, "us_b", ("us_a",))
    assert away_km(PLACES, "us_a", ("us_a",)) == 20_000
    assert away_km({}, "us_a", ("jp_a",)) == 1000, "no coordinates: all alike"
    assert apart_km(PLACES, ("us_b",), ("us_a",)) == pytest.approx(
        20_000 + away_km(PLACES, "us_b", ("us_a",))
    )
    assert apart_km(PLACES, ("us_a",), ("us_a",)) == 0


def test_the_farthest_set_is_as_far_as_brute_force_says() -> None:
    case = placed()
    plan = solve_case(case)
    within = 0.05
    sets = {n for n, v in brute(case).items() if v >= plan.info.objective * (1 - within)}
    bench = Bench(plan, case)
    mine, where = bench.begun_at(bench.values), spots(bench)
    farthest = max(apart_km(where, names, mine) for names in sets if set(names) != set(mine))
    got = alternatives(plan, case, within)
    first = got["far_apart"][0]
    assert first["km_apart"] == pytest.approx(farthest)
    assert first["sites_different"] == len(set(first["sites"]) ^ set(mine))
    assert first["farthest_proved"]
    assert got["far_apart"][0]["value_usd_bn"] >= got["floor_usd_bn"] - 1e-6
