"""The verb `ratios`: trade balance ratios of a scenario or run, their price and their frontier."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from planner.interfaces.cli_common import Json, Quiet, Sets
from planner.interfaces.console import Console

if TYPE_CHECKING:
    from planner.analysis.ratio import Point, Ratios
    from planner.core.case import Case

Aim = Literal["technology", "goods"]
AIMS: tuple[Aim, Aim] = ("technology", "goods")


def ratios(
    target: Annotated[
        str, typer.Argument(metavar="RUN|SCENARIO", help="Run folder, scenario file or its name.")
    ],
    maximise: Annotated[
        str | None, typer.Option(metavar="AIM", help="Highest ratio: technology or goods.")
    ] = None,
    frontier: Annotated[
        int | None, typer.Option(metavar="N", min=2, max=50, help="Points of the frontier.")
    ] = None,
    keep: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the best value that must remain.")
    ] = 0.9,
    step: Annotated[float, typer.Option(min=0.001, help="Step of the floors priced.")] = 0.1,
    steps: Annotated[int, typer.Option(min=0, max=50, help="Floors priced per ratio.")] = 3,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="Picture of the frontier (SVG).")
    ] = Path("ratio_frontier.svg"),
    set_values: Sets = None,
    gap: Annotated[
        float | None, typer.Option(min=0, max=1, help="Stop at this relative gap.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Price trade balance ratios, or find the highest one or the frontier of both.

    Without an option: the ratios of the best plan and what each step more of them costs.
    """
    from planner.analysis.ratio import Ratios, as_dict

    if maximise not in (None, *AIMS):
        msg = f"'{maximise}' is not one of {', '.join(AIMS)}"
        raise typer.BadParameter(msg, param_hint="--maximise")
    console = Console(as_json, quiet)
    asked = Ratios(_case(target, set_values or []), gap=gap)
    content: dict[str, Any] = {"best": as_dict(asked.best)}
    _say(console, "best plan", asked.best)
    if maximise is not None:
        content["maximise"] = _highest(console, asked, maximise, keep)
    if frontier is not None:
        content |= _frontier(console, asked, frontier, keep, out)
    if maximise is None and frontier is None:
        content["prices"] = _prices(console, asked, step, steps)
    console.result(content)


def _case(target: str, set_values: list[str]) -> Case:
    from planner import api

    if (Path(target).expanduser() / "plan.json").is_file():
        if set_values:
            msg = "a run is fixed; --set needs a scenario"
            raise typer.BadParameter(msg, param_hint="--set")
        return api.load_run(target)[1]
    return api.load(target, set_values)


def _say(console: Console, name: str, point: Point) -> None:
    console.say(
        f"{name}: value {point.value_usd_bn:,.2f} USD bn, technology ratio "
        f"{_number(point.technology)}, goods ratio {_number(point.goods)}"
    )


def _number(value: float) -> str:
    return f"{value:,.3f}" if math.isfinite(value) else "none"


def _highest(console: Console, asked: Ratios, aim: str, keep: float) -> dict[str, Any] | None:
    from planner.analysis.ratio import as_dict

    found = asked.highest(aim, keep)
    if found is not None:
        _say(console, f"highest {aim} ratio with {keep:.0%} of the value kept", found.point)
        proof = "proven" if found.proven else "not proven"
        console.say(f"none reaches {_number(found.beyond)} ({proof}, {found.probes} probes)")
    content = as_dict(found)
    return None if content is None else {"aim": aim, "keep": keep, **content}


def _frontier(
    console: Console, asked: Ratios, number: int, keep: float, out: Path
) -> dict[str, Any]:
    from planner.analysis.ratio import as_dict
    from planner.outputs.charts_frontier import frontier
    from planner.outputs.run_folder import writing

    points = asked.frontier(number, keep)
    console.table(
        ("technology>", "goods>", "value USD bn>"),
        [(_number(p.technology), _number(p.goods), f"{p.value_usd_bn:,.2f}") for p in points],
    )
    drawn = [(p.technology, p.goods) for p in points if math.isfinite(p.technology + p.goods)]
    best = (asked.best.technology, asked.best.goods)
    target = out.expanduser()
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        picture = frontier(drawn, best if math.isfinite(sum(best)) else None)
        target.write_text(picture, encoding="utf-8")
    console.say(f"picture: {target}")
    return {"frontier": [as_dict(p) for p in points], "picture": str(target)}


def _prices(console: Console, asked: Ratios, step: float, steps: int) -> dict[str, Any]:
    from planner.analysis.ratio import as_dict

    found = {aim: asked.prices(aim, step, steps) for aim in AIMS}
    rows = [
        (aim, _number(p.floor), f"{p.cost_usd_bn:,.3f}", f"{p.step_usd_bn:,.3f}")
        for aim, prices in found.items()
        for p in prices
    ]
    console.table(("ratio", "floor>", "cost USD bn>", f"cost of the last {step:g}>"), rows)
    noise = asked.settings.gap * abs(asked.best.value_usd_bn)
    console.say(f"costs below {noise:,.2f} USD bn are within the gap of {asked.settings.gap:.2%}")
    return {
        "within_gap_usd_bn": noise,
        **{aim: [as_dict(p) for p in prices] for aim, prices in found.items()},
    }


VERBS = {"ratios": ratios}
