"""What one module costs to build; shared by costs (who pay it) and subsidies (a share of it).

outlay[equipment] = SIZE[k] * EQUIPMENT[k]                                   [USD bn]
outlay[building]  = SIZE[k] * BUILDING[k] * MULT[c(i)] * FACTOR[i]           [USD bn]
"""

from __future__ import annotations

from planner.core.case import CaseView
from planner.core.sets import Column

ASSETS = ("equipment", "building")
READS = (
    "product.module_kwpm",
    "product.equipment_usd_mn_per_kwpm",
    "product.building_usd_mn_per_kwpm",
    "country.construction_multiplier",
    "site.construction_factor",
)
"""Facts these functions ask for; a concept that uses them declares them too."""


def of_kwpm(case: CaseView, i: str, k: str, asset: str) -> float:
    """Outlay on one kwpm of an asset at a site [USD bn/kwpm]."""
    unit = case.value(f"product.{asset}_usd_mn_per_kwpm", k)
    if asset == "building":
        unit *= case.value("country.construction_multiplier", case.sets.country_of[i])
        unit *= case.value("site.construction_factor", i)
    return unit / 1000


def of_module(case: CaseView, column: Column, asset: str) -> float:
    """Outlay on one module of an asset [USD bn]."""
    i, k, _, _ = column
    return case.value("product.module_kwpm", k) * of_kwpm(case, i, k, asset)
