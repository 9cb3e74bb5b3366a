"""The verb `calibration`: the cost model against published studies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.interfaces.cli_common import Json, Quiet
from planner.interfaces.console import Console, error_line


def calibration(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for page and tables.")] = Path(
        "runs/calibration"
    ),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Hold the cost model against published studies.

    Ten-year cost by country, build time, aid in the gap, wafer premium, loss of margin.
    """
    from planner.api import truth

    console = Console(as_json, quiet)

    def say(text: str) -> None:
        if console.talks:
            error_line(f"calibration: {text}")

    found, written = truth.calibration(out, say)
    console.say(found["text"])
    console.table(
        ("measure", "country", "planner>", "published>", "range>", "unit", "within"),
        [
            (
                r["name"], r["country"], f"{r['planner']:.1f}", f"{r['published']:.1f}",
                f"{r['low']:g} to {r['high']:g}", r["unit"], "yes" if r["within"] else "no",
            )
            for r in found["rows"]
        ],
    )  # fmt: skip
    for row in found["rows"]:
        if row["why"]:
            console.say(f"{row['id']}: {row['why']}")
    for path in written:
        console.say(str(path))
    console.result({**found, "files": [str(path) for path in written]})


VERBS = {"calibration": calibration}
