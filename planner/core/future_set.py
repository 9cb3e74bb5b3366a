"""A set of futures made from the yearly chances of events, in place of the ones in the data.

    enumerated   the most likely histories with exact chances; the rest is reported as left out
    lhs          Latin hypercube: every event and year in layers over the draws, correlation kept
    random       independent draws
then, where asked, fewer futures by fast forward selection, with the distance to the full set.

The made futures take the place of the register `futures` and the facts `future.probability_pct`,
so the model, the run folder and every analysis see them like those of the data. How they were made
stands in the register `future_set`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from planner.core.case import Case, Fact, Record
from planner.core.effects import effects
from planner.core.enumeration import most_likely
from planner.core.histories import Hazards, History, draw, event_of, hazards, merged
from planner.core.reduction import Reduced, distances_between, forward_selection
from planner.core.scenario import FutureSet
from planner.core.severity import levelled, with_levels

MADE = "future_set"
"""Register that says how the futures of a case were made; one row, `made`."""
LARGEST = 4000
"""Most distinct futures that can be reduced: distances between all pairs are held at once."""


@dataclass(frozen=True)
class Made:
    """A set of futures: history -> chance (they add to 1), and how it came about.

    left_out: chance the enumeration did not cover. distinct: futures before reduction. reduced:
    what the reduction did, None without one. before: event -> chance that it comes within the
    horizon in the full set; after: the same in the set kept.
    """

    chances: dict[History, float]
    left_out: float
    distinct: int
    reduced: Reduced | None
    before: dict[str, float]
    after: dict[str, float]


def make_futures(case: Case, asked: FutureSet) -> Made:
    """Futures from the events of a case. Raises InputError (unknown event, too many futures)."""
    hazard = hazards(case, asked.events)
    left_out = 0.0
    if asked.method == "enumerated":
        found = most_likely(hazard, asked.number)
        left_out = found.left_out
        covered = sum(found.chances.values())
        full = {history: p / covered for history, p in found.chances.items()}
    else:
        layers = asked.method == "lhs"
        drawn = draw(hazard, asked.number, asked.seed, layers=layers)
        if asked.severity == "range":
            drawn, case = levelled(drawn, asked.seed), with_levels(case)
        full = merged(hazard, drawn)
    before = _coming(hazard, full)
    if not 0 < asked.keep < len(full):
        return Made(full, left_out, len(full), None, before, before)
    kept, reduced = _fewer(case, hazard, full, asked.keep)
    return Made(kept, left_out, len(full), reduced, before, _coming(hazard, kept))


def _fewer(
    case: Case, hazard: Hazards, full: dict[History, float], keep: int
) -> tuple[dict[History, float], Reduced]:
    if len(full) > LARGEST:
        from planner.core.errors import InputError, Issue

        text = f"{len(full)} different futures; at most {LARGEST} can be reduced"
        raise InputError([Issue("error", "E214", "future_set", "number", text)])
    histories = list(full)
    far = distances_between(effects(case, hazard, histories))
    reduced = forward_selection(np.array(list(full.values())), far, keep)
    pairs = zip(reduced.kept, reduced.chances, strict=True)
    return {histories[n]: p for n, p in pairs if p > 0}, reduced


def _coming(hazard: Hazards, chances: dict[History, float]) -> dict[str, float]:
    """Event -> chance that it comes at least once."""
    return {
        event: sum(
            p for history, p in chances.items() if event in {event_of(e) for e, _ in history}
        )
        for event in hazard.events
    }


def with_made_futures(case: Case) -> Case:
    """The case with the futures its scenario asks to be made; unchanged when it asks for none."""
    asked = case.scenario.future_set
    if asked is None:
        return case
    made = make_futures(case, asked)
    if asked.severity == "range":
        case = with_levels(case)
    ordered = sorted(made.chances.items(), key=lambda pair: (-pair[1], pair[0]))
    rows: dict[str, Record] = {}
    heavy = _weights(case, asked)
    facts = [f for f in case.facts if f.table != "future"]
    for number, (history, chance) in enumerate(ordered, start=1):
        name = f"f{number:0{len(str(len(ordered)))}d}"
        rows[name] = _row(case, name, history, heavy)
        facts.append(_fact(name, 100 * chance, asked))
    facts.sort(key=lambda f: (f.table, f.entity, f.parameter, f.period or 0))
    registers = {**case.registers, "futures": rows, MADE: {"made": _summary(made, asked)}}
    return case.replace(registers=registers, facts=tuple(facts))


def _weights(case: Case, asked: FutureSet) -> dict[str, float]:
    """Event -> how much it moves, so that a future is named after what matters in it."""
    hazard = hazards(case, asked.events)
    rows = effects(case, hazard, [((e, hazard.periods[0]),) for e in hazard.events])
    return dict(zip(hazard.events, np.abs(rows).sum(axis=1).tolist(), strict=True))


def _row(case: Case, name: str, history: History, heavy: Mapping[str, float]) -> Record:
    first = sorted(history, key=lambda pair: (-heavy[event_of(pair[0])], pair[1]))
    shown = [f"{case.name('events', e)} {y}" for e, y in first]
    printed = ", ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")
    return {
        "id": name,
        "name": printed or "Nothing happens",
        "events": ";".join(f"{e}@{y}" for e, y in history),
        "note": "Made from the yearly chances of the events",
    }


def _fact(name: str, percent: float, asked: FutureSet) -> Fact:
    note = f"Made from the yearly chances of the events: {asked.method}, {asked.number} asked"
    return Fact(
        "future", name, "probability_pct", None, percent, percent, percent, "%", "",
        "own-estimate", "D", note,
    )  # fmt: skip


def _summary(made: Made, asked: FutureSet) -> Record:
    reduced = made.reduced
    row = {
        "id": "made",
        "method": asked.method,
        "asked": str(asked.number),
        "seed": str(asked.seed),
        "severity": asked.severity,
        "distinct": str(made.distinct),
        "kept": str(len(made.chances)),
        "left_out_pct": f"{100 * made.left_out:.6g}",
        "distance_periods_of_output": f"{reduced.distance:.6g}" if reduced else "0",
        "relative_distance_pct": f"{100 * reduced.relative:.6g}" if reduced else "0",
    }
    pairs = itertools.chain.from_iterable(
        ((f"full_pct:{e}", made.before[e]), (f"kept_pct:{e}", made.after[e])) for e in made.before
    )
    return row | {name: f"{100 * p:.6g}" for name, p in pairs}
