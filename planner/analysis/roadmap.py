"""Roadmap: the best k sites abroad to begin at, from today's footprint, and the path as k grows.

For k = 0, 1, 2 … the plan may begin something at no more than k overseas sites; home decisions stay
free. Values never fall as k grows. Large programmes look through the sites of the plan only: by
taking them out one by one with the rest held, then by a search while time lasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.analysis.bench import SECONDS, Bench, Outcome, Say
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.variant import Variant, held_at, search, varied, with_site_switches

FEW = 3
"""Up to so many sites all those of the plan are candidates; beyond, the best of the step before
and those that stay when the plan is peeled."""
PLANS, PEELED = "any plan with sites of the plan", "sites of the plan, its other decisions held"


def roadmap(
    plan: Plan, case: Case, moves: int = 6, seconds: float = SECONDS, say: Say | None = None
) -> dict[str, Any]:
    """Best plan with at most k overseas sites begun, k from 0 to `moves`."""
    bench = Bench(plan, case, seconds, say)
    peeled = {} if bench.small else _peel(bench)
    path: list[dict[str, Any]] = []
    before: tuple[str, ...] = ()
    for k in range(moves + 1):
        bench.say(f"at most {k} sites")
        got = _at_most(bench, k, 1.0 / (moves + 1 - k), peeled, before)
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


def _at_most(
    bench: Bench, k: int, share: float, peeled: Mapping[int, Outcome], before: tuple[str, ...]
) -> tuple[Outcome, str] | None:
    """Best plan found with at most k overseas sites, and what was looked through."""
    switched, switches = with_site_switches(bench.built, bench.overseas())
    row = ("roadmap.moves", [(z, 1.0) for z in switches.values()], "<=", float(k))
    variant = switched.plus([row])
    if bench.small:
        outcome = bench.solve(variant)
        return None if outcome is None else (outcome, outcome.method)
    mine = set(bench.begun_at(bench.values))
    known = peeled.get(min(k, max(peeled, default=0)))
    if k >= len(mine):
        return bench.base(), "the plan"
    # few candidates, or the search finds nothing good in the seconds it has
    tried = {*before, *(bench.begun_at(known.values) if known and k else ())}
    tried |= mine if k <= FEW else set()
    shut: dict[int, tuple[float | None, float | None]] = {
        j: (0.0, 0.0) for i, z in switches.items() if i not in tried for j in (z, *bench.uses[i])
    }
    model = varied(bench.model, variant.plus(bounds=shut))
    answer = search(model, 2e-3, share * bench.left()) if bench.left() > 3 else None
    top = bench.base().bound
    if answer is None or answer.values is None or (known and known.objective >= answer.objective):
        return None if known is None else (known, PEELED)
    return Outcome(answer.objective, max(top, answer.objective), answer.values, PLANS), PLANS


def _peel(bench: Bench) -> dict[int, Outcome]:
    """Sites of the plan taken out one by one, the least valuable first, the rest held."""

    def without(sites: list[str]) -> Outcome | None:
        shut = {j: (0.0, 0.0) for i in sites for j in bench.uses[i]}
        model = held_at(varied(bench.model, Variant()), bench.values, set())
        answer = search(varied(model, Variant(bounds=shut)), 0.0, 10.0)
        if answer is None or answer.values is None:
            return None
        return Outcome(answer.objective, bench.base().bound, answer.values, PEELED)

    mine = bench.begun_at(bench.values)
    worth = {}
    for i in mine:
        bench.say(f"the plan without {i}")
        alone = without([i])
        if alone is not None:
            worth[i] = alone.objective
    order = sorted(worth, key=lambda i: (-worth[i], i))
    found = {len(mine): bench.base()}
    for n in range(1, len(order) + 1):
        outcome = without(order[:n])
        if outcome is not None:
            found[len(mine) - n] = outcome
    return found


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
