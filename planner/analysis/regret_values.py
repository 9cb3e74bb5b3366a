"""The value of each future as a line over a model's columns, and a plan's decisions on them.

VALUE[s] = sure + sum(worth[t, u(s,t)], t)      weighted present values, tail charge left out
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.core.plan import Plan
from planner.model.assemble import Built
from planner.model.lp import Model, label

Spot = tuple[int, str]
SITING = ("modules", "open", "centre", "buy", "refit", "convert", "close")
"""Families that say where and when something is built, bought, refitted or closed."""
HALF = 0.5
Line = tuple[dict[int, float], float]
"""Column -> coefficient, and a constant."""


@dataclass(frozen=True)
class FutureValues:
    """Lines of sure cash and of each period and state; which states a future passes through."""

    sure: Line
    worth: Mapping[Spot, Line]
    futures: Mapping[str, tuple[Spot, ...]]

    def of(self, future: str, values: Sequence[float]) -> float:
        """Value of a future at a solution [USD bn]."""
        parts = (self.sure, *(self.worth[spot] for spot in self.futures[future]))
        return sum(c + sum(a * values[j] for j, a in terms.items()) for terms, c in parts)


def future_values(built: Built) -> FutureValues:
    """Value lines of a built model."""
    sets, weights = built.sets, built.parts[0][1].scenario.weights
    lines: dict[Spot, dict[int, float]] = {
        (t, u.id): {} for t in sets.periods for u in sets.states[t]
    }
    constants: dict[Spot, float] = dict.fromkeys(lines, 0.0)
    sure, stands = dict[int, float](), 0.0
    for money in built.model.money:
        if money.item == "risk.tail":
            continue
        scale = weights.of(money.group) * money.factor
        into = sure if money.state == "all" else lines[money.period, money.state]
        for j, a in money.terms:
            into[j] = into.get(j, 0.0) + a * scale
        if money.state == "all":
            stands += money.constant * scale
        else:
            constants[money.period, money.state] += money.constant * scale
    return FutureValues(
        (sure, stands),
        {spot: (terms, constants[spot]) for spot, terms in lines.items()},
        {s: tuple((t, sets.state_of[s, t]) for t in sets.periods) for s in sets.futures},
    )


def held(model: Model, plan: Plan) -> tuple[Model, list[str]]:
    """The model with the plan's whole-number decisions fixed, and those it has no column for.

    Siting (see SITING) is fixed in any case; other whole numbers that the plan's own model did not
    have (aid accepted, say) stay free.
    """
    made = Model(model.name)
    made.__dict__.update(model.__dict__)
    made.low, made.high, made.integer = [*model.low], [*model.high], [*model.integer]
    strange = [
        label(name, key)
        for name in SITING
        for key, value in plan.values(name).items()
        if value > HALF and (name not in model.families or key not in model.families[name].columns)
    ]
    for name, family in model.families.items():
        if family.kind == "continuous" or not (name in SITING or name in plan.variables):
            continue
        values = plan.values(name)
        for key, column in family.columns.items():
            made.low[column] = made.high[column] = float(round(values.get(key, 0.0)))
            made.integer[column] = False
    return made, sorted(strange)


def began(plan: Plan) -> tuple[str, ...]:
    """Sites where a plan begins modules."""
    return tuple(sorted({str(key[0]) for key, n in plan.values("modules").items() if n > HALF}))
