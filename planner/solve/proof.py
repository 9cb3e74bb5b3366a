"""From a first plan to one that is proved: what is left of a search once a good plan is known.

    z  = worth of the plan,  u = bound of the relaxation,  g = gap asked for
    u - z <= NEAR_ENOUGH g z :  the plan will do; only its bound is left to show
    u - z >= FAR g z         :  its bound takes long, so it is bettered in neighbourhoods first
    between                  :  the whole programme is searched from the plan
To show the bound HiGHS is asked for plans worth more than (1 + g) z and nothing else: that cut-off
prunes branches and fixes columns from the root on, and where it finds nothing (1 + g) z is the
bound. Base case to 0.1 %: shown in 48 s from a plan within 0.05 % of the best, not in 170 s without
the cut-off. From a plan that is far from the best the cut-off would also hide what lies between.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from planner.core.scenario import SolverSettings
from planner.model.lp import Model
from planner.solve.answer import gap_of
from planner.solve.grain import MARGIN
from planner.solve.kernel import NEAR_ENOUGH, First
from planner.solve.live import Live, Watch, searched, worth
from planner.solve.neighbourhoods import bettered

FAR = 2.5
"""Gap of a first plan to the relaxation, in gaps asked for, from which its bound takes long."""
SHORTEST = 0.5
"""A search is not begun with less time left [s]."""


@dataclass(frozen=True)
class Outcome:
    """The live programme a plan stands in, and why no more was shown ("" if all was)."""

    live: Live
    stopped_by: str = ""


def proved(first: First, used: Model, settings: SolverSettings, watch: Watch) -> Outcome:
    """The search gone on with from a first plan, in the time left; that plan if none is."""
    away = gap_of(worth(used, first.values), first.bound)
    if away >= FAR * settings.gap:
        first = bettered(used, first, settings, watch)
    begun = time.perf_counter() - first.seconds
    if NEAR_ENOUGH * settings.gap < away < FAR * settings.gap:
        return _searched(first, used, settings, watch, begun)
    best = worth(used, first.values)
    watch.gap = max(0.0, settings.gap - 2 * MARGIN)  # which widens the bound again
    watch.beat = best + watch.gap * abs(best)
    found = _searched(first, used, settings, watch, begun)
    if found.live is not first.live or found.stopped_by:
        return found
    watch.gap, watch.beat = None, -math.inf  # it lost that plan: once more, as any search
    return _searched(first, used, settings, watch, begun)


def _searched(
    first: First, used: Model, settings: SolverSettings, watch: Watch, begun: float
) -> Outcome:
    """The whole programme searched from a plan; that plan where nothing better is known."""
    spent = time.perf_counter() - begun
    left = settings.time_limit - spent
    if watch.stop.is_set() or left < SHORTEST:
        return Outcome(first.live, "interrupt" if watch.stop.is_set() else "time limit")
    watch.before = spent
    rest = settings.model_copy(update={"time_limit": left})
    live = searched(used, rest, watch, first.values, in_bulk=False)
    if live.has_plan():
        live = replace(live, bound=live.proved()) if math.isfinite(watch.beat) else live
        if worth(used, live.values().tolist()) < worth(used, first.values):
            live = replace(live, known=np.array(first.values))  # HiGHS dropped it below the cut-off
        return Outcome(live)
    if live.is_infeasible():
        return Outcome(first.live)
    return Outcome(first.live, "interrupt" if watch.stop.is_set() else "time limit")
