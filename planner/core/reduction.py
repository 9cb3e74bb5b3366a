"""Fewer futures for many: the ones kept, their new chances, and how far the two sets are apart.

    D(kept) = sum(PROB[j] * min(DIST[i,j], i in kept), j not kept)

D is the Kantorovich (Wasserstein-1) distance between the set and the best reweighting of the kept
ones, in the unit of DIST. Fast forward selection takes, one after another, the future that lowers
D most; each future left out gives its chance to the nearest one kept (optimal redistribution).
Sources: Dupacova, Groewe-Kuska & Roemisch, Math. Programming A 95 (2003); Heitsch & Roemisch,
Computational Optimization and Applications 24 (2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.core.histories import Numbers


@dataclass(frozen=True)
class Reduced:
    """kept: numbers of the futures kept, in the order taken. chances: theirs afterwards.

    distance: D(kept). relative: D(kept) / D of the best single future; 1 = as bad as one future.
    """

    kept: tuple[int, ...]
    chances: tuple[float, ...]
    distance: float
    relative: float


def forward_selection(chances: Numbers, distances: Numbers, keep: int) -> Reduced:
    """Keep `keep` futures by fast forward selection; ties go to the first."""
    number = len(chances)
    nearest = np.full(number, np.inf)
    kept: list[int] = []
    first = 0.0
    for _ in range(min(keep, number)):
        costs = np.minimum(nearest[None, :], distances) @ chances
        costs[kept] = np.inf
        taken = int(np.argmin(costs))
        kept.append(taken)
        nearest = np.minimum(nearest, distances[taken])
        first = first or float(costs[taken])
    final = float(nearest @ chances)
    owner = np.argmin(distances[kept], axis=0)
    given = tuple(float(chances[owner == n].sum()) for n in range(len(kept)))
    return Reduced(tuple(kept), given, final, final / first if first > 0 else 0.0)


def distances_between(points: Numbers) -> Numbers:
    """Sum of absolute differences between every two rows, in blocks that fit into memory."""
    number, width = points.shape
    found: NDArray[np.float64] = np.zeros((number, number))
    step = max(1, 20_000_000 // max(1, number * width))
    for at in range(0, number, step):
        block = points[at : at + step, None, :] - points[None, :, :]
        found[at : at + step] = np.abs(block).sum(axis=2)
    return found
