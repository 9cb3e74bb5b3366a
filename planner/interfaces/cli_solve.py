"""The verb `solve`: one scenario or all of them, each into its run folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, Sets
from planner.interfaces.console import Console, error_line

if TYPE_CHECKING:
    from planner.api.batch import Job, Outcome
    from planner.core.plan import Plan

SHOWN = (
    ("npv_usd_bn", "net present value", "USD bn"),
    ("capex_overseas_usd_bn", "built abroad", "USD bn"),
    ("grants_usd_bn", "grants and credits", "USD bn"),
    ("kwpm_new_overseas", "new capacity abroad", "kwpm"),
)
"""Measures the summary shows."""

METHODS = ("auto", "extensive", "decomposition")
"""Ways to deal with futures; see `solver.method` of a scenario."""


def solve(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="SCENARIO", help="Scenario file, or the name of a shipped one."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Run folder (with --all: the folder of run folders)."),
    ] = None,
    set_values: Sets = None,
    gap: Annotated[
        float | None, typer.Option(min=0, max=1, help="Stop at this relative gap, e.g. 0.001.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", min=0.001, help="Longest search in seconds.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Threads of the solver; 0 = its choice.")
    ] = None,
    solver: Annotated[str, typer.Option(help="highs, cbc, or another PuLP knows.")] = "highs",
    method: Annotated[
        str | None,
        typer.Option(metavar="M", help="auto, extensive, or decomposition (many futures by cuts)."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Solve every shipped scenario.")] = False,
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="With --all: solves at a time; one a core if unset."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Solve a scenario into a run folder.

    Plan, map, tables, report and inputs are written whole or not at all.
    """
    if every == (scenario is not None):
        msg = "give a scenario or --all" if not every else "give a scenario or --all, not both"
        raise typer.BadParameter(msg, param_hint="SCENARIO")
    asked = {
        "gap": gap, "time_limit": time_limit, "threads": threads, "solver": solver,
        "method": known_method(method),
    }  # fmt: skip
    settings = {name: value for name, value in asked.items() if value is not None}
    console = Console(as_json, quiet)
    if every:
        _solve_all(console, out, set_values or [], settings, workers or os.cpu_count() or 1)
        return
    assert scenario is not None
    folder = _solve_one(console, scenario, out, set_values or [], settings)
    console.result(_content(folder))


def known_method(method: str | None) -> str | None:
    """The method as given, when there is one of that name."""
    if method not in (None, *METHODS):
        msg = f"'{method}' is none of {', '.join(METHODS)}"
        raise typer.BadParameter(msg, param_hint="--method")
    return method


def _solve_one(
    console: Console,
    scenario: str,
    out: Path | None,
    set_values: list[str],
    settings: dict[str, Any],
) -> Path:
    from planner import api

    with console.search(Path(scenario).stem) as listener:
        plan, folder = api.run(scenario, out, set_values, listener, settings)
    _show(console, plan, folder)
    return folder


def _solve_all(
    console: Console,
    out: Path | None,
    set_values: list[str],
    settings: dict[str, Any],
    workers: int,
) -> None:
    """Solve every shipped scenario; one that fails is told and does not hold up the others."""
    from planner import api
    from planner.api import batch

    root = out or api.RUNS
    jobs = [
        batch.Job(name, str(row["path"]), root / name, set_values, settings)
        for row in api.scenarios()
        for name in [str(row["name"])]
    ]
    if min(workers, len(jobs)) > 1:
        left = iter(range(len(jobs) - 1, -1, -1))
        ended = batch.solve_side_by_side(
            jobs, workers, lambda outcome: _tell(console, outcome, f" ({next(left)} left)")
        )
    else:
        ended = [_one_of_many(console, job) for job in jobs]
    folders = [outcome.folder for outcome in ended if outcome.folder]
    failed = {outcome.name: outcome.text for outcome in ended if not outcome.folder}
    if folders:
        console.say(f"gallery: {_near(api.gallery(folders, root / 'gallery.html', failed))}")
    console.result(
        [_content(o.folder) if o.folder else {"scenario": o.name, **o.error} for o in ended]
    )
    worst = next((outcome.exit_code for outcome in ended if outcome.exit_code), 0)
    if worst:
        raise typer.Exit(worst)


def _one_of_many(console: Console, job: Job) -> Outcome:
    """Solve a job here and tell of it."""
    from planner.api import batch

    with console.search(job.name) as listener:
        outcome = batch.solve(job, listener)
    _tell(console, outcome)
    return outcome


def _tell(console: Console, outcome: Outcome, after: str = "") -> None:
    """One line on a scenario that ended."""
    if outcome.folder is None:
        if not console.json:
            error_line(f"{outcome.name}: {outcome.text}{after}")
        return
    short = _content(outcome.folder)
    seconds = sum(float(s) for s in short["seconds"].values())
    value = short["measures"].get("npv_usd_bn")
    worth = f", net present value {value:,.2f} USD bn" if value is not None else ""
    proof = f"{short['status']}, gap {short['gap']:.3%}, {seconds:.1f} s"
    console.say(f"{outcome.name}: {proof}{worth}{after}")


def _content(folder: Path) -> dict[str, Any]:
    from planner.outputs.run_folder import read_short

    return {"folder": str(folder), **read_short(folder)}


def _show(console: Console, plan: Plan, folder: Path) -> None:
    """The plan in a few lines, and where to look next."""
    info = plan.info
    ended = f", stopped by {info.stopped_by}" if info.stopped_by else ""
    seconds = sum(info.seconds.values())
    console.say(f"{plan.title}: {info.status}{ended}, gap {info.gap:.3%}, {seconds:.1f} s")
    if "blocks" in info.size:
        blocks = info.size["blocks"]
        tied = "some rules tie its futures together, so it was solved as one programme"
        console.say(f"  {f'by cuts over {blocks:,} blocks of recourse' if blocks else tied}")
    for name, words, unit in SHOWN:
        if name in plan.measures:
            console.say(f"  {words:<22}{plan.measures[name]:>10,.2f} {unit}")
    modules = plan.table("modules")
    if len(modules):
        columns = ["name", "country", "product", "option", "begun_year", "kwpm", "capex_usd_bn"]
        rows = modules[columns].itertuples(index=False, name=None)
        header = ("site", "", "class", "as", "begun>", "kwpm>", "USD bn>")
        console.table(header, ((*r[:5], f"{r[5]:,.0f}", f"{r[6]:,.1f}") for r in rows))
    console.say(f"run:    {_near(folder)}")
    console.say(f"map:    {_near(folder / 'map.png')}")
    console.say(f"report: {_near(folder / 'report.html')}")


def _near(path: Path) -> Path:
    """Path from here when it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


VERBS = {"solve": solve}
