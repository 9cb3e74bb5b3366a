"""Charts of what is uncertain: names whole, and none on another's line."""

from __future__ import annotations

import re

from planner.outputs import charts_spread, formats

BINS = [{"low_usd_bn": 100.0 * n, "high_usd_bn": 100.0 * n + 100, "share_pct": 5.0}
        for n in range(13)]  # fmt: skip
MARKS = [("tail mean (CVaR) 936", 936.0, "risk"), ("VaR 1,164", 1164.0, "talent"),
         ("mean 1,239", 1239.0, "ink"), ("calm 1,292", 1292.0, "subsidy")]  # fmt: skip


def test_names_of_marks_stand_clear_of_other_marks_lines() -> None:
    for marks in (MARKS, [(n, v - 900, c) for n, v, c in MARKS]):
        drawn = charts_spread.histogram(BINS, marks, 1100.0)
        lines = [
            tuple(map(float, m))
            for m in re.findall(r'<line x1="([\d.]+)" y1="([\d.]+)"[^>]*stroke-width:1.6', drawn)
        ]
        assert len(lines) == len(marks)
        for name, _, _ in marks:
            found = re.search(
                rf'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)"[^>]*>{re.escape(name)}',
                drawn,
            )
            assert found is not None
            x, y = float(found[1]), float(found[2])
            wide = 6.0 * len(name)
            left, right = (x, x + wide) if found[3] == "start" else (x - wide, x)
            assert not [1 for at, top in lines if left < at < right and top < y - 9]


def test_long_names_of_bars_are_whole() -> None:
    name = "Severe earthquake, northern and central Taiwan"
    drawn = charts_spread.bars([(name, 1.0, 2.0), ("B", 3.0, -4.0)], ("one", "other"))
    assert f">{name}<" in drawn
    assert "…" not in drawn


def test_levels_have_no_more_digits_than_they_need() -> None:
    assert [formats.level(v) for v in (0.0, 0.1 + 0.2, 2.5, 30.0, 1200.0, -0.5)] == [
        "0", "0.3", "2.5", "30", "1,200", "−0.5",
    ]  # fmt: skip
