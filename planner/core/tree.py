"""Which futures can be told apart when: branch dates, nodes and leaves of a tree of decisions.

At a branch date the firm knows what happened in the periods before it, and nothing of what is to
come: futures with the same states in every period before the date stay together in one node.
Between dates no news is used. With no date there is one node: decide now, for all futures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.core.errors import InputError, Issue
from planner.core.scenario import branch_problem
from planner.core.sets import Sets

Node = tuple[int, int]
"""Stage (branch dates passed) and number of the group of futures in it."""


@dataclass(frozen=True)
class Tree:
    """Groups of futures by stage; stage 0 holds all of them, the last stage's are the leaves.

    dates: branch dates [year]. chances: future -> probability. groups: stage -> futures that
    cannot be told apart in it. news: node -> states seen since the stage before, as (period, id).
    """

    dates: tuple[int, ...]
    chances: dict[str, float]
    groups: tuple[tuple[tuple[str, ...], ...], ...]
    news: dict[Node, tuple[tuple[int, str], ...]]

    @property
    def leaves(self) -> tuple[tuple[str, ...], ...]:
        """Groups of futures that stay together to the end."""
        return self.groups[-1]

    def stage(self, period: int) -> int:
        """Branch dates a decision of this period has behind it."""
        return sum(date <= period for date in self.dates)

    def node(self, leaf: int, period: int) -> Node:
        """Node a leaf's decisions of a period are taken in."""
        stage = self.stage(period)
        return stage, self.parent(leaf, stage)

    def parent(self, leaf: int, stage: int) -> int:
        """Number of the group at a stage that a leaf comes from."""
        future = self.leaves[leaf][0]
        return next(n for n, group in enumerate(self.groups[stage]) if future in group)

    def chance(self, futures: Sequence[str]) -> float:
        """Probability of a set of futures."""
        return sum(self.chances[s] for s in futures)


def grow(sets: Sets, dates: Sequence[int]) -> Tree:
    """The tree of a case's futures. Raises InputError for a date at which nothing may branch."""
    problem = branch_problem(dates, sets.periods)
    if problem:
        raise InputError([Issue("error", "E760", "stages", "", problem)])
    groups: list[tuple[tuple[str, ...], ...]] = [(tuple(sets.futures),)]
    news: dict[Node, tuple[tuple[int, str], ...]] = {(0, 0): ()}
    since = sets.periods[0]
    for stage, date in enumerate(dates, start=1):
        seen = [t for t in sets.periods if since <= t < date]
        found: list[tuple[str, ...]] = []
        for group in groups[-1]:
            told: dict[tuple[tuple[int, str], ...], list[str]] = {}
            for s in group:
                told.setdefault(tuple((t, sets.state_of[s, t]) for t in seen), []).append(s)
            for history, members in told.items():
                news[stage, len(found)] = history
                found.append(tuple(members))
        groups.append(tuple(found))
        since = date
    return Tree(tuple(dates), dict(sets.futures), tuple(groups), news)
