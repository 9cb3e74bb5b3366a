"""Axes of a Pareto front besides value: cost, aid, pay, tail, home share, and the two trade ratios.

    level = (top + a constant) / (bottom + a constant), both linear; bottom is 1 for sums of money
A share or ratio is at least as good as r when top - r x bottom >= 0, which is linear (Dinkelbach).
Ratios are those of the whole horizon (see the concept `ratios`).
"""

from __future__ import annotations

from collections.abc import Callable

from planner.analysis.bench import Bench
from planner.analysis.ratio import AIMS
from planner.core.errors import InputError, Issue, did_you_mean
from planner.model.assemble import build_model
from planner.model.lp import Money
from planner.solve.variant import NewRow

AXES = {
    "cost": "expected cost, present value [USD bn], less is better",
    "subsidy": "expected aid taken, present value [USD bn], less is better",
    "talent": "expected pay and hiring, present value [USD bn], less is better",
    "cvar": "charge for the tail of bad futures [USD bn], less is better",
    "home_share": "home share of advanced capacity at the end [%], more is better",
    "technology": "technology receipts against payments of the horizon [ratio], more is better",
    "goods": "chip exports against imports of the horizon [ratio], more is better",
}
MORE = ("home_share", *AIMS)
"""Axes on which more is better."""
UNITS = {"home_share": "%", **dict.fromkeys(AIMS, "ratio")}
"""Units of the axes that are not money."""
Line = dict[int, float]
TOLERANCE = 1e-7
"""How far a level already reached may give way when the other axis is improved, relative."""


class Measured:
    """One axis besides value, as top / bottom, both linear; bottom is 1 except for a share."""

    def __init__(self, bench: Bench, name: str) -> None:
        if name not in AXES:
            hint = did_you_mean(name, AXES)
            raise InputError([Issue("error", "E736", "--axes", name, f"no axis '{name}'", hint)])
        self.name, self.sign = name, 1.0 if name in MORE else -1.0
        self.bottom: Line = {}
        self.constant = self.under = 0.0
        if name == "home_share":
            self.top, self.bottom = _home(bench)
            return
        if name in AIMS:
            (self.top, self.constant), (self.bottom, self.under) = _flows(bench, name)
            return
        picks: dict[str, Callable[[Money], bool]] = {
            "cvar": lambda line: line.item == "risk.tail",
            "cost": lambda line: line.group == "cost",
            "subsidy": lambda line: line.group == "subsidy",
            "talent": lambda line: line.group == "talent",
        }
        flip = 1.0 if name == "subsidy" else -1.0
        self.top, self.constant = _expected(bench, picks[name], flip)
        if not self.top:
            text = f"the case has nothing on the axis '{name}'"
            raise InputError([Issue("error", "E737", "--axes", name, text)])

    def goal(self, level: float) -> Line:
        """What to maximise; for a share, top - level x bottom (Dinkelbach)."""
        line = {j: self.sign * a for j, a in self.top.items()}
        for j, a in self.bottom.items():
            line[j] = line.get(j, 0.0) - self.sign * level * a
        return line

    def at(self, values: list[float]) -> float:
        """Level of a solution."""
        top = self.constant + sum(a * values[j] for j, a in self.top.items())
        if not self.bottom:
            return top
        bottom = self.under + sum(a * values[j] for j, a in self.bottom.items())
        return top / bottom if bottom > 0 else 0.0

    def row(self, level: float) -> NewRow:
        """At least as good as a level."""
        slack = TOLERANCE * max(1.0, abs(level))
        if self.bottom:
            eased = level - self.sign * slack
            right = self.sign * (eased * self.under - self.constant)
            return ("pareto.level", list(self.goal(eased).items()), ">=", right)
        line = self.goal(level)
        right = self.sign * (level - self.constant) - slack
        return ("pareto.level", list(line.items()), ">=", right)


def _expected(bench: Bench, pick: Callable[[Money], bool], flip: float) -> tuple[Line, float]:
    """Expected present value of some lines of money as a linear expression."""
    sets = bench.built.sets
    chances = {(t, u.id): u.probability for t in sets.periods for u in sets.states[t]}
    line: Line = {}
    constant = 0.0
    for money in bench.model.money:
        if pick(money):
            chance = 1.0 if money.state == "all" else chances[money.period, money.state]
            scale = flip * chance * money.factor
            constant += scale * money.constant
            for j, a in money.terms:
                line[j] = line.get(j, 0.0) + scale * a
    return line, constant


def _flows(bench: Bench, aim: str) -> tuple[tuple[Line, float], tuple[Line, float]]:
    """Flows above and below the line of a trade ratio over the horizon, with their constants."""
    case = bench.case
    given = dict(case.scenario.concepts)
    given["ratios"] = {**given.get("ratios", {}), "on": True}
    fields = case.scenario.model_dump() | {"concepts": given}
    model = build_model(case.replace(scenario=case.scenario.model_validate(fields))).model
    periods = bench.built.sets.periods
    if model.names != bench.model.names or f"{AIMS[aim][0]}_{periods[0]}_usd_bn" not in (
        model.measures
    ):
        text = "the data hold no rows of the fact table `balance`"
        raise InputError([Issue("error", "E740", "--axes", aim, text)])
    found = []
    for flow in AIMS[aim]:
        line: Line = {}
        constant = 0.0
        for t in periods:
            measure = model.measures[f"{flow}_{t}_usd_bn"]
            constant += measure.constant
            for j, a in measure.terms:
                line[j] = line.get(j, 0.0) + a
        found.append((line, constant))
    return found[0], found[1]


def _home(bench: Bench) -> tuple[Line, Line]:
    """Advanced capacity at home and everywhere in the last period [kwpm, share in %]."""
    sets = bench.built.sets
    advanced, last = set(sets.products[:3]), sets.periods[-1]
    everywhere = {
        j: 1.0
        for (i, k, t), j in bench.model.family("cap").columns.items()
        if k in advanced and t == last
    }
    home = {
        j: 100.0
        for (i, k, t), j in bench.model.family("cap").columns.items()
        if k in advanced and t == last and i in sets.home
    }
    return home, everywhere


def floor_row(bench: Bench, floor: float) -> NewRow:
    """Worth at least so much [USD bn]."""
    model = bench.model
    right = floor - model.objective_constant - TOLERANCE * max(1.0, abs(floor))
    return ("pareto.value", list(model.objective.items()), ">=", right)
