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


class Options(Base):
    """Knobs of the guardrail."""

    on: bool = False
    """Whether aid forbids expansion in countries of concern [yes/no]"""
    concern: tuple[str, ...] = ("CN", "HK", "MO", "RU", "KP", "IR")
    """Countries of concern [list]"""


def banned(case: CaseView, opt: Options, pair: Pair, spot: tuple[str, str, int]) -> bool:
    """Whether accepting a programme forbids modules of a class at a site in a period."""
    j, k, t = spot
    if case.sets.country_of[j] not in opt.concern or (since := first_year(case, pair)) is None:
        return False
    newer = case.value("product.rank", k) >= case.value("string.guardrail_rank", pair[1])
    return newer and since <= t < since + case.value("string.guardrail_years", pair[1])


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Tie expansion in countries of concern to what is accepted."""
    if "accept" in m.families:
        m.require(
            "guardrail.ban", _rows(m, case, opt), unit="modules", why="no expansion of concern"
        )


def _rows(m: Model, case: CaseView, opt: Options) -> Iterator[Row]:
    begun: dict[tuple[str, str, int], list[int]] = {}
    for (j, k, _, t), column in m.family("modules").columns.items():
        begun.setdefault((str(j), str(k), int(t)), []).append(column)
    for (i, p), accept in m.family("accept").columns.items():
        for spot, columns in begun.items():
            if banned(case, opt, (str(i), str(p)), spot):
                room = case.value("site.room_modules", spot[0])
                terms = [*((column, 1.0) for column in columns), (accept, room)]
                yield (*spot, i, p), terms, "<=", room


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """No module in a country of concern beside aid that forbids it."""
    accepted = [pair for pair, yes in plan.values("accept").items() if yes > 0.5]
    for (j, k, _, t), n in plan.values("modules").items():
        for i, p in accepted if n > 0.5 else ():
            if banned(case, opt, (i, p), (j, k, t)):
                where = f"guardrail.ban[{j},{k},{t},{i},{p}]"
                yield Issue("error", "V123", where, "", f"{n:.0f} modules begun all the same")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """The guardrail moves no money of its own."""
    yield from ()
