"""The command line: verbs, exit codes, pure JSON, friendly errors. The work itself is faked."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner import api
from planner.core.errors import (
    Conflict,
    Infeasible,
    InputError,
    Issue,
    ModelError,
    Stopped,
    VerificationError,
)
from planner.core.plan import Plan
from planner.interfaces.cli import app, main
from planner.interfaces.console import Console, closed_share, progress_text
from planner.outputs import run_folder
from planner.outputs.drawing import Drawing
from tests.outputs.test_run_folder import sealed

VERBS = (
    "solve", "map", "compare", "explain", "report", "verify", "instruments",
    "check", "scenarios", "evidence", "doctor",
    "why", "whynot", "flip", "alternatives", "pareto", "sensitivity", "roadmap", "weights",
    "ratios", "outbound", "repairs", "screening", "offer", "closeness", "gallery", "cards",
    "export", "rivals", "serve", "history", "backtest", "calibration",
    "stress", "regret", "wait", "futures",
)  # fmt: skip
ISSUES = (
    Issue("error", "E204", "scenarios/n2.yaml:14", "concepts.subsidy.budgett", "unknown option"),
    Issue("error", "E203", "scenarios/n2.yaml:3", "horizon.periods", "must be at most 40"),
)
ERRORS = [
    (InputError(ISSUES), 2),
    (Infeasible(Conflict(("subsidy.budget", "sites.pin"), relax={"subsidy.budget": 3.0})), 3),
    (Stopped("no plan was found before the search ended (time limit)"), 4),
    (VerificationError(ISSUES), 5),
    (ModelError("a concept is built wrongly"), 1),
    (ZeroDivisionError("division by zero"), 1),
    (KeyboardInterrupt(), 4),
]
Capture = pytest.CaptureFixture[str]


def raising(error: BaseException) -> Callable[..., Any]:
    def call(*_: Any, **__: Any) -> Any:
        raise error

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run folder of the sample plan, its pictures left out."""
    for part in ("_write_geo", "_write_map", "_write_report"):
        monkeypatch.setattr(run_folder, part, lambda *_: None)
    return run_folder.write_run(*sealed(), tmp_path / "sample", tmp_path)


def test_help_names_every_verb(capsys: Capture) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for verb in VERBS:
        assert f"  {verb} " in shown


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_json_and_quiet(verb: str) -> None:
    done = CliRunner().invoke(app, [verb, "--help"])
    assert done.exit_code == 0
    assert "--json" in done.output
    assert "--quiet" in done.output


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from planner.interfaces.cli import main; main(['--help']);"
        "heavy = {'pandas', 'numpy', 'pydantic', 'pulp', 'geopandas', 'matplotlib', 'rich',"
        "'fastapi', 'uvicorn'};"
        "sys.exit(','.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [(["check", "no-such-scenario"], 2), (["no-such-verb"], 2), (["--version"], 0)],
)
def test_a_process_ends_with_the_exit_code(words: list[str], code: int) -> None:
    command = [sys.executable, "-m", "planner", *words]
    assert subprocess.run(command, check=False, capture_output=True).returncode == code


def test_version(capsys: Capture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == "planner 0.1.0\n"


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=lambda e: type(e).__name__)
def test_every_error_has_its_exit_code_and_words(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(api, "run", raising(error))
    assert main(["solve", "base"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.strip()
    assert "Traceback" not in said.err
    for issue in getattr(error, "issues", ()):
        assert str(issue) in said.err


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=lambda e: type(e).__name__)
def test_errors_as_json_are_pure(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(api, "run", raising(error))
    assert main(["solve", "base", "--json"]) == code
    said = capsys.readouterr()
    assert said.err == ""
    content = json.loads(said.out)
    assert content["error"]
    assert len(content.get("issues", ())) == len(getattr(error, "issues", ()))


def test_unexpected_error_hints_at_doctor_and_shows_more_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(api, "run", raising(ZeroDivisionError("division by zero")))
    assert main(["solve", "base"]) == 1
    assert "planner doctor" in capsys.readouterr().err
    monkeypatch.setenv("PLANNER_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["solve", "base"])


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["sovle"], "solve"),
        (["solve", "base", "--gapp", "1"], "--gap"),
        (["solve", "base", "--gap", "7"], "--gap"),
        (["solve", "base", "--threads", "many"], "--threads"),
        (["solve"], "--all"),
        (["solve", "base", "--all"], "not both"),
        (["map"], "RUN"),
    ],
)
def test_wrong_words_are_told(arguments: list[str], hint: str, capsys: Capture) -> None:
    assert main(arguments) == 2
    assert hint in capsys.readouterr().err
    assert main([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "Usage"


def test_solve_hands_on_what_was_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    asked: list[Any] = []

    def run(*arguments: Any) -> tuple[Plan, Path]:
        asked.extend(arguments)
        return sealed()[0], folder

    monkeypatch.setattr(api, "run", run)
    words = ["solve", "base", "--out", "x", "--set", "weights.risk=2", "--set", "horizon.periods=4"]
    assert main([*words, "--gap", "0.01", "--time-limit", "9", "--threads", "2"]) == 0
    scenario, out, changes, listener, settings = asked
    assert (scenario, out) == ("base", Path("x"))
    assert changes == ["weights.risk=2", "horizon.periods=4"]
    assert settings == {"gap": 0.01, "time_limit": 9.0, "threads": 2, "solver": "highs"}
    assert listener is not None
    said = capsys.readouterr().out
    assert str(folder / "map.png") in said
    assert str(folder / "report.html") in said
    asked.clear()
    assert main([*words, "--quiet"]) == 0
    assert asked[3] is None
    assert capsys.readouterr() == ("", "")


def test_solve_json_is_the_plan_in_short(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(api, "run", lambda *_: (sealed()[0], folder))
    assert main(["solve", "base", "--json"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    content = json.loads(said.out)
    assert content["folder"] == str(folder)
    assert content["measures"] == run_folder.read_short(folder)["measures"]


def test_solve_all_goes_on_after_a_failure(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def run(scenario: str, *_: Any) -> tuple[Plan, Path]:
        if scenario == "two.yaml":
            raise ERRORS[1][0]
        return sealed()[0], folder

    rows = [{"name": name, "path": f"{name}.yaml"} for name in ("one", "two", "three")]
    monkeypatch.setattr(api, "scenarios", lambda: rows)
    monkeypatch.setattr(api, "run", run)
    root = str(folder.parent)
    assert main(["solve", "--all", "--workers", "1", "--out", root, "--json"]) == 3
    content = json.loads(capsys.readouterr().out)
    assert [row.get("error") for row in content] == [None, "Infeasible", None]
    assert main(["solve", "--all", "--workers", "1", "--out", root]) == 3
    assert "two: no plan" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["map", "explain", "report", "verify"])
def test_a_folder_that_is_no_run_is_bad_input(verb: str, tmp_path: Path, capsys: Capture) -> None:
    assert main([verb, str(tmp_path)]) == 2
    assert "E701" in capsys.readouterr().err
    assert main([verb, str(tmp_path / "nowhere")]) == 2
    assert "E700" in capsys.readouterr().err


def test_explain(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    told = {"limits": [], "steps": [], "silent": {}, "scope": "local", "text": "one more is worth"}
    monkeypatch.setattr(api, "ask", lambda *_, **__: told)  # the sample is no case to re-solve
    plan, _ = sealed()
    assert main(["explain", str(folder), "--prices"]) == 0
    said = capsys.readouterr().out
    for reason in plan.reasons:
        assert str(reason["headline"]) in said
    assert "one more is worth" in said
    assert main(["explain", str(folder), "--prices", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert {"limits", "steps", "silent"} <= set(content)
    assert len(content["reasons"]) == len(plan.reasons)
    prices = [abs(row["price_usd_bn"]) for row in content["prices"]]
    assert prices == sorted(prices, reverse=True)


def test_verify_tells_issues(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(api, "verify", lambda *_: ())
    assert main(["verify", str(folder)]) == 0
    assert "every rule holds" in capsys.readouterr().out
    monkeypatch.setattr(api, "verify", lambda *_: ISSUES)
    assert main(["verify", str(folder)]) == 5
    assert str(ISSUES[0]) in capsys.readouterr().err


def test_map_asks_for_what_was_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    asked: list[Any] = []

    def draw(plan: Plan, case: Any, path: Path, drawing: Drawing) -> tuple[Path, ...]:
        asked.append((path, drawing))
        return tuple(path.with_suffix(f".{kind}") for kind in drawing.formats)

    monkeypatch.setattr(api, "draw_map", draw)
    words = ["map", str(folder), "--year", "2030", "--layer", "wage", "--format", "PNG, pdf"]
    assert main([*words, "--json"]) == 0
    ((path, drawing),) = asked
    assert path == folder / "map_wage_2030"
    assert drawing == Drawing(2030, "wage", ("png", "pdf"))
    assert len(json.loads(capsys.readouterr().out)["files"]) == 2


def test_compare_needs_two_runs(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["compare", str(folder), "--out", str(tmp_path / "c")]) == 2
    assert "not 1" in capsys.readouterr().err


def test_progress_in_words_and_as_a_bar(capsys: Capture) -> None:
    class Moved:
        seconds, objective, bound, gap, nodes = 3.2, 100.0, 101.0, 0.01, 7

    with Console().search("base") as listener:
        assert listener is not None
        listener(Moved)
        listener(Moved)  # too soon for a second line
    assert capsys.readouterr().err.count("\n") == 1
    assert progress_text(Moved) == "3 s, value 100.00, bound 101.00, gap 1.00%, 7 nodes"
    assert closed_share(None) == closed_share(1.5) == 0.0
    assert closed_share(0.01) == pytest.approx(0.5)
    assert closed_share(0.0) == 1.0


def test_reader_who_leaves_is_no_error() -> None:
    code = "import sys; from planner.interfaces.cli import main; sys.exit(main(['--help']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
