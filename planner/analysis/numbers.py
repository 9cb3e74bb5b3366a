"""Numbers as written: one row of the data for one place or many, or a series over years.

A national figure that stands for every site of a country is one number, and so is a price path;
what an analysis moves, counts or grades is such a number, with all the facts that hang on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from planner.core.case import Case, Fact
from planner.model.assemble import READS
from planner.model.catalogue import active

TENTH = 0.1
BY_ONE = ("year", "generation", "modules")
"""Units whose numbers move by one."""


@dataclass(frozen=True, slots=True)
class Number:
    """One written number: a row of the data, or a series over years, for one or many places."""

    table: str
    entity: str
    parameter: str
    facts: tuple[Fact, ...]

    @property
    def middle(self) -> Fact:
        """The fact that stands for the series: its middle year."""
        dated = sorted(self.facts, key=lambda f: (f.entity, f.period or 0))
        own = [f for f in dated if f.entity == dated[0].entity]
        return own[len(own) // 2]

    def moved(self, case: Case, share: float = TENTH) -> Case | None:
        """The case with the number higher by a share of itself; None where it cannot be moved."""
        steps = {f.key: step(f, share) for f in self.facts}
        if not any(steps.values()):
            return None
        facts = tuple(
            replace(f, value=f.value + steps[f.key]) if f.key in steps else f for f in case.facts
        )
        return case.replace(facts=facts)


def step(f: Fact, share: float = TENTH) -> float:
    """How far a fact moves: a share of it, down where a percentage would pass 100.

    Years and generations move by one, and what is nought moves to its upper end.
    """
    if f.unit in BY_ONE:
        return 1.0
    if f.value:
        down = f.unit == "%" and f.value * (1 + share) > 100
        return share * f.value * (-1.0 if down else 1.0)
    return f.high


def relevant(case: Case) -> list[Fact]:
    """Facts that some active rule of the case reads."""
    names = {name for concept in active(case) for name in concept.reads} | set(READS)
    return [f for f in case.facts if f"{f.table}.{f.parameter}" in names]


def numbers(case: Case) -> tuple[Number, ...]:
    """What some active rule of the case reads, by table, entity and parameter."""
    read = relevant(case)
    owner: dict[str, str] = {}
    for f in read:
        owner.setdefault(f.where, f.entity)

    def key(f: Fact) -> tuple[str, str, str]:
        return f.table, owner[f.where] if f.where else f.entity, f.parameter

    return tuple(
        Number(*spot, tuple(some)) for spot, some in groupby(sorted(read, key=key), key=key)
    )
