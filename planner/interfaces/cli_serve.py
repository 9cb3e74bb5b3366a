"""The verb `serve`: the web app on this machine."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.interfaces.cli_common import Json, Quiet
from planner.interfaces.console import Console, error_line

if TYPE_CHECKING:
    from planner.interfaces.web_guard import Door


def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8765,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on; others can reach it then.")
    ] = "127.0.0.1",
    runs: Annotated[Path, typer.Option(metavar="DIR", help="Folder of run folders.")] = Path(
        "runs"
    ),
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Solves at once.")] = 1,
    memory: Annotated[
        float, typer.Option(metavar="GIB", min=1, help="Most memory a solve may take.")
    ] = 8.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Open the web app for this machine.

    Edit a scenario, pin sites on the map, solve, compare and ask, in a browser. Needs the extra
    `web`; Ctrl-C ends it, solves under way go on and are found again.
    """
    console = Console(as_json, quiet)
    try:
        from planner.interfaces.web_jobs import Limits
        from planner.interfaces.web_server import serve as run_server
    except ImportError as error:
        from planner.core.errors import InputError, Issue

        text, hint = (
            f"the web app needs the package {error.name}",
            "Install the extra: planner[web].",
        )
        raise InputError([Issue("error", "E753", "serve", "", text, hint)]) from error

    def say(address: str, door: Door) -> None:
        console.say(f"planner: {address}   (Ctrl-C ends it)")
        if not door.local:
            error_line(
                "warning: whoever reaches this address can read the runs in the folder; changes "
                "need the whole link above"
            )
        console.result({"address": address, "runs": str(runs)})
        _flush()

    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
        run_server(runs, host, port, Limits(at_once=jobs, memory_gib=memory), say)
    console.say("planner: ended; solves under way go on, and the next `planner serve` finds them")


def _flush() -> None:
    """Let a program that started us read the address at once."""
    import sys

    sys.stdout.flush()


VERBS = {"serve": serve}
