"""The verb `regret`: plans against futures, and the plan with the least worst regret."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.interfaces.cli_common import Json, MapFormats, Quiet, Runs, map_formats
from planner.interfaces.console import Console


def regret(
    runs: Runs,
    minimax: Annotated[
        bool, typer.Option("--minimax", help="Also find the plan with the least worst regret.")
    ] = False,
    gap: Annotated[
        float, typer.Option(min=0, max=1, help="Relative gap of the best plan of each future.")
    ] = 0.002,
    time_limit: Annotated[
        float, typer.Option(metavar="S", min=0.001, help="Longest search for each of them.")
    ] = 60.0,
    seconds: Annotated[
        float, typer.Option(metavar="S", min=0.001, help="Longest search of --minimax.")
    ] = 120.0,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder to write; `regret` in the first run when empty."),
    ] = None,
    maps: MapFormats = "",
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what each plan misses in each future.

    Against the best plan if that future were known; sites no future regrets.
    """
    from planner.api import uncertain
    from planner.outputs.regret_page import headline

    console, wanted = Console(as_json, quiet), map_formats(maps)
    found, written = uncertain.regret(
        runs, out, lambda text: console.say(f"solving: {text}"),
        gap=gap, time_limit=time_limit, minimax=minimax, seconds=seconds,
    )  # fmt: skip
    console.say(headline(found))
    names = {f["future"]: f["name"] for f in found["futures"]}
    console.table(
        ("plan", "mean value>", "worst regret>", "at most>", "expected regret>", "worst in"),
        [
            (
                p["plan"], f"{p['mean_value_usd_bn']:,.2f}", f"{p['worst_usd_bn']:,.2f}",
                f"{p['worst_at_most_usd_bn']:,.2f}", f"{p['expected_usd_bn']:,.2f}",
                names[p["worst_future"]],
            )
            for p in found["plans"]
        ],
    )  # fmt: skip
    console.say()
    plans = [p["plan"] for p in found["plans"]]
    console.table(
        ("future", "chance>", "best if known>", *(f"{name}>" for name in plans)),
        [
            (
                f["name"], f"{f['chance_pct']:.1f} %", f"{f['best_usd_bn']:,.2f}",
                *(f"{p['regret_usd_bn'][f['future']]:,.2f}" for p in found["plans"]),
            )
            for f in found["futures"]
        ],
    )  # fmt: skip
    if wanted:
        from planner import api
        from planner.api import views

        target = written[0].parent / "regret_map"
        written += views.regret_map(found, api.load_run(runs[0])[1], target, wanted)
    for path in written:
        console.say(str(path))
    console.result({**found, "files": [str(path) for path in written]})


VERBS = {"regret": regret}
