"""Reading CSV files from strangers: size, encoding and header are checked first."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from planner.core.errors import Issue, did_you_mean

LARGEST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one file with the lines they begin in; `where` names the file as a person would.

    `whole` is False when no row could be taken from the file: what refers to it cannot be judged.
    """

    where: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...] = ()
    whole: bool = False


def read_table(path: Path, where: str, columns: Iterable[str], issues: list[Issue]) -> Table:
    """Read a CSV file that must have exactly these columns. Problems go into `issues`."""
    wanted = tuple(columns)
    text = _text(path, where, issues)
    body = None if text is None else _cells(text, where, issues)
    if not body:
        return Table(where, wanted)
    header = [name.strip() for name in body.pop(0)[1]]
    problems = _header_issues(header, wanted, f"{where}:1")
    issues.extend(problems)
    rows = []
    for line, cells in body:
        if len(cells) != len(header):
            message = f"{len(cells)} cells where the header has {len(header)}"
            issues.append(Issue("error", "E107", f"{where}:{line}", "", message))
            continue
        rows.append((line, {n: c.strip() for n, c in zip(header, cells, strict=True)}))
    if any(problem.code != "E105" for problem in problems):
        return Table(where, wanted)
    return Table(where, wanted, tuple(rows), whole=True)


def _cells(text: str, where: str, issues: list[Issue]) -> list[tuple[int, list[str]]]:
    """Rows that are not blank, header first, with the line each begins in."""
    reader = csv.reader(io.StringIO(text), strict=True)
    found, begins = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) or not found:
                found.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        issues.append(Issue("error", "E103", f"{where}:{begins}", "", f"not a CSV row ({error})"))
        return []
    return found


def _header_issues(header: list[str], wanted: tuple[str, ...], where: str) -> list[Issue]:
    extra = sorted(set(header) - set(wanted))
    if not set(header) & set(wanted):
        text = "the first line does not name the columns"
        return [Issue("error", "E104", where, "", text, f"Expected: {','.join(wanted)}.")]
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
