"""Why nothing works: the named rules that collide, and the least they must give way.

Elastic relaxation: every row of the policy rules may be broken at a price of 1 per unit of its
largest coefficient; the cheapest repair names the rules (with amounts). Works when only whole
modules make the case infeasible, because the repair is searched over integers too.
Then a deletion filter drops rules without which the case stays infeasible when they alone are kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from planner.core.case import Case
from planner.core.errors import Conflict, Stopped
from planner.core.scenario import SolverSettings
from planner.model.assemble import Built
from planner.model.lp import Model
from planner.solve import highs

HARD = ("capacity.build", "capacity.once", "risk.value", "risk.tail", "sales.supply", "sales.link")
"""Bookkeeping rules: breaking them would mean nothing."""
SECONDS = 120.0
STEP = 10.0
"""Longest question of the deletion filter [s]."""


def explain_conflict(case: Case, built: Built, seconds: float = SECONDS) -> Conflict:
    """Rules in conflict and the cheapest repair, half of the time for each.

    When time runs out the rules named hold the conflict, but some may be idle.
    """
    end = time.perf_counter() + seconds
    soft = [r for r in built.model.rules if r not in HARD]
    relax, members = _repair(built.model, soft, max(1.0, seconds / 2))
    named = tuple(dict.fromkeys(name.split("[", 1)[0] for name in members))
    rules = _filter(built.model, named, soft, end) if named else ()
    origins = tuple(_origins(case, rules or named))
    return Conflict(rules or named or tuple(soft), members, relax, "elastic relaxation", origins)


def elastic(model: Model, soft: Iterable[str]) -> tuple[Model, dict[int, tuple[str, float]]]:
    """A copy whose soft rows may be broken at a price; slack column -> (row name, scale)."""
    copy = Model(model.name)
    copy.names, copy.low, copy.high = [*model.names], [*model.low], [*model.high]
    copy.integer = [*model.integer]
    wanted, slacks = set(soft), {}
    for name, terms, sense, right in model.rows:
        extended = list(terms)
        if name.split("[", 1)[0] in wanted:
            scale = max((abs(a) for _, a in terms), default=1.0) or 1.0
            for sign in {"<=": (-1.0,), ">=": (1.0,), "=": (-1.0, 1.0)}[sense]:
                column = len(copy.names)
                copy.names.append(f"slack{column}")
                copy.low.append(0.0)
                copy.high.append(None)
                copy.integer.append(False)
                extended.append((column, sign * scale))
                slacks[column] = (name, scale)
        copy.rows.append((name, extended, sense, right))
    copy.maximise((column, -1.0) for column in slacks)
    return copy, slacks


def _repair(
    model: Model, soft: list[str], seconds: float
) -> tuple[dict[str, float], tuple[str, ...]]:
    copy, slacks = elastic(model, soft)
    try:
        answer = highs.run(copy, SolverSettings(gap=0.01, time_limit=seconds))
    except Stopped:
        return {}, ()
    if answer.values is None:
        return {}, ()
    broken: dict[str, float] = {}
    for column, (name, scale) in slacks.items():
        amount = answer.values[column] * scale
        if amount > 1e-6:
            broken[name] = broken.get(name, 0.0) + amount
    return broken, tuple(broken)


def _filter(model: Model, broken: tuple[str, ...], soft: list[str], end: float) -> tuple[str, ...]:
    """Rules that are infeasible when kept together: the broken ones and those they collide with."""
    keep = list(soft)
    for rule in (*(r for r in soft if r not in broken), *broken):
        left = end - time.perf_counter()
        if left <= 0:
            return broken
        trial = [r for r in keep if r != rule]
        if _infeasible(model, trial, min(STEP, max(0.5, left))):
            keep = trial
    return tuple(keep)


def _infeasible(model: Model, kept: list[str], seconds: float) -> bool:
    """Whether the bookkeeping rules with only these rules have no plan."""
    copy = Model(model.name)
    copy.names, copy.low, copy.high, copy.integer = (
        model.names,
        model.low,
        model.high,
        model.integer,
    )
    wanted = {*kept, *HARD}
    copy.rows = [row for row in model.rows if row[0].split("[", 1)[0] in wanted]
    copy.maximise([(0, 0.0)] if model.names else [])
    try:
        return highs.run(copy, SolverSettings(time_limit=seconds)).values is None
    except Stopped:
        return False


def _origins(case: Case, rules: Iterable[str]) -> Iterable[str]:
    """Scenario entries behind the rules."""
    named = set(rules)
    if "capacity.pin" in named:
        for pin in case.scenario.sites.pin:
            wants = f"{pin.modules} module(s) of {pin.product or 'any class'}"
            yield f"sites.pin: {wants} at {pin.site}" + (f" by {pin.by}" if pin.by else "")
        if case.scenario.sites.forbid:
            yield f"sites.forbid: {', '.join(case.scenario.sites.forbid)}"
    for concept, options in sorted(case.scenario.concepts.items()):
        if any(rule.startswith(f"{concept}.") for rule in named):
            yield f"concepts.{concept}: {options}"
