"""What two plans do differently, on the map: opened, dropped, moved in time, resized, changed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.text import Text

from planner.core.plan import Plan
from planner.outputs import (
    formats,
    frames,
    maps_canvas,
    maps_legend,
    maps_panels,
    maps_tags,
    palette,
    projections,
)
from planner.outputs.compare_data import KINDS, site_differences
from planner.outputs.maps_canvas import POINT, Panel
from planner.outputs.maps_content import Mark, spot_of
from planner.outputs.maps_geometry import Shapes
from planner.outputs.maps_tags import Tag

Row = Mapping[str, Any]
DISC_PT, SAME_PT = 11.5, 6.0
STORY_WIDTH, STORY_LINES = 34, 3
PLAIN: maps_panels.Scale = (Normalize(0, 1), ListedColormap(["#f4f0e4"]))
"""All regions in one pale colour."""


def differences(first: Plan, other: Plan) -> list[dict[str, Any]]:
    """Sites that take part in either plan, with kind and both sides in words."""
    return [r for r in frames.records(site_differences(first, other)) if spot_of(r)]


def marks(first: Plan, other: Plan) -> tuple[Mark, ...]:
    """All sites of both plans, as candidates: they set what the panels must show."""
    found = {}
    for plan in (other, first):
        for row in frames.records(plan.table("sites")):
            if (spot := spot_of(row)) is not None:
                site = (str(row["id"]), str(row["name"]), str(row["country"]), spot)
                found[site[0]] = Mark(*site, 0.0, 0.0, "", 0, False, "")
    return tuple(found[i] for i in sorted(found))


def countries(plan: Plan) -> tuple[tuple[str, str], ...]:
    """Countries with a panel, home last."""
    rows = frames.records(plan.table("countries"))
    rows.sort(key=lambda r: r["role"] == "home")
    return tuple(
        (str(r["country"]), f"{r['name']} (home)" if r["role"] == "home" else str(r["name"]))
        for r in rows
    )


def draw(figure: Figure, on: Panel, shapes: Shapes, rows: Sequence[Row]) -> None:
    """Plain land, one signed disc a site, and labels that say what was and what is.

    Where the panel has no room for all that, the longest labels say less.
    """
    maps_panels.land(on, shapes, dict.fromkeys(shapes.regions, 0.0), PLAIN)
    tags, bare = [], []
    for row in sorted(rows, key=lambda r: (r["kind"] != "same", str(r["id"]))):
        x, y = projections.project(on.view.crs, [float(row["lon"])], [float(row["lat"])])
        spot = (float(x[0]), float(y[0]))
        at, kind = on.inches(*spot), str(row["kind"])
        size = _disc(figure, on, row, spot)
        if kind == "same":
            bare.append((*at, size * POINT / 2))
            continue
        text, *shorter = (
            maps_tags.name_and_note(str(row["name"]), note)
            for note in dict.fromkeys((_story(row), _brief(row), ""))
            if "…" not in note
        )
        change = abs(float(row["new_kwpm_other"]) - float(row["new_kwpm_first"]))
        tags.append(Tag(str(row["id"]), at, size, text, change, shorter=tuple(shorter)))
    marked = np.array([*(t.at for t in tags), *(b[:2] for b in bare)] or [on.box[2:]])
    blocked = [maps_canvas.scale_bar(figure, on, marked), *on.view.covered]
    maps_tags.label(figure, on, tags, np.array(bare).reshape(-1, 3), blocked)


def _disc(figure: Figure, on: Panel, row: Row, spot: tuple[float, float]) -> float:
    """Disc of the kind's colour with its sign; returns its diameter [pt]."""
    colour, sign = palette.DIFFERENCES[row["kind"]]
    size = DISC_PT if sign else SAME_PT
    hollow = row["kind"] == "dropped"
    style = {"facecolor": "white" if hollow else colour, "edgecolor": colour if hollow else "white"}
    name = f"{row['kind']}:{row['id']}"
    maps_canvas.discs(on.axes, [(*spot, size)], name, linewidth=1.1, zorder=6, **style)
    if sign:
        text = Text(*on.inches(*spot), sign, fontsize=8.4, fontweight="bold", ha="center")
        text.set(va="center_baseline", color=colour if hollow else "white", zorder=8)
        figure.add_artist(text)
        text.set_transform(figure.dpi_scale_trans)
    return size


def _story(row: Row) -> str:
    """What was and what is, each in a few lines at most."""
    if row["kind"] == "opened":
        return _short(str(row["other"]))
    if row["kind"] == "dropped":
        return _short(f"was {row['first']}")
    return _short(f"was {row['first']}") + "\n" + _short(f"now {row['other']}")


def _brief(row: Row) -> str:
    """New capacity before and after; nothing when it stays."""
    before, after = (float(row[f"new_kwpm_{side}"]) for side in ("first", "other"))
    if f"{before:.0f}" == f"{after:.0f}":
        return ""
    if row["kind"] == "opened":
        return f"+{after:,.0f} kwpm"
    if row["kind"] == "dropped":
        return f"was +{before:,.0f} kwpm"
    return f"+{before:,.0f} → +{after:,.0f} kwpm"


def _short(text: str) -> str:
    return "\n".join(textwrap.wrap(text, STORY_WIDTH, max_lines=STORY_LINES, placeholder="…"))


def words(figure: Figure, plans: tuple[Plan, Plan], rows: Sequence[Row]) -> None:
    """Title, counts and the key of signs."""
    names = [p.title or p.scenario for p in plans]
    counts = {k: sum(r["kind"] == k for r in rows) for k in KINDS}
    told = ", ".join(f"{n} {KINDS[k]}" for k, n in counts.items() if n)
    change = plans[1].measures.get("npv_usd_bn", 0.0) - plans[0].measures.get("npv_usd_bn", 0.0)
    value = f"expected value {formats.signed(change)} USD bn"
    title = f"{names[1]}, compared with {names[0]}"
    maps_legend.heading(figure, title, f"New building: {told or 'none'} · {value}")
    row = maps_legend.Row(figure, maps_canvas.MARGIN, 0.5)
    row.word("New building")
    sign_style: dict[str, Any] = {"size": 8.4, "weight": "bold", "ha": "center"}
    for kind, (colour, sign) in palette.DIFFERENCES.items():
        hollow = kind == "dropped"
        face, edge = ("white", colour) if hollow else (colour, "white")
        middle = row.x + DISC_PT * POINT / 2
        row.mark(
            KINDS[kind], DISC_PT if sign else SAME_PT, marker="o", color=face, markeredgecolor=edge
        )
        ink = colour if hollow else "white"
        sign_style |= {"va": "center_baseline", "zorder": 9, "color": ink}
        maps_canvas.write(figure, (middle, row.y), sign, **sign_style)
