"""The readable tables of a plan: names a person knows, units in every header."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from planner.core.case import Case
from planner.core.people import supply as people_supply
from planner.core.plan import Plan
from planner.core.sets import Sets
from planner.solve.tables_aid import aid_tables
from planner.solve.tables_money import flows_table, risk_table, trade_table, weak_table
from planner.solve.tables_risk import bad_future_tables
from planner.solve.tables_sites import country_table, site_table
from planner.solve.tables_spillover import spillover_tables


def readable_tables(plan: Plan, case: Case, sets: Sets) -> dict[str, pd.DataFrame]:
    """All tables of the run folder except cash and rows."""
    measured = measured_tables(plan, case, sets)
    tables = {
        **{name: measured[name] for name in ("modules", "research")},
        "links": links_table(plan),
        **{name: measured[name] for name in ("capacity", "grants")},
        "talent": talent_table(plan, case, sets),
        **{name: measured[name] for name in ("flows", "demand")},
        "trade": trade_table(plan, case, sets),
        "risk": risk_table(plan, case, sets),
    }
    tables |= aid_tables(plan, case)
    tables |= bad_future_tables(plan, case, sets)
    tables |= spillover_tables(plan, case, sets)
    tables |= {name: measured[name] for name in ("sites", "countries")}
    tables["weak_facts"] = weak_table(plan, case)
    return tables


def measured_tables(plan: Plan, case: Case, sets: Sets) -> dict[str, pd.DataFrame]:
    """The tables from which a plan's measures are taken."""
    tables = {
        "modules": modules_table(plan, case, sets),
        "research": research_table(plan, case),
        "capacity": capacity_table(plan, sets),
        "grants": grants_table(plan, case),
        "flows": flows_table(plan, case, sets),
        "demand": demand_table(case, sets),
    }
    tables["sites"] = site_table(case, sets, tables)
    tables["countries"] = country_table(plan, case, sets, tables)
    return tables


def _frame(rows: list[tuple[object, ...]], columns: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split(","))


def modules_table(plan: Plan, case: Case, sets: Sets) -> pd.DataFrame:
    """Modules begun and fabs bought, refitted or closed, with what they cost."""
    outlay: dict[str, float] = {}
    for item, key, amount in plan.cash[["item", "key", "amount_usd_bn"]].itertuples(index=False):
        if item in ("costs.equipment", "costs.building"):
            outlay[key] = outlay.get(key, 0.0) - amount
    rows: list[tuple[object, ...]] = []
    for (i, k, o, t), n in plan.values("modules").items():
        kwpm = n * case.value("product.module_kwpm", k)
        service = sets.vintages[i, k, o, t].service
        paid = outlay.get(f"{i}|{k}|{o}|{t}", 0.0)
        rows.append(
            (
                i,
                case.name("sites", i),
                sets.country_of[i],
                k,
                o,
                t,
                round(service, 2),
                int(n),
                kwpm,
                paid,
            )
        )
    for x in sets.changes:
        n = plan.values(x.family).get(x.key, 0.0)
        if n > 1e-6:
            i, k, _, t = x.key
            size, paid = n * x.kwpm, n * x.outlay_usd_bn
            service = round(x.service, 2)
            rows.append(
                (i, case.name("sites", i), sets.country_of[i], k, x.option, t, service,
                 round(n), size, paid)
            )  # fmt: skip
    return _frame(
        rows,
        "site,name,country,product,option,begun_year,service_year,modules,kwpm,capex_usd_bn",
    )


def research_table(plan: Plan, case: Case) -> pd.DataFrame:
    """Centres opened, their partners and the fabs linked to them."""
    links = plan.values("link")
    rows: list[tuple[object, ...]] = []
    for (i, r, t), n in plan.values("centre").items():
        partners = [
            case.name("partners", p)
            for p in case.ids("partners")
            if case.text("partners", p, "site") == i
            and r in case.items("partners", p, "centre_types")
        ]
        linked = sorted({fab for fab, lab, _ in links if lab == i})
        rows.append(
            (
                i,
                case.name("sites", i),
                case.text("sites", i, "country"),
                r,
                case.name("centre_types", r),
                t,
                t + case.value("centre.lead_years", r),
                round(1000 * n * case.value("centre.headcount_thousand", r)),
                round(n),
                "; ".join(partners),
                ";".join(linked),
            )
        )
    return _frame(
        rows,
        "site,name,country,centre_type,centre_name,begun_year,open_year,headcount,levels,partners,linked_sites",
    )


def links_table(plan: Plan) -> pd.DataFrame:
    """Co-creation links."""
    return _frame(sorted(plan.values("link")), "site,centre_site,year")


def capacity_table(plan: Plan, sets: Sets) -> pd.DataFrame:
    """Capacity that runs, by site, class and period."""
    rows: list[tuple[object, ...]] = [
        (i, sets.country_of[i], k, t, kwpm) for (i, k, t), kwpm in plan.values("cap").items()
    ]
    return _frame(rows, "site,country,product,year,kwpm")


def grants_table(plan: Plan, case: Case) -> pd.DataFrame:
    """Aid taken."""
    rows: list[tuple[object, ...]] = [
        (
            i,
            case.name("sites", i),
            case.text("sites", i, "country"),
            p,
            case.name("programmes", p),
            case.text("programmes", p, "instrument"),
            t,
            amount,
        )
        for (i, p, t), amount in plan.values("grant").items()
        if amount > 1e-6
    ]
    return _frame(rows, "site,name,country,programme,programme_name,instrument,year,amount_usd_bn")


def talent_table(plan: Plan, case: Case, sets: Sets) -> pd.DataFrame:
    """People hired against the pool's supply, and the wage step they reach."""
    hired: dict[tuple[str, str, int], dict[str, float]] = {}
    for (pool, skill, t, tier), people in plan.values("hire").items():
        hired.setdefault((pool, skill, t), {})[tier] = people
    expats, shorts = plan.values("expat"), plan.values("short")
    knobs = case.scenario.concepts.get("talent", {})
    scale = float(knobs.get("supply_scale", 1.0))
    leavers = float(knobs.get("attrition_scale", 0.0))
    rows: list[tuple[object, ...]] = []
    for spot in sorted(set(hired) | set(expats) | set(shorts)):
        pool, skill, t = spot
        supply = people_supply(case, pool, skill, t - sets.periods[0], leavers)
        supply *= scale
        here = hired.get(spot, {})
        top = max((case.value("tier.wage_premium_pct", n) for n in here), default=0.0)
        people = sum(here.values())
        need = people + expats.get(spot, 0.0) + shorts.get(spot, 0.0)
        rows.append(
            (
                pool,
                case.name("pools", pool),
                case.text("pools", pool, "country"),
                skill,
                t,
                need,
                supply,
                100 * people / supply if supply else 0.0,
                top,
                expats.get(spot, 0.0),
            )
        )
    return _frame(
        rows,
        "pool,pool_name,country,skill,year,need_thousand,supply_thousand,share_pct,"
        "wage_premium_pct,expat_thousand",
    )


def demand_table(case: Case, sets: Sets) -> pd.DataFrame:
    """Expected demand by market, class and period."""
    scale = float(case.scenario.concepts.get("sales", {}).get("demand_scale", 1.0))
    rows: list[tuple[object, ...]] = []
    for m in sets.markets:
        for k in sets.products:
            if not case.has("demand.wafers_mn", m, k):
                continue
            for t in sets.periods:
                years = sets.years(t)
                base = sum(case.value("demand.wafers_mn", m, k, year=y) for y in years) / len(years)
                factor = sum(u.probability * u.demand.get((m, k), 1.0) for u in sets.states[t])
                rows.append((m, k, t, base * factor * scale))
    return _frame(rows, "market,product,year,wafers_mn")


def lookup(frame: pd.DataFrame, key: str, value: str) -> Mapping[str, float]:
    """Sum of one column by another."""
    return {str(k): float(v) for k, v in frame.groupby(key)[value].sum().items()}
