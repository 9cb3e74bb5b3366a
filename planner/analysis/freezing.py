"""Freezing: the case as it could be known in a month; what came later is taken out by its date.

    programmes, duties   rate 0 before the month they were known, then the rate of the time
    events               futures in which one happens that nobody spoke of are left out, the chances
                         of the others raised to 100 %
    plants abroad        capacity and plans 0 until announced
    outbound rule        off before it was passed
Costs, wages, prices and demand stay those of the data: no tables of the time exist, and the clock
of the horizon is not turned back. Sources: data/backtest/known.csv.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planner.core.case import Case, Fact
from planner.inputs.decisions import Known


def frozen(case: Case, known: Sequence[Known], month: str) -> tuple[Case, tuple[str, ...]]:
    """The case of a month (YYYY-MM, news of that month not included), and what was taken out."""
    rates, said = _rates(known, month)
    plants = {
        k.entity: k.since for k in known if k.table == "existing" and not k.since < month
    }  # its own announcement is not known yet
    unheard = {k.entity for k in known if k.table == "event" and not k.since < month}
    facts = [_fact(fact, rates, plants) for fact in case.facts]
    said += [f"plant at {site} (announced {since})" for site, since in sorted(plants.items())]
    registers = dict(case.registers)
    if unheard:
        registers["futures"] = {
            name: row
            for name, row in case.registers["futures"].items()
            if not any(part.split("@")[0] in unheard for part in row["events"].split(";"))
        }
        facts = _rescaled(facts, set(registers["futures"]))
        said += [f"futures with {name}" for name in sorted(unheard)]
    made = case.replace(facts=tuple(facts), registers=registers)
    if any(k.table == "outbound" and not k.since < month for k in known):
        said.append("outbound rule")
        made = made.replace(scenario=made.scenario.with_(concepts=_without_outbound(made)))
    return made, tuple(said)


def _rates(known: Sequence[Known], month: str) -> tuple[dict[tuple[str, str], float], list[str]]:
    """(table, entity) -> rate of the time, where it is not that of the data; and their words."""
    rates: dict[tuple[str, str], float] = {}
    said = []
    for table in ("programme", "tariff"):
        for entity in sorted({k.entity for k in known if k.table == table}):
            mine = sorted(
                (k for k in known if (k.table, k.entity) == (table, entity)), key=lambda k: k.since
            )
            before = [k for k in mine if k.since < month]
            if not before:
                rates[table, entity] = 0.0
                said.append(f"{table} {entity} (known from {mine[0].since})")
            elif before[-1].value is not None:
                rates[table, entity] = before[-1].value
                said.append(f"{table} {entity} at {before[-1].value:g} %")
    return rates, said


def _fact(fact: Fact, rates: dict[tuple[str, str], float], plants: dict[str, str]) -> Fact:
    if fact.parameter == "rate_pct" and (fact.table, fact.entity) in rates:
        return replace(fact, value=rates[fact.table, fact.entity])
    if fact.table == "existing" and fact.entity.split("|")[0] in plants:
        return replace(fact, value=0.0)
    return fact


def _rescaled(facts: list[Fact], left: set[str]) -> list[Fact]:
    """Chances of the futures that are left, raised to 100 % together."""
    mine = [f for f in facts if (f.table, f.parameter) == ("future", "probability_pct")]
    whole = sum(f.value for f in mine if f.entity in left)
    return [
        replace(f, value=100.0 * f.value / whole) if f.entity in left else f
        for f in facts
        if f.table != "future" or f.entity in left
    ]


def _without_outbound(case: Case) -> dict[str, dict[str, object]]:
    concepts = {name: dict(options) for name, options in case.scenario.concepts.items()}
    concepts["outbound"] = {**concepts.get("outbound", {}), "on": False}
    return concepts
