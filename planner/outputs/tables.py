"""A plan's tables as CSV files: LF, `%.10g`, units in the headers, safe to open in a spreadsheet.

A text cell that a spreadsheet would take for a formula gets a leading apostrophe.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from planner.core.plan import Plan

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text cell must not begin with."""
SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_]*")


def write_tables(plan: Plan, folder: Path) -> None:
    """Write every table of the plan, its cash and its rows as `<name>.csv` into a folder.

    Raises ValueError when a table's name is not a plain file name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in {**plan.tables, "cash": plan.cash, "rows": plan.rows}.items():
        if not SAFE_NAME.fullmatch(name):
            msg = f"table name '{name}' must be lower-case letters, digits and _"
            raise ValueError(msg)
        (folder / f"{name}.csv").write_bytes(csv_text(frame).encode())


def csv_text(frame: pd.DataFrame) -> str:
    """Frame as CSV text."""
    columns = [[cell(v) for v in frame[c].tolist()] for c in frame.columns]
    return lines([str(c) for c in frame.columns], zip(*columns, strict=True))


def lines(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Header and rows as CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe_text(h) for h in header])
    writer.writerows(rows)
    return out.getvalue()


def cell(value: object) -> str:
    """One value as text: empty when missing, `%.10g` for floats, true/false for flags."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        found = float(value)
        if math.isnan(found):
            return ""
        return f"{found + 0.0:.10g}"
    return safe_text(str(value))


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
