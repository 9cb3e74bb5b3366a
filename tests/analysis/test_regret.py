"""Regret: against brute force, wait-and-see above recourse, minimax below every other plan."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.analysis.regret import MINIMAX, regret
from planner.analysis.regret_values import future_values
from planner.core.case import Case
from planner.core.errors import InputError
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.solve import highs
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny


def flooded(
    loss: float = 100.0, wet: float = 40.0, forbid: tuple[str, ...] = ("JP",), **scenario: Any
) -> Case:
    """Home is cheap and may be flooded all of 2028-29; America costs more and stays dry.

    Only N16, one module of 20 kwpm a site, one period to begin in: two sites, four plans.
    """
    facts = {
        "event.annual_probability_pct": {"flood": 10},
        "event.capacity_loss_pct": {"flood": loss},
        "event.outage_months": {"flood": 24},
        "future.probability_pct": {"dry": 100 - wet, "wet": wet},
        "demand.wafers_mn": {("US|N2", 2026): 0, ("US|N16", 2026): 0.24},
        "site.room_modules": {"tw_a": 1, "us_a": 1},
    }
    rows = {
        "sites": {"tw_a": {"products": "N16"}, "us_a": {"products": "N16"}},
        "events": {"flood": {"name": "Flood", "places": "TW", "persistent": "no"}},
        "futures": {"dry": {"events": ""}, "wet": {"events": "flood@2028"}},
    }
    horizon = {"start": 2026, "periods": 2, "years_per_period": 2}
    return tiny(facts, rows, horizon=horizon, sites={"forbid": list(forbid)}, **scenario)


def brute(case: Case) -> list[dict[str, float]]:
    """Value by future of every choice of whole numbers that keeps the rules."""
    built = build_model(case)
    model, lines = built.model, future_values(built)
    whole = [j for j, is_whole in enumerate(model.integer) if is_whole]
    assert len(whole) <= 8
    ranges = [range(int(1 if model.high[j] is None else model.high[j] or 0) + 1) for j in whole]
    found = []
    for choice in itertools.product(*ranges):
        values = [0.0] * len(model.names)
        for j, n in zip(whole, choice, strict=True):
            values[j] = float(n)
        answer = highs.run(highs.fix_integers(model, values), SolverSettings(gap=0.0))
        if answer.values is not None:
            found.append({s: lines.of(s, answer.values) for s in lines.futures})
    return found


def test_against_brute_force() -> None:
    """Best in each future, and the least worst regret, over every plan there is."""
    case = flooded()
    plans = brute(case)
    best = {s: max(v[s] for v in plans) for s in ("dry", "wet")}
    least = min(max(best[s] - v[s] for s in best) for v in plans)
    found = regret([("plan", solve_case(case), case)], gap=0.0, minimax=True)
    assert {f["future"]: f["best_usd_bn"] for f in found["futures"]} == pytest.approx(best)
    assert found["minimax"]["worst_usd_bn"] == pytest.approx(least, abs=1e-5)
    assert found["minimax"]["at_least_usd_bn"] <= least + 1e-6
    assert found["minimax"]["at_most_usd_bn"] >= least - 1e-6


def test_regret_by_hand() -> None:
    """Knowing the flood one builds in America, else at home; with a chance of 10 % it is home.

    Tools 20 kwpm x 50 mn = 1, building 0.2 (0.4 abroad, site 0.5); left after 2 of 10 and 2 of 20
    years: 80 % and 90 %. Sales 2 y x 0.24 x (5 - 0.5) = 2.16, power 20 x 8.76e-4 x 2 y = 0.03504.
    America: 2.16 - 0.2 - 0.04 - 0.5 - 0.03504 = 1.38496; home: 2.16 - 0.2 - 0.02 - 0.03504
    = 1.90496, flooded 1.90496 - 2.16 = -0.25504. Regret of home: nothing when dry, when wet
    1.38496 + 0.25504 = 1.64; building in America regrets 0.52 when dry: the least worst.
    """
    case = flooded(wet=10, concepts={"risk": {"omega": 0}})
    plan = solve_case(case)
    found = regret([("home", plan, case)], gap=0.0, minimax=True)
    home, other = found["plans"]
    assert home["regret_usd_bn"] == pytest.approx({"dry": 0, "wet": 1.64}, abs=1e-6)
    assert home["expected_usd_bn"] == pytest.approx(0.164)
    assert other["regret_usd_bn"] == pytest.approx({"dry": 0.52, "wet": 0}, abs=1e-5)
    assert found["minimax"]["worst_usd_bn"] == pytest.approx(0.52, abs=1e-5)
    assert found["least_worst"] == found["minimax"]["plan"]
    assert {s["site"] for s in found["sites"] if s["no_regret"]} == set()
    assert other["plan"] == MINIMAX


@settings(max_examples=6, deadline=None)
@given(loss=st.integers(0, 100), wet=st.integers(5, 95))
def test_wait_and_see_is_above_every_plan(loss: int, wet: int) -> None:
    case = flooded(float(loss), float(wet))
    found = regret([("plan", solve_case(case), case)], gap=0.0, minimax=True)
    for row in found["plans"]:
        assert min(row["regret_usd_bn"].values()) >= -1e-6
        assert row["mean_value_usd_bn"] <= found["wait_and_see_usd_bn"] + 1e-6
        assert found["minimax"]["worst_usd_bn"] <= row["worst_usd_bn"] + 1e-6
        assert row["worst_at_most_usd_bn"] >= row["worst_usd_bn"] - 1e-9


@pytest.fixture(scope="module")
def pair() -> list[tuple[str, Plan, Case]]:
    cases = [rich(), rich(concepts={"risk": {"omega": 0.9, "alpha": 0.9}})]
    return [("run", solve_case(case), case) for case in cases]


def test_runs_of_other_attitudes_share_a_world(pair: list[tuple[str, Plan, Case]]) -> None:
    found = regret(pair, gap=0.0, minimax=True, seconds=20)
    first, second = found["plans"][:2]
    assert {first["plan"], second["plan"]} == {"run", "run-2"}
    own = pair[0][1].table("risk").set_index("future")["npv_usd_bn"].to_dict()
    assert first["value_usd_bn"] == pytest.approx(own, abs=1e-6)
    worst = min(p["worst_usd_bn"] for p in found["plans"])
    assert found["minimax"]["worst_usd_bn"] <= worst + 1e-6
    assert all(s["futures"] == s["of"] for s in found["sites"] if s["no_regret"])


def test_other_futures_are_refused(pair: list[tuple[str, Plan, Case]]) -> None:
    name, plan, case = pair[0]
    fewer = case.replace(scenario=case.scenario.with_(futures=("calm", "war")))
    with pytest.raises(InputError, match="cut, quake"):
        regret([pair[0], (name, plan, fewer)])
    worse = rich({"event.capacity_loss_pct": {"strait": 10}})
    with pytest.raises(InputError, match="other chances or effects"):
        regret([pair[0], ("mild", plan, worse)])
    with pytest.raises(InputError, match="at least two futures"):
        regret([("one", plan, case.replace(scenario=case.scenario.with_(futures=("calm",))))])


def test_a_plan_the_world_does_not_allow_is_named() -> None:
    wide, strict = flooded(), flooded(forbid=("JP", "US"))
    plan = solve_case(wide)
    assert {i for i, *_ in plan.values("modules")} == {"us_a"}
    with pytest.raises(InputError, match="wider rules first"):
        regret([("strict", solve_case(strict), strict), ("wide", plan, wide)])


def test_the_rule_a_plan_breaks_is_named() -> None:
    """The world wants 20 kwpm at home, the plan builds in America."""
    wide = flooded()
    floor = {"places": [{"where": "tw_a", "products": ["N16"], "least_kwpm": 20, "since": 2028}]}
    bound = flooded(concepts={"limits": floor})
    with pytest.raises(InputError, match=r"limits\.least"):
        regret([("bound", solve_case(bound), bound), ("wide", solve_case(wide), wide)])
