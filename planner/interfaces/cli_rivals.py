"""The verb `rivals`: several firms that share land, people and public money."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, Sets
from planner.interfaces.console import Console, error_line

if TYPE_CHECKING:
    from planner.analysis.rivals import Game, Turn
    from planner.core.case import Case

ENDS = {
    "rest": "Nobody gains by moving again: a point of rest.",
    "cycle": "The firms go in a circle: the rounds below repeat for ever.",
    "unfinished": "Still moving when the rounds ran out; more rounds may settle it.",
}


def rivals(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="One scenario a firm, two or more.")
    ],
    rounds: Annotated[int, typer.Option(min=1, help="Most rounds.")] = 6,
    order: Annotated[
        str, typer.Option(help="Who chooses first: given, reverse, or both in turn.")
    ] = "both",
    set_values: Sets = None,
    gap: Annotated[
        float | None, typer.Option(min=0, max=1, help="Stop each search at this relative gap.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Let several firms share land, people and public money.

    Each answers what the others took, round by round, until nobody moves or they go in a circle.
    """
    from planner import api
    from planner.analysis.rivals import rivals as play

    if order not in ("given", "reverse", "both"):
        msg = f"'{order}' is not one of given, reverse, both"
        raise typer.BadParameter(msg, param_hint="--order")
    console = Console(as_json, quiet)
    cases: dict[str, Case] = {}
    for path in scenarios:
        case = api.load(path, set_values or [])
        name = case.scenario.name
        cases[name if name not in cases else f"{name} {len(cases) + 1}"] = case
    orders = {"given": [cases], "reverse": [_turned(cases)], "both": [cases, _turned(cases)]}
    games = []
    for firms in orders[order]:
        game = play(firms, rounds, progress=_line if console.talks else None, gap=gap)
        _show(console, game)
        games.append(game)
    if len(games) == 2:
        same = all(_ends(games[0])[n] == _ends(games[1])[n] for n in cases)
        words = "The order changes nothing." if same else "The order matters: see who sits where."
        console.say(words)
    console.result({"games": [_content(game) for game in games]})


def _turned(cases: dict[str, Case]) -> dict[str, Case]:
    return dict(reversed(list(cases.items())))


def _ends(game: Game) -> dict[str, Any]:
    """Hosts and capacity abroad of each firm in its last turn."""
    return {t.firm: (t.hosts, round(t.kwpm_abroad, 3)) for t in game.turns}


def _line(turn: Turn) -> None:
    moved = "moves" if turn.moved else "stays"
    error_line(f"round {turn.round}, {turn.firm}: {moved}, value {turn.value_usd_bn:,.2f}")


def _show(console: Console, game: Game) -> None:
    console.say(f"\nOrder: {', then '.join(game.order)}. {ENDS[game.outcome]}")
    header = ("round>", "firm", "", "value USD bn>", "gap>", "hosts", "kwpm abroad>")
    console.table(
        header,
        [
            (
                t.round,
                t.firm,
                "moves" if t.moved else "stays",
                f"{t.value_usd_bn:,.2f}",
                f"{t.gap:.2%}",
                ", ".join(t.hosts) or "none",
                f"{t.kwpm_abroad:,.0f}",
            )
            for t in (game.cycle or game.turns)
        ],
    )
    worth = ("firm", "alone USD bn>", "with the others>", "what they cost it>")
    rows = [
        (n, f"{game.alone[n]:,.2f}", f"{game.together[n]:,.2f}", f"{game.cost(n):,.2f}")
        for n in game.order
    ]
    console.table(worth, rows)
    console.say("A cost smaller than the gaps cannot be told from nothing.\n")


def _content(game: Game) -> dict[str, Any]:
    return {
        "order": game.order,
        "outcome": game.outcome,
        "turns": [asdict(t) for t in game.turns],
        "cycle": [asdict(t) for t in game.cycle],
        "alone_usd_bn": dict(game.alone),
        "together_usd_bn": dict(game.together),
        "cost_usd_bn": {n: game.cost(n) for n in game.order},
    }


VERBS = {"rivals": rivals}
