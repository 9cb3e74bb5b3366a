"""A tiny case in which every concept takes part, and variants in which single rules bind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.core.case import Case
from tests.tiny import Value, tiny

POOLS, SKILLS = ("tw", "us", "jp"), ("technician", "engineer", "researcher")


def each_pool(value: Value) -> dict[Any, Value]:
    """The same number for every pool and skill."""
    return {f"{pool}|{skill}": value for pool in POOLS for skill in SKILLS}


FACTS: dict[str, dict[Any, Value]] = {
    "country.tax_rate_pct": {("TW", 2026): 20, ("US", 2026): 25, ("JP", 2026): 30},
    "country.first_fab_multiplier": {"TW": 1, "US": 4, "JP": 1.5},
    "country.overseas_premium_pct": {"US": 30, "JP": 10},
    "country.premium_decay_pct": {"US": 50, "JP": 50},
    "product.maintenance_pct": {"N2": 4, "N16": 4},
    "finance.discount_rate_pct": {"firm": 8},
    "pool.stock_thousand": each_pool(10),
    "pool.accessible_pct": each_pool(10),
    "pool.recruits_pct": each_pool(1),
    "pool.wage_usd_thousand": each_pool(80),
    "tier.width_pct": {"t1": 60, "t2": 60},
    "tier.wage_premium_pct": {"t1": 0, "t2": 20},
    "country.expat_share_pct": {"TW": 0, "US": 10, "JP": 10},
    "country.expat_cost_ratio": {"TW": 1, "US": 2, "JP": 2},
    "country.aid_cumulation_pct": {"TW": 20, "US": 30, "JP": 40},
    "programme.rate_pct": {"us_credit": 25, "jp_grant": 35},
    "programme.budget_usd_bn": {"jp_grant": 1},
    "programme.payment_lag_years": {"us_credit": 0, "jp_grant": 2},
    "string.production_years": {"jp_grant": 4},
    "string.utilisation_pct": {"jp_grant": 50},
    "string.clawback_pct": {"jp_grant": 80},
    "string.interest_pct": {"jp_grant": 2},
    "string.guardrail_years": {"jp_grant": 1},
    "string.guardrail_rank": {"jp_grant": 3},
    "string.upside_share_pct": {"jp_grant": 5},
    "string.upside_threshold_pct": {"jp_grant": -5},
    "string.withheld_pct": {"jp_grant": 30},
    "string.withheld_years": {"jp_grant": 1},
    "country.attrition_pct": {"TW": 5, "US": 10, "JP": 5},
    "country.training_places_pct": {"US": 20, "JP": 20},
    "country.training_cost_usd_thousand": {"US": 40, "JP": 30},
    "instrument.share_pct": {"jp_loan": 50, "jp_land": 40, "us_training": 50},
    "instrument.budget_usd_bn": {"jp_loan": 0.5, "jp_land": 1},
    "instrument.rate_pct": {"jp_loan": 2},
    "instrument.market_rate_pct": {"jp_loan": 4},
    "instrument.cost_usd_thousand_per_head": {"us_training": 50},
    "target.capacity_kwpm": {"jp_line": 10},
    "target.price_usd_bn": {"jp_line": 0.2},
    "target.lead_years": {"jp_line": 1},
    "target.integration_usd_bn": {"jp_line": 0.05},
    "target.staff_pct": {"jp_line": 80},
    "target.refit_usd_mn_per_kwpm": {"jp_line": 10},
    "target.refit_lead_years": {"jp_line": 2},
    "target.refit_keeps_pct": {"jp_line": 70},
    "venture.share_pct": {"jp_club": 70},
    "venture.aid_pct": {"jp_club": 20},
    "venture.transfer_pct": {"jp_club": 60},
    "venture.modules_most": {"jp_club": 1},
    "venture.partner_rate_pct": {"jp_club": 4},
    "retrofit.cost_usd_mn_per_kwpm": {"N16|N2": 60},
    "retrofit.keeps_pct": {"N16|N2": 80},
    "retrofit.lead_years": {"N16|N2": 1},
    "closure.cleanup_usd_mn_per_kwpm": {"TW": 1, "JP": 1},
    "closure.severance_years": {"TW": 1, "JP": 1},
    "closure.resale_pct": {"TW": 5, "JP": 5},
    "pot.total_usd_bn": {"jp_pot": 2},
    "claim.amount_usd_bn": {"jp_rival": 0.5},
    "outbound.gap_generations": {("US", 2026): 1, ("JP", 2026): 1},
    "frontier.rank": {("world", 2026): 7, ("world", 2028): 8},
    "centre.headcount_thousand": {"pilot": 0.5},
    "centre.capex_usd_bn": {"pilot": 0.3},
    "centre.running_usd_bn_per_year": {"pilot": 0.05},
    "centre.benefit_usd_bn_per_year": {"pilot": 0.01},
    "centre.lead_years": {"pilot": 1},
    "centre.yield_gain_pct": {"pilot": 5},
    "centre.ramp_years_saved": {"pilot": 0.5},
    "centre.taught_pct_per_year": {"pilot": 10},
    "centre.taught_lag_years": {"pilot": 1},
    "partner.cofunding_pct": {"institute": 40},
    "partner.benefit_gain_pct": {"institute": 20},
    "lane.freight_usd_per_wafer": {"TW|US": 20, "JP|US": 20, "US|US": 10},
    "preference.price_premium_pct": {"US|US": 5},
    "market.tariff_exposure_pct": {"US": 50},
    "tariff.rate_pct": {("s232", 2026): 25},
    "tariff.covered_share_pct": {("s232", 2026): 50},
    "market.home_share_pct": {"US": 10},
    "balance.royalty_pct": {"TW": 50},
    "balance.technical_fee_pct": {"TW": 5},
    "balance.licence_pct": {"TW": 1},
    "balance.equipment_bought_pct": {"TW": 80},
    "quota.building_ratio": {("s232", 2026): 0.02},
    "quota.operating_ratio": {("s232", 2026): 0.01},
    "quota.window_years": {"s232": 3},
    "quota.above_rate_pct": {("s232", 2026): 15},
    "event.annual_probability_pct": {"strait": 2, "cut": 3, "quake": 1},
    "event.capacity_loss_pct": {"strait": 80, "quake": 50},
    "event.outage_months": {"strait": 30, "quake": 6},
    "event.grant_cut_pct": {"cut": 50},
    "event.repair_pct": {"quake": 20},
    "event.demand_factor": {"strait": 0.9},
    "future.probability_pct": {"calm": 80, "war": 10, "cut": 5, "quake": 5},
    "contract.share_pct": {"N2": 10},
    "hardening.outage_ratio": {"quake": 0.25},
    "hardening.cost_pct": {"firm": 1},
    "hardening.site_usd_bn": {"firm": 0.001},
    "hardening.lead_years": {"firm": 2},
    "cluster.threshold_modules": {"campus": 2, "hub": 1},
    "cluster.saving_usd_bn_per_year": {"campus": 0.02, "hub": 0.01},
    "product.process_kgco2_per_wafer": {"N2": 200, "N16": 90},
    "energy.grid_gco2_per_kwh": {("TW", 2026): 500, ("US", 2026): 300, ("JP", 2026): 450},
    "energy.green_twh_per_year": {("TW", 2026): 0.3, ("US", 2026): 1, ("JP", 2026): 1},
    "energy.green_premium_usd_per_mwh": {("TW", 2026): 30, ("US", 2026): 5, ("JP", 2026): 10},
    "park.cost_usd_bn": {"both": 0.6},
    "park.saved_pct": {"both": 50},
    "existing.capacity_kwpm": {("tw_a|N2", 2026): 20},
    "existing.planned_kwpm": {("tw_a|N2", 2028): 10, ("tw_a|N2", 2030): 30},
}

ROWS: dict[str, dict[str, dict[str, str]]] = {
    "sites": {"jp_a": {"centre_types": "pilot"}, "us_a": {"centre_types": "pilot"}},
    "centre_types": {"pilot": {"unlocks": "N2"}},
    "tiers": {"t1": {}, "t2": {}},
    "programmes": {
        "us_credit": {"country": "US", "instrument": "tax_credit", "covers": "fab"},
        "jp_grant": {"country": "JP", "instrument": "grant", "covers": "both"},
    },
    "instruments": {
        "jp_loan": {"country": "JP", "instrument": "loan", "covers": "both"},
        "jp_land": {"country": "JP", "instrument": "land", "covers": "fab"},
        "us_training": {"country": "US", "instrument": "training", "covers": "fab"},
    },
    "targets": {"jp_line": {"site": "jp_a", "product": "N16", "ceiling": "N2"}},
    "ventures": {"jp_club": {"sites": "jp_a", "products": "N16"}},
    "pots": {"jp_pot": {"country": "JP", "programmes": "jp_grant"}},
    "claims": {"jp_rival": {"pot": "jp_pot"}},
    "tariff_measures": {"s232": {"origins": "TW;JP", "market": "US", "products": ""}},
    "cluster_levels": {"campus": {"scope": "site"}, "hub": {"scope": "region"}},
    "parks": {"both": {"sites": "us_a;jp_a"}},
    "partners": {"institute": {"site": "jp_a", "centre_types": "pilot"}},
    "events": {
        "strait": {"places": "TW", "persistent": "no"},
        "cut": {"persistent": "yes"},
        "quake": {"places": "JP-43", "persistent": "no"},
    },
    "futures": {
        "calm": {"events": ""},
        "war": {"events": "strait@2028"},
        "cut": {"events": "cut@2026"},
        "quake": {"events": "quake@2030"},
    },
}

SWITCHED_ON: dict[str, dict[str, Any]] = {
    "acquisition": {"on": True},
    "joint_venture": {"on": True},
    "retrofit": {"on": True},
    "strings": {"on": True},
    "guardrail": {"on": True, "concern": ["US"]},
    "milestones": {"on": True},
    "upside": {"on": True},
    "support": {"on": True},
    "budgets": {"on": True},
    "clusters": {"on": True},
    "parks": {"on": True},
    "contracts": {"on": True, "confidence_pct": 85, "fine_usd_per_wafer": 100, "since": 2028},
    "hardening": {"on": True},
    "training": {"on": True},
    "spillover": {"on": True},
    "emissions": {
        "on": True,
        "carbon_usd_per_t": 80.0,
        "green_share_pct": {"since": 2028, "value": 10, "until": 2030, "last": 20},
        "cap_mt_per_year": {"since": 2030, "value": 2, "until": 2030, "last": 2},
    },
    "quota": {"on": True, "above_quota": "lower"},
    "ratios": {
        "on": True,
        "from_year": 2028,
        "technology_floor": 0.1,
        "technology_ceiling": 100.0,
        "goods_floor": 0.1,
        "goods_ceiling": 1000.0,
    },
}
"""Concepts that are off by default and take part here."""


BUILT_ONLY: dict[str, dict[str, Any]] = {
    name: {"on": False} for name in ("acquisition", "joint_venture", "retrofit", "clusters")
}
"""Fabs come by building alone: figures a person can follow by hand."""


def rich(facts: Mapping[str, Mapping[Any, Value]] | None = None, **scenario: Any) -> Case:
    """Every concept active; `facts` change single numbers."""
    merged = {name: dict(rows) for name, rows in FACTS.items()}
    for name, rows in (facts or {}).items():
        merged.setdefault(name, {}).update(rows)
    chosen: Mapping[str, Mapping[str, Any]] = scenario.pop("concepts", {})
    concepts = {
        n: {**SWITCHED_ON.get(n, {}), **chosen.get(n, {})} for n in {**SWITCHED_ON, **chosen}
    }
    return tiny(merged, ROWS, concepts=concepts, **scenario)


PLAINER = ("emissions", "joint_venture", "acquisition", "strings", "parks", "hardening", "retrofit")
"""Concepts whose absence makes a programme that is solved in a tenth of the time."""


def plainer(facts: Mapping[str, Mapping[Any, Value]] | None = None, **scenario: Any) -> Case:
    """The same without the newer ways of entry, for questions that take hundreds of solves."""
    off = {name: {"on": False} for name in PLAINER}
    return rich(facts, **{**scenario, "concepts": {**off, **scenario.get("concepts", {})}})
