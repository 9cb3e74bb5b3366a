"""Decomposition: many futures by cuts, with a proved bound for the whole programme.

    master   here-and-now decisions, tail, and a column theta_b for every block of recourse
    1. LP    solve, evaluate all blocks at once, add their cuts, until thetas are worth the blocks
    2. near  hold at nothing what the LP does not use, search the rest: a first plan
    3. whole search the master for whole numbers; its bound holds for the full programme, since
             every cut lies above the blocks' worth
    4. value hold the whole numbers found and cut the LP until it is exact: a true plan
3 and 4 repeat until the best plan is within the asked gap of the least bound. Ctrl-C and the time
limit keep the best plan with its gap. Only the worth of blocks is replaced: what cannot be split
off (see `blocks`) stays in the master as it is, so the answer is that of the extensive form.
Sources: Van Slyke & Wets, SIAM J. Appl. Math. 17 (1969); Ben-Ameur & Neto, Networks 49 (2007).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.core.errors import Stopped
from planner.core.histories import Numbers
from planner.core.scenario import SolverSettings
from planner.model.lp import Model
from planner.solve import grain, highs
from planner.solve.blocks import Split
from planner.solve.blocks_cuts import CLOSE, INWARD, CutLp, Held
from planner.solve.blocks_master import Layout, layout
from planner.solve.blocks_session import Watch, fresh_threads

SHARE = 0.9
"""Share of the asked gap that a search of the whole master may leave open; the rest is for what
its thetas are worth more than the blocks."""
NEAR_SHARE = 0.3
"""The same for the search next to the LP."""
FINEST = 3 * grain.MARGIN
"""Smallest gap that can be proved: bounds of searches carry a margin."""
NEAR = 0.3
"""Share of the time left that the search next to the LP may take."""

ProgressCall = Callable[[highs.Progress], None]


@dataclass
class Standing:
    """How far a run is: best plan, least bound, and what it took."""

    begun: float
    best: Held | None = None
    bound: float = math.inf
    root: float | None = None
    nodes: int = 0
    searches: int = 0
    ended: str = ""

    @property
    def worth(self) -> float:
        """Objective of the best plan."""
        return -math.inf if self.best is None else self.best.worth

    @property
    def gap(self) -> float:
        """Relative gap of the best plan."""
        return math.inf if self.best is None else highs.gap_of(self.worth, self.bound)


class Decomposition:
    """One run over a model and its blocks; `solve` answers as the extensive form would."""

    def __init__(
        self,
        model: Model,
        parts: Split,
        settings: SolverSettings,
        progress: ProgressCall | None = None,
    ) -> None:
        self.model, self.settings, self.progress = model, settings, progress
        self.standing = Standing(time.perf_counter())
        self.stop = threading.Event()
        self.watch = Watch(self.stop, self.standing.begun + settings.time_limit)
        self.plan: Layout = layout(model, parts)
        fresh_threads()
        self.lp = CutLp(self.plan, self.watch, settings.threads)

    def solve(self) -> highs.Answer | None:
        """Run to the asked gap; None when a block could earn without end."""
        with highs.interruptible(self.stop):
            if not self.lp.start() and not self.over():
                return None
            infeasible = self._search()
        return self._infeasible() if infeasible else self._answer()

    def over(self) -> bool:
        """Whether to stop, and why."""
        standing = self.standing
        if self.stop.is_set():
            standing.ended = "interrupt"
        elif self.watch.over():
            standing.ended = "time limit"
        return bool(standing.ended)

    def _search(self) -> bool:
        """LP, near search, whole searches; whether no plan exists at all."""
        standing = self.standing
        found = self.lp.tighten(CLOSE, INWARD, self.over)
        if found.ended == "infeasible":
            return True
        standing.bound = standing.root = found.bound
        self._tell()
        if found.values is not None:
            self._near(found.values)
        while standing.gap > self._asked() and not self.over():
            start = None if standing.best is None else standing.best.values
            asked = (SHARE * self._asked(), self._left(), self.settings.seed)
            found = self.lp.search(self.lp.low, self.lp.high, asked, start, self._listen)
            standing.searches += 1
            standing.nodes += found.nodes
            if found.ended == "infeasible":
                return True
            standing.bound = min(standing.bound, found.bound + grain.MARGIN * abs(found.bound))
            if found.values is not None:
                self._value(found.values)
            if found.ended and not self.over():
                standing.ended = found.ended
        return False

    def _near(self, relaxed: Numbers) -> None:
        """A first plan from what the LP uses; it proves nothing, the LP's bound may."""
        whole, high = self.plan.whole, self.lp.high.copy()
        unused = whole & (relaxed < 1e-6) & (self.lp.low <= 0)
        high[unused] = np.minimum(high[unused], 0.0)
        asked = (NEAR_SHARE * self.settings.gap, NEAR * self._left(), self.settings.seed)
        found = self.lp.search(self.lp.low, high, asked, None, lambda *_: None)
        self.standing.nodes += found.nodes
        if found.values is not None:
            self._value(found.values)

    def _value(self, values: Numbers) -> None:
        """Value the whole numbers of a point exactly and keep the plan when it is better."""
        held = self.lp.hold(values, self.over)
        if held is not None and held.worth > self.standing.worth:
            self.standing.best = held
        self._tell()

    def _asked(self) -> float:
        return max(self.settings.gap, FINEST)

    def _left(self) -> float:
        return self.watch.deadline - time.perf_counter()

    def _listen(self, best: float, bound: float, nodes: int) -> None:  # noqa: ARG002
        self._tell(bound, nodes)

    def _tell(self, bound: float = math.inf, nodes: int = 0) -> None:
        """Progress to whoever listens; only valued plans count as plans."""
        standing = self.standing
        least = min(standing.bound, bound)
        if self.progress is None or not math.isfinite(least):
            return
        best = None if standing.best is None else standing.worth
        gap = None if best is None else highs.gap_of(best, least)
        seconds = time.perf_counter() - standing.begun
        self.progress(highs.Progress(seconds, best, least, gap, standing.nodes + nodes))

    def _infeasible(self) -> highs.Answer:
        seconds = time.perf_counter() - self.standing.begun
        return highs.Answer("infeasible", None, math.nan, math.nan, seconds=seconds)

    def _answer(self) -> highs.Answer:
        standing, plan, best = self.standing, self.plan, self.standing.best
        if best is None:
            msg = f"no plan was found before the search ended ({standing.ended or 'no plan'})"
            raise Stopped(msg)
        values, prices = np.zeros(len(self.model.names)), np.zeros(len(self.model.rows))
        values[plan.kept] = best.values[: len(plan.kept)]
        values[plan.block_columns] = best.columns
        own, within = self.lp.prices(best.values)
        prices[plan.own_rows] = own[: len(plan.own_rows)]
        prices[plan.block_rows] = within * plan.turned
        done = standing.gap <= self._asked()
        return highs.Answer(
            "optimal" if done else "feasible",
            [float(v) for v in values],
            standing.worth,
            standing.bound,
            [float(p) for p in prices],
            "" if done else standing.ended,
            time.perf_counter() - standing.begun,
            standing.nodes,
            standing.root,
            {"blocks": len(plan.theta), "cuts": self.lp.cuts.count},
        )
