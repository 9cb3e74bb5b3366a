"""Wide rows priced: the bound holds for every plan, and the plan is the true programme's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import planner
from planner.core.errors import Stopped
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve import by_prices as module
from planner.solve import grain, highs
from planner.solve.answer import Answer, gap_of
from planner.solve.by_prices import TAIL, by_prices, priced
from planner.solve.live import worth
from tests.rich import BUILT_ONLY, rich

EXACT = SolverSettings(gap=0.0, time_limit=60)


@pytest.fixture
def small_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Price the rows of small models too."""
    monkeypatch.setattr(grain, "FEWEST_INTEGERS", 1)


def tailed() -> Model:
    """A model with a charge on the tail."""
    case = rich(concepts={**BUILT_ONLY, "risk": {"omega": 0.5}})
    return build_model(case).model


def two_towns() -> Model:
    """Two fabs worth 3 and 2 of which a row in common allows one and a half; x + y <= 1.5."""
    m = Model("towns")
    x = m.variables("x", [("a",), ("b",)], index="site", unit="count", high=1.0, kind="binary")
    m.require(
        "limit", [((), [(x["a",], 1.0), (x["b",], 1.0)], "<=", 1.5)], unit="count", why="by hand"
    )
    m.maximise([(x["a",], 3.0), (x["b",], 2.0)])
    return m


def test_a_row_priced_by_hand() -> None:
    """Half of b is taken, so the row is worth 2: 3a + 2b + 2 (1.5 - a - b) = a + 3, at most 4."""
    made = priced(two_towns(), {0}, EXACT)
    assert made is not None
    assert not made.rows
    assert made.objective == pytest.approx({0: 1.0, 1: 0.0})
    assert made.objective_constant == pytest.approx(3.0)


@pytest.mark.usefixtures("small_is_enough")
def test_where_the_priced_plan_breaks_the_row_the_true_programme_is_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Priced, both fabs are worth 4; the row allows one, worth 3, and the bound says so."""
    monkeypatch.setattr(module, "WIDE", 1)
    found = by_prices(two_towns(), EXACT)
    assert found is not None
    assert found.values == pytest.approx([1.0, 0.0])
    assert found.objective == pytest.approx(3.0)
    assert found.bound == pytest.approx(3.0)


run_live = highs.run_live


def ended(used: Model, *more: Any, **named: Any) -> tuple[Answer, Any]:
    """A search that found both fabs and was then stopped; linear programmes are solved."""
    if any(used.integer):
        return Answer("feasible", [1.0, 1.0], 4.0, 4.0, stopped_by="interrupt"), None
    return run_live(used, *more, **named)


@pytest.mark.usefixtures("small_is_enough")
def test_a_stopped_search_does_not_go_on_in_the_true_programme(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its plan breaks the row: there is none, or the one known before."""
    monkeypatch.setattr(module, "WIDE", 1)
    monkeypatch.setattr(module.highs, "run_live", ended)
    with pytest.raises(Stopped, match="interrupt"):
        by_prices(two_towns(), EXACT)
    found = by_prices(two_towns(), EXACT, start=[0.0, 1.0])
    assert found is not None
    assert (found.values, found.objective, found.bound) == ([0.0, 1.0], 2.0, 4.0)
    assert (found.status, found.stopped_by) == ("feasible", "interrupt")


@pytest.mark.usefixtures("small_is_enough")
def test_with_no_time_left_the_plan_known_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a second search with the whole limit anew."""
    monkeypatch.setattr(module, "WIDE", 1)
    monkeypatch.setattr(module, "SHORTEST", 1e9)
    found = by_prices(two_towns(), EXACT, start=[1.0, 0.0])
    assert found is not None
    assert (found.objective, found.bound) == pytest.approx((3.0, 4.0))
    assert (found.status, found.stopped_by) == ("feasible", "time limit")


@pytest.mark.usefixtures("small_is_enough")
def test_a_start_is_gone_on_from() -> None:
    """With the programme's own optimum to begin with the same worth comes out."""
    model = tailed()
    known = highs.run(model, EXACT)
    found = by_prices(model, EXACT, start=known.values)
    assert found is not None
    assert found.objective == pytest.approx(known.objective, rel=1e-6)


@pytest.mark.usefixtures("small_is_enough")
def test_the_optimum_is_that_of_the_true_programme() -> None:
    model = tailed()
    assert any(row[0].startswith(TAIL) for row in model.rows)
    found, true = by_prices(model, EXACT), highs.run(model, EXACT)
    assert found is not None
    assert found.values is not None
    assert found.objective == pytest.approx(true.objective, rel=1e-6)
    assert worth(model, found.values) == pytest.approx(found.objective, rel=1e-9)
    assert found.bound >= true.objective * (1 - 1e-9)
    assert len(found.prices) == len(model.rows)


def test_no_plan_is_worth_more_priced_than_true_and_the_relaxation_is_worth_the_same() -> None:
    model = tailed()
    wide = {n for n, row in enumerate(model.rows) if row[0].startswith(TAIL)}
    made = priced(model, wide, EXACT)
    assert made is not None
    whole = highs.run(model, EXACT)
    assert whole.values is not None
    lone = {j for j in range(len(made.names)) if made.low[j] == made.high[j] == 0.0}
    kept = [0.0 if j in lone else x for j, x in enumerate(whole.values)]
    assert worth(made, kept) >= whole.objective - 1e-9
    bounds = [highs.run(_relaxed(m), EXACT).objective for m in (model, made)]
    assert bounds[0] == pytest.approx(bounds[1], rel=1e-7)


def _relaxed(model: Model) -> Model:
    made = Model(model.name)
    made.__dict__.update(model.__dict__)
    made.integer = [False] * len(model.integer)
    return made


def test_without_wide_rows_or_in_a_small_model_there_is_nothing_to_do() -> None:
    assert by_prices(tailed(), EXACT) is None
    assert by_prices(two_towns(), EXACT) is None


def test_a_column_without_rows_is_held_unless_it_earns_without_end() -> None:
    """Priced rightly theta is left with nothing to earn; with something the model is not taken."""
    model = tailed()
    wide = {n for n, row in enumerate(model.rows) if row[0].startswith(TAIL)}
    theta = model.family("theta").columns["loss",]
    made = priced(model, wide, EXACT)
    assert made is not None
    assert (made.low[theta], made.high[theta], made.objective[theta]) == (0.0, 0.0, 0.0)
    alone = Model("alone")
    alone.variables("x", [("a",)], index="site", unit="count")
    alone.maximise([(0, 1e-12)])
    assert module._lone_at_nothing(alone)
    assert alone.high == [0.0]
    earns = Model("earns")
    earns.variables("x", [("a",)], index="site", unit="count")
    earns.maximise([(0, 1.0)])
    assert not module._lone_at_nothing(earns)


@pytest.mark.usefixtures("small_is_enough")
def test_a_gap_too_wide_in_the_true_programme_is_closed_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As if the plan had lost a tenth of its worth: the search goes on from it."""
    model, lost = tailed(), list[float]()
    run = highs.run

    def poorer(asked: Model, settings: SolverSettings, **more: Any) -> Answer:
        answer = run(asked, settings, **more)
        lost.append(0.9 * answer.objective)
        return replace(answer, objective=lost[-1])

    monkeypatch.setattr(module.highs, "run", poorer)
    found = by_prices(model, EXACT)
    assert lost
    assert found is not None
    assert gap_of(found.objective, found.bound) < 1e-5


def test_the_shipped_base_case_is_searched_so() -> None:
    """Its tail rows go, its plan is verified in the true programme as any other."""
    model = build_model(planner.load("base", ["horizon.periods=3"])).model
    settings = SolverSettings(gap=0.02, time_limit=60)
    found = by_prices(model, settings)
    assert found is not None
    assert found.status == "optimal"
    assert gap_of(found.objective, found.bound) <= 0.02
