"""What stress and regret cost; run by `make bench`, never part of the suite, never asserted.

    pytest tests/bench/test_stress.py -m bench

prints the table of seconds; `extra_info` holds distinct states and linear programmes.
"""

from __future__ import annotations

from typing import Any

import pytest

import planner
from planner.analysis.regret import regret
from planner.analysis.stress import stress

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def solved() -> Any:
    case = planner.load("base")
    return planner.solve(case, gap=0.005), case


@pytest.mark.parametrize("draws", [1_000, 10_000])
def test_draws(benchmark: Any, solved: Any, draws: int) -> None:
    found = benchmark.pedantic(stress, args=solved, kwargs={"draws": draws}, rounds=1)
    benchmark.extra_info |= {name: found[name] for name in ("distinct_states", "lps")}


def test_matrix(benchmark: Any, solved: Any) -> None:
    settings = {"gap": 0.005, "minimax": True, "seconds": 60.0}
    found = benchmark.pedantic(regret, args=([("base", *solved)],), kwargs=settings, rounds=1)
    benchmark.extra_info |= {n: found["minimax"][n] for n in ("worst_usd_bn", "at_least_usd_bn")}
