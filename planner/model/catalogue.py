"""The concepts that exist, in building order, and which of them take part in a case.

A file in `concepts/` is a concept when it has AFTER, NEEDS, READS, Options, build, check and money.
Order: every concept after those in its AFTER; ties by name. A concept takes part when its `on` is
yes and every fact table in NEEDS has rows. READS_MONEY = True says that it builds on the lines of
money booked before it (see `rebuild`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from planner.core.case import Case
from planner.core.errors import Issue, ModelError
from planner.core.options import Options
from planner.core.plan import Plan

Check = Callable[[Plan, Any, Options], Iterator[Issue]]
Recount = Callable[[Plan, Any, Options], Iterator[tuple[str, int, str, float]]]


@dataclass(frozen=True)
class Concept:
    """One file of `concepts/`, by its parts."""

    name: str
    module: ModuleType

    @property
    def after(self) -> tuple[str, ...]:
        """Concepts whose variables it may use."""
        return tuple(self.module.AFTER)

    @property
    def needs(self) -> tuple[str, ...]:
        """Fact tables without which it stays out."""
        return tuple(self.module.NEEDS)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Concepts whose decisions it is about: without one of them it has nothing to say."""
        return tuple(getattr(self.module, "RESTS_ON", ()))

    @property
    def reads(self) -> tuple[str, ...]:
        """Facts it is shown."""
        return tuple(dict.fromkeys(self.module.READS))

    @property
    def reads_money(self) -> bool:
        """Whether it builds on the lines of money booked before it."""
        return bool(getattr(self.module, "READS_MONEY", False))

    @property
    def options(self) -> type[Options]:
        """Its options class."""
        made: type[Options] = self.module.Options
        return made

    def chosen(self, case: Case) -> Options:
        """Its options as the scenario sets them."""
        return self.options.model_validate(case.scenario.concepts.get(self.name, {}))

    def active(self, case: Case) -> bool:
        """Whether it takes part in a case."""
        if not (self.chosen(case).on and set(self.needs) <= case.tables):
            return False
        return all(c.active(case) for c in concepts() if c.name in self.rests_on)


@cache
def concepts() -> tuple[Concept, ...]:
    """Every concept, in building order. Raises ModelError on a circle or an unknown name."""
    package = importlib.import_module("planner.model.concepts")
    found = {
        info.name: Concept(info.name, importlib.import_module(f"{package.__name__}.{info.name}"))
        for info in pkgutil.iter_modules(package.__path__)
        if not info.name.startswith("_")
    }
    ordered: list[Concept] = []
    waiting = dict(sorted(found.items()))
    while waiting:
        done = {c.name for c in ordered}
        ready = [c for c in waiting.values() if set(c.after) <= done]
        if not ready:
            msg = f"concepts wait for each other or for unknown ones: {sorted(waiting)}"
            raise ModelError(msg)
        ordered.append(ready[0])
        del waiting[ready[0].name]
    return tuple(ordered)


def active(case: Case) -> tuple[Concept, ...]:
    """Concepts that take part in a case, in building order."""
    return tuple(c for c in concepts() if c.active(case))


def option_schemas() -> Mapping[str, type[Options]]:
    """Concept name -> options class, for validation and for the documentation."""
    return {c.name: c.options for c in concepts()}


def rules(concept: Concept) -> tuple[str, ...]:
    """Rules named in the formulas on top of the file (`concept.rule[...]`)."""
    found = []
    for line in (concept.module.__doc__ or "").splitlines():
        text = line.strip()
        if text.startswith(f"{concept.name}.") and "[" in text:
            found.append(text.split("[", 1)[0])
    return tuple(dict.fromkeys(found))
