"""Paper, type and furniture of the printed maps: frames, texts, scale bars.

Figures are made without pyplot, so nothing is shared between drawings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from planner.outputs import palette
from planner.outputs.maps_labels import Box
from planner.outputs.projections import Extent, scale_bar_km

DPI = 200
PRINT_DPI = 300
"""Resolution of written PNG, unless another is asked for."""
WIDTH, MARGIN, GAP = 13.2, 0.16, 0.1
"""Paper width, its margin, and the space between panels [inch]."""
POINT = 1 / 72
SMALL, NORMAL, HEADING, TITLE = 6.4, 7.4, 9.4, 15.0
GROUND: dict[str, Any] = {
    "boxstyle": "round,pad=0.14,rounding_size=0.3",
    "facecolor": "white",
    "edgecolor": "none",
    "alpha": 0.74,
}
"""Ground of a label. An outline around the letters would look finer and triple the SVG."""
NAME_WIDTH = 24
"""Characters after which a site's name goes on in a second line."""
SYMBOL = "map.symbol"
EASTERN = ("Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic", "Hiragino Sans", "Yu Gothic")
RC: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": NORMAL,
    "text.parse_math": False,
    "text.color": palette.INK,
    "text.hinting": "none",
    "svg.fonttype": "path",
    "svg.hashsalt": "planner",
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.4,
    "path.simplify": True,
    "axes.linewidth": 0.6,
}


def settings(texts: Iterable[str]) -> Any:
    """Type settings; a font with Chinese and Japanese signs joins in when a text needs one."""
    if not any(ord(sign) > 0x2E80 for text in texts for sign in text):
        return RC
    installed = {font.name for font in fontManager.ttflist}
    return RC | {"font.family": ["DejaVu Sans", *(f for f in EASTERN if f in installed)]}


@dataclass(frozen=True, slots=True)
class View:
    """What a panel shows [m] and where it stands on the paper [inch].

    `holds`: places of the sites drawn in it; `covered`: paper its insets take.
    """

    id: str
    title: str
    crs: str
    extent: Extent
    box: Box
    holds: frozenset[tuple[float, float]] = frozenset()
    covered: tuple[Box, ...] = ()
    inset: bool = False
    heading: float = HEADING


@dataclass(frozen=True)
class Panel:
    """Axes that fill a rectangle of the paper; projected metres inside."""

    axes: Axes
    view: View

    @property
    def extent(self) -> Extent:
        """West, south, east, north [m]."""
        return self.view.extent

    @property
    def box(self) -> Box:
        """Left, bottom, right, top [inch]."""
        return self.view.box

    def inches(self, x: float, y: float) -> tuple[float, float]:
        """Paper position of a point in metres."""
        west, south, east, north = self.extent
        left, bottom, right, top = self.box
        across = left + (x - west) / (east - west) * (right - left)
        return across, bottom + (y - south) / (north - south) * (top - bottom)

    @property
    def metres_per_inch(self) -> float:
        """Scale."""
        return (self.extent[2] - self.extent[0]) / (self.box[2] - self.box[0])


def paper(height: float) -> Figure:
    """Empty figure of full width."""
    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def panel(figure: Figure, view: View) -> Panel:
    """Framed map panel with its title above."""
    width, height = figure.get_size_inches()
    left, bottom, right, top = view.box
    extent = view.extent
    axes = figure.add_axes(
        (left / width, bottom / height, (right - left) / width, (top - bottom) / height)
    )
    axes.set_gid(f"{'inset' if view.inset else 'panel'}:{view.id}")
    axes.set_zorder(float(view.inset))
    axes.set_label(view.id)
    axes.set_facecolor(palette.SEA)
    axes.set_xlim(extent[0], extent[2])
    axes.set_ylim(extent[1], extent[3])
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color=palette.FRAME, linewidth=0.6, zorder=20)
    if view.inset:
        style: dict[str, Any] = {"size": 6.0, "va": "top", "zorder": 29}
        text = write(figure, (left + 0.03, top - 0.03), view.title, **style)
        text.set_gid(f"inset title:{view.id}")
        cut(figure, text, right - left - 0.06)
    else:
        text = write(figure, (left, top + 0.05), view.title, size=view.heading, weight="bold")
        cut(figure, text, right - left)
    return Panel(axes, view)


def write(figure: Figure, at: tuple[float, float], text: str, **style: Any) -> Text:
    """One text at a paper position [inch]."""
    width, height = figure.get_size_inches()
    style.setdefault("va", "baseline")
    return figure.text(at[0] / width, at[1] / height, text, **style)


def cut(figure: Figure, text: Text, room: float) -> None:
    """Shorten a text until it fits [inch]."""
    words = text.get_text()
    wide = measured(text, figure)[0]
    while wide > room and len(words) > 1:
        words = words[: max(1, int(len(words) * room / wide) - 1)].rstrip()
        text.set_text(f"{words}…")
        wide = measured(text, figure)[0]


def measured(text: Text, figure: Figure) -> tuple[float, float]:
    """Width and height of a text [inch]."""
    extent = text.get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    return float(extent.width) / figure.dpi, float(extent.height) / figure.dpi


def fill(axes: Axes, path: Path, name: str, **style: Any) -> None:
    """Filled land; the panel's limits stand, so no one need ask how far it reaches."""
    if np.size(path.vertices):
        axes.add_artist(PathPatch(path, gid=name, **style))


def discs(axes: Axes, rows: Sequence[tuple[float, float, float]], name: str, **style: Any) -> None:
    """Markers x, y, diameter [pt]; `marker` D draws diamonds."""
    if not rows:
        return
    marker = style.pop("marker", "o")
    x, y, size = zip(*rows, strict=True)
    axes.scatter(x, y, s=[d * d for d in size], marker=marker, gid=name, **style)


def curve(start: Sequence[float], end: Sequence[float], bow: float = 0.16) -> Path:
    """Slightly bent line between two points."""
    (a, b), (p, q) = start, end
    middle = ((a + p) / 2 - (q - b) * bow, (b + q) / 2 + (p - a) * bow)
    return Path([(a, b), middle, (p, q)], [Path.MOVETO, Path.CURVE3, Path.CURVE3])


def lines(axes: Axes, paths: Sequence[Path], name: str, **style: Any) -> None:
    """Unfilled lines."""
    if paths:
        axes.add_collection(
            PathCollection(list(paths), facecolors="none", gid=name, **style), autolim=False
        )


def scale_bar(figure: Figure, on: Panel, marks: np.ndarray) -> Box:
    """Bar of a round length in the freer lower corner; returns the paper it takes [inch]."""
    km = scale_bar_km(on.extent)
    length = km * 1000 / on.metres_per_inch
    bottom = on.box[1] + 0.1
    corners = (on.box[0] + 0.09, on.box[2] - 0.09 - length)
    taken = [((b[0] + b[2]) / 2, b[1]) for b in on.view.covered]
    marks = np.vstack([marks, np.array(taken).reshape(-1, 2)])
    free = [np.hypot(marks[:, 0] - x - length / 2, marks[:, 1] - bottom).min() for x in corners]
    left = corners[int(free[1] > 1.5 * free[0])]
    drawn = Line2D([left, left + length], [bottom, bottom], color=palette.INK, linewidth=1.5)
    drawn.set(gid="scale", zorder=12, solid_capstyle="butt")
    figure.add_artist(drawn)
    drawn.set_transform(figure.dpi_scale_trans)
    style: dict[str, Any] = {"size": 6, "ha": "center", "zorder": 30}
    text = write(figure, (left + length / 2, bottom + 0.035), f"{km} km", **style)
    wide, tall = measured(text, figure)
    half = max(wide, length) / 2
    middle = left + length / 2
    if (hidden := on.box[0] + 0.03 + half - middle) > 0:
        middle += hidden
        drawn.set_xdata([middle - length / 2, middle + length / 2])
        text.set_x(middle / figure.get_figwidth())
    return middle - half, bottom - 0.03, middle + half, bottom + 0.05 + tall
