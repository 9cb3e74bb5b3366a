"""Why each host country is in or out of a plan, with the money that decides it.

In: what the plan loses when everything new there is taken out. Out: what the best single fab there
would cost the plan. Both with the rest of the plan held (see `held`), split by money group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from planner.analysis.held import Held, Outcome
from planner.analysis.site_reasons import site_reasons
from planner.core.case import Case
from planner.core.plan import Plan
from planner.model.assemble import Built
from planner.solve.extract import expected_by_group

METHOD = "re-solved with all other siting decisions held as in the plan"
WORDS = {
    "revenue": ("more sales", "fewer sales"),
    "cost": ("lower cost", "higher cost"),
    "talent": ("lower pay", "higher pay"),
    "subsidy": ("more aid", "less aid"),
    "risk": ("less risk", "more risk"),
}
"""What a group's change means when it helps and when it hurts."""


def explained(plan: Plan, case: Case, built: Built | None = None) -> Plan:
    """The plan with reasons for every host country and, where prices prove them, every site.

    built: the plan's model, where it stands already.
    """
    hosts = _hosts(plan, case)
    if not hosts:
        return plan
    held = Held(plan, case, built)
    sites = site_reasons(held)
    tables = {**plan.tables, "site_reasons": sites} if len(sites) else plan.tables
    return replace(plan, reasons=tuple(_reason(held, c) for c in hosts), tables=tables)


def country_reasons(plan: Plan, case: Case) -> tuple[dict[str, Any], ...]:
    """One reason per host country, in register order."""
    hosts = _hosts(plan, case)
    held = Held(plan, case) if hosts else None
    return tuple(_reason(held, c) for c in hosts) if held else ()


def _hosts(plan: Plan, case: Case) -> list[str]:
    """Host countries; none where nothing could be begun."""
    hosts = [c for c in case.ids("countries") if case.text("countries", c, "role") == "host"]
    return hosts if plan.values("modules") or case.ids("programmes") else []


def _reason(held: Held, country: str) -> dict[str, Any]:
    table = held.plan.table("countries").set_index("country")
    row = table.loc[country].to_dict()
    name = str(row["name"])
    if bool(row["chosen"]):
        return _in(held, country, name)
    return _out(held, country, name, float(row["existing_kwpm"]))


def _in(held: Held, country: str, name: str) -> dict[str, Any]:
    outcome = held.without(country)
    if outcome is None:
        text = f"The plan cannot be kept without what it begins in {name}: some rule needs it."
        return _row(country, name, "in", f"{name} is in: a rule needs it", 0.0, {}, text)
    value = held.plan.info.objective - outcome.objective
    deltas = _deltas(held, outcome, sign=1.0)
    text = (
        f"Taking out everything new in {name} would cost the plan USD {value:,.2f} bn of "
        f"risk-adjusted value. What it brings: {_words(deltas)}."
    )
    return _row(
        country, name, "in", f"{name} is in: worth USD {value:,.2f} bn", value, deltas, text
    )


def _out(held: Held, country: str, name: str, existing: float) -> dict[str, Any]:
    decision = "kept" if existing > 0 else "out"
    state = f"nothing new (the {existing:,.0f} kwpm there run on)" if existing > 0 else "no site"
    outcome = held.with_one_fab(country)
    if outcome is None:
        masks = ", ".join(sorted(held.built.sets.masked)) or "the rules"
        text = f"The plan takes {state}: no fab there is allowed ({masks})."
        return _row(country, name, decision, f"{name}: not allowed", 0.0, {}, text)
    value = held.plan.info.objective - outcome.objective
    deltas = _deltas(held, outcome, sign=-1.0)
    first = min(outcome.begun, key=lambda b: b[2], default=None)
    where = ""
    if first:
        site = held.case.name("sites", first[0])
        where = f" (best: {site}, {held.case.name('products', first[1])}, begun {first[2]})"
    text = (
        f"The plan takes {state}. Forcing one fab in{where} would cost USD {value:,.2f} bn of "
        f"risk-adjusted value: {_words(deltas)}."
    )
    headline = f"{name} is {decision}: one fab would cost USD {value:,.2f} bn"
    return _row(country, name, decision, headline, value, deltas, text)


def _deltas(held: Held, outcome: Outcome, sign: float) -> dict[str, float]:
    """Weighted change of each money group caused by the country being in [USD bn]."""
    weights = held.case.scenario.weights
    mine = expected_by_group(held.plan.cash)
    return {g: weights.of(g) * sign * (mine[g] - outcome.by_group[g]) for g in mine}


def _words(deltas: Mapping[str, float]) -> str:
    """The changes in words, largest first."""
    parts = [
        f"{WORDS[g][0 if v > 0 else 1]} (USD {abs(v):,.2f} bn)"
        for g, v in sorted(deltas.items(), key=lambda p: -abs(p[1]))
        if abs(v) >= 0.005
    ]
    return ", ".join(parts) if parts else "no account moves by USD 0.01 bn or more"


def _row(  # noqa: PLR0913, PLR0917 - one field each
    country: str,
    name: str,
    decision: str,
    headline: str,
    value: float,
    deltas: Mapping[str, float],
    text: str,
) -> dict[str, Any]:
    return {
        "country": country,
        "name": name,
        "decision": decision,
        "headline": headline,
        "value_usd_bn": value,
        "by_group": dict(deltas),
        "text": text,
        "method": METHOD,
    }
