"""Arguments and options the verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Change a setting of the scenario; repeatable."
    ),
]
ScenarioArg = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Scenario file, or the name of a shipped one.")
]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="Run folder made by `planner solve`.")]
Seconds = Annotated[
    float, typer.Option("--seconds", min=1, help="Time budget; the answer says what it reached.")
]
Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN...", help="Run folders made by `planner solve`.")
]
MapFormats = Annotated[
    str, typer.Option("--map", help="Also a map of it: any of png,svg,pdf, joined by commas.")
]


def map_formats(text: str) -> tuple[str, ...]:
    """Formats of `--map`, each once. Raises InputError at once for one nobody writes."""
    from planner.outputs.drawing import STILL, require_formats

    wanted = tuple(dict.fromkeys(p.strip().lower() for p in text.split(",") if p.strip()))
    require_formats(wanted, STILL)
    return wanted
