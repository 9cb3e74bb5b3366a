"""Small maps of how often sites are built on, as SVG text: among plans, points or futures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from planner.core.case import Case
from planner.outputs import maps_labels, maps_svg, svg
from planner.outputs.maps_labels import Label

Outcome = Mapping[str, Any]
Found = Sequence[tuple[str, int, int]]
"""Site, plans that build on it, all plans."""
NORMAL_HEIGHT, PER_INCH = 340, 96
"""A panel's usual height on a page [px], and what the placing of names takes for an inch [px]."""
FONT, WIDE = 13.0, 0.6
"""Size of names [px], and the width of a letter as part of it."""


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


def _panel(case: Case, panel: maps_svg.Panel, found: Found) -> str:
    frame, body = panel.frame, [svg.tag("path", d=panel.land, class_="land")]
    body += [svg.tag("path", d=r.path, class_="region") for r in panel.regions]
    unit = frame.height / NORMAL_HEIGHT
    order = sorted(found, key=lambda f: (f[1], f[0]))
    spots, labels = [], []
    for i, count, total in order:
        row, name = case.registers["sites"][i], case.name("sites", i)
        x, y = (float(v) for v in frame.place(float(row["lon"]), float(row["lat"])))
        share = count / total if total else 0.0
        radius = 3 + 15 * math.sqrt(share)
        tip = svg.tag("title", escape(f"{name}: {count} / {total}"))
        style = (
            f"fill:{svg.colour('total')};fill-opacity:{0.15 + 0.65 * share:.2f};"
            f"stroke:{svg.colour('ink')};stroke-width:{unit:.2f}"
        )
        body.append(svg.tag("circle", tip, cx=x, cy=y, r=float(unit * radius), style=style))
        spots.append((x / unit, y / unit, radius))
        if total and share >= 0.5:
            labels.append((i, f"{name} {share:.0%}", spots[-1], share))
    body += _names(labels, spots, (frame.width / unit, unit))
    title = f"{case.name('countries', panel.id)}: share of plans that build at each site"
    return svg.drawing((frame.width, frame.height), "".join(body), title, css="map")


def _names(
    labels: Sequence[tuple[str, str, tuple[float, float, float], float]],
    spots: Sequence[tuple[float, float, float]],
    size: tuple[float, float],
) -> list[str]:
    """Names clear of circles and of each other, with a leader where they stand apart.

    labels: site, words, its circle [px] and weight. size: width of the panel [px], units a pixel.
    """
    width, unit = size
    texts = {i: words for i, words, _, _ in labels}
    asked = [
        Label(i, x / PER_INCH, y / PER_INCH, r / PER_INCH,
              WIDE * FONT * len(words) / PER_INCH, 1.15 * FONT / PER_INCH, share)
        for i, words, (x, y, r), share in labels
    ]  # fmt: skip
    discs = np.array(spots, dtype=float).reshape(-1, 3) / PER_INCH
    paper = (0.0, 0.0, width / PER_INCH, NORMAL_HEIGHT / PER_INCH)
    drawn = []
    for i, spot in maps_labels.place(asked, discs, paper).items():
        left, top, right, bottom = (v * PER_INCH * unit for v in spot.box)
        if spot.leader is not None:
            ends = [v * PER_INCH * unit for v in spot.leader]
            drawn.append(svg.rule(ends, "muted", f"stroke-width:{unit:.2f}"))
        at = ((left + right) / 2, bottom - 0.28 * (bottom - top))
        drawn.append(_halo(texts[i], at, unit))
    return drawn


def _halo(words: str, at: tuple[float, float], unit: float) -> str:
    """Text on a rim of the ground's colour, so that borders do not run through it."""
    style = (
        f"fill:{svg.colour('ink')};paint-order:stroke;stroke:var(--halo,#ffffffd9);"
        f"stroke-width:{3 * unit:.2f};stroke-linejoin:round"
    )
    size = round(FONT * unit, 2)
    return svg.tag(
        "text", escape(words), x=at[0], y=at[1], text_anchor="middle", font_size=size, style=style
    )
