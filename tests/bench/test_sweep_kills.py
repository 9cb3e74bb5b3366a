"""500 points: two workers killed by signal, then the driver, then taken up again; and undisturbed.

pytest tests/bench/test_sweep_kills.py -m bench -s
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from planner import api
from planner.outputs.sweep_store import SAME_IN_EVERY_RUN

pytestmark = pytest.mark.bench

TEXT = """
name: five-hundred
scenario: insular
mode: sample
draws: 500
knobs:
  - {key: weights.cost, low: 0.5, high: 2}
  - {key: facts.country.TW.tax_rate_pct, low: 0.5, high: 1.5, factor: true}
  - {key: horizon.periods, values: [1]}
gap: 0.05
"""
DRIVER = """
import os, signal, sys
from pathlib import Path
from planner import api

def disturb(done, total, outcome):
    if done in (120, 230):
        os.kill(int(outcome.worker), signal.SIGKILL)
    if done == 310:
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    api.sweep(sys.argv[1], Path(sys.argv[2]), workers=2, progress=disturb)
"""


def test_five_hundred_points(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked, script = tmp_path / "asked.yaml", tmp_path / "driver.py"
    asked.write_text(TEXT)
    script.write_text(DRIVER)
    begun = time.perf_counter()
    whole, outcomes = api.sweep(asked, tmp_path / "whole", workers=2)
    undisturbed = time.perf_counter() - begun
    command = [sys.executable, str(script), str(asked), str(tmp_path / "killed")]
    ended = subprocess.run(command, check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == -signal.SIGKILL
    left: list[int] = []
    killed, _ = api.sweep(
        asked, tmp_path / "killed", workers=2, resume=True,
        progress=lambda *told: left.append(told[2].point),
    )  # fmt: skip
    assert len(outcomes) == 500
    assert len(left) == len(set(left)) == 190
    for name in SAME_IN_EVERY_RUN:
        assert (whole / f"{name}.csv").read_bytes() == (killed / f"{name}.csv").read_bytes()
    with capsys.disabled():
        rate = 60 * len(outcomes) / undisturbed
        sys.stdout.write(f"\n500 points twice, the same rows: {rate:.0f} a minute on 2 workers\n")
