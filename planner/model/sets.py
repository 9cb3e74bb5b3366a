"""From a case to its index sets: periods, groups of sites, module columns and their vintages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import product

from planner.core import ramp
from planner.core.case import Case
from planner.core.sets import Column, Sets, Vintage, Way
from planner.model.states import build_states

Mask = Callable[[str, str, int], str | None]
"""(site, product, period) -> name of the rule that forbids it, or None."""
Ramps = dict[tuple[str, float], dict[int, float]]
"""(class, year of first wafers) -> usable share by period, worked out once for all sites."""


def build_sets(case: Case, *, existing_abroad: bool = True, wafers_per_kwpm: float) -> Sets:
    """All sets except the module columns (see `with_columns`)."""
    h = case.scenario.horizon
    periods = tuple(h.start + n * h.years_per_period for n in range(h.periods))
    sites = case.ids("sites")
    country_of = {i: case.text("sites", i, "country") for i in sites}
    role_of = {c: case.text("countries", c, "role") for c in case.ids("countries")}
    products = tuple(
        sorted(case.ids("products"), key=lambda k: float(case.text("products", k, "order") or 0))
    )
    home = tuple(i for i in sites if role_of[country_of[i]] == "home")
    bare = Sets(
        periods=periods,
        years_per_period=h.years_per_period,
        sites=sites,
        country_of=country_of,
        role_of=role_of,
        countries=case.ids("countries"),
        home=home,
        products=products,
        markets=case.ids("markets"),
        groups=_groups(case, country_of),
        columns=(),
        vintages={},
        futures={},
        states={},
        state_of={},
        existing={},
        planned={},
        wafers_per_kwpm=wafers_per_kwpm,
    )
    here = frozenset(sites if existing_abroad else home)
    futures, states, state_of = build_states(case, bare)
    return replace(
        bare,
        futures=futures,
        states=states,
        state_of=state_of,
        existing=_capacity(case, bare, "existing.capacity_kwpm", here),
        planned=_capacity(case, bare, "existing.planned_kwpm", here),
    )


def _groups(case: Case, country_of: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Sites of a country with the same row of lane costs ship as one (lossless aggregation)."""
    markets = case.ids("markets")
    known = case.index.get("lane_site.cost_usd_per_wafer", {})
    by_row: dict[tuple[str, tuple[float, ...]], list[str]] = {}
    for i, c in country_of.items():
        row = tuple(known[f"{i}|{m}"][1][0] if f"{i}|{m}" in known else 0.0 for m in markets)
        by_row.setdefault((c, row), []).append(i)
    per_country: dict[str, int] = {}
    for c, _ in by_row:
        per_country[c] = per_country.get(c, 0) + 1
    return {
        (c if per_country[c] == 1 else members[0]): tuple(members)
        for (c, _), members in by_row.items()
    }


def _capacity(
    case: Case, sets: Sets, name: str, here: frozenset[str]
) -> dict[tuple[str, str, int], float]:
    """Mean capacity over each period, for the sites that count [kwpm]."""
    found = {}
    for entity in case.entities(name):
        i, k = entity.split("|")
        if i not in here:
            continue
        for t in sets.periods:
            years = sets.years(t)
            mean = sum(case.value(name, i, k, year=y) for y in years) / len(years)
            if mean > 0:
                found[i, k, t] = mean
    return found


def with_columns(
    case: Case, sets: Sets, masks: Mapping[str, Mask], ways: Mapping[tuple[str, str], Way]
) -> Sets:
    """Create module columns (site, class, option, period), leaving out what a rule forbids.

    ways: (site, class) -> one more entry option there, besides building alone.

    Left out as well: columns that would never give capacity within the horizon.
    """
    columns: list[Column] = []
    vintages: dict[Column, Vintage] = {}
    masked: dict[str, int] = {}
    borne: dict[Column, float] = {}
    ramps: Ramps = {}
    for i in sets.sites:
        if "site" not in case.tables or case.value("site.room_modules", i) < 1:
            continue
        only = case.items("sites", i, "products") or sets.products
        alone = Way("greenfield" if case.text("sites", i, "status") == "candidate" else "expansion")
        for k in (k for k in sets.products if k in only):
            for way, t in product([alone, *_other(ways, i, k)], sets.periods):
                column = (i, k, way.option, t)
                service = _service(case, sets, column, alone.option) + way.delay_years
                vintage = _vintage(case, sets, k, service, ramps)
                if not vintage.usable:
                    continue
                reason = next((r for m in masks.values() if (r := m(i, k, t))), None)
                if reason:
                    masked[reason] = masked.get(reason, 0) + 1
                    continue
                columns.append(column)
                vintages[column] = vintage
                if way.borne != 1.0:
                    borne[column] = way.borne
    return replace(sets, columns=tuple(columns), vintages=vintages, masked=masked, borne=borne)


def _other(ways: Mapping[tuple[str, str], Way], i: str, k: str) -> list[Way]:
    return [ways[i, k]] if (i, k) in ways else []


def _service(case: Case, sets: Sets, column: Column, option: str) -> float:
    """Year of first wafers of modules begun in `column`; option: whose lead time counts."""
    i, _, _, t = column
    return t + case.value(f"country.lead_{option}_years", sets.country_of[i])


def _vintage(case: Case, sets: Sets, k: str, service: float, ramps: Ramps) -> Vintage:
    """What modules with first wafers at a date do later."""
    if (k, service) not in ramps:
        ramps[k, service] = ramp.usable(case, sets, k, service)
    return Vintage(service, ramps[k, service])
