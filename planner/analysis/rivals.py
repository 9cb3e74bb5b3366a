"""Several firms at once: each answers what the others took, until nobody moves.

    left[x] = max(0, SHARED[x] - sum(taken[f,x], other firms f))
Shared are land for modules, power and water of a site, people of a region, and public money. In a
round every firm, in a fixed order, solves its own scenario on what the others leave. It moves only
if that gains more than its solver's gap over keeping its decisions. A round in which nobody moves
is a point of rest (of best responses, to that gap). A state seen before is a cycle and reported as
one, with its plans; so are rounds that run out. Where firms meet only in limits, every move raises
the sum of their values, so play must come to rest; wages that rise with the share of a region's
people taken can keep it going. Demand is each firm's own. The first to choose has
the first pick: run both orders to see what that is worth.
Method: best-response dynamics, Gauss-Seidel order (Monderer and Shapley 1996, potential games).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.core.case import Case, Fact
from planner.core.errors import Infeasible, InputError, Issue
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.solve import highs
from planner.solve.optimise import solve_case

ROUNDS = 6
Key = tuple[str, str, str]
"""Table, parameter and entity of a shared number."""
Taken = Mapping[Key, float]
Moves = tuple[tuple[Any, ...], ...]
"""Decisions of a plan: family, key, number; what a state of the game is made of."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One firm in one round. value: of its plan now; moved: whether it changed its decisions."""

    round: int
    firm: str
    value_usd_bn: float
    gap: float
    moved: bool
    hosts: tuple[str, ...]
    kwpm_abroad: float


@dataclass(frozen=True)
class Game:
    """What came of it. outcome: rest | cycle | unfinished. cycle: turns of the rounds that repeat.

    alone: value of each firm without the others [USD bn]; together: at the end.
    """

    order: tuple[str, ...]
    outcome: str
    turns: tuple[Turn, ...]
    cycle: tuple[Turn, ...]
    alone: Mapping[str, float]
    together: Mapping[str, float]
    plans: Mapping[str, Plan]

    def cost(self, firm: str) -> float:
        """What the presence of the others costs a firm [USD bn]."""
        return self.alone[firm] - self.together[firm]


def rivals(
    cases: Mapping[str, Case],
    rounds: int = ROUNDS,
    solve: Callable[..., Plan] = solve_case,
    progress: Callable[[Turn], None] | None = None,
    **settings: Any,
) -> Game:
    """Play the firms in the order given. Raises InputError for fewer than two firms or no round."""
    if len(cases) < 2 or rounds < 1:
        text = f"{len(cases)} firms and {rounds} rounds"
        hint = "Name two scenarios or more, each one firm, and at least one round."
        raise InputError([Issue("error", "E760", "rivals", "", text, hint)])
    alone = {name: solve(case, **settings) for name, case in cases.items()}
    plans: dict[str, Plan] = {}
    turns: list[Turn] = []
    seen: dict[tuple[Moves, ...], int] = {}
    for number in range(1, rounds + 1):
        moved = False
        for name, case in cases.items():
            others = [(cases[n], plan) for n, plan in plans.items() if n != name]
            now = left_over(case, [taken(other, plan) for other, plan in others])
            plan = alone[name] if not others else _answer(now, plans.get(name), solve, settings)
            changed = name not in plans or decisions(plan) != decisions(plans[name])
            moved = moved or changed
            plans[name] = plan
            turns.append(_turn(number, name, case, plan, changed))
            if progress is not None:
                progress(turns[-1])
        state = tuple(decisions(plans[name]) for name in cases)
        if not moved:
            return _game(cases, "rest", turns, (), alone, plans)
        if state in seen:
            again = tuple(t for t in turns if seen[state] < t.round <= number)
            return _game(cases, "cycle", turns, again, alone, plans)
        seen[state] = number
    return _game(cases, "unfinished", turns, (), alone, plans)


def _answer(
    case: Case, before: Plan | None, solve: Callable[..., Plan], settings: Mapping[str, Any]
) -> Plan:
    """Best plan on what is left, unless the decisions so far are as good to the gap."""
    best = solve(case, **settings)
    kept = held(case, before) if before is not None else None
    slack = best.info.gap * abs(best.info.objective) + 1e-6
    if before is not None and kept is not None and kept >= best.info.objective - slack:
        return replace(before, info=replace(before.info, objective=kept))
    return best


def held(case: Case, plan: Plan) -> float | None:
    """Value of a plan's decisions on other shared numbers; None where they cannot be kept."""
    model = build_model(case).model
    values = [0.0] * len(model.names)
    for name, family in model.families.items():
        if family.kind == "continuous":
            continue
        for key, value in plan.values(name).items():
            if key not in family.columns:
                return None
            values[family.columns[key]] = float(round(value))
    for column, whole in enumerate(model.integer):
        high = model.high[column]
        if whole and high is not None and values[column] > high + 1e-9:
            return None
    try:
        fixed = highs.fix_integers(model, values)
        answer = highs.run(fixed, SolverSettings(gap=1e-6, time_limit=60))
    except Infeasible:
        return None
    return answer.objective if answer.values is not None else None


def decisions(plan: Plan) -> Moves:
    """Sites, classes, dates and centres of a plan."""
    rows = [
        (family, *key, round(value))
        for family in ("modules", "centre", "buy", "convert", "close")
        for key, value in plan.values(family).items()
        if round(value)
    ]
    return tuple(sorted(rows, key=str))


def taken(case: Case, plan: Plan) -> Taken:
    """What a plan takes of the numbers firms share."""
    found: dict[Key, float] = {}
    for key, amount in (*_land(case, plan), *_people(case, plan), *_money(case, plan)):
        found[key] = found.get(key, 0.0) + amount
    return found


def _land(case: Case, plan: Plan) -> Iterator[tuple[Key, float]]:
    """Land for modules [modules], power [MW] and water [ML/day] of sites."""
    for (i, k, _, _), n in plan.values("modules").items():
        kwpm = n * case.value("product.module_kwpm", k)
        yield ("site", "room_modules", i), n
        for use, limit in (("power_mw", "power_limit_mw"), ("water_mld", "water_limit_mld")):
            yield ("site", limit, i), kwpm * case.value(f"product.{use}_per_kwpm", k)


def _people(case: Case, plan: Plan) -> Iterator[tuple[Key, float]]:
    """People of a region behind those a firm can win [thousand]."""
    for spot, people in _hired(plan).items():
        share = case.value("pool.accessible_pct", *spot) / 100
        if share > 0:
            yield ("pool", "stock_thousand", "|".join(spot)), people / share


def _money(case: Case, plan: Plan) -> Iterator[tuple[Key, float]]:
    """Aid drawn from programmes and from the national pots behind them [USD bn]."""
    grants = plan.table("grants")
    for row in grants.to_dict("records") if len(grants) else []:
        programme, amount = str(row["programme"]), float(row["amount_usd_bn"])
        yield ("programme", "budget_usd_bn", programme), amount
        for pot in case.ids("pots"):
            if programme in case.items("pots", pot, "programmes"):
                yield ("pot", "total_usd_bn", pot), amount


def _hired(plan: Plan) -> dict[tuple[str, str], float]:
    """People hired by pool and skill in the period that needs most [thousand]."""
    sums: dict[tuple[str, str, int], float] = {}
    for (pool, skill, t, _), people in plan.values("hire").items():
        sums[pool, skill, t] = sums.get((pool, skill, t), 0.0) + people
    most: dict[tuple[str, str], float] = {}
    for (pool, skill, _), people in sums.items():
        most[pool, skill] = max(people, most.get((pool, skill), 0.0))
    return most


def left_over(case: Case, uses: Sequence[Taken]) -> Case:
    """A firm's case with what the others took gone from the shared numbers."""
    gone: dict[Key, float] = {}
    for use in uses:
        for key, amount in use.items():
            gone[key] = gone.get(key, 0.0) + amount

    def left(fact: Fact) -> Fact:
        amount = gone.get((fact.table, fact.parameter, fact.entity), 0.0)
        if amount <= 0:
            return fact
        value = max(0.0, fact.value - amount)
        if fact.parameter == "room_modules":
            value = float(round(value))
        return replace(fact, value=value, low=min(fact.low, value))

    return case.replace(facts=tuple(left(f) for f in case.facts)) if gone else case


def _turn(number: int, name: str, case: Case, plan: Plan, moved: bool) -> Turn:
    home = {c for c in case.ids("countries") if case.text("countries", c, "role") == "home"}
    hosts: dict[str, float] = {}
    for (i, k, _, _), n in plan.values("modules").items():
        c = case.text("sites", i, "country")
        if c not in home and round(n):
            hosts[c] = hosts.get(c, 0.0) + n * case.value("product.module_kwpm", k)
    order = tuple(c for c in case.ids("countries") if c in hosts)
    info = plan.info
    return Turn(number, name, info.objective, info.gap, moved, order, sum(hosts.values()))


def _game(  # noqa: PLR0913, PLR0917 - the parts of a game
    cases: Mapping[str, Case],
    outcome: str,
    turns: Sequence[Turn],
    cycle: Sequence[Turn],
    alone: Mapping[str, Plan],
    plans: Mapping[str, Plan],
) -> Game:
    last = {t.firm: t.value_usd_bn for t in turns}
    values = {name: plan.info.objective for name, plan in alone.items()}
    return Game(tuple(cases), outcome, tuple(turns), tuple(cycle), values, last, dict(plans))
