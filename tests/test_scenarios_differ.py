"""The shipped scenarios choose different countries, and each says something base does not."""

from __future__ import annotations

import pytest

import planner

pytestmark = pytest.mark.slow


def chosen(name: str) -> tuple[frozenset[str], float]:
    plan = planner.solve(planner.load(name), gap=0.01, time_limit=120)
    table = plan.table("countries")
    hosts = table[(table["role"] == "host") & (table["new_kwpm"] > 0)]
    return frozenset(hosts["country"]), plan.info.objective


def test_at_least_three_sets_of_countries() -> None:
    names = ("base", "cost-first", "tariff-escalation", "insular")
    found = {name: chosen(name) for name in names}
    assert len({countries for countries, _ in found.values()}) >= 3
    assert found["insular"][0] == frozenset()
    assert found["insular"][1] < found["base"][1]
