"""Many futures: cuts against one programme, base case to 1 %; run by `make bench`, never asserted.

    pytest tests/bench/test_futures.py -m bench -s

Every solve is a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.bench
SOLVE = """
import resource, sys, time
import planner
number, method = int(sys.argv[1]), sys.argv[2]
case = planner.load("base", [f"future_set={{method: lhs, number: {number}, seed: 1}}"])
wall, cpu = time.perf_counter(), time.process_time()
plan = planner.solve(case, method=method, gap=0.01, time_limit=600)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(f"{number} futures, {method}: {time.perf_counter() - wall:.0f} s, processor "
      f"{time.process_time() - cpu:.0f} s, {peak:.2f} GB, value {plan.info.objective:.2f}, "
      f"bound {plan.info.bound:.2f}, gap {plan.info.gap:.2%} {plan.info.stopped_by}")
"""


@pytest.mark.parametrize("method", ["decomposition", "extensive"])
@pytest.mark.parametrize("number", [25, 50, 100, 200])
def test_many_futures(number: int, method: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-c", SOLVE, str(number), method]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    with capsys.disabled():
        sys.stdout.write(f"\n{said.stdout or said.stderr}")
