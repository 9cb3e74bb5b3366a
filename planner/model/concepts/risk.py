"""Risk: repair after events, and a charge for the bad tail of futures (mean-CVaR).

    repair[i,t,u]       = REPAIR[i,u] * outlay of one kwpm * cap[i,k,t]  [USD bn]
    risk.value[t,u]     worth[t,u] = sum(weighted present value of state-dependent cash in t, u)
    risk.tail[s]        excess[s] >= -sum(worth[t,u(s,t)], t) - theta [USD bn]
    CVaR                = theta + sum(PROB[s] * excess[s], s) / (1 - ALPHA)     (of the loss -V[s])
    charge              = -OMEGA * WEIGHT_risk * (sum(PROB[t,u] * worth[t,u]) + CVaR) [USD bn]
So the objective is (1 - w) * E[V] - w * CVaR(-V) with w = OMEGA * WEIGHT_risk; cash that is the
same in every future moves mean and CVaR alike and cancels in the charge (Rockafellar-Uryasev 2000).
With 1 - ALPHA at most the chance of the worst future, CVaR is that future's loss.
Sources: fact tables `event`, `future`; Rockafellar & Uryasev, J. Risk 2 (2000).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount, outlay
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model, Row, merge

AFTER = (
    "finance", "sales", "production", "trade", "subsidy", "agreements", "quota", "upside",
    "milestones", "contracts",
)  # fmt: skip
NEEDS = ("future",)
READS = (
    *discount.READS,
    *outlay.READS,
)
READS_MONEY = True


class Options(Base):
    """Knobs of the risk concept."""

    omega: Annotated[float, Field(ge=0, le=1)] = 0.25
    """Weight of the tail against the mean; 0 = expectation only [ratio]"""
    alpha: Annotated[float, Field(ge=0, lt=1)] = 0.9
    """The tail is the worst 1 - alpha of the probability [ratio]"""


def share(case: CaseView, opt: Options) -> float:
    """Weight w of the tail in the objective."""
    return opt.omega * case.scenario.weights.risk


def repair_usd_bn(case: CaseView, i: str, k: str) -> float:
    """Value of tools and buildings of one kwpm [USD bn/kwpm]."""
    return sum(outlay.of_kwpm(case, i, k, asset) for asset in outlay.ASSETS)


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Book repairs, then the tail charge over all state-dependent cash."""
    _repairs(m, case)
    w = share(case, opt)
    if w == 0 or len(case.sets.futures) < 2:
        return
    spots = [(t, u.id) for t in case.sets.periods for u in case.sets.states[t]]
    worth = m.variables("worth", spots, index="period,state", unit="USD bn", low=None)
    futures = [(s,) for s in case.sets.futures]
    excess = m.variables("excess", futures, index="future", unit="USD bn")
    theta = m.variables("theta", [("loss",)], index="name", unit="USD bn", low=None)["loss",]
    m.require("risk.value", _value_rows(m, case), unit="USD bn", why="worth of a state")
    m.require(
        "risk.tail",
        (
            (
                (s,),
                [
                    (excess[s,], 1.0),
                    (theta, 1.0),
                    *((worth[t, case.sets.state_of[s, t]], 1.0) for t in case.sets.periods),
                ],
                ">=",
                0.0,
            )
            for s in case.sets.futures
        ),
        unit="USD bn",
        why="loss beyond theta",
    )
    tail = [(theta, -opt.omega)]
    tail += [(excess[s,], -opt.omega * p / (1 - opt.alpha)) for s, p in case.sets.futures.items()]
    for t in case.sets.periods:
        tail += [(worth[t, u.id], -opt.omega * u.probability) for u in case.sets.states[t]]
    m.cost("risk.tail", ("tail",), terms=tail, period=-1, factor=1.0, group="risk")


def _repairs(m: Model, case: CaseView) -> None:
    caps: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for (i, k, t), column in m.family("cap").columns.items():
        caps.setdefault((str(i), int(t)), []).append((str(k), column))
    for t in case.sets.periods:
        for u in case.sets.states[t]:
            for i, damage in u.repair_share.items():
                terms = [(j, -damage * repair_usd_bn(case, i, k)) for k, j in caps.get((i, t), [])]
                m.cost(
                    "risk.repair",
                    (i,),
                    terms=terms,
                    period=t,
                    state=u.id,
                    factor=discount.over(case, t),
                    group="risk",
                    country=case.sets.country_of[i],
                )


def _value_rows(m: Model, case: CaseView) -> Iterator[Row]:
    weights = case.scenario.weights
    terms: dict[tuple[int, str], list[tuple[int, float]]] = {}
    constants: dict[tuple[int, str], float] = {}
    for line in m.money:
        if line.state != "all":
            spot, scale = (line.period, line.state), line.factor * weights.of(line.group)
            terms.setdefault(spot, []).extend((j, -a * scale) for j, a in line.terms)
            constants[spot] = constants.get(spot, 0.0) + line.constant * scale
    for name, column in m.family("worth").columns.items():
        key = (int(name[0]), str(name[1]))
        merged = list(merge(terms.get(key, [])).items())
        yield name, [(column, 1.0), *merged], "=", constants.get(key, 0.0)


def cvar_of_loss(values: dict[str, float], chances: dict[str, float], alpha: float) -> float:
    """CVaR of the loss -V: mean over the worst 1 - alpha of the probability [same unit as V]."""
    left, total = 1 - alpha, 0.0
    for s in sorted(values, key=lambda s: values[s]):
        taken = min(left, chances[s])
        total -= taken * values[s]
        left -= taken
        if left <= 1e-15:
            break
    return total / (1 - alpha)


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """The tail charge, computed directly from cash by future."""
    if share(case, opt) == 0 or len(case.sets.futures) < 2:
        return
    weights, cash = case.scenario.weights, plan.cash
    worth: dict[tuple[int, str], float] = {}
    mine = cash[(cash["future"] != "all")]
    for period, state, group, value in mine[
        ["period", "future", "group", "present_value_usd_bn"]
    ].itertuples(index=False):
        worth[period, state] = worth.get((period, state), 0.0) + value * weights.of(group)
    values = {
        s: sum(worth.get((t, case.sets.state_of[s, t]), 0.0) for t in case.sets.periods)
        for s in case.sets.futures
    }
    mean = sum(p * values[s] for s, p in case.sets.futures.items())
    want = -opt.omega * (mean + cvar_of_loss(values, dict(case.sets.futures), opt.alpha))
    have = float(cash.loc[cash["item"] == "risk.tail", "present_value_usd_bn"].sum())
    if abs(want - have) > 1e-6 * max(1.0, abs(mean)):
        where = "risk.tail"
        yield Issue("error", "V170", where, "", f"tail charge {have:.6g}, not {want:.6g} USD bn")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Repairs again; the tail charge is recomputed in `check`."""
    caps = plan.values("cap")
    for t in case.sets.periods:
        for u in case.sets.states[t]:
            for (i, k, p), kwpm in caps.items():
                if p == t and i in u.repair_share:
                    damage = u.repair_share[i] * repair_usd_bn(case, i, k)
                    yield "risk.repair", t, u.id, -kwpm * damage
