"""The planner's figure beside each published one: within its range or not, and why, by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planner.analysis.calibration import HOME, SITES, Fab, dilution_pp
from planner.core.case import Case
from planner.core.plan import Plan
from planner.inputs.published import Published

Fabs = Mapping[tuple[str, str], Fab]
MOST_LINES = 4
MONTHS, BOOK_YEARS = 12, 5.0
NAMES = {
    "tco_index": "Ten-year cost, aid counted (US = 100)",
    "tco_index_bare": "Ten-year cost before aid (US = 100)",
    "incentive_share_pct": "Part of the cost gap to the US that is aid",
    "wafer_premium_pct": "A wafer made there against Taiwan",
    "equipment_share_pct": "Equipment in the cost of a wafer",
    "labour_share_pct": "People in the cost of a wafer",
    "build_months": "From start to first wafers",
    "margin_dilution_early_pp": "Gross margin lost to fabs abroad, early",
    "margin_dilution_later_pp": "Gross margin lost to fabs abroad, later",
}


def rows(
    published: Sequence[Published], case: Case, fabs: Fabs, plan: Plan
) -> list[dict[str, Any]]:
    """One row per published figure."""
    found = []
    for figure in published:
        ours = _ours(figure, case, fabs, plan)
        within = figure.low - 1e-9 <= ours <= figure.high + 1e-9
        found.append(
            {
                "id": figure.id,
                "measure": figure.measure,
                "name": NAMES[figure.measure],
                "country": figure.country,
                "product": figure.product,
                "planner": ours,
                "published": figure.value,
                "low": figure.low,
                "high": figure.high,
                "unit": figure.unit,
                "within": within,
                "why": "" if within else _why(figure, case, fabs, ours),
                "year": figure.year,
                "source": figure.source,
                "grade": figure.grade,
                "note": figure.note,
            }
        )
    return found


def indices(case: Case, fabs: Fabs) -> list[dict[str, Any]]:
    """The planner's own ten-year costs by country and class; no published figure needed."""
    return [
        {
            "country": country,
            "name": case.name("countries", country),
            "product": product,
            "bare_usd_bn": fab.bare_usd_bn,
            "aid_usd_bn": fab.aid_usd_bn,
            "tco_usd_bn": fab.tco_usd_bn,
            "index_bare": 100 * fab.bare_usd_bn / fabs["US", product].bare_usd_bn,
            "index": 100 * fab.tco_usd_bn / fabs["US", product].tco_usd_bn,
            "wafer_usd": fab.wafer_usd,
            "premium_pct": 100 * (fab.wafer_usd / fabs[HOME, product].wafer_usd - 1),
        }
        for (country, product), fab in fabs.items()
    ]


def _ours(figure: Published, case: Case, fabs: Fabs, plan: Plan) -> float:
    k, c = figure.product, figure.country
    if figure.measure == "build_months":
        return MONTHS * case.value("country.lead_greenfield_years", c)
    if figure.measure.startswith("margin_dilution"):
        periods = sorted({int(t) for t in plan.table("flows")["year"]})
        middle = len(periods) // 2
        chosen = periods[1:middle] if "early" in figure.measure else periods[middle:]
        return sum(dilution_pp(plan, fabs, t) for t in chosen) / len(chosen)
    here, us, home = fabs[c, k], fabs["US", k], fabs[HOME, k]
    gap, bare = us.tco_usd_bn - home.tco_usd_bn, us.bare_usd_bn - home.bare_usd_bn
    return {
        "tco_index": 100 * here.tco_usd_bn / us.tco_usd_bn,
        "tco_index_bare": 100 * here.bare_usd_bn / us.bare_usd_bn,
        "incentive_share_pct": 100 * (gap - bare) / gap if gap else 0.0,
        "wafer_premium_pct": 100 * (here.wafer_usd / home.wafer_usd - 1),
        "equipment_share_pct": _share(here, ("costs.equipment",), case),
        "labour_share_pct": _share(here, ("talent.",), case),
    }[figure.measure]


def _share(fab: Fab, items: tuple[str, ...], case: Case, life: float = 0.0) -> float:
    """Part of the cost of a wafer that some lines are, at a life of tools other than ours [%]."""
    life = life or case.value("finance.equipment_life_years", "firm")
    building = case.value("finance.building_life_years", "firm")
    total = mine = 0.0
    for item, amount in fab.lines.items():
        if item in ("aid", "startup"):
            continue
        years = life if item == "costs.equipment" else building if item.startswith("costs.") else 10
        total += amount / years
        mine += amount / years if item.startswith(items) else 0.0
    return 100 * mine / total


def difference(fabs: Fabs, country: str, product: str, base: str) -> list[tuple[str, float]]:
    """Lines by which a fab costs more than elsewhere, largest first [USD bn over ten years]."""
    here, there = fabs[country, product].lines, fabs[base, product].lines
    gaps = {i: here.get(i, 0.0) - there.get(i, 0.0) for i in {*here, *there}}
    return sorted(gaps.items(), key=lambda g: (-abs(g[1]), g[0]))


def _why(figure: Published, case: Case, fabs: Fabs, ours: float) -> str:
    """Why the planner's figure lies outside, in lines of its own cost model."""
    side = "above" if ours > figure.high else "below"
    off = f"{abs(ours - (figure.high if side == 'above' else figure.low)):.3g} {side} the range"
    k = figure.product
    if figure.measure == "build_months":
        return f"{off}: the study counts {figure.note[0].lower()}{figure.note[1:]}"
    if figure.measure.startswith("margin_dilution"):
        return (
            f"{off}: the plan's own mix of places and classes abroad, at equipment lives of "
            f"{case.value('finance.equipment_life_years', 'firm'):g} years where books take 5; the "
            "surcharge on wafers made abroad is not counted"
        )
    base = HOME if figure.country == "US" else "US"
    if figure.measure.endswith("share_pct") and figure.measure != "incentive_share_pct":
        items = ("costs.equipment",) if "equipment" in figure.measure else ("talent.",)
        booked = _share(fabs[figure.country, k], items, case, BOOK_YEARS)
        return (
            f"{off}: tools wear over {case.value('finance.equipment_life_years', 'firm'):g} years "
            f"here, over {BOOK_YEARS:g} in books; by those the figure is {booked:.0f} %"
        )
    lines = difference(fabs, figure.country, k, base)[:MOST_LINES]
    words = ", ".join(f"{case_item(i)} {v:+.2f}" for i, v in lines)
    more = f"{figure.country} against {base}, USD bn over ten years: {words}"
    if figure.measure == "incentive_share_pct":
        us, home = fabs["US", k], fabs[HOME, k]
        bare, full = us.bare_usd_bn / home.bare_usd_bn, us.tco_usd_bn / home.tco_usd_bn
        return (
            f"{off}: today's aid turns the gap round, {100 * bare - 100:+.0f} % before it and "
            f"{100 * full - 100:+.0f} % after; the study is of 2020, when the aid was Asia's"
        )
    if figure.measure == "tco_index":
        more += "; the study is of 2020, before the American credit and grants of 2022 and 2025"
    return f"{off}: {more}"


def case_item(item: str) -> str:
    """A line's name as read."""
    return item.split(".")[-1].replace("_", " ")


def wanted(published: Sequence[Published], plan: Plan) -> list[tuple[str, str]]:
    """(country, class) to run: of the studies, and what the plan ships from abroad."""
    flows = plan.table("flows")
    classes = {f.product for f in published if f.product} | {
        str(k) for k in flows[flows["origin"] != HOME]["product"]
    }
    return [(c, k) for k in sorted(classes) for c in SITES]


def text(found: Sequence[Mapping[str, Any]]) -> str:
    """The table in two sentences."""
    inside = sum(bool(r["within"]) for r in found)
    outside = sorted({str(r["name"]) for r in found if not r["within"]})
    return (
        f"{inside} of {len(found)} published figures hold the planner's own within their range; "
        f"nothing was fitted for it. Outside: {'; '.join(outside) or 'none'}, each explained by "
        "line below. Contested figures stand with both values, and no model can meet both."
    )


def lines(fabs: Fabs) -> list[dict[str, Any]]:
    """Every cost line of every fab beside the same one in Taiwan."""
    return [
        {
            "product": k,
            "country": c,
            "line": case_item(item),
            "there_usd_bn": fab.lines.get(item, 0.0),
            "taiwan_usd_bn": fabs[HOME, k].lines.get(item, 0.0),
            "difference_usd_bn": gap,
        }
        for (c, k), fab in fabs.items()
        if c != HOME
        for item, gap in difference(fabs, c, k, HOME)
    ]
