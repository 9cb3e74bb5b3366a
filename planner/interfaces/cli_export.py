"""The verb `export`: a plan for spreadsheets, globes and other map programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.interfaces.cli_common import Json, Quiet, Run
from planner.interfaces.console import Console


def export(
    run: Run,
    formats: Annotated[
        str, typer.Option("--format", help="Any of xlsx,kml,geojson,gpkg, joined by commas.")
    ] = "xlsx,kml",
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write into; empty = the run's.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a run for other programs.

    A workbook whose ledger adds up by formulas, KML, GeoJSON, GeoPackage with styles.
    """
    from planner import api
    from planner.api.views import export as write

    console = Console(as_json, quiet)
    plan, case = api.load_run(run)
    wanted = [part.strip().lower() for part in formats.split(",") if part.strip()]
    stem = (run if out is None else out) / (plan.scenario if out is not None else "export")
    written = write(plan, case, stem, wanted)
    for path in written:
        console.say(str(path))
    console.result({"files": [str(path) for path in written]})


VERBS = {"export": export}
