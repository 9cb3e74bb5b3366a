"""The interactive map's content: markers, links, flows and details of every run.

`atlas` gives the template what it draws and the script what it changes with the year.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats, frames, map_why, map_world, maps_svg
from planner.outputs.map_layers import LAYERS, layers
from planner.outputs.maps_content import is_a_place
from planner.outputs.palette import product_colour

Run = tuple[Plan, Case]
ROLES = {"fab": "fab", "rd": "research", "fab+rd": "fab and research", "none": "candidate"}


@dataclass(frozen=True, slots=True)
class Marker:
    """One site on one panel. kind: fab | rd | fab+rd | none."""

    id: str
    x: int
    y: int
    kind: str
    new: bool
    label: str
    title: str
    colour: str
    radius: float


def atlas(runs: Sequence[Run], data_root: Path) -> dict[str, Any]:
    """Panels, overview, layers and runs for the map template and script."""
    shown = list(maps_svg.country_panels(data_root, _places(runs)).values())
    years = _years(runs)
    made = [_run(run, shown) for run in runs]
    world = map_world.world(runs, maps_svg.overview(data_root))
    shading = layers([plan.table("sites") for plan, _ in runs])
    products = _products(runs)
    return {
        "panels": [{"panel": p, "title": _title(runs, p.id)} for p in shown],
        "runs": made,
        "world": world,
        "layers": shading,
        "years": years,
        "products": products,
        "asked": any("why" in s for run in made for s in run["script"]["sites"].values()),
        "script": {
            "years": years,
            "colours": {p["id"]: p["colour"] for p in products},
            "layers": [layer.as_dict() for layer in shading],
            "marks": [[label, unit] for _, label, unit, _ in LAYERS],
            "regions": {r.iso: r.name for p in shown for r in p.regions},
            "runs": [run["script"] for run in made],
            "flows": world["flows"],
        },
    }


def _places(runs: Sequence[Run]) -> maps_svg.Places:
    """Where the sites of all runs lie, by country."""
    found: dict[str, set[tuple[float, float]]] = {}
    for plan, case in runs:
        for r in frames.records(plan.table("sites")):
            if not is_a_place(case, str(r["country"])):
                continue
            lon, lat = formats.finite(r["lon"]), formats.finite(r["lat"])
            if lon is not None and lat is not None:
                found.setdefault(str(r["country"]), set()).add((lon, lat))
    return tuple((c, tuple(sorted(spots))) for c, spots in sorted(found.items()))


def _title(runs: Sequence[Run], country: str) -> str:
    return next((case.name("countries", country) for _, case in runs), country)


def _years(runs: Sequence[Run]) -> tuple[int, int]:
    """First and last year of the slider: the periods' starts, over all runs."""
    found = [int(y) for plan, _ in runs for y in plan.table("capacity").get("year", [])]
    horizon = [case.scenario.horizon for _, case in runs]
    ends = [h.start + (h.periods - 1) * h.years_per_period for h in horizon]
    return min([*found, *(h.start for h in horizon)]), max([*found, *ends])


def _products(runs: Sequence[Run]) -> list[dict[str, str]]:
    """Product classes any run has capacity of, newest first."""
    used = {str(k) for plan, _ in runs for k in plan.table("capacity").get("product", [])}
    names: dict[str, str] = {}
    for _, case in runs:
        for k in case.ids("products"):
            names.setdefault(k, case.name("products", k))
    listed = [k for k in names if k in used] + sorted(used - set(names))
    return [{"id": k, "name": names.get(k, k), "colour": product_colour(k)} for k in listed]


def _run(run: Run, panels: Sequence[maps_svg.Panel]) -> dict[str, Any]:
    plan, case = run
    sites = plan.table("sites")
    steps = capacity_steps(plan.table("capacity"))
    markers = {p.id: list(_markers(sites, p)) for p in panels}
    places = {m.id: (p, (m.x, m.y), m.label) for p in panels for m in markers[p.id]}
    why = map_why.reasons(plan)
    return {
        "title": plan.title or plan.scenario,
        "markers": markers,
        "links": _links(plan.table("links"), places),
        "script": {
            "title": plan.title or plan.scenario,
            "means": map_why.means(plan, case),
            "sites": {
                str(r["id"]): _site(r, steps.get(str(r["id"]), {}), plan, case)
                | ({"why": why[str(r["id"])]} if str(r["id"]) in why else {})
                for r in frames.records(sites)
            },
        },
    }


def capacity_steps(capacity: pd.DataFrame) -> dict[str, dict[int, tuple[float, str]]]:
    """Site -> period -> capacity and the class most of it is."""
    found: dict[str, dict[int, tuple[float, str]]] = {}
    if capacity.empty:
        return found
    for keys, part in capacity.groupby(["site", "year"], sort=True):
        site, year = cast("tuple[str, int]", keys)
        ordered = part.sort_values(["kwpm", "product"], ascending=[False, True])
        kwpm, top = float(part["kwpm"].sum()), str(ordered["product"].iloc[0])
        found.setdefault(str(site), {})[int(year)] = (round(kwpm, 3), top)
    return found


def radius(kwpm: float) -> float:
    """Marker radius: area grows with capacity [px]."""
    return round(min(3.4 + 0.92 * math.sqrt(max(kwpm, 0.0)), 21.0), 1)


def _markers(sites: pd.DataFrame, panel: maps_svg.Panel) -> Iterable[Marker]:
    """Markers of a panel, candidates first, then the large before the small."""
    here = sites[sites["country"] == panel.id] if len(sites) else sites
    rows = sorted(
        frames.records(here),
        key=lambda r: (r["role"] != "none", -float(r["final_kwpm"]), str(r["id"])),
    )
    for r in rows:
        lon, lat = formats.finite(r["lon"]), formats.finite(r["lat"])
        if lon is None or lat is None:
            continue
        x, y = panel.frame.place(lon, lat)
        yield Marker(
            id=str(r["id"]),
            x=x,
            y=y,
            kind=str(r["role"]),
            new=bool(r["chosen"]),
            label=short_name(str(r["name"])),
            title=f"{r['name']}: {ROLES.get(str(r['role']), str(r['role']))}",
            colour=product_colour(str(r["main_product"])),
            radius=radius(float(r["final_kwpm"])) if float(r["final_kwpm"]) > 0 else 4.0,
        )


def short_name(name: str) -> str:
    """What fits beside a marker."""
    return formats.clipped(name.split(" (")[0].split(" / ")[0], 150, 11)


def _links(
    links: pd.DataFrame, places: Mapping[str, tuple[maps_svg.Panel, tuple[int, int], str]]
) -> dict[str, list[dict[str, Any]]]:
    """Co-creation links inside a panel, by panel."""
    found: dict[str, list[dict[str, Any]]] = {}
    if links.empty:
        return found
    first = links.groupby(["site", "centre_site"], sort=True)["year"].min()
    years: dict[Any, Any] = first.to_dict()
    for (fab, lab), year in years.items():
        if fab in places and lab in places and places[fab][0] is places[lab][0] and fab != lab:
            path = maps_svg.bow(places[lab][1], places[fab][1])
            title = f"{places[lab][2]} \u2013 {places[fab][2]}"
            row = {"path": path, "year": int(year), "title": title}
            found.setdefault(places[fab][0].id, []).append(row)
    return found


def _site(
    row: Mapping[str, Any], steps: Mapping[int, tuple[float, str]], plan: Plan, case: Case
) -> dict[str, Any]:
    """What the script needs of a site: capacity by period, dates, and the lines of its details."""
    labs = plan.table("research")
    mine = labs[labs["site"] == row["id"]] if len(labs) else labs
    mods = plan.table("modules")
    begun = mods[mods["site"] == row["id"]] if len(mods) else mods
    return {
        "name": str(row["name"]),
        "kind": str(row["role"]),
        "main": str(row["main_product"]),
        "new": bool(row["chosen"]),
        "home": case.text("countries", str(row["country"]), "role") == "home"
        if row["country"] in case.registers.get("countries", {})
        else False,
        "cap": [[t, kwpm, k] for t, (kwpm, k) in sorted(steps.items())],
        "fab": _first(begun, "begun_year", "service_year"),
        "lab": _first(mine, "begun_year", "open_year"),
        "opens": sorted(float(y) for y in mine["open_year"]) if len(mine) else [],
        "lines": _details(row, begun, mine, case),
        "marks": map_why.marks(row),
    }


def _first(frame: pd.DataFrame, begun: str, ready: str) -> list[float] | None:
    return None if frame.empty else [float(frame[begun].min()), float(frame[ready].min())]


def _details(
    row: Mapping[str, Any], modules: pd.DataFrame, labs: pd.DataFrame, case: Case
) -> list[list[str]]:
    lines = [
        ["Country", case.name("countries", str(row["country"]))],
        ["Today", f"{row['status']}, {formats.number(row['existing_kwpm'], 0)} kwpm"],
    ]
    for m in frames.records(modules.sort_values(["begun_year", "product"])):
        dates = f"begun {formats.year(m['begun_year'])}, serves {formats.year(m['service_year'])}"
        lines.append([str(m["product"]), f"+{formats.number(m['kwpm'], 0)} kwpm, {dates}"])
    lines += [
        [str(lab["centre_name"]), f"opens {formats.year(lab['open_year'])}"]
        for lab in frames.records(labs)
    ]
    if float(row["capex_usd_bn"]) > 0:
        paid = f"USD {formats.brief(row['capex_usd_bn'])} bn"
        lines.append(["Building", f"{paid}, grants {formats.brief(row['grants_usd_bn'])}"])
    return lines
