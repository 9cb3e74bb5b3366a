"""Facts for many at once: `*` for every entity of a register, `JP:*` for every one of a country.

    own row  before  `JP:*`  before  `*`        for each entity and parameter, all years together
A national figure stands once, with its source, and a place needs a row only where it differs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from planner.core.case import Fact, Record
from planner.core.errors import Issue, did_you_mean
from planner.inputs.dictionary import Dictionary

Known = Mapping[str, Mapping[str, Record]]
ALL, OF_COUNTRY = "*", ":*"


def is_pattern(part: str) -> bool:
    """Whether a part of an entity stands for many."""
    return part == ALL or part.endswith(OF_COUNTRY)


def problem(part: str, register: str, registers: Known) -> tuple[str, str] | None:
    """What is wrong with a pattern, with a hint; None when it stands for something."""
    if members(part, register, registers):
        return None
    if part == ALL:
        return f"'*' stands for nothing: the register '{register}' is empty", ""
    hint = did_you_mean(part.removesuffix(OF_COUNTRY), registers.get("countries", {}))
    return f"'{part}' stands for no row of the register '{register}'", hint


def members(part: str, register: str, registers: Known) -> list[str]:
    """Entities of a register that one part of an entity stands for."""
    rows = registers.get(register, {})
    if part == ALL:
        return list(rows)
    if part.endswith(OF_COUNTRY):
        country = part.removesuffix(OF_COUNTRY)
        return [name for name, row in rows.items() if row.get("country") == country]
    return [part]


def spread(
    facts: Iterable[Fact], dictionary: Dictionary, registers: Known, issues: list[Issue]
) -> list[Fact]:
    """The facts with patterns replaced by what they stand for; two of one rank are a problem."""
    some = list(facts)
    tables = dictionary.facts()
    taken: dict[tuple[str, str, str], tuple[int, str]] = {}
    told: set[tuple[str, str, str, str]] = set()
    found: list[Fact] = []
    for fact in sorted(some, key=lambda f: _rank(f.entity)):
        registers_of = tables[fact.table][fact.parameter].refers_to
        for entity in _entities(fact.entity, registers_of, registers):
            spot = (fact.table, fact.parameter, entity)
            rank, writer = taken.setdefault(spot, (_rank(fact.entity), fact.entity))
            if writer == fact.entity:
                found.append(replace(fact, entity=entity))
            elif rank == _rank(fact.entity) and (spot[0], spot[1], writer, fact.entity) not in told:
                told.add((spot[0], spot[1], writer, fact.entity))
                text = f"'{fact.entity}' and '{writer}' both give it for '{entity}'"
                issues.append(Issue("error", "E129", fact.where, fact.parameter, text, "Keep one."))
    return found


def _rank(entity: str) -> int:
    """How far an entity is from naming one thing: 0 for an own row, then country, then all."""
    return sum(2 if p == ALL else 1 if is_pattern(p) else 0 for p in entity.split("|"))


def _entities(entity: str, registers_of: Iterable[str], registers: Known) -> Iterator[str]:
    parts = entity.split("|")
    if not any(map(is_pattern, parts)):
        yield entity
        return
    choices = [
        members(part, register, registers)
        for part, register in zip(parts, registers_of, strict=True)
    ]
    yield from ("|".join(chosen) for chosen in itertools.product(*choices))
