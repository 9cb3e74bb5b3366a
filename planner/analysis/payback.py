"""Payback: when the new fabs abroad have earned what they cost.

    payback    first year from which the sum of their expected cash stays at or above zero to the
               horizon's end; within a period it moves evenly                        [year]
    cash       building, land, tools and first entry, less aid (but for centres only), plus the
               margin of the new capacity: sales less materials, freight, duty, upkeep, people in
               fabs; neither discounted nor taxed; no value left at the end          [USD bn]
Lines of a class that old and new capacity share are split by capacity, at a site or in a country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from planner.core.case import Case
from planner.core.plan import Plan

OUTLAY = ("costs.equipment", "costs.building", "costs.site", "costs.entry")
BY_CLASS = ("sales.revenue", "production.materials", "production.freight", "trade.duty")
AID = ("subsidy.", "strings.", "milestones.", "upside.", "support.")
PEOPLE = ("talent.wages", "talent.premium", "talent.expats", "talent.shortage", "training.wages")
IN_FABS = ("technician", "engineer")
Spot = tuple[str, str, int]
"""Site or country, class, period."""


def lines(plan: Plan) -> Iterator[tuple[str, tuple[str, ...], str, int, float]]:
    """(item, key, country, period, expected amount) of every line of cash [USD bn]."""
    columns = ["item", "key", "country", "period", "probability", "amount_usd_bn"]
    for item, key, country, t, chance, amount in plan.cash[columns].itertuples(index=False):
        yield item, tuple(str(key).split("|")), country, int(t), float(chance) * float(amount)


def in_fabs(item: str, key: tuple[str, ...]) -> bool:
    """Whether a line pays people hired for fabs."""
    return item in PEOPLE and key[1] in IN_FABS


def abroad(plan: Plan, case: Case, hosts: frozenset[str]) -> dict[int, float]:
    """Expected cash of the new fabs abroad by period, not discounted [USD bn]."""
    by_site, by_country = new_shares(plan, case)
    found: dict[int, float] = {}
    for item, key, country, t, amount in lines(plan):
        if country not in hosts:
            continue
        share = 0.0
        if item in OUTLAY or in_fabs(item, key):
            share = 1.0
        elif item.startswith(AID):
            share = 0.0 if _for_centres(case, key) else 1.0
        elif item in BY_CLASS:
            share = by_country.get((country, key[-1], t), 0.0)
        elif item == "production.upkeep":
            share = by_site.get((key[0], key[1], t), 0.0)
        if share:
            found[t] = found.get(t, 0.0) + share * amount
    return found


def _for_centres(case: Case, key: tuple[str, ...]) -> bool:
    """Whether aid comes from a programme for research centres only."""
    known = set(key) & set(case.ids("programmes"))
    return any(case.text("programmes", p, "covers") == "centre" for p in known)


def new_shares(plan: Plan, case: Case) -> tuple[dict[Spot, float], dict[Spot, float]]:
    """Share of capacity the plan adds, by site and by country: neither runs today nor is given."""
    whole: dict[Spot, float] = {}
    new: dict[Spot, float] = {}
    rows = plan.table("capacity").itertuples(index=False, name=None)
    for i, c, k, t, kwpm in rows:
        added = max(0.0, kwpm - standing(case, i, k, int(t)))
        for spot in ((i, k, int(t)), (c, k, int(t))):
            whole[spot] = whole.get(spot, 0.0) + kwpm
            new[spot] = new.get(spot, 0.0) + added
    shares = {spot: new[spot] / kwpm for spot, kwpm in whole.items() if kwpm > 0}
    sites = set(case.ids("sites"))
    by_site = {spot: share for spot, share in shares.items() if spot[0] in sites}
    return by_site, {spot: share for spot, share in shares.items() if spot[0] not in sites}


def standing(case: Case, i: str, k: str, t: int) -> float:
    """Capacity that is there without the plan, mean over a period [kwpm]."""
    counts = case.scenario.concepts.get("capacity", {}).get("existing_abroad", True)
    country = case.text("sites", i, "country")
    if not counts and case.text("countries", country, "role") != "home":
        return 0.0
    years = range(t, t + case.scenario.horizon.years_per_period)
    names = ("existing.capacity_kwpm", "existing.planned_kwpm")
    return sum(
        case.value(name, i, k, year=y) / len(years)
        for name in names
        if case.has(name, i, k)
        for y in years
    )


def payback(cash: Mapping[int, float], years: int) -> float | None:
    """Year from which the running sum stays at or above zero; None if never, or nothing is paid.

    years: length of a period.
    """
    total, found, below = 0.0, None, False
    for t in sorted(cash):
        before, total = total, total + cash[t]
        if total < -1e-9:
            found, below = None, True
        elif below and found is None:
            found = t + years * -before / cash[t]
    return found
