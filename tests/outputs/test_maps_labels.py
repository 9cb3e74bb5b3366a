"""Labels never cover each other, stay in their frame, and always land in the same places."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.outputs.maps_labels import Box, Label, place

Spots = list[tuple[float, float, float, float]]
FRAME = (0.0, 0.0, 5.0, 4.0)
SPOTS = st.lists(
    st.tuples(st.floats(0.1, 4.9), st.floats(0.1, 3.9), st.floats(0.02, 0.2), st.floats(0.3, 1.2)),
    max_size=14,
)


def labels_of(spots: list[tuple[float, float, float, float]]) -> list[Label]:
    return [Label(f"s{n}", x, y, r, w, 0.22, r) for n, (x, y, r, w) in enumerate(spots)]


def apart(a: Box, b: Box) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def discs_of(labels: list[Label]) -> np.ndarray:
    return np.array([(a.x, a.y, a.radius) for a in labels]).reshape(-1, 3)


@settings(deadline=None, max_examples=40)
@given(SPOTS)
def test_no_label_covers_another_or_leaves_the_frame(
    spots: list[tuple[float, float, float, float]],
) -> None:
    labels = labels_of(spots)
    blocked = (0.0, 0.0, 0.8, 0.3)
    boxes = [s.box for s in place(labels, discs_of(labels), FRAME, [blocked]).values()]
    assert len(boxes) == len(labels)
    for n, box in enumerate(boxes):
        assert box[0] >= 0
        assert box[1] >= 0
        assert box[2] <= FRAME[2]
        assert box[3] <= FRAME[3]
        assert apart(box, blocked)
        assert all(apart(box, other) for other in boxes[n + 1 :])


@settings(deadline=None, max_examples=15)
@given(SPOTS)
def test_the_order_they_come_in_changes_nothing(
    spots: list[tuple[float, float, float, float]],
) -> None:
    labels = labels_of(spots)
    discs = discs_of(labels)
    assert place(labels, discs, FRAME) == place(labels[::-1], discs, FRAME)


def test_a_lone_label_stands_right_of_its_marker_without_a_leader() -> None:
    label = Label("a", 2.0, 2.0, 0.1, 0.8, 0.2, 1.0)
    spot = place([label], discs_of([label]), FRAME)["a"]
    assert spot.box[0] > 2.1
    assert spot.leader is None


def test_a_label_without_room_is_left_out() -> None:
    label = Label("a", 2.0, 2.0, 0.1, 9.0, 0.2, 1.0)
    assert place([label], discs_of([label]), FRAME) == {}


def test_crowded_labels_get_leaders() -> None:
    labels = labels_of([(2.0 + 0.01 * n, 2.0, 0.05, 1.0) for n in range(9)])
    spots = place(labels, discs_of(labels), FRAME)
    assert len(spots) == 9
    assert any(s.leader for s in spots.values())
