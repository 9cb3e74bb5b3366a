"""Verbs on inputs and set-up: check, scenarios, evidence, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, ScenarioArg, Sets
from planner.interfaces.console import Console


def check(
    scenario: ScenarioArg, set_values: Sets = None, as_json: Json = False, quiet: Quiet = False
) -> None:
    """Report every problem of a scenario at once."""
    from planner import api
    from planner.core.errors import InputError

    console = Console(as_json, quiet)
    case = api.load(scenario, set_values or [])  # raises with all problems
    if issues := api.check(scenario, set_values or []):
        raise InputError(issues)
    console.say(f"{case.scenario.name}: no problem found in {len(case.facts):,} facts")
    console.result({"scenario": case.scenario.name, "digest": case.digest, "issues": []})


def scenarios(as_json: Json = False, quiet: Quiet = False) -> None:
    """List the scenarios the planner ships."""
    from planner import api

    console = Console(as_json, quiet)
    found = [dict(row) for row in api.scenarios()]
    console.table(("name", "question"), ((row["name"], row["question"]) for row in found))
    console.result(found)


def evidence(
    subject: Annotated[
        str, typer.Argument(metavar="SCENARIO|RUN", help="Scenario or run folder to look into.")
    ] = "base",
    weak: Annotated[
        bool, typer.Option("--weak", help="List the estimates (grade D) instead of counts.")
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what the numbers rest on, by grade."""
    from planner import api

    console = Console(as_json, quiet)
    if Path(subject).is_dir():
        plan, case = api.load_run(subject)
        found = dict(api.evidence(case, plan))
    else:
        found = dict(api.evidence(api.load(subject)))
    if not weak:
        found.pop("weak")
        rows = ((t["table"], *(t.get(g, 0) for g in "ABCD")) for t in found["tables"])
        console.table(("table", "A>", "B>", "C>", "D>"), rows)
        console.say(f"{found['facts']:,} facts from {found['sources']} sources")
    else:
        _show_weak(console, found["weak"])
    console.result(found["weak"] if weak else found)


def _show_weak(console: Console, weak: list[dict[str, Any]]) -> None:
    weighed = bool(weak) and "weight_usd_bn" in weak[0]
    rows = (
        (
            *(r[c] for c in ("table", "entity", "parameter")),
            f"{r['value']:g} {r['unit']}",
            f"{r['weight_usd_bn']:,.2f}" if weighed else r["note"],
        )
        for r in weak
    )
    header = ("table", "of", "parameter", "value", "leaning on it, USD bn>" if weighed else "note")
    console.table(header, rows)


def doctor(as_json: Json = False, quiet: Quiet = False) -> None:
    """Check the set-up: versions, data, solver."""
    from planner.interfaces.doctor import examine

    console = Console(as_json, quiet)
    findings = examine()
    for finding in findings:
        console.say(f"{finding.state:<7} {finding.what}: {finding.text}")
    console.result([finding.as_dict() for finding in findings])
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)


VERBS = {"check": check, "scenarios": scenarios, "evidence": evidence, "doctor": doctor}
