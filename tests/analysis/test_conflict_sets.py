"""Conflicts and repairs against brute force over random rule systems."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from planner.analysis.conflict_sets import (
    Feasible,
    conflicts,
    repairs_through,
    smallest_conflict,
)

NUMBER = 6
Cores = list[frozenset[int]]
systems = st.lists(
    st.frozensets(st.integers(0, NUMBER - 1), min_size=1, max_size=4), min_size=1, max_size=5
)


def holding(cores: Cores) -> Feasible:
    """A set of rules has a plan unless it holds one of the cores."""
    return lambda kept: not any(core <= kept for core in cores)


def minimal(cores: Cores) -> Cores:
    return [c for c in cores if not any(o < c for o in cores)]


@given(systems)
def test_the_smallest_conflict_is_a_smallest_core(cores: Cores) -> None:
    found = smallest_conflict(frozenset(range(NUMBER)), holding(cores))
    assert found.smallest
    assert frozenset(found.members) in set(cores)
    assert len(found.members) == min(map(len, cores))


@given(systems)
def test_conflicts_share_no_member_and_leave_a_plan_when_dropped(cores: Cores) -> None:
    everything, feasible = frozenset(range(NUMBER)), holding(cores)
    found = conflicts(everything, feasible)
    members = [m for c in found for m in c.members]
    assert len(members) == len(set(members))
    assert feasible(everything - set(members))
    assert all(frozenset(c.members) in minimal(cores) for c in found)


@given(systems)
def test_repairs_are_minimal_and_each_drops_one_member(cores: Cores) -> None:
    everything, feasible = frozenset(range(NUMBER)), holding(cores)
    conflict = smallest_conflict(everything, feasible).members
    found = repairs_through(conflict, everything, feasible)
    assert {m for r in found for m in r} >= set(conflict)
    for repair in found:
        gone = set(repair)
        assert len(gone & set(conflict)) == 1
        assert feasible(everything - gone)
        for size in range(len(gone)):
            for less in itertools.combinations(sorted(gone), size):
                assert not feasible(everything - set(less))


def test_without_time_the_conflict_has_no_idle_member_and_says_it_may_not_be_smallest() -> None:
    feasible = holding([frozenset({0, 1, 2}), frozenset({4, 5})])
    found = smallest_conflict(frozenset(range(NUMBER)), feasible, lambda: False)
    assert not found.smallest
    assert frozenset(found.members) in ({0, 1, 2}, {4, 5})


def test_what_holds_has_no_conflict() -> None:
    assert conflicts(frozenset({0, 1}), lambda _: True) == ()


def test_where_nothing_helps_no_rule_is_blamed() -> None:
    assert conflicts(frozenset({0, 1}), lambda _: False) == ()
