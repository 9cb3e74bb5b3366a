"""Solvers that crash, memory that ends, folders that refuse: words, an exit code, nothing left."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from planner.interfaces.cli import main
from planner.solve import optimise

Record = Callable[[str, object], None]
FAULTS: tuple[tuple[BaseException, int, str], ...] = (
    (RuntimeError("HiGHS fell over"), 1, "HiGHS fell over"),
    (MemoryError(), 4, "not enough memory"),
    (OSError(errno.ENOSPC, "No space left on device", "/somewhere/x"), 2, "No space left"),
    (KeyboardInterrupt(), 4, "stopped"),
    (RecursionError("too deep"), 1, "too deep"),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), 1, "invalid start byte"),
)


@pytest.mark.parametrize(
    ("fault", "code", "words"), FAULTS, ids=[type(f).__name__ for f, *_ in FAULTS]
)
def test_a_solver_that_fails(
    fault: BaseException,
    code: int,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    record_property: Record,
) -> None:
    def fail(*_: Any, **__: Any) -> NoReturn:
        raise fault

    monkeypatch.setattr(optimise.highs, "run_live", fail)
    scenario = Path(__file__).parents[2] / "scenarios" / "history" / "history-free.yaml"
    assert main(["solve", str(scenario), "--out", str(tmp_path / "run"), "--quiet"]) == code
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
    record_property("faults", 1)
