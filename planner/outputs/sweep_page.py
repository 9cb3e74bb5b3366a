"""One page for a sweep: who is chosen over two knobs, how often each site is built on, the points.

The heat map crosses the first two knobs; when there are more, a cell holds several points and
shows the answer most of them give. Ranges drawn at random are cut into at most BINS equal slices.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from planner.core.case import Case
from planner.core.sweep import Knob, Sweep, Value
from planner.outputs import formats, page, svg
from planner.outputs.maps_frequency import frequency_maps

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
