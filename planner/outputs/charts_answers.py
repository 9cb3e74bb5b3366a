"""Pictures of answers: points in a plane, tornado, and rows of bars, as SVG text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from planner.outputs import formats, svg
from planner.outputs.charts import Axis

WIDTH, HEIGHT = 640.0, 380.0
LEFT, RIGHT, TOP, BOTTOM = 78.0, 26.0, 34.0, 48.0
ROW, NAMES = 26.0, 250.0
"""Height of a row of bars and room for its name [px]."""


@dataclass(frozen=True, slots=True)
class Point:
    """A point with what hovering says; `label` stands beside it, `ring` marks it."""

    x: float
    y: float
    tip: str
    label: str = ""
    fill: str = "total"
    ring: bool = False


def plane(
    points: Sequence[Point], names: tuple[str, str], *, line: bool = False, note: str = ""
) -> str:
    """Points with both axes named; joined from left to right when `line`; `note` stands above."""
    across = _axis([p.x for p in points], LEFT, WIDTH - RIGHT)
    upward = _axis([p.y for p in points], HEIGHT - BOTTOM, TOP)
    parts = _grid(across, upward)
    parts.append(svg.text((LEFT, 16), names[1], size=12, weight=600))
    if note:
        parts.append(svg.text((WIDTH - RIGHT, 16), note, anchor="end", size=11, fill="muted"))
    parts.append(svg.text((WIDTH - RIGHT, HEIGHT - 8), names[0], anchor="end", size=12, weight=600))
    ordered = sorted(points, key=lambda p: (p.x, p.y))
    for a, b in pairwise(ordered) if line else ():
        ends = (across(a.x), upward(a.y), across(b.x), upward(b.y))
        parts.append(svg.rule(ends, "muted", "stroke-width:1.4;stroke-dasharray:4 3"))
    taken: list[tuple[float, float]] = []
    for p in ordered:
        spot = across(p.x), upward(p.y)
        parts.append(_dot(spot, p))
        if p.label and not any(abs(x - spot[0]) < 74 and abs(y - spot[1]) < 13 for x, y in taken):
            taken.append(spot)
            right = spot[0] > WIDTH * 0.72
            place = (spot[0] + (-10 if right else 10), spot[1] + 4)
            anchor = "end" if right else "start"
            parts.append(svg.text(place, p.label, size=11, anchor=anchor))
    said = "; ".join(p.tip for p in ordered)
    return svg.drawing((WIDTH, HEIGHT), "".join(parts), f"{names[1]} over {names[0]}: {said}")


def _dot(spot: tuple[float, float], p: Point) -> str:
    style = f"fill:{svg.colour(p.fill)};stroke:{svg.colour('ink' if p.ring else 'card')}"
    return svg.tag(
        "circle", svg.tag("title", escape(p.tip)), cx=spot[0], cy=spot[1],
        r=7.0 if p.ring else 5.0, style=f"{style};stroke-width:{2.2 if p.ring else 1}",
    )  # fmt: skip


def _axis(values: Sequence[float], start: float, end: float) -> Axis:
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
    return Axis(0.0 if 0 <= low < 0.35 * high else low - room, high + room, start, end)


def _grid(across: Axis, upward: Axis) -> list[str]:
    parts = []
    for tick in svg.ticks(across.low, across.high):
        x = across(tick)
        parts.append(svg.rule((x, upward.end, x, upward.start)))
        place = (x, upward.start + 16)
        parts.append(svg.text(place, formats.brief(tick), anchor="middle", size=11, fill="muted"))
    for tick in svg.ticks(upward.low, upward.high):
        y = upward(tick)
        parts.append(svg.rule((across.start, y, across.end, y)))
        place = (across.start - 6, y + 4)
        parts.append(svg.text(place, formats.brief(tick), anchor="end", size=11, fill="muted"))
    return parts


def tornado(rows: Sequence[tuple[str, float, float, str]], unit: str = "USD bn") -> str:
    """Bars from nothing to the change at low and at high.

    A row is name, change at low, change at high and what hovering says.
    """
    return _bars([(name, (low, high), tip) for name, low, high, tip in rows], unit,
                 ("cost", "revenue"))  # fmt: skip


def rows_of_bars(rows: Sequence[tuple[str, float, str]], unit: str = "USD bn") -> str:
    """One bar a row from nothing: name, amount, what hovering says."""
    return _bars([(name, (value,), tip) for name, value, tip in rows], unit, ("total",))


def _bars(
    rows: Sequence[tuple[str, tuple[float, ...], str]], unit: str, fills: tuple[str, ...]
) -> str:
    values = [0.0, *(v for _, found, _ in rows for v in found)]
    axis = Axis(min(values), max(values) or 1e-9, NAMES + 46, WIDTH - 56)
    height = 20 + ROW * len(rows) + 6
    zero = axis(0.0)
    parts = [svg.text((NAMES, 12), unit, size=11, fill="muted")]
    for n, (name, found, tip) in enumerate(rows):
        y = 20 + n * ROW
        words = formats.clipped(name, NAMES - 8)
        parts.append(svg.text((4, y + 15), words, size=12, tip=name))
        for value, fill in zip(found, fills, strict=True):
            x1, x2 = sorted((zero, axis(value)))
            parts.append(svg.bar((x1, y + 3, x2 - x1, ROW - 9), fill, tip))
            ahead = value >= 0
            place = (x2 + 4, y + 15) if ahead else (x1 - 4, y + 15)
            text = formats.brief(value)
            parts.append(svg.text(place, text, anchor="start" if ahead else "end", size=11))
    parts.append(svg.rule((zero, 18, zero, height - 4), "ink"))
    said = "; ".join(tip for *_, tip in rows)
    return svg.drawing((WIDTH, height), "".join(parts), f"{unit}: {said}")
