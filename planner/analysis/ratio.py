"""Trade balance ratios of a case: price of each 0.1, the highest that can be had, the frontier.

Ratios here are those of the whole horizon: sum of X over sum of M (see the concept `ratios`). A
fixed ratio r is linear, X >= r * M, so the highest one is found by bisection on r; each probe
maximises X - r * M, whose plan has at least ratio r and often far more, so few probes are needed.
A ratio alone can be driven up by giving up sales: every probe keeps a share of the best value.
Floors and bands of the scenario hold throughout.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from planner.core.case import Case
from planner.core.errors import InputError, Issue, Stopped
from planner.core.scenario import SolverSettings
from planner.model.assemble import Built, build_model
from planner.model.lp import Model
from planner.solve import highs
from planner.solve.tables_balance import ratio

AIMS = {"technology": ("receipts", "payments"), "goods": ("exports", "imports")}
"""Ratio -> flows above and below the line."""
KEEP, TOLERANCE, MOST_PROBES = 0.9, 0.01, 30
LOOSE, SECONDS = 0.2, 45.0
"""Gap and longest search of a probe: it only has to find a plan, or that there is none."""


@dataclass(frozen=True, slots=True)
class Point:
    """Value and both ratios of one plan."""

    value_usd_bn: float
    technology: float
    goods: float

    def of(self, aim: str) -> float:
        """One of the two ratios."""
        return self.technology if aim == "technology" else self.goods


@dataclass(frozen=True, slots=True)
class Price:
    """What a floor costs against the best plan, and the part its last step added [USD bn]."""

    floor: float
    value_usd_bn: float
    cost_usd_bn: float
    step_usd_bn: float


@dataclass(frozen=True, slots=True)
class Highest:
    """The highest ratio found; none reaches `beyond` (not proven when a probe ran out of time)."""

    point: Point
    beyond: float
    proven: bool
    probes: int


class Ratios:
    """A case with its model, ready for questions about its ratios."""

    def __init__(self, case: Case, **settings: Any) -> None:
        given = dict(case.scenario.concepts)
        given["ratios"] = {**given.get("ratios", {}), "on": True}
        fields = case.scenario.model_dump() | {"concepts": given}
        self.case = case.replace(scenario=case.scenario.model_validate(fields))
        asked = {k: v for k, v in settings.items() if v is not None}
        self.settings = SolverSettings.model_validate(case.scenario.solver.model_dump() | asked)
        self.built: Built = build_model(self.case)
        if f"receipts_{self.built.sets.periods[0]}_usd_bn" not in self.built.model.measures:
            text = "the data hold no rows of the fact table `balance`"
            raise InputError([Issue("error", "E740", "ratios", "", text)])
        self.best = self._need(self._probe({}))

    # ---------------------------------------------------------------- questions
    def prices(self, aim: str, step: float = 0.1, steps: int = 3) -> list[Price]:
        """Cost of floors a step apart, from the best plan's own ratio on; ends when impossible."""
        start, found = self.best.of(aim), list[Price]()
        for n in range(1, steps + 1 if math.isfinite(start) else 0):
            point = self._probe({aim: start + n * step})
            if point is None:
                break
            cost = max(0.0, self.best.value_usd_bn - point.value_usd_bn)
            before = found[-1].cost_usd_bn if found else 0.0
            found.append(Price(start + n * step, point.value_usd_bn, cost, cost - before))
        return found

    def highest(
        self,
        aim: str,
        keep: float = KEEP,
        tolerance: float = TOLERANCE,
        floors: Mapping[str, float] | None = None,
    ) -> Highest | None:
        """Bisection on the ratio, at least `keep` of the best value kept; None if floors cannot be.

        keep: share of the best plan's value that must remain [ratio]. tolerance: width of the
        bracket at which to stop, as a share of the ratio (at least of 1).
        """
        others, proven = dict(floors or {}), True
        least = self.best.value_usd_bn - (1 - keep) * abs(self.best.value_usd_bn)
        low = self._probe(others) if others else self.best
        if low is None or low.value_usd_bn < least - self._noise:
            return None
        high, probes = math.inf, 0
        while self._open(low.of(aim), high, tolerance) and probes < MOST_PROBES:
            at = low.of(aim)
            width = tolerance * max(1.0, at)
            target = max(at * 1.1, at + width) if math.isinf(high) else (at + high) / 2
            probes += 1
            try:
                point = self._probe({**others, aim: target}, least, (aim, target))
            except Stopped:
                point, proven = None, False
            if point is None:
                high = target
            else:
                low = point
                high = max(high, low.of(aim))  # a probe that ran out of time proved nothing
        return Highest(low, high, proven and math.isfinite(high), probes)

    @staticmethod
    def _open(low: float, high: float, tolerance: float) -> bool:
        return math.isfinite(low) and high - low > tolerance * max(1.0, low)

    def frontier(self, points: int = 5, keep: float = KEEP) -> list[Point]:
        """Highest goods ratio at technology floors from the best plan's ratio to the highest."""
        top = self.highest("technology", keep)
        assert top is not None  # the best plan itself keeps all of its value
        start, end = self.best.technology, top.point.technology
        if not (math.isfinite(start) and math.isfinite(end)):
            return [self.best]
        found = []
        for n in range(points):
            floor = start + (end - start) * n / max(1, points - 1)
            best = self.highest("goods", keep, floors={"technology": floor * (1 - 1e-6)})
            if best is not None:
                found.append(best.point)
        return undominated(found)

    # ---------------------------------------------------------------- one programme
    @property
    def _noise(self) -> float:
        """Differences of value that mean nothing: the gap of the searches [USD bn]."""
        return max(1e-6, self.settings.gap * abs(self.best.value_usd_bn))

    def _flow(self, flow: str) -> tuple[list[tuple[int, float]], float]:
        """Terms and constant of a flow summed over the horizon."""
        terms, constant = list[tuple[int, float]](), 0.0
        for t in self.built.sets.periods:
            measure = self.built.model.measures[f"{flow}_{t}_usd_bn"]
            terms += measure.terms
            constant += measure.constant
        return terms, constant

    def _balance(self, aim: str, r: float) -> tuple[list[tuple[int, float]], float]:
        """Terms and constant of X - r * M."""
        (above, x), (below, y) = (self._flow(flow) for flow in AIMS[aim])
        return above + [(j, -r * a) for j, a in below], x - r * y

    def _probe(
        self,
        floors: Mapping[str, float],
        least: float | None = None,
        aim: tuple[str, float] | None = None,
    ) -> Point | None:
        """Best plan under floors: highest value, or highest X - r * M of an aim; None if none."""
        model = Model("ratio")
        model.__dict__.update(self.built.model.__dict__)
        model.rows = list(model.rows)
        for name, r in floors.items():
            terms, constant = self._balance(name, r)
            model.rows.append((f"ratio.{name}[floor]", terms, ">=", -constant))
        worth = list(self.built.model.objective.items())
        settings = self.settings
        if least is not None:
            right = least - self.built.model.objective_constant
            model.rows.append(("ratio.keep[value]", worth, ">=", right))
        if aim is not None:
            model.objective, model.objective_constant = {}, 0.0
            model.maximise(*self._balance(*aim))
            seconds = min(SECONDS, settings.time_limit)
            loose = {"gap": max(LOOSE, settings.gap), "time_limit": seconds}
            settings = settings.model_copy(update=loose)
        answer = highs.run(model, settings)
        return None if answer.values is None else self._point(answer.values)

    def _point(self, values: list[float]) -> Point:
        model = self.built.model
        value = sum(a * values[j] for j, a in model.objective.items()) + model.objective_constant
        sums = {}
        for flows in AIMS.values():
            for flow in flows:
                terms, constant = self._flow(flow)
                sums[flow] = sum(a * values[j] for j, a in terms) + constant
        found = {aim: ratio(sums[above], sums[below]) for aim, (above, below) in AIMS.items()}
        return Point(value, found["technology"], found["goods"])

    @staticmethod
    def _need(point: Point | None) -> Point:
        if point is None:
            text = "no plan keeps the scenario's rules; `planner solve` says which conflict"
            raise InputError([Issue("error", "E741", "ratios", "", text)])
        return point


def undominated(points: list[Point]) -> list[Point]:
    """Points no other one beats in both ratios, by technology ratio."""
    ordered = sorted(points, key=lambda p: (p.technology, p.goods))
    return [
        p
        for n, p in enumerate(ordered)
        if not any(q.goods >= p.goods - 1e-9 for q in ordered[n + 1 :])
    ]


def as_dict(item: Point | Price | Highest | None) -> dict[str, Any] | None:
    """Plain form for JSON."""
    return None if item is None else asdict(item)
