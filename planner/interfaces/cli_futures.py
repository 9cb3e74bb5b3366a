"""The verb `futures`: the futures of a scenario, and how they were made where they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, ScenarioArg, Sets
from planner.interfaces.console import Console

if TYPE_CHECKING:
    from planner.core.case import Case


def futures(
    scenario: ScenarioArg,
    set_values: Sets = None,
    top: Annotated[int, typer.Option(min=1, help="Futures to show; --json gives all.")] = 40,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List a scenario's futures and their chances.

    Where `future_set` makes them: the chance left out and the distance a reduction costs.
    """
    from planner import api

    console = Console(as_json, quiet)
    case = api.load(scenario, set_values or [])
    content: dict[str, Any] = {
        "futures": _futures(case),
        "made": _made(case),
        "events": _events(case),
    }
    console.table(
        ("future", "chance>", "events"),
        [
            (f["name"], f"{f['chance_pct']:.2f} %", "; ".join(f["events"]))
            for f in content["futures"][:top]
        ],
    )
    _say(console, content)
    console.result(content)


def _say(console: Console, content: dict[str, Any]) -> None:
    made = content["made"]
    if not made:
        return
    console.say()
    console.say(
        f"made from the yearly chances of events: {made['method']}, {made['asked']} asked, "
        f"{made['distinct']} different, {made['kept']} kept, seed {made['seed']}"
    )
    if made["method"] == "enumerated":
        console.say(f"chance the enumeration leaves out: {float(made['left_out_pct']):.2f} %")
    console.say(
        f"distance to the full set: {float(made['distance_periods_of_output']):.4g} periods of "
        f"output, {float(made['relative_distance_pct']):.1f} % of that of one future alone"
    )
    console.table(
        ("event", "comes in, full set>", "in the set kept>"),
        [
            (e["name"], f"{e['full_pct']:.1f} %", f"{e['kept_pct']:.1f} %")
            for e in content["events"]
        ],
    )


def _futures(case: Case) -> list[dict[str, Any]]:
    chances = {s: case.value("future.probability_pct", s) for s in case.ids("futures")}
    order = sorted(chances, key=lambda s: -chances[s])
    return [
        {
            "future": s,
            "name": case.name("futures", s),
            "chance_pct": chances[s],
            "events": list(case.items("futures", s, "events")),
        }
        for s in order
    ]


def _made(case: Case) -> dict[str, str]:
    from planner.core.future_set import MADE

    row = case.registers.get(MADE, {}).get("made", {})
    return {k: v for k, v in row.items() if ":" not in k}


def _events(case: Case) -> list[dict[str, Any]]:
    from planner.core.future_set import MADE

    row = case.registers.get(MADE, {}).get("made", {})
    return [
        {
            "event": e,
            "name": case.name("events", e),
            "full_pct": float(row[f"full_pct:{e}"]),
            "kept_pct": float(row[f"kept_pct:{e}"]),
        }
        for e in case.ids("events")
        if f"full_pct:{e}" in row
    ]


VERBS = {"futures": futures}
