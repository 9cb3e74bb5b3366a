"""Clusters: a site or region abroad with enough modules runs cheaper (suppliers, utilities).

    running[s,t]           = sum(cap[i,k,t] / SIZE[k], i in s)                            [modules]
    clusters.tier[s,n,t]   THRESHOLD[n] * cluster[s,n,t] <= running[s,t], cluster 0 or 1  [modules]
    saving = L * SAVING[n] * SCALE * cluster[s,n,t]                                        [USD bn]

A place s of level n is one site or all sites of a region (ISO 3166-2), as the level says. Levels
add up: a place that reaches two earns both savings. A saving is earned for whole levels only, which
is what makes it a cluster; levels no plan can reach have no column. Capacity that stands already
counts. Only hosts count: home's clusters exist and are in its costs today. Off by default.
Sources: register `cluster_levels`, fact table `cluster`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model, Row

AFTER = ("capacity",)
NEEDS = ("cluster",)
READS = (
    *discount.READS,
    "cluster.threshold_modules",
    "cluster.saving_usd_bn_per_year",
    "product.module_kwpm",
    "site.room_modules",
    "opening.capacity_kwpm",
)


class Options(Base):
    """Knobs of the clusters."""

    on: bool = False
    """Whether many modules in one place save running cost [yes/no]"""
    saving_scale: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Savings against the data [ratio]"""


Spot = tuple[str, str, int]
"""Place, level and period."""


def places(case: CaseView, n: str) -> dict[str, tuple[str, ...]]:
    """Places abroad of a level: place -> its sites."""
    found: dict[str, tuple[str, ...]] = {}
    by_region = case.text("cluster_levels", n, "scope") == "region"
    for i in (i for i in case.sets.sites if i not in case.sets.home):
        place = case.text("sites", i, "iso_3166_2") if by_region else i
        found[place] = (*found.get(place, ()), i)
    return found


def most(case: CaseView, i: str, t: int) -> float:
    """More modules than can run at a site in a period: full land, what stands, what opens."""
    usable = [v.usable.get(t, 0.0) for c, v in case.sets.vintages.items() if c[0] == i]
    room = case.value("site.room_modules", i) * max(usable) if usable else 0.0
    standing = sum(
        kwpm / case.value("product.module_kwpm", k)
        for table in (case.sets.existing, case.sets.planned)
        for (j, k, v), kwpm in table.items()
        if (j, v) == (i, t)
    )
    opening = sum(
        case.value("opening.capacity_kwpm", i, k) / case.value("product.module_kwpm", k)
        for j, k in (e.split("|") for e in case.entities("opening.capacity_kwpm"))
        if j == i
    )
    return room + standing + opening


def spots(case: CaseView) -> dict[Spot, tuple[str, ...]]:
    """Levels within reach: (place, level, period) -> sites of the place."""
    reach = {(i, t): most(case, i, t) for i in case.sets.sites for t in case.sets.periods}
    return {
        (s, n, t): sites
        for n in case.ids("cluster_levels")
        for s, sites in places(case, n).items()
        for t in case.sets.periods
        if sum(reach[i, t] for i in sites) >= case.value("cluster.threshold_modules", n) - 1e-9
    }


def saving_usd_bn(case: CaseView, opt: Options, n: str) -> float:
    """Saving of a place that keeps a level through a period [USD bn]."""
    yearly = case.value("cluster.saving_usd_bn_per_year", n) * opt.saving_scale
    return yearly * case.sets.years_per_period


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create cluster, tie it to what runs, book the savings."""
    found = spots(case)
    cluster = m.variables(
        "cluster", found, index="place,level,period", unit="clusters", kind="binary"
    )
    m.require(
        "clusters.tier", _tier_rows(m, case, found), unit="modules", why="a level is reached whole"
    )
    for (s, n, t), sites in found.items():
        m.cost(
            "clusters.saving",
            (s, n),
            terms=[(cluster[s, n, t], saving_usd_bn(case, opt, n))],
            period=t,
            factor=discount.over(case, t),
            group="cost",
            country=case.sets.country_of[sites[0]],
            taxable=True,
        )


def _tier_rows(m: Model, case: CaseView, found: dict[Spot, tuple[str, ...]]) -> Iterator[Row]:
    by_site: dict[tuple[str, int], list[tuple[int, float]]] = {}
    for (i, k, t), j in m.family("cap").columns.items():
        size = case.value("product.module_kwpm", str(k))
        by_site.setdefault((str(i), int(t)), []).append((j, -1 / size))
    for (s, n, t), sites in found.items():
        running = [term for i in sites for term in by_site.get((i, t), [])]
        threshold = case.value("cluster.threshold_modules", n)
        yield (s, n, t), [(m.family("cluster")[s, n, t], threshold), *running], "<=", 0.0


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Levels claimed against the modules that run, counted again from capacity."""
    running: dict[tuple[str, int], float] = {}
    for (i, k, t), kwpm in plan.values("cap").items():
        size = case.value("product.module_kwpm", k)
        running[i, t] = running.get((i, t), 0.0) + kwpm / size
    for (s, n, t), claimed in plan.values("cluster").items():
        have = sum(running.get((i, t), 0.0) for i in places(case, n).get(s, ()))
        want = case.value("cluster.threshold_modules", n)
        if claimed > 1e-6 and have < want * claimed - 1e-6 * max(1.0, want):
            where = f"clusters.tier[{s},{n},{t}]"
            yield Issue("error", "V230", where, "", f"{have:.6g} modules run, level is {want:g}")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Savings again, from levels reached and facts."""
    for (_, n, t), reached in plan.values("cluster").items():
        yield "clusters.saving", t, "all", reached * saving_usd_bn(case, opt, n)
