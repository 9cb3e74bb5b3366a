"""Pareto: what has to be given up in value to have less of something else (or more home share).

Epsilon-constraint: for value floors evenly spaced from the plan's value down to (1 - drop) of it,
the other axis is made as good as it can be, then value as high as it can be at that level, so no
point is dominated by another plan that is better on both. The knee is the point farthest above the
straight line between the two ends. Gaps between neighbours are stated; each point has its own gap.
"""

from __future__ import annotations

import itertools
from typing import Any

from planner.analysis.bench import SECONDS, Bench, Outcome, Say
from planner.analysis.pareto_axes import AXES, UNITS, Measured, floor_row
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.variant import Variant, held_at, search, varied

STRAIGHT = 1e-3
"""A front that nowhere rises so much above the line between its ends has no knee."""


def pareto(  # noqa: PLR0913, PLR0917 - a question with its settings
    plan: Plan,
    case: Case,
    axis: str = "subsidy",
    points: int = 6,
    drop: float = 0.1,
    seconds: float = SECONDS,
    say: Say | None = None,
) -> dict[str, Any]:
    """Frontier of value against one other axis.

    points: floors on value asked for. drop: share of the plan's value the last floor gives up.
    points is at least 2. Raises InputError for an unknown axis or one the case has nothing of.
    """
    bench = Bench(plan, case, seconds, say)
    measure = Measured(bench, axis)
    best = bench.base().objective
    best = max(best, _top(bench, best))
    found: list[dict[str, Any]] = []
    far = best - drop * abs(best)
    for n in _far_end_first(points):
        # the far end may need less than the whole drop: then the floors lie closer together
        lowest = max(far, found[1]["value_usd_bn"]) if len(found) > 1 else far
        floor = best - n / (points - 1) * (best - lowest)
        bench.say(f"point {len(found) + 1} of {points}")
        found.append(_point(bench, measure, floor, 1.0 / (points - len(found)), found))
    front = _undominated(found, measure.sign)
    _mark_knee(front)
    gaps = [
        {"value_usd_bn": abs(a["value_usd_bn"] - b["value_usd_bn"]), axis: abs(a[axis] - b[axis])}
        for a, b in itertools.pairwise(front)
    ]
    result = {
        "question": "pareto", "axis": axis, "meaning": AXES[axis], "points": front,
        "largest_gap": {
            name: max((g[name] for g in gaps), default=0.0) for name in ("value_usd_bn", axis)
        },
        "dropped_dominated": len(found) - len(front), "plan_gap": plan.info.gap,
        "method": "epsilon-constraint on value, then value maximised at the level reached",
    }  # fmt: skip
    for row in front:
        row.pop("solution")
    return result | {"text": _text(result)}


def _far_end_first(points: int) -> list[int]:
    """The near end, the far end, then what lies between."""
    return [0, points - 1, *range(1, points - 1)]


def _top(bench: Bench, best: float) -> float:
    """Highest value of all, proved where the programme is small."""
    outcome = bench.solve(Variant()) if bench.small else None
    return best if outcome is None else outcome.objective


def _point(
    bench: Bench, axis: Measured, floor: float, share: float, known: list[dict[str, Any]]
) -> dict[str, Any]:
    """The best level at a floor on value, then the highest value at that level."""
    start = bench.values
    high_enough = [r for r in known if r["value_usd_bn"] >= floor - 1e-9 * abs(floor)]
    if high_enough:
        start = max(high_enough, key=lambda r: axis.sign * r[axis.name])["solution"]
    level, values, open_gap = axis.at(start), start, 0.0
    for _ in range(20 if axis.bottom else 1):
        variant = Variant(rows=(floor_row(bench, floor),), objective=axis.goal(level))
        outcome = best_of(bench, variant, start, share)
        if outcome is None:
            break
        got = axis.at(outcome.values)
        open_gap = max(0.0, outcome.bound - outcome.objective)
        better = axis.sign * (got - level) > 1e-9 * max(1.0, abs(level))
        if better:
            level, values = got, outcome.values
        if not better or not bench.small:
            break
    polish = varied(bench.model, Variant(rows=(axis.row(level),)))
    if not bench.small:
        polish = held_at(polish, values, set())
    answer = search(polish, 0.0, 20.0)
    if answer is not None and answer.values is not None and answer.objective >= floor:
        values = answer.values
    return {
        "value_usd_bn": bench.worth(values), axis.name: axis.at(values),
        "floor_usd_bn": floor, "open_gap": open_gap if not axis.bottom else None,
        "sites": list(bench.begun_at(values)), "solution": values,
    }  # fmt: skip


def best_of(bench: Bench, variant: Variant, start: list[float], share: float) -> Outcome | None:
    """Best of a variant: to the end when small, else from the last point held, then free."""
    if bench.small:
        return bench.solve(variant)
    model = varied(bench.model, variant)
    held = search(held_at(model, start, set()), 0.0, 20.0)
    begin = start if held is None or held.values is None else held.values
    free = search(model, 0.005, max(3.0, share * bench.left()), start=begin)
    answers = [a for a in (held, free) if a is not None and a.values is not None]
    if not answers:
        return None
    best = max(answers, key=lambda a: a.objective)
    assert best.values is not None
    top = free.bound if free is not None and free.values is not None else float("inf")
    return Outcome(best.objective, max(top, best.objective), best.values, "free search")


def _undominated(found: list[dict[str, Any]], sign: float) -> list[dict[str, Any]]:
    """Points no other point beats or equals on both axes, by falling value."""
    kept: list[dict[str, Any]] = []
    axis = next((k for k in found[0] if k in AXES), "") if found else ""
    for row in sorted(found, key=lambda r: (-r["value_usd_bn"], -sign * r[axis])):
        if not kept or sign * (row[axis] - kept[-1][axis]) > 1e-6 * max(1.0, abs(row[axis])):
            kept.append(row)
    return kept


def _mark_knee(front: list[dict[str, Any]]) -> None:
    """Mark the point farthest above the straight line between the ends, axes scaled to 0-1."""
    for row in front:
        row["knee"] = False
    if len(front) < 3:
        return
    axis = next(k for k in front[0] if k in AXES)
    first, last = front[0], front[-1]
    wide, high = last[axis] - first[axis], last["value_usd_bn"] - first["value_usd_bn"]

    def above(row: dict[str, Any]) -> float:
        x = (row[axis] - first[axis]) / wide
        y = (row["value_usd_bn"] - first["value_usd_bn"]) / high
        return float(x - y)

    best = max(front[1:-1], key=above)
    best["knee"] = above(best) > STRAIGHT


def _text(result: dict[str, Any]) -> str:
    front, axis = result["points"], result["axis"]
    if len(front) < 2:
        return f"No plan within the range has a better {axis} than the plan."
    unit = UNITS.get(axis, "USD bn")
    first, last = front[0], front[-1]
    gap = result["largest_gap"]
    return (
        f"{len(front)} points from value {first['value_usd_bn']:,.2f} with {axis} "
        f"{first[axis]:,.2f} {unit} to value {last['value_usd_bn']:,.2f} with {axis} "
        f"{last[axis]:,.2f} {unit}; largest step between neighbours {gap['value_usd_bn']:,.2f} "
        f"USD bn of value, {gap[axis]:,.2f} {unit} of {axis}."
    )
