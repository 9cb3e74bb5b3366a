"""Cases near one another: parts of a model taken over, starts, and answers that hang on nothing."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.errors import Infeasible, PlannerError
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.inputs.load import Evidence, data_root, load_case, scenario_root
from planner.model import catalogue
from planner.model.assemble import build_model
from planner.model.catalogue import concepts, option_schemas
from planner.model.ledger import Ledger
from planner.model.matrix import bounds, by_rows
from planner.model.rebuild import Rebuilt, Workshop
from planner.solve.answer import gap_of
from planner.solve.kept import Kept
from planner.solve.near_session import Start
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.rich import plainer, rich

GAP = 0.01
ASKED = SolverSettings(gap=GAP, threads=1)
SLOW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@cache
def workshop() -> Workshop:
    return Workshop(rich())


@cache
def kept() -> Kept:
    return Kept(plainer(), ASKED)


def moved(case: Case, facts: dict[int, float], **scenario: Any) -> Case:
    """A case with some facts times a factor (by their place among the facts)."""
    some = list(case.facts)
    for number, factor in facts.items():
        fact = some[number % len(some)]
        some[number % len(some)] = replace(fact, value=fact.value * factor)
    return case.replace(facts=tuple(some), scenario=case.scenario.with_(**scenario))


FACTORS = st.dictionaries(st.integers(0, 10_000), st.sampled_from([0.0, 0.8, 1.1]), max_size=2)
WEIGHTS = st.fixed_dictionaries({"cost": st.sampled_from([1.0, 1.2]), "risk": st.floats(0, 2)})


def same_model(made: Rebuilt, case: Case) -> None:
    """Everything of a model and its arrays as if built from nothing."""
    new, mine = build_model(case).model, made.built.model
    for part in ("names", "low", "high", "integer", "rows", "money", "measures"):
        assert getattr(mine, part) == getattr(new, part), part
    assert list(mine.families) == list(new.families)
    assert {n: r.rows for n, r in mine.rules.items()} == {n: r.rows for n, r in new.rules.items()}
    rows, programme = by_rows(new), made.programme
    for part in ("starts", "columns", "values", "lower", "upper"):
        assert np.array_equal(getattr(rows, part), getattr(programme.rows, part)), part
    assert all(map(np.array_equal, bounds(new), (programme.low, programme.high)))
    cost = np.zeros(len(new.names))
    cost[list(new.objective)] = list(new.objective.values())
    assert np.array_equal(cost, programme.cost)
    assert new.objective_constant == programme.offset
    assert np.array_equal(Ledger.of(new.money).values, made.ledger.values)


@SLOW
@given(FACTORS, WEIGHTS)
def test_parts_taken_over_make_the_same_model(facts: dict[int, float], weights: Any) -> None:
    case = moved(rich(), facts, weights=weights)
    try:
        build_model(case)
    except (PlannerError, ZeroDivisionError):
        return  # no model either way
    same_model(workshop().build(case), case)


@pytest.mark.parametrize("name", sorted({c.name for c in concepts() if c.active(rich())}))
def test_options_of_every_concept_reach_the_model(name: str) -> None:
    """Each knob of a concept moved alone, where it can be moved by a number."""
    mine = next(c for c in concepts() if c.name == name)
    chosen = mine.chosen(rich()).model_dump()
    for knob, value in chosen.items():
        if isinstance(value, float) and value:
            changed = {**rich().scenario.concepts}
            changed[name] = {**changed.get(name, {}), knob: value * 0.9}
            case = moved(rich(), {}, concepts=changed)
            same_model(workshop().build(case), case)


def test_only_what_a_fact_reaches_is_built_again() -> None:
    budget = ("programme", "budget_usd_bn")
    number = next(n for n, f in enumerate(rich().facts) if (f.table, f.parameter) == budget)
    again = workshop().build(moved(rich(), {number: 1.1})).again
    assert "subsidy" in again
    assert not {"capacity", "sales", "costs", "talent"} & set(again)


def test_other_sets_are_built_from_nothing() -> None:
    case = moved(rich(), {}, sites={"forbid": ["JP"]})
    made = workshop().build(case)
    assert len(made.again) == len(made.built.parts)
    same_model(made, case)


def test_concepts_declare_what_they_see_of_a_model() -> None:
    """What `rebuild` relies on: no concept looks at rows or bounds, and money only when it says."""
    folder = Path(catalogue.__file__).parent / "concepts"
    for path in folder.glob("[a-z]*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        seen = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("m", "model")
        }
        own = {"high"} if path.stem == "strings" else set()  # bounds of columns it made itself
        assert not (seen - own) & {"rows", "low", "high", "names", "integer", "objective"}, path
        concept = next(c for c in concepts() if c.name == path.stem)
        assert ("money" in seen) == concept.reads_money, path


@SLOW
@given(FACTORS, WEIGHTS)
def test_a_point_is_what_it_is_alone(facts: dict[int, float], weights: Any) -> None:
    case = moved(plainer(), facts, weights=weights)
    alone = outcome(lambda: solve_case(case, gap=GAP, threads=1))
    here = outcome(lambda: kept().solve(case, ASKED))
    if not isinstance(alone, Plan) or not isinstance(here, Plan):
        assert alone == here
        return
    assert here.info.status == alone.info.status
    assert gap_of(here.info.objective, here.info.bound) <= GAP
    slack = 1e-6 * max(1.0, abs(alone.info.objective))
    assert here.info.bound >= alone.info.objective - slack
    assert alone.info.bound >= here.info.objective - slack
    assert here.measures.keys() == alone.measures.keys()
    assert verify(here, case) == ()


def outcome(solve: Callable[[], Plan]) -> Plan | str:
    """A plan, or the kind of what came instead of it."""
    try:
        return solve()
    except (PlannerError, ZeroDivisionError) as error:
        return type(error).__name__


def test_answers_hang_on_nothing_that_was_solved_before() -> None:
    budget = next(n for n, f in enumerate(plainer().facts) if f.parameter == "budget_usd_bn")
    cases = [
        moved(plainer(), {}, weights={"cost": 1.1, "risk": 2.0}),
        moved(plainer(), {budget: 0.0}),
        moved(plainer(), {}, sites={"forbid": ["JP"]}),
        moved(plainer(), {budget: 1.7}, weights={"subsidy": 0.0}),
    ]
    start = kept().start
    assert start is not None
    found = []
    for order in ((0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)):
        session = Kept(plainer(), ASKED, Start.unpacked(start.packed()))
        plans = {n: session.solve(cases[n], ASKED) for n in order}
        found.append([told(plans[n]) for n in range(len(cases))])
    assert found[0] == found[1] == found[2]


def told(plan: Plan) -> tuple[Any, ...]:
    """Everything of a plan that a sweep keeps, to the last digit."""
    info = plan.info
    return info.objective, info.bound, info.gap, dict(plan.measures), plan.cash.to_csv()


def test_a_case_without_a_plan_says_so() -> None:
    pin = {"site": plainer().ids("sites")[0], "modules": 40, "by": 2026}
    with pytest.raises(Infeasible):
        kept().solve(moved(plainer(), {}, sites={"pin": [pin]}), ASKED)


def test_a_start_survives_being_stored() -> None:
    start = kept().start
    assert start is not None
    back = Start.unpacked(start.packed())
    assert np.array_equal(back.whole, start.whole)
    for one, two in zip((*back.relaxed, *back.held), (*start.relaxed, *start.held), strict=True):
        assert np.array_equal(one, two)


def test_a_tighter_gap_is_searched_for() -> None:
    """Where the relaxation is not enough the whole programme is searched, from the plan known."""
    case = moved(plainer(), {}, weights={"cost": 1.2})
    asked = ASKED.model_copy(update={"gap": 0.0})
    plan = kept().solve(case, asked)
    assert plan.info.gap <= 1e-5
    assert plan.info.size["near"] == 4
    assert plan.info.objective == pytest.approx(
        solve_case(case, gap=0.0, threads=1).info.objective, rel=1e-5
    )


def test_tables_read_once_give_the_same_case() -> None:
    evidence = Evidence()
    for changes in ((), ("weights.risk=2", "facts.country.US.tax_rate_pct=*1.1")):
        path = scenario_root() / "base.yaml"
        kept_tables = load_case(path, option_schemas(), data_root(), changes, evidence)
        assert kept_tables.digest == load_case(path, option_schemas(), data_root(), changes).digest
