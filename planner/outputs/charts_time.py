"""Charts over time as SVG text: the timeline of openings and stacked capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from planner.outputs import formats, svg
from planner.outputs.charts import NARROW, Axis, _levels


@dataclass(frozen=True, slots=True)
class Span:
    """One bar of the timeline: begun, in service, to the horizon's end.

    row: what the bar belongs to (site). head: group printed above its first row (country).
    kind: fab | centre.
    """

    head: str
    row: str
    label: str
    begun: float
    service: float
    colour: str
    kind: str = "fab"
    tip: str = ""


def timeline(spans: Sequence[Span], horizon: tuple[int, int], width: float = 1240) -> str:
    """Openings: pale while being built, solid once in service; one line for every span."""
    wide = width >= NARROW
    left = 250.0 if wide else 6.0
    axis = Axis(horizon[0], horizon[1], left, width - 14)
    parts: list[str] = []
    y, head, row = 26.0, "", ""
    for span in spans:
        if span.head != head:
            y += 6
            parts.append(svg.text((4, y + 11), span.head, weight=650))
            y, head, row = y + 18, span.head, ""
        if not wide or span.row != row:
            y += 0 if wide else 15
            room = left - 24 if wide else width - 12
            parts.append(_row_name(span, (12 if wide else 4, y + 12 if wide else y), room))
            row = span.row
        parts.append(_span(span, axis, y + (0 if wide else 4)))
        y += 19 if wide else 23
    grid = _years(axis, (18, y + 4), wide)
    return svg.drawing((width, y + 8), grid + "".join(parts), "Timeline of openings")


def _row_name(span: Span, spot: tuple[float, float], room: float) -> str:
    return svg.text(spot, formats.clipped(span.row, room), tip=span.row)


def _span(span: Span, axis: Axis, y: float) -> str:
    begun, service, end = axis(span.begun), axis(min(span.service, axis.high)), axis.end
    pale = svg.bar(
        (begun, y + 2, service - begun, 13),
        span.colour,
        span.tip,
        f"fill-opacity:.28;stroke:{span.colour};stroke-dasharray:3 2",
    )
    if span.kind == "centre":
        done = svg.rule((service, y + 8.5, end, y + 8.5), span.colour, "stroke-width:3") + svg.tag(
            "path",
            svg.tag("title", escape(span.tip)) if span.tip else "",
            d=f"M{service:.1f} {y:.1f}l8 8.5l-8 8.5l-8 -8.5z",
            style=f"fill:{span.colour};stroke:{svg.colour('card')}",
        )
    else:
        done = svg.bar((service, y + 2, end - service, 13), span.colour, span.tip)
    return pale + done + _span_label(span, (begun, service, end), y)


def _span_label(span: Span, ends: tuple[float, float, float], y: float) -> str:
    """Inside the solid bar when it fits, before the bar otherwise."""
    begun, service, end = ends
    needs = 6.2 * len(span.label) + 22
    if span.kind == "fab" and end - service > needs:
        light = span.colour in ("#5ec962", "#e8a317")
        ink = "#14181d" if light else "#ffffff"
        return svg.text((service + 7, y + 12.5), span.label, size=11, fill=ink)
    if end - service > needs:
        return svg.text((service + 13, y + 5.5), span.label, size=10, fill="ink")
    return svg.text((max(begun - 6, 4), y + 12.5), span.label, size=11, anchor="end")


def _years(axis: Axis, span: tuple[float, float], wide: bool) -> str:
    step = max(1, round((axis.high - axis.low) / (14 if wide else 5)))
    parts = []
    for year in range(int(axis.low), int(axis.high) + 1, step):
        x = axis(year)
        parts.append(svg.rule((x, span[0], x, span[1]), "line"))
        parts.append(svg.text((x, 12), str(year), anchor="middle", size=11, fill="muted"))
    if not wide and parts:
        parts[1] = parts[1].replace('text-anchor="middle"', 'text-anchor="start"', 1)
    return "".join(parts)


def stacked_capacity(
    series: Mapping[str, Mapping[int, float]],
    colours: Mapping[str, str],
    width: float = 640,
    unit: str = "kwpm",
    what: str = "Capacity",
) -> str:
    """Stacked columns of capacity by period; series in drawing order from the bottom."""
    periods = sorted({t for values in series.values() for t in values})
    if not periods:
        return svg.drawing(
            (width, 40), svg.text((8, 24), f"no {what.lower()}", fill="muted"), "empty"
        )
    height = 260.0
    totals = [sum(values.get(t, 0.0) for values in series.values()) for t in periods]
    axis = Axis(0.0, max(totals) * 1.06 or 1.0, height - 28, 20)
    parts = _levels(axis, width, unit)
    slot = (width - 52) / len(periods)
    for n, (t, total) in enumerate(zip(periods, totals, strict=True)):
        x, base = 46 + n * slot, 0.0
        for name, values in series.items():
            kwpm = values.get(t, 0.0)
            if kwpm <= 0:
                continue
            box = (x + slot * 0.12, axis(base + kwpm), slot * 0.76, axis(base) - axis(base + kwpm))
            parts.append(svg.bar(box, colours[name], f"{t} {name}: {formats.brief(kwpm)} {unit}"))
            base += kwpm
        middle = x + slot / 2
        top = svg.text((middle, axis(total) - 4), f"{total:,.0f}", anchor="middle", size=10.5)
        foot = svg.text((middle, height - 8), str(t), anchor="middle", size=11, fill="muted")
        parts += [top, foot]
    return svg.drawing((width, height), "".join(parts), f"{what} by period in {unit}")
