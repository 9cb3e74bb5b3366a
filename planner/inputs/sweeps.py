"""Sweep files: read, checked whole, with the lines of what is wrong."""

from __future__ import annotations

from pathlib import Path

from planner.core.errors import InputError, Issue
from planner.core.sweep import Sweep
from planner.inputs.scenarios import problems_of
from planner.inputs.yaml_files import read_yaml


def read_sweep(path: Path) -> Sweep:
    """A sweep file as a `Sweep`. Raises InputError with every problem and its line."""
    if not path.is_file():
        problem = "is a folder" if path.is_dir() else "no such sweep file"
        raise InputError([Issue("error", "E741", str(path), "", problem)])
    document = read_yaml(path, path.name)
    origin = {key: f"{document.where}:{line}" for key, line in document.lines.items() if key}
    issues = problems_of(Sweep, document.data, (), origin)
    if issues:
        raise InputError(issues)
    return Sweep.model_validate(document.data)
