"""What studies published about the cost of fabs by country: data/calibration/published.csv."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planner.core.errors import InputError, Issue, did_you_mean
from planner.inputs.files import parse_number, read_table

COLUMNS = (
    "id", "measure", "country", "product", "value", "low", "high", "unit", "year", "source",
    "grade", "note",
)  # fmt: skip
MEASURES = (
    "tco_index", "tco_index_bare", "incentive_share_pct", "wafer_premium_pct",
    "equipment_share_pct", "labour_share_pct", "build_months", "margin_dilution_early_pp",
    "margin_dilution_later_pp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """One published figure with its range."""

    id: str
    measure: str
    country: str
    product: str
    value: float
    low: float
    high: float
    unit: str
    year: str
    source: str
    grade: str
    note: str


def read_published(root: Path) -> tuple[Published, ...]:
    """The figures of a data folder. Raises InputError with every problem together."""
    issues: list[Issue] = []
    where = "data/calibration/published.csv"
    table = read_table(root / "calibration" / "published.csv", where, COLUMNS, issues)
    found = []
    for line, row in table.rows if not issues else ():
        at = f"{where}:{line}"
        value, low, high = (parse_number(row[c]) for c in ("value", "low", "high"))
        if row["measure"] not in MEASURES:
            hint = did_you_mean(row["measure"], MEASURES)
            text = f"'{row['measure']}' is not a measure"
            issues.append(Issue("error", "E115", at, "measure", text, hint))
        elif value is None or low is None or high is None or not low <= value <= high:
            text = "value, low and high must be numbers in order"
            issues.append(Issue("error", "E113", at, "value", text))
        else:
            texts = (row["unit"], row["year"], row["source"], row["grade"], row["note"])
            place = (row["id"], row["measure"], row["country"], row["product"])
            found.append(Published(*place, value, low, high, *texts))
    if issues:
        raise InputError(issues)
    return tuple(found)
