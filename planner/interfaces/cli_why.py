"""Verbs on single sites of a run: why it is in, why it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, Run, Seconds
from planner.interfaces.console import Console, error_line

SiteArg = Annotated[str, typer.Argument(metavar="SITE", help="Site id or name.")]


def asked(question: str, run: Path, console: Console, **settings: Any) -> dict[str, Any]:
    """Load a run, ask a question with progress on stderr, and return the answer."""
    from planner import api

    plan, case = api.load_run(run)

    def say(text: str) -> None:
        if console.talks:
            error_line(f"{question}: {text}")

    return api.ask(question, plan, case, say=say, **settings)


def money_rows(groups: dict[str, float]) -> list[tuple[str, str]]:
    """Accounts and their change, largest first."""
    ordered = sorted(groups.items(), key=lambda p: -abs(p[1]))
    return [(name, f"{value:+,.3f}") for name, value in ordered]


def whynot(
    run: Run,
    site: SiteArg,
    product: Annotated[
        str | None, typer.Option("--class", help="Product class or centre type; empty = any.")
    ] = None,
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what keeps a site out of the plan.

    And which change of grant, pay, lead time, tariff or risk would bring it in.
    """
    console = Console(as_json, quiet)
    found = asked("why-not", run, console, site=site, product=product, seconds=seconds)
    console.say(found["text"])
    if found.get("allowed"):
        console.table(("account", "change, USD bn>"), money_rows(found["by_group"]))
        if found["grant_usd_bn"]:
            console.say(f"a grant of USD {found['grant_usd_bn']:,.3f} bn would make up for it")
        for change in found["changes"]:
            console.say(change["text"])
        if found["mix"]:
            console.say(found["mix"]["text"])
        console.say(f"method: {found['method']}; gap of the plan {found['plan_gap']:.3%}")
    console.result(found)


def why(
    run: Run,
    site: SiteArg,
    seconds: Seconds = 60.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what a chosen site is worth.

    Which accounts pay for it, which rules bind there, and what would come in its place.
    """
    console = Console(as_json, quiet)
    found = asked("why", run, console, site=site, seconds=seconds)
    console.say(found["text"])
    console.table(("account", "brought by it, USD bn>"), money_rows(found["by_group"]))
    rows = ((r["rule"], r["key"], r["why"]) for r in found["binding"])
    console.table(("rule that binds", "of", "meaning"), rows)
    console.say(f"method: {found['method']}; gap of the plan {found['plan_gap']:.3%}")
    console.result(found)


VERBS = {"why": why, "whynot": whynot}
