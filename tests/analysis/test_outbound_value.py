"""The value of the rule N-x by hand: what each step unlocks and what the plan uses."""

from __future__ import annotations

from typing import Any

import pytest

from planner.analysis.outbound_value import READINGS, outbound_readings, outbound_value, with_gap
from planner.core.case import Case
from planner.core.errors import InputError
from planner.core.plan import Plan
from planner.solve.optimise import solve_case
from tests.tiny import tiny


def case_with(facts: dict[str, Any]) -> Case:
    """Frontier rank 8; N2 has rank 7 (one behind), N16 rank 3; land only in Japan."""
    plain = {
        "outbound.gap_generations": {("US", 2026): 2, ("JP", 2026): 2},
        "frontier.rank": {("world", 2026): 8},
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
    }
    return tiny(plain | facts)


def case() -> Case:
    return case_with({})


def test_steps_by_hand() -> None:
    # x = 2 bars N2 abroad, x = 1 lets it in, x = 0 adds nothing. One module in Japan makes 0.24 mn
    # wafers a year in service for two of three two-year periods: N16 earns 4,500 a wafer less
    # power, N2 19,000, so N2 takes the one place there is.
    two, one, none = outbound_value(case())
    assert two.delta_usd_bn == 0
    assert two.unlocked == ()
    assert {(u.site, u.product) for u in one.unlocked} == {("jp_a", "N2")}
    assert [(u.site, u.product, u.modules_used) for u in one.used] == [("jp_a", "N2", 1)]
    assert one.unlocked[0].from_year == 2026
    assert one.delta_usd_bn > 0
    assert none.unlocked == ()
    assert none.delta_usd_bn == pytest.approx(0)
    # The same steps taken apart: the gain is the difference of two plain solves.
    assert one.npv_usd_bn - two.npv_usd_bn == pytest.approx(one.delta_usd_bn)
    assert two.npv_usd_bn == pytest.approx(solve_case(case()).info.objective)


@pytest.mark.parametrize("steps", [(0.0, 1.0), (1.0, 1.0), (), (-1.0,)])
def test_steps_must_fall(steps: tuple[float, ...]) -> None:
    with pytest.raises(InputError, match="E750"):
        outbound_value(case(), steps)


def test_without_the_rule_there_is_no_value() -> None:
    with pytest.raises(InputError, match="takes no part"):
        outbound_value(tiny())


def counted() -> Case:
    """The full ladder puts N2 one generation behind, the named one two."""
    named = {"frontier.rank_named": {("world", 2026): 11}}
    return case_with(named | {"product.rank_named": {"N2": 9, "N16": 3}})


def test_both_readings_by_hand() -> None:
    # full: 8 - 7 = 1, so N-2 bars N2 and N-1 lets it in; named: 11 - 9 = 2, so N-2 lets it in.
    times = []

    def solve(asked: Case) -> Plan:
        times.append(asked.scenario.concepts["outbound"])
        return solve_case(asked)

    found = outbound_readings(counted(), (2.0, 1.0), solve=solve)
    full, named = found["full"], found["named"]
    assert [s.npv_usd_bn for s in named] == [full[1].npv_usd_bn] * 2
    assert full[0].npv_usd_bn < named[0].npv_usd_bn
    assert [u.product for u in full[1].used] == ["N2"]
    assert named[1].unlocked == ()
    assert len(times) == 2  # three of the four steps allow the same columns


def test_a_finer_count_never_lowers_the_value() -> None:
    """Every named process counted, a class is never nearer to the frontier than by full nodes."""
    full, named = (solve_case(with_gap(counted(), 2.0, r)).info.objective for r in READINGS)
    assert named >= full
