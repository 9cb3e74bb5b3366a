"""The quest for weights: boxes of them parted, best first, until the favourite is best or nowhere.

The favourite is its whole-number decisions; what is decided while running is always at its best for
the weights looked at. Where the favourite could still be best, nearest to today's weights, it is
held against the plans found so far and then against a search at those weights. A better plan is
kept and rules weights out everywhere; where the box alone was too coarse it is parted.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count

import numpy as np

from planner.analysis.bench import Bench
from planner.analysis.weights_box import NAMES, Box, Point, nearest_in
from planner.analysis.weights_rivals import Rivals
from planner.analysis.weights_worth import RISK, Books, Ceiling, Standing, Tail, binding
from planner.core.errors import InputError, Issue, Stopped
from planner.core.histories import Numbers
from planner.core.scenario import SolverSettings
from planner.model.rebuild import Rebuilt, Workshop
from planner.solve.answer import Answer
from planner.solve.held_session import HeldLp
from planner.solve.near import Near, carried, start_from
from planner.solve.near_session import Start
from planner.solve.variant import search

HIGHEST = 10.0
"""Largest weight a scenario may have."""
FINEST = 1e-3
"""Boxes with no longer edge are left undecided."""
NEAR = 0.02
"""A change is the least to within this share of it."""
TOLD = 10
"""Partings from one line of progress to the next."""
LAST = 4.0
"""Seconds of the budget at which nothing new is begun."""


@dataclass(frozen=True)
class End:
    """How a quest ended: the weights (the next to try if not `best`), and how sure it is.

    least: no smaller change does. proved: the search at the weights was closed and `least` is
    within NEAR of the change; or, without weights, none do.
    """

    at: Point | None
    best: bool
    proved: bool
    least: float = 0.0


@dataclass(frozen=True, order=True)
class _Open:
    """A box not ruled out: least change it asks for, its turn, and where the change leads."""

    change: float
    turn: int
    box: Box
    at: Point
    q: Numbers | None


class Quest:
    """A favourite, the plans found so far, and the boxes of weights not ruled out.

    share: what a plan may be worth more and still not be better, relative. Raises InputError when
    the favourite breaks a rule.
    """

    def __init__(self, bench: Bench, whole: list[float], share: float) -> None:
        self.bench, self.whole, self.share = bench, whole, share
        scenario = bench.case.scenario
        self.now: Point = tuple(scenario.weights.of(g) for g in NAMES)
        self.books = Books(bench.built)
        self.top = tuple(
            max(now, most) for now, most in zip(self.now, highest(self.books.tail), strict=True)
        )
        self.ceiling = Ceiling(self.books, whole)
        self.held = self.ceiling.lp
        if not self.held.feasible:
            text = "the favourite breaks a rule of this case, so no weights make it the best"
            raise InputError([Issue("error", "E741", "FAVOURITE", "", text)])
        self.binds = binding(self.held, self.books, self.now[RISK])
        self.rivals = Rivals(bench, self.books, self.held)
        self.rivals.add(bench.values, self.now, self.binds)
        self.rivals.leave_out(self.now, self.binds)
        self.parted, self.searched = 0, 0
        self._turns, self._open = count(), list[_Open]()
        self._beaten: dict[Point, Numbers | None] = {}

    @cached_property
    def _searches(self) -> _Searches:
        """Made when first asked for: most quests end without a search."""
        return _Searches(self.bench)

    @property
    def cuts(self) -> list[Standing]:
        """Plans found so far, as they were run."""
        return self.rivals.cuts

    def run(self) -> End:
        """Part boxes until the favourite is best at some weights, or can be at none."""
        self._put(Box(tuple(0.0 for _ in NAMES), self.top), self.binds)
        fine = True
        while self._open:
            spot = heapq.heappop(self._open)
            if self.parted and not self._time():
                return End(spot.at, best=False, proved=False, least=spot.change if fine else 0.0)
            known = len(self.cuts)
            ended = self._looked_at(spot)
            if ended is not None:
                return ended if fine else replace(ended, proved=False, least=0.0)
            q = self._beaten.get(spot.at, spot.q)
            if len(self.cuts) == known:
                self.rivals.run_at(spot.box.middle, q)
            if len(self.cuts) > known:
                self._put(spot.box, q)
            elif max(spot.box.widths) <= FINEST:
                fine = False
            else:
                self._part(spot, q)
        return End(None, best=False, proved=fine)

    def _looked_at(self, spot: _Open) -> End | None:
        """The end, if the favourite is best where a box leads or a little beyond."""
        known = len(self.cuts)
        for at in (spot.at, self._beyond(spot.at)):
            verdict = self._tried(at, spot.q)
            if verdict is not None:
                return End(at, best=True, proved=verdict, least=spot.change)
            if len(self.cuts) > known:
                break
        return None

    def _beyond(self, at: Point) -> Point:
        """Weights a little further on the way to others: what relaxed boxes allow comes close."""
        further = (n + (1 + NEAR) * (w - n) for n, w in zip(self.now, at, strict=True))
        return tuple(min(top, max(0.0, w)) for w, top in zip(further, self.top, strict=True))

    def _tell(self, news: str) -> None:
        self.bench.say(f"{len(self.cuts)} plans, {self.parted} times parted; {news}")

    def _time(self) -> bool:
        return self.bench.small or self.bench.left() > LAST

    def _put(self, box: Box, q: Numbers | None) -> None:
        """Keep a box open unless the plans found so far rule it out."""
        corners = box.corners
        found = nearest_in(corners, self.now, self._leads(box, corners, q).tolist())
        if found is not None:
            heapq.heappush(self._open, _Open(found[0], next(self._turns), box, found[1], q))

    def _leads(self, box: Box, corners: list[Point], q: Numbers | None) -> Numbers:
        """What the favourite can lead each plan by, at every corner; empty when time ran out."""
        tops, bend = [self.ceiling.at(w, q) for w in corners], self.ceiling.bend(q)
        known = [top for top in tops if top is not None]
        if bend is None or len(known) < len(tops):
            return np.zeros((0, len(corners)))
        square = box.widths[RISK] ** 2 / 4
        most = np.array([allowed(top.value + bend * square, self.share / 2) for top in known])
        worths = np.stack([self.rivals.worths(w) for w in corners], axis=1)
        return most - worths + square * self.rivals.bends()[:, None]

    def _tried(self, at: Point, q: Numbers | None) -> bool | None:
        """Whether the favourite is best at some weights (True: surely).

        None: something beats it there, and is among the plans found from now on.
        """
        if at in self._beaten or self._plainly_beaten(at, q):
            return None
        made = self._searches.model_at(at)
        held = HeldLp(made.built.model, self.whole)
        if not held.feasible:  # out of time: it was feasible before, and rules do not hang on w
            return None
        tight = binding(held, self.books, at[RISK])
        self._beaten[at] = q if tight is None else tight
        most = allowed(held.worth, self.share / 2)
        if self.rivals.worths(at).max() > most:
            return None
        where = ", ".join(f"{g} {w:.3f}" for g, w in zip(NAMES, at, strict=True))
        self._tell(f"a search at {where}")
        self.searched += 1
        answer = self._searches.best(made, held, 0.0 if self.bench.small else self.share / 4)
        if answer is None or answer.values is None:
            return None
        better = self.books.standing(answer.values)
        if better.worth(at, self.books.tail) > most:
            self.rivals.add(answer.values, at, tight)
            return None
        return answer.bound <= allowed(held.worth, self.share)

    def _plainly_beaten(self, at: Point, q: Numbers | None) -> bool:
        """Whether a known plan is better at some weights, or one run anew.

        Asked of the LP that stands: most weights then need no model of their own.
        """
        top = self.ceiling.at(at, q)
        if top is None:
            return False
        most = allowed(top.value, self.share / 2)
        if self.rivals.worths(at).max() <= most:
            self.rivals.run_at(at, q)
        found = bool(self.rivals.worths(at).max() > most)
        if found:
            self._beaten[at] = q
        return found

    def _part(self, spot: _Open, q: Numbers | None) -> None:
        self.parted += 1
        for part in self._halves(spot, q):
            self._put(part, q)
        if self.parted % TOLD == 0:
            self._tell(f"{len(self._open)} boxes left, no change below {spot.change:.3f}")

    def _halves(self, spot: _Open, q: Numbers | None) -> tuple[Box, Box]:
        """A box parted along the edge over which the ceiling bends most."""
        bend, edge = self.ceiling.bend(q) or 0.0, np.array(spot.box.widths)
        slopes: dict[Point, Numbers] = {}
        for w in spot.box.corners:
            top = self.ceiling.at(w, q)
            if top is not None:
                slopes[w] = top.slope
        turns = np.zeros(len(NAMES))
        for g in range(len(NAMES)):
            for w, slope in slopes.items():
                other = slopes.get((*w[:g], spot.box.low[g], *w[g + 1 :]))
                if other is not None:
                    turns[g] += abs(slope[g] - other[g])
        turns[RISK] += len(slopes) * bend * edge[RISK] / 2
        along = int(np.argmax(turns * edge + 1e-6 * edge))
        return spot.box.parted(along, spot.at[along])


class _Searches:
    """Searches for what beats the favourite: the best plan at other weights, near today's."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.workshop = Workshop(bench.case)
        self.seed = bench.case.scenario.solver.seed
        self.start: Start | None = None

    def model_at(self, w: Point) -> Rebuilt:
        """The case's model at other weights."""
        rules = self.bench.case.scenario.with_(weights=dict(zip(NAMES, w, strict=True)))
        return self.workshop.build(self.bench.case.replace(scenario=rules))

    def best(self, made: Rebuilt, held: HeldLp, gap: float) -> Answer | None:
        """The best plan at other weights; None when a limit came before any."""
        if self.bench.small:
            return search(made.built.model, 0.0, 60.0, self.seed)
        limit = max(LAST, self.bench.left() - LAST)
        first = self.workshop.first
        if self.start is None:
            self.start = start_from(first.programme, np.array(self.bench.values), limit)
        if self.start is None:
            return search(made.built.model, gap, limit, self.seed, held.values)
        near = Near(made.programme, carried(self.start, first.built.model, made.built.model))
        asked = SolverSettings(gap=gap, time_limit=limit, seed=self.seed)
        try:
            return near.answer(made.programme, made.built.model, asked)
        except Stopped:
            return None


def highest(tail: Tail) -> Point:
    """The largest weights looked at: of risk, where the tail counts in full and the mean no more.

    Beyond it a plan would be worth the more the less it earns on average.
    """
    risk = min(HIGHEST, 1 / tail.omega) if tail.omega else HIGHEST
    return tuple(risk if g == RISK else HIGHEST for g in range(len(NAMES)))


def allowed(worth: float, share: float) -> float:
    """What a plan may be worth and still not be better than one worth `worth`; grows with it."""
    return worth + share * max(1.0, abs(worth))
