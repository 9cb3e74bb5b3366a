"""Overrides by pattern, own capacity that an override adds, and the firms shipped as scenarios."""

from __future__ import annotations

import pytest

import planner
from planner.core.case import Case
from planner.model.assemble import prepare
from tests.inputs.test_bad_data import one
from tests.inputs.tree import Tree

HEAD = "extends: base\nname: mine\noverrides:\n"


def loaded(tree: Tree, line: str) -> Case:
    return tree.load(tree.scenario(f"{HEAD}  - {line}\n"))


def test_a_pattern_changes_a_class_in_every_market_and_nothing_else(tree: Tree) -> None:
    base = tree.load()
    line = "{table: demand, entity: '*|N28', parameter: wafers_mn, factor: 2, reason: why}"
    for before, after in zip(base.facts, loaded(tree, line).facts, strict=True):
        twice = before.table == "demand" and before.entity.endswith("|N28")
        assert after.value == pytest.approx(before.value * (2 if twice else 1))


def test_a_pattern_without_a_hit_is_explained(tree: Tree) -> None:
    line = "{table: demand, entity: '*|N29', parameter: wafers_mn, factor: 2, reason: why}"
    one(tree.problems(tree.scenario(f"{HEAD}  - {line}\n")), "E209", "'*|N29'", "Did you mean")


def test_own_capacity_may_stand_where_the_data_have_none(tree: Tree) -> None:
    line = (
        "{table: existing, entity: jp_kuwana|N40, parameter: capacity_kwpm, value: 35, reason: why}"
    )
    case = loaded(tree, line)
    sets, _ = prepare(case)
    assert len(case.facts) == len(tree.load().facts) + 1
    assert {sets.existing["jp_kuwana", "N40", t] for t in sets.periods} == {35.0}
    assert case.overridden["existing|jp_kuwana|N40|capacity_kwpm|2026"] == "why"


def test_added_capacity_starts_in_its_year(tree: Tree) -> None:
    line = (
        "{table: existing, entity: jp_kuwana|N40, parameter: capacity_kwpm, period: 2030,"
        " value: 35, reason: why}"
    )
    sets, _ = prepare(loaded(tree, line))
    assert ("jp_kuwana", "N40", 2028) not in sets.existing
    assert sets.existing["jp_kuwana", "N40", 2030] == 35


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("{table: existing, entity: jp_kuwanna|N40, parameter: capacity_kwpm, value: 1, reason: w}",
         ("E209", "jp_kuwanna|N40")),
        ("{table: existing, entity: jp_kuwana|N40, parameter: capacity_kwpm, factor: 2, reason: w}",
         ("E209", "jp_kuwana|N40")),
        ("{table: existing, entity: jp_kuwana|N40, parameter: capacity_kwpm, value: -1, reason: w}",
         ("E210", "-1 is outside")),
        ("{table: demand, entity: US|N29, parameter: wafers_mn, value: 1, reason: w}",
         ("E209", "US|N29")),
    ],
)  # fmt: skip
def test_nothing_else_is_added(tree: Tree, line: str, parts: tuple[str, ...]) -> None:
    one(tree.problems(tree.scenario(f"{HEAD}  - {line}\n")), *parts)


def total(case: Case, what: str) -> dict[str, float]:
    """Capacity in the first period by class, or demand by class in 2026."""
    found: dict[str, float] = {}
    if what == "capacity":
        for (_, k, t), kwpm in prepare(case)[0].existing.items():
            found[k] = found.get(k, 0.0) + (kwpm if t == 2026 else 0.0)
        return found
    for m in case.ids("markets"):
        for k in case.ids("products"):
            found[k] = found.get(k, 0.0) + case.value("demand.wafers_mn", m, k, year=2026)
    return found


@pytest.mark.parametrize("name", ["second-tier", "specialty"])
def test_a_mature_foundry_has_its_own_fabs_and_customers(name: str) -> None:
    case = planner.load(name)
    kwpm, wafers = total(case, "capacity"), total(case, "demand")
    assert kwpm == ({"N28": 70, "N40": 250} if name == "second-tier" else {"N40": 153})
    assert {k for k, mn in wafers.items() if mn > 0} == {"N28", "N40"}
    assert not prepare(case)[0].planned


def test_the_second_tier_sells_what_its_fabs_make() -> None:
    """320 kwpm x 0.012 x 78 % = 3.0 mn wafers a year, as the public figures have it."""
    wafers = total(planner.load("second-tier"), "demand")
    assert sum(wafers.values()) == pytest.approx(320 * 0.012 * 0.78, rel=0.1)


def test_a_design_house_has_no_fabs_but_centres() -> None:
    case = planner.load("design-house")
    sets, _ = prepare(case)
    assert (sets.columns, sets.existing, sets.planned) == ((), {}, {})
    plan = planner.solve(case)
    assert {r for _, r, _ in plan.values("centre")} == {"design"}
    assert not plan.values("modules")


def test_the_island_is_larger_than_its_largest_firm() -> None:
    base, whole = planner.load("base"), planner.load("taiwan-whole")
    for what in ("capacity", "demand"):
        small, large = total(base, what), total(whole, what)
        assert {k for k in small if large[k] > small[k] + 1e-9} == {"N28", "N40"}
        assert all(large[k] >= small[k] - 1e-9 for k in small)
