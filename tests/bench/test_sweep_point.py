"""What one more point of a sweep costs against a cold process that loads and solves it.

    pytest tests/bench/test_sweep_point.py -m bench -s

Both at the same gap and with one thread, one after the other, in one run. Seconds are of the
processor, so that other work on the machine weighs little; no outputs are written on either side.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import pytest

from planner.analysis.sweep_start import Start, World, load, solve_from
from planner.inputs.load import data_root, scenario_root
from planner.solve.kept import Kept

pytestmark = pytest.mark.bench

COLD = """
import sys
import planner
case = planner.load(sys.argv[2], sys.argv[3:])
print(planner.solve(case, gap=float(sys.argv[1]), threads=1).info.objective)
"""
KNOBS = {
    "a weight": ("weights.risk=0.7", "weights.cost=1.05"),
    "a rate of aid": ("facts.programme.us_48d_35.rate_pct=25", "concepts.subsidy.rate_scale=0.5"),
    "a budget": ("facts.programme.jp_5g_nedo.budget_usd_bn=*0.5",),
    "a tariff": (
        "facts.tariff.us_232_phase1.rate_pct=*0.8",
        "facts.tariff.us_232_phase2_tw.rate_pct=10",
    ),
    "demand": ("concepts.sales.demand_scale=0.9",),
    "a cost": ("facts.country.US.construction_multiplier=*1.1",),
}


def cold(setting: str, gap: float) -> tuple[float, float]:
    """Processor seconds of a process that does nothing else, and the plan's value."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", COLD, str(gap), "base", setting]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, float(told)


@pytest.mark.parametrize("gap", [0.01, 0.005])
def test_one_more_point(gap: float, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(scenario_root() / "base.yaml")
    world = World(path, str(data_root()), gap, 300.0)
    begun = time.process_time()
    case = load(world, ())
    kept = Kept(case, world.asked(case))
    assert kept.start is not None
    start = Start((), kept.start.packed())
    solve_from(world, start, ())  # the worker's own model and sessions stand from here on
    lines = [
        f"\ngap {gap:.1%}: the start and a worker's sessions {time.process_time() - begun:.1f} s"
    ]
    for kind, settings in KNOBS.items():
        alone, more = 0.0, 0.0
        for setting in settings:
            seconds, value = cold(setting, gap)
            begun = time.process_time()
            plan = solve_from(world, start, (setting,))
            more += time.process_time() - begun
            alone += seconds
            assert plan.info.gap <= gap
            assert plan.info.bound >= value * (1 - 1e-6), "no plan is worth more than a bound"
            spent = {k: round(v, 2) for k, v in plan.info.seconds.items()}
            lines.append(
                f"    {setting}: {seconds:.1f} s cold, step {plan.info.size['near']}, {spent}"
            )
        n = len(settings)
        lines.append(f"  {kind}: {alone / n:.2f} s cold, {more / n:.2f} s: {more / alone:.2f}")
    with capsys.disabled():
        sys.stdout.write("\n".join(lines) + "\n")
