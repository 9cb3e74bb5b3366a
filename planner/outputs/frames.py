"""A plan's frames at full precision in one compressed file, so that a run can be opened again.

The CSV tables are for people (rounded, guarded against formulas); this file is for the planner.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from planner.core.plan import Plan

EXACT = ("int64", "float64", "bool", "object")
"""Column types kept as they are; others are texts, whose type depends on the pandas version."""


def pack(plan: Plan) -> bytes:
    """Variables, cash, rows and tables; the same plan gives the same bytes."""
    content = {
        "cash": _plain(plan.cash),
        "rows": _plain(plan.rows),
        "variables": {name: _plain(frame) for name, frame in plan.variables.items()},
        "tables": {name: _plain(frame) for name, frame in plan.tables.items()},
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def unpack(data: bytes) -> dict[str, Any]:
    """Fields of a plan from what `pack` wrote. Raises ValueError, KeyError or OSError otherwise."""
    content = json.loads(gzip.decompress(data))
    return {
        "cash": _frame(content["cash"]),
        "rows": _frame(content["rows"]),
        "variables": {name: _frame(plain) for name, plain in content["variables"].items()},
        "tables": {name: _frame(plain) for name, plain in content["tables"].items()},
    }


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dicts."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _plain(frame: pd.DataFrame) -> dict[str, Any]:
    return {
        "columns": [str(c) for c in frame.columns],
        "types": [str(t) for t in frame.dtypes],
        "values": [frame.iloc[:, j].tolist() for j in range(frame.shape[1])],
    }


def _frame(plain: Mapping[str, Any]) -> pd.DataFrame:
    columns = zip(plain["columns"], plain["types"], plain["values"], strict=True)
    return pd.DataFrame({name: _column(kind, values) for name, kind, values in columns})


def _column(kind: str, values: list[Any]) -> pd.Series[Any]:
    if kind in EXACT:
        return pd.Series(values, dtype=kind)
    return pd.Series(values, dtype=None if values else "str")
