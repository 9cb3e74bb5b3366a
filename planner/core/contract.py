"""What a project puts under contract when it takes aid with conditions.

term(p)         = YEARS[p] from first wafers; 0 = to the end of the horizon            [years]
whole[i,p,k,t]  = ROOM[i] * SIZE[k] * largest USABLE of a covered module in t           [kwpm]
most[i,p]       = smallest of project cap, budget, and RATE[p] on all the site can hold [USD bn]
Shared by the concepts strings and upside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from planner.core import aid
from planner.core.case import CaseView
from planner.core.sets import Column

READS = (
    *aid.READS,
    "string.production_years",
    "programme.rate_pct",
    "programme.project_cap_usd_bn",
    "programme.budget_usd_bn",
    "site.room_modules",
    "product.utilisation_max_pct",
    "string.clawback_pct",
    "string.interest_pct",
)
"""Facts these functions ask for; a concept that uses them declares them too."""
Pair = tuple[str, str]
"""Site, programme."""


@dataclass
class Deal:
    """One project and one programme with conditions.

    most: largest aid [USD bn]. terms: (class, period) ->
    covered modules and the kwpm one of them runs there then. whole: the most of it [kwpm].
    """

    most: float
    terms: dict[tuple[str, int], list[tuple[Column, float]]] = field(default_factory=dict)
    whole: dict[tuple[str, int], float] = field(default_factory=dict)


def term(case: CaseView, p: str) -> float:
    """Years of production a programme asks for; 0 when it asks for none [years]."""
    return case.value("string.production_years", p)


def due(case: CaseView, p: str, v: int, t: int) -> float:
    """Repayment in t of aid begun in v, with interest [ratio]."""
    years = max(0.0, t - v - case.value("programme.payment_lag_years", p))
    rate = case.value("string.interest_pct", p) / 100
    return float(case.value("string.clawback_pct", p) / 100 * (1 + rate) ** years)


def full_rate(case: CaseView, k: str) -> float:
    """Wafers a year of one kwpm at the highest loading [mn wafers/year/kwpm]."""
    name = "product.utilisation_max_pct"
    full = case.value(name, k) / 100 if case.has(name, k) else 1.0
    return case.sets.wafers_per_kwpm * full


def first_year(case: CaseView, pair: Pair) -> int | None:
    """First period in which a module at the site would be covered; None when none is."""
    i, p = pair
    begun = (
        t
        for (j, t), some in aid.outlays(case).items()
        if j == i
        and any(part[0][0] == "modules" and aid.covers(case, p, i, t, part) for part in some)
    )
    return min(begun, default=None)


def deals(case: CaseView, grants: Iterable[aid.Spot]) -> dict[Pair, Deal]:
    """(site, programme) -> what could come under contract, where a programme has conditions.

    Programmes with nothing left to give are left out.
    """
    strung = set(case.entities("string.production_years"))
    covered: dict[Pair, list[tuple[Column, float]]] = {
        (i, p): [] for i, p, _ in grants if p in strung
    }
    for (i, t), some in aid.outlays(case).items():
        for p in (p for j, p in covered if j == i):
            for (family, key, paid), service in some:
                if family == "modules" and aid.covers(
                    case, p, i, t, ((family, key, paid), service)
                ):
                    column: Column = (i, str(key[1]), str(key[2]), t)
                    covered[i, p].append((column, paid))
    found = {pair: _deal(case, pair, columns) for pair, columns in covered.items()}
    return {pair: deal for pair, deal in found.items() if deal.most > 0}


def running(case: CaseView, p: str, column: Column) -> dict[int, float]:
    """Period -> kwpm under contract of one covered module."""
    vintage = case.sets.vintages[column]
    until = vintage.service + (term(case, p) or float("inf"))
    size = case.value("product.module_kwpm", column[1])
    return {t: share * size for t, share in vintage.usable.items() if t < until}


def _deal(case: CaseView, pair: Pair, columns: list[tuple[Column, float]]) -> Deal:
    i, p = pair
    room = case.value("site.room_modules", i)
    deal = Deal(_most(case, pair, room * max((paid for _, paid in columns), default=0.0)))
    for column, _ in columns:
        for t, kwpm in running(case, p, column).items():
            deal.terms.setdefault((column[1], t), []).append((column, kwpm))
    for spot, members in deal.terms.items():
        deal.whole[spot] = room * max(kwpm for _, kwpm in members)
    return deal


def _most(case: CaseView, pair: Pair, fabs: float) -> float:
    """Largest aid a project can draw [USD bn]."""
    i, p = pair
    knobs = case.scenario.concepts.get("subsidy", {})
    levels = float(case.scenario.concepts.get("research", {}).get("levels", 1))
    scale = float(knobs.get("budget_scale", 1.0))
    share = case.value("programme.rate_pct", p) / 100 * float(knobs.get("rate_scale", 1.0))
    centres = 0.0
    if case.text("programmes", p, "covers") != "fab":
        types = case.items("sites", i, "centre_types")
        centres = levels * sum(case.value("centre.capex_usd_bn", r) for r in types)
    caps = [f"programme.{name}_usd_bn" for name in ("project_cap", "budget")]
    limits = [case.value(name, p) * scale for name in caps if case.has(name, p)]
    return min([share * (fabs + centres), *limits])
