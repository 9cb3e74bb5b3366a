"""The master of the decomposition: the model without its blocks, a column theta for each of them.

Right-hand sides of block rows move with here-and-now columns. Where several columns move one
(capacity of all sites of a group, say), their sum becomes a column `reach` of its own, shared by
all rows with the same sum, so a cut has a handful of terms whatever the number of sites.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.core.histories import Numbers
from planner.model.lp import Model, merge
from planner.solve import grain
from planner.solve.blocks import Split, ends, span
from planner.solve.blocks_session import Matrix

Row = tuple[dict[int, float], float, float]
"""Coefficients, lower and upper end."""
Change = tuple[int, int, float]
"""Row, column, coefficient."""


@dataclass(frozen=True)
class Layout:
    """Master and blocks as matrices, and how they hang together.

    Master: `kept` and `own_rows` say which columns and rows of the model come first; `whole` marks
    whole numbers, `decided` what is settled before a state is known, `theta` the column of each
    block. weight: objective per unit of a block's worth, at least a trifle. shorter: coefficients
    with which whole numbers are searched (see `grain`).
    Blocks: right-hand side of block row r = base + pull * (master column mover); `of_row` and
    `of_column` give the block, `block_rows` and `block_columns` row and column of the model;
    `turned` is -1 for rows turned round to `<=`; widest: right-hand sides at their most generous.
    """

    master: Matrix
    own_rows: Any
    kept: Any
    whole: Any
    decided: Any
    theta: Any
    weight: Numbers
    shorter: tuple[Change, ...]
    blocks: Matrix
    block_rows: Any
    block_columns: Any
    of_row: Any
    of_column: Any
    mover: Any
    pull: Numbers
    base: Numbers
    widest: Numbers
    turned: Numbers

    def right(self, values: Numbers) -> Numbers:
        """Right-hand sides of the block rows at a point of the master."""
        moved: Numbers = values[self.mover]
        return self.base + self.pull * moved


def matrix(
    cost: Numbers, bounds: Iterable[tuple[float, float]], rows: list[Row], offset: float = 0.0
) -> Matrix:
    """Arrays by rows from dictionaries."""
    each = list(bounds)
    counts = np.cumsum([0, *(len(a) for a, _, _ in rows)])
    return Matrix(
        cost,
        np.array([low for low, _ in each], dtype=float),
        np.array([high for _, high in each], dtype=float),
        np.array([low for _, low, _ in rows], dtype=float),
        np.array([high for _, _, high in rows], dtype=float),
        counts.astype(np.int32),
        np.array([j for a, _, _ in rows for j in a], dtype=np.int32),
        np.array([v for a, _, _ in rows for v in a.values()], dtype=float),
        offset,
    )


class _Reach:
    """Columns that stand for a sum of here-and-now columns, one for each different sum."""

    def __init__(self, model: Model, first: int, place: dict[int, int]) -> None:
        self.model, self.first, self.place = model, first, place
        self.known: dict[tuple[tuple[int, float], ...], int] = {}
        self.bounds: list[tuple[float, float]] = []
        self.rows: list[Row] = []

    def mover(self, terms: dict[int, float]) -> tuple[int, float, float]:
        """Master column, factor, and the most the sum can be."""
        if not terms:
            return 0, 0.0, 0.0
        within = span(self.model, terms.items())
        if len(terms) == 1:
            ((j, a),) = terms.items()
            return self.place[j], a, within[1]
        key = tuple(sorted(terms.items()))
        if key not in self.known:
            column = self.known[key] = self.first + len(self.known)
            self.bounds.append(within)
            row = {self.place[j]: a for j, a in key} | {column: -1.0}
            self.rows.append((row, 0.0, 0.0))
        return self.known[key], 1.0, within[1]


def layout(model: Model, parts: Split) -> Layout:
    """Master and blocks of a model."""
    gone = parts.columns
    kept = [j for j in range(len(model.names)) if j not in gone]
    place = {j: n for n, j in enumerate(kept)}
    theta = np.arange(len(parts.blocks)) + len(kept)
    reach = _Reach(model, len(kept) + len(theta), place)
    links = _links(model, parts, reach)
    own_rows, rows, shorter = _own_rows(model, parts, place, theta)
    cost = np.zeros(reach.first + len(reach.known))
    for j, a in model.objective.items():
        if j in place:
            cost[place[j]] = a
    cost[theta] = gains = np.array([block.gain for block in parts.blocks])
    bounds = [ends(model, j) for j in kept] + [(0.0, np.inf)] * len(theta) + reach.bounds
    whole = np.zeros(len(cost), dtype=bool)
    whole[: len(kept)] = [model.integer[j] for j in kept]
    late = late_columns(model)
    return Layout(
        master=matrix(cost, bounds, [*rows, *reach.rows], model.objective_constant),
        own_rows=np.array(own_rows, dtype=int),
        kept=np.array(kept, dtype=int),
        whole=whole,
        decided=np.array([n for n, j in enumerate(kept) if j not in late], dtype=int),
        theta=theta,
        weight=np.maximum(gains, 1e-9),
        shorter=tuple(shorter),
        **links,
    )


def late_columns(model: Model) -> set[int]:
    """Columns that may depend on the state of the world, and what only counts them up."""
    late: set[int] = set()
    for family in model.families.values():
        if {"state", "future"} & {*family.key_names}:
            late |= set(family.columns.values())
    free = {j for j, (low, high) in enumerate(zip(model.low, model.high, strict=True))
            if low is None and high is None}  # fmt: skip
    return late | free


def _own_rows(
    model: Model, parts: Split, place: dict[int, int], theta: Any
) -> tuple[list[int], list[Row], list[Change]]:
    """Rows of the model that stay, with thetas for blocks; and coefficients as searched."""
    stands: dict[int, dict[int, float]] = {}
    for b, block in enumerate(parts.blocks):
        for r, a in block.entries.items():
            stands.setdefault(r, {})[int(theta[b])] = -a
    searched = grain.shortened(model).rows if grain.needed(model) else model.rows
    gone = parts.rows
    own = [r for r in range(len(model.rows)) if r not in gone]
    rows: list[Row] = []
    shorter: list[Change] = []
    for n, r in enumerate(own):
        _, terms, sense, right = model.rows[r]
        mine = {place[j]: a for j, a in merge(terms).items() if j in place}
        if searched[r] is not model.rows[r]:
            other = {place[j]: a for j, a in merge(searched[r][1]).items() if j in place}
            shorter += [(n, j, a) for j, a in other.items() if a != mine[j]]
        low = right if sense != "<=" else -np.inf
        high = right if sense != ">=" else np.inf
        rows.append((mine | stands.get(r, {}), low, high))
    return own, rows, shorter


def _links(model: Model, parts: Split, reach: _Reach) -> dict[str, Any]:
    """All blocks side by side, and what links their rows to the master."""
    columns = [j for block in parts.blocks for j in block.columns]
    at = {j: n for n, j in enumerate(columns)}
    cost = np.zeros(len(columns))
    rows: list[Row] = []
    link: list[tuple[int, float, float, float, int, float]] = []
    for b, block in enumerate(parts.blocks):
        for j, a in block.worth.items():
            cost[at[j]] = a
        for r in block.rows:
            _, terms, sense, right = model.rows[r]
            sign = 1.0 if sense == "<=" else -1.0
            merged = {j: sign * a for j, a in merge(terms).items()}
            rest = {j: -a for j, a in merged.items() if j not in at}
            mover, pull, most = reach.mover(rest)
            rows.append(({at[j]: a for j, a in merged.items() if j in at}, -np.inf, sign * right))
            link.append((mover, pull, sign * right, sign * right + most, b, sign))
    movers, pulls, bases, tops, owners, signs = (np.array(p) for p in zip(*link, strict=True))
    return {
        "blocks": matrix(cost, (ends(model, j) for j in columns), rows),
        "block_rows": np.array([r for block in parts.blocks for r in block.rows]),
        "block_columns": np.array(columns),
        "of_row": owners,
        "of_column": np.array([b for b, block in enumerate(parts.blocks) for _ in block.columns]),
        "mover": movers, "pull": pulls, "base": bases, "widest": tops, "turned": signs,
    }  # fmt: skip
