"""Proof by recomputation: feasibility and every line of cash again, from decisions and facts.

No linear programme is asked. Each concept checks its own rules and recounts its own money; this
file recounts what spans concepts: taxes, discounting, sums, and the objective. Tolerance 1e-6
relative to the largest amount of the line's item.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from planner.core import discount
from planner.core.case import Case, CaseView
from planner.core.errors import Issue, VerificationError
from planner.core.plan import Plan
from planner.core.sets import Sets
from planner.model.assemble import Parts, prepare
from planner.model.catalogue import concepts
from planner.model.concepts import finance
from planner.solve.extract import money_measures
from planner.solve.sums import sum_by

TOLERANCE = 1e-6
Totals = dict[tuple[str, int, str], float]


def verify(plan: Plan, case: Case, prepared: tuple[Sets, Parts] | None = None) -> tuple[Issue, ...]:
    """Everything wrong with a plan; empty when it holds.

    prepared: what `prepare(case)` gives, if that is at hand.
    """
    sets, parts = prepared or prepare(case)
    issues: list[Issue] = []
    if plan.digest != case.digest:
        issues.append(_issue("digest", "the plan was made from other inputs"))
    recount: Totals = {}
    for concept, view, opt in parts:
        issues.extend(concept.module.check(plan, view, opt))
        for item, t, u, amount in concept.module.money(plan, view, opt):
            recount[item, t, u] = recount.get((item, t, u), 0.0) + amount
    issues.extend(_compare_cash(plan, recount))
    issues.extend(_taxes(plan, case, sets))
    issues.extend(_sums(plan, case, sets))
    issues.extend(_whole(plan))
    return tuple(issues)


def require_verified(plan: Plan, case: Case, prepared: tuple[Sets, Parts] | None = None) -> None:
    """Raise VerificationError when a plan does not hold."""
    issues = verify(plan, case, prepared)
    if issues:
        raise VerificationError(issues)


def _issue(rule: str, text: str) -> Issue:
    return Issue("error", "V900", f"verify.{rule}", "", text)


def _compare_cash(plan: Plan, recount: Totals) -> Iterator[Issue]:
    """Cash by item, period and state against the concepts' own recount."""
    own = plan.cash[~plan.cash["item"].isin(["finance.tax", "finance.shield", "risk.tail"])]
    booked = sum_by(own, ["item", "period", "future"], "amount_usd_bn")
    scale: dict[str, float] = {}
    for (item, _, _), amount in [*booked.items(), *recount.items()]:
        scale[item] = max(scale.get(item, 1.0), abs(amount))
    for spot in sorted(set(booked) | set(recount)):
        have, want = float(booked.get(spot, 0.0)), recount.get(spot, 0.0)
        if abs(have - want) > TOLERANCE * scale[spot[0]]:
            yield _issue(
                f"cash[{','.join(str(p) for p in spot)}]",
                f"books {have:.9g}, recount {want:.9g} USD bn",
            )


def _taxes(plan: Plan, case: Case, sets: Sets) -> Iterator[Issue]:
    """Tax and shield from the taxable lines of cash and the outlays of the plan."""
    finance_part = next(c for c in concepts() if c.name == "finance")
    if not finance_part.active(case):
        return
    view = CaseView(case, sets, finance_part.reads, "finance")
    taxable = plan.cash[plan.cash["item"].isin(TAXABLE)]
    base = sum_by(taxable, ["country", "period", "future"], "amount_usd_bn")
    tax = plan.cash[plan.cash["item"] == "finance.tax"]
    have = sum_by(tax, ["country", "period", "future"], "amount_usd_bn")
    for spot in sorted(set(base) | set(have)):
        want = -finance.tax_rate(view, spot[0], spot[1]) * float(base.get(spot, 0.0))
        if abs(want - float(have.get(spot, 0.0))) > TOLERANCE * max(1.0, abs(want)):
            yield _issue(
                f"tax[{spot}]", f"books {have.get(spot, 0.0):.9g}, recount {want:.9g} USD bn"
            )
    want_shield = _shields(plan, view, sets, case)
    booked = plan.cash[plan.cash["item"] == "finance.shield"]
    got = sum_by(booked, ["country", "period"], "amount_usd_bn")
    for pair in sorted(set(want_shield) | set(got)):
        amount = want_shield.get(pair, 0.0)
        if abs(amount - float(got.get(pair, 0.0))) > TOLERANCE * max(1.0, abs(amount)):
            yield _issue(f"shield[{pair}]", f"books {got.get(pair, 0.0):.9g}, recount {amount:.9g}")


TAXABLE = (
    "sales.revenue",
    "trade.duty",
    "quota.relief",
    "quota.lowered",
    "emissions.premium",
    "emissions.carbon",
    "clusters.saving",
    "production.upkeep",
    "production.materials",
    "production.freight",
    "talent.wages",
    "talent.premium",
    "talent.expats",
    "talent.shortage",
    "talent.standing",
    "training.wages",
    "research.running",
    "research.benefit",
    "research.gain",
    "cocreation.programme",
    "acquisition.staff",
    "retrofit.wages",
    "joint_venture.profit",
)
"""Items of cash that enter company profit; written out here so that the recount is independent."""


SHELLS_AND_TOOLS = (
    "costs.equipment", "costs.building", "joint_venture.equipment", "joint_venture.building"
)  # fmt: skip
"""Items of cash that are outlay on modules, or a partner's part of it."""
REFITS = ("acquisition.refit", "retrofit.tools")
"""Items of cash that are outlay on tools of a fab bought or refitted."""


def _shields(plan: Plan, view: CaseView, sets: Sets, case: Case) -> dict[tuple[str, int], float]:
    """Write-off of every outlay, straight line from entry into service."""
    found: dict[tuple[str, int], float] = {}
    dates = {"|".join(str(part) for part in x.key): x.service for x in sets.changes}
    outlays = plan.cash[plan.cash["item"].isin([*SHELLS_AND_TOOLS, "research.outlay", *REFITS])]
    for item, key, country, amount in outlays[
        ["item", "key", "country", "amount_usd_bn"]
    ].itertuples(index=False):
        parts = key.split("|")
        if item == "research.outlay":
            asset, service = "building", int(parts[2]) + case.value("centre.lead_years", parts[1])
        elif item in REFITS:
            asset, service = "equipment", dates["|".join(parts)]
        else:
            asset = item.split(".")[1]
            service = sets.vintages[parts[0], parts[1], parts[2], int(parts[3])].service
        for t in sets.periods:
            share = finance.written_off(view, asset, service, t)
            gain = -amount * share * finance.tax_rate(view, country, t)
            found[country, t] = found.get((country, t), 0.0) + gain
    return {pair: gain for pair, gain in found.items() if gain}


def _sums(plan: Plan, case: Case, sets: Sets) -> Iterator[Issue]:
    """Present values, probabilities, objective, and the bound above it."""
    cash = plan.cash
    product = cash["amount_usd_bn"].to_numpy() * cash["factor"].to_numpy()
    booked = cash["present_value_usd_bn"].to_numpy()
    if not np.allclose(product, booked, rtol=TOLERANCE, atol=1e-9):
        yield _issue("present_value", "amount x factor is not the present value")
    view = CaseView(case, sets, discount.READS, "verify")
    flows = cash[cash["item"].isin(TAXABLE)]
    factors = flows.groupby("period")["factor"].agg(["min", "max"])
    for t, low, high in factors.itertuples():
        right = discount.over(view, int(t))
        if abs(low - right) > TOLERANCE or abs(high - right) > TOLERANCE:
            yield _issue(
                f"factor[{t}]", f"discount factors {low:.9g} to {high:.9g}, not {right:.9g}"
            )
    measures = money_measures(plan, case, sets)
    objective, booked_objective = measures["objective_usd_bn"], plan.info.objective
    if abs(objective - booked_objective) > TOLERANCE * max(1.0, abs(objective)):
        yield _issue(
            "objective", f"cash sums to {objective:.9g}, solver says {booked_objective:.9g}"
        )
    if plan.info.bound < booked_objective - TOLERANCE * max(1.0, abs(objective)):
        yield _issue("bound", f"bound {plan.info.bound:.9g} lies below the plan's value")


def _whole(plan: Plan) -> Iterator[Issue]:
    """Decisions that must be whole numbers are, and nothing is negative."""
    bought = ("buy", "refit", "convert", "close", "harden", "fail")
    for family in ("modules", "open", "enter", "centre", "link", *bought):
        for key, value in plan.values(family).items():
            if abs(value - round(value)) > TOLERANCE or value < -TOLERANCE:
                yield _issue(f"{family}[{key}]", f"{value:.9g} is not a whole number of at least 0")
    for family in ("cap", "ship", "hire", "expat", "short", "grant", "cut", "step", "excess"):
        for key, value in plan.values(family).items():
            if value < -TOLERANCE:
                yield _issue(f"{family}[{key}]", f"{value:.9g} is negative")
