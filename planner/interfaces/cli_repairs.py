"""The verb `repairs`: why a scenario has no plan, and the least changes that give it one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, ScenarioArg, Sets
from planner.interfaces.console import Console, error_line


def repairs(
    scenario: ScenarioArg,
    set_values: Sets = None,
    seconds: Annotated[
        float, typer.Option(metavar="S", min=1, help="Longest time to look.")
    ] = 110.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say why a scenario has no plan, and every least change that gives it one.

    Names your own entries in conflict with file and line; each change is re-solved on both sides.
    """
    from planner import api

    console = Console(as_json, quiet)

    def say(text: str) -> None:
        if console.talks:
            error_line(f"repairs: {text}")

    found = api.repairs(scenario, set_values or [], seconds=seconds, say=say)
    console.say(found["text"])
    for number, row in enumerate(found["conflicts"], start=1):
        _conflict(console, number, row)
    if not found.get("complete", True):
        console.say("time ran out before everything was looked at: give more --seconds")
    console.result(found)


def _conflict(console: Console, number: int, row: dict[str, Any]) -> None:
    """One conflict: the entries, the rules of the model behind them, and what ends it."""
    console.say()
    size = "the smallest set" if row["smallest"] else "a set without idle members"
    head = f"conflict {number}, {size} of entries that collide" if row["entries"] else "in the data"
    console.say(f"{head} ({', '.join(row['rules'])}):")
    for entry in row["entries"]:
        console.say(f"  - {entry['entry']}" + (f"  [{entry['where']}]" if entry["where"] else ""))
    console.say("any one of these ends it:" if row["repairs"] else "no single change found")
    for repair in row["repairs"]:
        short = ", ".join(f"{s['level']:.6g}" for s in repair["not_enough"])
        console.say(f"  * {repair['text']}" + (f"  (not yet at {short})" if short else ""))


VERBS = {"repairs": repairs}
