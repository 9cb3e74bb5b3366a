"""The value of the rule N-x by hand: what each step unlocks and what the plan uses."""

from __future__ import annotations

import pytest

from planner.analysis.outbound_value import outbound_value
from planner.core.case import Case
from planner.core.errors import InputError
from planner.solve.optimise import solve_case
from tests.tiny import tiny


def case() -> Case:
    """Frontier rank 8; N2 has rank 7 (one behind), N16 rank 3; land only in Japan."""
    return tiny(
        {
            "outbound.gap_generations": {("US", 2026): 2, ("JP", 2026): 2},
            "frontier.rank": {("world", 2026): 8},
            "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
        }
    )


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
