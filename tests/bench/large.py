"""Large generated cases of the full model: sites in countries, markets, classes, periods.

Every number is drawn from one seed within the range of the shipped data, so a size can be asked for
that no evidence exists for. Sites of a country share their lanes, as in the shipped data; the rules
of capacity, sales, costs and production take part, with whole modules and prepared sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.core.case import Case, Fact
from planner.core.scenario import Scenario
from tests.tiny import dictionary

START, YEARS = 2026, 2
CONSTANT = {
    "ramp.share_pct": 100.0,
    "finance.equipment_life_years": 10.0,
    "finance.building_life_years": 20.0,
    "finance.equipment_tax_years": 5.0,
    "finance.building_tax_years": 20.0,
}


@dataclass(frozen=True)
class Size:
    """How large a case is."""

    sites: int
    markets: int
    periods: int = 8
    classes: int = 3
    countries: int = 20

    def __str__(self) -> str:
        return f"{self.sites:,} x {self.markets} x {self.periods} x {self.classes}"


def large(size: Size, seed: int = 1) -> Case:
    """A case of that size."""
    draw = np.random.default_rng(seed)
    places = [f"c{n % size.countries:02d}" for n in range(size.sites)]
    sites = {
        f"s{n:04d}": {"country": c, "iso_3166_2": f"{c}-1", "status": "candidate", "pool": c}
        for n, c in enumerate(places)
    }
    countries = sorted(set(places))
    classes = [f"n{n}" for n in range(size.classes)]
    markets = [f"m{n:03d}" for n in range(size.markets)]
    kinds, defaults, units = dictionary()
    facts: list[Fact] = []

    def say(name: str, values: Mapping[Any, float]) -> None:
        table, parameter = name.split(".")
        for key, value in values.items():
            entity, year = key if isinstance(key, tuple) else (key, None)
            v = float(value)
            row = (table, entity, parameter, year, v, v, v, units[name], "", "drawn", "D")
            facts.append(Fact(*row))

    def drawn(name: str, ids: list[str], low: float, high: float) -> None:
        say(name, dict(zip(ids, draw.uniform(low, high, len(ids)).round(3), strict=True)))

    drawn("site.site_cost_usd_bn", list(sites), 0.1, 0.6)
    drawn("site.electricity_usd_per_mwh", list(sites), 50, 150)
    drawn("site.construction_factor", list(sites), 0.9, 1.2)
    say("site.room_modules", dict(zip(sites, draw.integers(1, 5, len(sites)), strict=True)))
    same = {"earliest_start": START, "power_limit_mw": 1e6, "water_limit_mld": 1e6}
    for name, value in {**same, "water_usd_per_m3": 1.0}.items():
        say(f"site.{name}", dict.fromkeys(sites, value))
    drawn("country.construction_multiplier", countries, 1.0, 2.0)
    say("country.tax_rate_pct", {(c, START): 20.0 for c in countries})
    for option in ("greenfield", "expansion"):
        say(f"country.lead_{option}_years", dict.fromkeys(countries, 2))
    lanes = [f"{c}|{m}" for c in countries for m in markets]
    drawn("lane.freight_usd_per_wafer", lanes, 5, 400)
    _classes(say, classes, draw)
    volumes = {
        (f"{m}|{k}", START + YEARS * t): base * 1.05**t
        for m in markets
        for k in classes
        for base in [float(draw.uniform(0.05, 0.4)) * 20 / size.markets]
        for t in range(size.periods)
    }
    say("demand.wafers_mn", volumes)
    horizon = {"start": START, "periods": size.periods, "years_per_period": YEARS}
    return Case(
        scenario=Scenario.model_validate({"name": "large", "horizon": horizon}),
        registers={
            "sites": sites,
            "products": {k: {"order": str(n)} for n, k in enumerate(classes)},
            "countries": {c: {"role": "host"} for c in countries},
            "markets": {m: {} for m in markets},
        },
        facts=tuple(facts),
        kinds=kinds,
        defaults=defaults,
    )


def _classes(say: Any, classes: list[str], draw: np.random.Generator) -> None:
    """Numbers of the product classes, and those that are the same for all."""
    older = {k: 0.6**n for n, k in enumerate(classes)}
    say("product.rank", {k: 9 - n for n, k in enumerate(classes)})
    say("product.module_kwpm", dict.fromkeys(classes, 20))
    say("product.equipment_usd_mn_per_kwpm", {k: 180 * f for k, f in older.items()})
    say("product.building_usd_mn_per_kwpm", {k: 40 * f for k, f in older.items()})
    say("product.materials_usd_per_wafer", {k: 2000 * f for k, f in older.items()})
    say("product.maintenance_pct", dict.fromkeys(classes, 3))
    say("product.power_mw_per_kwpm", dict.fromkeys(classes, 2))
    say("product.water_mld_per_kwpm", dict.fromkeys(classes, 0.2))
    say("product.utilisation_max_pct", dict.fromkeys(classes, 90))
    say("price.price_usd_per_wafer", {(k, START): 15000 * f for k, f in older.items()})
    for name, value in CONSTANT.items():
        table = name.split(".")[0]
        ids = {"ramp": [f"{k}|0" for k in classes], "finance": ["firm"]}.get(table, [])
        say(name, dict.fromkeys(ids, value))
