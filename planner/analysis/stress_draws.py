"""Drawn histories placed in states of the world, as far as a plan can tell them apart.

Two states that differ only where the plan has nothing are one to it, so thousands of histories
need far fewer recourse problems: one for each distinct (period, state).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.core.case import Case
from planner.core.histories import Hazards, History, Numbers
from planner.core.plan import Plan
from planner.core.sets import Sets, State
from planner.model.states import Active, acting, state_of_world
from planner.solve.recourse import Outcome, Spot

ALPHA = 0.9
"""Share of the probability outside the tail where the scenario says nothing."""


@dataclass(frozen=True)
class Asked:
    """What a stress was asked about; `hazard` is None for the run's own futures."""

    plan: Plan
    case: Case
    sets: Sets
    hazard: Hazards | None
    seed: int
    layers: bool
    ranges: bool = False

    @property
    def alpha(self) -> float:
        """Share of the probability outside the tail."""
        return float(self.case.scenario.concepts.get("risk", {}).get("alpha", ALPHA))


@dataclass(frozen=True)
class Drawn:
    """Histories with their chances (adding to 1), and the state each is in by period.

    numbers: number of the state, a row for each history, a column for each period.
    """

    histories: Sequence[History]
    chances: Numbers
    numbers: Any


class States:
    """Distinct states of the world as far as the plan can tell them apart."""

    def __init__(self, plan: Plan, case: Case, sets: Sets) -> None:
        self.case, self.sets = case, sets
        self.here: dict[int, set[str]] = {t: set() for t in sets.periods}
        for (i, _, t), kwpm in plan.values("cap").items():
            if kwpm > 0:
                self.here[t].add(i)
        self.number: dict[tuple[Any, ...], int] = {}
        self.spots: list[Spot] = []
        self.parts: list[Active] = []
        self.made: dict[int, list[State]] = {t: [] for t in sets.periods}
        self._known: dict[tuple[int, Active], int] = {}

    def of(self, t: int, active: Active) -> int:
        """Number of the state the acting events make in a period."""
        known = self._known.get((t, active))
        if known is None:
            known = self._known[t, active] = self._find(t, active)
        return known

    def _find(self, t: int, active: Active) -> int:
        state = state_of_world(self.case, self.sets, t, active)
        here = self.here[t]
        left = {key: v for key, v in state.available.items() if key[0] in here}
        damage = {i: v for i, v in state.repair_share.items() if i in here}
        spared = {key: v for key, v in state.spared.items() if key[0] in here}
        tables = (left, state.demand, state.price, state.tariff_add_pct, damage, spared)
        key = (t, *(tuple(sorted(table.items())) for table in tables), state.grant_kept)
        if key not in self.number:
            number = self.number[key] = len(self.spots)
            name = f"drawn:{number}"
            self.spots.append((t, name))
            self.parts.append(())
            self.made[t].append(
                State(
                    name, t, 0.0, (), left, state.demand, state.price, state.tariff_add_pct,
                    state.grant_kept, damage, spared,
                )
            )  # fmt: skip
            self.parts[number] = self._felt(t, active, number)
        return self.number[key]

    def _felt(self, t: int, active: Active, number: int) -> Active:
        """The acting events that move the plan at all; each alone becomes a state as well."""
        if not active:
            return ()
        calm = self.of(t, ())
        if len(active) == 1:
            return active if number != calm else ()
        return tuple(part for part in active if self.of(t, (part,)) != calm)

    def placed(self, histories: Sequence[History], chances: Numbers) -> Drawn:
        """Histories with the states they pass through."""
        found = np.empty((len(histories), len(self.sets.periods)), dtype=np.int64)
        for s, history in enumerate(histories):
            for n, t in enumerate(self.sets.periods):
                found[s, n] = self.of(t, acting(self.case, self.sets, history, t))
        return Drawn(histories, chances, found)

    def in_order(self, outcomes: Mapping[Spot, Outcome]) -> list[Outcome]:
        """Outcomes by number of the state."""
        return [outcomes[spot] for spot in self.spots]
