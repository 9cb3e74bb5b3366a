"""Kernel search: a first plan from the few whole numbers the relaxation speaks for.

    d[j]     = reduced cost of whole number j in the relaxation's optimum
    kernel   = the FREE whole numbers with the smallest |d[j]|; all others stay at the relaxation's
The small programme left is searched until its plan lies within NEAR_ENOUGH times the gap asked for
of the relaxation's bound, or its root is done. The plan starts the search of the whole programme,
which then has mostly the bound left to lower: a third less search on the base case. Where the
relaxation lies a percent off (`home-anchor`, `everything`) no kernel gets so near it, its root is
spent in vain and the search takes up to twice as long.
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
from planner.solve.live import Live, Watch, bare, load

FEWEST_INTEGERS = 500
"""Models with fewer whole numbers are searched at once: nothing to gain."""
FREE = 450
"""Whole numbers that stay free."""
NEAR_ENOUGH = 1.4
"""Gap to the relaxation's bound, in gaps asked for, at which the first plan will do: the whole
programme's own root lowers the bound by about a third of it."""


@dataclass(frozen=True)
class First:
    """What the kernel gave: its live programme (with the relaxation's bound), plan, seconds."""

    live: Live
    values: list[float]
    seconds: float


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
    entering = load(highs, model)
    if entering.late.any():
        return None
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    bound = float(highs.getInfo().objective_function_value)
    mine.progress = _told(watch, bound)
    _narrow(highs, whole)
    _aim(highs, bound, settings)
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    place = np.arange(len(model.names), dtype=np.int32)
    live = Live(highs, place, watch, entering.order, bound, len(model.rows))
    return First(live, live.values().tolist(), time.perf_counter() - begun)


def _told(watch: Watch, bound: float) -> Callable[[Progress], None] | None:
    """Progress against the bound of the whole programme, which the kernel's own is not."""
    then = watch.progress
    if then is None:
        return None

    def tell(news: Progress) -> None:
        gap = None if news.objective is None else gap_of(news.objective, bound)
        then(replace(news, bound=bound, gap=gap))

    return tell


def _narrow(highs: Any, whole: np.ndarray) -> None:
    """Fix all but the kernel where the relaxation left them, and ask for whole numbers."""
    found = highs.getSolution()
    x, d = np.array(found.col_value)[whole], np.abs(np.array(found.col_dual)[whole])
    last = np.argsort(-d, kind="stable")[: max(0, len(whole) - FREE)]
    fixed = np.sort(last[d[last] > 1e-9])  # what no price speaks against stays free
    held = np.round(x[fixed])
    highs.changeColsBounds(len(fixed), whole[fixed], held, held)
    kinds = np.array([highspy.HighsVarType.kInteger] * len(whole))
    highs.changeColsIntegrality(len(whole), whole, kinds)


def _aim(highs: Any, bound: float, settings: SolverSettings) -> None:
    share = NEAR_ENOUGH * settings.gap
    options = {
        "objective_target": bound - share * abs(bound) / (1 + share),
        "mip_rel_gap": settings.gap / 5,
        "mip_max_nodes": 1,
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
