"""Strong links by rounds: rows that every whole-number plan keeps anyway, handed over when broken.

A large model has a link a flow, and almost none of them bind. Those of the dearest LIKELY share of
flows of each customer go over at once; the rest are looked at after the relaxation is solved, and
what it breaks is added, until nothing is broken. The relaxation is then worth what it is with all
links, and a plan in whole numbers keeps them all, so bound and plan are exact. If the relaxation
is whole by then, which it often is, there is nothing left to search.
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from planner.core.histories import Numbers
from planner.model.lp import Model
from planner.model.matrix import Places, Rows

LIKELY = 0.1
"""Share of each customer's flows whose links go over at once: a fifth cost more than its rounds
saved, a twentieth left three to twenty-five rounds."""
MOST_ROUNDS = 20
"""Then the search goes on with the links there are, which is exact and only bounds less well."""
BROKEN = 1e-6
WHOLE = 1e-6


def waiting(model: Model, cost: Numbers) -> Any:
    """Which rows may wait: implied ones, less those of the likeliest flows (mask by row)."""
    late = np.zeros(len(model.rows), dtype=bool)
    for rule in model.rules.values():
        if not rule.implied:
            continue
        flows: dict[tuple[str | int, ...], list[tuple[float, int]]] = {}
        for key, row in rule.rows.items():
            lead = model.rows[row][1][0][0]
            flows.setdefault(key[1:], []).append((-float(cost[lead]), row))
        for found in flows.values():
            found.sort()
            late[[row for _, row in found[max(1, round(LIKELY * len(found))) :]]] = True
    return late


class Rounds:
    """Rows of a model on their way into HiGHS; `order` says which row of the model stands where."""

    def __init__(self, highs: Any, rows: Rows, late: Any) -> None:
        self.highs, self.rows, self.late = highs, rows, late.copy()
        self.order: Places = np.flatnonzero(~late).astype(np.int32)
        self.count = 0

    def relax(self) -> bool:
        """Solve the relaxation with every link it breaks; whether that could be done."""
        while self.count < MOST_ROUNDS:
            self.highs.run()
            self.count += 1
            if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return False
            x = np.array(self.highs.getSolution().col_value, dtype=float)
            broken = self.late & (self.rows.activity(x) > self.rows.upper + BROKEN)
            if not broken.any():
                return True
            self._add(np.flatnonzero(broken).astype(np.int32))
        return False

    def _add(self, at: Places) -> None:
        some = self.rows.some(at)
        self.highs.addRows(
            len(at), some.lower, some.upper, len(some.columns), some.starts[:-1],
            some.columns, some.values,
        )  # fmt: skip
        self.late[at] = False
        self.order = np.concatenate([self.order, at])


def whole(x: Numbers, integer: Places) -> bool:
    """Whether a point is whole where it must be."""
    return bool(np.all(np.abs(x[integer] - np.round(x[integer])) <= WHOLE))
