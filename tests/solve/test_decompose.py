"""Decomposition against the extensive form: same value, same tail, sound bound, kept incumbent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import planner
from planner.core.case import Case
from planner.core.errors import InputError
from planner.model.assemble import build_model
from planner.model.concepts.risk import cvar_of_loss
from planner.solve import by_cuts
from planner.solve.blocks import Split
from planner.solve.extract import value_by_future
from planner.solve.verify import verify
from tests.rich import rich
from tests.tiny import tiny

EXACT = {"gap": 0.0, "time_limit": 60.0}

FUTURES: dict[str, Any] = {
    "events": {
        "strait": {"places": "TW", "persistent": "no"},
        "quake": {"places": "JP-43", "persistent": "no"},
        "boom": {"persistent": "no"},
    },
    "futures": {
        "calm": {"events": ""},
        "war": {"events": "strait@2028"},
        "late": {"events": "strait@2030;quake@2028"},
        "quake": {"events": "quake@2030"},
        "boom": {"events": "boom@2028"},
    },
}
EVENTS: dict[str, dict[Any, float]] = {
    "event.annual_probability_pct": {"strait": 1, "quake": 1, "boom": 1},
    "event.capacity_loss_pct": {"strait": 90, "quake": 50},
    "event.outage_months": {"strait": 24, "quake": 12},
    "event.repair_pct": {"strait": 10, "quake": 20},
    "event.demand_factor": {"boom": 1.3, "strait": 0.8},
    "event.price_factor": {"boom": 1.2, "strait": 1.1},
    "future.probability_pct": {"calm": 60, "war": 15, "late": 5, "quake": 10, "boom": 10},
}


def uncertain(omega: float, alpha: float, **facts: Any) -> Case:
    """Three sites, two classes, five futures."""
    return tiny({**EVENTS, **facts}, FUTURES, concepts={"risk": {"omega": omega, "alpha": alpha}})


def both(case: Case) -> tuple[Any, Any]:
    """Plans of the extensive form and of the decomposition."""
    made = [planner.solve(case, method=m, **EXACT) for m in ("extensive", "decomposition")]
    return made[0], made[1]


def agree(case: Case) -> None:
    """Same objective, expected value and tail; a sound bound; a tail that adds up."""
    whole, cuts = both(case)
    close = pytest.approx(whole.info.objective, rel=1e-6, abs=1e-6)
    assert cuts.info.objective == close
    assert cuts.info.bound >= whole.info.objective - 1e-6 * abs(whole.info.objective)
    assert cuts.info.status == "optimal"
    assert cuts.info.size["blocks"] > 0
    assert verify(cuts, case) == ()
    charge = float(cuts.cash.loc[cuts.cash["item"] == "risk.tail", "present_value_usd_bn"].sum())
    sets = build_model(case).sets
    options = case.scenario.concepts["risk"]
    weights = dict.fromkeys(case.scenario.weights.model_dump(), 1.0) | {"revenue": 1.0}
    values = value_by_future(cuts.cash, sets, weights)
    mean = sum(p * values[s] for s, p in sets.futures.items())
    tail = cvar_of_loss(values, dict(sets.futures), options["alpha"])
    assert charge == pytest.approx(-options["omega"] * (mean + tail), abs=1e-6)


@pytest.mark.parametrize(
    ("omega", "alpha"), [(0.0, 0.9), (0.25, 0.9), (0.5, 0.5), (1.0, 0.8), (1.0, 0.0)]
)
def test_same_value_and_tail_on_a_tiny_case(omega: float, alpha: float) -> None:
    agree(uncertain(omega, alpha))


@settings(max_examples=6, deadline=None)
@given(
    omega=st.floats(0, 1),
    alpha=st.floats(0, 0.95),
    loss=st.integers(10, 100),
    price=st.integers(6000, 30000),
)
def test_same_value_and_tail_whatever_the_numbers(
    omega: float, alpha: float, loss: int, price: int
) -> None:
    facts = {
        "event.capacity_loss_pct": {"strait": loss, "quake": 50},
        "price.price_usd_per_wafer": {("N2", 2026): price, ("N16", 2026): 5000},
    }
    agree(uncertain(omega, alpha, **facts))


LOOSE: dict[str, dict[str, Any]] = {
    "ratios": {"on": False}, "upside": {"on": False}, "quota": {"on": False}
}  # fmt: skip


def test_same_value_on_the_case_where_every_concept_takes_part() -> None:
    case = rich(concepts={**LOOSE, "risk": {"omega": 0.4, "alpha": 0.85}})
    agree(case)


def test_a_rule_over_all_states_is_told_or_solved_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ratio on average ties most states: auto solves it whole, asked for it is still exact."""
    case = rich(concepts={"ratios": {"technology_floor": 0.3}})
    monkeypatch.setattr(by_cuts, "MOST_FUTURES", 0)
    plan = planner.solve(case, **EXACT)
    whole = planner.solve(case, method="extensive", **EXACT)
    assert plan.info.size["blocks"] == 0
    assert plan.info.objective == pytest.approx(whole.info.objective)
    cuts = planner.solve(case, method="decomposition", **EXACT)
    assert cuts.info.objective == pytest.approx(whole.info.objective, rel=1e-6)
    monkeypatch.setattr(by_cuts, "split", lambda _: Split((), 1))
    with pytest.raises(InputError, match="cannot be decomposed"):
        planner.solve(case, method="decomposition", **EXACT)


def test_auto_takes_cuts_from_many_futures_on(monkeypatch: pytest.MonkeyPatch) -> None:
    case = uncertain(0.25, 0.9)
    few = planner.solve(case, **EXACT)
    assert "blocks" not in few.info.size
    monkeypatch.setattr(by_cuts, "MOST_FUTURES", 4)
    many = planner.solve(case, **EXACT)
    assert many.info.size["blocks"] > 0
    assert many.info.objective == pytest.approx(few.info.objective)


def test_another_solver_cannot_decompose() -> None:
    with pytest.raises(InputError, match="not on 'cbc'"):
        planner.solve(uncertain(0.0, 0.9), method="decomposition", solver="cbc")


def test_the_bound_holds_and_progress_is_told() -> None:
    heard: list[Any] = []
    case = uncertain(0.25, 0.9)
    whole = planner.solve(case, method="extensive", **EXACT)
    loose = planner.solve(case, heard.append, method="decomposition", gap=0.2)
    assert loose.info.bound >= whole.info.objective * (1 - 1e-9)
    assert loose.info.objective <= whole.info.objective * (1 + 1e-9)
    assert heard
    assert all(p.bound >= whole.info.objective * (1 - 1e-9) for p in heard)
