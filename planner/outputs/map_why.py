"""What a map answers when a site is asked why: the reason found beforehand, and how it compares.

Each site brings its values of the map's layers; a run brings their means over its new sites abroad.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats, frames
from planner.outputs.map_layers import LAYERS

DECISIONS = {"in": "in", "kept": "kept", "out": "out", "barred": "barred"}
"""What a site can be, as pages print it."""


def reasons(plan: Plan) -> dict[str, list[str]]:
    """Site -> decision and reason; empty when the plan carries none."""
    return {
        str(r["site"]): [DECISIONS.get(str(r["decision"]), str(r["decision"])), str(r["reason"])]
        for r in frames.records(plan.table("site_reasons"))
    }


def marks(row: Mapping[str, Any]) -> list[str]:
    """A site's value of every layer, as printed; nothing where it has none."""
    return [_printed(row.get(column)) for _, _, _, column in LAYERS]


def means(plan: Plan, case: Case) -> list[str]:
    """The mean of every layer over the sites abroad where the plan begins something."""
    columns = [column for _, _, _, column in LAYERS]
    sites = plan.table("sites")
    if sites.empty:
        return [""] * len(columns)
    home = {c for c in case.ids("countries") if case.text("countries", c, "role") == "home"}
    chosen = sites[sites["chosen"].astype(bool) & ~sites["country"].isin(home)]
    return [
        _printed(pd.to_numeric(chosen[c]).mean() if c in chosen and len(chosen) else None)
        for c in columns
    ]


def _printed(value: Any) -> str:
    found = formats.finite(value)
    return "" if found is None else formats.brief(found)
