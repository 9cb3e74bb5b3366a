"""Every direct dependency has a lower bound and an upper major, and the newest allowed is used."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest

from tests.floors import PROJECT, floors

FLOORS = dict(line.split("==") for line in floors())


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_what_is_installed_is_not_below_the_floor(name: str) -> None:
    assert version(metadata.version(name)) >= version(FLOORS[name])


def test_every_dependency_is_bounded_on_both_sides() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"], *(d for group in project["optional-dependencies"].values()
                                          for d in group)]  # fmt: skip
    for text in listed:
        assert re.fullmatch(r"[\w.-]+>=[\w.]+(,<[\w.]+)?", text), text
        assert ",<" in text or text.startswith("pandas-stubs"), text  # stubs follow their pandas
