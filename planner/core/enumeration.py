"""The most likely histories of events, one after another, with their exact chances.

    P(within S) = prod(integral of prod(1 - CHANCE[e | f], e not in S, y in WINDOW[e]) over the
                       drivers f; y)
    P(S)        = sum((-1)**|S - R| * P(within R), R subset of S)           (Moebius inversion)
    P(history)  = prod(P(S[t] | begun[t]), t)

P(S) is the chance that over the years y of a period exactly the events S happen. Given the
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
NODES = 40
"""Gauss-Hermite nodes per driver; 64 change no chance of the base data by more than 1e-9."""


Open = tuple[tuple[str, ...], ...]
"""Year by year, the events that can begin in it."""


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
        best[at] = best[at + 1] * ranked.top(hazard.periods[at])
    # a heap of prefixes: (-(chance x best continuation), order, prefix, its place in the ranking,
    # chance before its last period, events begun before its last period)
    order = itertools.count()
    heap: list[tuple[float, int, tuple[tuple[str, ...], ...], int, float, frozenset[str]]] = []

    def push(
        prefix: tuple[tuple[str, ...], ...], place: int, before: float, begun: frozenset[str]
    ) -> None:
        options = ranked.after(begun, hazard.periods[len(prefix)])
        if place < len(options):
            events, chance = options[place]
            bound = before * chance * best[len(prefix) + 1]
            entry = (-bound, next(order), (*prefix, events), place, before, begun)
            heapq.heappush(heap, entry)

    push((), 0, 1.0, frozenset())
    while heap and len(found) < number:
        _, _, prefix, place, before, begun = heapq.heappop(heap)
        push(prefix[:-1], place + 1, before, begun)
        chance = before * ranked.after(begun, hazard.periods[len(prefix) - 1])[place][1]
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
        self._known: dict[tuple[frozenset[str], Open], list[tuple[tuple[str, ...], float]]] = {}

    def top(self, period: int) -> float:
        """Largest chance of any set in a period, whatever has begun before."""
        before = _subsets(sorted(self.hazard.persistent))
        return max(self.after(frozenset(begun), period)[0][1] for begun in before)

    def after(self, begun: frozenset[str], period: int) -> list[tuple[tuple[str, ...], float]]:
        """Sets of a period with their chances once the persistent events `begun` are there."""
        years = range(period, period + self.hazard.years_per_period)
        can = [e for e in self.hazard.events if e not in begun]
        key = (begun, tuple(tuple(e for e in can if self.hazard.possible(e, y)) for y in years))
        if key not in self._known:
            self._known[key] = self._rank(key[1])
        return self._known[key]

    def _rank(self, years: Open) -> list[tuple[tuple[str, ...], float]]:
        events = [e for e in self.hazard.events if any(e in some for some in years)]
        all_missing = [
            np.prod([np.ones_like(self.weights), *(self.missing[e] for e in some)], axis=0)
            for some in years
        ]
        within: dict[tuple[str, ...], float] = {}
        found = []
        for size in range(min(MOST, len(events)) + 1):
            for chosen in itertools.combinations(events, size):
                within[chosen] = 1.0
                for some, everything in zip(years, all_missing, strict=True):
                    out = [self.missing[e] for e in chosen if e in some]
                    rest = everything / np.prod([np.ones_like(self.weights), *out], axis=0)
                    within[chosen] *= float((self.weights * rest).sum())
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
