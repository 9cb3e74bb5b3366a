"""Registers and facts of a data folder, every cell held against the data dictionary."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from planner.core.case import Fact, Record
from planner.core.errors import Issue, did_you_mean
from planner.inputs.dictionary import Dictionary, Entry
from planner.inputs.files import parse_number, read_table
from planner.inputs.money import PRICE_YEAR, Money, UnknownMoneyError, read_money
from planner.inputs.patterns import is_pattern, problem, spread

Registers = dict[str, dict[str, Record]]
FACT_COLUMNS = (
    "entity", "parameter", "period", "value", "low", "high", "unit", "price_year", "source",
    "grade", "note",
)  # fmt: skip
FREE = ("world", "firm", "age")
"""What a fact may refer to without a register: one word, or a whole number of years."""


def read_registers(root: Path, dictionary: Dictionary, issues: list[Issue]) -> Registers:
    """Every register of a data folder, ids and references checked."""
    registers: Registers = {}
    lines: dict[tuple[str, str], str] = {}
    for name, columns in dictionary.registers().items():
        folder = {"sites": "places", "sources": "."}.get(name, "entities")
        path = root / folder / f"{name}.csv"
        where = f"data/{path.relative_to(root).as_posix()}"
        table = read_table(path, where, columns, issues)
        rows: dict[str, Record] = registers.setdefault(name, {})
        for line, row in table.rows:
            key = row.get("id", "")
            if not key:
                issues.append(Issue("error", "E110", f"{where}:{line}", "id", "no id"))
            elif key in rows:
                message = f"id '{key}' is there twice (first in line {lines[name, key]})"
                issues.append(Issue("error", "E111", f"{where}:{line}", "id", message))
            else:
                rows[key] = row
                lines[name, key] = str(line)
    for name, columns in dictionary.registers().items():
        for key, cells in registers[name].items():
            folder = {"sites": "places/", "sources": ""}.get(name, "entities/")
            where = f"data/{folder}{name}.csv:{lines[name, key]}"
            for entry in columns.values():
                _check_cell(where, entry, cells.get(entry.column, ""), (registers, issues))
    return registers


def _check_cell(  # noqa: C901 - one branch per kind of column
    where: str, entry: Entry, cell: str, into: tuple[Registers, list[Issue]]
) -> None:
    """One cell of a register."""
    registers, issues = into

    def say(code: str, message: str, hint: str = "") -> None:
        issues.append(Issue("error", code, where, entry.column, message, hint))

    if not cell:
        if entry.required and not (entry.table == "sources" and entry.column == "url"):
            say("E112", "this cell is empty")
        return
    if entry.kind == "number":
        value = parse_number(cell)
        if value is None:
            say("E113", f"'{cell}' is not a number", f"Expected {entry.unit or 'a number'}.")
        elif not inside(entry, value):
            say("E114", f"{value:g} is outside {entry.low:g} to {entry.high:g} {entry.unit}")
    elif entry.kind == "choice" and cell not in entry.choices:
        say("E115", f"'{cell}' is not allowed", did_you_mean(cell, entry.choices))
    elif entry.kind in ("ref", "list") and entry.refers_to:
        known = registers.get(entry.refers_to[0], {})
        parts = [cell] if entry.kind == "ref" else [p.strip() for p in cell.split(";")]
        for part in (p for p in parts if p and p not in known):
            say("E116", f"unknown {entry.refers_to[0]} '{part}'", did_you_mean(part, known))


def inside(entry: Entry, value: float) -> bool:
    """Whether a number lies in the dictionary's range."""
    low = -math.inf if entry.low is None else entry.low
    return low <= value <= (math.inf if entry.high is None else entry.high)


def read_facts(
    root: Path, dictionary: Dictionary, registers: Mapping[str, Mapping[str, Record]],
    issues: list[Issue],
) -> list[Fact]:  # fmt: skip
    """Every fact table of a data folder; a table may be missing when nothing in it is required."""
    facts: list[Fact] = []
    money = read_money(root, registers.get("sources", {}), issues)
    for table, parameters in dictionary.facts().items():
        path = root / "facts" / f"{table}.csv"
        where = f"data/facts/{table}.csv"
        if not path.exists() and not any(p.required for p in parameters.values()):
            continue
        seen: dict[tuple[str, str, int | None], int] = {}
        for line, row in read_table(path, where, FACT_COLUMNS, issues).rows:
            checker = _FactRow(f"{where}:{line}", table, row, (registers, money))
            fact = checker.fact(parameters)
            issues.extend(checker.issues)
            if fact is None:
                continue
            key = (fact.entity, fact.parameter, fact.period)
            if key in seen:
                message = f"this fact is there twice (first in line {seen[key]})"
                field = f"{fact.entity}.{fact.parameter}"
                issues.append(Issue("error", "E120", f"{where}:{line}", field, message))
                continue
            seen[key] = line
            facts.append(fact)
    whole = spread(facts, dictionary, registers, issues)
    return sorted(whole, key=lambda f: (f.table, f.entity, f.parameter, f.period or 0))


class _FactRow:
    """One row of a fact table on its way to a `Fact`; problems collect in `issues`."""

    def __init__(
        self, where: str, table: str, row: Mapping[str, str],
        known: tuple[Mapping[str, Mapping[str, Record]], Money],
    ) -> None:  # fmt: skip
        self.where, self.table, self.row = where, table, row
        self.registers, self.money = known
        self.issues: list[Issue] = []

    def say(self, code: str, field: str, message: str, hint: str = "") -> None:
        """Note a problem."""
        self.issues.append(Issue("error", code, self.where, field, message, hint))

    def fact(self, parameters: Mapping[str, Entry]) -> Fact | None:
        """The fact, or None when the row has a problem."""
        row, name = self.row, self.row.get("parameter", "")
        entry = parameters.get(name)
        if entry is None:
            units = {p: e.unit for p, e in parameters.items()}
            self.say(
                "E121", "parameter", f"unknown parameter '{name}'", did_you_mean(name, units, units)
            )
            return None
        self._entity(entry)
        period = self._period(entry)
        factor = self._factor(entry)
        value, low, high = (self._number(column, factor) for column in ("value", "low", "high"))
        self._range(entry, value, low, high)
        self._evidence()
        if any(column not in row for column in FACT_COLUMNS):
            return None  # told with the header
        if self.issues or value is None or low is None or high is None:
            return None
        note, price_year = self._as_written(entry, factor)
        return Fact(
            self.table, row["entity"], name, period, value, low, high, entry.unit,
            price_year, row["source"], row["grade"], note, self.where,
        )  # fmt: skip

    def _entity(self, entry: Entry) -> None:
        parts = self.row.get("entity", "").split("|")
        if len(parts) != len(entry.refers_to):
            want = "|".join(entry.refers_to)
            self.say("E122", "entity", f"'{self.row.get('entity', '')}' is not of the form {want}")
            return
        for part, register in zip(parts, entry.refers_to, strict=True):
            if register in FREE:
                self._free(part, register)
            elif is_pattern(part):
                if wrong := problem(part, register, self.registers):
                    self.say("E122", "entity", *wrong)
            elif part not in self.registers.get(register, {}):
                hint = did_you_mean(part, self.registers.get(register, {}))
                self.say("E116", "entity", f"unknown {register} '{part}'", hint)

    def _free(self, part: str, register: str) -> None:
        if register == "age":
            if not part.isdigit():
                self.say("E122", "entity", f"'{part}' is not a whole number of years")
        elif part != register:
            self.say("E122", "entity", f"'{part}' must be '{register}'")

    def _period(self, entry: Entry) -> int | None:
        text = self.row.get("period", "")
        if entry.kind == "constant":
            if text:
                self.say("E123", "period", f"'{text}' given, but {entry.name} is constant")
            return None
        if not text.lstrip("-").isdigit():
            self.say("E123", "period", f"'{text}' is not a year")
            return None
        if not 1980 <= int(text) <= 2100:
            self.say("E124", "period", f"year {text} is out of range", "Allowed: 1980 to 2100.")
            return None
        return int(text)

    def _factor(self, entry: Entry) -> float:
        """What turns the numbers of the row into the unit and prices of the dictionary."""
        unit = self.row.get("unit", "")
        try:
            factor = self.money.factor(unit, entry.unit, self.row.get("price_year", ""))
        except UnknownMoneyError as error:
            self.say("E134", "price_year", str(error))
            return 1.0
        if factor is None:
            text = f"unit '{unit}' where {entry.name} is in '{entry.unit}'"
            self.say("E126", "unit", text)
        return 1.0 if factor is None else factor

    def _as_written(self, entry: Entry, factor: float) -> tuple[str, str]:
        """The note, with the number as its source has it where it was converted; price year."""
        row, note, year = self.row, self.row["note"], self.row["price_year"]
        if row["unit"] == entry.unit and factor == 1.0:
            return note, year
        written = f"Written as {row['value']} {row['unit']} in prices of {year}."
        return f"{note} {written}".strip(), str(PRICE_YEAR)

    def _number(self, column: str, factor: float) -> float | None:
        value = parse_number(self.row.get(column, ""))
        if value is None:
            self.say("E113", column, f"'{self.row.get(column, '')}' is not a number")
            return None
        return value if factor == 1.0 else float(f"{value * factor:.6g}")

    def _range(
        self, entry: Entry, value: float | None, low: float | None, high: float | None
    ) -> None:
        for column, number in (("value", value), ("low", low), ("high", high)):
            if number is not None and not inside(entry, number):
                text = f"{number:g} is outside {entry.low:g} to {entry.high:g} {entry.unit}"
                self.say("E114", f"{entry.column}.{column}", text)
        if None not in (value, low, high) and not low <= value <= high:  # type: ignore[operator]
            text = f"low {low:g}, value {value:g}, high {high:g} are not in order"
            self.say("E125", entry.column, text)

    def _evidence(self) -> None:
        row = self.row
        if row.get("grade", "") not in ("A", "B", "C", "D"):
            self.say(
                "E127", "grade", f"'{row.get('grade', '')}' is not a grade", "Allowed: A, B, C, D."
            )
        if row.get("grade") == "D" and not row.get("note"):
            self.say("E128", "note", "grade D needs its reasoning")
        known = self.registers.get("sources", {})
        for name in (part.strip() for part in row.get("source", "").split(";")):
            if name not in known:
                self.say("E116", "source", f"unknown source '{name}'", did_you_mean(name, known))
