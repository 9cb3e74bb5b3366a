"""Boxes of weights: where in a box a plan could still be the best, nearest to given weights.

    least        sum(change[g], g)
    change[g] >= |sum(lambda[v] * v[g], v) - NOW[g]|        v a corner of the box
    sum(lambda[v], v) = 1
    0 <= sum(lambda[v] * lead[c,v], v)                      for every plan c found so far
lead[c,v]: the most the favourite can be worth at corner v less what plan c is worth there. Where
the first is convex in the weights and the second concave, weights at which the favourite beats all
plans satisfy this; so no answer proves that the box holds none, and the least change is no more
than the true one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from planner.model.lp import Model, Terms
from planner.solve.variant import search

NAMES = ("subsidy", "cost", "talent", "risk")
Point = tuple[float, ...]
"""One weight for each of NAMES."""
INSIDE = 0.2
"""A box is parted at the point asked for, if both parts keep this share of the edge."""


@dataclass(frozen=True)
class Box:
    """All weights between two corners."""

    low: Point
    high: Point

    @property
    def corners(self) -> list[Point]:
        """Its corners, each once."""
        edges = [sorted({lo, hi}) for lo, hi in zip(self.low, self.high, strict=True)]
        return [tuple(at) for at in product(*edges)]

    @property
    def widths(self) -> Point:
        """Length of its edges."""
        return tuple(hi - lo for lo, hi in zip(self.low, self.high, strict=True))

    @property
    def middle(self) -> Point:
        """The point halfway between its corners."""
        return tuple((lo + hi) / 2 for lo, hi in zip(self.low, self.high, strict=True))

    def parted(self, along: int, at: float) -> tuple[Box, Box]:
        """Two boxes that share a face near `at`."""
        least = INSIDE * self.widths[along]
        cut = min(max(at, self.low[along] + least), self.high[along] - least)
        below = (*self.high[:along], cut, *self.high[along + 1 :])
        above = (*self.low[:along], cut, *self.low[along + 1 :])
        return Box(self.low, below), Box(above, self.high)


def nearest_in(
    corners: Sequence[Point], now: Point, leads: Sequence[Sequence[float]]
) -> tuple[float, Point] | None:
    """Least change from `now` to weights in a box at which no plan found so far need beat it.

    leads: for each plan, its `lead` at every corner [USD bn]. None when there are no such weights.
    """
    m = Model("weights")
    share = m.variables(
        "share", [(n,) for n in range(len(corners))], index="corner", unit="ratio", high=1.0
    )
    change = m.variables("change", [(g,) for g in NAMES], index="group", unit="ratio")
    rows: list[tuple[tuple[str | int, ...], Terms, str, float]] = [
        (("all",), [(share[n,], 1.0) for n in range(len(corners))], "=", 1.0)
    ]
    for g, name in enumerate(NAMES):
        here = [(share[n,], corner[g]) for n, corner in enumerate(corners) if corner[g]]
        less = [(j, -a) for j, a in here]
        rows.append((("up", name), [(change[name,], 1.0), *less], ">=", -now[g]))
        rows.append((("down", name), [(change[name,], 1.0), *here], ">=", now[g]))
    for n, lead in enumerate(leads):
        terms = [(share[k,], a) for k, a in enumerate(lead)]
        rows.append((("beats", n), terms, ">=", 0.0))
    m.require("weights.rows", rows, unit="USD bn", why="no plan need be better")
    m.maximise((change[g,], -1.0) for g in NAMES)
    answer = search(m, 0.0, 10.0)
    if answer is None or answer.values is None:
        return None
    lam = [answer.values[share[n,]] for n in range(len(corners))]
    at = tuple(
        sum(a * corner[g] for a, corner in zip(lam, corners, strict=True))
        for g in range(len(NAMES))
    )
    return sum(abs(a - b) for a, b in zip(at, now, strict=True)), at
