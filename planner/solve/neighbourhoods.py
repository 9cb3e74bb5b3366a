"""Neighbourhoods: a plan made better a product or a few years at a time, the rest of it held.

    P_k      = whole numbers of product k and all that belong to no product
    Y_t      = whole numbers decided in WIDTH neighbouring periods from t, and all without a period
    sought   : a plan worth more by STEP x gap x |worth| in which only P_k, or only Y_t, differs
First the products, those with most in the plan first, then the years, first to last; over when IDLE
in a row did not help or all were gone through ROUNDS times. Each is searched at its root only.
Nothing is timed but the limit, so two runs of a model go the same way.
After Shaw, Using constraint programming and local search methods to solve vehicle routing problems,
CP98 (1998).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from planner.core.scenario import SolverSettings
from planner.model.lp import Model
from planner.solve.kernel import First, told
from planner.solve.live import SEARCH, Live, Watch, bare, load, narrowed, worth

WIDTH = 2
"""Periods freed together."""
STEP = 0.2
"""Least betterment looked for, in gaps asked for."""
ROUNDS = 2
"""Times all neighbourhoods are gone through at most."""
IDLE = 3
"""Neighbourhoods in a row that may fail before the plan is taken for good."""
EQUAL = 1e-9
"""Plans whose worth differs relatively by less are one plan, recounted."""


def bettered(model: Model, first: First, settings: SolverSettings, watch: Watch) -> First:
    """The best plan found in neighbourhoods of another, or that one.

    watch: hears of plans found, with the whole programme's bound, and ends this search too.
    """
    begun = time.perf_counter() - first.seconds
    best, value, idle = first, worth(model, first.values), 0
    for free in neighbourhoods(model, first.values) * ROUNDS:
        spent = time.perf_counter() - begun
        if watch.stop.is_set() or spent >= settings.time_limit or idle == IDLE:
            break
        rest = settings.model_copy(update={"time_limit": settings.time_limit - spent})
        mine = Watch(told(watch, first.bound, value), 1.0)
        mine.stop, mine.before = watch.stop, spent
        mine.beat = value + STEP * settings.gap * abs(value)
        found = _searched(model, (free, best.values), rest, mine)
        idle += 1
        if found is None:
            continue
        values = found.values().tolist()
        if (more := worth(model, values)) > value + EQUAL * abs(value):
            mine.root_bound = first.bound
            best, value, idle = First(replace(found, bound=first.bound), values, 0.0), more, 0
    return First(best.live, best.values, time.perf_counter() - begun)


def neighbourhoods(model: Model, values: Sequence[float]) -> list[Any]:
    """What is free in each neighbourhood of a plan, in their order (masks by column)."""
    whole, used = np.array(model.integer), np.abs(np.array(values)) > 0.5
    what, when = _parts(model, "product"), _parts(model, "period")
    much = Counter(str(k) for k in what[whole & used])
    products = sorted({str(k) for k in what[whole]} - {""}, key=lambda k: (-much[k], k))
    periods = sorted({t for t in when[whole] if t != ""})
    spans = [periods[n : n + WIDTH] for n in range(max(1, len(periods) - WIDTH + 1))]
    by_product = [whole & ((what == "") | (what == k)) for k in products]
    by_period = [whole & ((when == "") | np.isin(when, span)) for span in spans]
    return by_product + by_period


def _parts(model: Model, name: str) -> Any:
    """The part of every column's key that has a name, "" where it has none."""
    found = np.full(len(model.names), "", dtype=object)
    for family in model.families.values():
        if name in family.key_names:
            at = family.key_names.index(name)
            for key, column in family.columns.items():
                found[column] = key[at]
    return found


def _searched(
    model: Model, around: tuple[Any, list[float]], settings: SolverSettings, mine: Watch
) -> Live | None:
    """A neighbourhood's small programme searched at its root; None if no plan of it was found."""
    free, values = around
    highs = bare(settings, mine)
    entering = load(highs, model)
    whole = np.flatnonzero(model.integer).astype(np.int32)
    held = whole[~free[whole]]
    narrowed(highs, whole, held, np.round(np.array(values)[held]))
    options = {
        "mip_rel_gap": STEP * settings.gap,
        "mip_max_nodes": 1,
        "mip_heuristic_effort": SEARCH["mip_heuristic_effort"],
    }
    for name, value in options.items():
        highs.setOptionValue(name, value)
    highs.run()
    place = np.arange(len(model.names), dtype=np.int32)
    live = Live(highs, place, mine, entering.order, None, len(model.rows))
    return live if live.has_plan() else None
