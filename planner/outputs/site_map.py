"""The map for a program that draws it itself: panels, sites and layers as plain data.

    unit = 0.1 px of a 1000-px panel, as in the report's map
`candidates` is a case before any plan: every site, where a user pins or forbids. `plan_map` is a
solved run: capacity by period, dates and details of every site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats, maps_svg
from planner.outputs.map_data import atlas, short_name


def candidates(case: Case, data_root: Path) -> dict[str, Any]:
    """Panels with every site of a case and what is known of it before solving."""
    spots = {i: _spot(case, i) for i in case.ids("sites")}
    places: dict[str, set[tuple[float, float]]] = {}
    for i, spot in spots.items():
        if spot is not None:
            places.setdefault(case.text("sites", i, "country"), set()).add(spot)
    key = tuple((c, tuple(sorted(found))) for c, found in sorted(places.items()))
    panels = maps_svg.country_panels(data_root, key)
    sites = [
        _candidate(case, i, panels[case.text("sites", i, "country")], spot)
        for i, spot in spots.items()
        if spot is not None
    ]
    return {
        "panels": [_panel(p, case.name("countries", c)) for c, p in panels.items()],
        "sites": sites,
    }


def plan_map(plan: Plan, case: Case, data_root: Path) -> dict[str, Any]:
    """Panels, sites, links, layers and years of a solved run."""
    chart = atlas([(plan, case)], data_root)
    run, script = chart["runs"][0], chart["script"]
    sites = []
    for country, markers in run["markers"].items():
        for marker in markers:
            details = script["runs"][0]["sites"][marker.id]
            sites.append({**asdict(marker), "panel": country, "country": country, **details})
    return {
        "panels": [_panel(p["panel"], p["title"]) for p in chart["panels"]],
        "sites": sites,
        "links": run["links"],
        "layers": script["layers"],
        "layer": case.scenario.map_layer,
        "years": list(chart["years"]),
        "products": chart["products"],
    }


def _spot(case: Case, site: str) -> tuple[float, float] | None:
    lon = formats.finite(case.text("sites", site, "lon"))
    lat = formats.finite(case.text("sites", site, "lat"))
    return None if lon is None or lat is None else (lon, lat)


def _panel(panel: maps_svg.Panel, title: str) -> dict[str, Any]:
    regions = [[r.iso, r.name, r.path] for r in panel.regions]
    size = {"w": panel.frame.width, "h": panel.frame.height}
    return {"id": panel.id, "title": title, **size, "land": panel.land, "regions": regions}


def _candidate(
    case: Case, site: str, panel: maps_svg.Panel, spot: tuple[float, float]
) -> Mapping[str, Any]:
    x, y = panel.frame.place(*spot)
    name = case.name("sites", site)
    status = case.text("sites", site, "status")
    lines = [["Country", case.name("countries", panel.id)], ["Today", status]]
    stands = case.text("sites", site, "incumbents")
    if stands:
        lines.append(["Stands there", stands])
    return {
        "id": site, "panel": panel.id, "country": panel.id, "x": x, "y": y, "name": name,
        "label": short_name(name), "status": status, "lines": lines,
    }  # fmt: skip
