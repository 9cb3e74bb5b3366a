"""Charts of what is uncertain, as SVG text: fan over time, histogram with its tail, bars, steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from planner.outputs import formats, svg
from planner.outputs.charts import Axis

WIDTH, HEIGHT = 620.0, 320.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 16.0, 14.0, 34.0
ROW = 25.0
LETTER = 6.4
"""Width a letter of size 11 takes at most on average [px]."""
LINES = ("#1f4e79", "#a23b5a", "#3a8f5c", "#b8860b", "#7d4fa1", "#2a7f9e")
"""Colours of lines told apart by their key and their dashes."""
Row = Mapping[str, Any]


def fan(years: Sequence[Row]) -> str:
    """Cash a year by period: where 90 % and half of the histories lie, median, calm."""
    upward = _upward([v for r in years for name, v in r.items() if name.endswith("per_year")])
    across = Axis(0, max(1, len(years) - 1), LEFT + 22, WIDTH - RIGHT - 22)
    parts = _levels(upward)
    for low, high, depth in ((5, 95, 0.18), (25, 75, 0.32)):
        top = [(across(n), upward(r[f"q{high}_usd_bn_per_year"])) for n, r in enumerate(years)]
        under = [(across(n), upward(r[f"q{low}_usd_bn_per_year"])) for n, r in enumerate(years)]
        shape = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*top, *reversed(under)])
        style = f"fill:{svg.colour('total')};fill-opacity:{depth};stroke:none"
        parts.append(svg.tag("polygon", points=shape, style=style))
    for name, colour, css in (
        ("calm", "subsidy", "stroke-width:1.6;stroke-dasharray:5 4"),
        ("q50", "total", "stroke-width:2.4"),
        ("mean", "risk", "stroke-width:1.6;stroke-dasharray:2 3"),
    ):
        spots = [(across(n), upward(r[f"{name}_usd_bn_per_year"])) for n, r in enumerate(years)]
        parts += [svg.rule((*a, *b), colour, css) for a, b in pairwise(spots)]
    for n, row in enumerate(years):
        parts.append(_below((across(n), HEIGHT - 12), str(row["period"])))
        parts.append(_hover(across(n), _fan_tip(row)))
    parts.append(svg.text((4, 12), "USD bn a year", size=11, fill="muted"))
    label = "Cash by year: " + "; ".join(_fan_tip(r) for r in years)
    return svg.drawing((WIDTH, HEIGHT), "".join(parts), label)


def _fan_tip(row: Row) -> str:
    words = [formats.brief(row[f"q{q}_usd_bn_per_year"]) for q in (5, 50, 95)]
    return f"from {row['period']}: median {words[1]}, 90 % between {words[0]} and {words[2]}"


def histogram(bins: Sequence[Row], marks: Sequence[tuple[str, float, str]], tail: float) -> str:
    """Probability by slice of value; slices below `tail` are in the tail.

    marks: name, value and colour of vertical lines.
    """
    upward = Axis(0, max(b["share_pct"] for b in bins), HEIGHT - BOTTOM, TOP + 66)
    values: list[float] = [bins[0]["low_usd_bn"], bins[-1]["high_usd_bn"]]
    values += [v for _, v, _ in marks]
    low, high = min(values), max(values)
    room = 0.02 * (high - low) or 1.0
    across = Axis(low - room, high + room, LEFT, WIDTH - RIGHT)
    parts = _levels(upward, "%")
    for slot in bins:
        x1, x2 = across(slot["low_usd_bn"]), across(slot["high_usd_bn"])
        share: float = slot["share_pct"]
        tip = (
            f"{formats.brief(slot['low_usd_bn'])} to {formats.brief(slot['high_usd_bn'])} USD bn: "
            f"{formats.percent(share)} of the probability"
        )
        fill = "risk" if slot["high_usd_bn"] <= tail + 1e-9 else "total"
        if share > 0:
            box = (x1 + 0.5, upward(share), x2 - x1 - 1, upward.start - upward(share))
            parts.append(svg.bar(box, fill, tip))
    for tick in svg.ticks(across.low, across.high, 6):
        parts.append(_below((across(tick), HEIGHT - 12), formats.brief(tick)))
    parts += _marks(marks, across, upward.start)
    words = "; ".join(f"{name} {formats.brief(value)}" for name, value, _ in marks)
    return svg.drawing((WIDTH, HEIGHT), "".join(parts), f"Net present value, USD bn: {words}")


def _marks(marks: Sequence[tuple[str, float, str]], across: Axis, foot: float) -> list[str]:
    """Lines with names to their left, the rightmost highest: no name meets another's line.

    Those without room there come first of all, with their names to the right.
    """
    right = {m[0]: across(m[1]) - 5 - LETTER * len(m[0]) < 0 for m in marks}
    order = sorted(marks, key=lambda m: (not right[m[0]], m[1] if right[m[0]] else -m[1]))
    parts = []
    for n, (name, value, colour) in enumerate(order):
        x, y = across(value), TOP + 15 * n
        parts.append(svg.rule((x, y, x, foot), colour, "stroke-width:1.6"))
        spot = (x + (5 if right[name] else -5), y + 8)
        anchor = "start" if right[name] else "end"
        parts.append(svg.text(spot, name, anchor=anchor, size=11))
    return parts


def bars(rows: Sequence[tuple[str, float, float]], names: tuple[str, str]) -> str:
    """Two bars a row, e.g. part of the mean loss and of the tail loss, each to its own scale."""
    top = 24.0
    longest = max((len(row[0]) for row in rows), default=0)
    label = min(max(120.0, 16 + LETTER * 12 / 11 * longest), 330.0)
    half = (WIDTH - label - 20) / 2
    height = top + ROW * len(rows) + 8
    parts = []
    for side in (0, 1):
        values = [(row[1], row[2])[side] for row in rows]
        axis = Axis(min(0.0, *values), max(0.0, *values, 1e-9), 0, half - 64)
        start = label + side * (half + 20)
        parts.append(svg.text((start, 13), names[side], size=11, fill="muted"))
        for n, row in enumerate(rows):
            value, y = values[n], top + n * ROW
            x1, x2 = sorted((start + axis(0), start + axis(value)))
            fill = "risk" if value > 0 else "subsidy"
            tip = f"{row[0]}: {formats.brief(value)} USD bn"
            parts.append(svg.bar((x1, y + 4, x2 - x1, 15), fill, tip))
            parts.append(svg.text((x2 + 5, y + 16), formats.brief(value), size=11))
    for n, row in enumerate(rows):
        words = formats.clipped(row[0], label - 12)
        parts.append(svg.text((4, top + n * ROW + 16), words, tip=row[0]))
    said = "; ".join(f"{a} {formats.brief(b)} and {formats.brief(c)}" for a, b, c in rows)
    return svg.drawing((WIDTH, height), "".join(parts), f"{names[0]} and {names[1]}: {said}")


def recovery(rows: Sequence[Row]) -> str:
    """Share of the plan's capacity that works, month by month after an event."""
    months = len(rows[0]["capacity_by_month_pct"]) - 1
    upward = Axis(min(50.0, *(r["capacity_left_pct"] for r in rows)), 100, HEIGHT - BOTTOM, TOP + 8)
    across = Axis(0, months, LEFT, WIDTH - RIGHT)
    parts = _levels(upward, "%")
    for month in range(0, months + 1, 3 if months <= 24 else 6):
        parts.append(_below((across(month), HEIGHT - 12), str(month)))
    for n, row in enumerate(rows):
        shares = row["capacity_by_month_pct"]
        path = f"M{across(0):.1f} {upward(shares[0]):.1f}"
        for month, share in enumerate(shares[1:], start=1):
            path += f"H{across(month):.1f}V{upward(share):.1f}"
        style = (
            f"fill:none;stroke:{LINES[n % len(LINES)]};stroke-width:2.2;"
            f"stroke-dasharray:{('none', '7 3', '2 3', '9 2 2 2')[n % 4]}"
        )
        tip = f"{row['name']}: {formats.brief(row['capacity_left_pct'])} % of capacity left"
        parts.append(svg.tag("path", svg.tag("title", escape(tip)), d=path, style=style))
    parts.append(svg.text((WIDTH - RIGHT, HEIGHT - 1), "months", anchor="end", size=11))
    said = "; ".join(
        f"{r['name']} {formats.brief(r['capacity_left_pct'])} % for "
        f"{formats.brief(r['months_out'])} months"
        for r in rows
    )
    return svg.drawing((WIDTH, HEIGHT + 4), "".join(parts), f"Capacity after an event: {said}")


def _upward(values: Sequence[float]) -> Axis:
    low, high = min(0.0, *values), max(0.0, *values)
    return Axis(low, high + 0.04 * (high - low or 1.0), HEIGHT - BOTTOM, TOP + 8)


def _levels(upward: Axis, unit: str = "") -> list[str]:
    parts = []
    for tick in svg.ticks(upward.low, upward.high):
        y = upward(tick)
        parts.append(svg.rule((LEFT, y, WIDTH - RIGHT, y)))
        words = f"{formats.level(tick)}{f' {unit}' if unit else ''}"
        spot = (LEFT - 6, y + 4)
        parts.append(svg.text(spot, words, anchor="end", size=11, fill="muted"))
    return parts


def _below(spot: tuple[float, float], words: str) -> str:
    return svg.text(spot, words, anchor="middle", size=11, fill="muted")


def _hover(x: float, tip: str) -> str:
    """An unseen bar that tells its figures."""
    return svg.bar((x - 18, TOP, 36, HEIGHT - BOTTOM - TOP), "total", tip, "opacity:0")
