"""Maps of how often sites are chosen: among near-optimal plans, and over futures.

    area of a disc ~ share = times chosen / times it could have been
`draw_frequency_map` takes an answer of `alternatives`, `draw_regret_map` one of `regret`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from planner.core.case import Case
from planner.core.errors import InputError, Issue, did_you_mean
from planner.outputs import formats, maps_canvas, maps_legend, maps_panels, maps_tags, palette
from planner.outputs.maps import DETAIL_INCH, lay_out, named
from planner.outputs.maps_canvas import MARGIN, POINT, Panel
from planner.outputs.maps_content import Mark, panel_countries, spot_of
from planner.outputs.maps_difference import PLAIN
from planner.outputs.maps_geometry import Boundaries
from planner.outputs.maps_tags import Tag

Found = Mapping[str, Any]
FOOT = 0.76
SMALLEST, LARGEST = 4.0, 18.0
"""Discs of sites never and always chosen [pt]."""
KEYS = (0.25, 0.5, 1.0)
"""Shares in the key of sizes."""


@dataclass(frozen=True, slots=True)
class Share:
    """One site: times chosen of how many, its kind, and what its label says below the name."""

    times: int
    of: int
    kind: str
    note: str

    @property
    def value(self) -> float:
        """Share of the plans or futures."""
        return self.times / self.of if self.of else 0.0


@dataclass(frozen=True)
class Picture:
    """Words and kinds of a map; `quiet` is the kind of sites nobody names."""

    title: str
    subtitle: str
    kinds: Mapping[str, tuple[str, str]]
    quiet: str
    sizes: str
    foot: str
    shares: Mapping[str, Share]


def draw_frequency_map(found: Found, case: Case, data_root: Path) -> Figure:
    """Map of an answer of `alternatives`: in how many near-optimal plans each site is."""
    rows = {str(r["site"]): r for r in found["sites"]}
    shares = {
        i: Share(r["in"], r["of"], r["verdict"], f"{r['verdict']}: in {r['in']} of {r['of']}")
        for i, r in rows.items()
    }
    plans = len(found["plans"])
    within = formats.number(100 * found["within"], 2)
    scope = "all there are" if found["complete"] else "there may be more"
    counts = {k: sum(s.kind == k for s in shares.values()) for k in ("must", "may", "avoid")}
    told = ", ".join(f"{n} {k}" for k, n in counts.items())
    kinds = {
        "must": ("must: in every plan", palette.ALWAYS),
        "may": ("may: in some", palette.SOMETIMES),
        "avoid": ("avoid: in none", palette.NEVER),
    }
    picture = Picture(
        f"{case.scenario.label}: sites of near-optimal plans",
        f"{formats.plural(plans, 'set')} of sites within {within} % of the plan ({scope}) · {told}",
        kinds, "avoid", "Share of plans", f"Method: {found['method']}", shares,
    )  # fmt: skip
    return _draw(picture, case, data_root)


def draw_regret_map(found: Found, case: Case, data_root: Path) -> Figure:
    """Map of an answer of `regret`: in how many futures' best plans each site is."""
    futures, plans = len(found["futures"]), len(found["plans"])
    shares = {str(r["site"]): _regretted(r, plans) for r in found["sites"]}
    sure = sum(s.kind == "always" for s in shares.values())
    kinds = {
        "always": ("no regret: in the best plan of every future", palette.ALWAYS),
        "some": ("in the best plan of some", palette.SOMETIMES),
        "plans": ("only in plans compared", palette.REGRETTED),
        "never": ("in none", palette.NEVER),
    }
    names = ", ".join(p["plan"] for p in found["plans"])
    picture = Picture(
        f"{found['world']}: sites without regret",
        f"{formats.plural(sure, 'site')} no future regrets, of "
        f"{formats.plural(futures, 'future')}; named: in how many of their best plans a site is"
        f" · compared: {names}",
        kinds, "never", "Share of futures",
        f"{formats.plural(plans, 'plan')} against {formats.plural(futures, 'future')}", shares,
    )  # fmt: skip
    return _draw(picture, case, data_root)


def _regretted(row: Found, plans: int) -> Share:
    times, of = int(row["futures"]), int(row["of"])
    kind = "always" if row["no_regret"] else "some" if times else "plans"
    note = f"in {times} of {of}"
    if plans > 1:
        note += f" · {len(row['plans'])} of {plans} plans"
    return Share(times, of, kind, note)


def _draw(picture: Picture, case: Case, data_root: Path) -> Figure:
    marks = _marks(picture, case)
    with rc_context(maps_canvas.settings([picture.title, *(m.name for m in marks)])):
        sheet = lay_out(marks, panel_countries(marks, case), overview=False, foot=FOOT)
        boundaries, missing = Boundaries(data_root), list[str]()
        for view in named(sheet.panels, boundaries, marks):
            on = maps_canvas.panel(sheet.figure, view)
            shapes = boundaries.country(view, on.metres_per_inch * DETAIL_INCH)
            maps_panels.land(on, shapes, dict.fromkeys(shapes.regions, 0.0), PLAIN)
            here = [m for m in marks if m.country == view.id and m.spot in view.holds]
            missing += _sites(sheet.figure, on, picture, here)
        maps_legend.heading(sheet.figure, picture.title, picture.subtitle)
        _keys(sheet.figure, picture)
        extra = f"No room to name: {', '.join(missing)}." if missing else ""
        maps_legend.sources(sheet.figure, picture.foot, extra)
    return sheet.figure


def _marks(picture: Picture, case: Case) -> list[Mark]:
    """Every site of the countries asked about. Raises InputError for a site the case lacks."""
    sites = case.registers["sites"]
    for i in sorted(set(picture.shares) - set(sites)):
        text, hint = f"no site '{i}' in {case.scenario.label}", did_you_mean(i, sites)
        raise InputError([Issue("error", "E724", "map", "sites", text, hint)])
    asked = {str(sites[i]["country"]) for i in picture.shares}
    found = []
    for i in case.ids("sites"):
        spot, country = spot_of(sites[i]), str(sites[i]["country"])
        if spot is not None and country in asked:
            name = case.name("sites", i)
            found.append(Mark(i, name, country, spot, 0.0, 0.0, "", 0, False, ""))
    return found


def points(share: float) -> float:
    """Diameter of a disc [pt]; its area grows with the share."""
    return float((SMALLEST**2 + share * (LARGEST**2 - SMALLEST**2)) ** 0.5)


def _sites(figure: Figure, on: Panel, picture: Picture, marks: Sequence[Mark]) -> list[str]:
    """Discs, large ones below, and labels; returns names there was no room for."""
    never = Share(0, 0, picture.quiet, "")
    places = maps_panels.positions(marks, on.view.crs)
    tags, bare = [], []
    shown = sorted(marks, key=lambda m: (-picture.shares.get(m.id, never).value, m.id))
    for depth, mark in enumerate(shown):
        share = picture.shares.get(mark.id, never)
        at, size = on.inches(*places[mark.id]), points(share.value)
        style = {**_look(picture, share.kind), "zorder": 6 + depth / (len(shown) + 1)}
        maps_canvas.discs(on.axes, [(*places[mark.id], size)], f"{share.kind}:{mark.id}", **style)
        if share.kind == picture.quiet:
            bare.append((*at, size * POINT / 2))
        else:
            text = maps_tags.name_and_note(mark.name, share.note)
            tags.append(Tag(mark.id, at, size, text, 1 + share.value))
    marked = np.array([on.inches(*p) for p in places.values()] or [on.box[2:]])
    blocked = [maps_canvas.scale_bar(figure, on, marked), *on.view.covered]
    spots = maps_tags.label(figure, on, tags, np.array(bare).reshape(-1, 3), blocked)
    return [m.name for m in marks if m.id in {t.id for t in tags} - set(spots)]


def _look(picture: Picture, kind: str) -> dict[str, Any]:
    """Filled in the kind's colour; quiet kinds are hollow."""
    colour = picture.kinds[kind][1]
    if kind == picture.quiet:
        return {"facecolor": "white", "edgecolor": colour, "linewidth": 0.8}
    return {"facecolor": colour, "edgecolor": "white", "linewidth": 0.9}


def _keys(figure: Figure, picture: Picture) -> None:
    """One row: kinds that are on the map, then sizes."""
    row = maps_legend.Row(figure, MARGIN, 0.5)
    row.word("Sites")
    used = {s.kind for s in picture.shares.values()} | {picture.quiet}
    for kind, (label, colour) in picture.kinds.items():
        if kind in used:
            hollow = kind == picture.quiet
            face, edge = ("white", colour) if hollow else (colour, "white")
            row.mark(label, 5 if hollow else 9, marker="o", color=face, markeredgecolor=edge)
    row.word(picture.sizes)
    for share in KEYS:
        style = {"marker": "o", "color": "#8d949d", "markeredgecolor": "white"}
        row.mark(formats.percent(100 * share, 0), points(share), **style)
