"""Names and units of measures, money lines and table columns, as pages print them.

Unknown names are still printed readably: words from the name, the unit from its ending.
"""

from __future__ import annotations

from dataclasses import dataclass

GROUPS = {
    "revenue": "Revenue",
    "cost": "Cost",
    "talent": "Talent",
    "subsidy": "Subsidy",
    "risk": "Risk",
}
"""Money groups in the order they are always shown."""

MEASURES = {
    "objective_usd_bn": "Objective (what the solver maximised)",
    "npv_usd_bn": "Expected value",
    "npv_weighted_usd_bn": "Expected value, weighted",
    "npv_tail_usd_bn": "Value in the worst futures",
    "cvar_usd_bn": "Value in the worst futures",
    "tail_charge_usd_bn": "Charge for the worst futures",
    "revenue_usd_bn": "Revenue",
    "cost_usd_bn": "Cost of building, running, shipping and taxes",
    "talent_usd_bn": "Wages and hiring",
    "subsidy_usd_bn": "Grants and credits",
    "risk_usd_bn": "Repair after events",
    "capex_overseas_usd_bn": "Building abroad",
    "grants_usd_bn": "Grants and credits awarded",
    "kwpm_overseas": "Capacity abroad at the end",
    "kwpm_new_overseas": "New capacity abroad",
    "kwpm_new_home": "New capacity at home",
    "home_share_advanced_pct": "Home share of advanced capacity",
    "unserved_pct": "Demand not served",
    "sites_new": "Sites with new modules",
    "centres_new": "Research centres opened",
    "countries_new": "Host countries with new fabs",
}

ITEMS = {
    "sales.revenue": "Sales of wafers",
    "costs.equipment": "Tools",
    "costs.building": "Buildings",
    "costs.salvage_equipment": "Tools, value left at the end",
    "costs.salvage_building": "Buildings, value left at the end",
    "costs.planned": "Announced additions",
    "costs.site": "Land and utilities",
    "costs.entry": "First entry into a country",
    "finance.tax": "Profit tax",
    "finance.shield": "Tax relief on write-offs",
    "trade.duty": "Customs duties",
    "parks.cost": "Parks laid",
    "parks.saving": "Land and utilities saved in parks",
    "quota.relief": "Duties spared by the quota",
    "quota.lowered": "Duties spared above the quota",
    "emissions.premium": "Green power, above grid power",
    "emissions.carbon": "Price of greenhouse gas",
    "agreements.fine": "Fines for missed shares of origin",
    "risk.repair": "Repair after events",
    "risk.tail": "Charge for the worst futures",
    "research.outlay": "Research centres, building",
    "cocreation.programme": "Co-creation programmes",
    "strings.clawback": "Aid repaid after a broken promise",
    "milestones.withheld": "Grants held back",
    "milestones.paid": "Grants paid at milestones",
    "upside.shared": "Profit above plan, shared with the state",
    "support.received": "Loans, guarantees, training aid and land",
    "acquisition.price": "Fabs bought",
    "acquisition.integration": "Fabs bought, bringing them in",
    "acquisition.staff": "People who came with fabs bought",
    "acquisition.refit": "Fabs bought, newer tools",
    "acquisition.salvage": "Fabs bought, value left at the end",
    "joint_venture.equipment": "Partners' share of tools",
    "joint_venture.building": "Partners' share of buildings",
    "joint_venture.salvage": "Partners' share of what is left at the end",
    "joint_venture.profit": "Partners' share of profit",
    "retrofit.tools": "Refitted lines, tools",
    "retrofit.salvage": "Refitted lines, value left at the end",
    "retrofit.cleanup": "Closed lines, clean-up",
    "retrofit.severance": "Closed lines, severance",
    "retrofit.resale": "Closed lines, tools sold",
    "retrofit.wages": "Closed lines, wages saved",
    "training.wages": "People the firm teaches",
    "spillover.wages": "People research centres teach",
}

COLUMNS = {
    "name": "Site",
    "pool_name": "Talent pool",
    "country": "Country",
    "iso_3166_2": "Region",
    "status": "Today",
    "role": "In the plan",
    "first_begun_year": "Begun|year",
    "begun_year": "Begun|year",
    "first_service_year": "In service|year",
    "service_year": "In service|year",
    "open_year": "Open|year",
    "year": "Period|from year",
    "main_product": "Main class",
    "product": "Class",
    "option": "Entry",
    "existing_kwpm": "Existing|kwpm",
    "new_kwpm": "New|kwpm",
    "final_kwpm": "At the end|kwpm",
    "kwpm": "Capacity|kwpm",
    "modules": "Modules|count",
    "capex_usd_bn": "Building|USD bn",
    "grants_usd_bn": "Grants|USD bn",
    "amount_usd_bn": "Amount|USD bn",
    "risk_pct": "Expected loss|% a year",
    "hazard_index": "Hazard|0 to 1",
    "subsidy_rate_pct": "Aid on offer|% of outlay",
    "engineer_wage_usd_thousand": "Engineer|USD 000 a year",
    "electricity_usd_per_mwh": "Power|USD/MWh",
    "water_usd_per_m3": "Water|USD/m3",
    "water_limit_mld": "Water to be had|million l a day",
    "centre_name": "Centre",
    "headcount": "Researchers|persons",
    "levels": "Levels|count",
    "partners": "Partners",
    "linked_sites": "Linked fabs",
    "programme_name": "Programme",
    "instrument": "Instrument",
    "skill": "Skill",
    "need_thousand": "Need|thousand",
    "supply_thousand": "Supply|thousand",
    "share_pct": "Share of pool|%",
    "wage_premium_pct": "Pay above going|%",
    "expat_thousand": "Sent from home|thousand",
    "origin": "Made in",
    "market": "Sold to",
    "value_usd_bn": "Value|USD bn",
    "duty_usd_bn": "Duty|USD bn",
    "probability_pct": "Chance|%",
    "npv_usd_bn": "Value|USD bn",
    "npv_contribution_usd_bn": "Cash booked there|USD bn, present value",
    "difference_usd_bn": "Against expected|USD bn",
    "in_tail": "In the tail",
    "weight_usd_bn": "Money leaning on it|USD bn",
    "entity": "Of what",
    "parameter": "Number",
    "value": "Value",
    "unit": "Unit",
    "grade": "Grade",
    "note": "Why it is weak",
    "npv_tail_usd_bn": "In the worst futures|USD bn",
    "capex_abroad_usd_bn": "Built abroad|USD bn",
    "payback_year": "Paid back|year",
    "cash_gross_margin_pct": "Cash gross margin|%",
    "advanced_home_share_pct": "Advanced at home|%",
    "home_kwpm": "At home|kwpm",
    "abroad_kwpm": "Abroad|kwpm",
    "home_jobs_thousand": "Jobs at home|thousand",
    "royalties_usd_bn_per_year": "Royalties|USD bn a year",
    "fees_usd_bn_per_year": "Technical fees|USD bn a year",
    "new_jobs": "New jobs|thousand",
    "subsidy_usd_bn": "Subsidy|USD bn",
    "subsidy_usd_mn_per_kwpm": "Subsidy|USD mn a kwpm",
    "subsidy_usd_thousand_per_job": "Subsidy|USD thousand a job",
    "served_pct": "Demand local fabs can serve|%",
}
"""Column -> heading and, after `|`, its unit."""

ENDINGS = {
    "_usd_bn": "USD bn",
    "_usd_thousand": "USD thousand",
    "_usd_per_mwh": "USD/MWh",
    "_thousand": "thousand",
    "_pct": "%",
    "_mn": "mn",
    "_kwpm": "kwpm",
}
"""Endings of names that say the unit, longest first where one holds another."""

DIGITS = {"USD bn": 2, "%": 1, "kwpm": 0, "thousand": 1}


@dataclass(frozen=True, slots=True)
class Label:
    """Printed name, unit and decimals."""

    name: str
    unit: str
    digits: int


def measure(name: str) -> Label:
    """Label of a measure."""
    unit = "kwpm" if name.startswith("kwpm") else _unit(name) or "count"
    stem = name.removesuffix(_ending(name))
    return Label(MEASURES.get(name, words(stem)), unit, DIGITS.get(unit, 0))


def item(name: str) -> str:
    """Label of a money line (`concept.item`)."""
    if name in ITEMS:
        return ITEMS[name]
    concept, _, rest = name.partition(".")
    return f"{words(concept)}: {rest.replace('_', ' ')}" if rest else words(concept)


def column(name: str) -> Label:
    """Heading of a table column."""
    if name in COLUMNS:
        heading, _, unit = COLUMNS[name].partition("|")
        return Label(heading, unit, 0)
    unit = _unit(name)
    return Label(words(name.removesuffix(_ending(name))), unit, 0)


def words(name: str) -> str:
    """`home_share` -> `Home share`."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def _ending(name: str) -> str:
    return next((e for e in ENDINGS if name.endswith(e)), "")


def _unit(name: str) -> str:
    return ENDINGS.get(_ending(name), "")
