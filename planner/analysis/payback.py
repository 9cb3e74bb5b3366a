"""Payback: when the new fabs abroad have earned what they cost.

    payback    first year from which the sum of their expected cash stays at or above zero to the
               horizon's end; within a period it moves evenly                        [year]
    cash       building, land, tools and first entry, less aid (but for centres only), plus the
               margin of the new capacity: sales less materials, freight, duty less what a quota
               spares, upkeep, people in fabs, green power and carbon; neither discounted nor
               taxed; no value left at the end                                        [USD bn]
Lines of a class that old and new capacity share are split by capacity, at a site or in a country.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from planner.core.case import Case
from planner.core.plan import Plan

OUTLAY = ("costs.equipment", "costs.building", "costs.site", "costs.entry")
BY_CLASS = (
    "sales.revenue", "production.materials", "production.freight", "trade.duty", "quota.lowered",
    "quota.relief",
)  # fmt: skip
POWER = "product.power_mw_per_kwpm"
BY_POWER = ("emissions.premium", "emissions.carbon")
AID = ("subsidy.", "strings.", "milestones.", "upside.", "support.")
PEOPLE = ("talent.wages", "talent.premium", "talent.expats", "talent.shortage", "training.wages")
IN_FABS = ("technician", "engineer")
Spot = tuple[str, str, int]
"""Site or country, class, period."""


@dataclass(frozen=True)
class Shares:
    """Share of new capacity: at a site, in a country by class, of a country's electricity."""

    by_site: dict[Spot, float]
    by_country: dict[Spot, float]
    by_power: dict[tuple[str, int], float]


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
    shares = new_shares(plan, case)
    found: dict[int, float] = {}
    for item, key, country, t, amount in lines(plan):
        if country not in hosts:
            continue
        if item in OUTLAY or in_fabs(item, key):
            share = 1.0
        elif item.startswith(AID):
            share = 0.0 if _for_centres(case, key) else 1.0
        else:
            share = _of_new(shares, item, key, (country, t))
        if share:
            found[t] = found.get(t, 0.0) + share * amount
    return found


def _of_new(shares: Shares, item: str, key: tuple[str, ...], where: tuple[str, int]) -> float:
    """Share of a line of running costs or sales that is of new capacity."""
    country, t = where
    if item in BY_CLASS:
        return shares.by_country.get((country, key[-1], t), 0.0)
    if item in BY_POWER:
        return shares.by_power.get(where, 0.0)
    if item == "production.upkeep":
        return shares.by_site.get((key[0], key[1], t), 0.0)
    return 0.0


def _for_centres(case: Case, key: tuple[str, ...]) -> bool:
    """Whether aid comes from a programme for research centres only."""
    known = set(key) & set(case.ids("programmes"))
    return any(case.text("programmes", p, "covers") == "centre" for p in known)


def new_shares(plan: Plan, case: Case) -> Shares:
    """Shares of what the plan adds: capacity that neither runs today nor is given."""
    powered = case.has(POWER, next(iter(case.ids("products")), ""))
    whole: dict[tuple[str | int, ...], float] = {}
    new: dict[tuple[str | int, ...], float] = {}
    for i, c, k, t, kwpm in plan.table("capacity").itertuples(index=False, name=None):
        added = max(0.0, kwpm - standing(case, i, k, int(t)))
        drawn = case.value(POWER, k) if powered else 1.0
        for spot, by in (((i, k, int(t)), 1.0), ((c, k, int(t)), 1.0), ((c, int(t)), drawn)):
            whole[spot] = whole.get(spot, 0.0) + by * kwpm
            new[spot] = new.get(spot, 0.0) + by * added
    share = {spot: new[spot] / kwpm for spot, kwpm in whole.items() if kwpm > 0}
    sites = set(case.ids("sites"))
    return Shares(
        by_site={(str(s[0]), str(s[1]), int(s[2])): v for s, v in share.items() if s[0] in sites},
        by_country={
            (str(s[0]), str(s[1]), int(s[2])): v
            for s, v in share.items()
            if len(s) == 3 and s[0] not in sites
        },
        by_power={(str(s[0]), int(s[1])): v for s, v in share.items() if len(s) == 2},
    )


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
