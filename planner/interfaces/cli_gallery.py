"""The verb `gallery`: many run folders on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.interfaces.cli_common import Json, Quiet, Runs
from planner.interfaces.console import Console


def gallery(
    runs: Runs,
    out: Annotated[Path, typer.Option(metavar="FILE", help="HTML file to write.")] = Path(
        "runs/gallery.html"
    ),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Put runs side by side on one page.

    Question, small map and answer of each, with a link to its report.
    """
    from planner import api

    console = Console(as_json, quiet)
    written = api.gallery(runs, out)
    console.say(str(written))
    console.result({"files": [str(written)]})


VERBS = {"gallery": gallery}
