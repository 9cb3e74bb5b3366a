"""Kernel search: a first plan from the few whole numbers the relaxation speaks for.

    d[j]     = reduced cost of whole number j in the relaxation's optimum
    kernel   = the FREE whole numbers with the smallest |d[j]|; all others stay at the relaxation's
The small programme left is searched until its plan lies within NEAR_ENOUGH times the gap asked for
of the relaxation's bound, or its root is done. What is left to do then says `proof`.
Everything is counted, nothing timed but the limit, so two runs of a model begin alike.
After Angelelli, Mansini and Speranza, Kernel search, Computers & Operations Research 37 (2010).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from planner.core.scenario import SolverSettings
from planner.model.lp import Model
from planner.solve.answer import Progress, gap_of
from planner.solve.live import Live, Watch, bare, load, narrowed
from planner.solve.rounds import Rounds

FEWEST_INTEGERS = 500
"""Models with fewer whole numbers are searched at once: nothing to gain."""
FREE = 800
"""Whole numbers that stay free: a third of the base case's. With 450 the plans were no sooner there
and up to 0.1 % worse; with 1,200 the root took up to three times as long."""
NEAR_ENOUGH = 1.4
"""Gap to the relaxation's bound, in gaps asked for, at which the first plan will do: the whole
programme's own root lowers the bound by about a third of it."""


@dataclass(frozen=True)
class First:
    """A first plan: the live programme it was found in, the plan, and the seconds until then."""

    live: Live
    values: list[float]
    seconds: float

    @property
    def bound(self) -> float:
        """Optimum of the whole programme's relaxation."""
        return float(self.live.bound or 0.0)


def first_plan(model: Model, settings: SolverSettings, watch: Watch) -> First | None:
    """A plan of the kernel; None where the model is small or nothing was found.

    watch: hears of plans found, with the relaxation's bound, and ends this search too.
    """
    whole = np.flatnonzero(model.integer).astype(np.int32)
    if len(whole) < FEWEST_INTEGERS or not 0 < settings.gap < 1:
        return None
    begun = time.perf_counter()
    mine = Watch(None, 1.0)
    mine.stop = watch.stop
    highs = bare(settings, mine)
    entering = relaxed(highs, model)
    if entering is None:
        return None
    bound = float(highs.getInfo().objective_function_value)
    mine.progress = told(watch, bound)
    _narrow(highs, whole)
    _aim(highs, bound, settings)
    highs.run()
    mine.root_bound = bound
    place = np.arange(len(model.names), dtype=np.int32)
    live = Live(highs, place, mine, entering.order, bound, len(model.rows))
    if not live.has_plan():
        return None
    return First(live, live.values().tolist(), time.perf_counter() - begun)


def relaxed(highs: Any, model: Model) -> Rounds | None:
    """Hand over a model's relaxation and solve it.

    None where it was not solved, or links wait that it would have to be solved again for.
    """
    entering = load(highs, model)
    if entering.late.any():
        return None
    highs.run()
    done = highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return entering if done else None


def told(
    watch: Watch, bound: float, known: float | None = None
) -> Callable[[Progress], None] | None:
    """Progress against the bound of the whole programme, which a part's own is not.

    known: worth of a plan at hand, told until a better one is.
    """
    then = watch.progress
    if then is None:
        return None

    def tell(news: Progress) -> None:
        best = max((x for x in (known, news.objective) if x is not None), default=None)
        gap = None if best is None else gap_of(best, bound)
        then(replace(news, objective=best, bound=bound, gap=gap))

    return tell


def _narrow(highs: Any, whole: np.ndarray) -> None:
    """Fix all but the kernel where the relaxation left them, and ask for whole numbers."""
    found = highs.getSolution()
    x, d = np.array(found.col_value)[whole], np.abs(np.array(found.col_dual)[whole])
    last = np.argsort(-d, kind="stable")[: max(0, len(whole) - FREE)]
    fixed = np.sort(last[d[last] > 1e-9])  # what no price speaks against stays free
    narrowed(highs, whole, whole[fixed], np.round(x[fixed]))


def _aim(highs: Any, bound: float, settings: SolverSettings) -> None:
    share = NEAR_ENOUGH * settings.gap
    options = {
        "objective_target": bound - share * abs(bound) / (1 + share),
        "mip_rel_gap": settings.gap / 2,
        "mip_max_nodes": 1,
        "mip_allow_restart": False,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
