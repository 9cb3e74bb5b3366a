"""Plain facility location from tables: sites with fixed costs and capacities, customers, costs.

    minimise  sum(FIXED[i] * open[i]) + sum(COST[i,j] * ship[i,j])
    sum(ship[i,j], i) = DEMAND[j];  sum(ship[i,j], j) <= CAPACITY[i] * open[i]
The case knows nothing of chips: one country, one class, one period of one year, no discounting. The
plan's objective is minus the cost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from planner.core.case import Case, Fact, Record
from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.scenario import Scenario

KINDS = {
    "site.room_modules": "constant",
    "site.earliest_start": "constant",
    "site.site_cost_usd_bn": "constant",
    "opening.capacity_kwpm": "constant",
    "lane_site.cost_usd_per_wafer": "constant",
    "demand.wafers_mn": "constant",
}
START = 2026


def case_from_tables(
    sites: Any, customers: Any, costs: Any, *, name: str = "tables", **columns: str
) -> Case:
    """Case of a facility-location instance.

    sites: DataFrame with `id` (or as index), `fixed_cost`, optional `capacity` (none: unlimited),
    `lat`, `lon`, `name`. customers: DataFrame with `id` (or as index) and `demand`. costs: frame of
    unit costs, rows sites, columns customers. `columns` renames: fixed_cost=, capacity=, demand=.
    Raises InputError with every problem: duplicate ids, missing pairs, negative or missing numbers.
    """
    issues: list[Issue] = []
    where = _rows(sites, "sites", issues)
    who = _rows(customers, "customers", issues)
    fixed = _numbers(where, "sites", columns.get("fixed_cost", "fixed_cost"), issues)
    wanted = _numbers(who, "customers", columns.get("demand", "demand"), issues)
    column = columns.get("capacity", "capacity")
    total = math.fsum(wanted.values())
    limited = any(column in row for row in where.values())
    able = _numbers(where, "sites", column, issues) if limited else dict.fromkeys(where, total)
    unit = _matrix(costs, where, who, issues)
    if issues:
        raise InputError(issues)
    numbers: dict[tuple[str, str], float] = {}
    for i in where:
        numbers["site.room_modules", i] = 0.0
        numbers["site.earliest_start", i] = float(START)
        numbers["site.site_cost_usd_bn", i] = fixed[i]
        numbers["opening.capacity_kwpm", f"{i}|item"] = min(able[i], total)
    for j in who:
        numbers["demand.wafers_mn", f"{j}|item"] = wanted[j]
    for (i, j), cost in unit.items():
        numbers["lane_site.cost_usd_per_wafer", f"{i}|{j}"] = 1000.0 * cost
    return Case(
        scenario=_scenario(name),
        registers=_registers(where, who),
        facts=tuple(_fact(name_, entity, value) for (name_, entity), value in numbers.items()),
        kinds=KINDS,
    )


def _scenario(name: str) -> Scenario:
    return Scenario.model_validate(
        {
            "name": name,
            "horizon": {"start": START, "periods": 1, "years_per_period": 1},
            "concepts": {"sales": {"serve": "all", "wafers_per_kwpm": 1.0}},
            "solver": {"gap": 0.0},
        }
    )


def _registers(
    where: Mapping[str, Mapping[str, Any]], who: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Record]]:
    sites: dict[str, Record] = {
        i: {
            "id": i,
            "name": str(row.get("name", i)),
            "country": "XX",
            "iso_3166_2": "",
            "lat": str(row.get("lat", "")),
            "lon": str(row.get("lon", "")),
            "status": "candidate",
        }
        for i, row in where.items()
    }
    return {
        "sites": sites,
        "countries": {"XX": {"id": "XX", "name": "Plain", "role": "host"}},
        "markets": {j: {"id": j, "name": str(row.get("name", j))} for j, row in who.items()},
        "products": {"item": {"id": "item", "name": "Item", "order": "1"}},
    }


def _fact(name: str, entity: str, value: float) -> Fact:
    table, parameter = name.split(".")
    return Fact(table, entity, parameter, None, value, value, value, "", "", "tables", "D")


def _rows(frame: Any, table: str, issues: list[Issue]) -> dict[str, dict[str, Any]]:
    """Rows by id, ids as text."""
    keyed = frame.set_index("id") if "id" in frame.columns else frame
    rows: dict[str, dict[str, Any]] = {}
    for key, row in zip(keyed.index, keyed.to_dict("records"), strict=True):
        if str(key) in rows:
            issues.append(_issue("E301", table, str(key), "this id is there twice"))
        rows[str(key)] = row
    if not rows:
        issues.append(_issue("E302", table, "", "the table is empty"))
    return rows


def _numbers(
    rows: Mapping[str, Mapping[str, Any]], table: str, column: str, issues: list[Issue]
) -> dict[str, float]:
    """One column as finite numbers of at least 0."""
    found = {}
    for key, row in rows.items():
        if column not in row:
            hint = did_you_mean(column, row)
            issues.append(_issue("E303", table, column, "this column is missing", hint))
            break
        found[key] = _number(row[column], table, f"{key}.{column}", issues)
    return found


def _number(value: Any, table: str, field: str, issues: list[Issue]) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or number < 0:
        text = f"{value!r} is not a number of at least 0"
        issues.append(_issue("E304", table, field, text))
    return number


def _matrix(
    costs: Any, where: Mapping[str, Any], who: Mapping[str, Any], issues: list[Issue]
) -> dict[tuple[str, str], float]:
    """Unit cost of every pair; each must be there."""
    keyed = costs.set_index("id") if "id" in costs.columns else costs
    rows = {str(key): row for key, row in zip(keyed.index, keyed.to_dict("records"), strict=True)}
    found = {}
    for i in where:
        cells = {str(j): value for j, value in rows.get(i, {}).items()}
        for j in who:
            if j not in cells:
                issues.append(_issue("E305", "costs", f"{i},{j}", "no cost for this pair"))
            else:
                found[i, j] = _number(cells[j], "costs", f"{i},{j}", issues)
    return found


def _issue(code: str, table: str, field: str, message: str, hint: str = "") -> Issue:
    return Issue("error", code, table, field, message, hint)
