"""The verb `offer`: the least subsidy for a fab together with the strings tied to it."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.interfaces.cli_common import Json, Quiet, Run, Seconds
from planner.interfaces.cli_why import asked, money_rows
from planner.interfaces.console import Console


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def offer(
    run: Run,
    host: Annotated[str, typer.Option(help="Host country that makes the offer, e.g. US.")],
    modules: Annotated[int, typer.Option(min=1, max=40, help="At least so many modules.")] = 1,
    by: Annotated[int | None, typer.Option(metavar="YEAR", help="Begun by this year.")] = None,
    product: Annotated[
        str, typer.Option("--class", help="Of these classes, e.g. N3,N2; empty = any.")
    ] = "",
    loading: Annotated[
        float, typer.Option(min=0, max=100, help="Least loading there in every future [%].")
    ] = 0.0,
    centre: Annotated[
        bool, typer.Option("--centre", help="With a research centre in the country.")
    ] = False,
    site: Annotated[
        str, typer.Option(metavar="SITES", help="At these sites of the host; empty = anywhere.")
    ] = "",
    stay_out: Annotated[
        str, typer.Option(metavar="PLACES", help="No new modules in these countries or sites.")
    ] = "",
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Find the least subsidy that wins a fab with strings attached.

    Prices each string, and says what the same strings would cost the other hosts.
    """
    from planner.analysis.offer_strings import Strings

    console = Console(as_json, quiet)
    places = _names(stay_out), _names(site)
    strings = Strings(modules, by, _names(product), loading, centre, *places)
    found = asked("offer", run, console, host=host, strings=strings, seconds=seconds)
    console.say(found["text"])
    if found["possible"]:
        console.table(("account", "change, USD bn>"), money_rows(found["by_group"]))
        rows = [(r["string"], _sum(r["subsidy_usd_bn"]), _sum(r["adds_usd_bn"]))
                for r in found["apart"]]  # fmt: skip
        if rows:
            console.table(("a fab with this string alone", "needs, USD bn>", "adds>"), rows)
        others = [(r["host"], _sum(r["subsidy_usd_bn"])) for r in found["others"]]
        console.table(("the same strings in", "need, USD bn>"), others)
        console.say(f"method: {found['method']}; gap of the plan {found['plan_gap']:.3%}")
    console.result(found)


def _sum(value: float | None) -> str:
    return "none found" if value is None else f"{value:,.3f}"


VERBS = {"offer": offer}
