"""Large models: arrays in place of PuLP's objects, links by rounds, and the polish in place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from planner.core.case import Case
from planner.core.errors import Infeasible, Stopped
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.model.matrix import by_rows
from planner.solve import grain, highs, live, rounds
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny

EXACT = SolverSettings(gap=0.0)


def places(seed: int, capacity: float | None) -> Case:
    draw = np.random.default_rng(seed)
    names, buyers = [f"s{n}" for n in range(8)], [f"c{n}" for n in range(12)]
    made = {"id": names, "fixed_cost": draw.uniform(1, 5, 8).round(2)}
    if capacity is not None:
        made["capacity"] = np.full(8, capacity)
    wants = pd.DataFrame({"id": buyers, "demand": draw.integers(1, 5, 12)})
    costs = pd.DataFrame(draw.uniform(0, 2, (8, 12)).round(2), index=names, columns=buyers)
    return Case.from_tables(pd.DataFrame(made), wants, costs)


@pytest.mark.parametrize("capacity", [None, 6.0, 11.5])
@pytest.mark.parametrize("seed", range(4))
def test_by_rounds_is_as_good_as_all_at_once(
    seed: int, capacity: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = places(seed, capacity)
    ordinary = solve_case(case)
    monkeypatch.setattr(live, "LARGE", 1)
    plan = solve_case(case)
    assert plan.info.objective == pytest.approx(ordinary.info.objective, rel=1e-9)
    assert plan.info.bound == pytest.approx(plan.info.objective, rel=1e-6)
    assert len(plan.rows) == len(ordinary.rows)
    assert plan.rows["slack"].min() > -1e-6, "links that never went over are kept all the same"


def test_a_relaxation_cut_short_still_leads_to_the_best_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    case = places(1, 6.0)
    best = solve_case(case).info.objective
    monkeypatch.setattr(live, "LARGE", 1)
    monkeypatch.setattr(rounds, "MOST_ROUNDS", 1)
    assert solve_case(case).info.objective == pytest.approx(best, rel=1e-9)


def test_other_models_go_over_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = solve_case(rich())
    assert not any(rule.implied for rule in build_model(rich()).model.rules.values())
    monkeypatch.setattr(live, "LARGE", 1)
    monkeypatch.setattr(grain, "FEWEST_INTEGERS", 1)
    plan = solve_case(rich())
    assert plan.info.objective == pytest.approx(ordinary.info.objective, rel=1e-7)
    assert plan.info.bound >= plan.info.objective


def test_a_start_limits_and_contradictions_are_heard_in_bulk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "LARGE", 1)
    model = build_model(rich()).model
    first = highs.run(model, EXACT)
    again = highs.run(model, EXACT, start=first.values)
    assert again.objective == pytest.approx(first.objective, rel=1e-9)
    with pytest.raises(Stopped):
        solve_case(tiny(), time_limit=1e-9)
    with pytest.raises(Infeasible):
        solve_case(tiny(sites={"pin": [{"site": "us_a"}], "forbid": ["US"]}))


@pytest.mark.parametrize("large", [1, 10**9])
def test_polish_in_place_equals_a_fresh_programme(
    large: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LARGE", large)
    monkeypatch.setattr(grain, "FEWEST_INTEGERS", 1)
    model = build_model(rich()).model
    answer, kept = highs.run_live(model, EXACT)
    found = answer.values  # noqa: PD011 - no frame
    assert found is not None
    assert highs.polish(kept, found).prices == pytest.approx(
        highs.run(highs.fix_integers(model, found), EXACT).prices
    )


def test_rows_as_arrays_sum_columns_named_twice_and_drop_zeros() -> None:
    m = Model("t")
    x = m.variables("x", [(1,), (2,)], index="n", unit="")
    terms = [(x[1,], 1.0), (x[2,], 0.0), (x[1,], 2.0)]
    m.require("a", [((1,), terms, "<=", 4.0), ((2,), [], ">=", -1.0)], unit="", why="")
    rows = by_rows(m)
    assert rows.columns.tolist() == [0]
    assert (rows.lower[0], rows.upper[0]) == (-np.inf, 4.0)
    assert rows.activity(np.array([2.0, 5.0])).tolist() == [6.0, 0.0]
    assert by_rows(Model("empty")).starts.tolist() == [0]
