"""The data dictionary: what every column and fact is, its unit, range and what it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.core.errors import InputError, Issue, did_you_mean
from planner.inputs.files import read_table

FACT_KINDS = ("constant", "step", "linear")
KINDS = (*FACT_KINDS, "choice", "id", "list", "number", "ref", "text")
COLUMNS = (
    "table", "column", "kind", "unit", "default", "low", "high", "refers_to", "required", "doc",
)  # fmt: skip


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


def read_dictionary(root: Path) -> Dictionary:
    """Read `dictionary.csv` of a data folder. Raises InputError when it is not as shipped.

    Its words are taken as right: it is part of the planner, not of what users write.
    """
    issues: list[Issue] = []
    table = read_table(root / "dictionary.csv", "data/dictionary.csv", COLUMNS, issues)
    if not issues:
        issues.extend(issue for line, row in table.rows for issue in _wrong_words(line, row))
    if issues:
        raise InputError(issues)
    return Dictionary(tuple(_entry(row) for _, row in table.rows))


def _wrong_words(line: int, row: dict[str, str]) -> Iterator[Issue]:
    """Tables and columns become names of files and keys, so they are plain words."""
    where = f"data/dictionary.csv:{line}"
    for column in ("table", "column"):
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", row[column]):
            text = f"'{row[column][:60]}' is not a plain lower-case word"
            yield Issue("error", "E109", where, column, text)
    if row["kind"] not in KINDS:
        hint = did_you_mean(row["kind"], KINDS)
        yield Issue("error", "E109", where, "kind", f"unknown kind '{row['kind'][:60]}'", hint)


def _entry(row: dict[str, str]) -> Entry:
    choice = row["kind"] == "choice"
    return Entry(
        table=row["table"],
        column=row["column"],
        kind=row["kind"],
        unit=row["unit"],
        default=_number(row["default"]),
        low=None if choice else _number(row["low"]),
        high=None if choice else _number(row["high"]),
        choices=tuple(row["low"].split("|")) if choice else (),
        refers_to=tuple(part for part in row["refers_to"].split("|") if part),
        required=row["required"] == "yes",
        doc=row["doc"],
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
