"""Money charts as SVG text: the waterfall, cash by period. No drawing library needed.

A waterfall's bars add up to its last total; `waterfall` raises ModelError when they do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.core.errors import ModelError
from planner.outputs import formats, svg

NARROW = 520
"""Charts narrower than this put their labels above the bars [px]."""
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall; a total states the sum so far, or as the first one the start."""

    label: str
    amount: float
    colour: str
    total: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """Linear map of values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Pixel of a value."""
        share = (value - self.low) / max(self.high - self.low, 1e-12)
        return self.start + share * (self.end - self.start)


def waterfall(steps: Sequence[Step], width: float = 640, unit: str = "USD bn") -> str:
    """Horizontal waterfall, one row a step; raises ModelError when a total is not the sum."""
    ends = running(steps)
    wide = width >= NARROW
    left, right = (max(_widest(steps) + 14, 90.0), 74.0) if wide else (4.0, 66.0)
    row, top = (30.0, 8.0) if wide else (42.0, 4.0)
    values = [0.0, *(v for pair in ends for v in pair)]
    axis = Axis(min(values), max(values), left + 4, width - right)
    height = top + row * len(steps) + 26
    parts = _grid(axis, (top, height - 24), unit)
    for n, (step, (start, end)) in enumerate(zip(steps, ends, strict=True)):
        parts.append(_waterfall_row(step, (start, end), axis, (top + n * row, row, left, wide)))
        if n + 1 < len(steps):
            x, y = axis(end), top + (n + 1) * row
            parts.append(svg.rule((x, y - 6, x, y + row - 22), "muted", "stroke-dasharray:2 2"))
    words = ", ".join(f"{s.label} {formats.brief(s.amount)}" for s in steps)
    return svg.drawing((width, height), "".join(parts), f"Waterfall in {unit}: {words}")


def running(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """Start and end of every bar. Raises ModelError when a total is not the sum before it."""
    at = 0.0
    ends: list[tuple[float, float]] = []
    for step in steps:
        if step.total:
            if ends and abs(step.amount - at) > TOLERANCE * max(1.0, abs(at)):
                said = f"waterfall total '{step.label}' is {step.amount:.9g}"
                msg = f"{said}, its bars add to {at:.9g}"
                raise ModelError(msg)
            ends.append((0.0, step.amount))
        else:
            ends.append((at, at + step.amount))
        at = ends[-1][1]
    return ends


def _widest(steps: Sequence[Step]) -> float:
    return max((7.0 * len(s.label) for s in steps), default=0.0)


def _waterfall_row(
    step: Step, ends: tuple[float, float], axis: Axis, place: tuple[float, float, float, bool]
) -> str:
    y, row, left, wide = place
    low, high = sorted((axis(ends[0]), axis(ends[1])))
    thick = row - 12 if wide else row - 24
    above = y + 5 if wide else y + 18
    weight = 650 if step.total else None
    value = formats.brief(step.amount) if step.total else formats.signed(step.amount)
    label = (
        svg.text((left, above + thick / 2 + 4), step.label, anchor="end", weight=weight)
        if wide
        else svg.text((left, y + 12), step.label, weight=weight)
    )
    tip = f"{step.label}: {value}{f' - {step.note}' if step.note else ''}"
    return (
        label
        + svg.bar((low, above, high - low, thick), step.colour, tip)
        + svg.text((high + 6, above + thick / 2 + 4), value, weight=weight)
    )


def _grid(axis: Axis, span: tuple[float, float], unit: str) -> list[str]:
    """Vertical gridlines with their values below."""
    parts = []
    marks = svg.ticks(axis.low, axis.high, 4 if axis.end - axis.start < NARROW else 6)
    for mark in marks:
        x = axis(mark)
        strong = "stroke-width:1.2" if mark == 0 else "stroke-width:.7"
        parts.append(svg.rule((x, span[0], x, span[1]), "muted" if mark == 0 else "line", strong))
        shown = formats.number(mark, 0 if abs(axis.high - axis.low) > svg_span() else 1)
        parts.append(svg.text((x, span[1] + 15), shown, anchor="middle", size=11, fill="muted"))
    end = svg.text((axis.end + 66, span[1] + 15), unit, anchor="end", size=11, fill="muted")
    return [*parts, end] if marks and axis(marks[-1]) < axis.end - 20 else parts


def svg_span() -> float:
    """Span above which axis values need no decimals."""
    return 8.0


def period_bars(
    amounts: Mapping[str, Mapping[int, float]],
    colours: Mapping[str, str],
    width: float = 640,
    unit: str = "USD bn",
) -> str:
    """Stacked bars by period, receipts above zero and payments below, with the net as a dot."""
    periods = sorted({t for series in amounts.values() for t in series})
    if not periods:
        return svg.drawing((width, 40), svg.text((8, 24), "no cash", fill="muted"), "no cash")
    ups = [sum(max(s.get(t, 0.0), 0.0) for s in amounts.values()) for t in periods]
    downs = [sum(min(s.get(t, 0.0), 0.0) for s in amounts.values()) for t in periods]
    height = 300.0
    axis = Axis(min(0.0, *downs), max(0.0, *ups), height - 28, 20)
    parts = _levels(axis, width, unit)
    slot = (width - 52) / len(periods)
    for n, t in enumerate(periods):
        x = 46 + n * slot
        parts.append(_stack(amounts, colours, t, (x + slot * 0.16, slot * 0.68, axis)))
        net = sum(s.get(t, 0.0) for s in amounts.values())
        parts.append(_net(x + slot / 2, axis(net), f"{t} net {formats.signed(net)} {unit}"))
        parts.append(
            svg.text((x + slot / 2, height - 8), str(t), anchor="middle", size=11, fill="muted")
        )
    return svg.drawing((width, height), "".join(parts), f"Expected cash by period in {unit}")


def _levels(axis: Axis, width: float, unit: str) -> list[str]:
    """Horizontal gridlines with their values at the left."""
    parts = [svg.text((4, 11), unit, size=11, fill="muted")]
    for mark in svg.ticks(axis.low, axis.high, 5):
        y = axis(mark)
        parts.append(svg.rule((42, y, width - 4, y), "muted" if mark == 0 else "line"))
        digits = 0 if abs(axis.high - axis.low) > svg_span() else 1
        shown = formats.number(mark, digits)
        parts.append(svg.text((38, y + 4), shown, anchor="end", size=11, fill="muted"))
    return parts


def _stack(
    amounts: Mapping[str, Mapping[int, float]],
    colours: Mapping[str, str],
    period: int,
    place: tuple[float, float, Axis],
) -> str:
    x, thick, axis = place
    up, down, parts = 0.0, 0.0, []
    for name, series in amounts.items():
        amount = series.get(period, 0.0)
        if abs(amount) < TOLERANCE:
            continue
        start = up if amount > 0 else down
        low, high = sorted((axis(start), axis(start + amount)))
        tip = f"{period} {name}: {formats.signed(amount)}"
        parts.append(svg.bar((x, low, thick, high - low), colours[name], tip))
        if amount > 0:
            up += amount
        else:
            down += amount
    return "".join(parts)


def _net(x: float, y: float, tip: str) -> str:
    title = svg.tag("title", tip)
    style = f"fill:{svg.colour('card')};stroke:{svg.colour('ink')};stroke-width:1.6"
    return svg.tag("circle", title, cx=float(x), cy=float(y), r=4, style=style)
