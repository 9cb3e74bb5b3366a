"""The verb `outbound`: what the rule N-x costs, and what each step of x unlocks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from planner.interfaces.cli_common import Json, Quiet, ScenarioArg, Sets
from planner.interfaces.console import Console

if TYPE_CHECKING:
    from planner.analysis.outbound_value import Step


WORDS = {
    "full": "a full node (N5, N3, N2, A14)",
    "named": "any named process (N5, N4, N3, N2, A16, A14)",
}


def outbound(
    scenario: ScenarioArg,
    steps: Annotated[
        str, typer.Option(metavar="X,X,...", help="Values of x in N-x, falling.")
    ] = "2,1,0",
    generations: Annotated[
        str, typer.Option(help="How generations count: full nodes, every named process, or both.")
    ] = "both",
    set_values: Sets = None,
    gap: Annotated[
        float | None, typer.Option(min=0, max=1, help="Stop at this relative gap.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", min=0.001, help="Longest search of a step.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Value the outbound rule N-x.

    Solves the scenario for each x; says what every step is worth, unlocks and uses.
    """
    from planner import api
    from planner.analysis.outbound_value import READINGS, outbound_readings

    if generations not in (*READINGS, "both"):
        msg = f"'{generations}' is not one of both, {', '.join(READINGS)}"
        raise typer.BadParameter(msg, param_hint="--generations")
    readings = READINGS if generations == "both" else (generations,)
    console = Console(as_json, quiet)
    case = api.load(scenario, set_values or [])
    found = outbound_readings(case, _steps(steps), readings, gap=gap, time_limit=time_limit)
    for reading, values in found.items():
        console.say(f"A generation is {WORDS[reading]}.")
        _values(console, values)
        _places(console, values)
        console.say()
    console.result(
        {
            "scenario": case.scenario.name,
            "readings": {r: [asdict(s) for s in values] for r, values in found.items()},
        }
    )


def _values(console: Console, found: tuple[Step, ...]) -> None:
    """Value and worth of each step."""
    console.table(
        ("rule", "value USD bn>", "bound USD bn>", "step USD bn>", "unlocked>", "used>"),
        [
            (
                f"N-{s.gap_generations:g}",
                f"{s.npv_usd_bn:,.2f}",
                f"{s.bound_usd_bn:,.2f}",
                f"{s.delta_usd_bn:+,.2f}",
                len(s.unlocked),
                len(s.used),
            )
            for s in found
        ],
    )


def _steps(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        msg = f"'{text}' is not a list of numbers such as 2,1,0"
        raise typer.BadParameter(msg, param_hint="--steps") from None


def _places(console: Console, found: tuple[Step, ...]) -> None:
    """What each step unlocks, classes of a country together; what the plan uses by site."""
    rows = []
    for step in found:
        rule = f"N-{step.gap_generations:g}"
        groups: dict[tuple[str, str, int], list[str]] = {}
        for u in step.unlocked:
            groups.setdefault((u.country, u.product, u.from_year), []).append(u.site)
        used = {(u.site, u.product): u.modules_used for u in step.unlocked if u.modules_used}
        for (country, product, year), sites in groups.items():
            built = [f"{i} {used[i, product]:g}" for i in sites if (i, product) in used]
            rows.append((rule, country, product, year, len(sites), ", ".join(built) or "none"))
    if rows:
        console.say()
        header = ("rule", "country", "class", "from", "sites>", "modules begun there")
        console.table(header, rows)


VERBS = {"outbound": outbound}
