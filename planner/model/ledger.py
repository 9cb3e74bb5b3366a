"""Lines of money as arrays: what they come to at a plan, and what they make of the objective.

    amount[n] = constants[n] + sum(values[e] * x[columns[e]], starts[n] <= e < starts[n + 1])
Sums run in the order of the model, so they come out as term by term.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.core.histories import Numbers
from planner.core.scenario import Weights
from planner.core.sets import Sets
from planner.model.lp import Money
from planner.model.matrix import Places, flat


@dataclass(frozen=True)
class Ledger:
    """Lines of money with their terms one after another."""

    lines: Sequence[Money]
    counts: Places
    columns: Places
    values: Numbers

    @staticmethod
    def of(lines: Sequence[Money]) -> Ledger:
        """Lines of a model as a ledger."""
        return Ledger(lines, *flat([line.terms for line in lines]))

    @staticmethod
    def joined(parts: Iterable[Ledger]) -> Ledger:
        """Several ledgers as one, in their order."""
        some = list(parts)
        return Ledger(
            [line for part in some for line in part.lines],
            np.concatenate([part.counts for part in some]),
            np.concatenate([part.columns for part in some]),
            np.concatenate([part.values for part in some]),
        )

    @cached_property
    def owner(self) -> Places:
        """The line each term belongs to."""
        return np.repeat(np.arange(len(self.counts), dtype=np.int32), self.counts)

    @cached_property
    def constants(self) -> Numbers:
        """What each line comes to with nothing decided [USD bn]."""
        return np.array([line.constant for line in self.lines], dtype=float)

    def amounts(self, x: Numbers) -> Numbers:
        """What each line comes to at a plan [USD bn]."""
        sums: Numbers = np.bincount(
            self.owner, weights=self.values * x[self.columns], minlength=len(self.counts)
        ).astype(np.float64)
        return self.constants + sums

    def objective(self, weights: Weights, sets: Sets, width: int) -> tuple[Numbers, float]:
        """Coefficient of every column in the objective, and its constant."""
        chances = {(t, u.id): u.probability for t in sets.periods for u in sets.states[t]}
        by_group = {line.group: weights.of(line.group) for line in self.lines}
        scale = np.array(
            [
                by_group[line.group]
                * line.factor
                * (1.0 if line.state == "all" else chances[line.period, line.state])
                for line in self.lines
            ]
        )
        return self.summed(scale, width)

    def summed(self, scale: Numbers, width: int) -> tuple[Numbers, float]:
        """Coefficient of every column, and the constant, when each line counts `scale` times."""
        cost: Numbers = np.bincount(
            self.columns, weights=self.values * scale[self.owner], minlength=width
        ).astype(np.float64)
        return cost, float(np.cumsum(self.constants * scale)[-1]) if len(scale) else 0.0
