"""The verb `stress`: a run's plan in thousands of drawn futures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, Run
from planner.interfaces.console import Console


def stress(
    run: Run,
    draws: Annotated[
        int, typer.Option(min=2, max=200_000, help="Histories of events to draw.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 1,
    events: Annotated[
        str, typer.Option(metavar="A,B,…", help="Only these events can happen; empty = all.")
    ] = "",
    chance: Annotated[
        list[str] | None,
        typer.Option(metavar="EVENT=PCT", help="Another yearly chance of an event; repeatable."),
    ] = None,
    layers: Annotated[
        bool, typer.Option("--layers", help="Latin hypercube instead of independent draws.")
    ] = False,
    ranges: Annotated[
        bool, typer.Option("--ranges", help="Events mild to severe, by the ranges of their facts.")
    ] = False,
    own: Annotated[
        bool, typer.Option("--own", help="The run's own futures instead of draws.")
    ] = False,
    against: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Another run in the same histories.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write; RUN/stress when empty.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Try a plan in thousands of drawn futures.

    Spread and tail of its worth, cash by year, what hurts most and how soon it is back.
    """
    from planner.api import uncertain

    console = Console(as_json, quiet)
    names = tuple(part.strip() for part in events.split(",") if part.strip())
    found, written = uncertain.stress(
        run, out, console.say, draws=draws, seed=seed, events=names, layers=layers, own=own,
        ranges=ranges, against=against, chances_pct=dict(_chance(text) for text in chance or ()),
    )  # fmt: skip
    console.say(found["text"])
    value = found["value"]
    error = value["mean_standard_error_usd_bn"]
    console.say(
        f"mean {value['mean_usd_bn']:,.2f} USD bn (standard error {error:,.2f}), tail mean "
        f"{value['cvar_usd_bn']:,.2f} (standard error {value['cvar_standard_error_usd_bn']:,.2f}); "
        f"the run's own futures are met to {found['plan']['largest_difference_usd_bn']:.0e}"
    )
    if found.get("against"):
        console.say(_against(found["against"]))
    rows = [
        (
            e["name"], f"{e['chance_pct']:.1f}", f"{e['part_of_mean_loss_usd_bn']:,.2f}",
            f"{e['part_of_tail_loss_usd_bn']:,.2f}",
            "" if e["loss_when_it_comes_usd_bn"] is None
            else f"{e['loss_when_it_comes_usd_bn']:,.2f}",
        )
        for e in found["events"]
    ]  # fmt: skip
    console.table(
        ("event", "comes in %>", "of mean loss>", "of tail loss>", "loss when it comes>"), rows
    )
    for path in written:
        console.say(str(path))
    console.result({**found, "files": [str(path) for path in written]})


def _against(other: dict[str, Any]) -> str:
    return (
        f"against {other['title']}: {other['mean_difference_usd_bn']:+,.2f} USD bn on average "
        f"(standard error {other['difference_standard_error_usd_bn']:,.2f}), "
        f"{other['cvar_difference_usd_bn']:+,.2f} in the tail; better in "
        f"{other['better_in_pct']:.0f} %, worse in {other['worse_in_pct']:.0f} % of the probability"
    )


def _chance(text: str) -> tuple[str, float]:
    """`EVENT=PCT` as a pair. Raises a usage error for anything else."""
    event, _, percent = text.partition("=")
    try:
        return event.strip(), float(percent.strip().removesuffix("%"))
    except ValueError as error:
        msg = f"'{text}' is not of the form EVENT=PCT, e.g. strait_war=1"
        raise typer.BadParameter(msg, param_hint="--chance") from error


VERBS = {"stress": stress}
