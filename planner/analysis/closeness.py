"""Closeness: what it costs to stay close to a given plan, site by site.

    V(h) = max V   s.t.  overseas sites begun in one of the two plans and not in the other <= h
h = 0 keeps the given plan's set of sites and makes the best of it; V never falls as h grows; the
cost of staying within h is the optimum less V(h). Sites the rules of this case leave out cannot be
kept and are named. Large programmes look through the sites of both plans, each step from the best
of the step before and of the sets composed of the plan's sites (`composed`).
"""

from __future__ import annotations

from typing import Any

from planner.analysis.bench import SECONDS, Bench, Outcome, Say, unripe
from planner.analysis.composed import Walk
from planner.analysis.roadmap import switched_values
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.variant import BEGINS, Variant, search, varied, with_site_switches

GAP = 1e-3


def closeness(  # noqa: PLR0913, PLR0917 - a question with its settings
    plan: Plan,
    case: Case,
    given: Plan,
    most: int = 6,
    seconds: float = SECONDS,
    say: Say | None = None,
) -> dict[str, Any]:
    """Best plan within 0, 1, … `most` overseas sites of a given one, and what staying there costs.

    given: a plan with the same site names, of this case or another.
    """
    bench = Bench(plan, case, seconds, say)
    kept, lost = _sites_of(bench, given)
    base = bench.base()
    path: list[dict[str, Any]] = []
    best: Outcome | None = None
    mine = set(bench.begun_at(base.values))
    far = len(mine ^ kept)
    walk = None if bench.small else Walk(bench, most, kept & mine)
    for h in range(min(most, far) + 1):
        bench.say(f"within {h} sites of the given plan")
        added = h - len(kept - mine)  # sites the plan lacks are the first to differ
        start = best if walk is None or added < 0 else walk.best(added, best)
        outcome = base if h >= far else _within(bench, kept, h, (start, min(most, far) + 1 - h))
        if outcome is None:
            continue
        best = outcome
        names = set(bench.begun_at(outcome.values))
        path.append({
            "sites_different": h, "value_usd_bn": outcome.objective,
            "cost_usd_bn": base.objective - outcome.objective, "bound_usd_bn": outcome.bound,
            "sites": sorted(names), "added": sorted(names - kept),
            "dropped": sorted(kept - names), "method": outcome.method,
        })  # fmt: skip
    result = {"question": "closeness", "given": given.title, "path": path, "far": far,
              "left_out": sorted(lost), "plan_usd_bn": base.objective,
              "plan_gap": plan.info.gap}  # fmt: skip
    return result | {"text": _text(bench, result)}


def _sites_of(bench: Bench, given: Plan) -> tuple[set[str], set[str]]:
    """Overseas sites at which a given plan begins something; those this case leaves out apart."""
    begun = {str(key[0]) for name in BEGINS for key, v in given.values(name).items() if v > 0.5}
    able = set(bench.overseas())
    return begun & able, begun - able - set(bench.built.sets.home)


def _within(
    bench: Bench, kept: set[str], h: int, known: tuple[Outcome | None, int]
) -> Outcome | None:
    """Best plan found at most h sites away; `known` is the step before and the steps left."""
    before, rest = known
    switched, switches = with_site_switches(bench.built, bench.overseas())
    terms = [(z, -1.0 if i in kept else 1.0) for i, z in switches.items()]
    variant = switched.plus([("closeness.within", terms, "<=", float(h - len(kept)))])
    if bench.small:
        return bench.solve(variant)
    looked = kept | set(bench.begun_at(bench.values))
    shut: dict[int, tuple[float | None, float | None]] = {
        j: (0.0, 0.0) for i, z in switches.items() if i not in looked for j in (z, *bench.uses[i])
    }
    model = varied(bench.model, Variant(variant.rows, {**variant.bounds, **shut},
                                        binaries=variant.binaries))  # fmt: skip
    begin = None if before is None else switched_values(bench, switches, before.values)
    if bench.left() < 2:
        return before
    answer = search(model, GAP, bench.left() / rest, start=begin)
    if answer is None or answer.values is None or (before is None and unripe(answer)):
        return before
    if before is not None and before.objective >= answer.objective:
        return before
    top = max(bench.base().bound, answer.objective)
    return Outcome(answer.objective, top, answer.values[: len(bench.model.names)],
                   "sites of both plans, all other decisions free")  # fmt: skip


def _text(bench: Bench, result: dict[str, Any]) -> str:
    path = result["path"]
    lost = ", ".join(bench.case.name("sites", i) for i in result["left_out"])
    tail = f" Rules of this case leave out {lost} of it." if lost else ""
    if result["far"] == 0:
        return f"The plan begins at the same overseas sites as the given one.{tail}"
    if not path:
        return f"No plan so close to the given one was found.{tail}"
    first, last = path[0], path[-1]
    words = (
        f"The given plan differs in {result['far']} overseas sites. Keeping within "
        f"{first['sites_different']} of them costs USD {first['cost_usd_bn']:,.3f} bn"
    )
    if last is not first:
        words += (
            f"; with {last['sites_different']} changes that falls to USD "
            f"{last['cost_usd_bn']:,.3f} bn"
        )
    sure = "" if bench.small else " (values are reached, none better is ruled out)"
    return f"{words}{sure}.{tail}"
