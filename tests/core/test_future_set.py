"""Futures made from yearly chances: they add to 1, repeat per seed, and reduce as they should."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import planner
from planner.core.case import Case
from planner.core.enumeration import most_likely
from planner.core.errors import InputError
from planner.core.future_set import MADE, make_futures, with_made_futures
from planner.core.histories import Hazards, draw, hazards, merged
from planner.core.reduction import distances_between, forward_selection
from planner.core.scenario import FutureSet
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny


def hazard(**changes: Any) -> Hazards:
    """Two linked events and one that stays, over two periods of two years."""
    given: dict[str, Any] = {
        "chance": {"flood": 0.1, "strike": 0.2, "law": 0.05},
        "loading": {"flood": (0.7, 0.0), "strike": (0.6, 0.2), "law": (0.0, 0.0)},
        "persistent": frozenset({"law"}),
        "periods": (2026, 2028),
        "years_per_period": 2,
    }
    return Hazards(**{**given, **changes})


def made(**asked: Any) -> Case:
    return with_made_futures(rich(future_set=asked))


@pytest.mark.parametrize("method", ["lhs", "random", "enumerated"])
def test_chances_add_to_one_and_repeat_per_seed(method: str) -> None:
    one, two, other = (
        make_futures(rich(), FutureSet(method=method, number=60, seed=s, keep=7))  # type: ignore[arg-type]
        for s in (3, 3, 4)
    )
    assert sum(one.chances.values()) == pytest.approx(1)
    assert len(one.chances) == 7
    assert one == two
    if method != "enumerated":
        assert one != other


def test_every_event_comes_as_often_as_its_chance_in_every_year() -> None:
    """Layers leave no luck: 0.1 of 200 draws is 20 floods in each year, 0.2 is 40 strikes."""
    drawn = draw(hazard(persistent=frozenset()), 200, 5, layers=True)
    counts = Counter(itertools.chain.from_iterable(drawn))
    assert {counts["flood", y] for y in range(2026, 2030)} == {20}
    assert {counts["strike", y] for y in range(2026, 2030)} == {40}
    assert {counts["law", y] for y in range(2026, 2030)} == {10}


def test_a_shared_driver_brings_events_together() -> None:
    """Correlation 0.42: far more years with both than the 0.02 of independent events."""
    both = []
    for loading in ({}, hazard().loading):
        apart = {e: loading.get(e, (0.0, 0.0)) for e in hazard().chance}
        drawn = draw(hazard(loading=apart), 20_000, 1)
        years = [
            y for h in drawn for y in range(2026, 2030) if {("flood", y), ("strike", y)} <= {*h}
        ]
        both.append(len(years) / 80_000)
    assert both[0] == pytest.approx(0.02, abs=0.002)
    assert both[1] > 0.04


def test_what_stays_begins_once() -> None:
    for history in draw(hazard(chance={"law": 0.5}), 50, 1):
        assert len(history) <= 1


def test_enumeration_is_exact() -> None:
    """All histories together cover everything but sets of more than three events: nothing here."""
    found = most_likely(hazard(), 10_000)
    assert found.left_out == pytest.approx(0, abs=1e-9)
    sampled = merged(hazard(), draw(hazard(), 40_000, 2))
    periods = {tuple(sorted({(e, 2026 + (y - 2026) // 2 * 2) for e, y in h})): 0.0 for h in sampled}
    for history, p in sampled.items():
        periods[tuple(sorted({(e, 2026 + (y - 2026) // 2 * 2) for e, y in history}))] += p
    for history, p in found.chances.items():
        assert periods.get(tuple(sorted(history)), 0.0) == pytest.approx(p, abs=0.01)


def test_enumeration_of_one_event_by_hand() -> None:
    """Chance 0.1 a year: 0.9**4 = 0.6561 for never, 0.19 * 0.81 = 0.1539 for one period alone."""
    found = most_likely(hazard(chance={"flood": 0.1}, loading={"flood": (0.0, 0.0)}), 3)
    assert list(found.chances.values()) == pytest.approx([0.6561, 0.1539, 0.1539])
    assert found.left_out == pytest.approx(0.0361)  # 0.19 ** 2


def test_the_most_likely_come_first() -> None:
    full = list(most_likely(hazard(), 10_000).chances.values())
    assert full == sorted(full, reverse=True)
    assert list(most_likely(hazard(), 5).chances.values()) == pytest.approx(full[:5])


def brute(chances: np.ndarray, far: np.ndarray, keep: int) -> float:
    """Least distance over every choice of `keep` futures."""
    return min(
        float(far[list(some)].min(axis=0) @ chances)
        for some in itertools.combinations(range(len(chances)), keep)
    )


@settings(max_examples=25, deadline=None)
@given(
    points=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=7),
    keep=st.integers(1, 4),
    data=st.data(),
)
def test_reduction_against_brute_force(
    points: list[tuple[int, int]], keep: int, data: st.DataObject
) -> None:
    """The distance reported is that of the kept set; one kept future is the best single one."""
    weights = data.draw(st.lists(st.integers(1, 9), min_size=len(points), max_size=len(points)))
    chances = np.array(weights) / sum(weights)
    far = distances_between(np.array(points, dtype=float))
    found = forward_selection(chances, far, keep)
    assert sum(found.chances) == pytest.approx(1)
    assert found.distance == pytest.approx(float(far[list(found.kept)].min(axis=0) @ chances))
    assert found.distance >= brute(chances, far, min(keep, len(points))) - 1e-9
    if keep == 1:
        assert found.distance == pytest.approx(brute(chances, far, 1))
        assert found.relative in (0.0, pytest.approx(1.0))
    more = forward_selection(chances, far, keep + 1)
    assert more.distance <= found.distance + 1e-9


def test_two_futures_of_three_by_hand() -> None:
    """At 0, 1 and 10 with chances 0.5, 0.3, 0.2: keep 0 and 10, the one at 1 moves by 1: 0.3."""
    far = distances_between(np.array([[0.0], [1.0], [10.0]]))
    found = forward_selection(np.array([0.5, 0.3, 0.2]), far, 2)
    assert sorted(found.kept) == [0, 2]
    assert dict(zip(found.kept, found.chances, strict=True)) == pytest.approx({0: 0.8, 2: 0.2})
    assert found.distance == pytest.approx(0.3)
    # alone, 0 costs 0.3 + 2 = 2.3 and 1 costs 0.5 + 1.8 = 2.3
    assert found.relative == pytest.approx(0.3 / 2.3)


def test_the_model_takes_made_futures() -> None:
    case = made(method="lhs", number=40, seed=1, keep=6)
    assert case.registers[MADE]["made"]["kept"] == "6"
    plan = solve_case(case)
    assert set(plan.table("risk")["future"]) == set(case.ids("futures"))
    assert with_made_futures(rich()).digest == rich().digest  # inert when not asked for


def test_events_of_one_period_are_one_future_to_the_model() -> None:
    histories = [(("flood", 2026),), (("flood", 2027),), (("flood", 2028),)]
    assert list(merged(hazard(), histories).values()) == pytest.approx([2 / 3, 1 / 3])  # type: ignore[arg-type]


def test_unknown_events_and_impossible_loadings_are_named() -> None:
    with pytest.raises(InputError, match="Did you mean"):
        make_futures(rich(), FutureSet(events=("strat",)))
    heavy = {"event.geopolitics_loading": {"strait": 0.9}, "event.cycle_loading": {"strait": 0.9}}
    with pytest.raises(InputError, match="more than 1"):
        hazards(rich(heavy))
    with pytest.raises(InputError, match="no event"):
        hazards(tiny())


def test_every_event_carries_its_evidence() -> None:
    """Each event says in words what it rests on, and its chance has range, source and reason."""
    case = planner.load("base")
    facts = {(f.entity, f.parameter): f for f in case.facts if f.table == "event"}
    for event in case.ids("events"):
        chance = facts[event, "annual_probability_pct"]
        assert len(case.text("events", event, "note")) > 20
        assert chance.low < chance.value < chance.high
        assert chance.sources
        assert set(chance.sources) <= set(case.sources)
        assert chance.note
    for fact in facts.values():
        assert fact.sources
        assert set(fact.sources) <= set(case.sources)
        assert fact.note or fact.grade != "D"


def test_nothing_happens_outside_its_window() -> None:
    """A law that can only come in 2027, chance 0.5: never with 0.5, in the first period else."""
    window = {"law": (2027, 2027)}
    law = hazard(chance={"law": 0.5}, loading={"law": (0.0, 0.0)}, window=window)
    assert {y for h in draw(law, 200, 1) for _, y in h} == {2027}
    found = most_likely(law, 10)
    assert found.chances == pytest.approx({(): 0.5, (("law", 2026),): 0.5})
    both = hazard(window={"strike": (2028, 2029)})
    chances = most_likely(both, 10_000)
    assert chances.left_out == pytest.approx(0, abs=1e-9)
    assert not any(("strike", 2026) in history for history in chances.chances)


def test_a_window_comes_from_the_data() -> None:
    case = rich({"event.last_year": {"strait": 2027}})
    assert hazards(case).window == {"strait": (0, 2027)}
