"""Utilities: new fabs draw no more power and water than the site can get.

    utilities.power[i,t]   sum(MW[k] * (cap[i,k,t] - EXISTING[i,k,t]), k) <= POWER[i]       [MW]
    utilities.water[i,t]   sum(ML[k] * (cap[i,k,t] - EXISTING[i,k,t]), k) <= WATER[i]       [ML/day]

Limits are for what comes on top of the fabs that run today.
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
from planner.model.lp import Model

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


def limited(case: CaseView) -> list[str]:
    """Sites where capacity can still grow."""
    growing = {change.key[0] for change in case.sets.changes}
    growing |= {i for i, _, _, _ in case.sets.columns} | {i for i, _, _ in case.sets.growth()}
    return [i for i in case.sets.sites if i in growing]


def build(m: Model, case: CaseView, opt: Options) -> None:
    """One row per site, period and utility."""
    by_spot: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for (i, k, t), column in m.family("cap").columns.items():
        by_spot.setdefault((str(i), int(t)), []).append((str(k), column))
    for name, (use, limit, unit) in LIMITS.items():
        m.require(
            f"utilities.{name}",
            (
                (
                    (i, t),
                    [(column, case.value(use, k)) for k, column in by_spot[i, t]]
                    + [
                        (m.family(x.family)[x.key], -case.value(use, k) * kwpm)
                        for x, k, kwpm in _settled(case, i, t)
                    ],
                    "<=",
                    opt.limit_scale * case.value(limit, i) + _standing(case, use, i, t),
                )
                for i in limited(case)
                for t in case.sets.periods
            ),
            unit=unit,
            why=f"{name} the site can get",
        )


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
    cap = plan.values("cap")
    for name, (use, limit, unit) in LIMITS.items():
        for i in limited(case):
            most = opt.limit_scale * case.value(limit, i)
            for t in case.sets.periods:
                drawn = sum(
                    v * case.value(use, k) for (j, k, p), v in cap.items() if (j, p) == (i, t)
                )
                drawn -= _standing(case, use, i, t)
                for x, k, kwpm in _settled(case, i, t):
                    n = plan.values(x.family).get(x.key, 0.0)
                    drawn -= n * kwpm * case.value(use, k)
                if drawn > most + 1e-6 * max(1.0, most):
                    where = f"utilities.{name}[{i},{t}]"
                    yield Issue(
                        "error", "V130", where, "", f"draws {drawn:.6g} of {most:.6g} {unit}"
                    )


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Limits move no money."""
    yield from ()
