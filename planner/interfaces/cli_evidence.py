"""The verb `evidence`: what the numbers rest on, which look doubtful, whom a change would move."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.interfaces.cli_common import Json, Quiet
from planner.interfaces.console import Console, error_line

if TYPE_CHECKING:
    from planner.core.case import Case
    from planner.core.plan import Plan

SOME = "base,cost-first,risk-averse,tariff-escalation"


def evidence(
    subject: Annotated[
        str, typer.Argument(metavar="SCENARIO|RUN", help="Scenario or run folder to look into.")
    ] = "base",
    weak: Annotated[
        bool, typer.Option("--weak", help="List the estimates (grade D) instead of counts.")
    ] = False,
    grades: Annotated[
        bool, typer.Option("--grades", help="Shares of grades among the numbers the rules read.")
    ] = False,
    doubtful: Annotated[
        bool, typer.Option("--check", help="List stale, outlying, unsourced, inconsistent values.")
    ] = False,
    effect: Annotated[
        str,
        typer.Option(
            metavar="FACT=VALUE",
            help="Whose plans a changed number changes, e.g. "
            "'facts.programme.jp_5g_nedo.budget_usd_bn=*2'.",
        ),
    ] = "",
    bearing: Annotated[
        bool,
        typer.Option("--bearing", help="What a tenth of every number does to a run's lead."),
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Processes for --bearing.")] = 2,
    scenarios: Annotated[str, typer.Option(metavar="A,B,…", help="Scenarios for --effect.")] = SOME,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show what the numbers rest on, by grade."""
    from planner import api
    from planner.api import truth

    console = Console(as_json, quiet)
    say = error_line if console.talks else None
    if effect:
        names = [name.strip() for name in scenarios.split(",") if name.strip()]
        _show_effect(console, truth.effect(effect, names, say))
        return
    plan: Plan | None = None
    if Path(subject).is_dir():
        plan, case = api.load_run(subject)
    else:
        case = api.load(subject)
    if bearing:
        _show_bearing(console, truth.bearing(subject, workers, say))
    elif grades:
        _show_grades(console, case, plan)
    elif doubtful:
        _show_doubts(console, case)
    else:
        _show_counts(console, dict(api.evidence(case, plan)), weak)


def _show_counts(console: Console, found: dict[str, Any], weak: bool) -> None:
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


def _show_grades(console: Console, case: Case, plan: Plan | None) -> None:
    from planner.analysis.evidence import grades

    found = grades(case, plan)
    console.table(
        ("table", "A>", "B>", "C>", "D>", "A or B %>"),
        [
            (t["table"], *(t[g] for g in "ABCD"), f"{t['good_pct']:.0f}")
            for t in [*found["tables"], {"table": "all", **found["total"], **found}]
        ],
    )
    bare = len(found["weak_without_range"])
    console.say(
        f"{found['good_pct']:.1f} % of {found['numbers']:,} numbers the rules read are graded A or "
        f"B; {bare} own estimates{'' if plan is None else ' that money leans on'} have no range"
    )
    console.result(found)


def _show_bearing(console: Console, found: dict[str, Any]) -> None:
    rivals = [r["name"] for r in found["rivals"]]
    console.table(
        ("number", "value", "grade", "its range, USD bn>", "a tenth, USD bn>", "of the lead over"),
        [
            (
                f"{r['table']}.{r['parameter']} of {r['entity']}",
                f"{r['value']:g} {r['unit']}",
                r["grade"],
                f"{r['range_usd_bn']:,.2f}",
                f"{r['lead_usd_bn']:,.2f}",
                rivals[r["rival"]] if r["rival"] is not None else "",
            )
            for r in found["rows"]
            if r["decides"]
        ],
    )
    console.say(found["text"])
    console.result(found)


def _show_doubts(console: Console, case: Case) -> None:
    from planner.analysis.evidence import doubts

    found = doubts(case, datetime.datetime.now(tz=datetime.UTC).date())
    console.table(
        ("kind", "where", "value of", "doubt"),
        [
            (d["kind"], d["where"], f"{d['table']}.{d['parameter']} of {d['entity']}", d["text"])
            for d in found
        ],
    )
    console.say(f"{len(found)} doubts in {len(case.facts):,} facts; none keeps a plan from solving")
    console.result(found)


def _show_effect(console: Console, found: dict[str, Any]) -> None:
    console.table(
        ("scenario", "value>", "with the change>", "plan", "sites that come", "sites that go"),
        [
            (
                r["scenario"], f"{r['value_usd_bn']:,.2f}", f"{r['new_value_usd_bn']:,.2f}",
                "changes" if r["sure"] else "the same" if r["same"] else "level within the gap",
                ", ".join(r["come"]), ", ".join(r["gone"]),
            )
            for r in found["scenarios"]
        ],
    )  # fmt: skip
    console.say(found["text"])
    console.result(found)


VERBS = {"evidence": evidence}
