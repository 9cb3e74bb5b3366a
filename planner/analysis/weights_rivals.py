"""Rivals of a favourite: plans that could beat it, those one place away from it among them.

For every place (a site at home or abroad, with entry to its country) there may be two swaps:
    taken over   the favourite with the whole-number decisions of another plan at that place
    left out     the favourite with nothing begun there
What another plan does better at one place it does better at most weights, and what is not worth its
cost at high weights of cost is left out: between the two few weights are left at which the
favourite can be best. A swap that breaks a rule is none. Every rival is kept as what it decides
otherwise than the favourite, so that one programme that stands runs them all, at any weights.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from planner.analysis.bench import Bench
from planner.analysis.weights_box import Point
from planner.analysis.weights_worth import Books, Standing, key_of, worths
from planner.core.histories import Numbers
from planner.solve.held_session import HeldLp
from planner.solve.variant import uses

Bounds = dict[int, tuple[float, float]]
FIRST = 3
"""Rivals run anew at a time: those that are worth most there as far as is known."""


class Rivals:
    """Plans found so far, each with its accounts as it was run at some weights (`cuts`).

    lp: holds the favourite's whole-number decisions; its objective is the last one asked for.
    """

    def __init__(self, bench: Bench, books: Books, lp: HeldLp) -> None:
        self.books, self.lp = books, lp
        self.whole = [j for j, whole in enumerate(bench.model.integer) if whole]
        self.begun = {site: set(columns) for site, columns in uses(bench.built).items()}
        sites = sorted(bench.built.sets.country_of)
        self.places = [bench.near([site]) for site in sites]
        self.cuts: list[Standing] = []
        self._bends: list[float] = []
        self._worths: dict[Point, Numbers] = {}
        self._of: list[int] = []
        self._plans: list[Bounds] = []
        self._known: set[tuple[int, Point, bytes]] = set()

    def add(self, plan: Sequence[float], w: Point, q: Numbers | None) -> None:
        """Take in a plan with its own run, and the swaps towards it as run best at some weights."""
        self._aim(w, q)
        self._take(self._changes({j: plan[j] for j in self.whole}), self.books.standing(plan))
        for columns in self.places:
            self._try(self._changes({j: plan[j] for j in columns}))

    def leave_out(self, w: Point, q: Numbers | None) -> None:
        """Take in the favourite less what it begins at each site, as run best at some weights."""
        self._aim(w, q)
        for columns in self.begun.values():
            self._try(self._changes(dict.fromkeys(sorted(columns), 0.0)))

    def worths(self, w: Point) -> Numbers:
        """What every plan is worth at some weights as it was run [USD bn]."""
        known = self._worths.get(w, np.zeros(0))
        if len(known) < len(self.cuts):
            new = self.cuts[len(known) :]
            mean, state = np.stack([c.mean for c in new]), np.stack([c.state for c in new])
            known = np.append(known, worths(mean, state, w, self.books.tail))
            self._worths[w] = known
        return known

    def bends(self) -> Numbers:
        """How far each of these may bend the wrong way in the weight of risk [USD bn]."""
        self._bends += [c.bend(self.books.tail) for c in self.cuts[len(self._bends) :]]
        return np.array(self._bends)

    def run_at(self, w: Point, q: Numbers | None) -> None:
        """Run the rivals that seem best at some weights as is best there."""
        best: dict[int, float] = {}
        for k, worth in zip(self._of, self.worths(w), strict=True):
            best[k] = max(worth, best.get(k, worth))
        first = sorted(best, key=lambda k: (-best[k], k))[:FIRST]
        new = [k for k in first if (k, w, key_of(q)) not in self._known]
        if new:
            self._aim(w, q)
        for k in new:
            self._known.add((k, w, key_of(q)))
            run = self._run(self._plans[k])
            if run is not None and run.worth(w, self.books.tail) > best[k] + 1e-6:
                self._of.append(k)
                self.cuts.append(run)

    def _aim(self, w: Point, q: Numbers | None) -> None:
        self.lp.priced(*self.books.objective(w, q))

    def _changes(self, whole: dict[int, float]) -> Bounds:
        """What of some whole-number decisions the favourite decides otherwise."""
        rounded = {j: float(round(v)) for j, v in whole.items()}
        return {j: (v, v) for j, v in rounded.items() if v != self.lp.low[j]}

    def _try(self, changes: Bounds) -> None:
        if changes and changes not in self._plans:
            run = self._run(changes)
            if run is not None:
                self._take(changes, run)

    def _take(self, changes: Bounds, run: Standing) -> None:
        self._of.append(len(self._plans))
        self._plans.append(changes)
        self.cuts.append(run)

    def _run(self, changes: Bounds) -> Standing | None:
        found = self.lp.moved(bounds=changes)
        return None if found is None else self.books.standing(found[1])
