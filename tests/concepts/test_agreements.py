"""Origin-share floors by hand: built, fined, on average; glide path; tighter never pays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.model.assemble import build_model
from planner.model.concepts.agreements import Agreement
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.rich import rich
from tests.tiny import tiny

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
ONE = {"demand.wafers_mn": {("US|N2", 2026): 0.48, ("US|N16", 2026): 0.0}}
"""N2 for two modules (2 x 20 kwpm x 0.012); home is cheapest and has land for both."""


def floor(**changes: Any) -> dict[str, Any]:
    plain = {"market": "US", "origins": ["US"], "start_year": 2026, "end_year": 2026, "end_pct": 50}
    return {**plain, **changes}


def case(*floors: dict[str, Any]) -> Case:
    return tiny(ONE, concepts={"agreements": {"floors": list(floors)}})


def made(plan: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for (i, *_), n in plan.values("modules").items():
        found[i[:2]] = found.get(i[:2], 0.0) + n
    return found


def test_without_a_floor_home_makes_it_all() -> None:
    assert made(solve_case(case())) == {"tw": 2}


def test_half_made_there_brings_one_fab_and_costs_what_it_costs() -> None:
    """A US module costs 20 x (0.100 + 0.020 x 2) = 2.8 and land 0.5; at home 20 x 0.120 = 2.4.
    The horizon is long enough that both pay; half of what is sold must be made there."""
    free, bound = solve_case(case()), solve_case(case(floor()))
    assert made(bound) == {"tw": 1, "us": 1}
    assert verify(bound, case(floor())) == ()
    assert free.info.objective - bound.info.objective > 0.4 * 0.5
    for (g, _, _, t, u), wafers in bound.values("ship").items():
        if g.startswith("tw"):
            us = [v for (h, _, _, p, s), v in bound.values("ship").items() if (p, s) == (t, u)]
            assert wafers <= sum(us) / 2 + 1e-9


def test_a_floor_that_is_met_anyway_changes_nothing() -> None:
    free, bound = solve_case(case()), solve_case(case(floor(origins=["TW"], end_pct=100)))
    assert bound.info.objective == pytest.approx(free.info.objective)


def test_no_floor_and_switched_off_are_the_same_programme() -> None:
    off = tiny(ONE, concepts={"agreements": {"on": False}})
    one, two = build_model(case()).model, build_model(off).model
    assert list(one.lp_lines()) == list(two.lp_lines())
    assert one.objective == two.objective


def test_a_small_fine_is_paid_by_hand() -> None:
    """Everything sold from home is half a wafer short of the share: 0.48 x 0.5 = 0.24 mn a year."""
    fined = solve_case(case(floor(mode="penalty", fine_usd_per_wafer=1)))
    assert made(fined) == {"tw": 2}
    short = fined.values("short_share")
    full = [v for (_, t, _), v in short.items() if t >= 2030]
    assert full
    assert full == pytest.approx([0.24] * len(full))
    cash = fined.cash[fined.cash["item"] == "agreements.fine"]
    late = cash[cash["period"] >= 2030]["amount_usd_bn"]
    assert list(late) == pytest.approx([-0.24 * 1 * 2 / 1000] * len(late))


def test_a_large_fine_builds_the_fab() -> None:
    fined = solve_case(case(floor(mode="penalty", fine_usd_per_wafer=1e6)))
    assert made(fined) == {"tw": 1, "us": 1}
    hard = solve_case(case(floor()))
    assert fined.info.objective == pytest.approx(hard.info.objective)


def test_glide_path() -> None:
    path = Agreement.model_validate(floor(start_year=2028, start_pct=10, end_year=2032))
    assert [path.asked_pct(y) for y in (2027, 2028, 2030, 2032, 2040)] == [0, 10, 30, 50, 50]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"end_year": 2020}, "before 'start_year'"),
        ({"mode": "penalty"}, "goes with mode 'penalty'"),
        ({"fine_usd_per_wafer": 5}, "goes with mode 'penalty'"),
        ({"origins": []}, "at least 1"),
    ],
)
def test_what_an_agreement_may_not_say(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Agreement.model_validate(floor(**changes))


def test_on_average_asks_no_more_than_in_every_state() -> None:
    demand = {"demand.wafers_mn": {("US|N2", 2026): 1.6, ("US|N16", 2026): 0.8}}
    asked = floor(origins=["US", "JP"], end_pct=30)

    def worth(mode: str) -> float:
        options = {"floors": [{**asked, "mode": mode}]}
        return solve_case(rich(demand, concepts={"agreements": options})).info.objective

    assert worth("expected") >= worth("hard") - 1e-7


@QUICK
@given(a=st.floats(0, 100), b=st.floats(0, 100))
def test_a_higher_share_never_raises_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    loose, tight = (solve_case(case(floor(end_pct=x))).info.objective for x in (low, high))
    assert tight <= loose + 1e-7


@QUICK
@given(a=st.floats(1, 3000), b=st.floats(1, 3000))
def test_a_higher_fine_never_raises_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    mild, harsh = (
        solve_case(case(floor(mode="penalty", fine_usd_per_wafer=x))).info.objective
        for x in (low, high)
    )
    assert harsh <= mild + 1e-7
