"""What single cells cannot show: missing facts, chances that do not add up, events and years."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from planner.core.case import Fact, Record
from planner.core.errors import Issue, did_you_mean
from planner.inputs.dictionary import Dictionary, Entry

PARTIAL = ("existing", "preference", "opening", "lane_site", "ramp")
"""Tables that need not have a row for every combination of their entities."""
Known = Mapping[str, Mapping[str, Record]]


def check_coherence(dictionary: Dictionary, registers: Known, facts: Iterable[Fact]) -> list[Issue]:
    """Problems across rows and tables."""
    some = list(facts)
    issues = _missing(dictionary, registers, some)
    issues += _chances(registers, some)
    issues += _futures(registers)
    issues += _ramps(registers, some)
    return issues


def _missing(dictionary: Dictionary, registers: Known, facts: list[Fact]) -> list[Issue]:
    """Required facts without a row."""
    have = {(f.table, f.parameter, f.entity) for f in facts}
    issues = []
    for table, parameters in dictionary.facts().items():
        if table in PARTIAL:
            continue
        for entry in (e for e in parameters.values() if e.required):
            for entity in _entities(entry, registers):
                if (table, entry.column, entity) not in have:
                    message = f"no value [{entry.unit}]: {entry.doc}"
                    field = f"{entity}.{entry.column}"
                    where = f"data/facts/{table}.csv"
                    issues.append(Issue("error", "E130", where, field, message))
    return issues


def _entities(entry: Entry, registers: Known) -> list[str]:
    parts = [
        list(registers.get(r, {})) or ([r] if r in ("firm", "world") else [])
        for r in entry.refers_to
    ]
    return ["|".join(combination) for combination in itertools.product(*parts)]


def _chances(registers: Known, facts: list[Fact]) -> list[Issue]:
    chances = [f for f in facts if f.table == "future" and f.parameter == "probability_pct"]
    total = sum(f.value for f in chances)
    if registers.get("futures") and abs(total - 100) > 1e-6:
        message = f"the chances of the futures add to {total:g} %, not 100 %"
        where = "data/facts/future.csv"
        return [Issue("error", "E131", where, "probability_pct", message)]
    return []


def _futures(registers: Known) -> list[Issue]:
    """Events of futures: `event@year` with a known event and a year."""
    issues = []
    events = registers.get("events", {})
    for number, (future, row) in enumerate(registers.get("futures", {}).items(), start=2):
        where = f"data/entities/futures.csv:{number}"
        for item in (part.strip() for part in row.get("events", "").split(";") if part.strip()):
            event, _, year = item.partition("@")
            if event not in events:
                hint = did_you_mean(event, events)
                issues.append(
                    Issue("error", "E116", where, future, f"unknown event '{event}'", hint)
                )
            if not year.isdigit() or not 1980 <= int(year) <= 2100:
                message = f"'{item}' is not of the form event@year"
                issues.append(Issue("error", "E132", where, future, message))
    return issues


def _ramps(registers: Known, facts: list[Fact]) -> list[Issue]:
    """Every class needs ages 0, 1, 2 … without a hole."""
    ages: dict[str, set[int]] = {k: set() for k in registers.get("products", {})}
    for fact in facts:
        if fact.table == "ramp":
            product, age = fact.entity.split("|")
            ages.setdefault(product, set()).add(int(age))
    return [
        Issue("error", "E133", "data/facts/ramp.csv", k, "ages must run 0, 1, 2 … without a hole")
        for k, some in ages.items()
        if some != set(range(len(some))) or not some
    ]
