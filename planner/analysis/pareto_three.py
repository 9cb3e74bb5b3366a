"""Pareto with three axes: value against two others at once, on a grid of levels.

    max V    s.t.  A at least as good as level a_i, B at least as good as level b_j, V >= far
Levels run from the plan's own to the best that giving up `drop` of the value allows. Each point is
then moved on: with V, A and B no worse, A and B together are made as good as they can be, so no
point is dominated by another plan (where solves are exact). Between two levels there may be more
plans; the steps between levels are stated. The knee has the largest product of its shares of what
the front spans on each axis (Nash's bargain between the three).
"""

from __future__ import annotations

from typing import Any

from planner.analysis.bench import SECONDS, Bench, Say
from planner.analysis.pareto import best_of
from planner.analysis.pareto_axes import AXES, MORE, TOLERANCE, Line, Measured, floor_row
from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.solve.variant import Variant, held_at, search, varied

VALUE = "value_usd_bn"
POLISH = 20.0
"""Longest search that moves a point on [s]."""
AROUND = 6.0
"""What a point of a large programme takes besides its free search [s]."""
MOVED = 1e-5
"""Least gain, as a share, that counts as moving on: more than the slack rows are given."""
SAME, NEARLY = 1e-6, 1e-3
"""Within which two levels count as the same, where solves are exact and where they are not."""


def pareto_three(  # noqa: PLR0913, PLR0917 - a question with its settings
    plan: Plan,
    case: Case,
    axes: tuple[str, str] = ("subsidy", "cvar"),
    points: int = 3,
    drop: float = 0.1,
    seconds: float = SECONDS,
    say: Say | None = None,
) -> dict[str, Any]:
    """Frontier of value and two more axes from points x points levels, at least 2 each.

    Raises InputError for an unknown axis, one the case has nothing of, or the same one twice.
    """
    if axes[0] == axes[1]:
        text = f"'{axes[0]}' is given twice"
        raise InputError([Issue("error", "E736", "--axes", ",".join(axes), text)])
    bench = Bench(plan, case, seconds, say)
    grid = _Grid(bench, tuple(Measured(bench, axis) for axis in axes), drop)
    levels = [grid.levels(n, points) for n in range(2)]
    found = list(grid.ends)
    todo = [(i, j) for i in range(points) for j in range(points)]
    if not bench.small:
        todo = todo[1:]  # the plan is what was found at its own levels
    for n, (i, j) in enumerate(todo):
        bench.say(f"levels {i + 1} and {j + 1} of {points}")
        rest = len(todo) - n
        free = max(0.0, bench.left() / rest - AROUND)
        share = free / bench.left() if bench.left() else 0.0
        row = grid.point((levels[0][i], levels[1][j]), share, found)
        if row is not None:
            found.append(row)
    front = undominated(found, axes, grid.signs, SAME if bench.small else NEARLY)
    _mark_knee(front, axes, grid.signs)
    steps = {a: abs(v[-1] - v[0]) / (points - 1) for a, v in zip(axes, levels, strict=True)}
    result = {
        "question": "pareto", "axes": list(axes), "meaning": {a: AXES[a] for a in axes},
        "points": front, "levels": dict(zip(axes, levels, strict=True)), "steps": steps,
        "dropped_dominated": len(found) - len(front), "plan_gap": plan.info.gap,
        "method": "epsilon-constraint on both axes, value maximised, then both axes moved on",
    }  # fmt: skip
    for row in front:
        row.pop("solution")
    return result | {"text": _text(result)}


class _Grid:
    """Two axes, the least value allowed, and the three best ends."""

    def __init__(self, bench: Bench, axes: tuple[Measured, ...], drop: float) -> None:
        self.bench, self.axes = bench, axes
        self.signs = tuple(a.sign for a in axes)
        base = bench.base()
        self.far = base.objective - drop * abs(base.objective)
        start = self._row(base.values, max(0.0, base.bound - base.objective))
        self.ends = [start]
        for axis in axes:
            bench.say(f"the best {axis.name} at the value given up")
            self.ends.append(self._best_end(axis, start))

    def levels(self, n: int, points: int) -> list[float]:
        """Levels of an axis from the plan's own to the best one, evenly spaced."""
        axis = self.axes[n]
        first, last = self.ends[0][axis.name], self.ends[1 + n][axis.name]
        return [first + k * (last - first) / (points - 1) for k in range(points)]

    def _best_end(self, axis: Measured, start: dict[str, Any]) -> dict[str, Any]:
        level, values = start[axis.name], start["solution"]
        for _ in range(20 if axis.bottom else 1):
            variant = Variant(rows=(floor_row(self.bench, self.far),), objective=axis.goal(level))
            outcome = best_of(self.bench, variant, values, 0.1)
            if outcome is None:
                break
            got = axis.at(outcome.values)
            better = axis.sign * (got - level) > 1e-9 * max(1.0, abs(level))
            if better:
                level, values = got, outcome.values
            if not better or not self.bench.small:
                break
        model = varied(self.bench.model, Variant(rows=(axis.row(level),)))
        if not self.bench.small:
            model = held_at(model, values, set())
        answer = search(model, 0.0, POLISH)  # the highest value at that level
        if answer is not None and answer.values is not None and answer.objective >= self.far:
            values = answer.values
        return self._row(self._moved_on(values), None)

    def point(
        self, levels: tuple[float, float], share: float, known: list[dict[str, Any]]
    ) -> dict[str, Any] | None:
        """Highest value with both axes at least as good as their levels, if there is a plan."""
        rows = tuple(a.row(level) for a, level in zip(self.axes, levels, strict=True))
        able = [r for r in known if self._reaches(r, levels)]
        start = max(able, key=lambda r: r[VALUE])["solution"] if able else self.bench.values
        variant = Variant(rows=(*rows, floor_row(self.bench, self.far)))
        outcome = best_of(self.bench, variant, start, share)
        if outcome is None:
            return None
        gap = max(0.0, outcome.bound - outcome.objective)
        return self._row(self._moved_on(outcome.values), gap) | {"levels": list(levels)}

    def _reaches(self, row: dict[str, Any], levels: tuple[float, float]) -> bool:
        return all(
            a.sign * (row[a.name] - level) >= -TOLERANCE * max(1.0, abs(level))
            for a, level in zip(self.axes, levels, strict=True)
        )

    def _moved_on(self, values: list[float]) -> list[float]:
        """The same value with both axes as good together as they can be."""
        for _ in range(20 if any(a.bottom for a in self.axes) else 1):
            better = self._step_on(values)
            if better is None:
                return values
            values = better
        return values

    def _step_on(self, values: list[float]) -> list[float] | None:
        goal: Line = {}
        at = [a.at(values) for a in self.axes]
        for axis, now in zip(self.axes, at, strict=True):
            wide = max(1.0, abs(now))
            for j, a in axis.goal(now).items():
                goal[j] = goal.get(j, 0.0) + a / wide
        rows = (floor_row(self.bench, self.bench.worth(values)),
                *(a.row(now) for a, now in zip(self.axes, at, strict=True)))  # fmt: skip
        model = varied(self.bench.model, Variant(rows=rows, objective=goal))
        if not self.bench.small:
            model = held_at(model, values, set())
        answer = search(model, 0.0, POLISH)
        if answer is None or answer.values is None:
            return None
        gained = sum(
            a.sign * (a.at(answer.values) - now) / max(1.0, abs(now))
            for a, now in zip(self.axes, at, strict=True)
        )
        return answer.values if gained > MOVED else None

    def _row(self, values: list[float], gap: float | None) -> dict[str, Any]:
        levels = {a.name: a.at(values) for a in self.axes}
        return {VALUE: self.bench.worth(values), **levels, "open_gap": gap,
                "sites": list(self.bench.begun_at(values)), "solution": values}  # fmt: skip


def undominated(
    found: list[dict[str, Any]],
    axes: tuple[str, str],
    signs: tuple[float, ...],
    within: float = SAME,
) -> list[dict[str, Any]]:
    """Points that no other one beats or equals on all three axes, by falling value."""

    def good(row: dict[str, Any]) -> tuple[float, ...]:
        return (row[VALUE], *(s * row[a] for s, a in zip(signs, axes, strict=True)))

    def covers(one: dict[str, Any], other: dict[str, Any]) -> bool:
        pairs = zip(good(one), good(other), strict=True)
        return all(x >= y - within * max(1.0, abs(y)) for x, y in pairs)

    kept: list[dict[str, Any]] = []
    for row in sorted(found, key=good, reverse=True):
        if not any(covers(other, row) for other in kept):
            kept = [other for other in kept if not covers(row, other)]
            kept.append(row)
    return kept


def _mark_knee(
    front: list[dict[str, Any]], axes: tuple[str, str], signs: tuple[float, ...]
) -> None:
    """Mark the point with the largest product of its shares of what the front spans (Nash)."""
    for row in front:
        row["knee"] = False
    if len(front) < 4:
        return
    spans = [(VALUE, 1.0), *zip(axes, signs, strict=True)]

    def balance(row: dict[str, Any]) -> float:
        product = 1.0
        for name, sign in spans:
            got = [sign * r[name] for r in front]
            product *= (sign * row[name] - min(got)) / ((max(got) - min(got)) or 1.0)
        return product

    max(front, key=balance)["knee"] = True


def _text(result: dict[str, Any]) -> str:
    front, (a, b) = result["points"], result["axes"]
    if len(front) < 2:
        return f"No plan within the range has a better {a} or {b} than the plan."
    first = front[0]
    best = [min(front, key=lambda r: -r[n] if n in MORE else r[n]) for n in (a, b)]
    words = (
        f"{len(front)} plans none of which beats another: from value {first[VALUE]:,.2f} "
        f"({a} {first[a]:,.2f}, {b} {first[b]:,.2f}) to the best {a}, {best[0][a]:,.2f}, at value "
        f"{best[0][VALUE]:,.2f}, and the best {b}, {best[1][b]:,.2f}, at value "
        f"{best[1][VALUE]:,.2f}; levels lie {result['steps'][a]:,.2f} and "
        f"{result['steps'][b]:,.2f} apart."
    )
    knee = next((r for r in front if r["knee"]), None)
    if knee is None:
        return words
    return f"{words} Knee: value {knee[VALUE]:,.2f}, {a} {knee[a]:,.2f}, {b} {knee[b]:,.2f}."
