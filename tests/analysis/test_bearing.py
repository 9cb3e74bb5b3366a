"""Bearing of every number: equal to re-solving, nothing where nothing hangs on it, gates told."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from planner.analysis.bearing import Shape, bearing, effects_of, points
from planner.analysis.bench import Bench
from planner.analysis.numbers import Number, numbers, step
from planner.core.case import Case
from planner.core.plan import Plan
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from planner.solve.variant import held_at, search
from tests.tiny import tiny

LITTLE = 1e-3


def solved() -> tuple[Plan, Case]:
    case = tiny()
    return solve_case(case), case


def held(case: Case, names: list[str], values: list[float]) -> float:
    """Optimum with the whole-number decisions of a plan, found anew."""
    model = build_model(case).model
    assert model.names == names
    answer = search(held_at(model, values, set()), 0.0, 20.0)
    assert answer is not None
    return answer.objective


def named(found: tuple[Number, ...], table: str, entity: str, parameter: str) -> Number:
    return next(n for n in found if (n.table, n.entity, n.parameter) == (table, entity, parameter))


def test_every_effect_is_what_re_solving_says() -> None:
    """A thousandth more and less of each number against the programme solved anew.

    Where the optimum has a kink the prices may be those of either side, so the effect lies between
    the two; elsewhere both sides are the same.
    """
    plan, case = solved()
    bench = Bench(plan, case)
    here = points(bench)[0]
    base = Shape(bench.model)
    exact = 0
    for number in numbers(case):
        if any(step(f, LITTLE) == 1.0 for f in number.facts):
            continue  # years and generations change which decisions there are
        more, less = number.moved(case, LITTLE), number.moved(case, -LITTLE)
        if more is None or less is None:
            continue
        up = held(more, bench.model.names, bench.values) - here.worth
        down = here.worth - held(less, bench.model.names, bench.values)
        got = effects_of(case, base, [here], number, LITTLE)[0]
        slack = 2e-6 + 0.02 * max(abs(up), abs(down))
        label = f"{number.table}.{number.parameter} of {number.entity}: {down} {got} {up}"
        assert min(up, down) - slack <= got <= max(up, down) + slack, label
        exact += abs(up) > 1e-5 and abs(up - down) <= slack
    assert exact >= 8, "numbers that move the plan alike on both sides"


def test_a_hand_worked_lead() -> None:
    """Land in Japan at 0.5 is paid once: a tenth of it is 0.05, in the plan and in no other."""
    plan, case = solved()
    used = {i for i in ("us_a", "jp_a") if any(k[0] == i for k in plan.values("modules"))}
    assert "jp_a" in used
    bench = Bench(plan, case)
    some = points(bench)
    assert [p.name for p in some][:1] == ["the plan"]
    assert "staying home" in {p.name for p in some}
    land = named(numbers(case), "site", "jp_a", "site_cost_usd_bn")
    effects = effects_of(case, Shape(bench.model), some, land)
    home = [p.name for p in some].index("staying home")
    begun = min(t for (i, *_, t) in plan.values("modules") if i == "jp_a")
    assert effects[home] == pytest.approx(0.0)
    assert effects[0] == pytest.approx(-0.05 / 1.08 ** (begun - 2026), rel=0.15)


def test_a_number_nothing_hangs_on_decides_nothing() -> None:
    plan, case = solved()
    rows = {(r["table"], r["entity"], r["parameter"]): r for r in bearing(plan, case)["rows"]}
    spare = rows["site", "us_a", "power_limit_mw"]
    assert spare["lead_usd_bn"] == pytest.approx(0.0, abs=1e-9)
    assert not spare["decides"]


def test_a_year_that_takes_a_decision_away_decides() -> None:
    plan, case = solved()
    first = next(i for (i, *_, t) in plan.values("modules") if t == 2026 and i != "tw_a")
    gate = named(numbers(case), "site", first, "earliest_start")
    bench = Bench(plan, case)
    assert math.isinf(effects_of(case, Shape(bench.model), points(bench)[:1], gate)[0])


def test_workers_change_nothing() -> None:
    plan, case = solved()
    alone, together = bearing(plan, case), bearing(plan, case, workers=2)
    assert alone["rows"] == together["rows"]
    assert alone["text"] == together["text"]
    assert alone["grades"]["D"] == alone["deciding"] > 0


def test_one_row_for_many_places_is_one_number() -> None:
    case = tiny()
    facts = tuple(
        replace(f, where="data/facts/site.csv:9") if f.parameter == "water_usd_per_m3" else f
        for f in case.facts
    )
    found = [n for n in numbers(case.replace(facts=facts)) if n.parameter == "water_usd_per_m3"]
    assert len(found) == 1
    assert len(found[0].facts) == 3
    assert np.isclose(found[0].middle.value, 0.0)
