"""Shortened sizes: only where they matter, too small to be seen, and the bound still holds."""

from __future__ import annotations

import pytest

from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve import grain, highs
from tests.rich import rich


def small() -> Model:
    m = Model("t")
    n = m.variables("n", [(1,), (2,)], index="x", unit="modules", high=3, kind="integer")
    cap = m.variables("cap", [(1,)], index="x", unit="kwpm")
    terms = [(cap[1,], 1.0), (n[1,], -25.0), (n[2,], -12.5)]
    m.require("tie", [((1,), terms, "=", 10.0)], unit="kwpm", why="")
    m.require("all", [((1,), [(n[1,], 1.0), (n[2,], 1.0)], "=", 3.0)], unit="modules", why="")
    m.require("top", [((1,), [(cap[1,], 1.0), (n[1,], 1.0)], "<=", 70.0)], unit="kwpm", why="")
    m.maximise([(cap[1,], 1.0)])
    return m


def test_only_equations_of_one_continuous_column_change() -> None:
    before = small()
    after = grain.shortened(before)
    (_, tie, _, right), whole, top = after.rows
    assert [whole, top] == before.rows[1:]
    assert right == 10.0
    assert tie[0] == before.rows[0][1][0], "the continuous column keeps its size"
    for (j, a), (k, b) in zip(tie[1:], before.rows[0][1][1:], strict=True):
        assert j == k
        assert 1e-7 <= 1 - a / b <= 2.000001e-7
    assert before.rows[0][1][1][1] == -25.0, "the model itself stays as it was"


def test_an_exact_threshold_is_still_met() -> None:
    model, cap = small(), 2
    tier = model.variables("tier", [(1,)], index="x", unit="0/1", high=1, kind="integer")[1,]
    # 60 kwpm is the most there can be: one module of 25, two of 12.5, and 10
    reached = [((1,), [(tier, 60.0), (cap, -1.0)], "<=", 0.0)]
    model.require("tier", reached, unit="kwpm", why="")
    model.require("least", [((1,), [(cap, 1.0)], ">=", 60.0)], unit="kwpm", why="")
    model.maximise([(tier, 1.0)])
    after = grain.shortened(model)
    assert after.rows[-2][1] == [(tier, 60.0), (cap, -1.0 - grain.LONG)]
    assert after.rows[-1][1] == [(cap, 1.0 + grain.LONG)]
    assert after.rows[2][1] is model.rows[2][1], "a ceiling stays as it is"
    assert highs.run(after, SolverSettings(gap=0.0)).objective == pytest.approx(61.0, rel=1e-5)


def test_small_models_are_searched_as_they_are() -> None:
    assert not grain.needed(small())
    assert not grain.needed(build_model(rich()).model)


def test_search_on_shortened_sizes_finds_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    model, exact = build_model(rich()).model, SolverSettings(gap=0.0)
    true = highs.run(model, exact)
    monkeypatch.setattr(grain, "FEWEST_INTEGERS", 1)
    found = highs.run(model, exact)
    assert true.values is not None
    assert found.values is not None
    whole = [j for j, i in enumerate(model.integer) if i]
    polished = highs.run(highs.fix_integers(model, found.values), exact)
    assert polished.objective == pytest.approx(true.objective, rel=1e-9)
    assert [round(found.values[j]) for j in whole] == [round(true.values[j]) for j in whole]
    assert true.objective <= found.bound <= true.objective * (1 + 1e-5)
