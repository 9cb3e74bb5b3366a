"""The plan with the least worst regret, as one programme over all futures.

    minimise R   subject to   R >= BEST[s] - value[s]   for every future s, and the model's rules
    value[s] = sure + sum(worth[t, u(s,t)], t)

BEST is the best value found in each future, so the bound proven holds for the true regret as well
(a better wait-and-see plan only raises it). Afterwards, with the whole numbers fixed and R kept,
the mean value is raised as far as it goes, since many plans share one worst regret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from planner.analysis.regret_values import FutureValues, Line, future_values, held
from planner.core.case import Case
from planner.core.errors import Stopped
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Key, Model
from planner.solve import highs
from planner.solve.recourse import neutral

SLACK = 1e-7
"""Worst regret given up while the mean value is raised (relative)."""
GAP = 0.01
"""Relative gap of the worst regret at which the search stops."""


@dataclass(frozen=True)
class Least:
    """The plan found.

    values: by future [USD bn]. modules: key -> modules begun. at_least: proven lower bound of the
    worst regret. status: optimal (to GAP) | feasible (stopped by the time limit).
    """

    values: Mapping[str, float]
    modules: Mapping[Any, float]
    at_least: float
    status: str


def minimax_plan(
    world: Case, best: Mapping[str, float], seconds: float, start: Plan
) -> Least | None:
    """Search for the plan with the least worst regret for at most `seconds`, from a plan known.

    None when no plan was found in that time.
    """
    built = build_model(neutral(world))
    lines = future_values(built)
    model, worst = built.model, with_regret(built.model, lines, best)
    model.objective, model.objective_constant = {worst: -1.0}, 0.0
    settings = SolverSettings(gap=GAP, time_limit=seconds)
    try:
        answer = highs.run(model, settings, start=_whole_numbers(model, start))
    except Stopped:
        return None
    if answer.values is None:
        return None
    values = _raised(model, answer.values, worst, (lines, world))
    modules = model.family("modules")
    return Least(
        {s: lines.of(s, values) for s in lines.futures},
        {key: float(round(values[j])) for key, j in modules.columns.items() if values[j] > SLACK},
        -answer.bound,
        answer.status,
    )


def _whole_numbers(model: Model, plan: Plan) -> list[float]:
    """The plan's whole-number decisions on the model's columns, 0 elsewhere."""
    fixed, _ = held(model, plan)
    pairs = zip(model.integer, fixed.integer, fixed.low, strict=True)
    return [float(low or 0.0) if was and not now else 0.0 for was, now, low in pairs]


def with_regret(model: Model, lines: FutureValues, best: Mapping[str, float]) -> int:
    """Add the worst regret and its rows to a model; the number of its column."""
    sure: Key = ("sure", "")
    rows: dict[Key, Line] = {sure: lines.sure, **{(t, u): v for (t, u), v in lines.worth.items()}}
    parts = model.variables("part", list(rows), index="period,name", unit="USD bn", low=None)
    worst = model.variables("worst", [("regret",)], index="name", unit="USD bn", low=None)
    model.require(
        "regret.part",
        (
            (key, [(parts[key], 1.0), *((j, -a) for j, a in terms.items())], "=", constant)
            for key, (terms, constant) in rows.items()
        ),
        unit="USD bn",
        why="value of a state",
    )
    model.require(
        "regret.worst",
        (
            (
                (s,),
                [(worst["regret",], 1.0), (parts[sure], 1.0), *((parts[p], 1.0) for p in path)],
                ">=",
                best[s],
            )
            for s, path in lines.futures.items()
        ),
        unit="USD bn",
        why="regret in every future",
    )
    return worst["regret",]


def _raised(
    model: Model, values: list[float], worst: int, of: tuple[FutureValues, Case]
) -> list[float]:
    """The plan with its mean value raised at the same worst regret."""
    lines, world = of
    fixed = highs.fix_integers(model, values)
    tight = highs.run(fixed, SolverSettings(gap=0.0, time_limit=120.0))
    kept = tight.values if tight.values is not None else values
    limit = kept[worst] + SLACK * max(1.0, abs(kept[worst]))
    second = highs.fix_integers(model, kept)
    second.high = [*second.high]
    second.high[worst] = limit
    share = dict(_chances(world, lines))
    objective: dict[int, float] = {}
    for s, path in lines.futures.items():
        for terms, _ in (lines.sure, *(lines.worth[p] for p in path)):
            for j, a in terms.items():
                objective[j] = objective.get(j, 0.0) + share[s] * a
    second.objective = objective
    last = highs.run(second, SolverSettings(gap=0.0, time_limit=120.0))
    return last.values if last.values is not None else kept


def _chances(world: Case, lines: FutureValues) -> dict[str, float]:
    raw = {s: world.value("future.probability_pct", s) for s in lines.futures}
    total = sum(raw.values())
    return {s: p / total for s, p in raw.items()}
