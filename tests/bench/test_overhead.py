"""What the planner adds to a bare HiGHS run, and what a second worker brings; never asserted.

    pytest tests/bench/test_overhead.py -m bench -s

Bare HiGHS reads the same matrix written out as MPS and runs to the same gap; all in one run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pandas as pd
import pulp
import pytest

import planner
from planner.core.case import Case
from planner.inputs.load import scenario_root
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve import live
from tests.bench.large import Size, large

pytestmark = pytest.mark.bench
GAP = 0.005


def plain(sites: int, customers: int, capacity: float | None = None) -> Case:
    """A facility-location case with random places in a square; demand of one each."""
    draw = np.random.default_rng(1)
    here, there = draw.random((sites, 2)), draw.random((customers, 2))
    names, buyers = [f"s{n}" for n in range(sites)], [f"c{n}" for n in range(customers)]
    away = np.linalg.norm(here[:, None] - there[None], axis=2)
    made = {"id": names, "fixed_cost": draw.uniform(5, 15, sites)}
    if capacity is not None:
        made["capacity"] = np.full(sites, capacity)
    wants = pd.DataFrame({"id": buyers, "demand": np.ones(customers)})
    costs = pd.DataFrame(away * 10, index=names, columns=buyers)
    return Case.from_tables(pd.DataFrame(made), wants, costs)


def bare(model: Model, folder: Path, gap: float) -> tuple[float, float]:
    """Seconds HiGHS takes for the matrix alone, and seconds of handing it over."""
    begun = time.perf_counter()
    problem, _ = model.to_pulp()
    engine = pulp.HiGHS(msg=False)
    engine.createAndConfigureSolver(problem)
    engine.buildSolverModel(problem)
    handed = time.perf_counter() - begun
    if len(model.names) >= live.LARGE:  # such models go over as arrays, without PuLP's objects
        begun = time.perf_counter()
        live.load(highspy.Highs(), model)  # type: ignore[no-untyped-call]
        handed = time.perf_counter() - begun
    path = folder / "matrix.mps"
    problem.solverModel.writeModel(str(path))
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (("output_flag", False), ("mip_rel_gap", gap), ("time_limit", LIMIT)):
        solver.setOptionValue(name, value)
    solver.readModel(str(path))
    begun = time.perf_counter()
    solver.run()
    return time.perf_counter() - begun, handed


CASES = {
    "base": lambda: planner.load("base"),
    "everything": lambda: planner.load("everything"),
    "1,000 sites x 200 customers": lambda: plain(1000, 200, 40.0),
    "1,000 sites x 200 markets x 8 periods x 3 classes": lambda: large(Size(1000, 200)),
}
LIMIT = 120.0
"""Longest run of bare HiGHS [s]; where it ends there, the share is an upper figure."""


@pytest.mark.parametrize("name", CASES)
def test_build_and_hand_over(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES[name]()
    begun = time.perf_counter()
    model = build_model(case).model
    built = time.perf_counter() - begun
    alone, handed = bare(model, tmp_path, GAP)
    share = 100 * (built + handed) / alone
    stopped = ", stopped" if alone >= LIMIT else ""
    with capsys.disabled():
        sys.stdout.write(
            f"\n{name}: build {built:.2f} s, hand over {handed:.2f} s, bare HiGHS {alone:.1f} s to "
            f"{GAP:.1%}{stopped}: {share:.0f} %, {model.size()}\n"
        )


def test_facility_location(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """100 x 1,000 without capacities, from tables to a verified plan against the bare matrix."""
    case = plain(100, 1000)
    begun = time.perf_counter()
    plan = planner.solve(case, gap=1e-4)
    whole = time.perf_counter() - begun
    alone, _ = bare(build_model(case).model, tmp_path, 1e-4)
    with capsys.disabled():
        seconds = {k: round(v, 2) for k, v in plan.info.seconds.items()}
        sys.stdout.write(
            f"\n100 x 1,000: {whole:.1f} s ({seconds}) against {alone:.1f} s bare: "
            f"{whole / alone:.2f} times\n"
        )


def test_two_workers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A shipped sweep, drawn longer, with one worker and with two; the start is in both."""
    text = (scenario_root() / "sweeps" / "shaky-ground.yaml").read_text(encoding="utf-8")
    asked, seconds = tmp_path / "longer.yaml", []
    asked.write_text(text.replace("draws: 60", "draws: 120"), encoding="utf-8")
    for workers in (1, 2):
        out = tmp_path / f"w{workers}"
        words = ["sweep", str(asked), "--workers", str(workers), "--out", str(out), "--quiet"]
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "planner", *words], check=True)
        seconds.append(time.perf_counter() - begun)
    with capsys.disabled():
        ratio = seconds[0] / seconds[1]
        sys.stdout.write(
            f"\n120 points: 1 worker {seconds[0]:.0f} s, 2 workers {seconds[1]:.0f} s: "
            f"{ratio:.2f}\n"
        )
