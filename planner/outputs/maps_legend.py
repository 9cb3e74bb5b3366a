"""Words and keys around the maps: title, classes, symbols, sizes, colour bar, source, solver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize, PowerNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from planner.core.plan import Plan
from planner.outputs import formats, maps_canvas, palette
from planner.outputs.maps_content import Content, Shading, centres_open
from planner.outputs.maps_panels import Scale

BOUNDARIES = "Boundaries: Natural Earth (public domain); not a legal statement"
BAR_WIDTH = 2.5
SPREAD = 6.0
"""Shading follows square roots when the largest value is so many times the median."""


def scale_of(shade: Shading) -> Scale | None:
    """Normalisation and colours of a layer; None when no region has a value."""
    values = sorted(shade.shades.values())
    if not values:
        return None
    ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(values[0], values[-1])
    low, high = float(ticks[0]), float(ticks[-1])
    if low == high:
        high = low + 1.0
    middle = values[len(values) // 2]
    uneven = values[0] >= 0 and middle > 0 and values[-1] > SPREAD * middle
    norm: Normalize = PowerNorm(0.5, 0.0, high) if uneven else Normalize(low, high)
    colours = palette.RAMPS.get(shade.layer, palette.RAMPS["risk"])
    return norm, LinearSegmentedColormap.from_list(shade.layer, list(colours))


def heading(figure: Figure, title: str, subtitle: str) -> None:
    """Title and subtitle, cut where the paper ends."""
    width, height = figure.get_size_inches()
    room = width - 2 * maps_canvas.MARGIN
    left = maps_canvas.MARGIN
    clean, plain = " ".join(title.split()), " ".join(subtitle.split())
    first = maps_canvas.write(
        figure, (left, height - 0.34), clean, size=maps_canvas.TITLE, weight="bold", gid="title"
    )
    second = maps_canvas.write(
        figure, (left, height - 0.58), plain, size=8.6, color=palette.MUTED, gid="subtitle"
    )
    for text in (first, second):
        maps_canvas.cut(figure, text, room)


def subtitle(plan: Plan, shown: Content) -> str:
    """Sites, capacity and centres in one line."""
    marks = shown.marks
    new = [m for m in marks if m.new > 0.05]
    labs = centres_open(plan, shown.year)
    total = sum(m.kwpm for m in marks)
    when = "at the end of the plan" if shown.year is None else f"in {shown.year}"
    parts = [
        f"{formats.plural(len(new), 'site')} with new capacity "
        f"(+{formats.number(sum(m.new for m in new), 0)} k wafers a month), "
        f"{formats.number(total, 0)} k in service {when}",
        formats.plural(labs, "research centre"),
    ]
    if plan.info.has_solution:
        value = plan.measures.get("npv_usd_bn")
        if value is not None:
            parts.append(f"expected value USD {formats.brief(value)} bn")
    return " · ".join(parts)


def solver_line(plan: Plan) -> str:
    """What the solver proved, and which inputs."""
    info = plan.info
    bound = f"bound USD {formats.brief(info.bound)} bn"
    gap = f"gap {formats.number(100 * info.gap, 3)} %"
    return f"Solver: {info.status}, {gap}, {bound} · inputs {plan.digest[:12]}"


def footer(figure: Figure, plan: Plan, extra: str = "") -> None:
    """Source of the boundaries and the solver's word."""
    sources(figure, solver_line(plan), extra)


def sources(figure: Figure, word: str, extra: str = "") -> None:
    """Source of the boundaries on the left, and a word on how the figures were found."""
    width = float(figure.get_size_inches()[0])
    left, right = maps_canvas.MARGIN, width - maps_canvas.MARGIN
    style: dict[str, Any] = {"size": 6.2, "color": palette.MUTED}
    text = f"{BOUNDARIES}. {extra}".strip()
    source = maps_canvas.write(figure, (left, 0.1), text, gid="source", **style)
    said = maps_canvas.write(figure, (right, 0.1), word, ha="right", gid="solver", **style)
    maps_canvas.cut(figure, source, right - left - maps_canvas.measured(said, figure)[0] - 0.2)


@dataclass
class Row:
    """Keys written one after another along a line [inch]."""

    figure: Figure
    x: float
    y: float
    items: list[str] = field(default_factory=list)

    def mark(self, text: str, points: float, **style: Any) -> None:
        """Marker and its meaning."""
        room = max(points, 7.0) * maps_canvas.POINT
        line = Line2D([self.x + room / 2], [self.y], linestyle="", markersize=points, **style)
        self._add(line, room, text)

    def stroke(self, text: str, **style: Any) -> None:
        """Line and its meaning."""
        self._add(Line2D([self.x, self.x + 0.3], [self.y, self.y], **style), 0.3, text)

    def patch(self, text: str, **style: Any) -> None:
        """Filled box and its meaning."""
        self._add(Rectangle((self.x, self.y - 0.055), 0.22, 0.11, **style), 0.22, text)

    def word(self, text: str) -> None:
        """Heading of a group of keys."""
        drawn = maps_canvas.write(
            self.figure, (self.x, self.y), text, size=7.0, va="center", weight="bold"
        )
        self.x += maps_canvas.measured(drawn, self.figure)[0] + 0.1

    def _add(self, artist: Any, room: float, text: str) -> None:
        artist.set_transform(self.figure.dpi_scale_trans)
        artist.set_gid(f"key:{text}")
        self.figure.add_artist(artist)
        artist.set_transform(self.figure.dpi_scale_trans)
        drawn = maps_canvas.write(
            self.figure, (self.x + room + 0.05, self.y), text, size=7.0, va="center"
        )
        self.items.append(text)
        self.x += room + 0.05 + maps_canvas.measured(drawn, self.figure)[0] + 0.16


def keys(figure: Figure, shown: Content, largest: float) -> None:
    """Two rows: product classes and sizes; symbols."""
    top = Row(figure, maps_canvas.MARGIN, 0.66)
    top.word("Main class")
    for product, name in shown.products:
        colour = palette.product_colour(product)
        text = product if product == name else f"{product}"
        top.mark(text, 8, marker="o", color=colour, markeredgecolor="white")
    top.word("Capacity")
    for kwpm in sizes(largest):
        points = palette.marker_points(kwpm, largest)
        text = f"{formats.number(kwpm, 0)}k a month"
        top.mark(text, points, marker="o", color="#8d949d", markeredgecolor="white")
    low = Row(figure, maps_canvas.MARGIN, 0.36)
    low.word("Symbols")
    pale, full = palette.tint("#3b528b"), "#3b528b"
    low.mark("new capacity", 9, marker="o", color=full, markeredgecolor="white")
    low.mark("standing today", 9, marker="o", color=pale, markeredgecolor=full)
    _both(low, full, pale)
    low.mark("research centre", 6, marker="D", color=palette.RESEARCH, markeredgecolor="white")
    hollow = {"color": "white", "markeredgecolor": palette.CANDIDATE_EDGE, "markeredgewidth": 0.8}
    low.mark("candidate fab", palette.CANDIDATE_PT + 0.8, marker="o", **hollow)
    if any(m.research_only and not m.active for m in shown.marks):
        low.mark("candidate centre", palette.CANDIDATE_PT + 0.2, marker="D", **hollow)
    low.stroke("co-creation link", color=palette.LINK, linewidth=0.9, linestyle=(0, (4, 2.4)))
    hatch = {"facecolor": palette.NO_DATA, "edgecolor": palette.NO_DATA_HATCH, "hatch": "/////"}
    low.patch("no site, no data", linewidth=0.4, **hatch)


def _both(row: Row, full: str, pale: str) -> None:
    """Ring of new capacity around what stands today."""
    spot = row.x
    row.mark("both", 10.5, marker="o", color=full, markeredgecolor="white")
    middle = spot + 10.5 * maps_canvas.POINT / 2
    inner = Line2D([middle], [row.y], marker="o", color=pale, markersize=6, linestyle="")
    inner.set_markeredgecolor("white")
    inner.set_markeredgewidth(0.5)
    row.figure.add_artist(inner)
    inner.set_transform(row.figure.dpi_scale_trans)


def sizes(largest: float) -> Sequence[float]:
    """Three round capacities for the key of sizes."""
    if largest <= 0:
        return ()
    wanted = [largest * share for share in (0.08, 0.3, 0.9)]
    steps = [m * 10.0**p for p in range(-3, 12) for m in (1, 2, 5)]
    return tuple(sorted({max(s for s in steps if s <= w * 1.0001) for w in wanted if w > 0.001}))


def colour_bar(figure: Figure, shade: Shading, scale: Scale | None) -> None:
    """Bar with unit in the lower right corner; says so when the layer is empty."""
    width, height = (float(v) for v in figure.get_size_inches())
    right = width - maps_canvas.MARGIN
    title = f"{shade.label}, {shade.unit} (mean of the sites)"
    style: dict[str, Any] = {"ha": "right", "size": 7.0, "gid": "layer"}
    if scale is None:
        maps_canvas.write(figure, (right, 0.62), f"{shade.label}: no data", **style)
        return
    maps_canvas.write(figure, (right, 0.66), title, weight="bold", **style)
    box = ((right - BAR_WIDTH - 0.06) / width, 0.47 / height, BAR_WIDTH / width, 0.11 / height)
    axes = figure.add_axes(box, label="colour bar")
    axes.set_gid("colour bar")
    norm, ramp = scale
    bar = figure.colorbar(ScalarMappable(norm, ramp), cax=axes, orientation="horizontal")
    low, high = float(norm.vmin or 0.0), float(norm.vmax or 1.0)
    found = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    ticks = [float(t) for t in found if low - 1e-9 <= t <= high + 1e-9]
    bar.set_ticks(ticks, labels=[f"{t:g}" for t in ticks])
    bar.outline.set_linewidth(0.4)
    axes.tick_params(labelsize=6.4, length=2, width=0.4, pad=1.5)
