"""Comparison of two to six plans: a page, a CSV, a workbook and a map of differences.

The first plan is the one the others are held against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import (
    book,
    charts,
    compare_data,
    compare_files,
    formats,
    labels,
    maps,
    money,
    page,
)
from planner.outputs.compare_data import KINDS, CashLine, Run
from planner.outputs.map_data import atlas, short_name
from planner.outputs.report import HALF, NARROW, both
from planner.outputs.report_tables import Cell, Heading, TableView

FEWEST, MOST = 2, 6
SCRIPTS = ("page.js", "map_view.js", "map_names.js", "map.js", "compare.js", "ask.js")
SIGNS = {"opened": "+", "dropped": "\u00d7", "moved": "\u2192", "resized": "\u2195", "changed": "~"}


def compare_plans(runs: Sequence[tuple[Plan, Case]], out: Path, data_root: Path) -> None:
    """Write compare.html, compare.csv, compare.xlsx and diff_map.png into a folder.

    Raises ValueError when there are fewer than 2 or more than 6 runs, VerificationError when the
    cash of two plans does not explain the change of the expected value.
    """
    if not FEWEST <= len(runs) <= MOST:
        msg = f"compare {FEWEST} to {MOST} runs, not {len(runs)}"
        raise ValueError(msg)
    out.mkdir(parents=True, exist_ok=True)
    page.write(out / "compare.html", compare_html(runs, data_root))
    sheets = compare_files.grids(runs)
    (out / "compare.csv").write_bytes(compare_files.csv_text(sheets).encode())
    (out / "compare.xlsx").write_bytes(book.workbook_bytes(sheets))
    figure = maps.draw_difference_map(runs[0][0], runs[1][0], data_root)
    maps.save_map(figure, out / "diff_map.png")


def compare_html(runs: Sequence[Run], data_root: Path) -> str:
    """The comparison page as text."""
    heads = compare_data.names(runs)
    chart = atlas(runs, data_root)
    others = [
        _other(runs[0], run, (heads[0], head), chart)
        for run, head in zip(runs[1:], heads[1:], strict=True)
    ]
    context = {
        "title": f"Comparison: {' / '.join(heads)}",
        "heads": heads,
        "atlas": chart,
        "layer": "",
        "script": chart["script"],
        "others": others,
        "runs": _run_table(runs, heads),
        "measures": _measure_table(runs, heads),
        "kinds": KINDS,
        "signs": SIGNS,
    }
    return page.render("compare.html.j2", context, SCRIPTS)


def _other(
    first: Run, other: Run, heads: tuple[str, str], chart: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything the page says about one run against the first."""
    lines = compare_data.cash_lines(first, other)
    sites = compare_data.site_differences(first[0], other[0]).to_dict("records")
    return {
        "name": heads[1],
        "summary": _summary(lines, sites, heads),
        "waterfall": _waterfall(first, other, heads),
        "cash": _cash_table(lines, first[1]),
        "sites": _site_table(sites, first[1], heads),
        "marks": {p["panel"].id: _marks(sites, p["panel"]) for p in chart["panels"]},
        "counts": {k: sum(s["kind"] == k for s in sites) for k in KINDS},
    }


def _summary(lines: Sequence[CashLine], sites: Sequence[Mapping[Any, Any]], heads: Any) -> str:
    total = sum(x.change for x in lines)
    more = "more" if total >= 0 else "less"
    text = f"Worth USD {formats.number(abs(total))} bn {more} than {heads[0]}"
    if lines:
        top = [(f"{labels.item(x.item)} {x.country}", formats.signed(x.change, 2)) for x in lines]
        text += f"; largest lines: {formats.listing(' '.join(t) for t in top[:3])}"
    for kind in ("opened", "dropped", "moved", "resized", "changed"):
        found = [short_name(str(s["name"])) for s in sites if s["kind"] == kind]
        if found:
            text += f"; {KINDS[kind]}: {formats.listing(found)}"
    return text + "."


def _waterfall(first: Run, other: Run, heads: tuple[str, str]) -> Any:
    one, two = money.money(*first), money.money(*other)
    bars = [charts.Step(labels.GROUPS[g], two.groups[g] - one.groups[g], g) for g in labels.GROUPS]
    note = f"{formats.number(one.value)} to {formats.number(two.value)}: {heads[0]} to {heads[1]}"
    bars.append(charts.Step("Change", two.value - one.value, "total", total=True, note=note))
    return both(charts.waterfall(bars, HALF), charts.waterfall(bars, NARROW))


def _cash_table(lines: Sequence[CashLine], case: Case) -> TableView:
    """Every line that differs, largest first, with their sum."""

    def amount(value: float, sign: bool = False) -> Cell:
        return Cell(formats.signed(value, 3) if sign else formats.number(value, 3), number=True)

    rows = tuple(
        (
            Cell(labels.item(x.item)),
            Cell(case.name("countries", x.country) if x.country else formats.NOTHING),
            Cell(labels.GROUPS.get(x.group, x.group)),
            amount(x.first),
            amount(x.other),
            amount(x.change, sign=True),
        )
        for x in lines
    )
    total = sum(x.change for x in lines)
    blank = tuple(Cell("") for _ in range(4))
    foot = (Cell("Change of the expected value"), *blank, amount(total, sign=True))
    heads = [("Line", ""), ("Country", ""), ("Group", ""), ("First", "USD bn"), ("Other", "USD bn")]
    headings = tuple(Heading(n, u, bool(u)) for n, u in (*heads, ("Change", "USD bn")))
    intro = "Expected present value by line and country, the largest change first."
    return TableView("cash", "What explains the change in value", intro, headings, rows, foot)


def _site_table(
    sites: Sequence[Mapping[Any, Any]], case: Case, heads: tuple[str, str]
) -> TableView:
    rows = tuple(
        (
            Cell(f"{SIGNS.get(s['kind'], '=')} {KINDS[s['kind']]}"),
            Cell(str(s["name"])),
            Cell(case.name("countries", str(s["country"]))),
            Cell(str(s["first"])),
            Cell(str(s["other"])),
            Cell(formats.signed(s["new_kwpm_other"] - s["new_kwpm_first"], 0), number=True),
        )
        for s in sites
    )
    marks = {n: f"x-{s['kind']}" for n, s in enumerate(sites)}
    texts = [("Difference", ""), ("Site", ""), ("Country", ""), (heads[0], ""), (heads[1], "")]
    headings = tuple(Heading(n, u, bool(u)) for n, u in (*texts, ("Change", "kwpm")))
    intro = "Sites where either plan begins something: classes, new capacity, year begun."
    return TableView("sites", "Sites that differ", intro, headings, rows, (), marks)


def _marks(sites: Sequence[Mapping[Any, Any]], panel: Any) -> list[dict[str, Any]]:
    """Markers of the difference map on one panel; sites that stay the same come first."""
    found = []
    for s in sorted(sites, key=lambda s: (s["kind"] != "same", str(s["id"]))):
        if s["country"] != panel.id:
            continue
        x, y = panel.frame.place(float(s["lon"]), float(s["lat"]))
        record = {k: s[k] for k in ("id", "name", "kind", "first", "other")}
        label = short_name(str(s["name"])) if s["kind"] != "same" else ""
        found.append({**record, "x": x, "y": y, "label": label})
    return found


def _run_table(runs: Sequence[Run], heads: Sequence[str]) -> TableView:
    rows = tuple(
        (
            Cell(head),
            Cell(plan.info.status),
            Cell(formats.number(plan.info.objective, 3), number=True),
            Cell(formats.number(plan.info.bound, 3), number=True),
            Cell(formats.number(100 * plan.info.gap, 3), number=True),
            Cell(formats.number(plan.info.seconds.get("solve"), 1), number=True),
            Cell(plan.digest[:16]),
        )
        for head, (plan, _) in zip(heads, runs, strict=True)
    )
    names = [("Run", ""), ("Status", ""), ("Objective", "USD bn"), ("Proven bound", "USD bn")]
    names += [("Gap", "%"), ("Search", "s"), ("Digest", "")]
    headings = tuple(Heading(n, u, bool(u)) for n, u in names)
    return TableView("runs", "Runs", "What the solver proved of each.", headings, rows)


def _measure_table(runs: Sequence[Run], heads: Sequence[str]) -> TableView:
    rows = []
    for r in compare_data.measures(runs).to_dict("records"):
        if sum(formats.finite(r[str(n)]) is not None for n in range(len(runs))) < FEWEST:
            continue  # nothing to hold it against
        first, digits = r["0"], int(r["digits"])
        cells = [Cell(str(r["label"])), Cell(str(r["unit"]))]
        cells.append(Cell(formats.number(first, digits), number=True))
        for n in range(1, len(runs)):
            value = r[str(n)]
            known = formats.finite(first) is not None and formats.finite(value) is not None
            cells.append(Cell(formats.number(value, digits), number=True))
            change = formats.signed(value - first, digits) if known else formats.NOTHING
            cells.append(Cell(change, number=True))
        rows.append(tuple(cells))
    headings = [Heading("Measure", "", False), Heading("Unit", "", False)]
    headings.append(Heading(heads[0], "", True))
    for head in heads[1:]:
        headings += [Heading(head, "", True), Heading("change", "against the first", True)]
    intro = "Key figures side by side."
    return TableView("measures", "Measures", intro, tuple(headings), tuple(rows))
