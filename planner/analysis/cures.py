"""Cures: single least changes that let a conflict's rules hold together, each solved on both sides.

The user's own entries give way first: a number of theirs is moved as little as is enough, or the
entry is taken back. Then the horizon, then the facts in the way, one at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from planner.analysis.bench import Say
from planner.analysis.entries import Entry, Number, horizon_of, moved, numbers_of, without
from planner.analysis.feasibility import Trial, Turn, turning
from planner.analysis.hurdles import Hurdle, hurdles_of
from planner.core.case import Case
from planner.core.errors import Conflict

Level = tuple[Number, float]


@dataclass
class Cure:
    """What gives way: entries (moved to a level, or taken back), the horizon, facts."""

    kind: str
    entries: dict[Entry, Level | None] = field(default_factory=dict)
    horizon: Level | None = None
    facts: list[tuple[Hurdle, float]] = field(default_factory=list)
    short: list[dict[str, Any]] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """Plain form: changes in words, and the levels just short of them that do not do."""
        changes = [_of_entry(e, at) for e, at in self.entries.items()]
        if self.horizon:
            changes.append(_change(self.horizon[0].name, "", *self.horizon))
        changes += [_change(h.words, h.where, h, level) for h, level in self.facts]
        return {"kind": self.kind, "changes": changes, "not_enough": self.short,
                "text": "; and ".join(c["text"] for c in changes)}  # fmt: skip


def applied(case: Case, cures: Iterable[Cure]) -> Case:
    """The case with all these changes. Raises ValueError when the scenario then makes no sense."""
    gone: list[Entry] = []
    for cure in cures:
        for hurdle, level in cure.facts:
            case = hurdle.at(case, level)
        for at in (*cure.entries.values(), cure.horizon):
            if at is not None:
                case = moved(case, *at)
        gone += [e for e, at in cure.entries.items() if at is None]
    return without(case, gone)


def attempt(trial: Trial, make: Callable[[], Case]) -> bool | None:
    """Whether a case that may not even be allowed has a plan."""
    try:
        made = make()
    except ValueError:
        return False
    return trial(made)


def of_entries(case: Case, group: Sequence[Entry], trial: Trial, tell: Say) -> Cure | None:
    """These entries moved, one after another, as little as is enough; None when nothing was."""
    cure = Cure("entries", dict.fromkeys(group))
    for entry in group:
        for number in numbers_of(case, entry):
            tell(f"how little must give way of {entry.words}")

            def works(level: float, e: Entry = entry, n: Number = number) -> bool | None:
                eased = Cure("entries", {**cure.entries, e: (n, level)})
                return attempt(trial, lambda: applied(case, [eased]))

            turn = _first(works, number, trial)
            if turn is not None:
                cure.entries[entry] = (number, turn.enough)
                cure.short.append({"what": entry.words, "level": turn.not_enough})
                break
    return cure if attempt(trial, lambda: applied(case, [cure])) is True else None


def of_horizon(case: Case, trial: Trial, tell: Say) -> list[Cure]:
    """A longer horizon, where that alone is enough: a fab begun late has to come into use."""
    number = horizon_of(case)
    tell("whether a longer horizon is enough")

    def works(level: float) -> bool | None:
        return attempt(trial, lambda: moved(case, number, level))

    turn = _first(works, number, trial)
    if turn is None:
        return []
    short = [{"what": number.name, "level": turn.not_enough}]
    return [Cure("horizon", horizon=(number, turn.enough), short=short)]


def of_facts(
    case: Case, told: Conflict, entries: Sequence[Entry], trial: Trial, tell: Say
) -> list[Cure]:
    """Each fact in the way, moved alone as little as is enough."""
    found = []
    for hurdle in hurdles_of(case, told, entries):
        if trial.left() <= 0:
            break
        tell(f"whether {hurdle.words} alone could cure it")

        def works(level: float, h: Hurdle = hurdle) -> bool | None:
            return trial(h.at(case, level))

        turn = _first(works, hurdle, trial)
        if turn is not None:
            short = [{"what": hurdle.words, "level": turn.not_enough}]
            found.append(Cure("fact", facts=[(hurdle, turn.enough)], short=short))
    return found


def _first(
    works: Callable[[float], bool | None], number: Number | Hurdle, trial: Trial
) -> Turn | None:
    """The turn towards the first end that works, while the time lasts."""
    for end in number.ends:
        if trial.left() > 0 and (turn := turning(works, number.now, end, whole=number.whole)):
            return turn
    return None


def _of_entry(entry: Entry, at: Level | None) -> dict[str, Any]:
    if at is None:
        return {"what": entry.words, "where": entry.where, "now": None, "to": None, "unit": "",
                "text": f"take back {entry.text}"}  # fmt: skip
    return _change(f"{at[0].name} in '{entry.words}'", entry.where, *at)


def _change(what: str, where: str, number: Number | Hurdle, level: float) -> dict[str, Any]:
    dated = number.unit == "year"
    verb = "move" if dated else "raise" if level > number.now else "lower"
    unit = "" if dated else number.unit
    place = f" ({where})" if where else ""
    text = f"{verb} {what} from {number.now:g} to {level:g} {unit}".rstrip() + place
    return {"what": what, "where": where, "now": number.now, "to": level, "unit": unit,
            "text": text}  # fmt: skip
