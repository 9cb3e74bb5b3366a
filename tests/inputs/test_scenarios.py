"""Scenario files: extends, --set, overrides, and every mistake with its line."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.errors import InputError
from planner.inputs.frozen import case_from_json, case_to_json
from planner.inputs.yaml_files import parse_yaml
from tests.inputs.test_bad_data import one
from tests.inputs.tree import Tree


def test_extends_merges_blocks_and_replaces_lists(tree: Tree) -> None:
    path = tree.scenario("extends: risk-averse\nname: mine\nconcepts: {risk: {alpha: 0.8}}\n")
    case = tree.load(path)
    assert case.scenario.concepts["risk"] == {"omega": 0.75, "alpha": 0.8}
    assert case.scenario.horizon.periods == 8


def test_overrides_add_up_and_are_remembered(tree: Tree) -> None:
    text = (
        "extends: subsidy-hunter\nname: mine\noverrides:\n"
        "  - {table: site, entity: '*', parameter: electricity_usd_per_mwh, factor: 2, reason: w}\n"
    )
    base, case = tree.load(), tree.load(tree.scenario(text))
    before = base.value("site.electricity_usd_per_mwh", "de_dresden")
    assert case.value("site.electricity_usd_per_mwh", "de_dresden") == 2 * before
    assert case.value("programme.rate_pct", "us_48d_extended") == 35
    assert len(case.overridden) == len(case.registers["sites"]) + 1
    assert base.digest != case.digest


def test_set_changes_one_value(tree: Tree) -> None:
    case = tree.load(None, "weights.risk=2", "concepts.risk.omega=0.5", "sites.forbid=[US]")
    assert case.scenario.weights.risk == 2
    assert case.scenario.sites.forbid == ("US",)


@pytest.mark.parametrize("text", ["weights.risk", "=3", "name.x=2"])
def test_a_bad_set_is_told(tree: Tree, text: str) -> None:
    one(tree.problems(None, text), "E203 --set")


def test_unknown_option_names_line_and_unit(tree: Tree) -> None:
    path = tree.scenario("extends: base\nname: mine\nconcepts:\n  subsidy:\n    budget_scal: 2\n")
    want = "E204 scenarios/mine.yaml:5: concepts.subsidy.budget_scal: unknown option."
    assert one(tree.problems(path), want).endswith("Did you mean 'budget_scale' [ratio]?")


def test_unknown_concept_site_node_future_and_layer(tree: Tree) -> None:
    path = tree.scenario(
        "extends: base\nname: mine\nconcepts: {subsidies: {}}\nfutures: [calmm]\nmap_layer: rsk\n"
        "sites:\n  forbid: [us_phenix]\n  pin:\n    - {site: us_clay, product: N4}\n"
    )
    problems = tree.problems(path)
    one(problems, "scenarios/mine.yaml:3", "unknown concept", "Did you mean 'subsidy'?")
    path.write_text(path.read_text().replace("concepts: {subsidies: {}}\n", ""))
    problems = tree.problems(path)
    one(problems, "scenarios/mine.yaml:6", "unknown site or country 'us_phenix'", "'us_phoenix'")
    one(problems, "sites.pin.0.product", "unknown product class 'N4'")
    one(problems, "unknown future 'calmm'", "'calm'")
    one(problems, "unknown map layer 'rsk'", "'risk'")


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("weights: {risk: much}", ("weights.risk", "'much'")),
        ("weights: {risk: -1}", ("weights.risk", "-1", "greater than or equal to 0")),
        ("horizon: {start: 1850}", ("horizon.start", "1850")),
        ("horizon: {periods: 40}", ("E208", "ends in 2106")),
        ("solver: {gap: 7}", ("solver.gap", "7")),
        ("concepts: {risk: {alpha: 1.5}}", ("concepts.risk.alpha", "less than 1")),
        ("concepts: {sales: {serve: some}}", ("concepts.sales.serve", "'up_to' or 'all'")),
        ("name: Not A Name", ("name", "match pattern")),
        ("overrides: [{table: site, entity: us_clay, parameter: room_module, value: 1, reason: x}]",
         ("E209", "unknown parameter 'room_module'", "Did you mean 'room_modules' [modules]?")),
        ("overrides: [{table: site, entity: us_cley, parameter: room_modules, value: 1, reason: x}]",  # noqa: E501
         ("E209", "'us_cley'", "Did you mean 'us_clay'?")),
        ("overrides: [{table: site, entity: us_clay, parameter: room_modules, value: 99, reason: x}]",  # noqa: E501
         ("E210", "99 is outside 0 to 40 modules")),
        ("overrides: [{table: site, entity: us_clay, parameter: room_modules, reason: x}]",
         ("exactly one of 'value' and 'factor'",)),
    ],
)  # fmt: skip
def test_wrong_values_are_explained(tree: Tree, line: str, parts: tuple[str, ...]) -> None:
    head = "" if line.startswith("name:") else "name: mine\n"
    problem = one(tree.problems(tree.scenario(f"extends: base\n{head}{line}\n")), *parts)
    assert "scenarios/mine.yaml" in problem


def test_cyclic_extends(tree: Tree) -> None:
    tree.scenario("extends: two\nname: one\n", "one")
    path = tree.scenario("extends: one\nname: two\n", "two")
    one(tree.problems(path), "E202 scenarios/one.yaml:1: extends", "two -> one -> two")


def test_extends_nothing(tree: Tree) -> None:
    path = tree.scenario("extends: bas\nname: mine\n")
    one(tree.problems(path), "E201 scenarios/mine.yaml:1", "Did you mean 'base'?")


def test_a_50_mb_file_is_refused_unread(tree: Tree) -> None:
    path = tree.scenarios / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    one(tree.problems(path), "E150 scenarios/huge.yaml", "50.0 MB")


def test_an_alias_bomb_is_refused(tree: Tree) -> None:
    rows = ["a: &a [x, x]"] + [
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20)
    ]
    path = tree.scenario("\n".join(rows) + "\n")
    one(tree.problems(path), "E155 scenarios/mine.yaml:1", "anchors and aliases are not allowed")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E151"),
        ("- 1\n- 2\n", "E154"),
        ("name: [1\n", "E152"),
        ("name: a\nname: b\n", "E156"),
        ("name: !!python/object/apply:os.system [ls]\n", "E157"),
        ("name: a\n---\nname: b\n", "E156"),
        ("a: " * 1 + "[" * 60 + "]" * 60, "E158"),
        ("name: a\x07b\n", "E153"),
    ],
)
def test_files_that_are_not_scenarios(tree: Tree, text: str, code: str) -> None:
    one(tree.problems(tree.scenario(text)), f"{code} scenarios/mine.yaml")


@settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(st.text(max_size=200))
def test_any_text_is_a_mapping_or_a_told_problem(text: str) -> None:
    with suppress(InputError):
        assert isinstance(parse_yaml(text, "fuzz.yaml").data, dict)


def test_frozen_inputs_round_trip(tree: Tree) -> None:
    case = tree.load()
    text = case_to_json(case)
    again = case_from_json(text)
    assert again.digest == case.digest
    assert case_to_json(again) == text


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 2}', "null"])
def test_damaged_frozen_inputs(text: str) -> None:
    with pytest.raises(InputError, match="E220"):
        case_from_json(text)


def test_changed_frozen_inputs(tree: Tree) -> None:
    text = case_to_json(tree.load()).replace('"us_clay"', '"us_cley"')
    with pytest.raises(InputError, match="E22"):
        case_from_json(text)


def test_every_shipped_scenario_loads_and_asks_a_question(tree: Tree) -> None:
    for path in sorted(Path(tree.scenarios).glob("*.yaml")):
        case = tree.load(path)
        assert case.scenario.name == path.stem
        assert case.scenario.question.endswith("?")
        assert path.read_text(encoding="utf-8").startswith("# Question:")
