"""HiGHS by simplex, HiGHS by interior point without presolve, and CBC agree on every scenario.

Relaxations must be equal by all three; with whole modules each solver's plan must lie below the
other's bound.
CBC takes long, so all scenarios but those of WHOLE are cut to two periods; the relaxations of all
over the full horizon are compared by
`pytest tests/oracle/test_two_solvers.py -m bench`.
PuLP hands the model to CBC; HiGHS gets it as arrays, a second way over that must mean the same.
"""

from __future__ import annotations

from pathlib import Path

import highspy
import pytest

import planner
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve import highs, live
from planner.solve.by_prices import by_prices
from tests.relaxed import relaxed

SCENARIOS = sorted(p.stem for p in (Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
WHOLE = ("base",)
"""Scenarios compared over the full horizon each time."""
LOOSE = SolverSettings(gap=0.05, time_limit=240)


def by_interior_point(model: Model) -> float:
    """Optimum of a relaxation another way: other method, nothing simplified before."""
    highs.quiet()
    engine = highspy.Highs()
    for name, value in {"output_flag": False, "solver": "ipm", "presolve": "off"}.items():
        engine.setOptionValue(name, value)
    assert not live.load(engine, model).late.any(), "every row goes over"
    engine.run()
    assert engine.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(engine.getInfo().objective_function_value)


def relaxed_alike(model: Model) -> float:
    """Optimum of the relaxation, which three ways must agree on."""
    plain = relaxed(model)
    ours = highs.run(plain, LOOSE, in_bulk=True)
    theirs = highs.run(plain, LOOSE, solver="cbc")
    assert ours.objective == pytest.approx(theirs.objective, rel=1e-6)
    assert ours.objective == pytest.approx(by_interior_point(plain), rel=1e-6)
    return ours.objective


def whole_alike(model: Model, *, in_bulk: bool) -> float:
    """Plan of ours in whole modules; each solver's lies below the other's bound.

    Ours as it is searched for every run: wide rows priced, where there are any.
    """
    mine = by_prices(model, LOOSE) or highs.run(model, LOOSE, in_bulk=in_bulk)
    other = highs.run(model, LOOSE, solver="cbc")
    room = abs(mine.bound)
    assert other.objective <= mine.bound + 1e-6 * room
    assert other.objective >= mine.bound - 0.105 * room
    return mine.objective


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in SCENARIOS if n not in WHOLE])
def test_both_solvers_agree(name: str) -> None:
    model = build_model(planner.load(name, ["horizon.periods=2"])).model
    bound = relaxed_alike(model)
    assert whole_alike(model, in_bulk=True) <= bound + 1e-6 * abs(bound)


@pytest.mark.slow
@pytest.mark.parametrize("name", WHOLE)
def test_both_solvers_agree_over_the_full_horizon(name: str) -> None:
    model = build_model(planner.load(name)).model
    bound = relaxed_alike(model)
    assert whole_alike(model, in_bulk=False) <= bound + 1e-6 * abs(bound)


@pytest.mark.bench
@pytest.mark.parametrize("name", [n for n in SCENARIOS if n not in WHOLE])
def test_relaxations_agree_over_the_full_horizon(name: str) -> None:
    """Six minutes on one core, so not part of every run of the suite."""
    relaxed_alike(build_model(planner.load(name)).model)
