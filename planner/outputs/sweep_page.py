"""One page for a sweep: who is chosen over two knobs, how often each site is built on, the points.

The heat map crosses the first two knobs; when there are more, a cell holds several points and
shows the answer most of them give. Ranges drawn at random are cut into at most BINS equal slices.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from planner.core.case import Case
from planner.core.sweep import Knob, Sweep, Value
from planner.outputs import formats, maps_svg, page, svg

BINS = 10
SOLVED = ("optimal", "feasible")
SIDE, LEFT, TOP = 78, 190, 54
"""Side of a heat map's cell, room for row and column names [px]."""
HOSTS = ("US", "JP", "DE")
SHADES = {
    "": "#6b7480", "US": "#2a6fbb", "JP": "#b5402f", "DE": "#8a6410", "US+JP": "#7d4fa1",
    "US+DE": "#2a7d5e", "JP+DE": "#a85a24", "US+JP+DE": "#48566a",
}  # fmt: skip
"""Colour by the set of hosts with a new fab: told apart also by the words in the cell."""
Outcome = Mapping[str, Any]


def write_sweep_page(
    sweep: Sweep, outcomes: Sequence[Outcome], case: Case, path: Path, data_root: Path
) -> None:
    """Write the page; it needs no network."""
    solved = [o for o in outcomes if o["status"] in SOLVED]
    context = {
        "title": sweep.label,
        "case_title": case.scenario.label,
        "points": len(outcomes),
        "asked": len(sweep.settings()),
        "solved": len(solved),
        "failed": [o for o in outcomes if o["status"] not in SOLVED],
        "gap": sweep.gap,
        "heat": page.drawn(heat_map(sweep, solved)) if len(sweep.knobs) > 1 else "",
        "maps": {
            country: page.drawn(text)
            for country, text in frequency_maps(solved, case, data_root).items()
        },
        "rows": _rows(sweep, outcomes),
        "knobs": [knob.name for knob in sweep.knobs],
        "script": {},
    }
    page.write(path, page.render("sweep.html.j2", context, ("page.js",)))


def hosts_of(outcome: Outcome) -> str:
    """Hosts with a new fab, joined: `US+JP`; empty when none."""
    found = {row[1] for row in outcome["modules"]}
    ours = [c for c in HOSTS if c in found]
    return "+".join(ours)


def slots(knob: Knob, values: Sequence[Value]) -> list[tuple[str, frozenset[Value]]]:
    """Names and members of a heat map's rows or columns."""
    distinct = sorted(set(values), key=lambda v: (isinstance(v, str), v))
    if knob.low is None or knob.high is None or len(distinct) <= BINS:
        return [(_short(v), frozenset([v])) for v in distinct]
    width = (knob.high - knob.low) / BINS
    found = []
    for n in range(BINS):
        low = knob.low + n * width
        inside = frozenset(
            v for v in distinct if min(BINS - 1, math.floor((float(v) - knob.low) / width)) == n
        )
        found.append((f"{_short(low)} to {_short(low + width)}", inside))
    return found


def _short(value: Value) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def heat_map(sweep: Sweep, solved: Sequence[Outcome]) -> str:
    """Cells of the first two knobs: hosts chosen by most points of the cell, and mean value."""
    across, down = sweep.knobs[:2]
    columns = slots(across, [o["settings"][across.key] for o in solved])
    rows = slots(down, [o["settings"][down.key] for o in solved])
    parts = [svg.text((LEFT, 16), across.name, weight=600)]
    for n, (name, _) in enumerate(columns):
        parts.append(svg.text((LEFT + (n + 0.5) * SIDE, TOP - 10), name, anchor="middle", size=11))
    parts.append(svg.text((LEFT - 8, TOP - 10), down.name[:28], anchor="end", weight=600))
    for y, (name, members) in enumerate(rows):
        middle = TOP + (y + 0.5) * SIDE
        parts.append(svg.text((LEFT - 8, middle + 4), name, anchor="end", size=11))
        for x, (_, inside) in enumerate(columns):
            here = [
                o
                for o in solved
                if o["settings"][across.key] in inside and o["settings"][down.key] in members
            ]
            parts.append(_cell((LEFT + x * SIDE, TOP + y * SIDE), here))
    size = (LEFT + len(columns) * SIDE + 4, TOP + len(rows) * SIDE + 4)
    label = f"Who is chosen over {across.name} and {down.name}"
    return svg.drawing(size, "".join(parts), label, css="chart heat")


def _cell(spot: tuple[float, float], here: Sequence[Outcome]) -> str:
    if not here:
        box = (*spot, SIDE - 2, SIDE - 2)
        return svg.bar(box, "line", "no point solved here")
    answers = Counter(hosts_of(o) for o in here)
    answer, votes = min(answers.items(), key=lambda pair: (-pair[1], pair[0]))
    worth = sum(float(o["objective_usd_bn"]) for o in here) / len(here)
    abroad = sum(o["measures"].get("kwpm_new_overseas", 0.0) for o in here) / len(here)
    tip = (
        f"{answer or 'home only'} in {votes} of {len(here)} points, value {worth:,.1f} USD bn, "
        f"{abroad:,.0f} kwpm of new capacity abroad"
    )
    x, y = spot[0] + SIDE / 2 - 1, spot[1]
    lines = (
        (answer or "home", 26, 600),
        (f"{abroad:,.0f} kwpm", 44, None),
        (f"{worth:,.0f}", 60, None),
    )
    return svg.bar((*spot, SIDE - 2, SIDE - 2), SHADES.get(answer, "#888888"), tip) + "".join(
        svg.text((x, y + drop), words, anchor="middle", size=12, fill="#ffffff", weight=weight)
        for words, drop, weight in lines
    )


def frequency_maps(solved: Sequence[Outcome], case: Case, data_root: Path) -> dict[str, str]:
    """One map a country: circles grow with the share of plans that build at a site."""
    counts = Counter(site for o in solved for site in {row[0] for row in o["modules"]})
    sites = {i: case.registers["sites"][i] for i in case.ids("sites")}
    spots: dict[str, set[tuple[float, float]]] = {}
    for row in sites.values():
        spots.setdefault(row["country"], set()).add((float(row["lon"]), float(row["lat"])))
    places = tuple((c, tuple(sorted(found))) for c, found in sorted(spots.items()))
    drawn: dict[str, str] = {}
    for country, panel in maps_svg.country_panels(data_root, places).items():
        here = [i for i, row in sites.items() if row["country"] == country]
        drawn[country] = _panel(case, panel, [(i, counts[i], len(solved)) for i in here])
    return drawn


def _panel(case: Case, panel: maps_svg.Panel, found: Sequence[tuple[str, int, int]]) -> str:
    frame, body = panel.frame, [svg.tag("path", d=panel.land, class_="land")]
    named: list[tuple[float, ...]] = []
    body += [svg.tag("path", d=r.path, class_="region") for r in panel.regions]
    unit = frame.height / 340
    order = sorted(found, key=lambda f: (f[1], f[0]))
    for i, count, total in order:
        row = case.registers["sites"][i]
        x, y = frame.place(float(row["lon"]), float(row["lat"]))
        share = count / total if total else 0.0
        tip = f"{case.name('sites', i)}: {count} / {total}"
        body.append(
            svg.tag(
                "circle", svg.tag("title", escape(tip)), cx=float(x), cy=float(y),
                r=float(unit * (3 + 15 * math.sqrt(share))),
                style=f"fill:{svg.colour('total')};fill-opacity:{0.15 + 0.65 * share:.2f};"
                f"stroke:{svg.colour('ink')};stroke-width:{unit:.2f}",
            )
        )  # fmt: skip
    for i, count, total in reversed(order):  # the most frequent first get their names
        if total and count / total >= 0.5:
            row = case.registers["sites"][i]
            spot = frame.place(float(row["lon"]), float(row["lat"]))
            body += _name(f"{case.name('sites', i)} {count / total:.0%}", spot, panel, named)
    title = f"{case.name('countries', panel.id)}: share of plans that build at each site"
    return svg.drawing((frame.width, frame.height), "".join(body), title, css="map")


def _name(
    words: str, spot: tuple[float, float], panel: maps_svg.Panel, named: list[tuple[float, ...]]
) -> list[str]:
    """A name beside its circle, on the side with room; left out where it would cover another."""
    unit, size = panel.frame.height / 340, 13 * panel.frame.height / 340
    long = 0.56 * size * len(words)
    y = spot[1] + 4 * unit
    sides = (1, -1) if spot[0] < panel.frame.width * 0.6 else (-1, 1)
    for side in sides:
        x = spot[0] + side * 20 * unit
        left = x if side > 0 else x - long
        fits = left >= 0 and left + long <= panel.frame.width
        clear = all(left > b or left + long < a or abs(y - other) > size for a, b, other in named)
        if fits and clear:
            named.append((left, left + long, y))
            anchor = "start" if side > 0 else "end"
            return [svg.text((x, y), words, size=round(size, 2), anchor=anchor)]
    return []


def _rows(sweep: Sweep, outcomes: Sequence[Outcome]) -> list[list[str]]:
    """The table of points: settings, status, value, gap, hosts, capacity abroad."""
    rows = []
    for o in outcomes:
        measures = o["measures"]
        value, gap = o["objective_usd_bn"], o["gap"]
        rows.append(
            [
                str(o["point"]),
                *(_short(o["settings"][knob.key]) for knob in sweep.knobs),
                str(o["status"]),
                "" if value is None else formats.number(float(value), 1),
                "" if gap is None else f"{float(gap):.2%}",
                hosts_of(o) or ("home" if value is not None else ""),
                formats.number(measures.get("kwpm_new_overseas", 0.0), 0) if measures else "",
                str(o["reason"]).splitlines()[0] if o["reason"] else "",
            ]
        )
    return rows
