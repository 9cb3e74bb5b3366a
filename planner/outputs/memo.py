"""The decision memo: what a reader needs of a plan on a few pages of paper, as plain content.

Question, answer, map, money, risks, what would change it, weak numbers, method, sources; `pdf` lays
it out. Every figure is the report's own, so page and paper cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats, frames, money, report, report_text
from planner.outputs.charts import Step

WORST, WEAKEST, SOURCES = 6, 12, 18
"""Rows shown: the worst futures, the weakest numbers, the sources cited most."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A small table: headings, cells as printed, which columns are numbers."""

    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Memo:
    """A plan on a few pages. reasons: heading and text by country."""

    title: str
    question: str
    answer: str
    worth: str
    figures: tuple[tuple[str, str, str], ...]
    steps: tuple[Step, ...]
    openings: Rows
    reasons: tuple[tuple[str, str], ...]
    risks: Rows
    weak: Rows
    method: tuple[str, ...]
    sources: tuple[tuple[str, str, str], ...]
    digest: str


def memo(plan: Plan, case: Case) -> Memo:
    """Content of the memo. Raises VerificationError when the plan's money does not add up."""
    what, worth = report_text.decision(plan, case)
    return Memo(
        title=plan.title or plan.scenario,
        question=case.scenario.question or "Where, when and how big should the firm build?",
        answer=what,
        worth=worth,
        figures=tuple((t["name"], t["value"], t["unit"]) for t in report_text.tiles(plan)),
        steps=tuple(money.steps(money.money(plan, case))),
        openings=_openings(plan, case),
        reasons=tuple((str(r["headline"]), str(r["text"])) for r in report_text.reasons(plan)),
        risks=_risks(plan),
        weak=_weak(plan),
        method=_method(plan),
        sources=_sources(plan, case),
        digest=plan.digest,
    )


def _openings(plan: Plan, case: Case) -> Rows:
    """Everything begun, by country and date: fabs, then centres."""
    countries = case.ids("countries")
    made: list[tuple[tuple[Any, ...], tuple[str, ...]]] = []
    for r in frames.records(plan.table("modules")):
        size = f"{r['product']} +{formats.number(r['kwpm'], 0)} kwpm"
        dates = formats.year(r["begun_year"]), formats.year(r["service_year"])
        cost = formats.number(r["capex_usd_bn"], 1)
        made.append((_place(countries, r, 0), (*_where(case, r), size, *dates, cost)))
    for r in frames.records(plan.table("research")):
        dates = formats.year(r["begun_year"]), formats.year(r["open_year"])
        row = (*_where(case, r), str(r["centre_name"]), *dates, "")
        made.append((_place(countries, r, 1), row))
    heads = ("Country", "Site", "What", "Begun", "Serves", "USD bn")
    return Rows(heads, tuple(row for _, row in sorted(made)), (3, 4, 5))


def _place(countries: Sequence[str], row: Mapping[str, Any], kind: int) -> tuple[Any, ...]:
    known = countries.index(row["country"]) if row["country"] in countries else len(countries)
    return known, kind, float(row["begun_year"]), str(row["name"])


def _where(case: Case, row: Mapping[str, Any]) -> tuple[str, str]:
    return case.name("countries", str(row["country"])), str(row["name"])


def _risks(plan: Plan) -> Rows:
    """The futures that cost the plan most."""
    frame = plan.table("risk")
    if frame.empty:
        return Rows((), ())
    worst = frame.sort_values(["difference_usd_bn", "name"], kind="stable").head(WORST)
    cells = tuple(
        (
            str(r["name"]),
            formats.number(r["probability_pct"], 1),
            formats.number(r["npv_usd_bn"], 1),
            formats.signed(r["difference_usd_bn"], 1),
            "yes" if r["in_tail"] else "",
        )
        for r in frames.records(worst)
    )
    heads = ("Future", "Chance %", "Value USD bn", "Against expected", "In the tail")
    return Rows(heads, cells, (1, 2, 3))


def _weak(plan: Plan) -> Rows:
    frame = plan.table("weak_facts").head(WEAKEST)
    cells = tuple(
        (
            str(r["entity"]).replace("|", ", "),
            str(r["parameter"]).replace("_", " "),
            f"{float(r['value']):,.6g} {r['unit']}",
            str(r["grade"]),
            formats.number(r["weight_usd_bn"], 1),
        )
        for r in frames.records(frame)
    )
    return Rows(("Of what", "Number", "Value", "Grade", "USD bn on it"), cells, (4,))


def _method(plan: Plan) -> tuple[str, ...]:
    info = plan.info
    proof = (
        f"Status {info.status}; objective USD {info.objective:,.2f} bn; proven bound USD "
        f"{info.bound:,.2f} bn; gap {100 * info.gap:.3f} %. The bound is what the solver proved no "
        "plan can exceed on these inputs."
    )
    size = ", ".join(f"{v:,} {k}" for k, v in sorted(info.size.items()))
    tools = ", ".join(f"{k} {v}" for k, v in sorted(info.versions.items()))
    return (
        "A mixed-integer linear programme chooses sites, classes, sizes, dates and research "
        "centres so that risk-adjusted net present value is largest: expected value less a charge "
        "for the worst futures (conditional value at risk). Operations adapt to each future; "
        "what is built does not.",
        proof,
        "Every line of money and every rule was recomputed from the decisions and the data, "
        "without the solver, before this was printed.",
        f"Programme: {size}. Tools: {tools}.",
    )


def _sources(plan: Plan, case: Case) -> tuple[tuple[str, str, str], ...]:
    """Grade, title and address of the sources most numbers cite."""
    listed = sorted(report.sources(plan, case), key=lambda s: (-int(s["count"]), s["id"]))
    return tuple((s["grade"], s["title"], s["url"]) for s in listed[:SOURCES])
