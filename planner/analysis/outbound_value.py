"""Value of the outbound rule N-x: the same case solved for x = 2, 1, 0, each step taken apart.

A step from one x to the next smaller one unlocks columns (site, class, begin of building); what
it is worth is the difference of two optima, each known to its gap. A column is used when the plan
of that step begins modules there. What a generation is can be read in two ways (full nodes, or
every named process); steps that allow the same columns in both are solved once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.core.sets import Column
from planner.model.assemble import prepare
from planner.model.catalogue import concepts
from planner.solve.optimise import solve_case

STEPS = (2.0, 1.0, 0.0)
READINGS = ("full", "named")
"""Ways to count generations, see the concept."""
Place = tuple[str, str]
"""Site and product class."""


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A class that may now be begun at a site: from which year, and what the plan begins there."""

    site: str
    country: str
    product: str
    from_year: int
    modules_used: float


@dataclass(frozen=True, slots=True)
class Step:
    """One x: value of its best plan, gain over the step before, what it unlocks."""

    gap_generations: float
    npv_usd_bn: float
    bound_usd_bn: float
    delta_usd_bn: float
    unlocked: tuple[Unlocked, ...]

    @property
    def used(self) -> tuple[Unlocked, ...]:
        """Unlocked places in which the plan builds."""
        return tuple(u for u in self.unlocked if u.modules_used > 0)


def outbound_value(
    case: Case,
    steps: Sequence[float] = STEPS,
    solve: Callable[..., Plan] = solve_case,
    **settings: Any,
) -> tuple[Step, ...]:
    """Solve the case for each x in turn, from the first (strictest) to the last.

    Generations are counted as the scenario says. Raises InputError when the steps do not fall, or
    the outbound rule takes no part in the case.
    """
    _require(case, steps)
    return _steps(case, steps, "", _Solved(solve, settings))


def outbound_readings(
    case: Case,
    steps: Sequence[float] = STEPS,
    readings: Sequence[str] = READINGS,
    solve: Callable[..., Plan] = solve_case,
    **settings: Any,
) -> dict[str, tuple[Step, ...]]:
    """The steps for each way to count generations: full nodes, or every named process."""
    _require(case, steps)
    solved = _Solved(solve, settings)
    return {reading: _steps(case, steps, reading, solved) for reading in readings}


class _Solved:
    """Solves a case once for each set of columns the rule leaves."""

    def __init__(self, solve: Callable[..., Plan], settings: Mapping[str, Any]) -> None:
        self.solve, self.settings = solve, settings
        self.known: dict[frozenset[Column], Plan] = {}

    def plan(self, case: Case, columns: frozenset[Column]) -> Plan:
        if columns not in self.known:
            self.known[columns] = self.solve(case, **self.settings)
        return self.known[columns]


def _require(case: Case, steps: Sequence[float]) -> None:
    if not steps or list(steps) != sorted(set(steps), reverse=True) or min(steps) < 0:
        text = f"steps {', '.join(f'{x:g}' for x in steps)} must fall and be at least 0"
        raise InputError([Issue("error", "E750", "--steps", "", text, "For example 2,1,0.")])
    rule = next(c for c in concepts() if c.name == "outbound")
    if not rule.active(case):
        text = "the outbound rule takes no part in this scenario"
        hint = "It needs `concepts.outbound.on` and rows in the tables outbound and frontier."
        raise InputError([Issue("error", "E751", "concepts.outbound", "", text, hint)])


def _steps(case: Case, steps: Sequence[float], reading: str, solved: _Solved) -> tuple[Step, ...]:
    found: list[Step] = []
    before: set[tuple[Place, str, int]] | None = None
    for x in steps:
        asked = with_gap(case, x, reading)
        allowed = prepare(asked)[0].columns
        plan = solved.plan(asked, frozenset(allowed))
        columns = {((i, k), o, t) for i, k, o, t in allowed}
        fresh = columns - before if before is not None else set()
        last = found[-1].npv_usd_bn if found else plan.info.objective
        found.append(
            Step(
                gap_generations=x,
                npv_usd_bn=plan.info.objective,
                bound_usd_bn=plan.info.bound,
                delta_usd_bn=plan.info.objective - last,
                unlocked=tuple(_unlocked(asked, plan, fresh)),
            )
        )
        before = columns
    return tuple(found)


def with_gap(case: Case, x: float, reading: str = "") -> Case:
    """The case with x of the rule N-x for every host, and a way to count if one is given."""
    given = dict(case.scenario.concepts)
    counted = {"generations": reading} if reading else {}
    given["outbound"] = {**given.get("outbound", {}), "gap_generations": x, **counted}
    fields = case.scenario.model_dump() | {"concepts": given}
    return case.replace(scenario=case.scenario.model_validate(fields))


def _unlocked(case: Case, plan: Plan, fresh: set[tuple[Place, str, int]]) -> Iterable[Unlocked]:
    """Fresh columns by site and class, in order of sites and classes."""
    sites, products = case.ids("sites"), case.ids("products")
    modules = plan.values("modules")
    places = {place for place, _, _ in fresh}
    for i, k in sorted(places, key=lambda p: (sites.index(p[0]), products.index(p[1]))):
        mine = [(o, t) for place, o, t in fresh if place == (i, k)]
        used = sum(modules.get((i, k, o, t), 0.0) for o, t in mine)
        first = min(t for _, t in mine)
        yield Unlocked(i, case.text("sites", i, "country"), k, first, used)
