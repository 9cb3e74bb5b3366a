"""The most likely histories of events, one after another, with their exact chances.

    P(within S) = (integral of prod(1 - CHANCE[e | f], e not in S) over the drivers f) ** L
    P(S)        = sum((-1)**|S - R| * P(within R), R subset of S)           (Moebius inversion)
    P(history)  = prod(P(S[t] | begun[t]), t)

P(S) is the chance that in a period of L years exactly the events S happen, once or more. Given the
drivers of a year events are independent (see `histories`), so the integral is a Gauss-Hermite sum.
A persistent event that has begun drops out of later periods. Sets of more than MOST events in one
period are left out; what the histories found do not cover is reported as chance left out.
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from planner.core.histories import DRIVERS, Hazards, History, Numbers

MOST = 3
"""Most events of one period that are enumerated together."""
NODES = 24
"""Gauss-Hermite nodes per driver; 40 change no chance by more than 1e-7."""


@dataclass(frozen=True)
class Found:
    """Histories, most likely first, with their chances; `left_out` is the rest to 1."""

    chances: dict[History, float]
    left_out: float


def most_likely(hazard: Hazards, number: int) -> Found:
    """The `number` most likely histories; events stand in the first year of their period."""
    ranked = _Ranked(hazard)
    found: dict[History, float] = {}
    best = [1.0] * (len(hazard.periods) + 1)
    for at in range(len(hazard.periods) - 1, -1, -1):
        best[at] = best[at + 1] * ranked.top
    # a heap of prefixes: (-(chance x best continuation), order, prefix, its place in the ranking,
    # chance before its last period, events begun before its last period)
    order = itertools.count()
    heap: list[tuple[float, int, tuple[tuple[str, ...], ...], int, float, frozenset[str]]] = []

    def push(
        prefix: tuple[tuple[str, ...], ...], place: int, before: float, begun: frozenset[str]
    ) -> None:
        options = ranked.after(begun)
        if place < len(options):
            events, chance = options[place]
            bound = before * chance * best[len(prefix) + 1]
            entry = (-bound, next(order), (*prefix, events), place, before, begun)
            heapq.heappush(heap, entry)

    push((), 0, 1.0, frozenset())
    while heap and len(found) < number:
        _, _, prefix, place, before, begun = heapq.heappop(heap)
        push(prefix[:-1], place + 1, before, begun)
        chance = before * ranked.after(begun)[place][1]
        if len(prefix) == len(hazard.periods):
            found[_history(hazard, prefix)] = chance
        else:
            push(prefix, 0, chance, begun | (hazard.persistent & set(prefix[-1])))
    return Found(found, max(0.0, 1.0 - sum(found.values())))


def _history(hazard: Hazards, sets: tuple[tuple[str, ...], ...]) -> History:
    return tuple((e, t) for t, events in zip(hazard.periods, sets, strict=True) for e in events)


class _Ranked:
    """Sets of events of one period by falling chance, for every set of events begun before."""

    def __init__(self, hazard: Hazards) -> None:
        self.hazard = hazard
        self.weights, self.missing = _given_drivers(hazard)
        self._known: dict[frozenset[str], list[tuple[tuple[str, ...], float]]] = {}
        self.top = max(
            (self.after(frozenset(begun))[0][1] for begun in _subsets(sorted(hazard.persistent))),
            default=1.0,
        )

    def after(self, begun: frozenset[str]) -> list[tuple[tuple[str, ...], float]]:
        """Sets with their chances once the persistent events `begun` are there."""
        if begun not in self._known:
            self._known[begun] = self._rank([e for e in self.hazard.events if e not in begun])
        return self._known[begun]

    def _rank(self, events: list[str]) -> list[tuple[tuple[str, ...], float]]:
        within: dict[tuple[str, ...], float] = {}
        found = []
        everything = np.prod([self.missing[e] for e in events], axis=0) if events else 1.0
        for size in range(min(MOST, len(events)) + 1):
            for chosen in itertools.combinations(events, size):
                rest = everything / np.prod([self.missing[e] for e in chosen], axis=0)
                yearly = float((self.weights * rest).sum())
                within[chosen] = yearly**self.hazard.years_per_period
                chance = sum(
                    (-1) ** (size - len(part)) * within[part] for part in _subsets(list(chosen))
                )
                found.append((chosen, max(0.0, chance)))
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _subsets(items: list[str]) -> list[tuple[str, ...]]:
    sizes = range(len(items) + 1)
    return [part for size in sizes for part in itertools.combinations(items, size)]


def _given_drivers(hazard: Hazards) -> tuple[Numbers, dict[str, Numbers]]:
    """Weights of the nodes, and event -> chance that it stays away in a year, at each node."""
    points, weights = np.polynomial.hermite_e.hermegauss(NODES)
    grid = np.array(list(itertools.product(points, repeat=len(DRIVERS))))
    mass = np.array([math.prod(w) for w in itertools.product(weights, repeat=len(DRIVERS))])
    missing = {}
    for event, chance in hazard.chance.items():
        load = np.array(hazard.loading[event])
        limit = NormalDist().inv_cdf(1 - chance) if chance < 1 else -math.inf
        own = math.sqrt(max(1e-12, 1 - float(load @ load)))
        at = (limit - grid @ load) / own
        missing[event] = np.array([max(1e-12, NormalDist().cdf(float(x))) for x in at])
    return mass / mass.sum(), missing
