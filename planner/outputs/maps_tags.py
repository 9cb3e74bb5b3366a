"""Labels at markers of the printed maps: what they say, and less of it where room is short."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from planner.outputs import maps_labels, palette
from planner.outputs.maps_canvas import GROUND, NAME_WIDTH, POINT, SMALL, Panel, measured
from planner.outputs.maps_labels import Box, Label, Spot


@dataclass(frozen=True, slots=True)
class Tag:
    """Label wanted at a marker: where [inch], how big the marker is [pt], what it says."""

    id: str
    at: tuple[float, float]
    points: float
    text: str
    weight: float
    colour: str = palette.INK
    size: float = SMALL
    shorter: tuple[str, ...] = ()
    """What it may say instead where room is short, ever shorter."""


def name_and_note(name: str, note: str) -> str:
    """Label text: the name in at most two lines, then the note."""
    parts = textwrap.wrap(name, NAME_WIDTH, max_lines=2, placeholder="…") or [""]
    return "\n".join([*parts, note] if note else parts)


def label(  # noqa: PLR0913 - one is named
    figure: Figure,
    on: Panel,
    tags: Sequence[Tag],
    bare: np.ndarray,
    blocked: Sequence[Box],
    *,
    clear: float = math.inf,
) -> dict[str, Spot]:
    """Write labels where they collide with nothing; `bare`: markers without one (x, y, radius).

    clear: a label that would cover a marker of more than this radius [inch] is left out.
    """
    texts = {tag.id: _text(figure, tag) for tag in tags}
    spots = _placed(figure, on, tags, texts, (bare.reshape(-1, 3), blocked))
    own = np.array([(*tag.at, tag.points * POINT / 2) for tag in tags]).reshape(-1, 3)
    large = np.vstack([own, bare.reshape(-1, 3)])
    for i in maps_labels.covering(spots, large[large[:, 2] > clear]):
        del spots[i]
    for tag in tags:
        text, spot = texts[tag.id], spots.get(tag.id)
        if spot is None:
            text.remove()
            continue
        text.set_position(spot.box[:2])
        if spot.leader is not None:
            x0, y0, x1, y1 = spot.leader
            line = Line2D([x0, x1], [y0, y1], color=palette.MUTED, linewidth=0.5, zorder=9)
            line.set_gid(f"leader:{tag.id}")
            line.set_transform(figure.dpi_scale_trans)
            figure.add_artist(line)
    return spots


def _placed(
    figure: Figure,
    on: Panel,
    tags: Sequence[Tag],
    texts: Mapping[str, Text],
    around: tuple[np.ndarray, Sequence[Box]],
) -> dict[str, Spot]:
    """Spots; while a label has none or a bad one, the bulkiest that can say less does.

    Of all these tries the one with the fewest bad labels stands, the most told first.
    """
    own = np.array([(*tag.at, tag.points * POINT / 2) for tag in tags]).reshape(-1, 3)
    discs = np.vstack([own, around[0]])
    said = {tag.id: [tag.text, *tag.shorter] for tag in tags}
    best: tuple[int, dict[str, Spot], dict[str, str]] | None = None
    while True:
        sizes = {i: measured(texts[i], figure) for i in texts}
        asked = [
            Label(tag.id, *tag.at, tag.points * POINT / 2, *sizes[tag.id], tag.weight)
            for tag in tags
        ]
        spots = maps_labels.place(asked, discs, on.box, around[1])
        bad = maps_labels.in_trouble(spots, discs) | (set(texts) - set(spots))
        if best is None or len(bad) < best[0]:
            best = len(bad), spots, {i: said[i][0] for i in said}
        able = sorted(i for i in said if len(said[i]) > 1)
        if not (bad and able):
            break
        long = max(able, key=lambda i: (sizes[i][0] * sizes[i][1], i))
        said[long].pop(0)
        texts[long].set_text(said[long][0])
    for i, words in best[2].items():
        texts[i].set_text(words)
    return best[1]


def _text(figure: Figure, tag: Tag) -> Text:
    text = Text(
        0,
        0,
        tag.text,
        fontsize=tag.size,
        color=tag.colour,
        linespacing=1.02,
        bbox=GROUND,
        va="bottom",
        ha="left",
        zorder=30,
        transform=figure.dpi_scale_trans,
    )
    text.set_gid(f"label:{tag.id}")
    figure.add_artist(text)
    text.set_transform(figure.dpi_scale_trans)
    return text
