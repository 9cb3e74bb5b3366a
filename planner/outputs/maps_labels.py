"""Places labels so that none covers another, a marker or a frame.

    cost = distance + side + markers covered + leaders crossed      lowest wins
    hard: inside the frame, off every other label and every blocked box
One label after another, then rounds in which each may move while the others stand; three orders
are tried and the cheapest result is kept. No chance involved: the same labels always land in the
same places. All lengths in inches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

GAPS = (0.045, 0.09, 0.17, 0.27, 0.4, 0.56, 0.75)
GRID = 17
ANGLES = np.deg2rad(np.array([0, 180, 30, 330, 150, 210, 60, 300, 120, 240, 90, 270, 15, 345]))
PAD = 0.03
ROUNDS = 5
FAR, SIDE, TOUCHING = 2.2, 0.12, 0.07
MARKER_COVERED, MARKER_CROSSED = 6.0, 3.0
"""By a label, and by a leader: a label covers a marker only if the panel has no other room."""
LABEL_CROSSED, LEADER_CROSSED = 9.0, 2.5
LEFT_OUT = 1000.0
STEPS = np.linspace(0.0, 1.0, 15)


@dataclass(frozen=True, slots=True)
class Label:
    """Text of a size that belongs to a disc; heavier ones choose first."""

    id: str
    x: float
    y: float
    radius: float
    width: float
    height: float
    weight: float


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a label went, and its leader line (None when the label touches its marker)."""

    box: Box
    leader: tuple[float, float, float, float] | None


def place(
    labels: Sequence[Label], discs: Floats, frame: Box, blocked: Sequence[Box] = ()
) -> dict[str, Spot]:
    """Spot of every label there is room for.

    Parameters
    ----------
    labels : sequence of Label
    discs : array
        x, y, radius of every marker on the panel.
    frame : Box
        Labels stay inside.
    blocked : sequence of Box
        Scale bar and other furniture.
    """
    order = sorted(labels, key=lambda label: (-label.weight, label.id))
    choices = {label.id: _choices(label, discs, frame, blocked) for label in order}
    names = [label.id for label in order]
    eastward = [label.id for label in sorted(order, key=lambda label: (label.x, label.id))]
    tries = [_settle(o, choices) for o in (names, eastward, eastward[::-1])]
    placed = min(tries, key=lambda found: round(_total(found, choices), 9))
    return {i: choices[i].spot(placed[i]) for i in names if i in placed}


def covering(spots: Mapping[str, Spot], discs: Floats) -> list[str]:
    """Labels that cover a marker, at least in part."""
    names = sorted(spots)
    boxes = np.array([spots[i].box for i in names]).reshape(-1, 4)
    return [i for i, hit in zip(names, _covered(boxes, discs), strict=True) if hit]


def in_trouble(spots: Mapping[str, Spot], discs: Floats) -> set[str]:
    """Labels that cover a marker, stand far off, or whose leader runs through what is others'."""
    names = sorted(spots)
    boxes = np.array([spots[i].box for i in names]).reshape(-1, 4)
    bad = set(covering(spots, discs))
    for n, i in enumerate(names):
        if (leader := spots[i].leader) is None:
            continue
        line = np.array([leader])
        others = np.delete(boxes, n, axis=0)
        far = float(np.hypot(line[0, 2] - line[0, 0], line[0, 3] - line[0, 1])) > GAPS[-1]
        over = _near(line, discs[np.hypot(*(discs[:, :2] - line[0, :2]).T) > discs[:, 2] + 1e-6])
        if far or over[0] or _through(line, others).any():
            bad.add(i)
    return bad


def _settle(order: Sequence[str], choices: Mapping[str, _Choices]) -> dict[str, int]:
    """One after another takes its best place; then rounds of second thoughts."""
    placed: dict[str, int] = {}
    for round_ in range(ROUNDS):
        before = dict(placed)
        for i in order:
            best = choices[i].best([choices[j].line(n) for j, n in placed.items() if j != i])
            placed.pop(i, None)
            if best is not None:
                placed[i] = best
        if round_ and placed == before:
            break
    return placed


def _total(placed: Mapping[str, int], choices: Mapping[str, _Choices]) -> float:
    """Cost of all labels together; a label without a place is the worst there is."""
    costs = [
        float(choices[i].costs([choices[j].line(m) for j, m in placed.items() if j != i])[n])
        for i, n in placed.items()
    ]
    return sum(costs) + LEFT_OUT * (len(choices) - len(placed))


@dataclass(frozen=True, slots=True)
class _Choices:
    """Boxes a label may take inside the frame, the standing cost of each, and the leaders."""

    boxes: Floats
    cost: Floats
    leaders: Floats

    def line(self, n: int) -> tuple[Floats, Floats]:
        """Box and leader of one choice."""
        return self.boxes[n], self.leaders[n]

    def spot(self, n: int) -> Spot:
        """One choice for drawing."""
        x0, y0, x1, y1 = (float(v) for v in self.boxes[n])
        ax, ay, bx, by = (float(v) for v in self.leaders[n])
        far = np.hypot(bx - ax, by - ay) > GAPS[1]
        return Spot((x0, y0, x1, y1), (ax, ay, bx, by) if far else None)

    def best(self, others: Sequence[tuple[Floats, Floats]]) -> int | None:
        """Cheapest choice that covers no other label; None if there is none."""
        if not len(self.boxes):
            return None
        cost = self.costs(others)
        n = int(np.argmin(cost))
        return n if np.isfinite(cost[n]) else None

    def costs(self, others: Sequence[tuple[Floats, Floats]]) -> Floats:
        """Cost of every choice beside other labels and their leaders."""
        if not others:
            return self.cost
        cost = self.cost.copy()
        boxes = np.array([b for b, _ in others])
        leaders = np.array([line for _, line in others])
        cost[_meet(self.boxes, boxes).any(axis=1)] = np.inf
        cost += LABEL_CROSSED * _through(self.leaders, boxes).sum(axis=1)
        cost += LABEL_CROSSED * _through(leaders, self.boxes).sum(axis=0)
        cost += LEADER_CROSSED * _cross(self.leaders, leaders).sum(axis=1)
        return cost


def _choices(label: Label, discs: Floats, frame: Box, blocked: Sequence[Box]) -> _Choices:
    middles = np.vstack([_rings(label), _grid(frame)])
    half = np.array([label.width, label.height]) / 2
    boxes = np.hstack([middles - half, middles + half])
    inside = (boxes[:, 0] >= frame[0] + PAD) & (boxes[:, 2] <= frame[2] - PAD)
    inside &= (boxes[:, 1] >= frame[1] + PAD) & (boxes[:, 3] <= frame[3] - PAD)
    if blocked:
        inside &= ~_meet(boxes, np.array(blocked)).any(axis=1)
    boxes = boxes[inside]
    leaders = _leaders(label, boxes)
    away = np.hypot(*(leaders[:, :2] - leaders[:, 2:]).T)
    off = np.column_stack([boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]]) / 2
    off = off - [label.x, label.y]
    cost = np.maximum(away, TOUCHING) * FAR + SIDE * (
        1 - off[:, 0] / np.maximum(np.hypot(*off.T), 1e-9)
    )
    if len(discs):
        cost = cost + MARKER_COVERED * _covered(boxes, discs)
        others = np.hypot(discs[:, 0] - label.x, discs[:, 1] - label.y) > 1e-6
        cost = cost + MARKER_CROSSED * _near(leaders, discs[others])
    return _Choices(boxes, cost, leaders)


def _rings(label: Label) -> Floats:
    """Middles of boxes all round the marker, at growing distance."""
    gaps, angles = np.repeat(np.array(GAPS), len(ANGLES)), np.tile(ANGLES, len(GAPS))
    dx, dy = np.cos(angles), np.sin(angles)
    reach = label.radius + gaps
    x = label.x + dx * reach + np.clip(dx * 1.5, -1, 1) * label.width / 2
    return np.column_stack([x, label.y + dy * reach + np.clip(dy * 1.5, -1, 1) * label.height / 2])


def _grid(frame: Box) -> Floats:
    """Middles all over the panel: the last resort of a label whose surroundings are full."""
    x, y = np.meshgrid(np.linspace(frame[0], frame[2], GRID), np.linspace(frame[1], frame[3], GRID))
    return np.column_stack([x.ravel(), y.ravel()])


def _leaders(label: Label, boxes: Floats) -> Floats:
    """From the marker's rim to the nearest point of each box."""
    to_x = np.clip(label.x, boxes[:, 0], boxes[:, 2])
    to_y = np.clip(label.y, boxes[:, 1], boxes[:, 3])
    length = np.maximum(np.hypot(to_x - label.x, to_y - label.y), 1e-9)
    share = np.minimum(label.radius / length, 1.0)
    from_x = label.x + (to_x - label.x) * share
    from_y = label.y + (to_y - label.y) * share
    return np.column_stack([from_x, from_y, to_x, to_y])


def _meet(a: Floats, b: Floats) -> npt.NDArray[np.bool_]:
    """Which boxes of a and b come nearer than the padding."""
    left, right = a[:, None, :], b[None, :, :]
    apart = (left[..., 2] + PAD <= right[..., 0]) | (right[..., 2] + PAD <= left[..., 0])
    apart |= (left[..., 3] + PAD <= right[..., 1]) | (right[..., 3] + PAD <= left[..., 1])
    met: npt.NDArray[np.bool_] = ~apart
    return met


def _covered(boxes: Floats, discs: Floats) -> Floats:
    """How many markers each box covers, at least in part."""
    dx = discs[None, :, 0] - np.clip(discs[None, :, 0], boxes[:, 0, None], boxes[:, 2, None])
    dy = discs[None, :, 1] - np.clip(discs[None, :, 1], boxes[:, 1, None], boxes[:, 3, None])
    hit = np.hypot(dx, dy) < discs[None, :, 2] + 0.004
    return np.asarray(hit.sum(axis=1), dtype=np.float64)


def _points(lines: Floats) -> Floats:
    """Points along lines (lines, points, 2)."""
    start, end = lines[:, None, :2], lines[:, None, 2:]
    return np.asarray(start + (end - start) * STEPS[None, :, None])


def _through(lines: Floats, boxes: Floats) -> npt.NDArray[np.bool_]:
    """Which lines run through which boxes."""
    points = _points(lines)[:, None]
    inside = (points[..., 0] > boxes[None, :, None, 0]) & (points[..., 0] < boxes[None, :, None, 2])
    inside &= points[..., 1] > boxes[None, :, None, 1]
    inside &= points[..., 1] < boxes[None, :, None, 3]
    return np.asarray(inside.any(axis=2), dtype=np.bool_)


def _near(lines: Floats, discs: Floats) -> Floats:
    """How many markers each line runs over."""
    points = _points(lines)[:, :, None]
    away = np.hypot(
        points[..., 0] - discs[None, None, :, 0], points[..., 1] - discs[None, None, :, 1]
    )
    return np.asarray((away < discs[None, None, :, 2]).any(axis=1).sum(axis=1), dtype=np.float64)


def _cross(a: Floats, b: Floats) -> npt.NDArray[np.bool_]:
    """Which lines of a cross which lines of b."""

    def side(p: Floats, q: Floats, r: Floats) -> Floats:
        return np.asarray(
            (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
            - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
        )

    p, q, r, s = a[:, None, :2], a[:, None, 2:], b[None, :, :2], b[None, :, 2:]
    over = side(p, q, r) * side(p, q, s) < 0
    over &= side(r, s, p) * side(r, s, q) < 0
    return np.asarray(over, dtype=np.bool_)
