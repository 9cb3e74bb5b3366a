"""Verbs on inputs and set-up: check, scenarios, doctor."""

from __future__ import annotations

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


VERBS = {"check": check, "scenarios": scenarios, "doctor": doctor}
