"""The verb `backtest`: whether the planner would have chosen what firms chose."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet
from planner.interfaces.console import Console, error_line


def backtest(
    only: Annotated[str, typer.Option(metavar="ID", help="One decision; empty = all.")] = "",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for page and tables.")] = Path(
        "runs/backtest"
    ),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Hold the planner against real decisions since 2018.

    On what could be known then, beside simpler rules; misses are shown as openly as hits.
    """
    from planner.api import past

    console = Console(as_json, quiet)

    def say(text: str) -> None:
        if console.talks:
            error_line(f"backtest: {text}")

    found, written = past.backtest(out, only, say)
    console.say(found["text"])
    console.table(
        ("decision", "announced", "outcome", "true site", "planner's best", "rank", "gap>",
         "worth it?"),
        [_row(r, found["names"]) for r in found["decisions"]],
    )  # fmt: skip
    console.table(
        ("rule", "relative rank>", "90 %>", "right country %>", "first three %>"),
        [
            (
                m["name"], f"{m['relative_rank']:.2f}",
                f"{m['relative_rank_low']:.2f} to {m['relative_rank_high']:.2f}",
                f"{m['country_hits_pct']:.0f}", f"{m['top_three_pct']:.0f}",
            )
            for m in found["methods"]
        ],
    )  # fmt: skip
    for path in written:
        console.say(str(path))
    console.result({**found, "files": [str(path) for path in written]})


def _row(row: dict[str, Any], names: dict[str, str]) -> tuple[str, ...]:
    ranked = row["rank_planner"] is not None
    return (
        row["title"], row["announced"], row["outcome"], names.get(row["site"], "-"),
        names.get(row["best"], row["best"]),
        f"{row['rank_planner']:g} of {row['candidates']}" if ranked else "-",
        f"{row['gap_usd_bn']:.2f}" if ranked else "-",
        "yes" if row["built_predicted"] else "no",
    )  # fmt: skip


VERBS = {"backtest": backtest}
