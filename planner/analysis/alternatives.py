"""Alternatives: other sets of overseas sites that are nearly as good, and what they share.

Site sets are told apart by a 0/1 switch per overseas site. Each set found is cut off by
sum(1 - z | z = 1) + sum(z | z = 0) >= 1, so the next one differs; the census ends when none is
left within the tolerance (complete) or when the time is up (not complete, and it says so). Large
programmes begin with the plan thinned out, best first, every single site of it at least (see
`composed`), then go on to neighbours: one site more with the rest of the plan held. A second method
looks for sets far apart on the ground and worth at least (1 - within): see `far_apart`.
"""

from __future__ import annotations

import heapq
import math
from typing import Any

from planner.analysis.bench import SECONDS, Bench, Outcome, Say
from planner.analysis.composed import Composer
from planner.analysis.far_apart import far_apart
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.variant import (
    NewRow,
    Variant,
    held_at,
    search,
    varied,
    with_site_switches,
)

THINNED = 0.5
"""Share of the sets that may be the plan with fewer sites, so that others find room."""
FAR_SHARE = 0.25
"""Share of the budget for them."""


def alternatives(  # noqa: PLR0913, PLR0917 - a question with its settings
    plan: Plan,
    case: Case,
    within: float = 0.01,
    count: int = 40,
    seconds: float = SECONDS,
    say: Say | None = None,
) -> dict[str, Any]:
    """Site sets worth at least (1 - within) of the plan, best first, at most `count`.

    within: share of the plan's value that may be lost. Per site: must (in every set found), avoid
    (in none), may (in some).
    """
    bench = Bench(plan, case, seconds, say)
    census = Census(bench, within, count)
    found, complete = census.run()
    far = far_apart(census)
    sets = sorted(found.items(), key=lambda p: (-p[1], p[0]))[:count]
    best = sets[0][1] if sets else plan.info.objective
    rows = [
        {"sites": list(names), "value_usd_bn": value, "loss_usd_bn": best - value}
        for names, value in sets
    ]
    result = {
        "question": "alternatives", "within": within, "floor_usd_bn": census.floor,
        "complete": complete, "plans": rows, "sites": _shares(bench, [n for n, _ in sets]),
        "far_apart": far, "plan_gap": plan.info.gap,
        "better_than_plan_usd_bn": max(0.0, best - plan.info.objective),
        "method": "no-good cuts on the overseas site set"
        + ("" if bench.small else ", the plan thinned out and neighbours first"),
    }  # fmt: skip
    return result | {"text": _text(result, count)}


class Census:
    """The enumeration: sets found so far and the cuts that keep them out."""

    def __init__(self, bench: Bench, within: float, count: int) -> None:
        self.bench, self.count = bench, count
        base = bench.base().objective
        self.floor = base - within * abs(base)
        self.switched, self.switches = with_site_switches(bench.built, bench.overseas())
        self.found: dict[tuple[str, ...], float] = {}

    def run(self) -> tuple[dict[tuple[str, ...], float], bool]:
        """All sets within the tolerance, and whether none is missing."""
        bench = self.bench
        self.found[bench.begun_at(bench.values)] = bench.plan.info.objective
        if not bench.small:
            self._thin()
            self._walk(self._neighbours())
        while len(self.found) < self.count:
            left = bench.left() - FAR_SHARE * 100.0 * (not bench.small)
            if not bench.small and left < 5.0:
                return self.found, False
            bench.say(f"{len(self.found)} site sets, looking for another")
            outcome = self._next(left)
            if outcome is None:
                return self.found, False
            if isinstance(outcome, str):
                return self.found, True
            self.found[bench.begun_at(outcome.values)] = outcome.objective
        return self.found, False

    def floor_row(self) -> NewRow:
        """Worth at least the floor."""
        model = self.bench.model
        return (
            "alternatives.floor",
            list(model.objective.items()),
            ">=",
            self.floor - model.objective_constant,
        )

    def cut(self, names: tuple[str, ...], number: int) -> NewRow:
        """Differs from a known set in at least one site."""
        inside = set(names)
        terms = [(z, -1.0 if i in inside else 1.0) for i, z in self.switches.items()]
        return (f"alternatives.cut[{number}]", terms, ">=", 1.0 - len(inside & set(self.switches)))

    def _next(self, left: float) -> Outcome | str | None:
        """The best set not yet known; 'none' when there is none; None when time ran out."""
        cuts = [self.cut(names, n) for n, names in enumerate(self.found)]
        model = varied(self.bench.model, self.switched.plus([*cuts, self.floor_row()]))
        gap = 0.0 if self.bench.small else 2e-3
        seconds = max(20.0, left) if self.bench.small else left
        answer = search(model, gap, seconds, self.bench.case.scenario.solver.seed)
        if answer is None:
            return None
        if answer.values is None:
            return "none"
        return Outcome(answer.objective, answer.bound, answer.values, "no-good cut")

    def _thin(self) -> None:
        """Sites of the plan left out: each alone, then ever more together, best first."""
        bench, composer = self.bench, Composer(self.bench, (self.bench.values,))
        bench.say("leaving sites of the plan out")
        waiting = [(-bench.plan.info.objective, composer.mine)]
        seen = {composer.mine}
        while waiting and len(self.found) < THINNED * self.count and bench.left() > 10.0:
            _, names = heapq.heappop(waiting)
            for i in names:
                fewer = tuple(j for j in names if j != i)
                made = composer.of(fewer) if fewer not in seen else None
                seen.add(fewer)
                if made is None or made.worth < self.floor:
                    continue
                heapq.heappush(waiting, (-made.worth, fewer))
                begun = bench.begun_at(made.values)
                self.found[begun] = max(made.worth, self.found.get(begun, -math.inf))

    def _neighbours(self) -> list[tuple[float, str]]:
        """One site more, the rest of the plan held; (loss, site) of those that are near."""
        bench = self.bench
        near: list[tuple[float, str]] = []
        reserve = bench.left() * 0.5
        mine = bench.begun_at(bench.values)
        for number, i in enumerate(i for i in bench.overseas() if i not in mine):
            if len(self.found) >= self.count or bench.left() < reserve:
                break
            bench.say(f"neighbour {number + 1} of {len(bench.overseas()) - len(mine)}: {i}")
            values = self._toggled(i, bench.values)
            if values is not None:
                near.append((bench.plan.info.objective - bench.worth(values), i))
        return sorted(near)

    def _walk(self, near: list[tuple[float, str]]) -> None:
        """Toggle one site after another, cheapest first, while the plan stays near enough."""
        bench = self.bench
        values, reserve = bench.values, bench.left() * 0.5
        for _, i in near:
            if bench.left() < reserve:
                return
            bench.say(f"walking away from the plan: {i}")
            values = self._toggled(i, values) or values

    def _toggled(self, i: str, values: list[float]) -> list[float] | None:
        """A solution with one site turned round, the rest held; None when it is too dear."""
        bench = self.bench
        if i in bench.begun_at(values):
            change = Variant(bounds=dict.fromkeys(bench.uses[i], (0.0, 0.0)))
        else:
            row = ("alternatives.in", [(j, 1.0) for j in bench.uses[i]], ">=", 1.0)
            change = Variant(rows=(row,))
        near = bench.near([i])
        answer = search(held_at(varied(bench.model, change), values, near), 1e-5, 10.0)
        if answer is None or answer.values is None or answer.objective < self.floor:
            return None
        names = bench.begun_at(answer.values)
        self.found[names] = max(answer.objective, self.found.get(names, -math.inf))
        return answer.values


def _shares(bench: Bench, sets: list[tuple[str, ...]]) -> list[dict[str, Any]]:
    """Per overseas site: in how many of the sets, and what that means."""
    rows = []
    for i in bench.overseas():
        times = sum(i in names for names in sets)
        verdict = "must" if times == len(sets) else "may" if times else "avoid"
        rows.append({"site": i, "name": bench.case.name("sites", i), "in": times,
                     "of": len(sets), "verdict": verdict})  # fmt: skip
    return sorted(rows, key=lambda r: (-int(str(r["in"])), str(r["site"])))


def _text(result: dict[str, Any], count: int) -> str:
    number = len(result["plans"])
    if result["complete"]:
        scope = "all there are"
    elif number >= count:
        scope = f"the first {count} found; there may be more"
    else:
        scope = "those found in the time given; there are probably more"
    by = {v: [r["name"] for r in result["sites"] if r["verdict"] == v]
          for v in ("must", "may", "avoid")}  # fmt: skip
    must = ", ".join(by["must"]) or "none"
    better = result["better_than_plan_usd_bn"]
    more = (
        f" The best of them is worth USD {better:,.3f} bn more than the plan, within its gap."
        if better > 1e-6
        else ""
    )
    return (
        f"{number} sets of overseas sites lie within {result['within']:.2%} of the plan "
        f"({scope}). In every one of them: {must}. In some: {', '.join(by['may']) or 'none'}. "
        f"In none: {len(by['avoid'])} other sites.{more}"
    )
