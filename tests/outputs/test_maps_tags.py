"""Labels say less where room is short, and then cover nothing."""

from __future__ import annotations

import numpy as np
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from planner.outputs import maps_canvas, maps_labels, maps_tags
from planner.outputs.maps import draw_difference_map
from planner.outputs.maps_canvas import POINT, View
from planner.outputs.maps_tags import Tag
from tests.outputs.sample_plan import sample_plan, sample_plan_b
from tests.outputs.test_maps import DATA

LONG = "Somewhere\nwas N2 +75 kwpm 2028, N3 +25\nnow N2 +25 kwpm 2030, N3 +75"


def placed(tags: list[Tag]) -> tuple[dict[str, maps_labels.Spot], dict[str, str]]:
    """Spots and words of labels on a small panel."""
    figure: Figure = maps_canvas.paper(3.0)
    view = View("X", "X", "EPSG:3857", (0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 2.2, 2.4))
    on = maps_canvas.panel(figure, view)
    spots = maps_tags.label(figure, on, tags, np.empty((0, 3)), [])
    texts = [t for t in figure.findobj(Text) if str(t.get_gid()).startswith("label:")]
    return spots, {str(t.get_gid()).removeprefix("label:"): t.get_text() for t in texts}


def column(*shorter: str) -> list[Tag]:
    """Six marks above one another, as the sites of a narrow island."""
    return [Tag(f"s{n}", (1.1, 0.3 + 0.35 * n), 11.5, LONG, 1.0, shorter=shorter) for n in range(6)]


def discs(tags: list[Tag]) -> np.ndarray:
    return np.array([(*t.at, t.points * POINT / 2) for t in tags])


def test_crowded_labels_say_less_and_cover_no_mark() -> None:
    tags = column("Somewhere\n+100 → +100 kwpm", "Somewhere")
    spots, words = placed(tags)
    assert set(spots) == {t.id for t in tags}
    assert not maps_labels.in_trouble(spots, discs(tags))
    assert any(w != LONG for w in words.values())


def test_labels_with_room_say_all() -> None:
    tag = Tag("a", (1.1, 1.2), 11.5, LONG, 1.0, shorter=("Somewhere",))
    assert placed([tag])[1] == {"a": LONG}


def test_what_cannot_be_mended_is_left_as_told_as_it_was() -> None:
    """Saying less that helps nobody is not done."""
    marks = [Tag(f"s{n}", (1.1, 1.2), 260.0, LONG, 1.0, shorter=("Some",)) for n in range(2)]
    spots, words = placed(marks)
    assert maps_labels.in_trouble(spots, discs(marks))
    assert set(words.values()) == {LONG}


def test_labels_of_differences_stand_off_their_own_marks() -> None:
    figure = draw_difference_map(sample_plan()[0], sample_plan_b()[0], DATA)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    for text in figure.findobj(Text):
        name = str(text.get_gid())
        if not name.startswith("label:"):
            continue
        site = name.removeprefix("label:")
        found = figure.findobj(PathCollection)
        (disc,) = (d for d in found if str(d.get_gid()).endswith(f":{site}"))
        x, y = disc.get_offset_transform().transform(np.asarray(disc.get_offsets()))[0]
        assert not text.get_window_extent(renderer).contains(x, y), site
