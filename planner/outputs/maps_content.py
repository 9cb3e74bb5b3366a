"""What a printed map shows of a plan in one year: markers, links, flows, shading.

    standing[i] + new[i] = capacity in service at site i            [kwpm]
    shade[region]        = mean over the sites of the region
`year` None means the end of the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from planner.core.case import Case
from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.plan import Plan
from planner.outputs import formats, frames
from planner.outputs.map_layers import LAYERS

NOWHERE = "X"
"""ISO leaves codes that begin so to users: here, sellers spread over the world."""
SEEN = 0.05
"""Capacity below this is not drawn [kwpm]."""
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """One site. `lab` counts centres open by the year; `note` is the label's second line."""

    id: str
    name: str
    country: str
    spot: Spot
    standing: float
    new: float
    product: str
    lab: int
    research_only: bool
    note: str

    @property
    def kwpm(self) -> float:
        """Capacity in service [kwpm]."""
        return self.standing + self.new

    @property
    def active(self) -> bool:
        """Whether anything of ours is there."""
        return self.lab > 0 or self.kwpm > SEEN


@dataclass(frozen=True, slots=True)
class Flow:
    """Wafers from a country to a market in one year, and the class most of them are."""

    origin: str
    market: str
    start: Spot
    end: Spot
    wafers_mn: float
    product: str


@dataclass(frozen=True, slots=True)
class Shading:
    """One value a region, what it means, and the unit on the colour bar."""

    layer: str
    label: str
    unit: str
    shades: Mapping[str, float]


@dataclass(frozen=True)
class Content:
    """Everything `draw_map` needs of a plan and its case."""

    marks: tuple[Mark, ...]
    links: tuple[tuple[str, str], ...]
    flows: tuple[Flow, ...]
    shading: Shading
    countries: tuple[tuple[str, str], ...]
    markets: Mapping[str, tuple[str, Spot]]
    products: tuple[tuple[str, str], ...]
    year: int | None

    def here(self, country: str) -> list[Mark]:
        """Sites of a country."""
        return [m for m in self.marks if m.country == country]


def content(plan: Plan, case: Case, layer: str | None, year: int | None) -> Content:
    """Collect what a map shows. Raises InputError for an unknown layer."""
    shade = shading(plan, layer or case.scenario.map_layer)
    marks = tuple(_marks(plan, case, year))
    active = {m.id for m in marks if m.active}
    links = sorted(
        {
            (str(r["site"]), str(r["centre_site"]))
            for r in frames.records(plan.table("links"))
            if year is None or float(r["year"]) <= year
        }
    )
    markets = {
        m: (case.name("markets", m), s)
        for m in case.ids("markets")
        if (s := spot_of(case.registers["markets"][m]))
    }
    return Content(
        marks,
        tuple((a, b) for a, b in links if a != b and {a, b} <= active),
        tuple(_flows(plan, marks, {m: spot for m, (_, spot) in markets.items()}, year)),
        shade,
        panel_countries(marks, case),
        markets,
        _products(plan, case, marks),
        year,
    )


def is_a_place(case: Case, country: str) -> bool:
    """Whether a country can be drawn."""
    known = case.registers.get("countries", {}).get(country, {})
    return not known.get("iso_a3", "").startswith(NOWHERE)


def panel_countries(marks: Sequence[Mark], case: Case) -> tuple[tuple[str, str], ...]:
    """Countries with a panel: hosts in the case's order, home last."""
    present = {m.country for m in marks if is_a_place(case, m.country)}
    known = [c for c in case.ids("countries") if c in present]
    listed = [*known, *sorted(present - set(known))]
    home = {c for c in known if case.text("countries", c, "role") == "home"}
    listed.sort(key=lambda c: c in home)
    names = {c: case.name("countries", c) for c in listed}
    return tuple((c, f"{names[c]} (home)" if c in home else names[c]) for c in listed)


def _products(plan: Plan, case: Case, marks: Sequence[Mark]) -> tuple[tuple[str, str], ...]:
    used = {m.product for m in marks if m.product}
    used |= {str(k) for k in plan.table("flows").get("product", [])}
    listed = [k for k in case.ids("products") if k in used]
    listed += sorted(used - set(listed))
    return tuple((k, case.name("products", k)) for k in listed)


def period_at(plan: Plan, year: int | None) -> int | None:
    """First year of the period a year lies in; the last period for None or later years."""
    known = sorted({int(t) for t in plan.table("capacity").get("year", [])})
    past = [t for t in known if year is None or t <= year]
    return past[-1] if past else None


def _marks(plan: Plan, case: Case, year: int | None) -> list[Mark]:
    stock = _stock(plan, period_at(plan, year))
    modules, labs = (
        _service(plan, "modules", "service_year"),
        _service(plan, "research", "open_year"),
    )
    found = []
    for row in frames.records(plan.table("sites")):
        spot = spot_of(row)
        if spot is None:
            continue
        site = str(row["id"])
        total, product = stock.get(site, (0.0, "")) if year is not None else _final(row)
        standing = min(_standing(row, case, year), total)
        opened = [y for y in labs.get(site, []) if year is None or y <= year]
        begun = [y for y in modules.get(site, []) if year is None or y <= year]
        mark = (str(row["name"]), str(row["country"]), spot, standing, total - standing)
        note = _note((standing, total - standing), product, begun, opened)
        found.append(Mark(site, *mark, product, len(opened), _only_research(case, site), note))
    return found


def _final(row: Mapping[str, object]) -> tuple[float, str]:
    return formats.finite(row["final_kwpm"]) or 0.0, str(row["main_product"] or "")


def _stock(plan: Plan, period: int | None) -> dict[str, tuple[float, str]]:
    """Site -> capacity in a period and the class most of it is."""
    table = plan.table("capacity")
    if period is None or table.empty:
        return {}
    now = table[table["year"] == period]
    ordered = now.sort_values(["kwpm", "product"], ascending=[False, True], kind="stable")
    tops = ordered.drop_duplicates("site").set_index("site")["product"]
    sums = now.groupby("site")["kwpm"].sum()
    return {str(i): (float(v), str(tops.loc[str(i)])) for i, v in sums.items()}


def _service(plan: Plan, table: str, column: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for row in frames.records(plan.table(table)):
        found.setdefault(str(row["site"]), []).append(float(row[column]))
    return found


def centres_open(plan: Plan, year: int | None) -> int:
    """Research centres the plan has open by a year; a site may have several."""
    opened = _service(plan, "research", "open_year").values()
    return sum(year is None or y <= year for years in opened for y in years)


def _standing(row: Mapping[str, object], case: Case, year: int | None) -> float:
    """Capacity that is not the plan's doing; by the year if the case knows it [kwpm]."""
    stated = formats.finite(row["existing_kwpm"]) or 0.0
    name, site = "existing.capacity_kwpm", str(row["id"])
    pairs = [e for e in case.entities(name) if e.split("|")[0] == site]
    if year is None or not pairs:
        return stated
    return sum(case.value(name, e, year=year) for e in pairs)


def _only_research(case: Case, site: str) -> bool:
    """Whether the site has no room for a fab."""
    name = "site.room_modules"
    return case.has(name, site) and case.value(name, site) == 0


def _note(
    kwpm: tuple[float, float], product: str, begun: Sequence[float], opened: Sequence[float]
) -> str:
    """`N2 +80k 2028, R&D 2029`; standing capacity alone as `N40 16k`."""
    standing, new = kwpm
    parts = []
    if new > SEEN:
        since = f" {int(min(begun))}" if begun else ""
        parts.append(f"{product} +{formats.number(new, 0)}k{since}")
    elif standing > SEEN:
        parts.append(f"{product} {formats.number(standing, 0)}k")
    if opened:
        parts.append(f"R&D {int(min(opened))}")
    return " · ".join(parts)


def spot_of(row: Mapping[str, object]) -> Spot | None:
    """Longitude and latitude of a row; None when it has none (0, 0 stands for none as well)."""
    lon, lat = formats.finite(row.get("lon")), formats.finite(row.get("lat"))
    return None if lon is None or lat is None or lon == lat == 0 else (lon, lat)


def centre_of(marks: Sequence[Mark]) -> Spot | None:
    """Mean place of running sites, weighted by capacity."""
    total = sum(m.kwpm for m in marks)
    if total <= SEEN:
        return None
    lon = sum(m.spot[0] * m.kwpm for m in marks) / total
    return lon, sum(m.spot[1] * m.kwpm for m in marks) / total


def _flows(
    plan: Plan, marks: Sequence[Mark], markets: Mapping[str, Spot], year: int | None
) -> list[Flow]:
    table = plan.table("flows")
    period = period_at(plan, year)
    if table.empty or period is None:
        return []
    starts = {
        c: centre_of([m for m in marks if m.country == c]) for c in {m.country for m in marks}
    }
    now = table[(table["year"] == period) & (table["wafers_mn"] > 0)]
    found = []
    for (origin, market), part in now.groupby(["origin", "market"], sort=True):
        start, end = starts.get(str(origin)), markets.get(str(market))
        if start is None or end is None:
            continue
        sums = part.groupby("product", sort=True)["wafers_mn"].sum()
        top = str(sums.sort_values(ascending=False, kind="stable").index[0])
        found.append(Flow(str(origin), str(market), start, end, float(sums.sum()), top))
    return sorted(found, key=lambda f: (-f.wafers_mn, f.origin, f.market))


def shading(plan: Plan, layer: str) -> Shading:
    """Mean of the sites by region. Raises InputError when the layer does not exist."""
    known = {name: (label, unit, column) for name, label, unit, column in LAYERS}
    if layer not in known:
        hint = did_you_mean(layer, known)
        raise InputError([Issue("error", "E191", "map", "layer", f"no layer '{layer}'", hint)])
    label, unit, column = known[layer]
    sites = plan.table("sites")
    if column not in sites.columns:
        return Shading(layer, label, unit, {})
    values = pd.to_numeric(sites[column], errors="coerce")
    means = values.groupby(sites["iso_3166_2"]).mean().dropna()
    return Shading(layer, label, unit, {str(i): float(v) for i, v in means.items() if str(i)})
