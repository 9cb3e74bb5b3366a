"""The verb `sweep`: one scenario at many points, results streaming into a file."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet
from planner.interfaces.console import Console


def sweep(
    file: Annotated[
        Path, typer.Argument(metavar="SWEEP.yaml", help="Sweep file, or the name of a shipped one.")
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder; runs/<sweep name> when empty.")
    ] = None,
    workers: Annotated[
        int, typer.Option(metavar="N", min=1, max=256, help="Processes on this machine.")
    ] = 1,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Dask scheduler to work on instead.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what a stopped sweep left.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Solve a scenario at many points.

    Results go into DIR/sweep.duckdb as they come; a page and CSV files at the end.
    """
    from planner import api

    console = Console(as_json, quiet)
    progress = _Progress(console)
    folder, outcomes = api.sweep(
        file, out, workers=scheduler or workers, resume=resume, progress=progress
    )
    counts = Counter(str(o["status"]) for o in outcomes)
    console.result({"folder": folder, "points": len(outcomes), "status": dict(counts)})
    words = ", ".join(f"{n} {status}" for status, n in sorted(counts.items()))
    console.say(f"{len(outcomes)} points: {words}")
    reasons = Counter(str(o["reason"]).splitlines()[0] for o in outcomes if o["reason"])
    for reason, n in reasons.most_common(5):
        console.say(f"  {n} x {reason}")
    console.say(f"results: {folder / 'sweep.duckdb'}")
    console.say(f"page:    {folder / 'sweep.html'}")


class _Progress:
    """Points done, rate and time left; a line every few seconds."""

    EVERY = 5.0

    def __init__(self, console: Console) -> None:
        self.console, self.begun, self.last = console, time.monotonic(), 0.0
        self.count = 0

    def __call__(self, done: int, total: int, outcome: Any) -> None:  # noqa: ARG002
        self.count += 1
        now = time.monotonic()
        if now - self.last < self.EVERY and done < total:
            return
        self.last = now
        rate = self.count / max(1e-9, now - self.begun)
        left = (total - done) / rate if rate else 0.0
        self.console.say(f"{done} of {total} points, {rate * 60:.0f} a minute, {left:.0f} s left")


VERBS = {"sweep": sweep}
