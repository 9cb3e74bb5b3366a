"""Utilities: new fabs draw no more power and water than the site can get.

    utilities.power[i,t]   sum(MW[k] * (cap[i,k,t] - EXISTING[i,k,t]), k) <= POWER[i]       [MW]
    utilities.water[i,t]   sum(ML[k] * (cap[i,k,t] - EXISTING[i,k,t]), k) <= WATER[i]       [ML/day]
    utilities.region_power[r,t]   the same over i in r <= TOGETHER * sum(POWER[i], i in r)     [MW]
    utilities.region_water[r,t]   the same over i in r <= TOGETHER * sum(WATER[i], i in r) [ML/day]

Limits are for what comes on top of the fabs that run today. Sites of a region r (ISO 3166-2) draw
on one grid and one river: TOGETHER is the part of their limits it can serve at the same time (all
of it unless the scenario says less).
Sources: fact tables `site` (power_limit_mw, water_limit_mld) and `product`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import Change
from planner.model.lp import Model, Row

AFTER = ("capacity", "acquisition", "retrofit")
NEEDS = ("site", "product")
READS = (
    "site.power_limit_mw",
    "site.water_limit_mld",
    "product.power_mw_per_kwpm",
    "product.water_mld_per_kwpm",
)
LIMITS = {
    "power": ("product.power_mw_per_kwpm", "site.power_limit_mw", "MW"),
    "water": ("product.water_mld_per_kwpm", "site.water_limit_mld", "ML/day"),
}


class Options(Base):
    """Knobs of the utility limits."""

    limit_scale: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Every limit against the data [ratio]"""
    together_pct: Annotated[float, Field(ge=0, le=100)] = 100.0
    """Part of the limits of a region's sites that can be drawn at the same time [%]"""


def limited(case: CaseView) -> list[str]:
    """Sites where capacity can still grow."""
    growing = {change.key[0] for change in case.sets.changes}
    growing |= {i for i, _, _, _ in case.sets.columns} | {i for i, _, _ in case.sets.growth()}
    return [i for i in case.sets.sites if i in growing]


def regions(case: CaseView, opt: Options) -> dict[str, tuple[str, ...]]:
    """Regions with two growing sites or more where together is less than apart."""
    found: dict[str, tuple[str, ...]] = {}
    for i in limited(case) if opt.together_pct < 100 else ():
        r = case.text("sites", i, "iso_3166_2")
        found[r] = (*found.get(r, ()), i)
    return {r: sites for r, sites in found.items() if len(sites) > 1}


def together(case: CaseView, opt: Options, limit: str, sites: tuple[str, ...]) -> float:
    """What a region's new fabs can draw at the same time [MW or ML/day]."""
    part = opt.limit_scale * opt.together_pct / 100
    return part * sum(case.value(limit, i) for i in sites)


def build(m: Model, case: CaseView, opt: Options) -> None:
    """One row per site, period and utility; one per region where sites share."""
    by_spot: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for (i, k, t), column in m.family("cap").columns.items():
        by_spot.setdefault((str(i), int(t)), []).append((str(k), column))

    def draw(use: str, i: str, t: int) -> list[tuple[int, float]]:
        return [(column, case.value(use, k)) for k, column in by_spot[i, t]] + [
            (m.family(x.family)[x.key], -case.value(use, k) * kwpm)
            for x, k, kwpm in _settled(case, i, t)
        ]

    for name, (use, limit, unit) in LIMITS.items():
        rows: list[Row] = [
            (
                (i, t),
                draw(use, i, t),
                "<=",
                opt.limit_scale * case.value(limit, i) + _standing(case, use, i, t),
            )
            for i in limited(case)
            for t in case.sets.periods
        ]
        m.require(f"utilities.{name}", rows, unit=unit, why=f"{name} the site can get")
    for name, (use, limit, unit) in LIMITS.items():
        rows = [
            (
                (r, t),
                [term for i in sites for term in draw(use, i, t)],
                "<=",
                together(case, opt, limit, sites) + sum(_standing(case, use, i, t) for i in sites),
            )
            for r, sites in regions(case, opt).items()
            for t in case.sets.periods
        ]
        m.require(f"utilities.region_{name}", rows, unit=unit, why=f"{name} the region can serve")


def _standing(case: CaseView, use: str, i: str, t: int) -> float:
    """What today's fabs of the site draw."""
    return sum(
        kwpm * case.value(use, k)
        for (j, k, v), kwpm in case.sets.existing.items()
        if j == i and v == t
    )


def _settled(case: CaseView, i: str, t: int) -> list[tuple[Change, str, float]]:
    """Changes at a site with the class and kwpm whose power and water were there before."""
    return [
        (x, k, kwpm)
        for x in case.sets.changes
        if x.key[0] == i
        for (k, v), kwpm in x.settled.items()
        if v == t
    ]


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Draw of new capacity against the limits."""
    cap: dict[tuple[str, int], list[tuple[str, float]]] = {}
    for (i, k, t), kwpm in plan.values("cap").items():
        cap.setdefault((i, t), []).append((k, kwpm))
    for name, (use, limit, unit) in LIMITS.items():
        for t in case.sets.periods:
            drawn = {
                i: sum(kwpm * case.value(use, k) for k, kwpm in cap.get((i, t), ()))
                - _given(plan, case, use, i, t)
                for i in limited(case)
            }
            spots = {i: (n, opt.limit_scale * case.value(limit, i)) for i, n in drawn.items()}
            for i, (n, most) in spots.items():
                if n > most + 1e-6 * max(1.0, most):
                    yield _issue(f"{name}[{i},{t}]", f"draws {n:.6g} of {most:.6g} {unit}")
            for r, sites in regions(case, opt).items():
                n, most = sum(drawn[i] for i in sites), together(case, opt, limit, sites)
                if n > most + 1e-6 * max(1.0, most):
                    yield _issue(f"region_{name}[{r},{t}]", f"draws {n:.6g} of {most:.6g} {unit}")


def _given(plan: Plan, case: CaseView, use: str, i: str, t: int) -> float:
    """What a site draws that is no new draw: fabs bought or refitted, and those that stand."""
    given = _standing(case, use, i, t)
    for x, k, kwpm in _settled(case, i, t):
        given += plan.values(x.family).get(x.key, 0.0) * kwpm * case.value(use, k)
    return given


def _issue(where: str, text: str) -> Issue:
    return Issue("error", "V130", f"utilities.{where}", "", text)


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Limits move no money."""
    yield from ()
