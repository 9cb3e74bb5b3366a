"""A workbook with steady bytes: fixed times inside and out, text that never becomes a formula."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

EPOCH = datetime(2000, 1, 1)
STAMP = b"2000-01-01T00:00:00Z"
Grid = list[list[object]]
WIDEST = 58
NUMBER = "#,##0.00;[Red]-#,##0.00"
YEARS = range(1970, 2101)
"""Whole numbers written without a thousands comma."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell the reader's program works out; only our own code makes one."""

    text: str


def workbook_bytes(sheets: dict[str, Grid]) -> bytes:
    """Workbook with one sheet a section; text is never a formula."""
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "siting planner"
    book.properties.created = EPOCH
    for name, grid in sheets.items():
        _sheet(book.create_sheet(name), grid)
    raw = io.BytesIO()
    book.save(raw)
    return _steady(raw.getvalue())


def _sheet(sheet: Worksheet, grid: Grid) -> None:
    for y, row in enumerate(grid, 1):
        for x, value in enumerate(row, 1):
            cell = sheet.cell(row=y, column=x)
            if isinstance(value, Formula):
                cell.value = value.text
                cell.number_format = NUMBER
            elif isinstance(value, int | float) and not isinstance(value, bool):
                cell.value = value
                cell.number_format = "0" if isinstance(value, int) and value in YEARS else NUMBER
            elif value not in (None, ""):
                cell.value = clean(str(value))
                cell.data_type = "s"
            if y == 1:
                cell.font = Font(bold=True)
                cell.fill = PatternFill("solid", fgColor="DDE6EF")
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for x, column in enumerate(_columns(grid), 1):
        longest = max((len(str(v)) for v in column if isinstance(v, str)), default=10)
        sheet.column_dimensions[get_column_letter(x)].width = min(WIDEST, max(12, longest + 2))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _columns(grid: Grid) -> Iterable[tuple[object, ...]]:
    return zip(*grid, strict=False)


def clean(text: str) -> str:
    """Text without the control signs a workbook cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)[:32_000]


def _steady(data: bytes) -> bytes:
    """The same archive with fixed times inside and out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", STAMP, content)
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, content)
    return out.getvalue()
