"""What a fixed plan earns in any state of the world: the recourse LP of one period and state.

    WORTH[t,u] = max sum(WEIGHT[group] * factor * amount) over the lines of cash of (t, u)
                 subject to the rows of (t, u), every here-and-now decision as in the plan

Families whose key names a state are recourse, all others are here-and-now and stand at the plan's
values. A row joins one (t, u) with decisions that are fixed, so the recourse programme falls apart
into one small LP for each: exact, and the value of a future is a sum over its periods. Rows that
hold on average over states join several; they bind the plan, not a single future, and are left out
here and named in `left_out`. Where a state admits no recourse (a duty to serve that an outage
breaks), rows are broken at least cost and counted as a breach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from planner.core.case import Case
from planner.core.errors import ModelError
from planner.core.plan import Plan
from planner.core.sets import State
from planner.model.assemble import Built, build_with_states
from planner.model.lp import Family, Money, merge
from planner.solve.session import Session, SmallLp

CHUNK = 400
"""States built at once: more need memory, fewer build the here-and-now part more often."""
BREACH_PRICE = 1e3
"""Objective given up for one unit of a broken row [USD bn per unit]."""
Spot = tuple[int, str]
"""Period and state."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the plan earns in one period and state.

    worth: weighted present value; value: plain present value; amount: money as paid, undiscounted
    [USD bn]. sold: wafers [mn/year]. breach: sum of broken rows, 0 where all hold.
    """

    worth: float
    value: float
    amount: float
    sold: float
    breach: float = 0.0


@dataclass
class Sure:
    """Cash that is the same in every future.

    worth, value: present value, weighted and plain [USD bn]. amounts: period -> as paid [USD bn].
    """

    worth: float = 0.0
    value: float = 0.0
    amounts: dict[int, float] = field(default_factory=dict)


class Recourse:
    """The recourse of one plan; keeps one solver session over all states."""

    def __init__(self, plan: Plan, case: Case) -> None:
        self.plan = plan
        self.case = neutral(case)
        self.session = Session()
        self.left_out: set[str] = set()
        self.sure = Sure()
        self.values: dict[str, dict[Any, float]] = {}

    def outcomes(self, states: Mapping[int, Sequence[State]]) -> dict[Spot, Outcome]:
        """Outcome of every state given (period -> states), and of the plan's own states."""
        found: dict[Spot, Outcome] = {}
        for part in _chunks(states):
            built = build_with_states(self.case, part)
            wanted = {(t, u.id) for t, some in part.items() for u in some}
            if not found:
                wanted |= {(t, u.id) for t, some in built.sets.states.items() for u in some}
            found |= self._solved(built, wanted)
        return found

    def _solved(self, built: Built, wanted: set[Spot]) -> dict[Spot, Outcome]:
        fixed, spot_of = self._columns(built)
        blocks = {spot: _Block() for spot in sorted(wanted)}
        for j, spot in spot_of.items():
            if spot in blocks:
                blocks[spot].columns[j] = len(blocks[spot].columns)
        self._rows(built, blocks, fixed, spot_of)
        self._money(built, blocks, fixed, spot_of)
        sold = (
            set(built.model.families["ship"].columns.values())
            if "ship" in (built.model.families)
            else set()
        )
        low, high = built.model.low, built.model.high
        return {
            spot: block.outcome(self.session, low, high, sold) for spot, block in blocks.items()
        }

    def _columns(self, built: Built) -> tuple[list[float], dict[int, Spot]]:
        """Values of here-and-now columns, and the period and state of each other column."""
        fixed, spots = [0.0] * len(built.model.names), dict[int, Spot]()
        for name, family in built.model.families.items():
            if "state" in family.key_names:
                spots |= _spots(family)
            else:
                if name not in self.values:
                    self.values[name] = self.plan.values(name)
                known = self.values[name]
                for key, value in known.items():
                    if key in family.columns:
                        fixed[family.columns[key]] = value
        return fixed, spots

    def _rows(
        self, built: Built, blocks: dict[Spot, _Block], fixed: list[float], spots: dict[int, Spot]
    ) -> None:
        for name, terms, sense, right in built.model.rows:
            here = {spots[j] for j, _ in terms if j in spots}
            if len(here) > 1:
                self.left_out.add(name.split("[", 1)[0])
            elif len(here) == 1 and (block := blocks.get(next(iter(here)))):
                block.add_row(terms, sense, right, fixed)

    def _money(
        self, built: Built, blocks: dict[Spot, _Block], fixed: list[float], spots: dict[int, Spot]
    ) -> None:
        weights, sure = self.case.scenario.weights, Sure()
        for line in built.model.money:
            weight = weights.of(line.group)
            if line.state != "all":
                if block := blocks.get((line.period, line.state)):
                    block.add_money(line, weight, fixed)
                continue
            if any(j in spots for j, _ in line.terms):
                msg = f"{line.item} is booked for all states but depends on one"
                raise ModelError(msg)
            amount = line.constant + sum(a * fixed[j] for j, a in line.terms)
            sure.worth += weight * line.factor * amount
            sure.value += line.factor * amount
            sure.amounts[line.period] = sure.amounts.get(line.period, 0.0) + amount
        self.sure = sure


def neutral(case: Case) -> Case:
    """The case valued by expectation alone: without the bookkeeping of the tail."""
    concepts = {name: dict(options) for name, options in case.scenario.concepts.items()}
    concepts["risk"] = {**concepts.get("risk", {}), "omega": 0.0}
    return replace(case, scenario=case.scenario.with_(concepts=concepts))


def _chunks(states: Mapping[int, Sequence[State]]) -> Iterator[dict[int, list[State]]]:
    part: dict[int, list[State]] = {}
    size = 0
    for t, some in states.items():
        for u in some:
            part.setdefault(t, []).append(u)
            size += 1
            if size == CHUNK:
                yield part
                part, size = {}, 0
    yield part


def _spots(family: Family) -> dict[int, Spot]:
    at, state = family.key_names.index("period"), family.key_names.index("state")
    return {j: (int(key[at]), str(key[state])) for key, j in family.columns.items()}


class _Block:
    """The LP of one period and state, gathered row by row and line by line."""

    def __init__(self) -> None:
        self.columns: dict[int, int] = {}
        self.rows: list[tuple[tuple[int, float], ...]] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.worth: dict[int, float] = {}
        self.value: dict[int, float] = {}
        self.amount: dict[int, float] = {}
        self.constants = [0.0, 0.0, 0.0]

    def add_row(
        self, terms: Sequence[tuple[int, float]], sense: str, right: float, fixed: list[float]
    ) -> None:
        """One row, its fixed columns moved to the right-hand side."""
        mine: list[tuple[int, float]] = []
        for j, a in merge(terms).items():
            if j in self.columns:
                mine.append((self.columns[j], a))
            else:
                right -= a * fixed[j]
        self.rows.append(tuple(sorted(mine)))
        self.lower.append(right if sense in (">=", "=") else -np.inf)
        self.upper.append(right if sense in ("<=", "=") else np.inf)

    def add_money(self, line: Money, weight: float, fixed: list[float]) -> None:
        """One line of cash, split into what recourse moves and what stands."""
        stands = line.constant
        for j, a in line.terms:
            at = self.columns.get(j)
            if at is None:
                stands += a * fixed[j]
                continue
            self.amount[at] = self.amount.get(at, 0.0) + a
            self.value[at] = self.value.get(at, 0.0) + a * line.factor
            self.worth[at] = self.worth.get(at, 0.0) + a * line.factor * weight
        for n, scale in enumerate((line.factor * weight, line.factor, 1.0)):
            self.constants[n] += stands * scale

    def outcome(
        self,
        session: Session,
        low: list[float | None],
        high: list[float | None],
        sold: set[int],
    ) -> Outcome:
        """Solve; where no recourse exists, break rows at least cost."""
        lp = self._lp(low, high)
        x, breach = session.solve(lp), 0.0
        if x is None:
            every = session.solve(_elastic(lp))
            if every is None:
                msg = "a state of the world has no recourse even with broken rows"
                raise ModelError(msg)
            x, breach = every[: len(lp.cost)], float(every[len(lp.cost) :].sum())
        sums = [
            constant + sum(a * x[j] for j, a in part.items())
            for constant, part in zip(
                self.constants, (self.worth, self.value, self.amount), strict=True
            )
        ]
        wafers = sum(float(x[n]) for j, n in self.columns.items() if j in sold)
        return Outcome(float(sums[0]), float(sums[1]), float(sums[2]), wafers, breach)

    def _lp(self, low: list[float | None], high: list[float | None]) -> SmallLp:
        cost = np.zeros(len(self.columns))
        for j, a in self.worth.items():
            cost[j] = a
        ends = [(low[j], high[j]) for j in self.columns]
        return SmallLp(
            tuple(self.rows),
            cost,
            np.array([-np.inf if a is None else a for a, _ in ends], dtype=float),
            np.array([np.inf if b is None else b for _, b in ends], dtype=float),
            np.array(self.lower, dtype=float),
            np.array(self.upper, dtype=float),
        )


def _elastic(lp: SmallLp) -> SmallLp:
    """The LP with a column per row and side that breaks it at BREACH_PRICE."""
    width, shape, count = len(lp.cost), [], 0
    for row, lower, upper in zip(lp.shape, lp.lower, lp.upper, strict=True):
        extra = []
        for given, sign in ((lower, 1.0), (upper, -1.0)):
            if np.isfinite(given):
                extra.append((width + count, sign))
                count += 1
        shape.append((*row, *extra))
    return SmallLp(
        tuple(shape),
        np.concatenate([lp.cost, np.full(count, -BREACH_PRICE)]),
        np.concatenate([lp.low, np.zeros(count)]),
        np.concatenate([lp.high, np.full(count, np.inf)]),
        lp.lower,
        lp.upper,
    )
