"""The report: one plan as one self-contained HTML file.

What to do and why, where, when, for how much money, how sure, and on which evidence it rests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import (
    charts,
    charts_people,
    charts_time,
    formats,
    labels,
    money,
    page,
    report_text,
)
from planner.outputs.answers import Answer, sections
from planner.outputs.map_data import atlas
from planner.outputs.palette import product_colour
from planner.outputs.report_cards import card_tables
from planner.outputs.report_tables import plan_tables, weak_table

HALF, NARROW, FULL = 640.0, 356.0, 1240.0
"""Widths charts are drawn for [px]."""
SCRIPTS = ("page.js", "map_view.js", "map_names.js", "map.js", "ask.js")
COUNTRY_COLOURS = ("#1f4e79", "#2a9d8f", "#e0a030", "#b5533c", "#7a6aa8", "#5b6675")


def write_report(
    plan: Plan, case: Case, path: Path, data_root: Path, answers: Sequence[Answer] = ()
) -> None:
    """Write the report of a plan. Raises VerificationError when its money does not add up."""
    page.write(path, report_html(plan, case, data_root, answers))


def report_html(plan: Plan, case: Case, data_root: Path, answers: Sequence[Answer] = ()) -> str:
    """The report as text; answers to questions about the plan get a section each."""
    found = money.money(plan, case)
    what, worth = report_text.decision(plan, case)
    chart = atlas([(plan, case)], data_root)
    context = {
        "title": plan.title or plan.scenario,
        "question": case.scenario.question,
        "what": what,
        "worth": worth,
        "tiles": report_text.tiles(plan),
        "atlas": chart,
        "layer": case.scenario.map_layer,
        "script": chart["script"],
        "reasons": report_text.reasons(plan),
        "group_names": labels.GROUPS,
        "charts": _charts(plan, case, found),
        "tables": [*plan_tables(plan, case), *card_tables(plan, case)],
        "weak": weak_table(plan, case),
        "proof": _proof(plan),
        "sources": sources(plan, case),
        "answers": sections(answers, case, data_root),
        "plan": plan,
    }
    return page.render("report.html.j2", context, SCRIPTS)


def _charts(plan: Plan, case: Case, found: money.Money) -> dict[str, Markup]:
    """Every chart twice: for wide and for narrow screens."""
    bars = money.steps(found)
    periods = money.by_period(plan.cash)
    groups = {g: f"var(--{g})" for g in labels.GROUPS}
    spans = timeline_spans(plan, case)
    horizon = case.scenario.horizon
    years = horizon.start, horizon.start + horizon.periods * horizon.years_per_period
    by_class, class_colours = _capacity(plan, case, "product")
    by_country, country_colours = _capacity(plan, case, "country")
    sold, market_colours = charts_people.sales(plan, case)
    strained = charts_people.strains(plan, case)
    return {
        "sales": both(
            *(
                charts_time.stacked_capacity(sold, market_colours, w, "USD bn a year", "Sales")
                for w in (HALF, NARROW)
            )
        ),
        "sales_key": _key(market_colours),
        "talent": both(*(charts_people.strain_grid(strained, w) for w in (HALF, NARROW))),
        "waterfall": both(charts.waterfall(bars, HALF), charts.waterfall(bars, NARROW)),
        "periods": both(
            charts.period_bars(periods, groups, HALF), charts.period_bars(periods, groups, NARROW)
        ),
        "timeline": both(
            charts_time.timeline(spans, years, FULL), charts_time.timeline(spans, years, NARROW)
        ),
        "classes": both(
            charts_time.stacked_capacity(by_class, class_colours, HALF),
            charts_time.stacked_capacity(by_class, class_colours, NARROW),
        ),
        "countries": both(
            charts_time.stacked_capacity(by_country, country_colours, HALF),
            charts_time.stacked_capacity(by_country, country_colours, NARROW),
        ),
        "country_key": _key(country_colours),
        "class_key": _key(class_colours),
    }


def both(wide: str, narrow: str) -> Markup:
    """A chart for both screens; the style sheet shows one."""
    return page.drawn(f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>')


def _key(colours: Mapping[str, str]) -> Markup:
    dots = (
        Markup('<span><i style="background:{}"></i>{}</span>').format(c, n)
        for n, c in colours.items()
    )
    return Markup("").join(dots)


def _capacity(
    plan: Plan, case: Case, by: str
) -> tuple[dict[str, dict[int, float]], dict[str, str]]:
    """Capacity by period and class or country, with a colour for each."""
    frame = plan.table("capacity")
    if frame.empty:
        return {}, {}
    sums = frame.groupby([by, "year"])["kwpm"].sum()
    register = "products" if by == "product" else "countries"
    known = [k for k in case.ids(register) if k in set(frame[by])]
    listed = known + sorted(set(frame[by]) - set(known))
    names = {k: k if by == "product" else case.name(register, k) for k in listed}
    years = sorted({int(y) for y in frame["year"]})
    series = {names[k]: {t: float(sums.get((k, t), 0.0)) for t in years} for k in listed}
    colours = {
        names[k]: product_colour(k)
        if by == "product"
        else COUNTRY_COLOURS[n % len(COUNTRY_COLOURS)]
        for n, k in enumerate(listed)
    }
    return series, colours


def timeline_spans(plan: Plan, case: Case) -> list[charts_time.Span]:
    """Bars of the timeline: fabs and centres by country and site."""
    rows: list[tuple[Any, charts_time.Span]] = []
    for r in plan.table("modules").to_dict("records"):
        label = f"{r['product']} +{formats.number(r['kwpm'], 0)} kwpm"
        rows.append((_order(case, r), _bar(case, r, label, str(r["product"]))))
    for r in plan.table("research").to_dict("records"):
        record = {**r, "service_year": r["open_year"]}
        times = f" ×{r['levels']}" if r.get("levels", 1) > 1 else ""
        rows.append((_order(case, r), _bar(case, record, f"{r['centre_name']}{times}", "")))
    return [span for _, span in sorted(rows, key=lambda pair: pair[0])]


def _order(case: Case, row: Mapping[Any, Any]) -> tuple[int, str, float, str]:
    countries = case.ids("countries")
    place = countries.index(row["country"]) if row["country"] in countries else len(countries)
    return place, str(row["site"]), float(row["begun_year"]), str(row.get("product", "~"))


def _bar(case: Case, row: Mapping[Any, Any], label: str, product: str) -> charts_time.Span:
    dates = f"begun {formats.year(row['begun_year'])}, serves {formats.year(row['service_year'])}"
    return charts_time.Span(
        head=case.name("countries", str(row["country"])),
        row=str(row["name"]),
        label=label,
        begun=float(row["begun_year"]),
        service=float(row["service_year"]),
        colour=product_colour(product) if product else "#5b6675",
        kind="fab" if product else "centre",
        tip=f"{row['name']}: {label}, {dates}",
    )


def _proof(plan: Plan) -> list[tuple[str, str]]:
    """What the solver proved and with what."""
    info = plan.info
    rows = [
        ("Status", f"{info.status}{f', stopped by {info.stopped_by}' if info.stopped_by else ''}"),
        ("Objective", f"USD {info.objective:,.6f} bn".replace("-", formats.MINUS)),
        ("Proven bound", f"USD {info.bound:,.6f} bn".replace("-", formats.MINUS)),
        ("Gap", f"{100 * info.gap:.4f} %"),
    ]
    if info.root_gap is not None:
        rows.append(("Gap of the relaxation", f"{100 * info.root_gap:.2f} %"))
    rows += [(f"Seconds, {k}", f"{v:,.1f}") for k, v in sorted(info.seconds.items())]
    rows += [(f"Size, {k}", f"{v:,}") for k, v in sorted(info.size.items())]
    rows += [(f"Version, {k}", v) for k, v in sorted(info.versions.items())]
    return [*rows, ("Digest of all inputs (SHA-256)", plan.digest)]


def sources(plan: Plan, case: Case) -> list[dict[str, str]]:
    """Sources the case's numbers cite, with how many do; only web addresses are kept."""
    cited = pd.Series([s for f in case.facts for s in f.sources], dtype=str).value_counts()
    places = case.registers.get("sites", {})
    used = set(cited.index) | {r.get("source", "") for r in places.values()}
    weak = plan.table("weak_facts")
    if "source" in weak.columns:
        used |= {part.strip() for cell in weak["source"] for part in cell.split(";")}
    rows = []
    for name in sorted(used & set(case.sources)):
        record = case.sources[name]
        row = {k: record.get(k, "") for k in ("title", "publisher", "grade", "accessed")}
        link = page.safe_link(record.get("url", ""))
        rows.append({"id": name, **row, "url": link, "count": str(cited.get(name, 0))})
    return rows
