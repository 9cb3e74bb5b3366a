"""The data dictionary: what every column and fact is, its unit, range and what it refers to."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from planner.core.errors import Issue, did_you_mean
from planner.inputs.files import read_table

COLUMNS = (
    "table", "column", "kind", "unit", "default", "low", "high", "refers_to", "required", "doc",
)  # fmt: skip
FACT_KINDS = ("constant", "step", "linear")
KINDS = ("id", "text", "ref", "list", "choice", "number", *FACT_KINDS)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of dictionary.csv. `choices` holds the allowed words of a choice column."""

    table: str
    column: str
    kind: str
    unit: str
    default: float | None
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    refers_to: tuple[str, ...]
    required: bool
    doc: str

    @property
    def name(self) -> str:
        """`table.column`."""
        return f"{self.table}.{self.column}"

    @property
    def span(self) -> str:
        """Allowed range in words, with the unit."""
        low = "" if self.low is None else f"{self.low:g} to "
        high = "any size" if self.high is None else f"{self.high:g}"
        return f"{low}{high} {self.unit}".strip()

    def allows(self, value: float) -> bool:
        """Whether a number lies in the range."""
        low = -math.inf if self.low is None else self.low
        return low <= value <= (math.inf if self.high is None else self.high)


@dataclass(frozen=True)
class Dictionary:
    """All entries, registers and fact tables apart."""

    entries: tuple[Entry, ...]

    def facts(self) -> dict[str, dict[str, Entry]]:
        """Fact table -> parameter -> entry."""
        found: dict[str, dict[str, Entry]] = {}
        for entry in self.entries:
            if entry.kind in FACT_KINDS:
                found.setdefault(entry.table, {})[entry.column] = entry
        return found

    def registers(self) -> dict[str, dict[str, Entry]]:
        """Register -> column -> entry."""
        found: dict[str, dict[str, Entry]] = {}
        for entry in self.entries:
            if entry.kind not in FACT_KINDS:
                found.setdefault(entry.table, {})[entry.column] = entry
        return found

    def kinds(self) -> dict[str, str]:
        """`table.parameter` -> constant | step | linear."""
        return {e.name: e.kind for e in self.entries if e.kind in FACT_KINDS}

    def defaults(self) -> dict[str, float]:
        """`table.parameter` -> value when no row is there."""
        facts = (e for e in self.entries if e.kind in FACT_KINDS)
        return {e.name: e.default for e in facts if e.default is not None}


def read_dictionary(root: Path, issues: list[Issue]) -> Dictionary:
    """Read `dictionary.csv` of a data folder; empty when it cannot be read."""
    entries = []
    table = read_table(root / "dictionary.csv", "data/dictionary.csv", COLUMNS, issues)
    for line, row in table.rows:
        if row["kind"] in KINDS:
            entries.append(_entry(row))
        else:
            hint = did_you_mean(row["kind"], KINDS)
            text = f"unknown kind '{row['kind']}'"
            issues.append(Issue("error", "E115", f"{table.where}:{line}", "kind", text, hint))
    return Dictionary(tuple(entries))


def parse_number(text: str) -> float | None:
    """A finite number written in plain digits, or None."""
    value = float(text) if NUMBER.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


def _entry(row: dict[str, str]) -> Entry:
    choice = row["kind"] == "choice"
    return Entry(
        table=row["table"],
        column=row["column"],
        kind=row["kind"],
        unit=row["unit"],
        default=parse_number(row["default"]),
        low=None if choice else parse_number(row["low"]),
        high=None if choice else parse_number(row["high"]),
        choices=tuple(row["low"].split("|")) if choice else (),
        refers_to=tuple(part for part in row["refers_to"].split("|") if part),
        required=row["required"] == "yes",
        doc=row["doc"],
    )
