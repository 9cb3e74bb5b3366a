"""The table of what research abroad gives back: fabs lifted by their links, people taught."""

from __future__ import annotations

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan
from planner.core.sets import Sets

SMALL = 1e-6
"""Kwpm, or thousands of people, that are not worth a line."""


def spillover_tables(plan: Plan, case: Case, sets: Sets) -> dict[str, pd.DataFrame]:
    """More good wafers by site and class, engineers taught by region; none where it is off."""
    if not {"lift", "taught"} & set(plan.variables):
        return {}
    rows = [
        (i, case.name("sites", i), sets.country_of[i], k, t, kwpm, 0.0)
        for (i, k, t), kwpm in plan.values("lift").items()
        if kwpm > SMALL
    ]
    rows += [
        (pool, case.name("pools", pool), case.text("pools", pool, "country"), "", t, 0.0, people)
        for (pool, _, t), people in plan.values("taught").items()
        if people > SMALL
    ]
    columns = "place,name,country,product,year,lift_kwpm,taught_thousand"
    return {"spillover": pd.DataFrame(rows, columns=columns.split(","))}
