"""Flip: the subsidy found flips the plan a little above and not a little below."""

from __future__ import annotations

import itertools
import random

import pytest

from planner.analysis.bench import Bench
from planner.analysis.flip import flip, module_columns, paid
from planner.core.errors import InputError
from planner.solve.optimise import solve_case
from tests.oracle.test_brute_force import PERIODS, SITES, as_case, draw, value
from tests.rich import rich
from tests.tiny import tiny


def test_hand_worked_threshold() -> None:
    """US loses to JP by a building dearer by 0.2, of which 20 % is used up: 0.04 (see why not)."""
    case = tiny()
    found = flip(solve_case(case), case, "US")
    assert not found["wins"]
    assert found["subsidy_usd_bn"] == pytest.approx(0.04, abs=1e-6)
    assert found["checked"] == {"flips_above": True, "stays_below": True}
    assert found["split"] is None, "Japan's land is full, so nobody bids against the US"


def test_the_next_fab_is_an_auction() -> None:
    """With land to spare in JP, whatever the plan begins there, it beats US by the same 0.04."""
    case = tiny({"site.room_modules": {"jp_a": 4}})
    split = flip(solve_case(case), case, "US")["split"]
    assert (split["winner"], split["runner_up"]) == ("JP", "US")
    assert split["surplus_usd_bn"] == pytest.approx(0.04, abs=1e-6)
    assert split["even_split"]["firm_usd_bn"] == pytest.approx(0.02, abs=1e-6)


def test_the_winner_may_give_up_what_the_runner_up_lacks() -> None:
    case = tiny()
    found = flip(solve_case(case), case, "JP")
    assert found["wins"]
    assert found["subsidy_usd_bn"] == pytest.approx(-0.04, abs=1e-6)
    assert found["checked"] == {"flips_above": True, "stays_below": True}


@pytest.mark.parametrize("seed", range(12))
def test_flips_on_random_cases(seed: int) -> None:
    """Both sides of s* by re-solving, with numbers drawn as in the brute-force test."""
    case = as_case(draw(seed))
    plan = solve_case(case)
    host = random.Random(seed).choice(["US", "JP"])
    found = flip(plan, case, host)
    assert found["checked"] == {"flips_above": True, "stays_below": True}, found
    bench = Bench(plan, case)
    columns = module_columns(bench, bench.sites_of(host))
    assert paid(bench, columns, found["subsidy_usd_bn"] + 1e-4, 1.0) is True
    assert paid(bench, columns, found["subsidy_usd_bn"] - 1e-4, 1.0) is False


@pytest.mark.parametrize("seed", range(8))
def test_the_threshold_equals_enumeration(seed: int) -> None:
    """Optima with and without a module by the plain-arithmetic enumeration, no programme asked."""
    numbers = draw(seed)
    best = {True: -1e9, False: -1e9}
    for years in itertools.product((None, *PERIODS[:2]), repeat=3):
        begun = dict(zip(SITES, years, strict=True))
        there = begun["us_a"] is not None
        best[there] = max(best[there], value(numbers, begun))
    case = as_case(numbers)
    found = flip(solve_case(case), case, "US")
    assert found["subsidy_usd_bn"] == pytest.approx(best[False] - best[True], abs=1e-6)


def test_bids_are_differences_of_the_next_fab() -> None:
    case = rich()
    found = flip(solve_case(case), case, "US")
    cost = {row["host"]: row["cost_of_next_fab_usd_bn"] for row in found["contest"]}
    for row in found["contest"]:
        for other, bid in row["outbids"].items():
            assert bid == pytest.approx(cost[row["host"]] - cost[other])


def test_wrong_hosts_are_told() -> None:
    case = tiny()
    plan = solve_case(case)
    with pytest.raises(InputError, match="host country"):
        flip(plan, case, "TW")
    with pytest.raises(InputError, match="lies in JP"):
        flip(plan, case, "US", "jp_a")
