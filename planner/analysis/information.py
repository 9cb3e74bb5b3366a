"""What uncertainty costs: perfect information, planning on averages, and insurance.

    RP    best expected value of one plan for all futures (the recourse problem)
    WS    mean over the futures of the best value when the future is known beforehand
    EV    the plan made for the average future;  EEV its expected value in the true futures
    EVPI  = WS - RP  >= 0    most that knowing the future would be worth
    VSS   = RP - EEV >= 0    what planning for all futures gains over planning on averages
    premium = E[V] of the expectation's plan - E[V] of the scenario's plan
    tail cut = CVaR loss of the expectation's plan - CVaR loss of the scenario's plan
The first four are risk-neutral (omega = 0). A solve leaves a gap, so each figure is an interval
that surely holds it. Sources: Birge, Math. Programming 24 (1982); Birge & Louveaux, Introduction
to Stochastic Programming (2011), ch. 4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.core.scenario import AVERAGE, SolverSettings
from planner.model.assemble import build_model, prepare
from planner.solve import highs
from planner.solve.optimise import solve_case

Say = Callable[[str], None]
"""Told what is being solved."""


@dataclass(frozen=True, slots=True)
class Span:
    """A figure known to lie between two values [USD bn]."""

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:,.2f} to {self.high:,.2f}"


@dataclass(frozen=True, slots=True)
class Information:
    """Money in USD bn of present value; `known` is the best value in each future if foreseen."""

    rp: Span
    ws: Span
    eev: float
    evpi: Span
    vss: Span
    premium_usd_bn: float
    tail_cut_usd_bn: float
    known: tuple[tuple[str, float, Span], ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain form."""
        return asdict(self)


def value_of_information(
    plan: Plan, case: Case, *, gap: float = 0.005, time_limit: float = 120.0, say: Say | None = None
) -> Information:
    """EVPI, VSS, insurance premium and tail cut of a plan's scenario.

    gap, time_limit: of each solve. Raises InputError when the scenario has fewer than two futures,
    Stopped when a limit came before any plan.
    """
    tell: Say = say or (lambda _: None)
    chances = _chances(case)
    neutral = _neutral(case)
    tell("one plan for all futures")
    common = solve_case(neutral, gap=gap, time_limit=time_limit)
    rp = Span(common.info.objective, common.info.bound)
    known = []
    for future, chance in chances.items():
        tell(f"the best plan if {case.name('futures', future)} were known")
        alone = solve_case(_in(neutral, future), gap=gap, time_limit=time_limit).info
        known.append((future, chance, Span(alone.objective, alone.bound)))
    ws = Span(*(sum(p * getattr(s, end) for _, p, s in known) for end in ("low", "high")))
    tell("the plan for the average future, in the true ones")
    averaged = solve_case(_in(neutral, AVERAGE), gap=gap, time_limit=time_limit)
    eev = _held(averaged, neutral)
    best = max(rp.low, eev)  # the average's plan is a plan too: the recourse problem is no worse
    rp = Span(best, max(rp.high, best))
    return Information(
        rp=rp,
        ws=ws,
        eev=eev,
        evpi=Span(max(0.0, ws.low - rp.high), max(0.0, ws.high - rp.low)),
        vss=Span(rp.low - eev, rp.high - eev),
        premium_usd_bn=common.measures["npv_usd_bn"] - plan.measures["npv_usd_bn"],
        tail_cut_usd_bn=plan.measures["npv_tail_usd_bn"] - common.measures["npv_tail_usd_bn"],
        known=tuple(known),
    )


def _chances(case: Case) -> dict[str, float]:
    futures = dict(prepare(case)[0].futures)
    if len(futures) < 2:
        text = "knowing the future is worth nothing where there is only one"
        hint = "Give the scenario at least two futures."
        raise InputError([Issue("error", "E750", case.scenario.name, "futures", text, hint)])
    return futures


def _neutral(case: Case) -> Case:
    """The case valued by expectation alone."""
    concepts = {name: dict(options) for name, options in case.scenario.concepts.items()}
    concepts["risk"] = {**concepts.get("risk", {}), "omega": 0.0}
    return replace(case, scenario=case.scenario.with_(concepts=concepts))


def _in(case: Case, future: str) -> Case:
    return replace(case, scenario=case.scenario.with_(futures=(future,)))


def _held(plan: Plan, case: Case) -> float:
    """Expected value of a plan's whole-number decisions in a case; the rest adapts."""
    model = build_model(case).model
    values = [0.0] * len(model.names)
    for name, family in model.families.items():
        if family.kind != "continuous":
            for key, value in plan.values(name).items():
                values[family.columns[key]] = value
    fixed = highs.fix_integers(model, values)
    return highs.run(fixed, SolverSettings(gap=0.0, time_limit=120.0)).objective
