"""Worth at other weights: of a plan as it stands, and the most that decisions of a plan can be.

    worth(w)         = sum(w[g] * mean[g], g) + w[risk] * OMEGA * tail(w)
    tail(w)          = min over q of sum((q[s] - PROB[s]) * w[g] * state[s,g])     never above 0
    0 <= q[s] <= PROB[s] / (1 - ALPHA), sum(q[s], s) = 1    (so -tail is CVaR of the loss plus mean)
    ceiling(w; q)    = max over all that can be decided while running, of sum(w[g] * mean[g], g)
                       + w[risk] * OMEGA * sum((q[s] - PROB[s]) * w[g] * state[s,g])
The ceiling is never less than what the whole-number decisions held are worth, whatever q. In each
weight alone the worth is concave and the ceiling convex, but for the money of group risk, which
meets its weight twice; on an edge of length e that bends either by no more than bend * e^2 / 4,
no bend being below 0:
    bend of a worth   = OMEGA * max over q of sum((q[s] - PROB[s]) * state[s,risk])
    bend of a ceiling = OMEGA * max over running of sum((PROB[s] - q[s]) * state[s,risk])
(Rockafellar & Uryasev, J. Risk 2 (2000), for the two faces of CVaR; the rest is LP duality.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.analysis.weights_box import NAMES, Point
from planner.core.histories import Numbers
from planner.model.assemble import Built
from planner.model.ledger import Ledger
from planner.solve.held_session import HeldLp

GROUPS = ("revenue", *NAMES)
RISK = NAMES.index("risk")
TAIL = "risk.tail"


@dataclass(frozen=True)
class Tail:
    """The charge on bad futures: weight and depth; `omega` 0 where there is none."""

    omega: float
    alpha: float
    chances: Numbers


@dataclass(frozen=True)
class Standing:
    """Accounts of a plan as it stands: expected by group, and by future and group [USD bn]."""

    mean: Numbers
    state: Numbers

    def worth(self, w: Point, tail: Tail) -> float:
        """What it is worth at weights w [USD bn]."""
        return float(worths(self.mean, self.state, w, tail))

    def bend(self, tail: Tail) -> float:
        """How far its worth may bend the wrong way in the weight of risk [USD bn]."""
        risk = self.state[:, GROUPS.index("risk")]
        if tail.omega == 0:
            return 0.0
        return max(0.0, tail.omega * float((worst(-risk, tail) - tail.chances) @ risk))


def worths(mean: Numbers, state: Numbers, w: Point, tail: Tail) -> Numbers:
    """What plans are worth at weights w [USD bn]; the accounts of one plan, or of many stacked."""
    full = np.array([1.0, *w])
    found: Numbers = mean @ full
    if tail.omega:
        values = state @ full
        charge = ((worst(values, tail) - tail.chances) * values).sum(axis=-1)
        found = found + w[RISK] * tail.omega * charge
    return found


def worst(values: Numbers, tail: Tail) -> Numbers:
    """The chances q under which futures with these values, the last axis, look worst."""
    order = np.argsort(values, axis=-1, kind="stable")
    most = tail.chances[order] / (1 - tail.alpha)
    taken = np.clip(1.0 - (np.cumsum(most, axis=-1) - most), 0.0, most)
    q = np.empty_like(taken)
    np.put_along_axis(q, order, taken, axis=-1)
    return q


class Books:
    """A model's money by group, state and future."""

    def __init__(self, built: Built) -> None:
        sets = built.sets
        self.built = built
        self.ledger = Ledger.of([line for line in built.model.money if line.item != TAIL])
        lines = self.ledger.lines
        self.group = np.array([GROUPS.index(line.group) for line in lines])
        self.factor = np.array([line.factor for line in lines])
        spots = [(t, u.id) for t in sets.periods for u in sets.states[t]]
        place = {spot: n for n, spot in enumerate(spots)}
        self.spot = np.array(
            [-1 if line.state == "all" else place[line.period, line.state] for line in lines]
        )
        self.chance = np.array([u.probability for t in sets.periods for u in sets.states[t]])
        futures = list(sets.futures)
        self.reaches = np.zeros((len(futures), len(spots)))
        for n, s in enumerate(futures):
            for t in sets.periods:
                self.reaches[n, place[t, sets.state_of[s, t]]] = 1.0
        self.tail = _tail(built, np.array([sets.futures[s] for s in futures]))

    def standing(self, values: Sequence[float]) -> Standing:
        """Accounts of a solution."""
        paid = self.ledger.amounts(np.array(values, dtype=float)) * self.factor
        likely = np.where(self.spot < 0, 1.0, self.chance[self.spot])
        mean: Numbers = np.bincount(
            self.group, weights=paid * likely, minlength=len(GROUPS)
        ).astype(np.float64)
        some = self.spot >= 0
        by_spot = np.zeros((len(self.chance), len(GROUPS)))
        np.add.at(by_spot, (self.spot[some], self.group[some]), paid[some])
        return Standing(mean, self.reaches @ by_spot)

    def objective(self, w: Point, q: Numbers | None) -> tuple[Numbers, float]:
        """Coefficients and constant of the ceiling's objective."""
        chance = self.chance
        if q is not None:
            chance = chance + w[RISK] * self.tail.omega * self.shift(q)
        return self._line(np.array([1.0, *w]), chance, 1.0)

    def shift(self, q: Numbers) -> Numbers:
        """What q adds to the chance of every state, the sum over futures that lead through it."""
        added: Numbers = q @ self.reaches - self.chance
        return added

    def of_risk(self, q: Numbers) -> tuple[Numbers, float]:
        """Coefficients and constant of OMEGA * sum((PROB[s] - q[s]) * state[s,risk])."""
        only = np.zeros(len(GROUPS))
        only[GROUPS.index("risk")] = 1.0
        return self._line(only, -self.tail.omega * self.shift(q), 0.0)

    def _line(self, full: Numbers, chance: Numbers, sure: float) -> tuple[Numbers, float]:
        scale = full[self.group] * self.factor
        scale = scale * np.where(self.spot < 0, sure, chance[self.spot])
        return self.ledger.summed(scale, len(self.built.model.names))


def _tail(built: Built, chances: Numbers) -> Tail:
    options = next((opt for c, _, opt in built.parts if c.name == "risk"), None)
    charged = options is not None and len(chances) > 1
    omega = float(getattr(options, "omega", 0.0)) if charged else 0.0
    return Tail(omega, float(getattr(options, "alpha", 0.0)), chances)


def key_of(q: Numbers | None) -> bytes:
    """Chances as something to remember an answer by."""
    return b"" if q is None else q.tobytes()


@dataclass(frozen=True)
class Top:
    """A ceiling at some weights [USD bn], and its change per unit of each weight there."""

    value: float
    slope: Numbers


class Ceiling:
    """The most the whole-number decisions of a plan can be worth, at any weights."""

    def __init__(self, books: Books, whole: Sequence[float]) -> None:
        self.books, self.lp = books, HeldLp(books.built.model, whole)
        self._tops: dict[tuple[Point, bytes], Top | None] = {}
        self._bends: dict[bytes, float | None] = {}

    def at(self, w: Point, q: Numbers | None) -> Top | None:
        """The ceiling; None when its LP was not solved in time."""
        key = (w, key_of(q))
        if key not in self._tops:
            value = self.lp.priced(*self.books.objective(w, q))
            self._tops[key] = None if value is None else Top(value, self._slope(w, q))
        return self._tops[key]

    def _slope(self, w: Point, q: Numbers | None) -> Numbers:
        """By the accounts of the run that reaches the ceiling."""
        run, tail = self.books.standing(self.lp.latest()), self.books.tail
        slope = run.mean[1:].copy()
        if q is not None:
            added = tail.omega * (q - tail.chances)
            slope += w[RISK] * (added @ run.state[:, 1:])
            slope[RISK] += added @ run.state @ np.array([1.0, *w])
        return slope

    def bend(self, q: Numbers | None) -> float | None:
        """How far it may bend the wrong way in the weight of risk [USD bn]; None as above."""
        if q is None:
            return 0.0
        key = key_of(q)
        if key not in self._bends:
            self._bends[key] = self.lp.priced(*self.books.of_risk(q))
        most = self._bends[key]
        return None if most is None else max(0.0, most)


def binding(lp: HeldLp, books: Books, risk: float) -> Numbers | None:
    """The chances q that bind in an LP solved with its tail, from the prices of its tail rows.

    None where there is no tail.
    """
    if books.tail.omega == 0 or not risk:
        return None
    named = {row[0]: n for n, row in enumerate(lp.model.rows) if row[0].startswith(f"{TAIL}[")}
    if not named:
        return None
    q = np.array([max(0.0, -lp.prices[named[f"{TAIL}[{s}]"]]) for s in books.built.sets.futures])
    total = float(q.sum())
    return None if total <= 0 else q / total
