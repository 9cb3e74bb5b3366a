"""How long a tree of decisions takes on the base case; run by `make bench`, never asserted."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

import planner
from planner.analysis.wait import wait

pytestmark = pytest.mark.bench


@pytest.mark.parametrize("dates", [(2030,), (2030, 2034)])
def test_tree_of_the_base_case(dates: tuple[int, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Processor time to 1 % with the plan for now at hand, and what was found by then."""
    case = planner.load("base")
    plan = planner.solve(case)
    begun = time.process_time()
    found: dict[str, Any] = wait(plan, case, at=dates, gap=0.01, seconds=120)
    spent = time.process_time() - begun
    with capsys.disabled():
        line = f"{dates}: {spent:.0f} s of processor time; {found['size']}; {found['text']}"
        sys.stdout.write(f"\n{line}\n")
