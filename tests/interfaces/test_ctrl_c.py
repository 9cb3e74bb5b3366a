"""Ctrl-C in a real search by a real process: the best plan so far is kept, with its gap."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import planner
from planner.core.case import Case
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.solve import highs
from planner.solve.answer import Progress

pytestmark = pytest.mark.slow
LONG = ("--set", "horizon.periods=3", "--gap", "0")
"""Nobody proves the last gap of the base case in minutes; its first plan comes in seconds."""


@pytest.mark.parametrize("method", ["extensive", "decomposition"])
def test_the_plan_so_far_is_kept(method: str, tmp_path: Path) -> None:
    run = tmp_path / "run"
    verb = [sys.executable, "-m", "planner", "solve", "base", *LONG, "--method", method]
    with subprocess.Popen(
        [*verb, "--out", str(run)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if re.search(r"gap \d", line):
                break
        process.send_signal(signal.SIGINT)
        said += process.stdout.readlines()
        assert process.wait(120) == 0, "".join(said)
    short = json.loads((run / "plan.json").read_text("utf-8"))
    assert (short["status"], short["stopped_by"]) == ("feasible", "interrupt")
    assert 0 < short["gap"] < 0.2
    assert short["objective_usd_bn"] < short["bound_usd_bn"]
    assert (run / "report.html").exists()
    assert "interrupt" in "".join(said)


@pytest.fixture(scope="module")
def base() -> Case:
    return planner.load("base", ["horizon.periods=3"])


def stopping(stop: Callable[[], None]) -> Callable[[Progress], None]:
    """Listens to a search and stops it, once, as soon as there is a plan with a gap."""
    done = []

    def listen(told: Progress) -> None:
        if told.gap is not None and told.gap > 0 and not done:
            done.append(told)
            stop()

    return listen


def test_an_interrupted_search_is_polished(base: Case) -> None:
    """The polish after it is a run of its own, which nobody interrupted."""
    model = build_model(base).model
    asked = SolverSettings(gap=0.0, time_limit=120)
    answer, kept = highs.run_live(
        model, asked, stopping(lambda: os.kill(os.getpid(), signal.SIGINT))
    )
    assert (answer.status, answer.stopped_by) == ("feasible", "interrupt")
    assert answer.values is not None
    polished = highs.polish(kept, answer.values)
    assert (polished.status, polished.stopped_by) == ("optimal", "")
    assert answer.objective * (1 - 1e-6) <= polished.objective <= answer.bound
