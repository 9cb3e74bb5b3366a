"""One reading finds every problem: what a schema refuses does not hide what the data refuse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.scenario import Scenario
from planner.inputs.salvage import standing_part
from planner.model.catalogue import option_schemas
from tests.inputs.test_bad_data import one
from tests.inputs.tree import Tree

EVERYTHING_WRONG = """extends: base
name: mine
horizon: {start: 1888}
weights: {cost: -1}
futures: [calmm]
sites:
  forbid: [us_phenix]
  pin: [{site: us_cley, product: N4x, modules: 0}]
concepts:
  limits: {home_share_pct: 900, places: [{where: XX, least_kwpm: 3, since: 2030}]}
  budget: {on: true}
overrides:
  - {table: price, entity: N2, parameter: price_usd_per_wafer, value: -5, reason: x}
  - {table: price, entity: N2, parameter: price_usd_per_waver, value: 5, reason: x}
  - {table: price, entity: N2y, parameter: price_usd_per_wafer, value: abc, reason: x}
  - {table: finance, entity: firm, parameter: discount_rate_pct, value: 900, unit: "%", reason: x}
  - {table: existing, entity: us_clay|N28, parameter: capacity_kwpm, value: ten, reason: x}
"""
FOUND = (
    "mine.yaml:3: horizon.start: 1888", "mine.yaml:4: weights.cost: -1",
    "mine.yaml:5: futures.0: unknown future 'calmm'. Did you mean 'calm'?",
    "mine.yaml:7: sites.forbid.0: unknown site or country 'us_phenix'",
    "mine.yaml:8: sites.pin.0.modules: 0", "mine.yaml:8: sites.pin.0.site: unknown site 'us_cley'",
    "mine.yaml:8: sites.pin.0.product: unknown product class 'N4x'",
    "mine.yaml:10: concepts.limits.home_share_pct: 900",
    "mine.yaml:10: concepts.limits.places.0.where: unknown site or country 'XX'. Allowed: DE",
    "mine.yaml:11: concepts.budget: unknown concept. Did you mean 'budgets'?",
    "mine.yaml:13: overrides.0.value: -5 is outside 0 to 100000 USD/wafer",
    "mine.yaml:14: overrides.1.parameter: unknown parameter 'price_usd_per_waver'",
    "mine.yaml:15: overrides.2.value: 'abc'",
    "mine.yaml:15: overrides.2.entity: no fact price.price_usd_per_wafer of 'N2y'",
    "mine.yaml:16: overrides.3.unit: unknown field",
    "mine.yaml:16: overrides.3.value: 900 is outside 0 to 50 %",
    "mine.yaml:17: overrides.4.value: 'ten'",
)  # fmt: skip


def test_every_problem_of_a_scenario_comes_at_once(tree: Tree) -> None:
    problems = tree.problems(tree.scenario(EVERYTHING_WRONG))
    for want in FOUND:
        one(problems, want)
    assert len(problems) == len(FOUND), "each once, and nothing that is not so"


def test_problems_of_data_and_scenario_come_at_once(tree: Tree) -> None:
    tree.edit("facts/future.csv", lambda s: s.replace("calm,probability_pct,,13,", "calm,probability_pct,,12,", 1))  # noqa: E501  # fmt: skip
    problems = tree.problems(tree.scenario("extends: base\nname: mine\nweights: {cost: -1}\n"))
    one(problems, "weights.cost")
    one(problems, "E131")


@pytest.mark.parametrize(
    ("line", "total", "hint"),
    [
        ("entity: calm, parameter: probability_pct, value: 50", "137", "by 0.574713"),
        ("entity: '*', parameter: probability_pct, factor: 0.5", "50", "the other way"),
    ],
)
def test_overridden_chances_that_do_not_add_up(
    tree: Tree, line: str, total: str, hint: str
) -> None:
    text = f"extends: base\nname: mine\noverrides:\n  - {{table: future, {line}, reason: x}}\n"
    found = one(tree.problems(tree.scenario(text)), "E131 scenarios/mine.yaml:4", f"add to {total}")
    assert hint in found


def test_chances_that_make_room_are_taken(tree: Tree) -> None:
    """The hint is true: with that factor on the others, one chance can be set."""
    text = (
        "extends: base\nname: mine\noverrides:\n"
        "  - {table: future, entity: '*', parameter: probability_pct, factor: 0.5747126436781609,"
        " reason: x}\n"
        "  - {table: future, entity: calm, parameter: probability_pct, value: 50, reason: x}\n"
    )
    case = tree.load(tree.scenario(text))
    assert case.value("future.probability_pct", "calm") == 50
    assert sum(
        case.value("future.probability_pct", s) for s in case.ids("futures")
    ) == pytest.approx(100)


def test_picked_futures_are_scaled_as_the_field_says(tree: Tree) -> None:
    text = (
        "extends: base\nname: mine\nfutures: [calm, boom_2028]\noverrides:\n"
        "  - {table: future, entity: calm, parameter: probability_pct, value: 50, reason: x}\n"
    )
    assert tree.load(tree.scenario(text)).value("future.probability_pct", "calm") == 50


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 3000) | st.floats(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["site", "product", "start", "table", "entity", "parameter", "value", "factor",
                 "reason", "limits", "places", "on", "method", "cost", "pin", "forbid"]
            ) | st.text(max_size=3),
            inner, max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from([*Scenario.model_fields]), JSON, max_size=6))
def test_whatever_stands_is_a_scenario(data: dict[str, Any]) -> None:
    left, vague = standing_part({"name": "mine", **data}, option_schemas())
    assert left is None or Scenario.model_validate(left.model_dump()) == left
    assert left is None or all(left.overrides[n].factor == 1.0 for n in vague)
