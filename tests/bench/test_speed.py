"""How long things take; run by `make bench`, never part of the suite, never asserted.

Writes nothing; pytest-benchmark prints the table. Figures in the README come from here.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import planner
from planner.model.assemble import build_model

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def base() -> Any:
    return planner.load("base")


def test_load(benchmark: Any) -> None:
    benchmark.pedantic(planner.load, args=("base",), rounds=5)


def test_build(benchmark: Any, base: Any) -> None:
    benchmark.pedantic(build_model, args=(base,), rounds=5)


@pytest.mark.parametrize("gap", [0.005, 0.001])
def test_solve(benchmark: Any, base: Any, gap: float) -> None:
    plan = benchmark.pedantic(planner.solve, args=(base,), kwargs={"gap": gap}, rounds=1)
    benchmark.extra_info |= {"gap": plan.info.gap, **plan.info.size}


def test_command(benchmark: Any, tmp_path: Path) -> None:
    """The whole command, outputs included, as a user runs it."""
    command = [sys.executable, "-m", "planner", "solve", "base", "--gap", "0.005", "--quiet"]
    out = ["--out", str(tmp_path / "base")]
    benchmark.pedantic(subprocess.run, args=([*command, *out],), kwargs={"check": True}, rounds=1)


def test_help(benchmark: Any) -> None:
    command = [sys.executable, "-m", "planner", "--help"]
    benchmark.pedantic(
        subprocess.run, args=(command,), kwargs={"check": True, "capture_output": True}, rounds=5
    )
