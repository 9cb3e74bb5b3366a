"""Least-change weights: the answer solved again, its bound against a grid, the proof of none."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.analysis.bench import Bench
from planner.analysis.weights import weights
from planner.analysis.weights_box import NAMES, Box, nearest_in
from planner.analysis.weights_rivals import Rivals
from planner.analysis.weights_worth import Books, Ceiling, worst
from planner.core.case import Case
from planner.core.errors import InputError
from planner.core.plan import Plan
from planner.solve.held_session import HeldLp
from planner.solve.optimise import solve_case
from tests.rich import BUILT_ONLY, rich
from tests.tiny import tiny

WEIGHT = st.floats(0, 10)
POINT = st.tuples(WEIGHT, WEIGHT, WEIGHT, st.floats(0, 4))
"""Weights; of risk up to where a tail of a quarter counts in full."""


@cache
def tailed() -> tuple[Case, Plan, Bench]:
    """A case with a charge on the tail, its plan, and the plan's bench."""
    case = rich(concepts={**BUILT_ONLY, "risk": {"omega": 0.25}})
    plan = solve_case(case)
    return case, plan, Bench(plan, case)


def at(case: Case, point: tuple[float, ...]) -> Case:
    """The case at other weights."""
    rules = case.scenario.with_(weights=dict(zip(NAMES, point, strict=True)))
    return case.replace(scenario=rules)


def held(plan: Plan, case: Case) -> float:
    """Worth of a plan's whole-number decisions in a case."""
    bench = Bench(plan, case)
    return HeldLp(bench.model, bench.values).worth


@settings(max_examples=15, deadline=None)
@given(POINT)
def test_a_plan_is_worth_at_other_weights_what_a_new_model_says(point: tuple[float, ...]) -> None:
    """Accounts times weights and the tail anew: the objective of a model built at these weights."""
    case, plan, bench = tailed()
    books = Books(bench.built)
    assert books.tail.omega == 0.25
    other = Bench(plan, at(case, point))
    line = HeldLp(other.model, bench.values)
    mine = books.standing(line.values[: len(bench.model.names)]).worth(point, books.tail)
    if point[NAMES.index("risk")] > 1e-6:
        assert mine == pytest.approx(line.worth, rel=1e-7, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(POINT, st.integers(0, 2**30))
def test_no_decisions_are_worth_more_than_their_ceiling(
    point: tuple[float, ...], seed: int
) -> None:
    """Whatever chances q are put on the futures, within what the tail allows."""
    case, plan, bench = tailed()
    books = Books(bench.built)
    q = worst(np.random.default_rng(seed).random(len(books.tail.chances)), books.tail)
    assert q.sum() == pytest.approx(1)
    most = Ceiling(books, bench.values).at(point, q)
    assert most is not None
    assert most.value >= held(plan, at(case, point)) - 1e-6


@cache
def rivals_of_another() -> tuple[Case, Rivals]:
    """The rivals of the plan that is best where cost counts less, the plan itself among them."""
    case, _, bench = tailed()
    other = solve_case(at(case, (1.0, 0.3, 1.0, 1.0)))
    books = Books(bench.built)
    mine = Bench(other, case).values
    found = Rivals(bench, books, Ceiling(books, mine).lp)
    now, q = (1.0,) * 4, books.tail.chances
    found.add(bench.values, now, q)
    found.leave_out(now, q)
    return case, found


@settings(max_examples=6, deadline=None)
@given(POINT)
def test_rivals_are_plans_and_run_anew_are_worth_no_less(point: tuple[float, ...]) -> None:
    """None is worth more than the best plan at the weights, as a solve there finds it."""
    case, found = rivals_of_another()
    assert len(found.cuts) > 3
    best = solve_case(at(case, point)).info.objective
    before = found.worths(point).copy()
    found.run_at(point, found.books.tail.chances)
    after = found.worths(point)
    assert list(after[: len(before)]) == list(before)
    assert after.max() >= before.max()
    assert after.max() <= best + 1e-6 * max(1.0, abs(best))
    assert after == pytest.approx([c.worth(point, found.books.tail) for c in found.cuts])
    assert found.bends() == pytest.approx([c.bend(found.books.tail) for c in found.cuts])


def test_a_swap_by_hand() -> None:
    """US in place of JP: its rivals are today's plan and the one with nothing abroad."""
    case = tiny()
    plan = solve_case(case)
    bench = Bench(plan, case)
    family = bench.model.family("modules")
    swapped = list(bench.values)
    for key, count in plan.values("modules").items():
        if key[0] == "jp_a":
            swapped[family.columns[key]] = 0.0
            swapped[family.columns["us_a", *key[1:]]] = count
    books = Books(bench.built)
    found = Rivals(bench, books, Ceiling(books, swapped).lp)
    now = (1.0,) * 4
    found.add(bench.values, now, None)
    assert found.worths(now)[0] == pytest.approx(plan.info.objective)
    found.leave_out(now, None)  # known already: the plan has nothing in the US
    home = list(bench.values)
    for key in plan.values("modules"):
        if key[0] == "jp_a":
            home[family.columns[key]] = 0.0
    assert found.worths(now) == pytest.approx(
        [plan.info.objective, HeldLp(bench.model, home).worth]
    )


@settings(max_examples=10, deadline=None)
@given(POINT, POINT)
def test_a_ceiling_lies_above_its_slopes(
    point: tuple[float, ...], other: tuple[float, ...]
) -> None:
    """The run that reaches it can be kept at other weights: with one weight moved, a line below."""
    _, _, bench = tailed()
    books = Books(bench.built)
    ceiling, q = Ceiling(books, bench.values), books.tail.chances
    here = ceiling.at(point, q)
    for g in range(len(NAMES)):
        moved = (*point[:g], other[g], *point[g + 1 :])
        there = ceiling.at(moved, q)
        assert here is not None
        assert there is not None
        line = here.value + float(here.slope[g]) * (other[g] - point[g])
        assert there.value >= line - 1e-6 * max(1.0, abs(line))


def test_least_change_of_weights_makes_the_favourite_best() -> None:
    """A solve at the answer agrees, and at no nearer point of a grid is the favourite best."""
    case = rich(concepts={**BUILT_ONLY, "risk": {"omega": 0}})
    plan = solve_case(case)
    other = {"cost": 0.3}
    favourite = solve_case(case.replace(scenario=case.scenario.with_(weights=other)))
    found = weights(plan, case, favourite)
    assert found["proved"]
    assert found["least_change"] <= found["change"] <= 0.7 + 0.02
    assert found["change"] <= 1.021 * found["least_change"]
    point = tuple(found["weights"][g] for g in NAMES)
    best = solve_case(at(case, point)).info.objective
    assert held(favourite, at(case, point)) == pytest.approx(best, rel=2e-6)
    steps = (0.5, 1.0, 1.5)
    for spot in itertools.product(steps, steps, (1.0,), (1.0,)):
        if sum(abs(x - 1) for x in spot) < found["least_change"] - 1e-6:
            best = solve_case(at(case, spot)).info.objective
            assert held(favourite, at(case, spot)) < best - 1e-6, spot


def test_the_plan_itself_needs_no_change() -> None:
    case, plan, _ = tailed()
    found = weights(plan, case, plan)
    assert found["proved"]
    assert found["change"] == pytest.approx(0, abs=1e-9)


def test_with_a_tail_too_that_none_does_is_proved() -> None:
    """Untaxed wafers bring so much that doing nothing is best at no weights a scenario may have."""
    dear = {
        "country.tax_rate_pct": {(c, 2026): 0 for c in ("TW", "US", "JP")},
        "tariff.rate_pct": {("s232", 2026): 0},
        "price.price_usd_per_wafer": {("N2", 2026): 2_000_000, ("N16", 2026): 1_000_000},
    }
    free = {name: {"on": False} for name in ("contracts", "ratios")}
    case = rich(concepts={**BUILT_ONLY, **free, "risk": {"omega": 0.25}}, facts=dear)
    plan = solve_case(case)
    assert plan.values("modules")
    idle = solve_case(
        case.replace(scenario=case.scenario.with_(sites={"forbid": ["JP", "US", "TW"]}))
    )
    assert not idle.values("modules")
    found = weights(plan, case, idle)
    assert found["tail_charge"]
    assert found["weights"] is None
    assert found["proved"], found["text"]
    for spot in itertools.product((0.0, 10.0), (0.0, 10.0), (0.0, 10.0), (0.0, 4.0)):
        assert held(idle, at(case, spot)) < held(plan, at(case, spot))


def test_a_plan_that_costs_more_and_brings_nothing_is_best_only_where_cost_hardly_counts() -> None:
    """US in place of JP costs more, and nothing is better."""
    case = tiny()
    plan = solve_case(case)
    forced = case.scenario.with_(sites={"pin": [{"site": "us_a", "modules": 1}]})
    found = weights(plan, case, solve_case(case.replace(scenario=forced)))
    assert found["weights"]["cost"] == pytest.approx(0, abs=1e-3)
    assert found["least_change"] > 0.99


def test_out_of_time_the_bound_so_far_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    case = rich(concepts={**BUILT_ONLY, "risk": {"omega": 0.25}})
    plan = solve_case(case)
    favourite = solve_case(case.replace(scenario=case.scenario.with_(weights={"subsidy": 3.0})))
    monkeypatch.setattr(
        "planner.analysis.weights_quest.Quest._time", lambda quest: quest.parted < 20
    )
    found = weights(plan, case, favourite)
    assert not found["proved"]
    assert "change" not in found
    assert 0 < found["least_change"] < 0.7
    assert "no change below" in found["text"]


def test_a_favourite_the_rules_leave_out_is_told() -> None:
    case = tiny(sites={"forbid": ["JP"]})
    with pytest.raises(InputError, match="leave out"):
        weights(solve_case(case), case, solve_case(tiny()))


def test_the_nearest_point_of_a_box_by_hand() -> None:
    """Lead 2 - w of cost from one plan, cost at most 2; from another, cost at least 1.5."""
    box = Box((1.0, 0.0, 1.0, 1.0), (1.0, 4.0, 1.0, 1.0))
    assert box.corners == [(1.0, 0.0, 1.0, 1.0), (1.0, 4.0, 1.0, 1.0)]
    now = (1.0, 1.0, 1.0, 1.0)
    change, spot = nearest_in(box.corners, now, [[2.0, -2.0], [-1.5, 2.5]]) or (None, None)
    assert change == pytest.approx(0.5)
    assert spot == pytest.approx((1.0, 1.5, 1.0, 1.0))
    assert nearest_in(box.corners, now, [[1.0, -3.0], [-1.5, 2.5]]) is None


def test_parts_of_a_box_share_a_face_and_neither_is_a_sliver() -> None:
    box = Box((0.0,) * 4, (10.0,) * 4)
    below, above = box.parted(1, 0.1)
    assert below.high[1] == above.low[1] == 2.0
    assert below.low == box.low
    assert above.high == box.high
