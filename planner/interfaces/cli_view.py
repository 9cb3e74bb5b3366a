"""Verbs on run folders: map, compare, explain, report, verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, Run, Runs, Seconds
from planner.interfaces.cli_why import asked
from planner.interfaces.console import Console

Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder to write into.")]
MOST_PRICES = 40
"""Lines of prices people are shown; `--json` has all."""


def map_(
    runs: Runs,
    year: Annotated[
        int | None, typer.Option(help="Show the plan as of this year; empty = its end.")
    ] = None,
    years: Annotated[
        str,
        typer.Option(help="One sheet of little maps: years joined by commas, or `all`."),
    ] = "",
    layer: Annotated[
        str | None,
        typer.Option(
            help="What is shaded: risk, hazard, subsidy, wage, power, water, water-price."
        ),
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help="Any of png,svg,pdf,html, joined by commas.")
    ] = "png,svg",
    dpi: Annotated[int, typer.Option(help="Dots an inch of PNG.")] = 300,
    out: Out = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw the map of runs.

    It goes into each run folder unless --out is given.
    """
    from planner import api
    from planner.outputs.drawing import Drawing

    console = Console(as_json, quiet)
    wanted = tuple(part.strip().lower() for part in formats.split(",") if part.strip())
    drawing = Drawing(year, layer, wanted, years, dpi)
    sheet = f"years_{'-'.join(years.replace(',', ' ').split())}" if years else None
    asked = [str(part) for part in (layer, year, sheet) if part is not None]
    written: list[Path] = []
    for folder in runs:
        plan, case = api.load_run(folder)
        stem = "_".join(["map", *asked]) if out is None else "_".join([plan.scenario, *asked])
        written += api.draw_map(plan, case, (out or folder) / stem, drawing)
    _say_files(console, written)


def compare(
    runs: Runs,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write into.")] = Path(
        "runs/compare"
    ),
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare runs: page, workbook, difference map."""
    from planner import api

    _say_files(Console(as_json, quiet), list(api.compare(runs, out)))


def explain(
    run: Run,
    prices: Annotated[
        bool, typer.Option("--prices", help="Also what one unit more of each limit is worth.")
    ] = False,
    seconds: Seconds = 100.0,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say why each country is in or out.

    With the money that decides it.
    """
    from planner import api

    console = Console(as_json, quiet)
    plan, case = api.load_run(run)
    plan = api.explain(plan, case)
    content: dict[str, Any] = {"scenario": plan.scenario, "reasons": list(plan.reasons)}
    for reason in plan.reasons:
        console.say(str(reason["headline"]))
        console.say(f"  {reason['text']}")
    if prices:
        content["prices"] = found = api.prices(plan)
        console.say()
        if plan.digest == case.digest:
            told = asked("prices", run, console, seconds=seconds)
            content |= {key: told[key] for key in ("limits", "steps", "silent", "scope")}
            console.say(f"What one more of a limit is worth, in words ({told['scope']}):")
            console.say(told["text"])
        else:  # the case has moved on: only what the solver left with the plan
            rows = ((r["rule"], r["key"], f"{r['price_usd_bn']:,.4f}") for r in found[:MOST_PRICES])
            console.table(("limit", "of", "USD bn per unit>"), rows)
    console.result(content)


def report(
    run: Run,
    pdf: Annotated[bool, typer.Option("--pdf", help="Also a memo as PDF (extra `pdf`).")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="HTML file; empty = the run's own.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write the report of a run.

    One page that needs no network, with the answers kept by `planner answers`.
    """
    from planner import api
    from planner.api.answers import kept

    plan, case = api.load_run(run)
    answers = kept(run)
    written = [api.report(plan, case, out or run / "report.html", answers=answers)]
    if pdf:
        written.append(api.report_pdf(plan, case, written[0].with_suffix(".pdf")))
    _say_files(Console(as_json, quiet), written)


def verify(run: Run, as_json: Json = False, quiet: Quiet = False) -> None:
    """Recompute a run without the solver."""
    from planner import api
    from planner.core.errors import VerificationError

    console = Console(as_json, quiet)
    plan, case = api.load_run(run)
    issues = api.verify(plan, case)
    if issues:
        raise VerificationError(issues)
    console.say(f"{plan.title}: every rule holds and every line of money agrees")
    console.result({"scenario": plan.scenario, "digest": plan.digest, "issues": []})


def _say_files(console: Console, written: list[Path]) -> None:
    for path in written:
        console.say(str(path))
    console.result({"files": [str(path) for path in written]})


VERBS = {
    "map": map_,
    "compare": compare,
    "explain": explain,
    "report": report,
    "verify": verify,
}
