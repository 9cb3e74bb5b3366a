"""Verbs that hold a run against another plan: how close to stay, which weights prefer it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, Run, Seconds
from planner.interfaces.cli_why import asked
from planner.interfaces.console import Console


def closeness(
    run: Run,
    given: Annotated[
        Path, typer.Argument(metavar="GIVEN", help="Run folder of the plan to stay close to.")
    ],
    most: Annotated[int, typer.Option(min=0, max=40, help="Most sites that may differ.")] = 6,
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Price staying close to a given plan.

    The best plan within 0, 1, 2 … overseas sites of it, and what each costs against the optimum.
    """
    from planner import api

    console = Console(as_json, quiet)
    other, _ = api.load_run(given)
    found = asked("closeness", run, console, given=other, most=most, seconds=seconds)
    console.say(found["text"])
    rows = (
        (
            r["sites_different"], f"{r['value_usd_bn']:,.2f}", f"{r['cost_usd_bn']:,.3f}",
            ", ".join(r["added"]), ", ".join(r["dropped"]),
        )
        for r in found["path"]
    )  # fmt: skip
    console.table(("sites that differ>", "value, USD bn>", "costs>", "added", "dropped"), rows)
    console.result(found)


def weights(
    run: Run,
    favourite: Annotated[
        Path, typer.Argument(metavar="FAVOURITE", help="Run folder of the plan you would rather.")
    ],
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the least change of weights that prefers another plan.

    Or say that no weights do.
    """
    from planner import api

    console = Console(as_json, quiet)
    other, _ = api.load_run(favourite)
    found: dict[str, Any] = asked("weights", run, console, favourite=other, seconds=seconds)
    console.say(found["text"])
    if found["weights"]:
        names = found["weights"]
        rows = ((n, f"{found['now'][n]:g}", f"{names[n]:.4f}") for n in names)
        console.table(("weight", "now>", "least change>"), rows)
    console.result(found)


VERBS = {"closeness": closeness, "weights": weights}
