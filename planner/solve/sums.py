"""Sums of a frame by key, as plain dictionaries."""

from __future__ import annotations

from typing import Any

import pandas as pd


def sum_by(frame: pd.DataFrame, keys: list[str], column: str) -> dict[Any, float]:
    """Sum of one column by the key columns; one key gives plain keys, several give tuples."""
    if frame.empty:
        return {}
    by: Any = keys if len(keys) > 1 else keys[0]
    sums: dict[Any, Any] = frame.groupby(by)[column].sum().to_dict()
    return {key: float(value) for key, value in sums.items()}
