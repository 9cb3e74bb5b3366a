"""Events milder or more severe than their central figures, from the ranges of their facts.

    mild, central, severe   with chances 30, 40 and 30 %

severe takes of each effect the end of its range that moves more (a longer outage, a factor
farther from 1), mild the other; all effects of one event go together. The weights are Swanson's
rule for the 10, 50 and 90 % points of a spread (Hurst, Brown & Swanson, AAPG Bulletin 84 (2000)):
low and high of a fact are taken as such points, a judgement where they were not given as such.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.core.case import Case, Fact
from planner.core.histories import MARK, History

LEVELS = (("mild", 0.3), ("", 0.4), ("severe", 0.3))
"""Level and its chance; the central one bears no name."""
NEUTRAL = {"demand_factor": 1.0, "price_factor": 1.0}
CHANCE = "annual_probability_pct"
EFFECTS = (
    "capacity_loss_pct", "outage_months", "demand_factor", "price_factor", "tariff_add_pct",
    "grant_cut_pct", "repair_pct",
)  # fmt: skip


def with_levels(case: Case) -> Case:
    """The case with a mild and a severe variant of every event; nothing else changes."""
    rows = dict(case.registers.get("events", {}))
    if any(MARK in event for event in rows):
        return case
    facts = list(case.facts)
    for event, row in list(rows.items()):
        for level, _ in LEVELS:
            if level:
                name = f"{row.get('name') or event}, {level}"
                rows[f"{event}{MARK}{level}"] = {**row, "name": name}
    for fact in case.facts:
        if fact.table == "event" and fact.parameter in (*EFFECTS, CHANCE):
            facts += [_at(fact, level) for level, _ in LEVELS if level]
    facts.sort(key=lambda f: (f.table, f.entity, f.parameter, f.period or 0))
    return case.replace(registers={**case.registers, "events": rows}, facts=tuple(facts))


def _at(fact: Fact, level: str) -> Fact:
    if fact.parameter == CHANCE:  # the event itself bears the whole chance
        return replace(fact, entity=f"{fact.entity}{MARK}{level}", value=0.0, low=0.0)
    neutral = NEUTRAL.get(fact.parameter, 0.0)
    ends = sorted((fact.low, fact.high), key=lambda v: (abs(v - neutral), v))
    value = ends[1] if level == "severe" else ends[0]
    return replace(fact, entity=f"{fact.entity}{MARK}{level}", value=value)


def levelled(histories: list[History], seed: int) -> list[History]:
    """Histories in which every event has a level, drawn independently; the seed repeats it."""
    random = np.random.default_rng((seed, len(LEVELS)))
    names = [f"{MARK}{level}" if level else "" for level, _ in LEVELS]
    chances = [chance for _, chance in LEVELS]
    sizes = [len(history) for history in histories]
    drawn = iter(random.choice(len(LEVELS), size=sum(sizes), p=chances).tolist())
    return [
        tuple((f"{event}{names[next(drawn)]}", year) for event, year in history)
        for history in histories
    ]
