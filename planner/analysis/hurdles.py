"""Hurdles: the facts that stand in the way of a rule nobody can keep, and how to move one of them.

Where the user's rules cannot be kept as they stand, the cheapest breach names rows; the facts about
the places in those rows (and about the places the rules name) that the same rules read are the
hurdles: land, power, water, dates, budgets, the outbound rule of a country.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from planner.analysis.entries import Entry
from planner.core.case import Case, Fact
from planner.core.errors import Conflict
from planner.model.catalogue import active

ALWAYS = ("capacity", "outbound", "utilities")
"""Concepts whose facts may keep a module out without a row that says so."""
MASKS = ("site.earliest_start", "country.lead_greenfield_years", "country.lead_expansion_years")
"""Facts that leave columns out before any concept speaks."""
SOFT = ("limit", "room", "earliest", "budget", "cap", "gap", "lead", "stock", "recruits", "share",
        "capacity", "start_", "service_", "demand", "wafers", "accessible")  # fmt: skip
"""Parts of names of facts that limit something; prices and costs forbid nothing."""
YEARS_ON = 10.0
FURTHEST = 10.0
"""How far a fact is moved at most: so many years, or so many times as large."""
MOST = 24
"""Facts looked at for one conflict."""


@dataclass(frozen=True, slots=True)
class Hurdle:
    """One fact, all its dates together, and how far it may be moved (most natural end first)."""

    table: str
    entity: str
    parameter: str
    now: float
    ends: tuple[float, ...]
    whole: bool
    unit: str
    where: str

    @property
    def words(self) -> str:
        """Name as told."""
        return f"{self.table}.{self.parameter} of {self.entity}"

    def at(self, case: Case, level: float) -> Case:
        """The case with the fact at a level; other dates move by the same amount."""
        by = level - self.now
        return case.replace(
            facts=tuple(
                replace(f, value=f.value + by)
                if (f.table, f.entity, f.parameter) == (self.table, self.entity, self.parameter)
                else f
                for f in case.facts
            )
        )


def hurdles_of(case: Case, conflict: Conflict, entries: Iterable[Entry]) -> tuple[Hurdle, ...]:
    """Facts that could be in the way, at most MOST.

    Those about places the user's entries name come first, then those of the broken rules.
    """
    entries = tuple(entries)
    named = {rule.split(".", 1)[0] for rule in (*conflict.rules, *conflict.relax)}
    places = _places(case, conflict.members, entries)
    reads: dict[str, int] = dict.fromkeys(MASKS, 1)
    for concept in active(case):
        rank = 0 if concept.name in named else 1
        if rank == 0 or concept.name in ALWAYS:
            for name in concept.reads:
                reads[name] = min(rank, reads.get(name, 1))
    found: dict[tuple[str, str, str], tuple[int, Hurdle]] = {}
    for fact in case.facts:
        name = f"{fact.table}.{fact.parameter}"
        about = fact.entity.split("|", 1)[0] in places
        if name in reads and about and any(part in fact.parameter for part in SOFT):
            key = (fact.table, fact.entity, fact.parameter)
            if key not in found:
                found[key] = (reads[name], _hurdle(fact))
    own = _places(case, (), entries)

    def order(row: tuple[int, Hurdle]) -> tuple[bool, int, str]:
        return (row[1].entity.split("|", 1)[0] not in own, row[0], row[1].words)

    return tuple(h for _, h in sorted(found.values(), key=order))[:MOST]


def _hurdle(f: Fact) -> Hurdle:
    if f.unit == "year":
        years = (f.value - YEARS_ON, f.value + YEARS_ON)
        return Hurdle(f.table, f.entity, f.parameter, f.value, years, True, "year", f.where)
    small = f.unit in ("generations", "years", "modules", "rank") and f.value == round(f.value)
    more = FURTHEST * f.value if f.value else 100.0
    ends = tuple(e for e in (more, 0.0) if e != f.value)
    return Hurdle(f.table, f.entity, f.parameter, f.value, ends, small, f.unit, f.where)


def _places(case: Case, members: Collection[str], entries: Iterable[Entry]) -> set[str]:
    """Sites, countries, markets and the like named in broken rows or in the rules in conflict."""
    known = {i for name in case.registers for i in case.registers[name]}
    words = " ".join([*members, *(e.words for e in entries)])
    named = known & set(re.split(r"[\s,\[\]|:;()]+", words))
    countries = {case.text("sites", i, "country") for i in named if i in case.ids("sites")}
    pools = {case.text("sites", i, "pool") for i in named if i in case.ids("sites")}
    return named | countries | pools
