"""Production: what running fabs and shipping wafers costs, item by item at local prices.

    upkeep    = L * UPKEEP[i,k] * (cap + sum(PREMIUM[c,age] * USABLE * SIZE * modules)) [USD bn]
    UPKEEP    = MAINT[k] * EQUIPMENT[k] + MW[k] * 8760 * PRICE_EL[i] + ML[k] * 365000 * PRICE_W[i]
    materials = L * ship * MATERIALS[k] [USD bn]
    freight   = L * ship * (LANE[c,m] + LANE_SITE[i,m]) [USD bn]

PREMIUM[c,age] = OVERSEAS[c] * (1 - DECAY[c])**age: running abroad costs more at first and the
difference fades with experience (exogenous). L is the period's length in years. People are priced
in `talent`. Whether a fab is full moves its margin more than its costs do: upkeep follows capacity,
only materials and freight follow wafers.
Sources: fact tables `product`, `site`, `country`, `lane`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import Column
from planner.model.lp import Model

AFTER = ("capacity", "sales")
NEEDS: tuple[str, ...] = ()
READS = (
    *discount.READS,
    "product.module_kwpm",
    "product.equipment_usd_mn_per_kwpm",
    "product.materials_usd_per_wafer",
    "product.maintenance_pct",
    "product.power_mw_per_kwpm",
    "product.water_mld_per_kwpm",
    "country.overseas_premium_pct",
    "country.premium_decay_pct",
    "site.electricity_usd_per_mwh",
    "site.water_usd_per_m3",
    "lane.freight_usd_per_wafer",
    "lane_site.cost_usd_per_wafer",
)


class Options(Base):
    """The production concept has no knobs beyond `on`."""


def upkeep_usd_bn(case: CaseView, i: str, k: str) -> float:
    """Yearly upkeep, power and water of one kwpm [USD bn/year]."""
    if not case.has("product.maintenance_pct", k):
        return 0.0
    tools = case.value("product.equipment_usd_mn_per_kwpm", k) / 1000
    power = case.value("product.power_mw_per_kwpm", k) * 8760
    water = case.value("product.water_mld_per_kwpm", k) * 365_000
    power_bn = power * case.value("site.electricity_usd_per_mwh", i) / 1e9
    water_bn = water * case.value("site.water_usd_per_m3", i) / 1e9
    return tools * case.value("product.maintenance_pct", k) / 100 + power_bn + water_bn


def premium(case: CaseView, column: Column, t: int) -> float:
    """Extra running cost abroad of a vintage in period t, as a fraction of upkeep."""
    c = case.sets.country_of[column[0]]
    if case.sets.role_of[c] == "home":
        return 0.0
    age = max(0.0, t - case.sets.vintages[column].service)
    start = case.value("country.overseas_premium_pct", c) / 100
    return float(start * (1 - case.value("country.premium_decay_pct", c) / 100) ** age)


def lane_usd(case: CaseView, g: str, n: str) -> float:
    """Shipping cost from a group to a market [USD/wafer]."""
    i = case.sets.groups[g][0]
    c = case.sets.country_of[i]
    name, fine = "lane.freight_usd_per_wafer", "lane_site.cost_usd_per_wafer"
    coarse = case.value(name, c, n) if case.has(name, c, n) else 0.0
    return coarse + (case.value(fine, i, n) if case.has(fine, i, n) else 0.0)


def materials_usd(case: CaseView, k: str) -> float:
    """Materials of a wafer at world price [USD/wafer]."""
    name = "product.materials_usd_per_wafer"
    return case.value(name, k) if case.has(name, k) else 0.0


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Book upkeep, materials and freight."""
    _upkeep(m, case)
    _variable(m, case)


def _upkeep(m: Model, case: CaseView) -> None:
    by_pair: dict[tuple[str, str], list[Column]] = defaultdict(list)
    for column in case.sets.columns:
        by_pair[column[:2]].append(column)
    for (i, k, t), cap in m.family("cap").columns.items():
        unit = upkeep_usd_bn(case, str(i), str(k)) * case.sets.years_per_period
        terms = [(cap, -unit)]
        for column in by_pair[str(i), str(k)]:
            extra = premium(case, column, int(t)) * unit
            usable = case.sets.vintages[column].usable.get(int(t), 0.0)
            if extra and usable:
                size = case.value("product.module_kwpm", column[1])
                terms.append((m.family("modules")[column], -extra * usable * size))
        if unit:
            m.cost(
                "production.upkeep",
                (i, k),
                terms=terms,
                period=int(t),
                factor=discount.over(case, int(t)),
                group="cost",
                country=case.sets.country_of[str(i)],
                taxable=True,
            )


def _variable(m: Model, case: CaseView) -> None:
    lines: dict[tuple[str, str, str, int, str], list[tuple[int, float]]] = {}
    years = case.sets.years_per_period
    dear = {k: materials_usd(case, k) for k in case.sets.products}
    far = {(g, n): lane_usd(case, g, n) for g in case.sets.groups for n in case.sets.markets}
    ships: dict[Any, int] = m.family("ship").columns if "ship" in m.families else {}
    for (g, n, k, t, u), column in ships.items():
        for item, usd in (("materials", dear[k]), ("freight", far[g, n])):
            if usd:
                line = lines.setdefault((item, g, k, t, u), [])
                line.append((column, -usd * years / 1000))
    for (item, g, k, t, u), terms in lines.items():
        m.cost(
            f"production.{item}",
            (g, k),
            terms=terms,
            period=t,
            state=u,
            factor=discount.over(case, t),
            group="cost",
            country=case.sets.country_of[case.sets.groups[g][0]],
            taxable=True,
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Running costs bind nothing; their money is checked (see `money`)."""
    yield from ()


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Every running cost again, from decisions and facts: (item, period, state, amount)."""
    sets = case.sets
    for (i, k, o, begun), n in plan.values("modules").items():
        spot: Column = (i, k, o, begun)
        for t, usable in sets.vintages[spot].usable.items():
            running = n * usable * case.value("product.module_kwpm", k)
            extra = upkeep_usd_bn(case, i, k) * premium(case, spot, t)
            yield "production.upkeep", t, "all", -running * extra * sets.years_per_period
    for (i, k, t), kwpm in plan.values("cap").items():
        unit = upkeep_usd_bn(case, i, k)
        yield "production.upkeep", t, "all", -kwpm * unit * sets.years_per_period
    for (g, n_, k, t, u), volume in plan.values("ship").items():
        wafers = volume * sets.years_per_period / 1000
        yield "production.materials", t, u, -wafers * materials_usd(case, k)
        yield "production.freight", t, u, -wafers * lane_usd(case, g, n_)
