"""The cut LP: master and blocks together, solved by cuts until it is worth what the blocks are.

Cuts are made at a point drawn towards the mean of past points (in-out separation): prices that
hold on the way in cut deeper than those of the corner the master jumped to. A cut made anywhere
holds everywhere, so every LP of the master bounds the full programme from above.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from planner.core.histories import Numbers
from planner.solve.blocks_master import Layout
from planner.solve.blocks_session import BlockSession, Found, MasterSession, Watch

INWARD = 0.5
"""Weight of the master's point against the mean of past points where cuts are made."""
CLOSE = 1e-5
"""The LP ends when thetas are worth at most this share of the objective more than the blocks."""
EXACT = 1e-9
"""The same where the value of a plan is asked."""
ROUNDS = 300
"""Most rounds of cuts in one LP."""


@dataclass
class Held:
    """Here-and-now decisions with what every block makes of them.

    worth: objective of the full programme [USD bn]. values: columns of the master. columns:
    columns of the blocks.
    """

    worth: float
    values: Numbers
    columns: Numbers


@dataclass
class _Cuts:
    """Block rows, their prices and the cut they stand in, so that duals can be traced back."""

    count: int = 0
    rows: list[Any] = field(default_factory=list)
    prices: list[Numbers] = field(default_factory=list)
    numbers: list[Numbers] = field(default_factory=list)


class CutLp:
    """Master and blocks; `low` and `high` are the bounds of the master's columns."""

    def __init__(self, plan: Layout, watch: Watch, threads: int) -> None:
        self.plan, self.watch = plan, watch
        self.blocks = BlockSession(plan.blocks, watch, threads)
        self.master = MasterSession(plan.master, plan.whole, watch, threads, plan.shorter)
        self.low, self.high = plan.master.low.copy(), plan.master.high.copy()
        self.rounds = 0
        self.cuts = _Cuts()
        self._core: Numbers | None = None

    def start(self) -> bool:
        """Cuts where the blocks are least bound; False when their worth has no upper end."""
        solved = self.evaluate(self.plan.widest)
        if solved is None:
            return False
        worth, prices, _ = solved
        self.high[self.plan.theta] = np.maximum(worth, 0.0) * (1 + 1e-9) + 1e-9
        self.master.bounds(self.low, self.high)
        self.cut(worth, prices, self.plan.widest, np.ones(len(worth), dtype=bool))
        return True

    def evaluate(self, right: Numbers) -> tuple[Numbers, Numbers, Numbers] | None:
        """Worth of every block, prices of its rows, its columns, for right-hand sides."""
        solved = self.blocks.solve(right)
        if solved is None:
            return None
        columns, prices = solved
        earned = columns * self.plan.blocks.cost
        return self._by_block(self.plan.of_column, earned), prices, columns

    def _by_block(self, of: Any, amounts: Numbers) -> Numbers:
        sums = np.bincount(of, weights=amounts, minlength=len(self.plan.theta))
        return np.asarray(sums, dtype=np.float64)

    def cut(self, worth: Numbers, prices: Numbers, right: Numbers, which: Numbers) -> None:
        """Add `theta_b <= constant + sum(price * right-hand side)` for the blocks asked."""
        plan = self.plan
        finite = np.where(np.isfinite(right), right, 0.0)
        upper = worth + self._by_block(plan.of_row, prices * (plan.base - finite))
        number, size = np.cumsum(which) - 1, int(which.sum())
        priced = np.nonzero((np.abs(prices) > 1e-12) & which[plan.of_row])[0]
        self.cuts.rows.append(priced)
        self.cuts.prices.append(prices[priced])
        self.cuts.numbers.append(self.cuts.count + number[plan.of_row[priced]])
        self.cuts.count += size
        moved = priced[plan.pull[priced] != 0.0]
        row = np.concatenate([number[plan.of_row[moved]], np.arange(size)])
        column = np.concatenate([plan.mover[moved], plan.theta[which]])
        value = np.concatenate([-prices[moved] * plan.pull[moved], np.ones(size)])
        # two rows of a block moved by the same column are one term of the cut
        row, column, value = _summed(row, column, value, len(plan.master.cost))
        starts = np.searchsorted(row, np.arange(size)).astype(np.int32)
        self.master.add(upper[which], starts, column.astype(np.int32), value)

    def tighten(
        self, close: float, inward: float, over: Callable[[], bool], rounds: int = ROUNDS
    ) -> Found:
        """Cut until thetas are worth what the blocks are; the last LP solved."""
        plan, found = self.plan, self.master.relaxed()
        for _ in range(rounds):
            if found.values is None or over():
                break
            right = plan.right(found.values)
            mean = right if self._core is None else self._core
            point = inward * right + (1 - inward) * mean
            self._core = 0.5 * (mean + right)
            solved = self.evaluate(point)
            if solved is None:
                break
            worth, prices, _ = solved
            there = worth + self._by_block(plan.of_row, prices * (right - point))
            excess = np.maximum(found.values[plan.theta] - there, 0.0) * plan.weight
            scale = close * max(1.0, abs(found.objective))
            if excess.sum() <= scale:
                if inward == 1.0:
                    break
                inward = 1.0
                continue
            self.cut(worth, prices, point, excess > 0.01 * scale / len(excess))
            self.rounds += 1
            found = self.master.relaxed()
        return found

    def hold(self, values: Numbers, over: Callable[[], bool]) -> Held | None:
        """The best plan with the whole numbers of a point, valued exactly."""
        whole, low, high = self.plan.whole, self.low.copy(), self.high.copy()
        low[whole] = high[whole] = np.round(values[whole])
        self.master.bounds(low, high)
        found, held = self.tighten(EXACT, 1.0, over), None
        if found.values is None and over():
            with self.watch.patient():
                found = self.master.relaxed()
        if found.values is not None:
            with self.watch.patient():
                held = self._exact(found, low, high)
        self.master.bounds(self.low, self.high)
        return held

    def _exact(self, found: Found, low: Numbers, high: Numbers) -> Held | None:
        """Here-and-now decisions of an LP, every block at its own worth instead of its theta's."""
        plan, values = self.plan, found.values
        assert values is not None
        solved = self.evaluate(plan.right(values))
        if solved is None:
            return None
        worth, _, columns = solved
        low, high = low.copy(), high.copy()
        fixed = plan.decided
        low[fixed] = high[fixed] = np.clip(values[fixed], low[fixed], high[fixed])
        high[plan.theta] = np.minimum(worth, high[plan.theta])
        low[plan.theta] = high[plan.theta] - 1e-9 * (1 + np.abs(worth))
        self.master.bounds(low, high)
        exact = self.master.relaxed()
        if exact.values is None:
            return None
        return Held(exact.objective, exact.values, columns)

    def prices(self, values: Numbers) -> tuple[Numbers, Numbers]:
        """Objective per unit of right-hand side at held whole numbers: master rows, block rows.

        A block row's price is that of the cuts it stands in, times its price within them.
        """
        whole, low, high = self.plan.whole, self.low.copy(), self.high.copy()
        low[whole] = high[whole] = np.round(values[whole])
        self.master.bounds(low, high)
        with self.watch.patient():
            duals = self.master.afresh()
        self.master.bounds(self.low, self.high)
        own = len(self.plan.master.lower)
        if not len(duals):
            return np.zeros(own), np.zeros(len(self.plan.base))
        return duals[:own], self._traced(duals[own:])

    def _traced(self, duals: Numbers) -> Numbers:
        rows, prices = np.concatenate(self.cuts.rows), np.concatenate(self.cuts.prices)
        weights = duals[np.concatenate(self.cuts.numbers).astype(int)]
        traced = np.bincount(rows, prices * weights, len(self.plan.base))
        return np.asarray(traced, dtype=np.float64)

    def search(
        self,
        low: Numbers,
        high: Numbers,
        settings: tuple[float, float, int],
        start: Numbers | None,
        listen: Callable[[float, float, int], None],
    ) -> Found:
        """Search for whole numbers within bounds; settings: gap, seconds, seed."""
        self.master.bounds(low, high)
        found = self.master.search(settings, start, listen)
        self.master.bounds(self.low, self.high)
        return found


def _summed(row: Any, column: Any, value: Numbers, width: int) -> tuple[Any, Any, Any]:
    """Terms in order of row and column, those of the same place added."""
    place, inverse = np.unique(row.astype(np.int64) * width + column, return_inverse=True)
    return place // width, place % width, np.bincount(inverse, weights=value, minlength=len(place))
