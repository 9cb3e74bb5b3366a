"""The trade balance by period: four flows and the two ratios, from a plan's measures."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from planner.core.sets import Sets

FLOWS = ("receipts", "payments", "exports", "imports")
SMALLEST = 1e-9
"""Payments or imports below this give no ratio [USD bn]."""


def ratio(above: float, below: float) -> float:
    """Quotient; not a number when nothing is below the line."""
    return above / below if below > SMALLEST else math.nan


def balance_table(measures: Mapping[str, float], sets: Sets) -> pd.DataFrame:
    """One row a period [USD bn, ratio]; empty when the ratios are not measured."""
    rows = []
    for t in sets.periods if f"receipts_{sets.periods[0]}_usd_bn" in measures else ():
        flows = {f: measures[f"{f}_{t}_usd_bn"] for f in FLOWS}
        technology = ratio(flows["receipts"], flows["payments"])
        rows.append((t, *flows.values(), technology, ratio(flows["exports"], flows["imports"])))
    columns = ["begins", *(f"{f}_usd_bn" for f in FLOWS), "technology_ratio", "goods_ratio"]
    return pd.DataFrame(rows, columns=columns)
