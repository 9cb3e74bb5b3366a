"""Plans against futures: what each plan misses in each, and which plan misses least at worst.

    V[p,s]   value of plan p in future s: its whole-number decisions fixed, the rest adapted to
             all futures at once as the world's aim has it, sales adapted to each [USD bn]
    W[s]     best value found if s were known beforehand (wait-and-see); never below any V[p,s]
    regret   R[p,s] = W[s] - V[p,s];  worst = max(R[p,s], s);  expected = sum(PROB[s] * R[p,s], s)
The world is the scenario of the first run; all runs must have the same futures. W is solved to a
gap, so the best that can be had in s lies between `best` and `bound`, and a regret between
`regret` and `regret` + `bound` - `best`. Sources: Savage, J. Am. Stat. Assoc. 46 (1951); Kouvelis
& Yu, Robust Discrete Optimization (1997).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.analysis.regret_minimax import Least, minimax_plan
from planner.analysis.regret_values import FutureValues, began, future_values, held
from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.core.scenario import AVERAGE, SolverSettings
from planner.core.sets import Sets
from planner.model.assemble import Built, build_model, prepare
from planner.solve import highs
from planner.solve.conflict import explain_conflict
from planner.solve.optimise import solve_case

Say = Callable[[str], None]
"""Told what is being solved."""
MINIMAX = "minimax"
"""Name of the plan found by `--minimax` among the others."""
TIE = 1e-6
"""Worst regrets closer than this are the same [USD bn]."""
Run = tuple[str, Plan, Case]
"""Name, plan and case of a run."""


@dataclass(frozen=True)
class Known:
    """The best plan if one future were known: its value, a bound on any, where it builds."""

    best: float
    bound: float
    sites: tuple[str, ...]
    plan: Plan


def regret(  # noqa: PLR0913 - all but the runs are named
    runs: Sequence[Run],
    *,
    gap: float = 0.002,
    time_limit: float = 60.0,
    minimax: bool = False,
    seconds: float = 120.0,
    say: Say | None = None,
) -> dict[str, Any]:
    """Regret of every plan in every future, and sites every wait-and-see plan has.

    gap, time_limit: of each wait-and-see solve. minimax: also find the plan with the least worst
    regret, within `seconds`. Raises InputError when the runs' futures differ, there are fewer than
    two, or a plan does not fit the world of the first.
    """
    tell: Say = say or (lambda _: None)
    _, _, world = runs[0]
    sets = _same_futures(runs)
    built = build_model(world)
    values = {}
    for name, plan, _ in _named_apart(runs):
        tell(f"valuing the plan of {name}")
        values[name] = _valued(built, name, plan, world)
    known: dict[str, Known] = {}
    for s in sets.futures:
        tell(f"the best plan if {world.name('futures', s)} were known")
        known[s] = _wait_and_see(world, s, gap, time_limit)
    tell("the best plans of single futures in all the others")
    more = [v for k in known.values() if (v := _tried(built, k.plan))]
    best = {s: max(k.best, *(v[s] for v in (*values.values(), *more))) for s, k in known.items()}
    bound = {s: max(k.bound, best[s]) for s, k in known.items()}
    answer = None
    if minimax:
        tell("the plan with the least worst regret")
        worst = {name: max(best[s] - v[s] for s in best) for name, v in values.items()}
        plans = {name: plan for name, plan, _ in _named_apart(runs)}
        start = plans[min(worst, key=lambda name: worst[name])]
        found = minimax_plan(world, best, seconds, start)
        answer = _minimax(found, values, (best, bound), world)
    rows = {name: _row(v, (best, bound), sets) for name, v in values.items()}
    least = min(rows, key=lambda name: rows[name]["worst_usd_bn"])
    return {
        "world": world.scenario.label,
        "gap_asked": gap,
        "futures": [
            {
                "future": s,
                "name": world.name("futures", s) if s in world.ids("futures") else s,
                "chance_pct": 100 * p,
                "best_usd_bn": best[s],
                "bound_usd_bn": bound[s],
                "sites": list(known[s].sites),
            }
            for s, p in sets.futures.items()
        ],
        "wait_and_see_usd_bn": sum(p * best[s] for s, p in sets.futures.items()),
        "plans": [{"plan": name, **row} for name, row in rows.items()],
        "least_worst": least,
        "sites": _sites(world, sets, known, runs),
        "minimax": answer,
    }


def _named_apart(runs: Sequence[Run]) -> list[Run]:
    """Runs with names that differ."""
    found: list[Run] = []
    seen: set[str] = {MINIMAX}
    for name, plan, case in runs:
        unique, number = name, 2
        while unique in seen:
            unique, number = f"{name}-{number}", number + 1
        seen.add(unique)
        found.append((unique, plan, case))
    return found


def _same_futures(runs: Sequence[Run]) -> Sets:
    """Sets of the first run. Raises InputError when another's futures are not the same."""
    first, name = prepare(runs[0][2])[0], runs[0][0]
    if len(first.futures) < 2 or AVERAGE in first.futures:
        text = "regret needs at least two futures"
        hint = "Solve the scenario with its futures, not with one or their average."
        raise InputError([Issue("error", "E770", name, "futures", text, hint)])
    for other, _, case in runs[1:]:
        sets = prepare(case)[0]
        if sets.periods != first.periods or sets.years_per_period != first.years_per_period:
            text = f"its periods are not those of {name}"
            raise InputError([Issue("error", "E771", other, "horizon", text)])
        if not _alike(first, sets):
            ours, theirs = set(first.futures), set(sets.futures)
            apart = sorted(ours ^ theirs)
            what = ", ".join(apart) if apart else "the same names with other chances or effects"
            text = f"its futures are not those of {name} ({what})"
            hint = "Solve both with the same `futures`, `future_set` and facts of events."
            raise InputError([Issue("error", "E772", other, "futures", text, hint)])
    return first


def _alike(one: Sets, two: Sets) -> bool:
    if set(one.futures) != set(two.futures):
        return False
    if any(abs(p - two.futures[s]) > 1e-9 for s, p in one.futures.items()):
        return False
    return all(
        [replace(u, probability=0.0) for u in one.states[t]]
        == [replace(u, probability=0.0) for u in two.states[t]]
        for t in one.periods
    )


def _valued(built: Built, name: str, plan: Plan, world: Case) -> dict[str, float]:
    """Value of a plan in every future of the world."""
    fixed, strange = held(built.model, plan)
    if strange:
        text = f"its plan has decisions the first run's scenario does not know: {strange[0]}"
        hint = "Name the run with the wider rules first."
        raise InputError([Issue("error", "E773", name, "", text, hint)])
    answer = highs.run(fixed, SolverSettings(gap=1e-9, time_limit=600.0))
    if answer.values is None:
        broken = ", ".join(explain_conflict(world, replace(built, model=fixed)).rules)
        text = f"its plan breaks rules of the first run's scenario ({broken or 'not traced'})"
        hint = "Name the run with the wider rules first."
        raise InputError([Issue("error", "E774", name, "", text, hint)])
    return _by_future(future_values(built), answer.values)


def _tried(built: Built, plan: Plan) -> dict[str, float] | None:
    """Value of a plan in every future, None where the world's rules forbid it."""
    fixed, strange = held(built.model, plan)
    answer = None if strange else highs.run(fixed, SolverSettings(gap=1e-9, time_limit=600.0))
    if answer is None or answer.values is None:
        return None
    return _by_future(future_values(built), answer.values)


def _by_future(lines: FutureValues, values: Sequence[float]) -> dict[str, float]:
    return {s: lines.of(s, values) for s in lines.futures}


def _wait_and_see(world: Case, future: str, gap: float, time_limit: float) -> Known:
    alone = replace(world, scenario=world.scenario.with_(futures=(future,)))
    plan = solve_case(alone, gap=gap, time_limit=time_limit)
    return Known(plan.info.objective, plan.info.bound, began(plan), plan)


def _row(
    values: dict[str, float], ends: tuple[dict[str, float], dict[str, float]], sets: Sets
) -> dict[str, Any]:
    best, bound = ends
    regrets = {s: best[s] - values[s] for s in sets.futures}
    worst = max(regrets, key=lambda s: regrets[s])
    return {
        "value_usd_bn": {s: values[s] for s in sets.futures},
        "regret_usd_bn": regrets,
        "worst_usd_bn": regrets[worst],
        "worst_at_most_usd_bn": max(bound[s] - values[s] for s in sets.futures),
        "worst_future": worst,
        "expected_usd_bn": sum(p * regrets[s] for s, p in sets.futures.items()),
        "mean_value_usd_bn": sum(p * values[s] for s, p in sets.futures.items()),
    }


def _minimax(
    found: Least | None,
    values: dict[str, dict[str, float]],
    ends: tuple[dict[str, float], dict[str, float]],
    world: Case,
) -> dict[str, Any]:
    """What the search proved: the least worst regret of any plan lies between two figures.

    Adds the plan found to `values` unless one of the runs' plans is as good.
    """
    best, bound = ends
    worst = {name: max(best[s] - v[s] for s in best) for name, v in values.items()}
    given = min(worst, key=lambda name: worst[name])
    if found is not None:
        mine = max(best[s] - v for s, v in found.values.items())
        if mine < worst[given] - TIE:
            values[MINIMAX], worst[MINIMAX] = dict(found.values), mine
    plan = MINIMAX if MINIMAX in values else given
    modules = found.modules if found is not None and plan == MINIMAX else {}
    return {
        "plan": plan,
        "status": "stopped before a plan was found" if found is None else found.status,
        "worst_usd_bn": worst[plan],
        "at_least_usd_bn": 0.0 if found is None else max(0.0, min(found.at_least, worst[plan])),
        "at_most_usd_bn": max(bound[s] - v for s, v in values[plan].items()),
        "best_given": given,
        "best_given_usd_bn": worst[given],
        "decisions": [
            {"site": i, "name": world.name("sites", i), "product": k, "option": o, "begun": t,
             "modules": n}
            for (i, k, o, t), n in modules.items()
        ],
    }  # fmt: skip


def _sites(
    world: Case, sets: Sets, known: dict[str, Known], runs: Sequence[Run]
) -> list[dict[str, Any]]:
    """Sites of the wait-and-see plans, those in all of them first."""
    plans = {name: set(began(plan)) for name, plan, _ in _named_apart(runs)}
    every = set().union(*(k.sites for k in known.values()), *plans.values())
    rows = []
    for i in sorted(every):
        here = [s for s, k in known.items() if i in k.sites]
        rows.append(
            {
                "site": i,
                "name": world.name("sites", i),
                "country": sets.country_of[i],
                "futures": len(here),
                "of": len(known),
                "chance_pct": 100 * sum(sets.futures[s] for s in here),
                "no_regret": len(here) == len(known),
                "plans": sorted(name for name, some in plans.items() if i in some),
            }
        )
    return sorted(rows, key=lambda r: (-r["futures"], r["country"], r["site"]))
