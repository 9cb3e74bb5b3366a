"""Roadmap: the best k sites abroad to begin at, from today's footprint, and the path as k grows.

For k = 0, 1, 2 … the plan may begin something at no more than k overseas sites; home decisions stay
free. Values never fall as k grows. Small programmes look through every site and to the end. Large
ones look through the sites of the plan: sets of them composed with home decisions are valued by the
hundred (`composed`), then a search goes on from the best of those and of the step before. So what
is found is a path, never worse than the step before, and none better is ruled out.
"""

from __future__ import annotations

from typing import Any

from planner.analysis.bench import SECONDS, Bench, Outcome, Say, unripe
from planner.analysis.composed import Walk
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.variant import search, varied, with_site_switches

AMONG = "sites of the plan, its home decisions free"
GAP = 1e-3


def roadmap(
    plan: Plan, case: Case, moves: int = 6, seconds: float = SECONDS, say: Say | None = None
) -> dict[str, Any]:
    """Best plan with at most k overseas sites begun, k from 0 to `moves`."""
    bench = Bench(plan, case, seconds, say)
    path: list[dict[str, Any]] = []
    best: Outcome | None = None
    walk = None if bench.small else Walk(bench, moves)
    for k in range(moves + 1):
        bench.say(f"at most {k} sites")
        start = best if walk is None else walk.best(k, best)
        got = _at_most(bench, k, 1.0 / (moves + 1 - k), start)
        if got is None:
            continue
        outcome, scope = got
        names = bench.begun_at(outcome.values)
        before = () if best is None else bench.begun_at(best.values)
        path.append(
            {
                "moves": k,
                "value_usd_bn": outcome.objective,
                "sites": list(names),
                "gain_usd_bn": 0.0 if best is None else outcome.objective - best.objective,
                "bound_usd_bn": outcome.bound,
                "scope": scope,
                "added": sorted(set(names) - set(before)),
                "dropped": sorted(set(before) - set(names)),
            }
        )
        best = outcome
    result = {"question": "roadmap", "path": path, "plan_usd_bn": plan.info.objective,
              "plan_gap": plan.info.gap}  # fmt: skip
    return result | {"text": _text(bench, result)}


def _at_most(
    bench: Bench, k: int, share: float, before: Outcome | None
) -> tuple[Outcome, str] | None:
    """Best plan found with at most k overseas sites, and what was looked through."""
    switched, switches = with_site_switches(bench.built, bench.overseas())
    row = ("roadmap.moves", [(z, 1.0) for z in switches.values()], "<=", float(k))
    variant = switched.plus([row])
    if bench.small:
        outcome = bench.solve(variant)
        return None if outcome is None else (outcome, outcome.method)
    mine = set(bench.begun_at(bench.values))
    if k >= len(mine):
        return bench.base(), "the plan"
    # few candidates, or the search finds nothing good in the seconds it has
    shut: dict[int, tuple[float | None, float | None]] = {
        j: (0.0, 0.0) for i, z in switches.items() if i not in mine for j in (z, *bench.uses[i])
    }
    model = varied(bench.model, variant.plus(bounds=shut))
    begin = None if before is None else switched_values(bench, switches, before.values)
    answer = search(model, GAP, share * bench.left(), start=begin) if bench.left() > 2 else None
    top = bench.base().bound
    if answer is None or answer.values is None or (before is None and unripe(answer)):
        return None if before is None else (before, AMONG)  # fewer sites are allowed too
    if before is not None and before.objective >= answer.objective:
        return before, AMONG
    values = answer.values[: len(bench.model.names)]
    return Outcome(answer.objective, max(top, answer.objective), values, AMONG), AMONG


def switched_values(bench: Bench, switches: dict[str, int], values: list[float]) -> list[float]:
    """A solution with its switches of overseas sites behind it."""
    begun = set(bench.begun_at(values))
    return [*values, *(1.0 if i in begun else 0.0 for i in switches)]


def _text(bench: Bench, result: dict[str, Any]) -> str:
    path = result["path"]
    if not path:
        return "No plan with so few sites was found."
    steps = [
        f"{r['moves']}: {', '.join(bench.case.name('sites', i) for i in r['added']) or 'nothing'}"
        f" ({r['gain_usd_bn']:+,.2f})"
        for r in path[1:]
    ]
    found = "" if bench.small else " found (values are reached, none better is ruled out)"
    return (
        f"With nothing new abroad the plan is worth USD {path[0]['value_usd_bn']:,.2f} bn. "
        f"Best next sites{found}, with their gain in USD bn: {'; '.join(steps)}."
    )
