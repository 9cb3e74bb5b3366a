"""Parks: which sites share one, what it costs, and what a site saves by opening in it.

outlay(park)   = COST[p] * SCALE                                                       [USD bn]
outlay(served) = -max(SAVED[p], i in p) * SITE[i]                                      [USD bn]
Shared by parks (which books them) and limits (which counts outlay).
"""

from __future__ import annotations

from planner.core.case import CaseView

OUTLAY_READS = ("park.cost_usd_bn", "park.saved_pct", "site.site_cost_usd_bn")
"""Facts these functions ask for; a concept that uses them declares them too."""


def members(case: CaseView) -> dict[str, tuple[str, ...]]:
    """Park -> its sites abroad."""
    return {
        p: tuple(
            i
            for i in case.items("parks", p, "sites")
            if i in case.sets.sites and i not in case.sets.home
        )
        for p in case.ids("parks")
    }


def parks_of(case: CaseView, i: str) -> tuple[str, ...]:
    """Parks a site lies in."""
    return tuple(p for p, sites in members(case).items() if i in sites)


def outlay_usd_bn(case: CaseView, family: str, place: str) -> float:
    """Outlay of a park laid, or (below zero) of a site opened in its park [USD bn]."""
    if family == "park":
        scale = float(case.scenario.concepts.get("parks", {}).get("cost_scale", 1.0))
        return case.value("park.cost_usd_bn", place) * scale
    share = max(case.value("park.saved_pct", p) for p in parks_of(case, place)) / 100
    return -share * case.value("site.site_cost_usd_bn", place)
