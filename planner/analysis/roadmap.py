"""Roadmap: the best k sites abroad to begin at, from today's footprint, and the path as k grows.

For k = 0, 1, 2 … the plan may begin something at no more than k overseas sites; home decisions stay
free. Values never fall as k grows. Large programmes are answered from the plan's own decisions
(sites outside the plan stay out), then by a free search while time lasts.
"""

from __future__ import annotations

from typing import Any

from planner.analysis.bench import SECONDS, Bench, Outcome, Say
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.variant import search, varied, with_site_switches


def roadmap(
    plan: Plan, case: Case, moves: int = 6, seconds: float = SECONDS, say: Say | None = None
) -> dict[str, Any]:
    """Best plan with at most k overseas sites begun, k from 0 to `moves`."""
    bench = Bench(plan, case, seconds, say)
    path: list[dict[str, Any]] = []
    before: tuple[str, ...] = ()
    for k in range(moves + 1):
        bench.say(f"at most {k} sites")
        got = _at_most(bench, k, 1.0 / (moves + 1 - k))
        if got is None:
            continue
        outcome, scope = got
        names, value = bench.begun_at(outcome.values), outcome.objective
        if path and value < path[-1]["value_usd_bn"]:  # fewer sites are allowed too
            names, value = before, float(path[-1]["value_usd_bn"])
        path.append(
            {
                "moves": k,
                "value_usd_bn": value,
                "sites": list(names),
                "gain_usd_bn": value - path[-1]["value_usd_bn"] if path else 0.0,
                "bound_usd_bn": outcome.bound,
                "scope": scope,
                "added": sorted(set(names) - set(before)),
                "dropped": sorted(set(before) - set(names)),
            }
        )
        before = names
    result = {"question": "roadmap", "path": path, "plan_usd_bn": plan.info.objective,
              "plan_gap": plan.info.gap}  # fmt: skip
    return result | {"text": _text(bench, result)}


def _at_most(bench: Bench, k: int, share: float) -> tuple[Outcome, str] | None:
    """Best plan found with at most k overseas sites, and what was looked through."""
    switched, switches = with_site_switches(bench.built, bench.overseas())
    row = ("roadmap.moves", [(z, 1.0) for z in switches.values()], "<=", float(k))
    variant = switched.plus([row])
    if bench.small:
        outcome = bench.solve(variant)
        return None if outcome is None else (outcome, outcome.method)
    mine = set(bench.begun_at(bench.values))
    bounds = {z: (0.0, 0.0) for i, z in switches.items() if i not in mine}
    shut: dict[int, tuple[float | None, float | None]] = {
        j: (0.0, 0.0) for i in switches if i not in mine for j in bench.uses[i]
    }
    seconds = max(2.0, share * bench.left())
    top = bench.base().bound
    few = search(varied(bench.model, variant.plus(bounds={**bounds, **shut})), 2e-3, seconds * 0.6)
    free = search(varied(bench.model, variant), 2e-3, seconds * 0.4) if bench.left() > 5 else None
    best = max(
        (a for a in (few, free) if a is not None and a.values is not None),
        key=lambda a: a.objective,
        default=None,
    )
    if best is None or best.values is None:
        return None
    if free is not None and free.values is not None:
        top = min(top, free.bound)
    scope = "sites of the plan" if best is few else "all sites"
    return Outcome(best.objective, max(top, best.objective), best.values, scope), scope


def _text(bench: Bench, result: dict[str, Any]) -> str:
    path = result["path"]
    if not path:
        return "No plan with so few sites was found."
    steps = [
        f"{r['moves']}: {', '.join(bench.case.name('sites', i) for i in r['added']) or 'nothing'}"
        f" ({r['gain_usd_bn']:+,.2f})"
        for r in path[1:]
    ]
    return (
        f"With nothing new abroad the plan is worth USD {path[0]['value_usd_bn']:,.2f} bn. "
        f"Best next sites, with their gain in USD bn: {'; '.join(steps)}."
    )
