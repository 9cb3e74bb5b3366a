"""Blocks: recourse that falls apart by state once the here-and-now decisions stand.

    V_b(x) = max { f y : A y {<=,>=} r - T x, 0 <= y <= high }                          [USD bn]
    theta_b <= sum(lambda * (r - T x)) + constant        for every dual lambda of block b
Recourse columns are those of families keyed by state. Rows join them into connected components;
what a component earns reaches the rest of the programme through one sum f y only (its line in
`worth` of its state, and in the objective in proportion to it), so a column theta_b can stand for
it. That is exact where more theta never lowers the objective or breaks a row, and where y = 0 is
always allowed, so no decision can be without recourse. Components where either fails, or which
join several states (a mean over states, a ratio), stay whole in the master. Nothing here knows
what a column means: it works on the assembled matrix.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from planner.model.lp import Model, Terms, merge

Ends = tuple[float, float]
State = tuple[str, ...]
PROPORTION = 1e-9
"""Relative difference up to which two sums of money count as proportional."""


@dataclass
class Block:
    """One component: its columns, its rows, and how its worth enters the rest.

    gain: coefficient of its worth in the objective. entries: value row -> coefficient of its worth
    there. state: period and state it belongs to.
    """

    columns: list[int]
    rows: list[int]
    worth: dict[int, float] = field(default_factory=dict)
    gain: float = 0.0
    entries: dict[int, float] = field(default_factory=dict)
    state: State = ()


@dataclass(frozen=True)
class Split:
    """Blocks that a column theta each can replace; `kept` counts components that stay whole."""

    blocks: tuple[Block, ...]
    kept: int

    @property
    def columns(self) -> set[int]:
        """Columns of all blocks."""
        return {j for block in self.blocks for j in block.columns}

    @property
    def rows(self) -> set[int]:
        """Rows of all blocks."""
        return {r for block in self.blocks for r in block.rows}


def ends(model: Model, j: int) -> Ends:
    """Lower and upper bound of a column as numbers."""
    low, high = model.low[j], model.high[j]
    return -np.inf if low is None else low, np.inf if high is None else high


def split(model: Model) -> Split:
    """The blocks of a model; none when nothing can be split off."""
    states = _states(model)
    money = _value_rows(model, states)
    recourse = {j: s for j, s in states.items() if j not in money.columns}
    found = _components(model, recourse, money)
    blocks = tuple(b for b in found if _separable(model, b, recourse, money))
    return Split(blocks, len(found) - len(blocks))


def _states(model: Model) -> dict[int, State]:
    """Column -> period and state, for every family keyed by state."""
    found: dict[int, State] = {}
    for family in model.families.values():
        if "state" in family.key_names:
            at = [n for n, name in enumerate(family.key_names) if name in ("period", "state")]
            for key, j in family.columns.items():
                found[j] = tuple(str(key[n]) for n in at)
    return found


@dataclass
class _Money:
    """Free columns that only name a sum of money, and the rows that define them.

    rows: row -> the column it defines. columns: column -> whether more of it is never worse, and
    its coefficient in the objective. touching: column -> every value row it stands in.
    """

    rows: dict[int, int] = field(default_factory=dict)
    columns: dict[int, float] = field(default_factory=dict)
    welcome: dict[int, bool] = field(default_factory=dict)
    touching: dict[int, list[tuple[int, float]]] = field(default_factory=dict)


def _value_rows(model: Model, states: dict[int, State]) -> _Money:
    money = _named_sums(model, states)
    money.welcome = dict.fromkeys(money.columns, True)
    for r, (_, terms, sense, _) in enumerate(model.rows):
        for j, a in terms:
            if j in money.columns and money.rows.get(r) != j:
                good = (sense == ">=" and a >= 0) or (sense == "<=" and a <= 0)
                money.welcome[j] = money.welcome[j] and good
        if r in money.rows:
            for j, a in merge(terms).items():
                money.touching.setdefault(j, []).append((r, a))
    return money


def _named_sums(model: Model, states: dict[int, State]) -> _Money:
    """Rows that define a free column by state which stands in no other such row."""
    money = _Money()
    free = {
        j for j in states if model.low[j] is None and model.high[j] is None and not model.integer[j]
    }
    for r, (_, terms, sense, _) in enumerate(model.rows):
        named = [(j, a) for j, a in terms if j in free]
        if sense != "=" or len(named) != 1 or named[0][1] != 1.0:
            continue
        column = named[0][0]
        if column not in money.columns:
            money.rows[r] = column
            money.columns[column] = model.objective.get(column, 0.0)
    return money


def _components(model: Model, recourse: dict[int, State], money: _Money) -> list[Block]:
    """Connected components of recourse columns, joined by every row but those that name money."""
    parent = {j: j for j in recourse}

    def root(j: int) -> int:
        while parent[j] != j:
            parent[j] = parent[parent[j]]
            j = parent[j]
        return j

    rows: list[tuple[int, int]] = []
    for r, (_, terms, _, _) in enumerate(model.rows):
        here = [j for j, a in terms if a and j in parent] if r not in money.rows else []
        if here:
            rows.append((r, here[0]))
            for j in here[1:]:
                parent[root(j)] = root(here[0])
    found: dict[int, Block] = {}
    for j in parent:
        found.setdefault(root(j), Block([], [])).columns.append(j)
    for r, j in rows:
        found[root(j)].rows.append(r)
    return list(found.values())


def _separable(model: Model, block: Block, recourse: dict[int, State], money: _Money) -> bool:
    """Whether one column can stand for the block; fills in how its worth enters the rest."""
    spots = {recourse[j] for j in block.columns}
    if len(spots) > 1 or any(model.integer[j] for j in block.columns):
        return False
    block.state = next(iter(spots))
    sums: dict[int, dict[int, float]] = {}
    for j in block.columns:
        low, high = ends(model, j)
        if not low <= 0 <= high or not np.isfinite(low):
            return False
        for r, a in money.touching.get(j, ()):
            sums.setdefault(r, {})[j] = -a
    priced = {j: model.objective[j] for j in block.columns if model.objective.get(j)}
    block.worth = next(iter(sums.values()), priced)
    gain = _ratio(priced, block.worth)
    block.entries = {r: _ratio(part, block.worth) or 0.0 for r, part in sums.items()}
    if gain is None or any(a <= 0 for a in block.entries.values()):
        return False
    block.gain = gain
    whole = gain + sum(a * money.columns[money.rows[r]] for r, a in block.entries.items())
    welcome = all(money.welcome[money.rows[r]] for r in block.entries)
    if not welcome or whole < -PROPORTION * max(1.0, gain) or gain < 0:
        return False
    return all(_zero_allowed(model, r, set(block.columns)) for r in block.rows)


def _ratio(part: dict[int, float], whole: dict[int, float]) -> float | None:
    """The number with part = number x whole; None when there is none."""
    if not part:
        return 0.0
    at = max(whole, key=lambda j: abs(whole[j]), default=None)
    if at is None:
        return None
    number = part.get(at, 0.0) / whole[at]
    top = abs(part.get(at, 0.0))
    close = all(
        abs(part.get(j, 0.0) - number * whole.get(j, 0.0)) <= PROPORTION * max(top, 1e-12)
        for j in {*part, *whole}
    )
    return number if close else None


def _zero_allowed(model: Model, r: int, mine: set[int]) -> bool:
    """Whether a row holds with no recourse, whatever the here-and-now decisions are."""
    _, terms, sense, right = model.rows[r]
    least, most = span(model, ((j, a) for j, a in terms if j not in mine))
    return (sense == "<=" and most <= right + 1e-12) or (sense == ">=" and least >= right - 1e-12)


def span(model: Model, terms: Terms | Iterable[tuple[int, float]]) -> Ends:
    """Least and most a sum can be within the bounds of its columns."""
    least = most = 0.0
    for j, a in merge(terms).items():
        low, high = ends(model, j)
        least += a * (low if a > 0 else high)
        most += a * (high if a > 0 else low)
    return least, most
