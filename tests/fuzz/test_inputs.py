"""Damaged scenarios, settings, tables and run folders: read, or refused with problems told.

Anything but an InputError would reach the user as a traceback. The seeds are fixed, so a failure
comes again; `tests/bench/test_fuzz.py` looks further, led by coverage.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from planner import api
from planner.core.errors import InputError
from planner.inputs import scenarios
from planner.inputs.load import case_from_json, case_to_json, data_root, load_case, scenario_root
from planner.inputs.scenarios import read_scenario
from planner.inputs.yaml_files import Document, read_yaml
from planner.model.catalogue import option_schemas
from planner.outputs.run_folder import read_run, write_run
from tests.fuzz.mutate import NASTY, damaged
from tests.outputs.test_run_folder import _cheap, sealed

Record = Callable[[str, object], None]
HISTORY = scenario_root() / "history" / "history-agreement.yaml"
"""A whole world that loads in a fiftieth of a second."""


def tell(record_property: Record, fuzzed: int, accepted: int) -> None:
    """Count for the end of the run; a fuzzer whose inputs are all refused or all taken is blind."""
    assert 0 < accepted < fuzzed
    record_property("fuzzed", fuzzed)
    record_property("accepted", accepted)


def readable(what: Callable[[], object]) -> bool:
    """Whether something reads; problems told are fine, all else is raised."""
    told: InputError | None = None
    try:
        what()
    except InputError as error:
        told = error
    if told is not None:
        assert told.issues
        assert all(issue.code and issue.message for issue in told.issues)
        assert str(told)
    return told is None


@pytest.fixture
def shipped_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in the scenarios folder is the same each time, so its text is parsed once."""
    kept: dict[Path, Document] = {}

    def read(path: Path, where: str) -> Document:
        if scenario_root() not in path.parents:
            return read_yaml(path, where)
        if path not in kept:
            kept[path] = read_yaml(path, where)
        return deepcopy(kept[path])

    monkeypatch.setattr(scenarios, "read_yaml", read)


@pytest.mark.usefixtures("shipped_once")
@pytest.mark.parametrize("block", range(4))
def test_scenario_files(block: int, tmp_path: Path, record_property: Record) -> None:
    texts = [p.read_text(encoding="utf-8") for p in sorted(scenario_root().glob("**/*.yaml"))]
    draw, schemas, taken = random.Random(block), option_schemas(), 0
    path = tmp_path / "mine.yaml"
    for _ in range(1250):
        path.write_text(damaged(draw.choice(texts), draw), encoding="utf-8", errors="surrogatepass")
        taken += readable(lambda: read_scenario(path, scenario_root(), schemas))
    tell(record_property, 1250, taken)


@pytest.mark.usefixtures("shipped_once")
def test_settings_from_the_command_line(record_property: Record) -> None:
    """`--set` with any key and value."""
    draw, schemas, taken = random.Random(5), option_schemas(), 0
    known = (
        "weights.risk=2", "horizon.periods=4", "concepts.outbound.gap_generations=2",
        "facts.programme.jp_5g_nedo.budget_usd_bn=*2", "sites.forbid=[us_boise]", "solver.gap=0.01",
        "concepts.limits.places=[{where: US, least_kwpm: 5}]", "title=x", "futures=[calm]",
    )  # fmt: skip
    for _ in range(2300):
        text = damaged(draw.choice(known), draw)
        taken += readable(
            lambda text=text: read_scenario(  # type: ignore[misc]
                scenario_root() / "base.yaml", scenario_root(), schemas, [text]
            )
        )
    tell(record_property, 2300, taken)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A copy of the data whose tables may be damaged."""
    shutil.copytree(
        data_root(), tmp_path / "data", ignore=shutil.ignore_patterns("geo", "backtest")
    )
    return tmp_path / "data"


@pytest.mark.usefixtures("shipped_once")
@pytest.mark.parametrize("block", range(2))
def test_tables(block: int, world: Path, record_property: Record) -> None:
    """One damaged table at a time, registers and facts, within a whole world."""
    files = [*sorted((world / "history-1986").rglob("*.csv")), world / "dictionary.csv"]
    draw, taken = random.Random(100 + block), 0
    for _ in range(700):
        path = draw.choice(files)
        before = path.read_bytes()
        text = damaged(before.decode("utf-8"), draw)
        path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
        taken += readable(lambda: load_case(HISTORY, option_schemas(), world))
        path.write_bytes(before)
    assert readable(lambda: load_case(HISTORY, option_schemas(), world))
    tell(record_property, 700, taken)


def test_frozen_inputs(record_property: Record) -> None:
    """case.json as it lies in a run folder."""
    text = case_to_json(api.load(HISTORY))
    draw, taken = random.Random(7), 0
    for _ in range(500):
        made = damaged(text, draw)
        taken += readable(lambda made=made: case_from_json(made))  # type: ignore[misc]
    record_property("fuzzed", 500)
    record_property("accepted", taken)


@pytest.mark.usefixtures("_cheap")
def test_plan_json(tmp_path: Path, record_property: Record) -> None:
    """plan.json with keys gone and values of other kinds."""
    run = write_run(*sealed(), tmp_path / "run", data_root())
    path = run / "plan.json"
    whole = path.read_text(encoding="utf-8")
    draw, taken = random.Random(8), 0
    for _ in range(500):
        if draw.random() < 0.5:
            content = json.loads(whole)
            key = draw.choice(sorted(content))
            content[key] = draw.choice((None, [], {}, 0, "x", True, *NASTY))
            text = json.dumps(content)
        else:
            text = damaged(whole, draw)
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        taken += readable(lambda: read_run(run))
    tell(record_property, 500, taken)


__all__ = ["_cheap"]
