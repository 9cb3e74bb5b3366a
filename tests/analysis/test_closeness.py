"""Closeness and roadmap: equal to the best over every set of sites at most so far away."""

from __future__ import annotations

import pytest

from planner.analysis import bench as bench_module
from planner.analysis.bench import Bench
from planner.analysis.closeness import closeness
from planner.analysis.roadmap import roadmap
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.optimise import solve_case
from tests.analysis.test_alternatives import brute
from tests.tiny import tiny


def pinned(case: Case, *sites: str) -> Plan:
    rules = {"pin": [{"site": i} for i in sites], "only": ["TW", *sites]}
    return solve_case(case.replace(scenario=case.scenario.with_(sites=rules)))


@pytest.mark.parametrize("sites", [("us_a",), ("jp_a", "us_a"), ()])
def test_every_step_is_the_best_of_the_sets_so_close(sites: tuple[str, ...]) -> None:
    case = tiny()
    plan, given = solve_case(case), pinned(case, *sites)
    found = closeness(plan, case, given)
    sets = brute(case)
    best = max(sets.values())
    far = len(set(Bench(plan, case).begun_at(Bench(plan, case).values)) ^ set(sites))
    assert found["far"] == far
    assert [r["sites_different"] for r in found["path"]] == list(range(far + 1))
    for row in found["path"]:
        near = [v for n, v in sets.items() if len(set(n) ^ set(sites)) <= row["sites_different"]]
        assert row["value_usd_bn"] == pytest.approx(max(near), abs=1e-6)
        assert row["cost_usd_bn"] == pytest.approx(best - max(near), abs=1e-6)
        assert len(set(row["sites"]) ^ set(sites)) <= row["sites_different"]
    assert found["path"][-1]["cost_usd_bn"] == pytest.approx(0, abs=1e-6)


def test_the_plan_itself_is_close_to_itself() -> None:
    case = tiny()
    plan = solve_case(case)
    found = closeness(plan, case, plan)
    assert found["far"] == 0
    assert "same overseas sites" in found["text"]


def test_sites_the_rules_leave_out_are_named() -> None:
    shut = tiny(sites={"forbid": ["US"]})
    found = closeness(solve_case(shut), shut, pinned(tiny(), "us_a", "jp_a"))
    assert found["left_out"] == ["us_a"]
    assert "leave out us_a" in found["text"]


def test_the_way_of_large_programmes_reaches_no_more_and_never_falls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = tiny()
    plan, given = solve_case(case), pinned(case, "us_a")
    exact, path = closeness(plan, case, given), roadmap(plan, case, 2)
    monkeypatch.setattr(bench_module, "SMALL", 0)
    held = closeness(plan, case, given, seconds=20.0)
    for row, true in zip(held["path"], exact["path"], strict=True):
        assert row["value_usd_bn"] <= true["value_usd_bn"] + 1e-6
        assert row["bound_usd_bn"] >= true["value_usd_bn"] - 1e-6
    values = [r["value_usd_bn"] for r in held["path"]]
    assert values == sorted(values)
    assert values[-1] == pytest.approx(exact["path"][-1]["value_usd_bn"], abs=1e-6)
    walked = roadmap(plan, case, 2, seconds=20.0)
    assert [r["moves"] for r in walked["path"]] == [0, 1, 2]
    for row, true in zip(walked["path"], path["path"], strict=True):
        assert row["value_usd_bn"] <= true["value_usd_bn"] + 1e-6
        assert len(row["sites"]) <= row["moves"]
