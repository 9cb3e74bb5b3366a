"""Events mild, central or severe: the ends of the ranges, the chances, and what they do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from planner.analysis.stress import stress
from planner.core.case import Case
from planner.core.future_set import with_made_futures
from planner.core.histories import event_of
from planner.core.severity import levelled, with_levels
from planner.solve.optimise import solve_case
from tests.rich import rich


def ranged() -> Case:
    """The rich case; the strait costs 60 to 100 % of capacity and lowers demand by 0 to 20 %."""
    ends = {"capacity_loss_pct": (60.0, 100.0), "demand_factor": (0.8, 1.0)}
    case = rich()
    facts = tuple(
        replace(f, low=ends[f.parameter][0], high=ends[f.parameter][1])
        if f.entity == "strait" and f.parameter in ends
        else f
        for f in case.facts
    )
    return case.replace(facts=facts)


def test_severe_moves_more_and_mild_less() -> None:
    case = with_levels(ranged())
    assert case.value("event.capacity_loss_pct", "strait:severe") == 100
    assert case.value("event.capacity_loss_pct", "strait:mild") == 60
    assert case.value("event.demand_factor", "strait:severe") == 0.8
    assert case.value("event.demand_factor", "strait:mild") == 1.0
    assert case.value("event.capacity_loss_pct", "strait") == 80
    assert case.text("events", "strait:mild", "places") == "TW"
    assert event_of("strait:mild") == event_of("strait") == "strait"


def test_levels_come_as_often_as_they_should() -> None:
    histories = [(("strait", 2026), ("cut", 2028))] * 5000
    found = Counter(e for history in levelled(histories, 1) for e, _ in history)
    assert found["strait"] / 5000 == pytest.approx(0.4, abs=0.03)
    assert found["cut:severe"] / 5000 == pytest.approx(0.3, abs=0.03)
    assert levelled(histories, 1) == levelled(histories, 1)


def test_ranges_make_more_states_and_parts_still_add() -> None:
    case = ranged()
    plan = solve_case(case)
    one, two = (stress(plan, case, draws=600, seed=3, ranges=r) for r in (False, True))
    assert two["distinct_states"] > one["distinct_states"]
    assert two["value"] != one["value"]
    assert [e["event"] for e in two["events"] if ":" in e["event"]] == []
    lost = two["value"]["calm_usd_bn"] - two["value"]["mean_usd_bn"]
    assert sum(e["part_of_mean_loss_usd_bn"] for e in two["events"]) == pytest.approx(lost)
    chances = [{e["event"]: e["chance_pct"] for e in found["events"]} for found in (one, two)]
    assert chances[0] == chances[1]


def test_made_futures_can_vary_in_severity() -> None:
    asked = {"method": "lhs", "number": 60, "keep": 8, "severity": "range"}
    base = ranged()
    case = with_made_futures(base.replace(scenario=base.scenario.with_(future_set=asked)))
    names = {e for s in case.ids("futures") for e in case.items("futures", s, "events")}
    assert any(":" in name for name in names)
    assert solve_case(case).info.status == "optimal"
