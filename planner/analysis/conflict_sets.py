"""Smallest conflicts and minimal repairs among a set of rules, by asking what still works.

    conflict   C with feasible(C) = no and feasible(C - {c}) = yes for every c in C
    repair     R with feasible(all - R) = yes and feasible(all - R + {r}) = no for every r in R
Every repair meets every conflict (Reiter 1987), so a smallest set that meets all repairs known so
far is either a smallest conflict or shows a new repair (Ignatiev et al. 2015). Repairs are grown by
halving: with few culprits among n rules that takes about log2(n) questions for each.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Feasible = Callable[[frozenset[int]], bool]
"""Whether there is a plan when just these rules are kept."""
More = Callable[[], bool]
"""Whether there is time for another round."""


@dataclass(frozen=True, slots=True)
class Collision:
    """Rules that cannot hold together.

    smallest: whether no smaller set collides (proved); else it is only free of idle members.
    """

    members: tuple[int, ...]
    smallest: bool


def always() -> bool:
    """No limit of time."""
    return True


def conflicts(
    everything: frozenset[int], feasible: Feasible, more: More = always
) -> tuple[Collision, ...]:
    """Conflicts with no member in common, each the smallest among the rules not yet named.

    Without all their members there is a plan (when the time sufficed). Empty when there is one
    anyway, or when not even dropping every rule leaves one.
    """
    found: list[Collision] = []
    rest = everything
    if not feasible(frozenset()):
        return ()
    while more() and not feasible(rest):
        found.append(smallest_conflict(rest, feasible, more))
        rest -= set(found[-1].members)
    return tuple(found)


def smallest_conflict(
    everything: frozenset[int], feasible: Feasible, more: More = always
) -> Collision:
    """The smallest conflict among rules that do not all hold together (the empty set does)."""
    repairs: list[tuple[int, ...]] = []
    while more():
        tried = _meets_all(repairs)
        if not feasible(tried):
            return Collision(tuple(sorted(tried)), smallest=True)
        repairs.append(_repair(everything, tried, feasible))
    kept = everything
    for member in sorted(everything):
        if not feasible(kept - {member}):
            kept -= {member}
    return Collision(tuple(sorted(kept)), smallest=False)


def repairs_through(
    conflict: Sequence[int], everything: frozenset[int], feasible: Feasible, more: More = always
) -> tuple[tuple[int, ...], ...]:
    """For each member of a conflict a minimal repair that drops it and no other member of it."""
    found = [
        _repair(everything, frozenset(conflict) - {member}, feasible)
        for member in conflict
        if more()
    ]
    return tuple(sorted(set(found), key=lambda r: (len(r), r)))


def _meets_all(repairs: Sequence[tuple[int, ...]]) -> frozenset[int]:
    """A smallest set with a member of every repair."""
    members = sorted({m for r in repairs for m in r})
    for size in range(len(members) + 1):
        for chosen in itertools.combinations(members, size):
            if all(set(chosen) & set(r) for r in repairs):
                return frozenset(chosen)
    return frozenset(members)


def _repair(
    everything: frozenset[int], kept: frozenset[int], feasible: Feasible
) -> tuple[int, ...]:
    """What has to go when these are kept and everything else is kept where it can be."""
    grown = _grow(kept, tuple(sorted(everything - kept)), feasible)
    return tuple(sorted(everything - grown))


def _grow(kept: frozenset[int], rest: tuple[int, ...], feasible: Feasible) -> frozenset[int]:
    if not rest or feasible(kept | set(rest)):
        return kept | set(rest)
    if len(rest) == 1:
        return kept
    half = len(rest) // 2
    return _grow(_grow(kept, rest[:half], feasible), rest[half:], feasible)
