"""Charts of people and trade: how far the plan draws on talent pools, and what is sold where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats, frames, svg
from planner.outputs.charts import NARROW

POOLS = 12
"""Pool and skill combinations in the chart, the most strained first."""
ROW = 22.0
LEAST, MOST, LETTER = 140.0, 300.0, 6.8
"""Room for names beside the cells, and what a letter takes of it [px]."""
MARKETS = ("#1f4e79", "#2a9d8f", "#e0a030", "#7a6aa8", "#c46a8f", "#8a9a3a", "#5b6675")
ABROAD = "#b5533c"
STEPS = ((100.0, "--q4,#b0534f"), (75.0, "--q3,#cf7f63"), (50.0, "--q2,#e5ab7e"),
         (25.0, "--q1,#f3d3a8"), (0.0, "--q0,#fbeedb"))  # fmt: skip
"""Share of a pool from which a shade is used [%]."""


@dataclass(frozen=True, slots=True)
class Strain:
    """A pool and skill with the share of its people the plan needs, by period [%]."""

    pool: str
    skill: str
    shares: Mapping[int, float]


def strains(plan: Plan, case: Case) -> list[Strain]:
    """The pools and skills the plan strains most, the tightest first."""
    found: dict[tuple[str, str], dict[int, float]] = {}
    for r in frames.records(plan.table("talent")):
        key = str(r["pool_name"]), case.name("skills", str(r["skill"]))
        found.setdefault(key, {})[int(r["year"])] = float(r["share_pct"])
    order = sorted(found, key=lambda k: (-max(found[k].values()), k))
    return [Strain(*key, found[key]) for key in order[:POOLS]]


def strain_grid(rows: Sequence[Strain], width: float = 640) -> str:
    """A cell a period: the darker, the more of the pool is needed."""
    years = sorted({t for r in rows for t in r.shares})
    if not years:
        return svg.drawing((width, 40), svg.text((8, 24), "nobody needed", fill="muted"), "empty")
    wide = width >= NARROW
    longest = max(len(f"{r.pool}, {r.skill}") for r in rows)
    left, step = (min(max(LEAST, 16 + LETTER * longest), MOST), ROW) if wide else (4.0, ROW + 16)
    side = (width - left - 4) / len(years)
    parts = [
        svg.text((left + (n + 0.5) * side, 12), str(t), anchor="middle", size=11, fill="muted")
        for n, t in enumerate(years)
    ]
    for at, row in enumerate(rows):
        y = 20 + at * step
        name = f"{row.pool}, {row.skill}"
        spot = (4, y + 15) if wide else (4, y + 12)
        words = formats.clipped(name, left - 12 if wide else width - 8)
        parts.append(svg.text(spot, words, tip=name))
        for n, t in enumerate(years):
            box = (left + n * side, y if wide else y + 16, side - 2, ROW - 3)
            parts += _cell(box, row.shares.get(t, 0.0), f"{name}, {t}")
    said = "; ".join(f"{r.pool} {r.skill} {max(r.shares.values()):.0f} %" for r in rows)
    size = (width, 22 + step * len(rows))
    return svg.drawing(size, "".join(parts), f"Share of each talent pool at its peak: {said}")


def _cell(box: tuple[float, float, float, float], share: float, name: str) -> list[str]:
    if share < 0.5:
        return [svg.bar(box, "var(--soft,#f0f3f7)", f"{name}: {share:.1f} %")]
    tone = next(fill for least, fill in STEPS if share >= least)
    x, y, width, height = box
    cell = svg.bar(box, f"var({tone})", f"{name}: {share:.0f} %")
    ink = "#ffffff" if share >= STEPS[0][0] else "ink"
    spot = (x + width / 2, y + height / 2 + 4)
    return [cell, svg.text(spot, f"{share:.0f}", anchor="middle", size=11, fill=ink)]


def sales(plan: Plan, case: Case) -> tuple[dict[str, dict[int, float]], dict[str, str]]:
    """Expected sales a year: what is made at home by market, and all that is made abroad."""
    frame = plan.table("trade")
    home = {c for c in case.ids("countries") if case.text("countries", c, "role") == "home"}
    years = sorted({int(t) for t in frame["year"]}) if len(frame) else []
    markets = [m for m in case.ids("markets") if len(frame) and m in set(frame["market"])]
    names = {m: case.name("markets", m) for m in markets}
    series: dict[str, dict[int, float]] = {
        name: dict.fromkeys(years, 0.0) for name in [*names.values(), "Made abroad"]
    }
    for r in frames.records(frame):
        name = names[str(r["market"])] if str(r["origin"]) in home else "Made abroad"
        series[name][int(r["year"])] += float(r["value_usd_bn"])
    colours = {n: MARKETS[at % len(MARKETS)] for at, n in enumerate(names.values())}
    return series, {**colours, "Made abroad": ABROAD}
