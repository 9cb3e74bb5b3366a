"""A copy of the shipped data and scenarios that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.core.case import Case
from planner.core.errors import InputError
from planner.inputs.load import load_case
from planner.model.catalogue import option_schemas

ROOT = Path(__file__).resolve().parents[2]


class Tree:
    """Data and scenarios in a temporary folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.data, self.scenarios = folder / "data", folder / "scenarios"
        shutil.copytree(ROOT / "data", self.data, ignore=shutil.ignore_patterns("geo"))
        shutil.copytree(ROOT / "scenarios", self.scenarios)
        monkeypatch.setenv("PLANNER_DATA", str(self.data))
        monkeypatch.setenv("PLANNER_SCENARIOS", str(self.scenarios))

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        """Change the text of a data file."""
        path = self.data / name
        before = path.read_text(encoding="utf-8")
        after = change(before)
        assert after != before, f"nothing changed in {name}"
        path.write_text(after, encoding="utf-8")

    def scenario(self, text: str, name: str = "mine") -> Path:
        """Write a scenario file."""
        path = self.scenarios / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def load(self, scenario: Path | None = None, *set_values: str) -> Case:
        """Load a case from the tree."""
        return load_case(
            scenario or self.scenarios / "base.yaml", option_schemas(), None, set_values
        )

    def problems(self, scenario: Path | None = None, *set_values: str) -> list[str]:
        """Every problem as text; fails when there is none."""
        with pytest.raises(InputError) as error:
            self.load(scenario, *set_values)
        return [str(issue) for issue in error.value.issues]
