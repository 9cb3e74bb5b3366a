"""A sweep gives the same rows whatever happens to its workers and its driver."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from planner import api
from planner.analysis.sweep import Job, frequency, jobs, run_here, solve_point
from planner.analysis.sweep_start import by_middle
from planner.core.errors import InputError
from planner.inputs.load import data_root, scenario_root
from planner.inputs.sweeps import read_sweep
from planner.outputs.sweep_store import SAME_IN_EVERY_RUN

TEXT = """
name: quick
title: Home only, <b>one</b> period
scenario: insular
mode: sample
draws: 14
knobs:
  - {key: weights.cost, low: 0.5, high: 2}
  - {key: facts.country.TW.tax_rate_pct, label: Tax, low: 0.5, high: 1.5, factor: true}
  - {key: horizon.periods, values: [1]}
gap: 0.05
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "quick.yaml"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def undisturbed(asked: Path) -> Path:
    folder, outcomes = api.sweep(asked, asked.parent / "whole")
    assert [o["status"] for o in outcomes] == ["optimal"] * 14
    return folder


def same(one: Path, two: Path) -> None:
    for name in SAME_IN_EVERY_RUN:
        assert (one / f"{name}.csv").read_bytes() == (two / f"{name}.csv").read_bytes(), name


def test_points_differ_and_hold_their_settings(undisturbed: Path) -> None:
    rows = (undisturbed / "results.csv").read_text().splitlines()
    assert len(rows) == 15
    assert len({row.split(",")[3] for row in rows[1:]}) == 14
    assert len((undisturbed / "points.csv").read_text().splitlines()) == 1 + 14 * 3


def test_a_point_is_what_the_command_line_gives(asked: Path, undisturbed: Path) -> None:
    job = jobs(read_sweep(asked), scenario_root() / "insular.yaml", data_root())[3]
    plan = api.run(
        "insular", undisturbed.parent / "single", list(job.settings), None, {"gap": 0.05}
    )
    row = (undisturbed / "results.csv").read_text().splitlines()[4].split(",")
    assert float(row[3]) == pytest.approx(plan[0].info.objective, rel=1e-9)


def test_a_killed_worker_costs_nothing(asked: Path, undisturbed: Path) -> None:
    killed: list[str] = []

    def kill(done: int, total: int, outcome: Any) -> None:
        if done in (4, 9):
            killed.append(outcome.worker)
            os.kill(int(outcome.worker), signal.SIGKILL)

    folder, _ = api.sweep(asked, asked.parent / "killed", workers=2, progress=kill)
    assert len(killed) == 2
    same(folder, undisturbed)


DRIVER = """
import os, signal, sys
from pathlib import Path
from planner import api

def stop(done, total, outcome):
    if done == int(sys.argv[3]):
        Path(sys.argv[2], "worker").write_text(outcome.worker)
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    api.sweep(sys.argv[1], Path(sys.argv[2]), workers=int(sys.argv[4]), progress=stop)
"""


def driven(asked: Path, out: Path, stop_after: int, workers: int) -> None:
    """A driver of its own that is killed after so many points."""
    script = asked.parent / "driver.py"
    script.write_text(DRIVER)
    command = [sys.executable, str(script), str(asked), str(out), str(stop_after), str(workers)]
    ended = subprocess.run(command, check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == -signal.SIGKILL


def test_workers_leave_with_their_driver(asked: Path) -> None:
    out = asked.parent / "left"
    driven(asked, out, 3, 2)
    worker = int((out / "worker").read_text())
    for _ in range(60):
        if not Path(f"/proc/{worker}").exists():
            return
        time.sleep(0.25)
    pytest.fail("a worker outlived its driver")


def test_a_killed_driver_goes_on_where_it_was(asked: Path, undisturbed: Path) -> None:
    out = asked.parent / "resumed"
    driven(asked, out, 6, 1)
    solved: list[int] = []
    with pytest.raises(InputError, match="E742"):
        api.sweep(asked, out)
    api.sweep(asked, out, resume=True, progress=lambda *a: solved.append(a[2].point))
    assert solved == list(range(6, 14)), "nothing is solved twice, nothing is lost"
    same(out, undisturbed)


def test_the_start_is_searched_once(
    asked: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken up again, a sweep starts its points from what was recorded."""
    from planner.analysis import sweep as sweeping

    out = asked.parent / "once"
    driven(asked, out, 2, 1)

    def never(*_: Any) -> None:
        pytest.fail("the start was searched twice")

    monkeypatch.setattr(sweeping, "find_start", never)
    api.sweep(asked, out, resume=True)
    same(out, undisturbed)


def test_without_a_start_every_point_stands_alone(
    asked: Path, undisturbed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.analysis import sweep as sweeping

    monkeypatch.setattr(sweeping, "find_start", lambda *_: None)
    _, alone = api.sweep(asked, asked.parent / "alone")
    _, started = api.sweep(asked, undisturbed, resume=True)
    for one, two in zip(alone, started, strict=True):
        assert one["status"] == two["status"] == "optimal"
        assert one["measures"].keys() == two["measures"].keys()
        slack = 1e-6 * abs(one["objective_usd_bn"])
        assert one["bound_usd_bn"] >= two["objective_usd_bn"] - slack
        assert two["bound_usd_bn"] >= one["objective_usd_bn"] - slack


def test_the_start_lies_in_the_middle() -> None:
    grid = [(("a", float(x)), ("b", y)) for x in range(3) for y in ("p", "q", "r")]
    assert by_middle(grid)[0] == 4
    assert by_middle([(("a", 1.0),)] * 3) == [0, 1, 2]


def test_a_start_is_looked_for_where_there_is_a_plan(asked: Path) -> None:
    """The middle point has no plan here; its neighbour serves."""
    none = "[{site: tw_chiayi, modules: 40}]"
    text = TEXT[: TEXT.index("mode")] + (
        "mode: list\nknobs: [{key: sites.pin, values: ['']}, {key: horizon.periods, values: [1]}]\n"
        f"points: [{{sites.pin: '{none}', horizon.periods: 1}}, "
        "{sites.pin: '[]', horizon.periods: 1}]\ngap: 0.05\n"
    )
    path = asked.parent / "pinned.yaml"
    path.write_text(text.replace("quick", "pinned"))
    _, outcomes = api.sweep(path, asked.parent / "pinned")
    assert [o["status"] for o in outcomes] == ["infeasible", "optimal"]


def test_another_question_does_not_go_into_the_same_file(asked: Path, undisturbed: Path) -> None:
    other = asked.parent / "other.yaml"
    other.write_text(TEXT.replace("draws: 14", "draws: 15"))
    with pytest.raises(InputError, match="E744"):
        api.sweep(other, undisturbed, resume=True)


def test_a_failed_point_is_recorded_and_the_rest_goes_on(asked: Path) -> None:
    text = TEXT[: TEXT.index("mode")] + (
        "mode: list\nknobs: [{key: sites.pin, values: ['']}, {key: horizon.periods, values: [1]}]\n"
        "points: [{sites.pin: '[]', horizon.periods: 1}, {sites.pin: '[]', horizon.periods: 99}]\n"
    )
    path = asked.parent / "broken.yaml"
    path.write_text(text.replace("quick", "broken"))
    _, outcomes = api.sweep(path, asked.parent / "broken")
    assert [o["status"] for o in outcomes] == ["optimal", "failed"]
    assert "less than or equal to 40" in outcomes[1]["reason"]
    page = (asked.parent / "broken" / "sweep.html").read_text()
    assert "less than or equal to 40" in page
    assert "<b>one</b>" not in page


def test_a_wrong_key_is_one_error_before_anything_is_solved(asked: Path) -> None:
    path = asked.parent / "wrong.yaml"
    path.write_text(TEXT.replace("weights.cost", "weights.costt"))
    with pytest.raises(InputError, match="Did you mean 'cost'"):
        api.sweep(path, asked.parent / "wrong")
    assert not (asked.parent / "wrong").exists()


def die(job: Job) -> None:
    os._exit(job.point + 1)


def test_a_worker_that_always_dies_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from planner.analysis import sweep

    monkeypatch.setattr(sweep, "solve_point", die)
    outcomes = list(run_here([Job(n, "", (), "", 0.1, 1.0) for n in range(2)], 2))
    assert sorted(o.point for o in outcomes) == [0, 1]
    assert {o.status for o in outcomes} == {"failed"}
    assert "ended 3 times" in outcomes[0].reason


def test_frequency_counts_plans_not_modules() -> None:
    rows = [
        {"status": "optimal", "modules": [("a", "US"), ("a", "US"), ("b", "JP")]},
        {"status": "feasible", "modules": [("a", "US")]},
        {"status": "failed", "modules": []},
    ]
    assert frequency(rows) == {"a": 1.0, "b": 0.5}


def test_on_a_dask_cluster_of_two_workers(asked: Path, undisturbed: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        folder, outcomes = api.sweep(
            asked, asked.parent / "cluster", workers=cluster.scheduler_address
        )
    same(folder, undisturbed)
    assert len(outcomes) == 14


def test_no_scheduler_is_said_in_words(asked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="E740"):
        api.sweep(asked, asked.parent / "nobody", workers="nonsense://nowhere")


def test_an_unsolvable_point_says_so() -> None:
    pin = "sites.pin=[{site: tw_chiayi, modules: 40}]"
    job = Job(
        0,
        str(scenario_root() / "insular.yaml"),
        (pin, "horizon.periods=1"),
        str(data_root()),
        0.1,
        60,
    )
    assert solve_point(job).status == "infeasible"
