"""A first plan from few whole numbers: feasible, below its bound, and no more than that."""

from __future__ import annotations

import highspy
import pytest

from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve import highs, kernel, live
from planner.solve.answer import Progress
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny

SETTINGS = SolverSettings(gap=1e-4, time_limit=60, threads=1)


@pytest.fixture(autouse=True)
def _any_number_of_threads() -> None:
    """As before every search: HiGHS refuses another number of threads than it last had."""
    highs.quiet()
    highspy.Highs.resetGlobalScheduler(True)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setattr(kernel, "FEWEST_INTEGERS", 1)
    monkeypatch.setattr(kernel, "FREE", 12)
    return build_model(rich()).model


def worth(model: Model, values: list[float]) -> float:
    return model.objective_constant + sum(c * values[j] for j, c in model.objective.items())


def test_the_plan_lies_between_nothing_and_the_bound(model: Model) -> None:
    first = kernel.first_plan(model, SETTINGS, live.Watch(None, 1.0))
    assert first is not None
    best = highs.run(model, SETTINGS)
    mine = worth(model, first.values)
    assert first.live.bound is not None
    assert mine <= best.bound + 1e-6
    assert best.objective <= first.live.bound + 1e-6
    held = highs.run(highs.fix_integers(model, first.values), SETTINGS)
    assert held.objective == pytest.approx(mine, rel=1e-6), "whole numbers of a feasible plan"


def test_only_the_kernel_moves(model: Model) -> None:
    first = kernel.first_plan(model, SETTINGS, live.Watch(None, 1.0))
    assert first is not None
    lp = first.live.highs.getLp()
    whole = [j for j, is_whole in enumerate(model.integer) if is_whole]
    loose = [j for j in whole if lp.col_lower_[j] != lp.col_upper_[j]]
    assert 0 < len(loose) < len(whole)


def test_the_search_gone_on_with_ends_at_the_optimum(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Progress] = []
    with_kernel, _ = highs.run_live(model, SETTINGS, heard.append, kernel=True)
    monkeypatch.setattr(kernel, "FEWEST_INTEGERS", 10**9)
    without, _ = highs.run_live(model, SETTINGS, kernel=True)
    assert with_kernel.objective == pytest.approx(without.objective, rel=2e-4)
    assert with_kernel.bound >= without.objective * (1 - 1e-9)
    clock = [p.seconds for p in heard]
    assert clock == sorted(clock), "time goes on over both searches"
    told = [p.bound for p in heard if p.bound is not None]
    assert min(told) >= without.objective - 1e-6, "no bound of the kernel alone is told"


def test_two_runs_begin_alike(model: Model) -> None:
    one, two = (kernel.first_plan(model, SETTINGS, live.Watch(None, 1.0)) for _ in range(2))
    assert one is not None
    assert two is not None
    assert one.values == two.values


def test_small_exact_and_impossible_models_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = live.Watch(None, 1.0)
    assert kernel.first_plan(build_model(rich()).model, SETTINGS, watch) is None
    monkeypatch.setattr(kernel, "FEWEST_INTEGERS", 1)
    exact = SolverSettings(gap=0.0)
    assert kernel.first_plan(build_model(rich()).model, exact, watch) is None
    never = tiny(sites={"pin": [{"site": "us_a"}], "forbid": ["US"]})
    assert kernel.first_plan(build_model(never).model, SETTINGS, watch) is None
    plan = solve_case(tiny(), gap=1e-6)
    assert plan.info.status == "optimal"
