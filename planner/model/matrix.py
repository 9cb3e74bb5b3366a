"""The rows of a model as arrays: one pass over its terms in place of one object a row.

    lower[r] <= sum(values[n] * x[columns[n]], starts[r] <= n < starts[r + 1]) <= upper[r]
A column named twice in a row is summed and zeros are dropped, as `merge` does it; the order within
a row is that of the model, so sums over a row come out the same to the last digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from planner.core.histories import Numbers
from planner.model.lp import Model, Terms, merge

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a programme, one after another; an open end is infinite."""

    starts: Places
    columns: Places
    values: Numbers
    lower: Numbers
    upper: Numbers

    def activity(self, x: Numbers) -> Numbers:
        """What every row adds up to at a point."""
        count = len(self.lower)
        owner = np.repeat(np.arange(count), np.diff(self.starts))
        sums: Numbers = np.bincount(
            owner, weights=self.values * x[self.columns], minlength=count
        ).astype(np.float64)
        return sums

    def with_some(self, at: Places, rows: Rows) -> Rows:
        """The same rows with others at some places."""
        counts = np.diff(self.starts)
        if np.array_equal(counts[at], np.diff(rows.starts)):
            spot = np.repeat(self.starts[at] - rows.starts[:-1], counts[at])
            spot = spot + np.arange(rows.starts[-1])
            starts, columns, values = self.starts, self.columns.copy(), self.values.copy()
            columns[spot], values[spot] = rows.columns, rows.values
        else:
            where = np.repeat(np.isin(np.arange(len(counts)), at), counts)
            owner = np.concatenate(
                [np.repeat(np.arange(len(counts)), counts)[~where],
                 np.repeat(at, np.diff(rows.starts))]
            )  # fmt: skip
            order = np.argsort(owner, kind="stable")
            columns = np.concatenate([self.columns[~where], rows.columns])[order]
            values = np.concatenate([self.values[~where], rows.values])[order]
            counts = counts.copy()
            counts[at] = np.diff(rows.starts)
            starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[at], upper[at] = rows.lower, rows.upper
        return Rows(starts, columns, values, lower, upper)

    def priced(self, prices: Numbers, width: int) -> Numbers:
        """Prices of rows through the matrix: sum of price x coefficient, by column."""
        owner = np.repeat(np.arange(len(prices)), np.diff(self.starts))
        sums: Numbers = np.bincount(
            self.columns, weights=self.values * prices[owner], minlength=width
        ).astype(np.float64)
        return sums

    def some(self, at: Places) -> Rows:
        """A few of the rows, in the order asked for."""
        counts = np.diff(self.starts)[at]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        spot = np.repeat(self.starts[at] - starts[:-1], counts) + np.arange(starts[-1])
        return Rows(starts, self.columns[spot], self.values[spot], self.lower[at], self.upper[at])


@dataclass(frozen=True)
class Programme:
    """A whole programme as arrays: maximise cost x + offset, some columns whole."""

    rows: Rows
    low: Numbers
    high: Numbers
    cost: Numbers
    offset: float
    integer: Places
    """Numbers of the whole columns."""


def by_rows(model: Model) -> Rows:
    """The rows of a model as arrays."""
    return as_arrays(model.rows, len(model.names))


def as_arrays(rows: Sequence[tuple[str, Terms, str, float]], width: int) -> Rows:
    """Some rows of a model with so many columns as arrays."""
    terms: list[Terms] = [row[1] for row in rows]
    counts, columns, values = flat(terms)
    if _repeats(counts, columns, width) or not values.all():
        counts, columns, values = flat([list(merge(row).items()) for row in terms])
    senses = np.array([row[2] for row in rows], dtype="U2")
    right = np.array([row[3] for row in rows], dtype=float)
    return Rows(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
        columns,
        values,
        np.where(senses == "<=", -np.inf, right),
        np.where(senses == ">=", np.inf, right),
    )


def flat(terms: Sequence[Terms]) -> tuple[Places, Places, Numbers]:
    """Terms of each row, and all their columns and coefficients in a line."""
    counts = np.fromiter(map(len, terms), dtype=np.int32, count=len(terms))
    pairs = list(chain.from_iterable(terms))
    if not pairs:
        return counts, np.zeros(0, dtype=np.int32), np.zeros(0)
    columns, values = zip(*pairs, strict=True)
    return counts, np.array(columns, dtype=np.int32), np.array(values, dtype=float)


def _repeats(counts: Places, columns: Places, width: int) -> bool:
    """Whether some row names a column twice."""
    keys = np.repeat(np.arange(len(counts), dtype=np.int64), counts) * width + columns
    keys.sort()
    return bool((keys[1:] == keys[:-1]).any())


def bounds(model: Model) -> tuple[Numbers, Numbers]:
    """Lower and upper bounds of the columns."""
    low = np.array([-np.inf if x is None else x for x in model.low], dtype=float)
    high = np.array([np.inf if x is None else x for x in model.high], dtype=float)
    return low, high
