"""Shares over the years as SVG text: what was published with its range, and what plans have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from planner.outputs import formats, svg
from planner.outputs.charts import Axis
from planner.outputs.charts_spread import BOTTOM, HEIGHT, LEFT, LINES, RIGHT, TOP, WIDTH

Row = Mapping[str, Any]
DASHES = ("none", "7 3", "2 3", "9 2 2 2")


def share_path(
    record: Sequence[Row], plans: Mapping[str, Sequence[tuple[int, float]]], years: int
) -> str:
    """Share by year [%]: band and points of the record, one stepped line for each plan.

    record: rows with year, pct, low_pct, high_pct. plans: name -> (first year of period, share).
    years: length of a period.
    """
    firsts = [t for path in plans.values() for t, _ in path]
    across = Axis(
        min([r["year"] for r in record] + firsts),
        max([r["year"] + 1 for r in record] + [t + years for t in firsts]),
        LEFT,
        WIDTH - RIGHT,
    )
    tops = [v for path in plans.values() for _, v in path] + [r["high_pct"] for r in record]
    upward = Axis(0, 1.08 * max(tops), HEIGHT - BOTTOM, TOP)
    parts = []
    for tick in svg.ticks(upward.low, upward.high):
        y = upward(tick)
        parts.append(svg.rule((LEFT, y, WIDTH - RIGHT, y)))
        spot = (LEFT - 6, y + 4)
        parts.append(
            svg.text(spot, f"{formats.level(tick)} %", anchor="end", size=11, fill="muted")
        )
    for year in range(int(across.low), int(across.high) + 1, 2):
        spot = (across(year), HEIGHT - 12)
        parts.append(svg.text(spot, str(year), anchor="middle", size=11, fill="muted"))
    parts += [_published(r, across, upward) for r in record]
    for n, (name, path) in enumerate(plans.items()):
        parts.append(_steps(name, path, n, (across, upward), years))
    said = "; ".join(f"{r['year']} {formats.brief(r['pct'])} %" for r in record)
    return svg.drawing((WIDTH, HEIGHT), "".join(parts), f"Published share: {said}")


def _published(row: Row, across: Axis, upward: Axis) -> str:
    """Range of one year as a bar, its value as a thick mark."""
    x, wide = across(row["year"]) + 3, across(row["year"] + 1) - across(row["year"]) - 6
    low, high, y = upward(row["low_pct"]), upward(row["high_pct"]), upward(row["pct"])
    tip = (
        f"published, {row['year']}: {formats.brief(row['pct'])} % "
        f"({formats.brief(row['low_pct'])} to {formats.brief(row['high_pct'])}, "
        f"grade {row['grade']})"
    )
    return svg.bar((x, high, wide, max(low - high, 1)), "line", tip) + svg.rule(
        (x, y, x + wide, y), "ink", "stroke-width:3"
    )


def _steps(
    name: str, path: Sequence[tuple[int, float]], n: int, axes: tuple[Axis, Axis], years: int
) -> str:
    across, upward = axes
    points = [(across(at), upward(v)) for t, v in path for at in (t, t + years)]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    style = (
        f"fill:none;stroke:{LINES[n % len(LINES)]};stroke-width:2.4;"
        f"stroke-dasharray:{DASHES[n % len(DASHES)]}"
    )
    tip = f"{name}: " + "; ".join(f"from {t} {formats.brief(v)} %" for t, v in path)
    return svg.tag("path", svg.tag("title", escape(tip)), d=line, style=style)
