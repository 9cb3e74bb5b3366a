"""Co-creation: a near-frontier class runs abroad only beside a linked R&D centre.

    cocreation.unlock[i,t]   sum(modules[i,k,o,t], k near at t)
                               <= ROOM[i] * sum(link[i,j,v], j, v <= t)                   [modules]
    cocreation.centre[i,j,t] link[i,j,t] <= sum(centre[j,r,v], r unlocks, v <= t)         [links]
    programme = L * sum(link[i,j,v], v <= t) * LINK                                       [USD bn]
A class is near at t when it lies at most NEAR generations behind the newest and some type of centre
unlocks it. Fab i and centre j are in one country. Follows the Rapidus model, where production at
the frontier rests on a research alliance next to it.
Sources: fact tables `frontier`, `product`; register `centre_types`.
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

AFTER = ("capacity", "research")
RESTS_ON = ("research",)
NEEDS = ("centre", "frontier")
READS = (*discount.READS, "frontier.rank", "product.rank", "site.room_modules")


class Options(Base):
    """Knobs of co-creation."""

    near_generations: Annotated[float, Field(ge=-1, le=10)] = 2.0
    """A class at most so far behind the newest needs a linked centre; -1 = never [generations]"""
    link_usd_bn_per_year: Annotated[float, Field(ge=0, le=5)] = 0.02
    """Yearly cost of one link's joint programme (own estimate: 60 people's work) [USD bn/year]"""


def near(case: CaseView, opt: Options, k: str, t: int) -> bool:
    """Whether a class begun at t needs a linked centre."""
    behind = case.value("frontier.rank", "world", year=t) - case.value("product.rank", k)
    unlockable = any(
        k in case.items("centre_types", r, "unlocks") for r in case.ids("centre_types")
    )
    return unlockable and behind <= opt.near_generations


def pairs(case: CaseView, opt: Options) -> list[tuple[str, str, int]]:
    """(fab site, centre site, period) that a link could join."""
    sets = case.sets
    last: dict[str, int] = {}
    for i, k, _, t in sets.columns:
        if sets.role_of[sets.country_of[i]] == "host" and near(case, opt, k, t):
            last[i] = max(t, last.get(i, t))
    labs = [j for j in sets.sites if _unlocking(case, j)]
    return [
        (i, j, t)
        for i in sorted(last)
        for j in labs
        if sets.country_of[i] == sets.country_of[j]
        for t in sets.periods
        if t <= last[i]
    ]


def _unlocking(case: CaseView, j: str) -> list[str]:
    """Centre types of a site that unlock some class."""
    types = case.items("sites", j, "centre_types")
    return [r for r in types if case.items("centre_types", r, "unlocks")]


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create link and its rules; book the joint programmes."""
    keys = pairs(case, opt)
    link = m.variables("link", keys, index="site,centre_site,period", unit="links", kind="binary")
    m.require(
        "cocreation.unlock",
        _unlock_rows(m, case, opt),
        unit="modules",
        why="near-frontier needs a centre",
    )
    centre = m.family("centre")
    m.require(
        "cocreation.centre",
        (
            (
                (i, j, t),
                [(link[i, j, t], 1.0)]
                + [
                    (column, -1.0)
                    for (s, r, v), column in centre.columns.items()
                    if s == j and int(v) <= t and r in _unlocking(case, j)
                ],
                "<=",
                0.0,
            )
            for i, j, t in keys
        ),
        unit="links",
        why="a link needs a centre at its other end",
    )
    for i, j, t in keys:
        for p in (p for p in case.sets.periods if p >= t):
            m.cost(
                "cocreation.programme",
                (i, j, t),
                terms=[(link[i, j, t], -opt.link_usd_bn_per_year * case.sets.years_per_period)],
                period=p,
                factor=discount.over(case, p),
                group="cost",
                country=case.sets.country_of[i],
                taxable=True,
            )


def _unlock_rows(m: Model, case: CaseView, opt: Options) -> Iterator[Row]:
    modules, link = m.family("modules"), m.family("link")
    for i in sorted({c[0] for c in case.sets.columns}):
        if case.sets.role_of[case.sets.country_of[i]] == "home":
            continue
        room = case.value("site.room_modules", i)
        for t in case.sets.periods:
            begun = [
                (modules[c], 1.0)
                for c in case.sets.columns
                if c[0] == i and c[3] == t and near(case, opt, c[1], t)
            ]
            if begun:
                links = [
                    (column, -room)
                    for (s, _, v), column in link.columns.items()
                    if s == i and int(v) <= t
                ]
                yield (i, t), [*begun, *links], "<=", 0.0


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Every near-frontier module has a link, every link a centre."""
    links, centres = plan.values("link"), plan.values("centre")
    for (i, k, _, t), n in plan.values("modules").items():
        abroad = case.sets.role_of[case.sets.country_of[i]] == "host"
        linked = any(s == i and v <= t and x > 0.5 for (s, _, v), x in links.items())
        if abroad and n > 1e-6 and near(case, opt, k, t) and not linked:
            yield _issue("unlock", (i, t), f"{k} begun without a linked R&D centre")
    for (i, j, t), x in links.items():
        types = _unlocking(case, j)
        if x > 1e-6 and not any(
            s == j and r in types and v <= t and n > 0.5 for (s, r, v), n in centres.items()
        ):
            yield _issue("centre", (i, j, t), "a link to a site without a centre")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Joint programmes again."""
    for (_, _, t), x in plan.values("link").items():
        for p in (p for p in case.sets.periods if p >= t):
            paid = x * opt.link_usd_bn_per_year * case.sets.years_per_period
            yield "cocreation.programme", p, "all", -paid


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"cocreation.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V155", where, "", text)
