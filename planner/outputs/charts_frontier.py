"""The frontier between the two trade balance ratios as an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from planner.outputs import formats, svg
from planner.outputs.charts import Axis

WIDTH, HEIGHT, MARGIN = 520.0, 360.0, 58.0
TICKS = 4


def frontier(points: Sequence[tuple[float, float]], best: tuple[float, float] | None = None) -> str:
    """Technology ratio to the right, goods ratio upwards; `best` marks the most valuable plan."""
    every = [*points, *([best] if best else [])]
    across = _axis([p[0] for p in every], (MARGIN, WIDTH - 20))
    upward = _axis([p[1] for p in every], (HEIGHT - MARGIN, 30))
    parts = _grid(across, upward)
    ordered = sorted(points)
    for (x1, y1), (x2, y2) in pairwise(ordered):
        ends = (across(x1), upward(y1), across(x2), upward(y2))
        parts.append(svg.rule(ends, "total", "stroke-width:1.6"))
    parts += [_mark(across(x), upward(y), "total", _words(x, y)) for x, y in ordered]
    if best:
        x, y = across(best[0]), upward(best[1])
        parts.append(_mark(x, y, "revenue", f"highest value: {_words(*best)}"))
        parts.append(svg.text((x + 8, y - 6), "highest value", size=11, fill="muted"))
    said = "; ".join(_words(x, y) for x, y in ordered)
    label = f"Frontier of technology and goods ratio: {said}"
    return svg.drawing((WIDTH, HEIGHT), "".join(parts), label)


def _words(x: float, y: float) -> str:
    return f"technology {formats.brief(x)}, goods {formats.brief(y)}"


def _axis(values: Sequence[float], pixels: tuple[float, float]) -> Axis:
    """Axis around the values with a margin; a single value gets room on both sides."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.1 * (high - low) or 0.1 * abs(high) or 1.0
    return Axis(low - room, high + room, *pixels)


def _grid(across: Axis, upward: Axis) -> list[str]:
    parts = []
    for n in range(TICKS + 1):
        x = across.low + (across.high - across.low) * n / TICKS
        y = upward.low + (upward.high - upward.low) * n / TICKS
        parts.append(svg.rule((across(x), upward.end, across(x), upward.start)))
        parts.append(svg.rule((across.start, upward(y), across.end, upward(y))))
        bottom = (across(x), upward.start + 16)
        parts.append(svg.text(bottom, formats.brief(x), anchor="middle", size=11, fill="muted"))
        left = (across.start - 6, upward(y) + 4)
        parts.append(svg.text(left, formats.brief(y), anchor="end", size=11, fill="muted"))
    middle = ((across.start + across.end) / 2, HEIGHT - 14)
    parts.append(svg.text(middle, "technology receipts / payments", anchor="middle"))
    parts.append(svg.text((4.0, 18.0), "chip exports / imports"))
    return parts


def _mark(x: float, y: float, fill: str, tip: str) -> str:
    return svg.bar((x - 4, y - 4, 8, 8), fill, tip)
