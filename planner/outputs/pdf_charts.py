"""Charts of the memo as drawings for paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from planner.outputs import formats
from planner.outputs.charts import Axis, Step, running
from planner.outputs.svg import COLOURS

ROW, LABEL, VALUE = 17.0, 128.0, 52.0
"""Height of a bar's row; room for its name and its number [pt]."""


def waterfall(steps: Sequence[Step], width: float) -> Any:
    """Horizontal waterfall, a reportlab drawing; raises ModelError when a total is no sum."""
    from reportlab.graphics.shapes import Drawing, Line, Rect, String
    from reportlab.lib.colors import HexColor

    ends = running(steps)
    values = [0.0, *(v for pair in ends for v in pair)]
    axis = Axis(min(values), max(values), LABEL, width - VALUE)
    drawing = Drawing(width, ROW * len(steps) + 6)
    ink, pale = HexColor(COLOURS["ink"]), HexColor(COLOURS["line"])
    zero = axis(0.0)
    drawing.add(Line(zero, 0, zero, drawing.height, strokeColor=pale, strokeWidth=0.8))
    for n, (step, (start, end)) in enumerate(zip(steps, ends, strict=True)):
        low = drawing.height - ROW * (n + 1) + 3
        left, right = sorted((axis(start), axis(end)))
        fill = HexColor(COLOURS.get(step.colour, COLOURS["total"]))
        bar = Rect(left, low, max(right - left, 0.6), ROW - 6, fillColor=fill, strokeColor=None)
        font = "Memo-Bold" if step.total else "Memo"
        look = {"fontName": font, "fontSize": 8, "fillColor": ink}
        shown = formats.brief(step.amount) if step.total else formats.signed(step.amount)
        drawing.add(bar)
        drawing.add(String(LABEL - 8, low + 2, step.label, textAnchor="end", **look))
        drawing.add(String(right + 5, low + 2, shown, **look))
    return drawing
