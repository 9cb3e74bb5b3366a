"""Verbs on uncertainty: what knowing the future, planning for it and insuring are worth."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.interfaces.cli_common import Json, Quiet, Run
from planner.interfaces.console import Console


def information(
    run: Run,
    gap: Annotated[
        float, typer.Option(min=0, max=1, help="Relative gap of every solve behind the figures.")
    ] = 0.005,
    time_limit: Annotated[
        float, typer.Option(metavar="S", min=0.001, help="Longest search of one solve in seconds.")
    ] = 120.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what uncertainty costs.

    Perfect information, planning on averages, insurance against the tail.
    """
    from planner import api

    console = Console(as_json, quiet)
    plan, case = api.load_run(run)
    found = api.value_of_information(
        plan, case, gap=gap, time_limit=time_limit, say=lambda text: console.say(f"solving: {text}")
    )
    console.result(found.as_dict())
    rows = (
        ("one plan for all futures (RP)", found.rp, "best expected value"),
        ("the future known beforehand (WS)", found.ws, "mean of the best value in each future"),
        ("knowing is worth at most (EVPI)", found.evpi, "WS less RP"),
        ("plan for the average future (EEV)", f"{found.eev:,.2f}", "its value in the true futures"),
        ("planning for all is worth (VSS)", found.vss, "RP less EEV"),
        ("insurance premium", f"{found.premium_usd_bn:,.2f}", "expected value this plan gives up"),
        ("tail cut", f"{found.tail_cut_usd_bn:,.2f}", "worst-case mean it gains for that"),
    )
    console.table(("what", "USD bn>", "meaning"), [(a, str(b), c) for a, b, c in rows])
    console.say()
    spans = [(case.name("futures", f), f"{p:.1%}", str(s)) for f, p, s in found.known]
    console.table(("future", "chance>", "best value if known, USD bn>"), spans)


VERBS = {"information": information}
