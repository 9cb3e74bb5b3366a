"""The loaders fuzzed further, led by coverage; needs the extra `fuzz` (Atheris)."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.bench,
    pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="no Atheris"),
]


@pytest.mark.parametrize("target", ["scenario", "setting", "table", "frozen"])
def test_nothing_but_told_problems(
    target: str, record_property: Callable[[str, object], None]
) -> None:
    seconds = os.environ.get("PLANNER_FUZZ_SECONDS", "60")
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.led", target, seconds],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    runs = int(re.findall(r"number_of_executed_units: (\d+)", done.stderr)[0])
    new = int(re.findall(r"new_units_added: +(\d+)", done.stderr)[0])
    assert runs > 100
    assert new > 0, "a fuzzer that finds nothing new is not led by anything"
    record_property("fuzzed", runs)
