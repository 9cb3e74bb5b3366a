"""Small SVG vocabulary: elements as strings, every attribute and text escaped.

Colours come as CSS variables with a fallback, so a drawing follows the page's light or dark mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

COLOURS = {
    "revenue": "#2a7f9e",
    "cost": "#8a5a44",
    "talent": "#b8860b",
    "subsidy": "#3a8f5c",
    "risk": "#a23b5a",
    "total": "#1f4e79",
    "weights": "#7d8794",
    "ink": "#1c2430",
    "muted": "#5b6675",
    "line": "#d5dae1",
    "card": "#ffffff",
}


def colour(name: str) -> str:
    """CSS colour by role name; anything else is taken as it is."""
    return f"var(--{name},{COLOURS[name]})" if name in COLOURS else name


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """Element; `_` in an attribute name becomes `-`, floats are rounded to a hundredth."""
    parts = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{parts}>{content}</{name}>" if content else f"<{name}{parts}/>"


def _plain(value: object) -> str:
    if isinstance(value, float):
        text = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text
    return str(value)


def bar(box: Sequence[float], fill: str, tip: str = "", css: str = "") -> str:
    """Rectangle x, y, width, height with a tooltip; one of no size is drawn as a hairline."""
    x, y, width, height = box
    return tag(
        "rect",
        tag("title", escape(tip)) if tip else "",
        x=float(x),
        y=float(y),
        width=float(max(width, 0.6)),
        height=float(max(height, 0.6)),
        rx=1.5,
        style=f"fill:{colour(fill)};{css}",
    )


def text(spot: Sequence[float], content: str, **style: object) -> str:
    """Text at x, y; style: anchor, size, weight, fill, tip."""
    anchor = style.get("anchor")
    tip = str(style.get("tip", ""))
    return tag(
        "text",
        escape(content) + (tag("title", escape(tip)) if tip else ""),
        x=float(spot[0]),
        y=float(spot[1]),
        text_anchor=anchor,
        font_size=style.get("size", 12),
        font_weight=style.get("weight"),
        style=f"fill:{colour(str(style.get('fill', 'ink')))}",
    )


def rule(ends: Sequence[float], stroke: str = "line", css: str = "") -> str:
    """Straight line x1, y1, x2, y2."""
    x1, y1, x2, y2 = (float(v) for v in ends)
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, style=f"stroke:{colour(stroke)};{css}")


def drawing(size: Sequence[float], body: str, label: str, css: str = "chart") -> str:
    """Whole SVG with an accessible name."""
    width, height = size
    return tag(
        "svg",
        tag("title", escape(label)) + body,
        class_=css,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=f"{width:.0f}" if "heat" in css else None,
        role="img",
        aria_label=label,
        xmlns="http://www.w3.org/2000/svg",
    )


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round values that span low to high."""
    span = max(high - low, 1e-9)
    raw = span / count
    power = 10.0 ** len(str(int(raw))) / 10 if raw >= 1 else 10.0 ** (-_leading(raw))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= raw * 0.999)
    first = step * -(-low // step)
    return [first + n * step for n in range(int((high - first) / step + 1e-9) + 1)]


def _leading(raw: float) -> int:
    places = 1
    while raw * 10**places < 1:
        places += 1
    return places
