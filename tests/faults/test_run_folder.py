"""A run folder is whole or not there, whatever happens while it is written; counts are printed."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.core.errors import InputError
from planner.outputs import run_folder
from planner.outputs.run_folder import read_run, write_run
from tests.faults.inject import KILLED, OTHER, REACHED, TOLD, child
from tests.outputs.sample_plan import sample_plan_b
from tests.outputs.test_run_folder import DATA, _cheap, content, sealed

pytestmark = [
    pytest.mark.usefixtures("_cheap"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked"),
]
Record = Callable[[str, object], None]
MOST = 200
"""More writes than a run has; a loop that reaches it has found no end."""


def write_b(folder: Path) -> Path:
    """A newer run over what is there."""
    return write_run(*sealed(sample_plan_b), folder, DATA)


def leftovers(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.parent.iterdir() if p.name != folder.name)


def each_write(folder: Path, fault: str, before: Callable[[], object]) -> list[int]:
    """How the newer run ended with the fault at its first, second … write, until none was hit."""
    ends = []
    for at in range(1, MOST):
        before()
        ends.append(child(lambda: write_b(folder), str(folder.parent), at, fault))
        if ends[-1] == REACHED:
            return ends
        yield_state(folder)
    pytest.fail("no end of writes")


def yield_state(folder: Path) -> None:
    """What lies there can be read, or there is nothing; then the place can be used again."""
    if folder.exists() or any(n.startswith(f".{folder.name}.") for n in leftovers(folder)):
        told = ""
        try:
            assert read_run(folder)[0].scenario
        except InputError as error:
            told = str(error)
        assert not told or "E700" in told, "a run half-written"


def test_killed_at_any_write_of_a_first_run(tmp_path: Path, record_property: Record) -> None:
    folder = tmp_path / "run"

    def clear() -> None:
        if folder.exists():
            folder.rename(tmp_path.parent / f"gone-{tmp_path.name}-{time.monotonic_ns()}")

    ends = each_write(folder, "kill", clear)
    assert ends[:-1] == [KILLED] * (len(ends) - 1)
    assert len(ends) > 10
    write_b(folder)
    assert leftovers(folder) == []
    record_property("faults", len(ends) - 1)


def test_killed_at_any_write_over_an_older_run(tmp_path: Path, record_property: Record) -> None:
    """The older run or the newer one is there afterwards, never neither."""
    folder = tmp_path / "run"
    older = {sealed()[0].scenario, sealed(sample_plan_b)[0].scenario}

    def first() -> None:
        write_run(*sealed(), folder, DATA)
        (folder / "mine.txt").write_text("kept", encoding="utf-8")

    first()
    ends = []
    for at in range(1, MOST):
        first()
        ends.append(child(lambda: write_b(folder), str(tmp_path), at, "kill"))
        assert read_run(folder)[0].scenario in older
        assert (folder / "mine.txt").read_text(encoding="utf-8") == "kept"
        if ends[-1] == REACHED:
            break
    assert set(ends[:-1]) == {KILLED}
    assert len(ends) > 10
    write_b(folder)
    assert leftovers(folder) == []
    record_property("faults", len(ends) - 1)


@pytest.mark.parametrize("fault", ["ENOSPC", "EROFS", "EACCES", "EIO"])
def test_a_refusing_disk_is_told_and_the_older_run_stays(
    fault: str, tmp_path: Path, record_property: Record
) -> None:
    folder = tmp_path / "run"
    before = content(write_run(*sealed(), folder, DATA))
    ends = []
    for at in range(1, MOST):
        ends.append(child(lambda: write_b(folder), str(tmp_path), at, fault))
        if ends[-1] == REACHED:
            break
        assert OTHER not in ends, f"write {at} was not told in words"
        assert content(folder) in (before, content_b(folder))
        write_run(*sealed(), folder, DATA)
    assert set(ends[:-1]) <= {TOLD, REACHED}
    assert ends.count(TOLD) > 5
    write_b(folder)  # clears what a refused removal left
    assert leftovers(folder) == []
    record_property("faults", ends.count(TOLD))


def content_b(folder: Path) -> dict[str, bytes]:
    """Content of the newer run, written elsewhere."""
    place = folder.parent.parent / f"b-{folder.parent.name}"
    if not place.exists():
        write_b(place)
    return content(place)


@pytest.mark.parametrize("name", ["plan.json", "case.json", "solution.json.gz"])
def test_a_damaged_file_is_told(name: str, tmp_path: Path, record_property: Record) -> None:
    """Cut short at five places, one bit turned at five, gone, empty."""
    folder = write_run(*sealed(), tmp_path / "run", DATA)
    path = folder / name
    whole = path.read_bytes()
    made = [whole[: len(whole) * k // 6] for k in range(1, 6)]
    for k in range(1, 6):
        turned = bytearray(whole)
        turned[len(whole) * k // 6] ^= 4
        made.append(bytes(turned))
    told = 0
    for data in [*made, b""]:
        path.write_bytes(data)
        words = ""
        try:
            read_run(folder)
        except InputError as error:
            words = str(error)
        told += "E70" in words
        assert words or name == "plan.json", "only a harmless turn of a text may pass"
    path.unlink()
    with pytest.raises(InputError, match="E70"):
        read_run(folder)
    assert told >= (len(made) + 1 if name != "plan.json" else 6)
    record_property("faults", len(made) + 2)


def test_two_processes_on_one_folder(tmp_path: Path, record_property: Record) -> None:
    """Both write at once, five times; one of the two is there and whole."""
    folder = tmp_path / "run"
    for _ in range(5):
        numbers = []
        for make in (sealed, lambda: sealed(sample_plan_b)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                number = os.fork()
            if not number:
                try:
                    write_run(*make(), folder, DATA)
                except InputError:
                    os._exit(TOLD)
                except BaseException:
                    os._exit(OTHER)
                os._exit(REACHED)
            numbers.append(number)
        ends = [os.waitstatus_to_exitcode(os.waitpid(n, 0)[1]) for n in numbers]
        assert OTHER not in ends
        assert REACHED in ends
        assert read_run(folder)[0].scenario
    write_b(folder)
    assert leftovers(folder) == []
    record_property("faults", 5)


def test_a_clock_that_jumps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """Back by an hour in the middle: the run is written, its seconds are no worse than odd."""
    ticks = iter([5000.0, 1400.0, 1400.0, 1400.0])
    monkeypatch.setattr(run_folder.time, "perf_counter", lambda: next(ticks))
    monkeypatch.setattr(run_folder.time, "time", lambda: 0.0)
    folder = write_run(*sealed(), tmp_path / "run", DATA)
    monkeypatch.undo()
    assert read_run(folder)[0].scenario
    record_property("faults", 1)


__all__ = ["_cheap"]
