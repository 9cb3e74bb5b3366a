"""The kept solver session: right answers, one load a shape."""

from __future__ import annotations

import numpy as np
import pytest

from planner.solve.session import Session, SmallLp


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
