"""The start of a sweep: one of its points, solved before all others, whose plan every point takes.

It is the point whose values lie nearest the middle of what is asked (a knob's value by its rank
among all points). It is solved once and kept with the results, so that a sweep taken up again,
and every worker of it, starts each point from the same plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from planner.core.case import Case
from planner.core.errors import PlannerError
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.core.sweep import Setting
from planner.inputs.load import Evidence, load_case
from planner.model.catalogue import option_schemas
from planner.solve.kept import Kept
from planner.solve.near_session import Start as Begin
from planner.solve.optimise import solve_case

MOST_TRIES = 3
"""Points tried for a start; where none has a plan, every point is solved from nothing."""


@dataclass(frozen=True, slots=True)
class Start:
    """Settings of the point the start was found at, and its plan and bases as bytes."""

    settings: tuple[str, ...]
    plan: bytes


@dataclass(frozen=True, slots=True)
class World:
    """What the cases of a sweep have in common; small, so it travels."""

    scenario: str
    data_root: str
    gap: float
    time_limit: float
    inputs: str = ""
    """Digest of the scenario's inputs: a process that lives on must not keep older tables."""

    def asked(self, case: Case) -> SolverSettings:
        """Settings of a search, one thread a worker."""
        changes = {"gap": self.gap, "time_limit": self.time_limit, "threads": 1}
        return SolverSettings.model_validate(case.scenario.solver.model_dump() | changes)


def by_middle(points: Sequence[tuple[Setting, ...]]) -> list[int]:
    """Numbers of the points, the one nearest the middle first."""
    away = [0.0] * len(points)
    for knob in range(len(points[0])):
        values = [point[knob][1] for point in points]
        order = sorted(set(values), key=lambda v: (isinstance(v, str), v))
        rank = {value: n for n, value in enumerate(order)}
        for n, value in enumerate(values):
            away[n] += abs(rank[value] / max(1, len(order) - 1) - 0.5) if len(order) > 1 else 0.0
    return sorted(range(len(points)), key=lambda n: (round(away[n], 9), n))


def find_start(
    world: World, points: Sequence[tuple[Setting, ...]], texts: Sequence[tuple[str, ...]]
) -> Start | None:
    """Solve the middle point, or the next one where it has no plan; None when none has one.

    texts: the points' settings as `--set` takes them.
    """
    for number in by_middle(points)[:MOST_TRIES]:
        try:
            case = load(world, texts[number])
            kept = Kept(case, world.asked(case))
        except PlannerError:
            continue
        return None if kept.start is None else Start(texts[number], kept.start.packed())
    return None


def solve_from(world: World, start: Start | None, settings: tuple[str, ...]) -> Plan:
    """Verified plan of a point, from the start if there is one. Raises PlannerError."""
    case = load(world, settings)
    if start is None:
        return solve_case(case, **world.asked(case).model_dump())
    return _kept(world, start).solve(case, world.asked(case))


def load(world: World, settings: tuple[str, ...]) -> Case:
    """The case of a point; the tables are read once a process."""
    root = Path(world.data_root)
    return load_case(world.scenario, option_schemas(), root, settings, _evidence(world))


@lru_cache(maxsize=1)
def _evidence(world: World) -> Evidence:  # noqa: ARG001 - the key: tables of one sweep at a time
    return Evidence()


@lru_cache(maxsize=1)
def _kept(world: World, start: Start) -> Kept:
    """The start's model and sessions, made once a process."""
    case = load(world, start.settings)
    return Kept(case, world.asked(case), Begin.unpacked(start.plan))


def forget() -> None:
    """Let go of what was kept for a sweep: tables may change before the next."""
    _evidence.cache_clear()
    _kept.cache_clear()
