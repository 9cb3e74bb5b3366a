"""Guardrail: who takes the aid may not expand newer classes in countries of concern.

    guardrail.ban[j,k,t,i,p]  sum(modules[j,k,o,t], o) <= ROOM[j] * (1 - accept[i,p])  [modules]
    for j in a country of concern, RANK[k] >= GUARD_RANK[p], and t from the first year in which aid
    of p can be had at i, for GUARD_YEARS[p]
The data hold no site in a country of concern, so on them the rule has no rows: it binds when a user
adds such a site, or names one of the data's countries as of concern. The law counts from the award;
the first year aid can be had is the earliest award, so the ban here is never too short at its
start and may end up to the wait for the award too early. Off by default.
Sources: fact table `string` (guardrail_years, guardrail_rank).
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.core.case import CaseView
from planner.core.contract import READS as CONTRACT_READS
from planner.core.contract import Pair, first_year
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model, Row

AFTER = ("strings",)
NEEDS = ("string", "programme")
READS = (
    *CONTRACT_READS,
    "product.rank",
    "string.guardrail_years",
    "string.guardrail_rank",
)


Spot = tuple[str, str, int]
"""Site, class, period."""


class Options(Base):
    """Knobs of the guardrail."""

    on: bool = False
    """Whether aid forbids expansion in countries of concern [yes/no]"""
    concern: tuple[str, ...] = ("CN", "HK", "MO", "RU", "KP", "IR")
    """Countries of concern [list]"""


class Ban:
    """What accepting a programme at a site forbids elsewhere."""

    def __init__(self, case: CaseView, opt: Options, pair: Pair) -> None:
        since = first_year(case, pair)
        years = case.value("string.guardrail_years", pair[1])
        self.periods = [
            t for t in case.sets.periods if since is not None and since <= t < since + years
        ]
        rank = case.value("string.guardrail_rank", pair[1])
        self.classes = {k for k in case.sets.products if case.value("product.rank", k) >= rank}
        self.sites = {j for j, c in case.sets.country_of.items() if c in opt.concern}

    def holds(self, spot: Spot) -> bool:
        """Whether modules of a class at a site in a period are forbidden."""
        j, k, t = spot
        return j in self.sites and k in self.classes and t in self.periods


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Tie expansion in countries of concern to what is accepted."""
    if "accept" in m.families:
        m.require(
            "guardrail.ban", _rows(m, case, opt), unit="modules", why="no expansion of concern"
        )


def _rows(m: Model, case: CaseView, opt: Options) -> Iterator[Row]:
    begun: dict[Spot, list[int]] = {}
    for (j, k, _, t), column in m.family("modules").columns.items():
        begun.setdefault((str(j), str(k), int(t)), []).append(column)
    concerned = any(c in opt.concern for c in case.sets.country_of.values())
    for (i, p), accept in m.family("accept").columns.items() if concerned else ():
        ban = Ban(case, opt, (str(i), str(p)))
        for spot, columns in begun.items():
            if ban.holds(spot):
                room = case.value("site.room_modules", spot[0])
                terms = [*((column, 1.0) for column in columns), (accept, room)]
                yield (*spot, i, p), terms, "<=", room


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """No module in a country of concern beside aid that forbids it."""
    taken = plan.values("accept").items()
    bans = {(i, p): Ban(case, opt, (i, p)) for (i, p), yes in taken if yes > 0.5}
    for (j, k, _, t), n in plan.values("modules").items():
        for (i, p), ban in bans.items() if n > 0.5 else ():
            if ban.holds((j, k, t)):
                where = f"guardrail.ban[{j},{k},{t},{i},{p}]"
                yield Issue("error", "V123", where, "", f"{n:.0f} modules begun all the same")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """The guardrail moves no money of its own."""
    yield from ()
