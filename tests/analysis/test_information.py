"""Perfect information, planning on averages, insurance: signs, identities, hand-worked means."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.analysis.information import Information, value_of_information
from planner.core.case import Case
from planner.core.errors import InputError
from planner.core.scenario import AVERAGE
from planner.core.sets import State
from planner.model.assemble import prepare
from planner.model.states import average
from planner.solve.optimise import solve_case
from tests.rich import plainer, rich


def asked(case: Case) -> Information:
    return value_of_information(solve_case(case, gap=0.0), case, gap=0.0)


def neutral(case: Case, *futures: str) -> float:
    concepts = {**case.scenario.concepts, "risk": {"omega": 0.0}}
    scenario = case.scenario.with_(concepts=concepts, futures=futures or case.scenario.futures)
    return solve_case(replace(case, scenario=scenario), gap=0.0).info.objective


def test_figures_are_what_separate_solves_give() -> None:
    case = rich()
    found = asked(case)
    assert found.rp.low == pytest.approx(neutral(case), rel=1e-7)
    chances = {"calm": 0.8, "war": 0.1, "cut": 0.05, "quake": 0.05}
    assert {f: p for f, p, _ in found.known} == pytest.approx(chances)
    known = sum(p * neutral(case, f) for f, p in chances.items())
    assert found.ws.low == pytest.approx(known, rel=1e-7)
    assert found.evpi.high == pytest.approx(known - neutral(case), abs=1e-5)


@settings(max_examples=6, deadline=None)
@given(war=st.integers(1, 60), loss=st.integers(10, 100), omega=st.floats(0, 1))
def test_signs(war: int, loss: int, omega: float) -> None:
    case = plainer(
        {
            "future.probability_pct": {"calm": 90 - war, "war": war},
            "event.capacity_loss_pct": {"strait": loss},
        },
        concepts={"risk": {"omega": omega}, "contracts": {"on": False}},
    )
    found = asked(case)
    assert found.evpi.low >= 0
    assert found.evpi.high >= -1e-6
    assert found.vss.low >= -1e-6
    assert found.ws.high >= found.rp.low - 1e-6 * abs(found.rp.low)
    assert found.premium_usd_bn >= -1e-5
    assert found.tail_cut_usd_bn >= -1e-5


def test_knowing_is_worth_nothing_when_only_one_thing_can_happen() -> None:
    with pytest.raises(InputError, match="E750"):
        asked(rich(futures=["calm"]))


def test_average_state_by_hand() -> None:
    calm = State("calm", 2026, 0.75, ("a",))
    bad = State(
        "bad", 2026, 0.25, ("b",), available={("i", "k"): 0.2}, demand={("m", "k"): 0.6},
        tariff_add_pct={("m", "k"): 8.0}, grant_kept=0.4, repair_share={"i": 0.2},
    )  # fmt: skip
    mean = average(2026, [calm, bad])
    assert mean.available == pytest.approx({("i", "k"): 0.75 + 0.25 * 0.2})
    assert mean.demand == pytest.approx({("m", "k"): 0.75 + 0.25 * 0.6})
    assert mean.tariff_add_pct == pytest.approx({("m", "k"): 2.0})
    assert mean.grant_kept == pytest.approx(0.85)
    assert mean.repair_share == pytest.approx({"i": 0.05})
    assert mean.probability == 1.0


def test_the_average_future_is_a_scenario_like_any_other() -> None:
    sets, _ = prepare(rich(futures=[AVERAGE]))
    assert dict(sets.futures) == {AVERAGE: 1.0}
    assert {len(states) for states in sets.states.values()} == {1}
