"""Parks: roads, grid and water works laid once for several sites abroad make each cheaper to open.

    parks.once[p]         sum(park[p,t], t) <= 1                                          [parks]
    parks.opened[i,t]     served[i,t] <= open[i,t]                                        [sites]
    parks.laid[i,t]       served[i,t] <= sum(park[p,v], i in p, v <= t)                   [sites]
    parks.required[i,t]   sum(open[i,v], v <= t) <= sum(park[p,v], i in p, v <= t)        [sites]
    cost = COST[p] * SCALE * park[p,t]     saving = SAVED[p] * SITE[i] * served[i,t]       [USD bn]

A park is paid once, however many of its sites open; a site opened when its park is there (or laid
in the same period) saves SAVED of the land, utilities and permits that `costs` books. Where the
option `required` is on, such a site opens in no other way. Sites that run already need no opening
and take no part; neither do sites at home, whose science parks exist. A site in two parks saves
the larger share once. Off by default. Sources: register `parks`, fact table `park`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.parks import OUTLAY_READS, members, outlay_usd_bn, parks_of
from planner.core.plan import Plan
from planner.model.lp import Model, Row

AFTER = ("capacity",)
NEEDS = ("park",)
READS = (*discount.READS, *OUTLAY_READS)
ITEMS = {"park": "parks.cost", "served": "parks.saving"}
"""Variable family -> item of cash."""
TOLERANCE = 1e-6


class Options(Base):
    """Knobs of the parks."""

    on: bool = False
    """Whether parks can be laid [yes/no]"""
    cost_scale: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Cost of every park against the data [ratio]"""
    required: bool = False
    """Whether sites of a park open only once it is laid [yes/no]"""


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create park and served with their rules; book outlay and savings."""
    opened = {(str(i), int(t)): j for (i, t), j in m.family("open").columns.items()}
    spots = {(i, t): j for (i, t), j in opened.items() if parks_of(case, i)}
    used = {p for i, _ in spots for p in parks_of(case, i)}
    keys = [(p, t) for p in case.ids("parks") if p in used for t in case.sets.periods]
    park = m.variables("park", keys, index="park,period", unit="parks", kind="binary")
    served = m.variables("served", spots, index="site,period", unit="sites", high=1.0)
    m.require(
        "parks.once",
        (
            ((p,), [(park[p, t], 1.0) for t in case.sets.periods], "<=", 1.0)
            for p in case.ids("parks")
            if p in used
        ),
        unit="parks",
        why="a park is laid once",
    )
    m.require(
        "parks.opened",
        ((s, [(served[s], 1.0), (j, -1.0)], "<=", 0.0) for s, j in spots.items()),
        unit="sites",
        why="only a site that opens saves",
    )
    m.require(
        "parks.laid",
        ((s, [(served[s], 1.0), *_laid(m, case, s)], "<=", 0.0) for s in spots),
        unit="sites",
        why="a site saves in a park that is there",
    )
    rows = _required_rows(m, case, spots) if opt.required else ()
    m.require("parks.required", rows, unit="sites", why="no site without its park")
    _book(m, case)


def _laid(m: Model, case: CaseView, spot: tuple[str, int]) -> list[tuple[int, float]]:
    """Parks of a site laid by a period, less."""
    i, t = spot
    park = m.family("park")
    return [(park[p, v], -1.0) for p in parks_of(case, i) for v in case.sets.periods if v <= t]


def _required_rows(m: Model, case: CaseView, spots: dict[tuple[str, int], int]) -> Iterator[Row]:
    for i, t in spots:
        opens = [(j, 1.0) for (s, v), j in spots.items() if s == i and v <= t]
        yield (i, t), [*opens, *_laid(m, case, (i, t))], "<=", 0.0


def _book(m: Model, case: CaseView) -> None:
    sites = members(case)
    for family, item in ITEMS.items():
        for (place, t), column in m.family(family).columns.items():
            first = sites[str(place)][0] if family == "park" else str(place)
            m.cost(
                item,
                (place, t),
                terms=[(column, -outlay_usd_bn(case, family, str(place)))],
                period=int(t),
                factor=discount.at(case, int(t)),
                group="cost",
                country=case.sets.country_of[first],
            )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Parks laid twice, savings without a site or a park, sites without the park they need."""
    parks, opened = plan.values("park"), plan.values("open")
    for p in case.ids("parks"):
        times = sum(n for (q, _), n in parks.items() if q == p)
        if times > 1 + TOLERANCE:
            yield _issue("once", (p,), f"laid {times:g} times")
    for (i, t), n in plan.values("served").items():
        if n > opened.get((i, t), 0.0) + TOLERANCE:
            yield _issue("opened", (i, t), "saves on a site that does not open")
        if n > _there(case, parks, i, t) + TOLERANCE:
            yield _issue("laid", (i, t), "saves in a park that is not there")
    for (i, t), n in opened.items() if opt.required else ():
        if parks_of(case, i) and n > _there(case, parks, i, t) + TOLERANCE:
            yield _issue("required", (i, t), "opens before its park is there")


def _there(case: CaseView, parks: dict[tuple[str, int], float], i: str, t: int) -> float:
    """Parks of a site laid by a period."""
    mine = parks_of(case, i)
    return sum(n for (p, v), n in parks.items() if p in mine and v <= t)


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Outlay and savings again, from parks laid and sites served."""
    for family, item in ITEMS.items():
        for (place, t), n in plan.values(family).items():
            yield item, t, "all", -n * outlay_usd_bn(case, family, place)


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"parks.{rule}[{','.join(str(part) for part in key)}]"
    return Issue("error", "V235", where, "", text)
