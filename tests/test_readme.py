"""The README's Python runs as printed, its commands exist, its example scenario loads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import planner
from planner.inputs.load import load_case, scenario_root
from planner.model.catalogue import concepts, option_schemas

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("code", blocks("python"))
def test_python_runs(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    plan = names["plan"]
    assert getattr(plan, "info").status == "optimal"  # noqa: B009 - any plan will do


@pytest.mark.parametrize("text", blocks("yaml"))
def test_the_example_scenario_loads(text: str, tmp_path: Path) -> None:
    path = tmp_path / "japan-doubles.yaml"
    path.write_text(text, encoding="utf-8")
    case = load_case(path, option_schemas())
    assert case.scenario.name == "japan-doubles"
    before = load_case(scenario_root() / "base.yaml", option_schemas())
    name = ("programme.budget_usd_bn", "jp_5g_nedo")
    assert case.value(*name) == pytest.approx(2 * before.value(*name))


def test_every_concept_is_in_the_table() -> None:
    for concept in concepts():
        assert f"`concepts/{concept.name}.py`" in TEXT


def test_verbs_in_the_tour_exist() -> None:
    from planner.interfaces.cli import app

    known = {c.name or (c.callback.__name__ if c.callback else "") for c in app.registered_commands}
    used = set(re.findall(r"^planner ([a-z]+)", TEXT, flags=re.MULTILINE))
    assert used <= known


def test_pictures_are_there() -> None:
    for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert (ROOT / name).is_file(), name
    assert planner.__name__ == "planner"
