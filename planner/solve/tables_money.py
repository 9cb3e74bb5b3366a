"""The tables of money and evidence: flows, duties, futures, and the weak numbers."""

from __future__ import annotations

from math import fsum

import pandas as pd

from planner.core.case import Case, Fact
from planner.core.plan import Plan
from planner.core.sets import Sets
from planner.solve.sums import sum_by

LEANS: tuple[tuple[str, str, int, int], ...] = (
    ("price.price_usd_per_wafer", "sales.revenue", 1, 0),
    ("product.equipment_usd_mn_per_kwpm", "costs.equipment", 1, 0),
    ("product.building_usd_mn_per_kwpm", "costs.building", 1, 0),
    ("product.materials_usd_per_wafer", "production.materials", 1, 0),
    ("product.maintenance_pct", "production.upkeep", 1, 0),
    ("site.site_cost_usd_bn", "costs.site", 0, 0),
    ("site.electricity_usd_per_mwh", "production.upkeep", 0, 0),
    ("programme.rate_pct", "subsidy.grant", 1, 0),
    ("programme.budget_usd_bn", "subsidy.grant", 1, 0),
    ("market.tariff_exposure_pct", "trade.duty", 1, 0),
    ("centre.benefit_usd_bn_per_year", "research.benefit", 1, 0),
    ("centre.capex_usd_bn", "research.outlay", 1, 0),
    ("country.construction_multiplier", "costs.building", -1, 0),
    ("country.tax_rate_pct", "finance.tax", 0, 0),
    ("pool.wage_usd_thousand", "talent.wages", 0, 0),
)
"""Fact, item of cash that is proportional to it, part of the cash key that names the entity (-1:
the line's country), part of the entity that is compared."""
_LEANS_ON = {name: [lean[1:] for lean in LEANS if lean[0] == name] for name, *_ in LEANS}


def flows_table(plan: Plan, case: Case, sets: Sets) -> pd.DataFrame:
    """Expected shipments by origin country, market, class and period."""
    chance = {(t, u.id): u.probability for t in sets.periods for u in sets.states[t]}
    wafers: dict[tuple[str, str, str, int], float] = {}
    for (g, m, k, t, u), volume in plan.values("ship").items():
        spot = (sets.country_of[sets.groups[g][0]], m, k, t)
        wafers[spot] = wafers.get(spot, 0.0) + volume * chance[t, u]
    rows = [
        (*spot, volume, volume * _price(case, spot[2], spot[3]) / 1000)
        for spot, volume in sorted(wafers.items())
    ]
    columns = "origin,market,product,year,wafers_mn,value_usd_bn"
    return pd.DataFrame(rows, columns=columns.split(","))


def _price(case: Case, k: str, t: int) -> float:
    name = "price.price_usd_per_wafer"
    return case.value(name, k, year=t) if case.has(name, k) else 0.0


def trade_table(plan: Plan, case: Case, sets: Sets) -> pd.DataFrame:
    """Expected yearly sales value and duty by origin, market and period."""
    flows = flows_table(plan, case, sets)
    duty: dict[tuple[str, str, int], float] = {}
    lines = plan.cash[plan.cash["item"] == "trade.duty"]
    for key, t, chance, amount in lines[
        ["key", "period", "probability", "amount_usd_bn"]
    ].itertuples(index=False):
        c, m, _ = key.split("|")
        paid = -amount * chance / sets.years_per_period
        duty[c, m, t] = duty.get((c, m, t), 0.0) + paid
    sums = sum_by(flows, ["origin", "market", "year"], "value_usd_bn")
    rows = [(*spot, v, duty.get(spot, 0.0)) for spot, v in sums.items()]
    return pd.DataFrame(rows, columns=["origin", "market", "year", "value_usd_bn", "duty_usd_bn"])


def risk_table(plan: Plan, case: Case, sets: Sets) -> pd.DataFrame:
    """Net present value in every future, and which of them form the tail."""
    cash = plan.cash[plan.cash["item"] != "risk.tail"]
    sure = float(cash.loc[cash["future"] == "all", "present_value_usd_bn"].sum())
    own = cash[cash["future"] != "all"]
    moving = sum_by(own, ["period", "future"], "present_value_usd_bn")
    values = {
        s: sure + sum(moving.get((t, sets.state_of[s, t]), 0.0) for t in sets.periods)
        for s in sets.futures
    }
    mean = sum(p * values[s] for s, p in sets.futures.items())
    left = 1 - float(case.scenario.concepts.get("risk", {}).get("alpha", 0.9))
    tail = set()
    for s in sorted(values, key=lambda s: values[s]):
        if left > 1e-12:
            tail.add(s)
        left -= sets.futures[s]
    rows = [
        (s, case.name("futures", s), 100 * p, values[s], values[s] - mean, s in tail)
        for s, p in sets.futures.items()
    ]
    columns = ["future", "name", "probability_pct", "npv_usd_bn", "difference_usd_bn", "in_tail"]
    return pd.DataFrame(rows, columns=columns)


def weak_table(plan: Plan, case: Case) -> pd.DataFrame:
    """Numbers of grade C or D with the most money on them, largest swing first.

    weight: |expected present value| of the cash lines proportional to the number; swing: that
    times half its relative range, with the plan held fixed (first order).
    """
    weights = _weights(plan)
    rows = []
    for fact in _weak_facts(case):
        for item, part, entity_part in _LEANS_ON[f"{fact.table}.{fact.parameter}"]:
            entity = fact.entity.split("|")[entity_part]
            weight = weights.get((item, part, entity), 0.0)
            if weight > 0:
                swing = weight * (fact.high - fact.low) / (2 * abs(fact.value))
                rows.append(_weak_row(fact, weight, swing))
    columns = (
        "table,entity,parameter,value,low,high,unit,grade,source,note,weight_usd_bn,swing_usd_bn"
    )
    found = pd.DataFrame(rows, columns=columns.split(","))
    order = ["swing_usd_bn", "table", "entity", "parameter"]
    return (
        found.sort_values(order, ascending=[False, True, True, True])
        .head(40)
        .reset_index(drop=True)
    )


def _weights(plan: Plan) -> dict[tuple[str, int, str], float]:
    """|Expected present value| by item of cash, part of the key, and what stands there [USD bn]."""
    parts: dict[str, set[int]] = {}
    for _, item, part, _ in LEANS:
        parts.setdefault(item, set()).add(part)
    lines = plan.cash[plan.cash["item"].isin(list(parts))]
    worth = (lines["probability"] * lines["present_value_usd_bn"]).abs()
    sums: dict[tuple[str, int, str], list[float]] = {}
    for item, key, country, amount in zip(
        lines["item"], lines["key"], lines["country"], worth, strict=True
    ):
        for part in parts[item]:
            named = country if part < 0 else key.split("|")[part]
            sums.setdefault((item, part, named), []).append(amount)
    return {spot: fsum(amounts) for spot, amounts in sums.items()}


def _weak_facts(case: Case) -> list[Fact]:
    """Estimates and press figures; for dated ones the middle date stands for the series."""
    series: dict[tuple[str, str], list[Fact]] = {}
    for fact in case.facts:
        name = f"{fact.table}.{fact.parameter}"
        if name in _LEANS_ON:
            series.setdefault((name, fact.entity), []).append(fact)
    middle = [
        sorted(facts, key=lambda f: f.period or 0)[len(facts) // 2] for facts in series.values()
    ]
    return [fact for fact in middle if fact.grade in "CD" and fact.value]


def _weak_row(fact: Fact, weight: float, swing: float) -> tuple[object, ...]:
    return (
        fact.table,
        fact.entity,
        fact.parameter,
        fact.value,
        fact.low,
        fact.high,
        fact.unit,
        fact.grade,
        fact.source,
        fact.note,
        weight,
        swing,
    )
