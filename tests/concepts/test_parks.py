"""Parks by hand: roads, grid and water laid once for several sites, and what that saves or asks."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.plan import Plan
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.tiny import tiny

QUICK = settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def case(cost: float = 0.3, saved: float = 50, *, room: int = 1, **options: Any) -> Case:
    """N2 for two modules (0.48 mn wafers a year); land for `room` at each of two sites abroad."""
    facts: dict[str, dict[Any, float]] = {
        "park.cost_usd_bn": {"both": cost},
        "park.saved_pct": {"both": saved},
        "demand.wafers_mn": {("US|N2", 2026): 0.48, ("US|N16", 2026): 0.0},
        "site.room_modules": {"tw_a": 0, "us_a": room, "jp_a": room},
    }
    concepts = {"parks": {"on": True, **options}}
    return tiny(facts, {"parks": {"both": {"sites": "us_a;jp_a;tw_a"}}}, concepts=concepts)


def worth(made: Case) -> float:
    return solve_case(made).info.objective


def cash(plan: Plan, item: str) -> float:
    lines = plan.cash
    return float(lines[lines["item"] == item]["amount_usd_bn"].sum())


def test_two_sites_pay_for_one_park() -> None:
    """Two sites of 0.5 save 0.25 each, 0.5 together, for a park of 0.3: 0.2 gained."""
    plan = solve_case(case())
    assert cash(plan, "parks.cost") == pytest.approx(-0.3)
    assert cash(plan, "parks.saving") == pytest.approx(0.5)
    assert plan.info.objective == pytest.approx(worth(case(on=False)) + 0.2)
    assert verify(plan, case()) == ()


def test_one_site_does_not() -> None:
    """Land for both modules at one site: one opening saves 0.25, less than the park's 0.3."""
    plan = solve_case(case(room=2))
    assert plan.values("park") == {}
    assert plan.info.objective == pytest.approx(worth(case(room=2, on=False)))


def test_a_park_that_is_required_is_laid_at_a_loss() -> None:
    """0.3 for a saving of 0.25: 0.05 lost where the site may not open without it."""
    plan = solve_case(case(room=2, required=True))
    assert len(plan.values("park")) == 1
    assert plan.info.objective == pytest.approx(worth(case(room=2, on=False)) - 0.05)


def test_off_gives_back_the_same_programme() -> None:
    off, plain = case(on=False), case(on=False)
    bare = replace(plain, facts=tuple(f for f in plain.facts if f.table != "park"))
    assert list(build_model(off).model.lp_lines()) == list(build_model(bare).model.lp_lines())
    assert worth(off) == worth(bare)


def test_money_limits_count_the_park() -> None:
    """Modules of 2.8 and 2.4, land 1, park 0.3 less 0.5: 6.0 in one period fits 3.0 a year."""
    plan = solve_case(case())
    outlay = -sum(cash(plan, f"costs.{n}") for n in ("equipment", "building", "site"))
    outlay -= cash(plan, "parks.cost") + cash(plan, "parks.saving")
    for slack, fits in ((0.001, True), (-0.001, False)):
        made = case()
        concepts = {
            **made.scenario.concepts,
            "limits": {"capex_usd_bn_per_year": outlay / 2 + slack},
        }
        fields = made.scenario.model_dump() | {"concepts": concepts}
        capped = worth(made.replace(scenario=made.scenario.model_validate(fields)))
        assert (capped == pytest.approx(plan.info.objective)) is fits


def test_broken_rules_are_noticed() -> None:
    made = case()
    plan = solve_case(made)
    key, *_ = plan.values("park")
    frames = dict(plan.variables)
    frames["park"] = frames["park"].iloc[0:0]
    found = {i.where.split("[")[0] for i in verify(replace(plan, variables=frames), made)}
    assert key[0] == "both"
    assert "parks.laid" in found


def by_hand(cost: float, saved: float, room: int, *, required: bool) -> float:
    """Best over sites opened and the park laid or not, all in 2026, by plain arithmetic.

    A module earns 20,000 less 1,000 of materials on 0.24 mn wafers in four years (18.24) less
    100 USD/MWh on 20 MW (0.07008); tools 2.0 of which 6/10 are left, buildings 0.4 (US 0.8) of
    which 16/20 are left.
    """
    best = 0.0
    for us, jp, park in itertools.product(range(room + 1), range(room + 1), (False, True)):
        if required and (us or jp) and not park:
            continue
        modules = us + jp
        sold = min(0.24 * modules, 0.48)
        value = sold * 19 * 4 - modules * (20 * 8760 * 100 / 1e9 * 4)
        value -= modules * 2.0 * 0.4 + jp * 0.4 * 0.2 + us * 0.8 * 0.2
        opened = (us > 0) + (jp > 0)
        value -= 0.5 * opened * (1 - (saved / 100 if park else 0)) + (cost if park else 0)
        best = max(best, value)
    return best


def test_agrees_with_brute_force() -> None:
    for cost, saved, room, required in itertools.product(
        (0.1, 0.3, 0.7), (30.0, 80.0), (1, 2), (False, True)
    ):
        want = by_hand(cost, saved, room, required=required)
        assert worth(case(cost, saved, room=room, required=required)) == pytest.approx(want)


@QUICK
@given(a=st.floats(0, 1), b=st.floats(0, 1), required=st.booleans())
def test_a_dearer_park_never_raises_value(a: float, b: float, required: bool) -> None:
    low, high = sorted((a, b))
    cheap, dear = (worth(case(cost, required=required)) for cost in (low, high))
    assert dear <= cheap + 1e-7
