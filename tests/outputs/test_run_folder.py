"""A run folder is whole or absent, comes back as it was, and says clearly what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from planner.core.case import Case
from planner.core.errors import InputError
from planner.core.plan import Plan
from planner.outputs import run_folder
from planner.outputs.run_folder import read_run, read_short, write_run
from tests.outputs.sample_plan import sample_plan, sample_plan_b


def sealed(make: Callable[[], tuple[Plan, Case]] = sample_plan) -> tuple[Plan, Case]:
    """The sample as a solve leaves it: the plan bears the digest of its case."""
    plan, case = make()
    return replace(plan, digest=case.digest), case


DATA = Path(__file__).resolve().parents[2] / "data"
DRAWN = ("sites.geojson", "plan.gpkg", "map.png", "map.svg", "report.html")


def _draw(plan: Plan, case: Case, folder: Path, data_root: Path) -> None:
    for name in DRAWN:
        (folder / name).write_text(plan.scenario, encoding="utf-8")


@pytest.fixture
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are drawn elsewhere; here they are short texts."""
    monkeypatch.setattr(run_folder, "_write_geo", _draw)
    monkeypatch.setattr(run_folder, "_write_map", lambda *_: None)
    monkeypatch.setattr(run_folder, "_write_report", lambda *_: None)


pytestmark = pytest.mark.usefixtures("_cheap")


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder; what differs from run to run left out."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        if path.name == "plan.json":
            short = json.loads(data)
            short.pop("seconds")
            data = json.dumps(short).encode()
        found[path.relative_to(folder).as_posix()] = data
    return found


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(*sealed(), tmp_path / "run", DATA)


def code(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        call()
    (issue,) = caught.value.issues
    assert issue.message
    return issue.code


def test_holds_what_the_contract_says(run: Path) -> None:
    short = read_short(run)
    plan, case = sealed()
    assert set(short["seconds"]) == {"load", "build", "solve", "verify", "output"}
    assert short["objective_usd_bn"] == plan.info.objective
    assert short["digest"] == case.digest
    assert short["measures"] == dict(plan.measures)
    assert {"id", "name", "country", "chosen"} <= set(short["sites"][0])
    assert all(site["chosen"] or site["role"] != "none" for site in short["sites"])
    assert len(short["research"]) == len(plan.table("research"))
    assert {"planner", "python"} <= set(short["versions"])
    tables = {p.stem for p in (run / "tables").glob("*.csv")}
    assert tables == {*plan.tables, "cash", "rows"}
    assert {p.name for p in run.iterdir()} == {
        "plan.json", "case.json", "solution.json.gz", "tables", *DRAWN,
    }  # fmt: skip


def test_comes_back_as_it_was(run: Path) -> None:
    plan, case = sealed()
    again, same = read_run(run)
    assert same.digest == case.digest
    assert same.scenario == case.scenario
    assert same.facts == case.facts
    assert again.measures == plan.measures
    assert [dict(r) for r in again.reasons] == [dict(r) for r in plan.reasons]
    assert (again.info.objective, again.info.bound) == (plan.info.objective, plan.info.bound)
    for mine, theirs in (
        ({"cash": again.cash, "rows": again.rows}, {"cash": plan.cash, "rows": plan.rows}),
        (again.tables, plan.tables),
        (again.variables, plan.variables),
    ):
        assert list(mine) == list(theirs)
        for name, frame in mine.items():
            pd.testing.assert_frame_equal(frame, theirs[name], check_column_type=False)


def test_written_again_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    other = write_run(*read_run(run), tmp_path / "other", DATA)
    assert content(other) == content(run)


@pytest.mark.parametrize("at", range(6))
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OSError])
@pytest.mark.parametrize("before", [False, True])
def test_failure_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, error: type[BaseException],
    before: bool,
) -> None:  # fmt: skip
    folder = tmp_path / "run"
    if before:
        write_run(*sealed(), folder, DATA)
    held = content(tmp_path)
    whole = run_folder.parts()

    def broken(plan: Plan, case: Case, place: Path, data_root: Path) -> None:
        (place / "half").write_text("half", encoding="utf-8")
        raise error

    def seal(plan: Plan, place: Path, seconds: float) -> None:
        raise error

    if at < len(whole):
        monkeypatch.setattr(run_folder, "parts", lambda: (*whole[:at], broken, *whole[at + 1 :]))
    else:
        monkeypatch.setattr(run_folder, "_write_plan_json", seal)
    with pytest.raises(InputError if error is OSError else error):
        write_run(*sealed(sample_plan_b), folder, DATA)
    assert content(tmp_path) == held
    assert [p.name for p in tmp_path.iterdir()] == (["run"] if before else [])


def test_old_run_comes_back_when_the_last_step_fails(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = content(run)
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise PermissionError(13, "refused")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    assert code(lambda: write_run(*sealed(sample_plan_b), run, DATA)) == "E704"
    assert content(run) == held
    assert [p.name for p in run.parent.iterdir()] == ["run"]


def test_new_run_replaces_the_old_one_and_keeps_the_users_files(run: Path) -> None:
    (run / "notes.txt").write_text("mine", encoding="utf-8")
    (run / "map_2030.png").write_text("stale", encoding="utf-8")
    write_run(*sealed(sample_plan_b), run, DATA)
    assert read_short(run)["scenario"] == "sample-b"
    assert (run / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not (run / "map_2030.png").exists()
    assert [p.name for p in run.parent.iterdir()] == ["run"]


def test_writes_into_an_empty_folder_and_makes_missing_parents(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "empty", tmp_path / "a" / "b" / "run"):
        assert read_short(write_run(*sealed(), place, DATA))


def test_refuses_a_folder_of_other_files(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "plan.json").write_text('{"my": "own plan"}', encoding="utf-8")
    held = sorted(p.name for p in tmp_path.iterdir())
    assert code(lambda: write_run(*sealed(), tmp_path, DATA)) == "E703"
    assert sorted(p.name for p in tmp_path.iterdir()) == held


def test_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine", encoding="utf-8")
    assert code(lambda: write_run(*sealed(), tmp_path / "run", DATA)) == "E703"
    assert code(lambda: write_run(*sealed(), tmp_path / "run" / "x", DATA)) == "E704"


def test_says_what_is_wrong_with_a_folder(run: Path, tmp_path: Path) -> None:
    assert code(lambda: read_run(tmp_path / "nowhere")) == "E700"
    assert code(lambda: read_run(tmp_path)) == "E701"
    for name in ("case.json", "solution.json.gz"):
        data = (run / name).read_bytes()
        (run / name).write_bytes(data[:-7])
        assert code(lambda: read_run(run)) == "E702"
        (run / name).unlink()
        assert code(lambda: read_run(run)) == "E702"
        (run / name).write_bytes(data)
    assert read_run(run)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"digest": "0" * 64}, "E705"), ({"format": 99}, "E702"), ({"files": {}}, "E702")],
)
def test_says_when_the_parts_do_not_belong_together(
    run: Path, changes: dict[str, object], expected: str
) -> None:
    short = json.loads((run / "plan.json").read_text(encoding="utf-8"))
    (run / "plan.json").write_text(json.dumps(short | changes), encoding="utf-8")
    assert code(lambda: read_run(run)) == expected


def test_broken_plan_json_is_no_run(run: Path) -> None:
    (run / "plan.json").write_text('{"format": 1, "scen', encoding="utf-8")
    assert code(lambda: read_run(run)) == "E701"
