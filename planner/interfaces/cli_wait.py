"""The verb `wait`: what the option to wait for news is worth, and what waits for which news."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, Run, Seconds
from planner.interfaces.console import Console, error_line


def _dates(text: str) -> tuple[int, ...]:
    """`2030,2034` as years. Raises a usage error for anything else."""
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        msg = f"'{text}' is not a list of years such as 2030,2034"
        raise typer.BadParameter(msg, param_hint="--at") from None


def wait(
    run: Run,
    at: Annotated[
        str,
        typer.Option(
            metavar="YEARS",
            help="Branch dates, at most three, each the first year of a period: 2030,2034. "
            "Empty: the scenario's `stages`, else the first date at which anything is known.",
        ),
    ] = "",
    gap: Annotated[
        float, typer.Option(min=0, max=1, help="Stop at this relative gap of the tree.")
    ] = 0.005,
    seconds: Seconds = 100.0,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Page with the tree.")] = Path(
        "wait.html"
    ),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Price the option to wait for news.

    With the first moves common to all news, and what is begun on which.
    """
    from planner import api
    from planner.outputs.run_folder import writing
    from planner.outputs.wait_page import write_wait_page

    console = Console(as_json, quiet)
    plan, case = api.load_run(run)

    def say(text: str) -> None:
        if console.talks:
            error_line(f"wait: {text}")

    found = api.ask("wait", plan, case, at=_dates(at), gap=gap, seconds=seconds, say=say)
    target = out.expanduser()
    with writing(target):
        write_wait_page(found, case, target)
    console.say(found["text"])
    console.table(
        ("USD bn", "at least>", "at most>"),
        [
            (name, *(f"{value:,.2f}" for value in found[key]))
            for name, key in (
                ("decide everything now", "now_usd_bn"),
                ("wait for news", "tree_usd_bn"),
                ("price of the option to wait", "price_usd_bn"),
            )
        ],
    )
    _moves(console, found)
    console.say(f"page: {target}")
    console.result({**found, "page": str(target)})


def _moves(console: Console, found: dict[str, Any]) -> None:
    """First moves, then what waits for which news."""
    for node in found["nodes"]:
        console.say()
        console.say(f"from {node['from']}, chance {node['chance']:.0%}: {node['news']}")
        rows = [
            (m["period"], m["name"], m["of"], f"{m['number']} {m['what']}",
             "" if not node["stage"] else "whatever the news" if m["whatever"] else "on this news")
            for m in node["moves"]
        ]  # fmt: skip
        console.table(("year", "site", "class and how", "what", ""), rows)


VERBS = {"wait": wait}
