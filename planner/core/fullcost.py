"""Full cost of a wafer: what a fair-value rule counts, from the same facts the money is made of.

full[c,k] = (even(EQUIPMENT[k]) + even(BUILDING[k] * MULT[c]) + MAINT[k] * EQUIPMENT[k]
             + TECHNICIANS[k] * wage + ENGINEERS[k] * wage + MW[k] * 8760 * mean(PRICE_EL[i]))
            / wafers a year of one kwpm + MATERIALS[k]                               [USD/wafer]
Even yearly payments run over the assets' lives at the firm's discount rate; wages and power prices
are means over the pools and sites of the country.
"""

from __future__ import annotations

from planner.core import discount, outlay
from planner.core.case import CaseView

READS = (
    *discount.READS,
    "product.equipment_usd_mn_per_kwpm",
    "product.building_usd_mn_per_kwpm",
    "product.maintenance_pct",
    "product.materials_usd_per_wafer",
    "product.power_mw_per_kwpm",
    "product.technicians_per_kwpm",
    "product.engineers_per_kwpm",
    "product.utilisation_max_pct",
    "country.construction_multiplier",
    "finance.equipment_life_years",
    "finance.building_life_years",
    "pool.wage_usd_thousand",
    "site.electricity_usd_per_mwh",
)
"""Facts these functions ask for; a concept that uses them declares them too."""


def full_cost_usd(case: CaseView, c: str, k: str, year: float) -> float:
    """Full cost of a wafer of class k made in c in a year [USD/wafer]."""
    rate = discount.rate(case)
    life = {a: case.value(f"finance.{a}_life_years", "firm") for a in outlay.ASSETS}
    equipment = case.value("product.equipment_usd_mn_per_kwpm", k)
    building = case.value("product.building_usd_mn_per_kwpm", k)
    building *= case.value("country.construction_multiplier", c)
    yearly_mn = equipment / discount.annuity(rate, life["equipment"])
    yearly_mn += building / discount.annuity(rate, life["building"])
    yearly_mn += equipment * case.value("product.maintenance_pct", k) / 100
    for skill in ("technician", "engineer"):
        people = case.value(f"product.{skill}s_per_kwpm", k)
        yearly_mn += people * _wage_usd_thousand(case, c, skill, year) / 1000
    power = case.value("product.power_mw_per_kwpm", k) * 8760
    yearly_mn += power * _power_usd_per_mwh(case, c) / 1e6
    loading = case.value("product.utilisation_max_pct", k) / 100
    wafers_mn = case.sets.wafers_per_kwpm * loading
    return yearly_mn / wafers_mn + case.value("product.materials_usd_per_wafer", k)


def _wage_usd_thousand(case: CaseView, c: str, skill: str, year: float) -> float:
    pools = [p for p in case.ids("pools") if case.text("pools", p, "country") == c]
    found = [
        case.value("pool.wage_usd_thousand", p, skill, year=year)
        for p in pools
        if case.has("pool.wage_usd_thousand", p, skill)
    ]
    return sum(found) / len(found) if found else 0.0


def _power_usd_per_mwh(case: CaseView, c: str) -> float:
    sites = [i for i in case.sets.sites if case.sets.country_of[i] == c]
    found = [
        case.value("site.electricity_usd_per_mwh", i)
        for i in sites
        if case.has("site.electricity_usd_per_mwh", i)
    ]
    return sum(found) / len(found) if found else 0.0
