"""Tiny cases by hand: a home site, hosts abroad, one or two classes, a few periods.

`tiny(...)` gives a case whose every number is round, so that optima can be worked out on paper.
`facts` adds or replaces numbers: {"table.parameter": {"entity" or ("entity", year): value}}.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from planner.core.case import Case, Fact
from planner.core.scenario import Scenario

Value = float | int
Facts = Mapping[str, Mapping[Any, Value]]
ROOT = Path(__file__).resolve().parents[1]


@cache
def dictionary() -> tuple[dict[str, str], dict[str, float], dict[str, str]]:
    """Kinds, defaults and units of the shipped data dictionary."""
    kinds, defaults, units = {}, {}, {}
    with (ROOT / "data" / "dictionary.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = f"{row['table']}.{row['column']}"
            if row["kind"] in ("constant", "step", "linear"):
                kinds[name], units[name] = row["kind"], row["unit"]
                if row["default"]:
                    defaults[name] = float(row["default"])
    return kinds, defaults, units


BASE: dict[str, dict[Any, Value]] = {
    "product.rank": {"N2": 7, "N16": 3},
    "product.module_kwpm": {"N2": 20, "N16": 20},
    "product.equipment_usd_mn_per_kwpm": {"N2": 100, "N16": 50},
    "product.building_usd_mn_per_kwpm": {"N2": 20, "N16": 10},
    "product.materials_usd_per_wafer": {"N2": 1000, "N16": 500},
    "product.maintenance_pct": {"N2": 0, "N16": 0},
    "product.power_mw_per_kwpm": {"N2": 1, "N16": 1},
    "product.water_mld_per_kwpm": {"N2": 1, "N16": 1},
    "product.technicians_per_kwpm": {"N2": 50, "N16": 50},
    "product.engineers_per_kwpm": {"N2": 50, "N16": 50},
    "product.utilisation_max_pct": {"N2": 100, "N16": 100},
    "ramp.share_pct": {"N2|0": 100, "N16|0": 100},
    "country.construction_multiplier": {"TW": 1, "US": 2, "JP": 1},
    "country.lead_greenfield_years": {"TW": 2, "US": 2, "JP": 2},
    "country.lead_expansion_years": {"TW": 2, "US": 2, "JP": 2},
    "site.room_modules": {"tw_a": 2, "us_a": 2, "jp_a": 2},
    "site.power_limit_mw": {"tw_a": 900, "us_a": 900, "jp_a": 900},
    "site.water_limit_mld": {"tw_a": 900, "us_a": 900, "jp_a": 900},
    "site.site_cost_usd_bn": {"tw_a": 0, "us_a": 0.5, "jp_a": 0.5},
    "site.earliest_start": {"tw_a": 2026, "us_a": 2026, "jp_a": 2026},
    "site.electricity_usd_per_mwh": {"tw_a": 100, "us_a": 100, "jp_a": 100},
    "site.water_usd_per_m3": {"tw_a": 0, "us_a": 0, "jp_a": 0},
    "price.price_usd_per_wafer": {("N2", 2026): 20000, ("N16", 2026): 5000},
    "demand.wafers_mn": {("US|N2", 2026): 0.48, ("US|N16", 2026): 0.24},
    "finance.equipment_life_years": {"firm": 10},
    "finance.building_life_years": {"firm": 20},
    "finance.equipment_tax_years": {"firm": 5},
    "finance.building_tax_years": {"firm": 20},
    "country.tax_rate_pct": {("TW", 2026): 0, ("US", 2026): 0, ("JP", 2026): 0},
}

REGISTERS: dict[str, dict[str, dict[str, str]]] = {
    "sites": {
        "tw_a": {"country": "TW", "iso_3166_2": "TW-HSZ", "status": "home", "pool": "tw"},
        "us_a": {"country": "US", "iso_3166_2": "US-AZ", "status": "candidate", "pool": "us"},
        "jp_a": {"country": "JP", "iso_3166_2": "JP-43", "status": "candidate", "pool": "jp"},
    },
    "products": {"N2": {"order": "1"}, "N16": {"order": "2"}},
    "countries": {"TW": {"role": "home"}, "US": {"role": "host"}, "JP": {"role": "host"}},
    "markets": {"US": {}},
    "pools": {"tw": {"country": "TW"}, "us": {"country": "US"}, "jp": {"country": "JP"}},
    "skills": {"technician": {}, "engineer": {}, "researcher": {}},
}


def tiny(
    facts: Facts | None = None,
    registers: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
    **scenario: Any,
) -> Case:
    """A case of three sites with round numbers; `scenario` are fields of the scenario file."""
    kinds, defaults, units = dictionary()
    numbers: dict[str, dict[Any, Value]] = {name: dict(rows) for name, rows in BASE.items()}
    for name, rows in (facts or {}).items():
        numbers.setdefault(name, {}).update(rows)
    made = []
    for name, rows in numbers.items():
        table, parameter = name.split(".")
        for key, value in rows.items():
            entity, year = key if isinstance(key, tuple) else (key, None)
            if value is None:
                continue
            made.append(
                Fact(
                    table,
                    entity,
                    parameter,
                    year,
                    float(value),
                    float(value),
                    float(value),
                    units[name],
                    "",
                    "test",
                    "D",
                )
            )
    rows_of = {name: {i: dict(r) for i, r in rows.items()} for name, rows in REGISTERS.items()}
    for name, extra in (registers or {}).items():
        for i, row in extra.items():
            rows_of.setdefault(name, {}).setdefault(i, {}).update(row)
    chosen = {
        "name": "tiny",
        "horizon": {"start": 2026, "periods": 3, "years_per_period": 2},
        "solver": {"gap": 0.0, "time_limit": 60, "threads": 1},
        **scenario,
    }
    return Case(
        scenario=Scenario.model_validate(chosen),
        registers=rows_of,
        facts=tuple(sorted(made, key=lambda f: (f.table, f.entity, f.parameter, f.period or 0))),
        kinds=kinds,
        defaults=defaults,
    )
