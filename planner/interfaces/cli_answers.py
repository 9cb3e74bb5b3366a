"""The verb `answers`: several questions at once, with pictures, kept with the run."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.interfaces.cli_common import Json, Quiet, Run
from planner.interfaces.console import Console, error_line


def answers(
    run: Run,
    ask: Annotated[
        list[str] | None,
        typer.Option(
            metavar="QUESTION",
            help="alternatives, pareto:subsidy, pareto:subsidy+cvar, sensitivity, screening, "
            "flip:JP, offer:DE, roadmap, prices, why:SITE, why-not:SITE, closeness:RUN, "
            "weights:RUN; may be given more than once; empty = the usual six.",
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(metavar="S", min=1, help="Time budget of each question.")
    ] = 60.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ask several questions of a run and show the answers in its report.

    Writes answers.html and answers.json into the run folder, and the report anew.
    """
    from planner import api
    from planner.api.answers import USUAL

    console = Console(as_json, quiet)

    def say(text: str) -> None:
        if console.talks:
            error_line(f"answers: {text}")

    found, written = api.answers(run, tuple(ask or USUAL), seconds=seconds, say=say)
    for answer in found:
        console.say(f"{answer['question']}: {answer['text']}")
    for path in written:
        console.say(str(path))
    console.result({"answers": found, "files": [str(path) for path in written]})


VERBS = {"answers": answers}
