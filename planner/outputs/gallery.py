"""Gallery: many solved plans on one page, each with its question, a small map and its answer.

Coasts and borders are drawn once and reused by every card, so the page stays small.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats, page
from planner.outputs.map_data import atlas

Solved = tuple[Path, Plan, Case]
"""Run folder with the plan and case it holds."""
MARK_SCALE = 1 / 250
"""Markers of a small map against those of the report, per unit of panel height."""

MOST_NAMES = 6
"""Sites of a country a card names."""


@dataclass(frozen=True, slots=True)
class Card:
    """One plan in words. facts: (name, value with unit); link: address of its report."""

    title: str
    question: str
    answer: str
    facts: tuple[tuple[str, str], ...]
    link: str


def write_gallery(
    runs: Sequence[Solved], path: Path, data_root: Path, failed: Mapping[str, str] | None = None
) -> None:
    """Write the page. failed: scenario -> why it has no plan."""
    page.write(path, gallery_html(runs, path.parent, data_root, failed or {}))


def gallery_html(
    runs: Sequence[Solved], folder: Path, data_root: Path, failed: Mapping[str, str]
) -> str:
    """The page as text; links are relative to the folder the page will lie in."""
    chart = atlas([(plan, case) for _, plan, case in runs], data_root) if runs else {}
    context: dict[str, Any] = {
        "title": "Gallery of plans",
        "cards": [card(run, folder) for run in runs],
        "atlas": chart,
        "scale": MARK_SCALE,
        "failed": sorted(failed.items()),
        "script": {},
    }
    return page.render("gallery.html.j2", context, ())


def card(run: Solved, folder: Path) -> Card:
    """What a card says of a run."""
    where, plan, case = run
    return Card(
        title=plan.title or plan.scenario,
        question=case.scenario.question,
        answer=answer(plan, case),
        facts=_facts(plan),
        link=link(where / "report.html", folder),
    )


def answer(plan: Plan, case: Case) -> str:
    """Sites abroad that get a new fab, by country: `Japan 2 (Kumamoto and Chitose)`."""
    modules = plan.table("modules")
    found: dict[str, dict[str, str]] = {}
    for row in modules.to_dict("records"):
        found.setdefault(str(row["country"]), {})[str(row["site"])] = str(row["name"])
    hosts = [
        c
        for c in [*case.ids("countries"), *sorted(set(found) - set(case.ids("countries")))]
        if c in found and not _is_home(case, c)
    ]
    words = [
        f"{case.name('countries', c)} {len(found[c])} ({_named(found[c].values())})" for c in hosts
    ]
    return f"New fabs abroad: {'; '.join(words)}" if words else "No new fab abroad"


def _is_home(case: Case, country: str) -> bool:
    known = country in case.ids("countries")
    return known and case.text("countries", country, "role") == "home"


def _named(sites: Iterable[str]) -> str:
    """Names of sites without their region; many are counted."""
    return formats.listing((name.split(" (")[0].split(",")[0] for name in sites), MOST_NAMES)


def _facts(plan: Plan) -> tuple[tuple[str, str], ...]:
    value = formats.brief(plan.measures.get("npv_usd_bn"))
    aid = formats.brief(plan.measures.get("grants_usd_bn"))
    abroad = formats.number(plan.measures.get("kwpm_new_overseas"), 0)
    return (
        ("Net present value", f"{value} USD bn"),
        ("Gap", formats.percent(100 * plan.info.gap, 2)),
        ("Subsidy taken", f"{aid} USD bn"),
        ("New abroad", f"{abroad} kwpm"),
    )


def link(target: Path, folder: Path) -> str:
    """Address of a file as seen from a folder; empty when there is no such file."""
    if not target.is_file():
        return ""
    try:
        near = Path(os.path.relpath(target.resolve(), folder.resolve()))
    except ValueError:  # another drive has no relative path
        return target.resolve().as_uri()
    return quote(f"./{near.as_posix()}")
