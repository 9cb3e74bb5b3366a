"""Reading CSV files from strangers: size, encoding and header are checked first."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from planner.core.errors import Issue, did_you_mean

LARGEST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one file with their line numbers; `where` names the file as a person would."""

    where: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]


def read_table(path: Path, where: str, columns: Iterable[str], issues: list[Issue]) -> Table:
    """Read a CSV file that must have exactly these columns. Problems go into `issues`."""
    wanted = tuple(columns)
    text = _text(path, where, issues)
    if text is None:
        return Table(where, wanted, ())
    reader = csv.reader(io.StringIO(text))
    try:
        header = next(reader, [])
        body = [(reader.line_num, cells) for cells in reader if any(c.strip() for c in cells)]
    except csv.Error as error:
        issues.append(Issue("error", "E103", where, "", f"not a CSV file ({error})"))
        return Table(where, wanted, ())
    header = [name.strip() for name in header]
    issues.extend(_header_issues(header, wanted, f"{where}:1"))
    rows = []
    for line, cells in body:
        if len(cells) != len(header):
            message = f"{len(cells)} cells where the header has {len(header)}"
            issues.append(Issue("error", "E107", f"{where}:{line}", "", message))
            continue
        rows.append((line, {n: c.strip() for n, c in zip(header, cells, strict=True)}))
    return Table(where, wanted, tuple(rows))


def _header_issues(header: list[str], wanted: tuple[str, ...], where: str) -> list[Issue]:
    extra = sorted(set(header) - set(wanted))
    found = [
        Issue("error", "E104", where, name, "this column is missing", _near(name, extra))
        for name in wanted
        if name not in header
    ]
    found += [
        Issue("error", "E105", where, name, "unknown column", did_you_mean(name, wanted))
        for name in extra
    ]
    if len(set(header)) < len(header):
        found.append(Issue("error", "E106", where, "", "a column is there twice"))
    return found


def _near(name: str, extra: list[str]) -> str:
    return did_you_mean(name, extra) if extra else ""


def _text(path: Path, where: str, issues: list[Issue]) -> str | None:
    """Whole text of a file, None when it cannot be read as one."""
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            message = f"{size / 1e6:.0f} MB; at most {LARGEST_BYTES / 1e6:.0f} MB are read"
            issues.append(Issue("error", "E101", where, "", message))
            return None
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        issues.append(Issue("error", "E100", where, "", f"the file cannot be read ({reason})"))
        return None
    except UnicodeDecodeError:
        issues.append(Issue("error", "E102", where, "", "the file is not UTF-8 text"))
        return None
    if "\0" in text:
        issues.append(Issue("error", "E102", where, "", "the file holds NUL bytes"))
        return None
    if not text.strip():
        issues.append(Issue("error", "E108", where, "", "the file is empty"))
        return None
    return text


def parse_number(text: str) -> float | None:
    """A finite number, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
