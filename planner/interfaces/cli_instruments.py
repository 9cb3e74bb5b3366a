"""The verb `instruments`: what the same public money moves as grant, credit, loan and more."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet, ScenarioArg, Sets
from planner.interfaces.console import Console

if TYPE_CHECKING:
    from planner.analysis.instruments import Answer

HEADER = (
    "instrument", "spent USD bn>", "other aid>", "host kwpm>", "moved kwpm>", "jobs thousand>",
    "firm USD bn>", "USD mn a kwpm>",
)  # fmt: skip


def instruments(
    scenario: ScenarioArg,
    host: Annotated[str, typer.Option(metavar="COUNTRY", help="Host country, e.g. JP.")],
    spend: Annotated[
        float, typer.Option(metavar="USD_BN", min=0, help="Public money for each instrument.")
    ],
    kinds: Annotated[
        str,
        typer.Option("--instruments", help="Any of grant,tax_credit,loan,training,cluster."),
    ] = "grant,tax_credit,loan,training,cluster",
    rate: Annotated[
        float, typer.Option(min=0, max=100, help="Share of outlay a grant or credit pays [%].")
    ] = 35.0,
    set_values: Sets = None,
    gap: Annotated[
        float | None, typer.Option(min=0, max=1, help="Stop at this relative gap, e.g. 0.001.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(metavar="S", min=0.001, help="Longest search of each case.")
    ] = None,
    threads: Annotated[int | None, typer.Option(metavar="N", min=0, help="Threads.")] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write the table as CSV.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Compare instruments of the same fiscal cost.

    Each is added to the scenario and the case solved again; first what moves most capacity.
    """
    from planner import api
    from planner.analysis.instrument_cases import Terms
    from planner.analysis.instruments import compare_instruments

    console = Console(as_json, quiet)
    case = api.load(scenario, set_values or [])
    asked = {"gap": gap, "time_limit": time_limit, "threads": threads}
    answers = compare_instruments(
        case,
        host,
        spend,
        kinds=tuple(part.strip() for part in kinds.split(",") if part.strip()),
        terms=Terms(rate_pct=rate),
        settings={name: value for name, value in asked.items() if value is not None},
        told=lambda name: console.say(f"solving: {'no instrument' if name == 'none' else name}"),
    )
    _show(console, answers, f"{case.scenario.label}: USD {spend:g} bn in {host}")
    rows = [answer.as_dict() for answer in answers]
    if out is not None:
        _write(out.expanduser(), rows)
        console.say(str(out))
    console.result(
        {"scenario": case.scenario.name, "host": host, "spend_usd_bn": spend, "answers": rows}
    )


def _show(console: Console, answers: list[Answer], title: str) -> None:
    console.say(title)
    console.table(HEADER, (_cells(a) for a in answers))
    worst = max((a.tolerance_usd_bn for a in answers), default=0.0)
    console.say(
        f"The searches stopped with up to USD {worst:,.2f} bn open; plans worth that much more may "
        "exist. Ask for a smaller --gap to close it."
    )


def _cells(a: Answer) -> tuple[str, ...]:
    price = "nothing moved" if a.usd_mn_per_kwpm is None else f"{a.usd_mn_per_kwpm:,.0f}"
    figures = (a.spent_usd_bn, a.other_aid_usd_bn, a.host_kwpm, a.moved_kwpm)
    more = (a.moved_jobs_thousand, a.value_usd_bn)
    return (a.instrument, *(f"{x:,.2f}" for x in (*figures, *more)), price)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    from planner.outputs.run_folder import writing

    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(rows[0]) if rows else ["instrument"])
            table.writeheader()
            table.writerows(rows)


VERBS = {"instruments": instruments}
