"""The kept solver session: right answers, one load a shape; and a search from a known plan."""

from __future__ import annotations

import numpy as np
import pytest

from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.solve import highs
from planner.solve.session import Session, SmallLp, search_from
from tests.rich import rich


def knapsack(worth: tuple[float, float], room: float, least: float = 0.0) -> SmallLp:
    """Maximise worth x with x1 + x2 <= room, x1 >= least, 0 <= x <= 3."""
    return SmallLp(
        (((0, 1.0), (1, 1.0)), ((0, 1.0),)),
        np.array(worth),
        np.zeros(2),
        np.full(2, 3.0),
        np.array([-np.inf, least]),
        np.array([room, np.inf]),
    )


def test_lps_of_one_shape_are_loaded_once() -> None:
    session = Session()
    answers = [
        session.solve(knapsack((1, 2), 4)),
        session.solve(knapsack((2, 1), 4)),
        session.solve(knapsack((1, 2), 5, least=2.5)),
    ]
    wanted = [[1, 3], [3, 1], [2.5, 2.5]]
    assert [a.tolist() for a in answers if a is not None] == [pytest.approx(w) for w in wanted]
    assert (session.loads, session.solves) == (1, 3)


def test_what_cannot_be_met_is_none_and_the_next_one_is_right() -> None:
    session = Session()
    assert session.solve(knapsack((1, 1), 1, least=2)) is None
    answer = session.solve(knapsack((1, 2), 4))
    assert answer is not None
    assert answer.tolist() == pytest.approx([1, 3])


def test_no_columns() -> None:
    none = np.zeros(0)
    session = Session()
    fits = SmallLp(((),), none, none, none, np.array([-np.inf]), np.array([1.0]))
    breaks = SmallLp(((),), none, none, none, np.array([1.0]), np.array([np.inf]))
    assert session.solve(fits) is not None
    assert session.solve(breaks) is None


def test_a_search_from_a_plan_finds_the_optimum_and_its_bound() -> None:
    model = build_model(rich()).model
    direct = highs.run(model, SolverSettings(gap=0.0))
    assert direct.values is not None
    start = {j: round(direct.values[j]) for j, whole in enumerate(model.integer) if whole}
    found = search_from(model, start, SolverSettings(gap=0.0))
    assert found is not None
    assert found.objective == pytest.approx(direct.objective, abs=1e-6)
    assert found.bound == pytest.approx(direct.objective, abs=1e-5)
    nothing = search_from(model, {}, SolverSettings(gap=0.0))
    assert nothing is not None
    assert nothing.objective == pytest.approx(direct.objective, abs=1e-6)
