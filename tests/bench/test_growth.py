"""How building and searching grow with the size of a case; run by `make bench`, never asserted.

    pytest tests/bench/test_growth.py -m bench -s

Full model (whole modules, prepared sites, lanes by country) and plain facility location, each in a
process of its own so that memory is its own. A search ends at 1 % or after LIMIT seconds.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.bench
LIMIT = 120.0
FULL = [(60, 20), (125, 40), (250, 80), (500, 120), (1000, 200)]
PLAIN = [(50, 200), (100, 400), (200, 400), (400, 400), (1000, 400)]
PLAIN_GAP, FULL_GAP = 1e-4, 0.01
ROOT = Path(__file__).resolve().parents[2]

FULL_CODE = """
from tests.bench.large import Size, large
size = Size(*{size})
case, name = large(size), str(size)
"""
PLAIN_CODE = """
from planner.solve import rounds
from tests.bench.test_overhead import plain
rounds.LIKELY = {likely}
case, name = plain(*{size}, {capacity}), "{size}"
"""
CODE = """
import json, resource, time
from planner.core.errors import Stopped
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
begun = time.perf_counter()
model = build_model(case).model
row = {{"name": name, "build": time.perf_counter() - begun, **model.size()}}
try:
    plan = solve_case(case, gap={gap}, time_limit={limit})
    row |= {{"search": plan.info.seconds["solve"], "verify": plan.info.seconds["verify"]}}
    row |= {{"gap": plan.info.gap, "nodes": plan.info.size["nodes"]}}
except Stopped as error:
    row |= {{"search": {limit}, "verify": 0.0, "gap": float("nan"), "nodes": 0}}
row["gigabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
print(json.dumps(row))
"""


def measured(code: str, gap: float) -> str:
    """One line of the table, from a process of its own."""
    text = code + CODE.format(gap=gap, limit=LIMIT)
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, cwd=ROOT
    )
    r = json.loads(done.stdout.splitlines()[-1])
    return (
        f"{r['name']:>24} {r['columns']:>9,} {r['rows']:>9,} {r['integers']:>7,} "
        f"build {r['build']:6.1f} s, search {r['search']:6.1f} s, verify {r['verify']:5.1f} s, "
        f"gap {r['gap']:.3%}, {r['nodes']} nodes, {r['gigabytes']:.2f} GB\n"
    )


@pytest.mark.parametrize("size", FULL)
def test_full_model(size: tuple[int, int], capsys: pytest.CaptureFixture[str]) -> None:
    line = measured(FULL_CODE.format(size=size), FULL_GAP)
    with capsys.disabled():
        sys.stdout.write(f"\n{line}")


@pytest.mark.parametrize("capacity", [None, 40.0])
@pytest.mark.parametrize("size", PLAIN)
def test_links(
    size: tuple[int, int], capacity: float | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Strong links by rounds (a tenth at once) against all of them at once."""
    for likely in (0.1, 1.0):
        code = PLAIN_CODE.format(size=size, likely=likely, capacity=capacity)
        line = measured("from planner.solve import live\nlive.LARGE = 1\n" + code, PLAIN_GAP)
        with capsys.disabled():
            sys.stdout.write(f"\ncapacity {capacity}, {likely:.0%} at once: {line}")
