"""Real decisions to hold the planner against, and when each rule and plant became known.

data/backtest/decisions.csv   what was announced: when, by whom, what, how big, where
data/backtest/known.csv       from which month on a programme, duty, event or plant was known
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.core.errors import InputError, Issue, did_you_mean
from planner.inputs.files import Table, parse_number, read_table

DECISIONS = (
    "id", "title", "firm", "announced", "scenario", "kind", "product", "kwpm", "kwpm_low",
    "kwpm_high", "site", "outcome", "source", "grade", "note",
)  # fmt: skip
KNOWN = ("table", "entity", "parameter", "since", "value", "source", "grade", "note")
KINDS = ("fab", "buy", "centre")
OUTCOMES = ("built", "dropped", "none")
TABLES = ("programme", "tariff", "event", "existing", "outbound")
MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Decision:
    """One announcement. site: the true site, or target of a purchase; empty = none of ours.

    product: class of a fab, type of a centre. outcome: built, dropped later, or none (the news is
    that nothing was built).
    """

    id: str
    title: str
    firm: str
    announced: str
    scenario: str
    kind: str
    product: str
    kwpm: float
    site: str
    outcome: str
    source: str
    grade: str
    note: str


@dataclass(frozen=True, slots=True)
class Known:
    """A rule, event or plant and the month from which it was known; value: its rate until the next.

    value None = the value of the data.
    """

    table: str
    entity: str
    parameter: str
    since: str
    value: float | None
    source: str


def read_decisions(root: Path) -> tuple[tuple[Decision, ...], tuple[Known, ...]]:
    """Both files of a data folder. Raises InputError with every problem together."""
    issues: list[Issue] = []
    folder = root / "backtest"
    made = read_table(folder / "decisions.csv", "data/backtest/decisions.csv", DECISIONS, issues)
    dated = read_table(folder / "known.csv", "data/backtest/known.csv", KNOWN, issues)
    if not issues:
        issues += _wrong(made, {"kind": KINDS, "outcome": OUTCOMES}, "announced")
        issues += _wrong(dated, {"table": TABLES}, "since")
    if issues:
        raise InputError(issues)
    return (
        tuple(_decision(row) for _, row in made.rows),
        tuple(_known(row) for _, row in dated.rows),
    )


def _wrong(table: Table, choices: Mapping[str, tuple[str, ...]], month: str) -> list[Issue]:
    """Cells that are not what they must be."""
    found = []
    for line, row in table.rows:
        where = f"{table.where}:{line}"
        for column, allowed in {**choices, "grade": ("A", "B", "C", "D")}.items():
            if row[column] not in allowed:
                text = f"'{row[column]}' is not allowed"
                hint = did_you_mean(row[column], allowed)
                found.append(Issue("error", "E115", where, column, text, hint))
        if not MONTH.fullmatch(row[month]):
            text = f"'{row[month]}' is not a month"
            found.append(Issue("error", "E113", where, month, text, "Expected YYYY-MM."))
        for column in ("kwpm", "value"):
            if row.get(column) and parse_number(row[column]) is None:
                text = f"'{row[column]}' is not a number"
                found.append(Issue("error", "E113", where, column, text))
    return found


def _decision(row: Mapping[str, str]) -> Decision:
    return Decision(
        row["id"], row["title"], row["firm"], row["announced"], row["scenario"], row["kind"],
        row["product"], float(row["kwpm"] or 0), row["site"], row["outcome"], row["source"],
        row["grade"], row["note"],
    )  # fmt: skip


def _known(row: Mapping[str, str]) -> Known:
    value = float(row["value"]) if row["value"] else None
    names = (row["table"], row["entity"], row["parameter"], row["since"])
    return Known(*names, value, row["source"])
