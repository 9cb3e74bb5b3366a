"""Entries: the rules a user wrote into a scenario, one by one, each of which can be taken back.

An entry is a pin, a forbidden place, the list of allowed places, one item of a concept's list (a
floor on a country, say) or one option of a concept. Its numbers can also be moved; `moved` does so,
`without` takes whole entries back. Figures that say how the world is (facts) are not entries.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from planner.core.case import Case
from planner.core.scenario import Scenario
from planner.model.catalogue import option_schemas

Path = tuple[str | int, ...]
SITES = ("only", "forbid", "pin")
FURTHEST = 10.0
"""How many times as large a number is made at most when nothing else says where it ends."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule of a scenario: where it stands there, in words, and `file:line` when known."""

    path: Path
    words: str
    where: str = ""

    @property
    def text(self) -> str:
        """Words with the place they were written."""
        return f"{self.words} ({self.where})" if self.where else self.words


@dataclass(frozen=True, slots=True)
class Number:
    """A number of an entry and how far it may be moved, most natural end first."""

    path: Path
    name: str
    now: float
    ends: tuple[float, ...]
    whole: bool
    unit: str


def entries_of(scenario: Scenario, origin: Mapping[Path, str] | None = None) -> tuple[Entry, ...]:
    """Every entry of a scenario that differs from saying nothing, in the order of the file."""
    found: list[Entry] = []
    rules = scenario.sites
    if rules.only:
        found.append(Entry(("sites", "only"), f"sites.only: {', '.join(rules.only)}"))
    found += [
        Entry(("sites", "forbid", n), f"sites.forbid: {place}")
        for n, place in enumerate(rules.forbid)
    ]
    for n, pin in enumerate(rules.pin):
        words = f"sites.pin: {pin.modules} module(s) of {pin.product or 'any class'} at {pin.site}"
        found.append(Entry(("sites", "pin", n), words + (f" by {pin.by}" if pin.by else "")))
    for concept, options in scenario.concepts.items():
        found += _of_concept(concept, options)
    return tuple(replace(e, where=_line(e.path, origin or {})) for e in found)


def _of_concept(concept: str, options: Mapping[str, Any]) -> list[Entry]:
    fields = option_schemas()[concept].model_fields
    found: list[Entry] = []
    for name, value in options.items():
        path: Path = ("concepts", concept, name)
        if name == "on" or value == fields[name].default:
            continue
        if isinstance(value, list | tuple):
            found += [
                Entry((*path, n), f"{'.'.join(map(str, path))}: {_said(item)}")
                for n, item in enumerate(value)
            ]
        else:
            found.append(Entry(path, f"{'.'.join(map(str, path))}: {_said(value)}"))
    return found


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {_said(v)}" for k, v in value.items() if v not in (None, (), []))
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _line(path: Path, origin: Mapping[Path, str]) -> str:
    """`file:line` of an entry, or of the nearest block around it that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in origin:
            return origin[path[:length]]
    return ""


def without(case: Case, gone: Collection[Entry]) -> Case:
    """The case with these entries taken back. Raises ValueError when what is left makes no sense.

    A concept option goes back to its default.
    """
    data = case.scenario.model_dump()
    for entry in sorted(gone, key=lambda e: tuple(map(str, e.path)), reverse=True):
        holder: Any = data
        for part in entry.path[:-1]:
            holder = holder[part]
        if entry.path == ("sites", "only"):
            holder["only"] = ()
        elif isinstance(entry.path[-1], int):
            _hole(data, entry.path)
        else:
            del holder[entry.path[-1]]
    return case.replace(scenario=Scenario.model_validate(_filled(data)))


class _Gone:
    """Stands where an item of a list was, so that the others keep their places meanwhile."""


def _hole(data: dict[str, Any], path: Path) -> None:
    holder: Any = data
    for part in path[:-2]:
        holder = holder[part]
    items = list(holder[path[-2]])
    items[int(path[-1])] = _Gone
    holder[path[-2]] = items


def _filled(value: Any) -> Any:
    """The same data with the holes closed."""
    if isinstance(value, dict):
        return {k: _filled(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(v) for v in value if v is not _Gone]
    return value


def numbers_of(case: Case, entry: Entry) -> tuple[Number, ...]:
    """The numbers of an entry that could be moved."""
    data: Any = case.scenario.model_dump()
    for part in entry.path:
        data = data[part]
    if entry.path[:2] == ("sites", "pin"):
        return _of_pin(case, entry.path, data)
    default: Any = None
    if len(entry.path) == 3 and entry.path[0] == "concepts":
        default = option_schemas()[str(entry.path[1])].model_fields[str(entry.path[2])].default
    if isinstance(data, Mapping):
        parts = [((*entry.path, name), value, None) for name, value in data.items()]
    else:
        parts = [(entry.path, data, default)]
    return tuple(made for path, value, back in parts if (made := _number(case, path, value, back)))


def _of_pin(case: Case, path: Path, pin: Mapping[str, Any]) -> tuple[Number, ...]:
    found = []
    if pin["modules"] > 1:
        found.append(Number((*path, "modules"), "modules", pin["modules"], (1.0,), True, "modules"))
    h = case.scenario.horizon
    last = h.start + (h.periods - 1) * h.years_per_period
    if pin["by"] is not None and pin["by"] < last:
        found.append(Number((*path, "by"), "by", pin["by"], (last,), True, "year"))
    return tuple(found)


def _number(case: Case, path: Path, value: Any, back: Any) -> Number | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    now, name = float(value), str(path[-1])
    dated = name in ("since", "from", "until", "by")
    if dated:  # later, or earlier
        h = case.scenario.horizon
        ends = [float(h.start + h.periods * h.years_per_period), float(h.start)]
    else:
        ends = [0.0, FURTHEST * now] if now else [1.0, 100.0]
        if isinstance(back, int | float) and not isinstance(back, bool):
            ends = [float(back), *ends]
    usable = tuple(end for end in dict.fromkeys(ends) if end != now)
    unit = "year" if dated else _unit(path)
    return Number(path, name, now, usable, isinstance(value, int), unit) if usable else None


def horizon_of(case: Case) -> Number:
    """The length of the horizon: no rule of the user's, but what a fab needs to come into use."""
    periods = case.scenario.horizon.periods
    ends = (float(min(40, 2 * periods + 2)),)
    return Number(("horizon", "periods"), "horizon.periods", periods, ends, True, "periods")


def _unit(path: Path) -> str:
    """Unit of an option by its own name: units live in names."""
    for ending, unit in (("_pct", "%"), ("_kwpm", "kwpm"), ("_usd_bn", "USD bn"),
                         ("_usd_bn_per_year", "USD bn a year"), ("_years", "years")):  # fmt: skip
        if str(path[-1]).endswith(ending):
            return unit
    return ""


def moved(case: Case, number: Number, level: float) -> Case:
    """The case with one number of an entry at another level. Raises ValueError when not allowed."""
    data = case.scenario.model_dump()
    holder: Any = data
    for part in number.path[:-1]:
        inner = holder[part]
        if isinstance(inner, tuple):
            inner = holder[part] = list(inner)
        holder = inner
    holder[number.path[-1]] = round(level) if number.whole else level
    return case.replace(scenario=Scenario.model_validate(data))
