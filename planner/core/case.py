"""The frozen question plus the frozen evidence: `Case`, and the narrow `CaseView` a concept sees.

value(table.parameter, entity, year)    constant: the one value
                                        step:     the last value at or before the year
                                        linear:   straight line between the years given
"""

from __future__ import annotations

import bisect
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from planner.core.errors import ModelError
from planner.core.scenario import Scenario

if TYPE_CHECKING:
    from planner.core.sets import Sets


@dataclass(frozen=True, slots=True)
class Fact:
    """One number with unit, range, source and grade. `period` is None for constants."""

    table: str
    entity: str
    parameter: str
    period: int | None
    value: float
    low: float
    high: float
    unit: str
    price_year: str
    source: str
    grade: str
    note: str = ""
    where: str = ""

    @property
    def key(self) -> tuple[str, str, str, int | None]:
        """What makes the fact unique."""
        return (self.table, self.entity, self.parameter, self.period)

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources it rests on; the cell parts them by `;`."""
        return tuple(part.strip() for part in self.source.split(";") if part.strip())


Record = Mapping[str, str]
"""One row of a register: column -> text as written."""


@dataclass(frozen=True)
class Case:
    """Everything a solve depends on.

    registers: name -> id -> row, in file order (sites, products, …).
    facts: every number, overrides applied.
    kinds: `table.parameter` -> constant | step | linear; defaults: value when no row is there.
    """

    scenario: Scenario
    registers: Mapping[str, Mapping[str, Record]]
    facts: tuple[Fact, ...]
    kinds: Mapping[str, str]
    defaults: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, Record] = field(default_factory=dict)
    overridden: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all inputs in canonical form."""
        scenario = self.scenario.model_dump(mode="json")
        if scenario["future_set"] is None:  # so runs from before it came keep their digest
            del scenario["future_set"]
        payload = {
            "scenario": scenario,
            "registers": {
                n: [dict(r) for r in rows.values()] for n, rows in self.registers.items()
            },
            "facts": [[*f.key, f.value, f.low, f.high, f.unit, f.source] for f in self.facts],
        }
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def index(self) -> Mapping[str, Mapping[str, tuple[tuple[int, ...], tuple[float, ...]]]]:
        """`table.parameter` -> entity -> (years, values), years ascending (0 for constants)."""
        raw: dict[str, dict[str, list[tuple[int, float]]]] = {}
        for fact in self.facts:
            by_entity = raw.setdefault(f"{fact.table}.{fact.parameter}", {})
            by_entity.setdefault(fact.entity, []).append((fact.period or 0, fact.value))
        return {
            name: {
                entity: tuple(zip(*sorted(points), strict=True))  # type: ignore[misc]
                for entity, points in entities.items()
            }
            for name, entities in raw.items()
        }

    @cached_property
    def tables(self) -> frozenset[str]:
        """Fact tables that hold at least one row."""
        return frozenset(f.table for f in self.facts)

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str, str, int | None], Fact]:
        """Fact by its key."""
        return {f.key: f for f in self.facts}

    @cached_property
    def _known(self) -> dict[tuple[str, tuple[str, ...], float | None], float]:
        """Values asked for before: a model asks for the same ones hundreds of times."""
        return {}

    @cached_property
    def _lists(self) -> dict[tuple[str, str, str], tuple[str, ...]]:
        """List cells split before."""
        return {}

    def value(self, name: str, *entity: str, year: float | None = None) -> float:
        """Value of `table.parameter` for an entity (parts are joined by `|`).

        Raises ModelError when the number is neither in the data nor has a default.
        """
        key = (name, entity, year)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._value(name, entity, year)
        return found

    def _value(self, name: str, entity: tuple[str, ...], year: float | None) -> float:
        points = self.index.get(name, {}).get("|".join(entity))
        if points is None:
            if name in self.defaults:
                return self.defaults[name]
            msg = f"no value for {name} of '{'|'.join(entity)}' and no default"
            raise ModelError(msg)
        years, values = points
        kind = self.kinds.get(name, "constant")
        if kind == "constant" or (len(years) == 1 and kind == "linear"):
            return values[0]
        if year is None:
            msg = f"{name} depends on the year, none was asked for"
            raise ModelError(msg)
        at = bisect.bisect_right(years, year) - 1
        if kind == "step":
            return values[at] if at >= 0 else self.defaults.get(name, 0.0)
        if at < 0:
            return values[0]
        if at >= len(years) - 1:
            return values[-1]
        share = (year - years[at]) / (years[at + 1] - years[at])
        return values[at] + share * (values[at + 1] - values[at])

    def has(self, name: str, *entity: str) -> bool:
        """Whether the data hold a row (a default does not count)."""
        return "|".join(entity) in self.index.get(name, {})

    def entities(self, name: str) -> tuple[str, ...]:
        """Entities that have a row for `table.parameter`, in order of their names."""
        return tuple(sorted(self.index.get(name, {})))

    def ids(self, register: str) -> tuple[str, ...]:
        """Ids of a register in file order; empty if it is not there."""
        return tuple(self.registers.get(register, {}))

    def text(self, register: str, row: str, column: str) -> str:
        """Cell of a register."""
        return self.registers[register][row].get(column, "")

    def items(self, register: str, row: str, column: str) -> tuple[str, ...]:
        """List cell of a register."""
        key = (register, row, column)
        found = self._lists.get(key)
        if found is None:
            cell = self.text(register, row, column)
            found = tuple(part.strip() for part in cell.split(";") if part.strip())
            self._lists[key] = found
        return found

    def name(self, register: str, row: str) -> str:
        """Printed name of a row, its id when it has none."""
        return self.registers.get(register, {}).get(row, {}).get("name") or row

    def replace(self, **changes: Any) -> Case:
        """Copy with other scenario, facts or registers."""
        from dataclasses import replace

        return replace(self, **changes)

    @staticmethod
    def from_tables(
        sites: Any, customers: Any, costs: Any, *, name: str = "tables", **kw: Any
    ) -> Case:
        """Plain facility-location case from DataFrames; see `planner.core.plain`."""
        from planner.core.plain import case_from_tables

        return case_from_tables(sites, customers, costs, name=name, **kw)


class CaseView:
    """What one concept may see: the sets, the registers, and only the facts it declares."""

    def __init__(self, case: Case, sets: Sets, reads: Iterable[str], concept: str = "") -> None:
        self._case = case
        self._reads = frozenset(reads)
        self._concept = concept
        self._means: dict[tuple[str, tuple[str, ...], int], float] = {}
        self.sets = sets
        self.asked: set[str] = set()

    def _allowed(self, name: str) -> None:
        if name not in self._reads:
            msg = f"concept '{self._concept}' reads {name} without declaring it in READS"
            raise ModelError(msg)

    def value(self, name: str, *entity: str, year: float | None = None) -> float:
        """As `Case.value`, for declared facts only."""
        self._allowed(name)
        return self._case.value(name, *entity, year=year)

    def mean(self, name: str, *entity: str, period: int) -> float:
        """Mean over the years of a period; kept, for models ask for the same ones per state."""
        key = (name, entity, period)
        found = self._means.get(key)
        if found is None:
            self._allowed(name)
            years = self.sets.years(period)
            found = sum(self._case.value(name, *entity, year=y) for y in years) / len(years)
            self._means[key] = found
        return found

    def has(self, name: str, *entity: str) -> bool:
        """As `Case.has`, for declared facts only."""
        self._allowed(name)
        return self._case.has(name, *entity)

    def entities(self, name: str) -> tuple[str, ...]:
        """As `Case.entities`, for declared facts only."""
        self._allowed(name)
        return self._case.entities(name)

    def ids(self, register: str) -> tuple[str, ...]:
        """Ids of a register."""
        return self._case.ids(register)

    def text(self, register: str, row: str, column: str) -> str:
        """Cell of a register."""
        return self._case.text(register, row, column)

    def items(self, register: str, row: str, column: str) -> tuple[str, ...]:
        """List cell of a register."""
        return self._case.items(register, row, column)

    @property
    def scenario(self) -> Scenario:
        """The scenario; which of its fields are looked at is noted in `asked`."""
        return cast("Scenario", _Noted(self._case.scenario, self.asked))


class _Noted:
    """A scenario that notes which of its fields are looked at."""

    def __init__(self, scenario: Scenario, asked: set[str]) -> None:
        self._scenario, self._asked = scenario, asked

    def __getattr__(self, field: str) -> Any:
        """Field of the scenario."""
        self._asked.add(field)
        return getattr(self._scenario, field)
