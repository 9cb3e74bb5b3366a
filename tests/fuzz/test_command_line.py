"""Damaged command lines: an exit code that means something and words, never a traceback."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from planner.interfaces.cli import main
from tests.fuzz.mutate import NASTY, damaged

Record = Callable[[str, object], None]
VERBS = (
    "check", "scenarios", "evidence", "doctor", "map", "compare", "explain", "report", "verify",
    "why", "whynot", "flip", "alternatives", "pareto", "sensitivity", "roadmap", "weights", "cards",
    "export", "gallery", "stress", "regret", "wait", "futures",
)  # fmt: skip
WORDS = (
    *VERBS, "base", "nowhere", "history-free", "--json", "--quiet", "--help", "--set",
    "weights.risk=2", "--out", "--gap", "0.01", "--year", "2030", "--layer", "wage", "--format",
    "csv", "--at", "2030,2034", "--draws", "10", "--host", "US", "--axes", "value,cost", "--weak",
    "--", "-", "-h", "--version",
)  # fmt: skip
MEANT = {0, 2, 3, 4, 5}
"""Exit codes with a meaning; 1 would be our fault."""


@pytest.mark.parametrize("block", range(2))
def test_any_words(
    block: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    record_property: Record,
) -> None:
    """Words of the planner and others in any order; no run is there, so nothing long begins."""
    monkeypatch.chdir(tmp_path)
    draw, done = random.Random(block), 0
    for _ in range(150):
        words = [draw.choice(VERBS)]
        for _ in range(draw.randrange(6)):
            kind = draw.random()
            word = draw.choice(WORDS)
            words.append(
                word if kind < 0.7 else draw.choice(NASTY) if kind < 0.85 else damaged(word, draw)
            )
        if "evidence" in words and "--weak" not in words:
            words.append("--weak")
        words = [word.replace("\0", "") for word in words]  # no system hands these over
        code = main([*words])
        shown = capsys.readouterr()
        assert code in MEANT, (words, shown.err)
        assert "Traceback" not in shown.out + shown.err, words
        assert code == 0 or (shown.out + shown.err).strip(), words
        done += code == 0
    record_property("fuzzed", 150)
    record_property("accepted", done)
