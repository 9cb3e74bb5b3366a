"""The decision memo as a PDF of a few pages, laid out by the optional package reportlab.

reportlab is plain Python: no library of the system is needed. The same plan gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.outputs import formats, pdf_charts
from planner.outputs.maps import draw_map
from planner.outputs.memo import Memo, Rows, memo

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

A4 = (595.28, 841.89)
MARGIN, EDGE = 51.0, 50.0
"""Margins of a page: beside, above and below [pt]."""
WIDTH = A4[0] - 2 * MARGIN
"""Room for text [pt]."""
MAP_DPI = 200
ASIAN = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+")
INK, MUTED, LINE = "#1c2430", "#5b6675", "#d5dae1"


def write_memo(plan: Plan, case: Case, path: Path, data_root: Path) -> None:
    """Write the memo of a plan. Raises InputError when the extra `pdf` is not installed."""
    try:
        from reportlab.platypus import BaseDocTemplate
    except ImportError as error:
        text = f"PDF needs reportlab, which is not installed ({error})"
        hint = "Install the extra: pip install 'planner[pdf]'; or print the HTML from a browser."
        raise InputError([Issue("error", "E710", "--pdf", "", text, hint)]) from error
    _fonts()
    found = memo(plan, case)
    document = BaseDocTemplate(
        str(path), title=found.title, author="planner", subject=found.question, invariant=1
    )
    document.addPageTemplates(_pages(found))
    document.build(_story(found, _map(plan, case, data_root)))


def _pages(found: Memo) -> list[Any]:
    """Upright pages for text, one on its side for the map."""
    from reportlab.platypus import Frame, PageTemplate

    return [
        PageTemplate(
            id=name,
            pagesize=size,
            frames=[Frame(MARGIN, EDGE, size[0] - 2 * MARGIN, size[1] - 2 * EDGE, 0, 0, 0, 0)],
            onPage=lambda canvas, _, size=size: _foot(canvas, size[0], found),
        )
        for name, size in (("upright", A4), ("wide", A4[::-1]))
    ]


def _fonts() -> None:
    """DejaVu, which comes with matplotlib and knows every sign we print; Asian text by name."""
    import matplotlib
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    pdfmetrics.registerFont(TTFont("Memo", str(folder / "DejaVuSans.ttf")))
    pdfmetrics.registerFont(TTFont("Memo-Bold", str(folder / "DejaVuSans-Bold.ttf")))
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiKakuGo-W5"))
    for bold in (0, 1):
        addMapping("Memo", bold, 0, "Memo-Bold" if bold else "Memo")
        addMapping("Memo", bold, 1, "Memo-Bold" if bold else "Memo")


def marked(text: str) -> str:
    """Text for a paragraph: escaped, Asian signs in a font that has them."""
    return ASIAN.sub(lambda m: f'<font name="HeiseiKakuGo-W5">{m[0]}</font>', escape(text))


def _style(size: float, *, bold: bool = False, colour: str = INK, after: float = 4.0) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    name = f"{size}{bold}{colour}{after}"
    font = "Memo-Bold" if bold else "Memo"
    return ParagraphStyle(
        name,
        fontName=font,
        fontSize=size,
        leading=1.36 * size,
        textColor=colour,
        spaceAfter=after,
        splitLongWords=1,
    )


def _text(text: str, size: float = 9.0, **look: Any) -> Any:
    from reportlab.platypus import Paragraph

    return Paragraph(marked(text), _style(size, **look))


def _story(found: Memo, drawn: Flowable) -> list[Flowable]:
    """The memo in reading order."""
    from reportlab.platypus import KeepTogether, NextPageTemplate, PageBreak

    chart = pdf_charts.waterfall(found.steps, WIDTH)
    body: list[Flowable] = [
        _text(found.question, 9.5, colour=MUTED),
        _text(found.title, 18, bold=True, after=8),
        _text(found.answer, 10.5, after=6),
        _text(found.worth, 9, colour=MUTED, after=8),
        _figures(found),
        KeepTogether([_title("Money"), _note("Expected present value, USD bn"), chart]),
    ]
    body += [_title("Why each country is in or out")] if found.reasons else []
    for heading, text in found.reasons:
        body.append(KeepTogether([_text(heading, 9, bold=True, after=1), _text(text, 8.5)]))
    body += [NextPageTemplate("wide"), PageBreak(), drawn]
    body += [NextPageTemplate("upright"), PageBreak()]
    body += [_title("What begins, and when"), _table(found.openings, (62, 128, 168, 40, 42, 53))]
    if found.risks.cells:
        note = "The futures that cost most; the tail is what the worst-futures charge looks at."
        table = _table(found.risks, (213, 55, 75, 85, 65))
        body.append(KeepTogether([_title("Risks"), _note(note), table]))
    body += [_title("What would change it"), _note(CHANGE)]
    body += [_table(found.weak, (150, 150, 108, 35, 50))] if found.weak.cells else []
    body += [_title("Method"), *(_text(line, 8.5) for line in found.method)]
    body += [_title("Sources"), _note("Those most numbers cite; the report lists all.")]
    body += [_text(f"{g}  {title}. {url}", 7.5, after=2) for g, title, url in found.sources]
    return body


CHANGE = (
    "Numbers of grade C (press) or D (own estimate) with the most money leaning on them; a better "
    "source for one of these is worth more than another run. `planner sensitivity` moves each "
    "within its range, `planner flip` gives the aid that turns a host, `planner whynot` the price "
    "of another site."
)


def _title(text: str) -> Any:
    from reportlab.platypus import Paragraph

    style = _style(12.5, bold=True, after=4)
    style.spaceBefore, style.keepWithNext = 12, 1
    return Paragraph(marked(text), style)


def _note(text: str) -> Any:
    return _text(text, 8, colour=MUTED, after=5)


def _figures(found: Memo) -> Any:
    """Key figures in two rows of four."""
    from reportlab.platypus import Table

    cells = [
        [_text(name, 7.5, colour=MUTED, after=1), _text(f"{value} {unit}", 11, bold=True, after=0)]
        for name, value, unit in found.figures
    ]
    rows = [cells[n : n + 4] for n in range(0, len(cells), 4)]
    rows[-1] += [[] for _ in range(4 - len(rows[-1]))]
    look = [("BOX", (0, 0), (-1, -1), 0.6, LINE), ("INNERGRID", (0, 0), (-1, -1), 0.6, LINE)]
    return Table(
        rows, colWidths=[WIDTH / 4] * 4, style=[*look, ("VALIGN", (0, 0), (-1, -1), "TOP")]
    )


def _table(rows: Rows, widths: Sequence[float]) -> Any:
    from reportlab.platypus import Table

    head = [_text(h, 7.5, bold=True, after=0) for h in rows.headings]
    body = [[_text(cell or formats.NOTHING, 7.5, after=0) for cell in row] for row in rows.cells]
    for row in [head, *body]:
        for column in rows.numbers:
            row[column].style.alignment = 2
    look = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    return Table([head, *body], colWidths=widths, repeatRows=1, style=look)


def _map(plan: Plan, case: Case, data_root: Path) -> Flowable:
    from reportlab.platypus import Image

    figure = draw_map(plan, case, data_root)
    inches = figure.get_size_inches()
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=MAP_DPI, metadata={"Software": "planner"})
    drawn.seek(0)
    room = A4[1] - 2 * MARGIN, A4[0] - 2 * EDGE - 8
    scale = min(room[0] / inches[0], room[1] / inches[1])
    return Image(drawn, width=inches[0] * scale, height=inches[1] * scale)


def _foot(canvas: Any, width: float, found: Memo) -> None:
    """Foot of every page: what run this is and which page."""
    canvas.saveState()
    canvas.setFont("Memo", 7)
    canvas.setFillColor(MUTED)
    canvas.drawString(MARGIN, 30, f"Siting planner; inputs {found.digest[:16]}")
    canvas.drawRightString(width - MARGIN, 30, f"page {canvas.getPageNumber()}")
    canvas.restoreState()
