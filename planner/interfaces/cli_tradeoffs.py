"""Verbs on what a run could be traded for: flip, alternatives, sensitivity and others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.interfaces.cli_common import Json, MapFormats, Quiet, Run, Seconds, map_formats
from planner.interfaces.cli_why import asked
from planner.interfaces.console import Console


def share_of(text: str) -> float:
    """`1%` or `0.01` as a share. Raises a usage error for anything else."""
    try:
        value = float(text.strip().removesuffix("%")) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        msg = f"'{text}' is not a share such as 1% or 0.01"
        raise typer.BadParameter(msg)
    return value


def flip(
    run: Run,
    host: Annotated[str, typer.Option(help="Host country that wants the fab, e.g. US.")],
    site: Annotated[str | None, typer.Option(help="Only this site of the host.")] = None,
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the least subsidy that wins a host its fab.

    With the table of who can outbid whom for the next one.
    """
    console = Console(as_json, quiet)
    found = asked("flip", run, console, host=host, site=site, seconds=seconds)
    console.say(found["text"])
    hosts = [row["host"] for row in found["contest"]]
    rows = [
        (
            row["host"],
            f"{row['cost_of_next_fab_usd_bn']:,.3f}",
            *(f"{row['outbids'][b]:+,.3f}" if b in row["outbids"] else "" for b in hosts),
        )
        for row in found["contest"]
    ]
    header = ("host", "one fab more costs>", *(f"to outbid {b}>" for b in hosts))
    console.table(header, rows)
    split = found["split"]
    if split:
        console.say(
            f"{split['winner']} is ahead of {split['runner_up']} by USD "
            f"{split['surplus_usd_bn']:,.3f} bn: what the two sides can share"
        )
    console.result(found)


def alternatives(
    run: Run,
    within: Annotated[str, typer.Option(help="How much value may be lost, e.g. 1%.")] = "1%",
    count: Annotated[int, typer.Option(min=1, max=1000, help="Most site sets.")] = 40,
    seconds: Seconds = 100.0,
    maps: MapFormats = "",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the map; empty = the run's own.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List other sets of sites that are nearly as good.

    And which sites are in all, some or none of them.
    """
    console = Console(as_json, quiet)
    share, wanted = share_of(within), map_formats(maps)
    found = asked("alternatives", run, console, within=share, count=count, seconds=seconds)
    console.say(found["text"])
    rows = [
        (r["name"], r["site"], f"in {r['in']} of {r['of']}", r["verdict"])
        for r in found["sites"]
        if r["in"]
    ]
    console.table(("site", "id", "near-optimal plans", "verdict"), rows)
    for row in found["far_apart"]:
        console.say(
            f"{row['sites_different']} sites different, {row['km_apart']:,.0f} km apart, "
            f"value {row['value_usd_bn']:,.2f}: " + ", ".join(row["sites"])
        )
    if wanted:
        from planner import api
        from planner.api import views

        target = (out or run) / "frequency_map"
        written = views.frequency_map(found, api.load_run(run)[1], target, wanted)
        found = found | {"files": [str(path) for path in written]}
        for path in written:
            console.say(str(path))
    console.result(found)


def sensitivity(
    run: Run,
    top: Annotated[int, typer.Option(min=1, max=40, help="Inputs to look at.")] = 6,
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Move the weak inputs to their low and high.

    Shows what the plan loses or gains, and which number changes the plan.
    """
    console = Console(as_json, quiet)
    found = asked("sensitivity", run, console, top=top, seconds=seconds)
    console.say(found["text"])
    rows = (
        (
            r["input"],
            f"{r['value']:g} ({r['low']:g} to {r['high']:g}) {r['unit']}",
            f"{r['at_low_usd_bn']:+,.2f}",
            f"{r['at_high_usd_bn']:+,.2f}",
            r["flips"] or "",
        )
        for r in found["tornado"]
    )
    console.table(("input", "value (range)", "at low>", "at high>", "changes the plan"), rows)
    console.result(found)


def screening(
    run: Run,
    top: Annotated[int, typer.Option(min=1, max=40, help="Inputs to look at.")] = 6,
    paths: Annotated[int, typer.Option(min=2, max=1000, help="Random paths.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the paths.")] = 1,
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Screen the weak inputs by Morris' method.

    Shows which matter alone, and which depend on where the others stand.
    """
    console = Console(as_json, quiet)
    found = asked("screening", run, console, top=top, number=paths, seed=seed, seconds=seconds)
    console.say(found["text"])
    rows = (
        (
            r["input"], f"{r['low']:g} to {r['high']:g} {r['unit']}", f"{r['mu_usd_bn']:+,.2f}",
            f"{r['mu_star_usd_bn']:,.2f}", f"{r['sigma_usd_bn']:,.2f}",
            "adds up" if r["adds_up"] else "depends on others",
        )
        for r in found["inputs"]
    )  # fmt: skip
    console.table(("input", "range", "mu, USD bn>", "mu*>", "sigma>", ""), rows)
    console.say(f"{found['paths']} paths, {found['solves']} solves of {found['of_what']}")
    console.result(found)


def roadmap(
    run: Run,
    moves: Annotated[int, typer.Option(min=1, max=30, help="Most sites to begin at.")] = 6,
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the best first moves abroad.

    The best 1, 2, 3 … sites to begin at, and what each move more is worth.
    """
    console = Console(as_json, quiet)
    found = asked("roadmap", run, console, moves=moves, seconds=seconds)
    console.say(found["text"])
    rows = (
        (
            r["moves"], f"{r['value_usd_bn']:,.2f}", f"{r['gain_usd_bn']:+,.2f}",
            ", ".join(r["added"]), ", ".join(r["dropped"]),
        )
        for r in found["path"]
    )  # fmt: skip
    console.table(("sites>", "value, USD bn>", "gain>", "added", "dropped"), rows)
    console.result(found)


VERBS = {
    "flip": flip,
    "alternatives": alternatives,
    "sensitivity": sensitivity,
    "screening": screening,
    "roadmap": roadmap,
}
