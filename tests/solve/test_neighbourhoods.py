"""Neighbourhoods of a plan: never worse than it, and no more than their own product or years."""

from __future__ import annotations

import numpy as np
import pytest

from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve import highs, kernel, live, neighbourhoods
from planner.solve.answer import Progress
from tests.rich import rich

SETTINGS = SolverSettings(gap=1e-3, time_limit=60, threads=1)


@pytest.fixture
def model() -> Model:
    return build_model(rich()).model


@pytest.fixture
def poor(model: Model, monkeypatch: pytest.MonkeyPatch) -> kernel.First:
    """A plan of hardly any whole numbers."""
    monkeypatch.setattr(kernel, "FEWEST_INTEGERS", 1)
    monkeypatch.setattr(kernel, "FREE", 1)
    highs.run_live(model, SETTINGS)  # sets HiGHS's number of threads, as before every search
    found = kernel.first_plan(model, SETTINGS, live.Watch(None, 1.0))
    assert found is not None
    return found


def test_better_and_still_a_plan(model: Model, poor: kernel.First) -> None:
    heard: list[Progress] = []
    better = neighbourhoods.bettered(model, poor, SETTINGS, live.Watch(heard.append, 1.0))
    before, after = live.worth(model, poor.values), live.worth(model, better.values)
    best = highs.run(model, SETTINGS)
    assert before < after <= best.bound + 1e-6
    held = highs.run(highs.fix_integers(model, better.values), SETTINGS)
    assert held.objective == pytest.approx(after, rel=1e-6)
    assert better.bound == poor.bound
    assert better.seconds >= poor.seconds
    assert all(p.bound == poor.bound for p in heard), "no bound of a part is told"
    told = [p.objective for p in heard if p.objective is not None]
    assert told == pytest.approx(sorted(told), rel=1e-9)
    assert told[0] >= before - 1e-9


def test_the_best_plan_stays(model: Model, poor: kernel.First) -> None:
    best = highs.run(model, SETTINGS.model_copy(update={"gap": 0.0}))
    assert best.values is not None
    first = kernel.First(poor.live, best.values, 0.0)
    again = neighbourhoods.bettered(model, first, SETTINGS, live.Watch(None, 1.0))
    assert again.values == best.values
    assert again.live is poor.live


def test_asked_to_stop_it_is_the_plan_it_began_with(model: Model, poor: kernel.First) -> None:
    watch = live.Watch(None, 1.0)
    watch.stop.set()
    assert neighbourhoods.bettered(model, poor, SETTINGS, watch).values == poor.values


def test_each_frees_one_product_or_a_few_years(model: Model) -> None:
    whole = np.array(model.integer)
    found = neighbourhoods.neighbourhoods(model, [0.0] * len(whole))
    assert (np.any(found, axis=0) == whole).all(), "every whole number is free in one of them"
    modules, opened = model.families["modules"], model.families["open"]
    products = {key[1] for key in modules.columns}
    for number, free in enumerate(found):
        assert not free[~whole].any()
        mine = [key for key, column in modules.columns.items() if free[column]]
        if number < len(products):
            assert len({key[1] for key in mine}) == 1
            assert all(free[column] for column in opened.columns.values()), "of no product"
        else:
            assert len({key[-1] for key in mine}) <= neighbourhoods.WIDTH


def test_the_product_with_most_in_the_plan_comes_first(model: Model) -> None:
    modules = model.families["modules"].columns
    last = sorted({key[1] for key in modules})[-1]
    values = [0.0] * len(model.names)
    for key, column in modules.items():
        values[column] = float(key[1] == last)
    first = neighbourhoods.neighbourhoods(model, values)[0]
    assert {key[1] for key, column in modules.items() if first[column]} == {last}
