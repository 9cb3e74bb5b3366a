"""What still stands of a scenario with problems, so that one reading finds all of them.

A field that is wrong in itself is told by its schema; here it is taken out, and the rest goes on to
be held against the data. What is left is never solved, only checked.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from planner.core.options import Options
from planner.core.scenario import Scenario

ROUNDS = 5
"""A field taken out may bring up another (an override without a value); a few rounds end that."""
NAMES = ("table", "entity", "parameter")


def standing_part(
    data: Mapping[str, Any], schemas: Mapping[str, type[Options]]
) -> tuple[Scenario | None, frozenset[int]]:
    """The scenario without what is wrong in itself, and the overrides whose change is not known.

    None where nothing to check is left.
    """
    left = copy.deepcopy(dict(data))
    if isinstance(left.get("concepts"), dict):
        left["concepts"] = _options(left["concepts"], schemas)
    vague: set[int] = set()
    for _ in range(ROUNDS):
        try:
            return Scenario.model_validate(left), frozenset(vague)
        except ValidationError as error:
            for item in error.errors():
                _take_out(left, tuple(item["loc"]), vague)
    return None, frozenset()


def _options(
    concepts: Mapping[str, Any], schemas: Mapping[str, type[Options]]
) -> dict[str, dict[str, Any]]:
    """Options by concept without those their schema refuses."""
    return {
        name: _sound_options(schemas[name], given)
        for name, given in concepts.items()
        if name in schemas and isinstance(given, dict)
    }


def _sound_options(schema: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    left = dict(given)
    for _ in range(ROUNDS):
        try:
            schema.model_validate(left)
        except ValidationError as error:
            named = [item["loc"][0] for item in error.errors() if item["loc"]]
            if not named:  # options that do not go together: none of them can be trusted
                return {}
            left = {k: v for k, v in left.items() if k not in named}
        else:
            return left
    return {}


def _take_out(left: dict[str, Any], location: tuple[Any, ...], vague: set[int]) -> None:
    """Remove what a schema refuses; an override stays by its names, with a change of nothing."""
    first = location[0] if location else ""
    if first == "name":
        left["name"] = "none"
        return
    if first == "overrides" and _stand_in(left.get("overrides"), location[1:], vague):
        return
    if not location:  # the whole: what its own check says is about the branch dates
        left.pop("stages", None)
        return
    _cut(left, location)


def _cut(left: dict[str, Any], location: tuple[Any, ...]) -> None:
    """Remove a field; where it is missing, or an item of a list, what it belongs to."""
    holders: list[tuple[dict[str, Any], str]] = []
    holder: Any = left
    for part in location:
        if isinstance(holder, dict):
            if part not in holder:
                break
            holders.append((holder, part))
        elif not isinstance(holder, list) or not isinstance(part, int) or part >= len(holder):
            break
        holder = holder[part]
    else:
        if isinstance(location[-1], str):
            owner, key = holders[-1]
            del owner[key]
            return
    lists = [(owner, key) for owner, key in holders if isinstance(owner[key], list)]
    for owner, key in (lists or holders)[-1:]:  # none: an earlier problem took it out already
        del owner[key]


def _stand_in(overrides: Any, location: tuple[Any, ...], vague: set[int]) -> bool:
    """Put an override in its place that names the same fact; False where it names none."""
    number = location[0] if location else None
    if not isinstance(overrides, list) or not isinstance(number, int):
        return False
    given = overrides[number]
    names = {key: given.get(key) for key in NAMES} if isinstance(given, dict) else {}
    if not names or not all(isinstance(name, str) for name in names.values()):
        return False
    change = {
        key: given[key]
        for key in ("value", "factor")
        if isinstance(given.get(key), int | float) and not isinstance(given[key], bool)
    }
    if len(change) != 1:
        change = {"factor": 1.0}
        vague.add(number)
    overrides[number] = {**names, **change, "reason": "stands in"}
    return True
