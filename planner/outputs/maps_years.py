"""Small multiples: one little map a year on one sheet, with one legend, scale and source for all.

    figure = draw_year_maps(plan, case, data_root, (2026, 2030, 2034))
Markers have one size for one capacity on the whole sheet. Each map names what is new since the
one before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats, maps_canvas, maps_legend, maps_panels, maps_tags, palette
from planner.outputs.maps import DETAIL_INCH, FOOT, named
from planner.outputs.maps_canvas import MARGIN, WIDTH, Panel
from planner.outputs.maps_content import SEEN, Content, Mark, content
from planner.outputs.maps_geometry import Boundaries, Shapes
from planner.outputs.maps_layout import Strip, strip
from planner.outputs.maps_panels import Scale
from planner.outputs.maps_tags import Tag

HEAD, ABOVE, BETWEEN, GUTTER = 0.7, 0.46, 0.14, 0.3
"""Room for the title, above each little map, below it, and between columns [inch]."""
TALLEST = 3.0
NAME, SUMMARY, LABEL = 6.4, 7.0, 5.4


@dataclass(frozen=True)
class Multiples:
    """What all little maps share."""

    figure: Figure
    boundaries: Boundaries
    scale: Scale | None
    largest: float
    shapes: dict[tuple[str, str], Shapes]

    def land(self, on: Panel) -> Shapes:
        """Shapes of a country, made once for all years."""
        key = (on.view.id, on.view.crs)
        if key not in self.shapes:
            step = on.metres_per_inch * DETAIL_INCH
            self.shapes[key] = self.boundaries.country(on.view, step)
        return self.shapes[key]


def columns(count: int) -> int:
    """Little maps side by side."""
    return 1 if count <= 3 else 2 if count <= 10 else 3


def draw_year_maps(
    plan: Plan, case: Case, data_root: Path, years: Sequence[int], layer: str | None = None
) -> Figure:
    """One sheet of little maps.

    Parameters
    ----------
    years : sequence of int
        Years of the plan, one little map each.
    layer : risk | hazard | subsidy | wage | power | water | water-price, optional
        What the regions are shaded by; the scenario's `map_layer` when empty.
    """
    shown = [content(plan, case, layer, year) for year in years]
    last, title = shown[-1], plan.title or case.scenario.label
    texts = [title, *(m.name for m in last.marks), *(n for _, n in last.countries)]
    with rc_context(maps_canvas.settings(texts)):
        across = columns(len(years))
        down = -(-len(years) // across)
        wide = (WIDTH - 2 * MARGIN - GUTTER * (across - 1)) / across
        panels = strip(last.marks, last.countries)
        tall = panels.height(wide, TALLEST)
        height = HEAD + down * (ABOVE + tall + BETWEEN) + FOOT
        figure = maps_canvas.paper(height)
        largest = max((m.kwpm for c in shown for m in c.marks), default=0.0)
        scale = maps_legend.scale_of(last.shading)
        all_maps = Multiples(figure, Boundaries(data_root), scale, largest, {})
        for n, now in enumerate(shown):
            row, column = divmod(n, across)
            left = MARGIN + column * (wide + GUTTER)
            top = height - HEAD - row * (ABOVE + tall + BETWEEN)
            before = shown[n - 1] if n else None
            _little(all_maps, (panels, tall), (left, top, wide), (now, before))
        _furniture(all_maps, plan, title, shown)
    return figure


def _little(
    sheet: Multiples,
    panels: tuple[Strip, float],
    place: tuple[float, float, float],
    pair: tuple[Content, Content | None],
) -> None:
    """One year: its title, panels, sites, and names of what is new."""
    (left, top, wide), (now, before) = place, pair
    year = maps_canvas.write(
        sheet.figure, (left, top - 0.2), str(now.year), size=11.0, weight="bold"
    )
    year.set_gid(f"year:{now.year}")
    start = left + maps_canvas.measured(year, sheet.figure)[0] + 0.12
    style = {"size": SUMMARY, "color": palette.MUTED}
    text = maps_canvas.write(sheet.figure, (start, top - 0.2), summary(now), **style)
    maps_canvas.cut(sheet.figure, text, left + wide - start)
    views = panels[0].views((left, top - ABOVE), panels[1], NAME)
    for view in named(views, sheet.boundaries, now.marks):
        on = maps_canvas.panel(sheet.figure, replace(view, title=view.title.split(" (home)")[0]))
        maps_panels.land(on, sheet.land(on), now.shading.shades, sheet.scale)
        marks = [m for m in now.here(view.id) if m.spot in view.holds]
        places = maps_panels.positions(marks, view.crs)
        maps_panels.links(on, now.links, places)
        maps_panels.sites(on, marks, places, sheet.largest)
        _names(sheet, on, news(marks, before), (marks, places))


def summary(shown: Content) -> str:
    """New and running capacity and centres of one year, in one line."""
    marks = shown.marks
    new = sum(m.new for m in marks)
    return (
        f"+{formats.number(new, 0)} k wafers a month new at "
        f"{formats.plural(sum(m.new > SEEN for m in marks), 'site')}, "
        f"{formats.number(sum(m.kwpm for m in marks), 0)} k in service, "
        f"{formats.plural(sum(m.lab for m in marks), 'research centre')}"
    )


def news(marks: Sequence[Mark], before: Content | None) -> list[Mark]:
    """Sites with more new capacity, or a centre more, than on the map before."""
    past: Mapping[str, Mark] = {m.id: m for m in before.marks} if before else {}
    return [
        m
        for m in marks
        if m.new > (past[m.id].new if m.id in past else 0.0) + SEEN
        or m.lab > (past[m.id].lab if m.id in past else 0)
    ]


def _names(
    sheet: Multiples,
    on: Panel,
    named_marks: Sequence[Mark],
    drawn: tuple[Sequence[Mark], maps_panels.Places],
) -> None:
    """Names of what is new, where there is room."""
    marks, places = drawn
    told = {m.id for m in named_marks}
    tags, bare = [], []
    for mark in marks:
        at, size = on.inches(*places[mark.id]), maps_panels.points(mark, sheet.largest)
        if mark.id in told:
            text = maps_tags.name_and_note(mark.name, mark.note)
            weight = mark.new * 2 + 50 * bool(mark.lab)
            tags.append(Tag(mark.id, at, size, text, weight, size=LABEL))
        else:
            bare.append((*at, size * maps_canvas.POINT / 2))
    marked = np.array([on.inches(*p) for p in places.values()] or [on.box[2:]])
    blocked = [maps_canvas.scale_bar(sheet.figure, on, marked), *on.view.covered]
    around, small = np.array(bare).reshape(-1, 3), palette.CANDIDATE_PT * maps_canvas.POINT / 2
    maps_tags.label(sheet.figure, on, tags, around, blocked, clear=1.01 * small)


def _furniture(sheet: Multiples, plan: Plan, title: str, shown: Sequence[Content]) -> None:
    """Title, the one legend, the one colour bar, source and solver."""
    years = ", ".join(str(c.year) for c in shown)
    words = f"In service by {years}. Named: what is new since the map before, where there is room"
    maps_legend.heading(sheet.figure, title, words)
    drawn = {m.product for c in shown for m in c.marks if m.product}
    last = shown[-1]
    whole = replace(last, products=tuple(p for p in last.products if p[0] in drawn))
    maps_legend.keys(sheet.figure, whole, sheet.largest)
    maps_legend.colour_bar(sheet.figure, last.shading, sheet.scale)
    maps_legend.footer(sheet.figure, plan)
