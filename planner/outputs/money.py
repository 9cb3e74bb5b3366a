"""A plan's cash as pages show it: expected present value by group, by period and by line.

    worth of a line = probability x present value; sums over lines are expected values
    expected value + tail charge + effect of weights = objective
A plan whose cash does not add up to its measures is an error, not a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from planner.core.case import Case
from planner.core.errors import Issue, VerificationError
from planner.core.plan import Plan
from planner.outputs import labels
from planner.outputs.charts import Step

TAIL = "risk.tail"
TOLERANCE = 1e-6
WHOLE = -1
"""Period of money that belongs to no single one."""


@dataclass(frozen=True, slots=True)
class Money:
    """Expected present values [USD bn]; groups leave the tail charge out."""

    groups: Mapping[str, float]
    tail: float
    weighting: float
    value: float
    objective: float


def worth(cash: pd.DataFrame) -> pd.Series:
    """Expected present value of every line [USD bn]."""
    return cash["probability"].astype(float) * cash["present_value_usd_bn"].astype(float)


def money(plan: Plan, case: Case) -> Money:
    """Groups, tail and weighting, held against the plan's measures (VerificationError)."""
    sums = worth(plan.cash).groupby(plan.cash["group"]).sum()
    tail = float(worth(plan.cash)[plan.cash["item"] == TAIL].sum())
    groups = {g: float(sums.get(g, 0.0)) for g in labels.GROUPS}
    groups["risk"] -= tail
    weights = case.scenario.weights
    extra = sum((weights.of(g) - 1.0) * v for g, v in groups.items())
    extra += (weights.of("risk") - 1.0) * tail
    value = sum(groups.values())
    found = Money(groups, tail, extra, value, value + tail + extra)
    issues = [
        Issue("error", "E591", f"cash of '{plan.scenario}'", name, _differs(is_, said))
        for name, is_, said in (
            ("npv_usd_bn", found.value, plan.measures.get("npv_usd_bn")),
            ("objective_usd_bn", found.objective, plan.measures.get("objective_usd_bn")),
        )
        if said is not None and abs(is_ - said) > TOLERANCE * max(1.0, abs(said))
    ]
    if issues:
        raise VerificationError(issues)
    return found


def _differs(found: float, said: float) -> str:
    return f"the lines of cash add to {found:.9g} USD bn, the measure says {said:.9g}"


def steps(found: Money) -> list[Step]:
    """Bars of the waterfall, from revenue to the objective."""
    bars = [Step(labels.GROUPS[g], v, g) for g, v in found.groups.items()]
    bars.append(Step("Expected value", found.value, "total", total=True))
    if abs(found.tail) > TOLERANCE or abs(found.weighting) > TOLERANCE:
        bars.append(Step("Worst-futures charge", found.tail, "risk", note="prudence, not money"))
        if abs(found.weighting) > TOLERANCE:
            note = "what weights other than 1 add"
            bars.append(Step("Weights", found.weighting, "weights", note=note))
        bars.append(Step("Objective", found.objective, "total", total=True))
    return bars


def by_period(cash: pd.DataFrame) -> dict[str, dict[int, float]]:
    """Group -> period -> expected amount, not discounted [USD bn]; tail left out."""
    real = cash[(cash["item"] != TAIL) & (cash["period"] != WHOLE)]
    amount = real["probability"].astype(float) * real["amount_usd_bn"].astype(float)
    sums = amount.groupby([real["group"], real["period"]]).sum()
    periods = sorted({int(t) for t in real["period"]})
    return {
        g: {t: float(sums.get((g, t), 0.0)) for t in periods}
        for g in labels.GROUPS
        if g in set(real["group"])
    }


def by_item(cash: pd.DataFrame) -> pd.DataFrame:
    """Expected present value by line and period: item, group, one column a period, total."""
    frame = cash.assign(worth=worth(cash))
    table = frame.pivot_table(
        index=["group", "item"], columns="period", values="worth", aggfunc="sum", fill_value=0.0
    )
    table["total"] = table.sum(axis=1)
    order = {g: n for n, g in enumerate(labels.GROUPS)}
    rows = table.reset_index()
    rows["order"] = rows["group"].map(lambda g: order.get(g, len(order)))
    rows["size"] = -rows["total"].abs()
    rows = rows.sort_values(["order", "size", "item"], kind="stable")
    return rows.drop(columns=["order", "size"]).reset_index(drop=True)
