"""From a first plan to one that is proved, each of the three ways, and what a stop leaves."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve import highs, kernel, live, proof
from planner.solve.answer import Progress
from tests.rich import rich

SETTINGS = SolverSettings(gap=1e-4, time_limit=60, threads=1)
WAYS = {"cut-off": (math.inf, math.inf), "neighbourhoods": (0.0, 0.0), "search": (-1.0, math.inf)}
"""NEAR_ENOUGH and FAR that send every first plan one way."""


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.setattr(kernel, "FEWEST_INTEGERS", 1)
    monkeypatch.setattr(kernel, "FREE", 12)
    return build_model(rich()).model


def send(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    near, far = WAYS[way]
    monkeypatch.setattr(proof, "NEAR_ENOUGH", near)
    monkeypatch.setattr(proof, "FAR", far)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("gap", "free"), [(0.2, 2), (0.004, 12)])
def test_none_is_better_by_more_than_the_gap(
    model: Model, monkeypatch: pytest.MonkeyPatch, way: str, gap: float, free: int
) -> None:
    send(monkeypatch, way)
    best = highs.run(model, SETTINGS.model_copy(update={"gap": 0.0})).objective
    monkeypatch.setattr(kernel, "FREE", free)
    heard: list[Progress] = []
    asked = SETTINGS.model_copy(update={"gap": gap})
    answer, kept = highs.run_live(model, asked, heard.append, kernel=True)
    assert math.isfinite(kept.live.watch.beat) == (way != "search")
    assert answer.status == "optimal"
    assert answer.objective <= best + 1e-6
    assert answer.bound >= best - 1e-6
    assert answer.bound - answer.objective <= gap * abs(answer.objective) + 1e-6
    told = [p.objective for p in heard if p.objective is not None]
    assert told
    assert max(told) <= best + 1e-6, "what is to beat is no plan"
    assert min(p.bound for p in heard if p.bound is not None) >= best - 1e-6
    clock = [p.seconds for p in heard]
    assert clock == sorted(clock), "time goes on from part to part"


@pytest.mark.parametrize("way", WAYS)
def test_two_runs_go_the_same_way(model: Model, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    send(monkeypatch, way)
    one, two = (highs.run_live(model, SETTINGS, kernel=True)[0] for _ in range(2))
    assert one.values == two.values
    assert one.bound == two.bound


def test_what_is_to_beat_lies_within_the_gap_asked_for(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(monkeypatch, "cut-off")
    asked = SETTINGS.model_copy(update={"gap": 0.1})
    answer, kept = highs.run_live(model, asked, kernel=True)
    beat = kept.live.watch.beat
    assert beat == pytest.approx(answer.objective + 0.1 * abs(answer.objective), rel=1e-5)
    assert answer.bound == pytest.approx(beat)


def test_a_plan_lost_on_the_way_costs_nothing(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan HiGHS does not take for one leaves nothing to beat: searched as if it never was."""
    begin = kernel.first_plan

    def too_good(used: Model, settings: SolverSettings, watch: live.Watch) -> kernel.First | None:
        found = begin(used, settings, watch)
        assert found is not None
        return replace(found, values=[90.0 for _ in found.values])

    monkeypatch.setattr(highs, "first_plan", too_good)
    monkeypatch.setattr(proof, "worth", lambda _model, _values: 1e6)
    answer, kept = highs.run_live(model, SETTINGS, kernel=True)
    monkeypatch.undo()
    assert kept.live.watch.beat == -math.inf
    best = highs.run(model, SETTINGS)
    assert answer.objective == pytest.approx(best.objective, rel=2e-4)
    assert answer.bound >= best.objective * (1 - 1e-4)


@pytest.mark.parametrize("way", ["cut-off", "search"])
def test_a_poorer_plan_does_not_take_the_place_of_the_first(
    model: Model, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """HiGHS may drop the plan it is given and keep one of its own that is worth less."""
    send(monkeypatch, way)
    first: list[float] = []
    begin, search = kernel.first_plan, live.searched

    def known(used: Model, settings: SolverSettings, watch: live.Watch) -> kernel.First | None:
        found = begin(used, settings, watch)
        assert found is not None
        first.extend(found.values)
        return found

    def poorer(*given: Any, **named: Any) -> live.Live:
        return replace(search(*given, **named), known=np.zeros(len(first)))

    monkeypatch.setattr(highs, "first_plan", known)
    monkeypatch.setattr(proof, "searched", poorer)
    answer, kept = highs.run_live(model, SETTINGS, kernel=True)
    assert live.worth(model, [0.0] * len(first)) < answer.objective
    assert answer.values == first
    assert answer.bound >= answer.objective
    assert highs.polish(kept, first).objective >= answer.objective * (1 - 1e-9)


def test_stopped_after_the_first_plan_that_is_kept(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = kernel.first_plan

    def interrupted(
        used: Model, settings: SolverSettings, watch: live.Watch
    ) -> kernel.First | None:
        found = begin(used, settings, watch)
        watch.stop.set()
        return found

    monkeypatch.setattr(highs, "first_plan", interrupted)
    answer, kept = highs.run_live(model, SETTINGS, kernel=True)
    assert answer.values is not None
    assert answer.objective <= answer.bound
    wide = highs.gap_of(answer.objective, answer.bound) > SETTINGS.gap
    assert (answer.status, answer.stopped_by) == (
        ("feasible", "interrupt") if wide else ("optimal", "")
    )
    polished = highs.polish(kept, answer.values)
    assert polished.objective == pytest.approx(answer.objective, rel=1e-6)
    held = highs.run(highs.fix_integers(model, answer.values), SETTINGS)
    assert sum(polished.prices) == pytest.approx(sum(held.prices), rel=1e-6), "their sign too"


@pytest.mark.parametrize("way", WAYS)
def test_the_polish_knows_of_nothing_to_beat(
    model: Model, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The simplex would stop at what was to beat."""
    send(monkeypatch, way)
    answer, kept = highs.run_live(model, SETTINGS, kernel=True)
    assert answer.values is not None
    polished = highs.polish(kept, answer.values)
    assert polished.status == "optimal"
    held = highs.run(highs.fix_integers(model, answer.values), SETTINGS)
    assert polished.objective == pytest.approx(held.objective, rel=1e-7)
    assert sum(polished.prices) == pytest.approx(sum(held.prices), rel=1e-6)


def test_no_time_left_is_the_first_plan(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "SHORTEST", math.inf)
    monkeypatch.setattr(kernel, "FREE", 2)
    answer, _ = highs.run_live(model, SETTINGS, kernel=True)
    assert answer.values is not None
    assert answer.bound >= highs.run(model, SETTINGS).objective - 1e-6
    wide = highs.gap_of(answer.objective, answer.bound) > SETTINGS.gap
    assert answer.stopped_by == ("time limit" if wide else "")
