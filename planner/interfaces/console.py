"""What a verb says: words for people on stdout, JSON for programs, progress on stderr."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

PLAIN_EVERY = 5.0
"""Seconds between two lines of progress when nobody watches live."""
WIDTH = 140
"""Columns of a table that does not go to a terminal."""
Listener = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Console:
    """How a verb talks: `json` prints one JSON text at the end, `quiet` only errors."""

    json: bool = False
    quiet: bool = False

    @property
    def talks(self) -> bool:
        """Whether people read along."""
        return not (self.json or self.quiet)

    def say(self, text: str = "") -> None:
        """One line for people."""
        if self.talks:
            sys.stdout.write(f"{text}\n")

    def table(self, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Aligned columns for people; headers ending in `>` are set to the right."""
        if not self.talks:
            return
        from rich.console import Console as Rich
        from rich.table import Table
        from rich.text import Text

        shown = Table(box=None, pad_edge=False, header_style="bold")
        for name in header:
            shown.add_column(name.rstrip(">"), justify="right" if name.endswith(">") else "left")
        for row in rows:
            shown.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
        Rich(width=None if sys.stdout.isatty() else WIDTH).print(shown)

    def result(self, content: object) -> None:
        """The outcome for programs."""
        if self.json:
            text = json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False)
            sys.stdout.write(f"{text}\n")

    @contextmanager
    def search(self, title: str) -> Iterator[Listener | None]:
        """Show a search while it runs: live on a terminal, lines otherwise."""
        if not self.talks:
            yield None
        elif sys.stderr.isatty():
            with _live(title) as listener:
                yield listener
        else:
            yield _Lines(title)


def error_line(text: str) -> None:
    """One line on stderr."""
    sys.stderr.write(f"{text}\n")


def _plain(value: Any) -> Any:
    """JSON-ready form: paths as texts, no infinities, tuples as lists."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else str(value)


class _Lines:
    """Progress as plain lines, one every few seconds."""

    def __init__(self, title: str) -> None:
        self.title, self.last = title, -math.inf

    def __call__(self, moved: Any) -> None:
        now = time.monotonic()
        if now - self.last >= PLAIN_EVERY:
            self.last = now
            error_line(f"{self.title}: {progress_text(moved)}")


def progress_text(moved: Any) -> str:
    """One step of a search in words."""
    parts = [f"{moved.seconds:.0f} s"]
    if moved.objective is None:
        parts.append("no plan yet")
    else:
        parts.append(f"value {moved.objective:,.2f}")
    if moved.bound is not None:
        parts.append(f"bound {moved.bound:,.2f}")
    if moved.gap is not None:
        parts.append(f"gap {moved.gap:.2%}")
    return ", ".join([*parts, f"{moved.nodes} nodes"])


def closed_share(gap: float | None, goal: float = 1e-4) -> float:
    """How far a gap has closed from 100 % to the goal, on a logarithmic scale: 0 to 1."""
    if gap is None or gap >= 1:
        return 0.0
    return min(1.0, math.log(max(gap, goal)) / math.log(goal))


@contextmanager
def _live(title: str) -> Iterator[Listener]:
    from rich.console import Console as Rich
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.fields[title]}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Rich(stderr=True), transient=True) as progress:
        task = progress.add_task("reading and building", total=1.0, title=title)

        def listener(moved: Any) -> None:
            progress.update(
                task, completed=closed_share(moved.gap), description=progress_text(moved)
            )

        yield listener
