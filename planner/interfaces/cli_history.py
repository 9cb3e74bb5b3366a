"""The verb `history`: the case of 1986-1996, with and without the agreement and plants abroad."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.interfaces.cli_common import Json, Quiet
from planner.interfaces.console import Console


def history(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the four runs, page and tables.")
    ] = Path("runs/history"),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Solve the case of the US-Japan agreement of 1986.

    With and without it, with and without plants abroad, held against the published share.
    """
    from planner.api import past

    console = Console(as_json, quiet)
    found, written = past.history(out, console.say)
    console.say(found["text"])
    console.table(
        ("what it cost, USD bn", "value>", "at least>", "at most>"),
        [
            (c["what"], *(f"{c[key]:,.2f}" for key in ("usd_bn", "low_usd_bn", "high_usd_bn")))
            for c in found["costs"]
        ],
    )
    console.table(
        ("from", "share in the plan %>", "published %>", "low>", "high>"),
        [
            (
                r["period"],
                *(f"{r[k]:.1f}" for k in ("plan_pct", "record_pct", "low_pct", "high_pct")),
            )
            for r in found["held"]
        ],
    )
    for path in written:
        console.say(str(path))
    console.result({**found, "files": [str(path) for path in written]})


VERBS = {"history": history}
