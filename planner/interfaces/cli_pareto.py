"""The verb `pareto`: what less cost, aid, pay or tail risk costs in value, on two or three axes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, Run, Seconds
from planner.interfaces.cli_tradeoffs import share_of
from planner.interfaces.cli_why import asked
from planner.interfaces.console import Console

POINTS = {1: 6, 2: 3}
"""Points by the number of axes besides value: floors on value, or levels on each axis."""


def pareto(
    run: Run,
    axes: Annotated[
        str,
        typer.Option(
            help="value and one or two of cost, subsidy, talent, cvar, home_share, technology, "
            "goods."
        ),
    ] = "value,subsidy",
    points: Annotated[
        int | None,
        typer.Option(min=2, max=50, help="Points to look for (6); with two axes, on each (3)."),
    ] = None,
    drop: Annotated[str, typer.Option(help="Value given up at the far end, e.g. 10%.")] = "10%",
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Trace what less cost, aid, pay or tail risk costs in value.

    No point is dominated; the knee is marked.
    """
    names = [part.strip() for part in axes.split(",") if part.strip() and part.strip() != "value"]
    if len(names) not in POINTS:
        msg = "give value and one or two other axes, e.g. value,subsidy or value,subsidy,cvar"
        raise typer.BadParameter(msg)
    console = Console(as_json, quiet)
    settings: dict[str, Any] = {
        "points": points or POINTS[len(names)], "drop": share_of(drop), "seconds": seconds,
    }  # fmt: skip
    if len(names) == 1:
        found = asked("pareto", run, console, axis=names[0], **settings)
    else:
        found = asked("pareto-three", run, console, axes=(names[0], names[1]), **settings)
    console.say(found["text"])
    rows = (
        (
            f"{r['value_usd_bn']:,.2f}",
            *(f"{r[name]:,.2f}" for name in names),
            "knee" if r["knee"] else "",
            len(r["sites"]),
        )
        for r in found["points"]
    )
    header = ("value, USD bn>", *(f"{name}>" for name in names), "", "sites abroad>")
    console.table(header, rows)
    console.result(found)


VERBS = {"pareto": pareto}
