"""Composed plans: the home decisions of one plan with the overseas sites of another, site by site.

Every whole-number decision that speaks of chosen overseas sites is the plan's, of other overseas
sites nothing, of all else that of a background. What is left is a linear programme in a session
that stays open, so hundreds of sets of sites are valued where a search would value a few. A set
that breaks a rule (a fab without the centre that unlocks it) has no value.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from planner.analysis.bench import Bench, Outcome
from planner.solve.held_session import HeldLp

METHOD = "composed of the plan's sites and home decisions"
BEAM = 3
"""Sets kept from one number of sites to the next."""


@dataclass(frozen=True)
class Composed:
    """A set of overseas sites with its worth and solution."""

    worth: float
    sites: tuple[str, ...]
    values: list[float]


class Composer:
    """Values sets of the plan's overseas sites over several backgrounds."""

    def __init__(self, bench: Bench, backgrounds: Sequence[list[float]]) -> None:
        self.bench, self.backgrounds = bench, list(backgrounds)
        self.mine = bench.begun_at(bench.values)
        self.lp = HeldLp(bench.model, bench.values)
        self.known: dict[tuple[str, ...], Composed | None] = {}
        self._abroad = self._speaks_of()
        self._centres = {
            str(key[0]) for key, j in self._family("centre") if bench.values[j] > 0.5
        } & set(self.mine)

    def of(self, sites: Collection[str]) -> Composed | None:
        """The best of the backgrounds with these sites of the plan; None when none is a plan."""
        names = tuple(sorted(sites))
        if names not in self.known:
            tried = [self._on(back, names) for back in self.backgrounds]
            good = [made for made in tried if made is not None]
            self.known[names] = max(good, key=lambda c: c.worth, default=None)
        return self.known[names]

    def grown(self, kept: Sequence[Composed], most: int) -> list[Composed]:
        """The best sets of at most so many sites, by adding to those kept; best first."""
        tried: set[tuple[str, ...]] = {c.sites for c in kept}
        for n, start in enumerate(kept):
            more = [i for i in self.mine if i not in start.sites]
            adds: list[tuple[str, ...]] = [(i,) for i in more]
            if n == 0:  # a fab with the centre that unlocks it
                adds += [p for p in itertools.combinations(more, 2) if self._centres & set(p)]
            tried |= {tuple(sorted({*start.sites, *add})) for add in adds}
        found = [self.of(names) for names in sorted(tried) if len(names) <= most]
        good = [c for c in found if c is not None]
        return sorted(good, key=lambda c: (-c.worth, c.sites))[:BEAM]

    def _on(self, background: list[float], names: tuple[str, ...]) -> Composed | None:
        chosen = set(names) | {self.bench.built.sets.country_of[i] for i in names}
        bounds: dict[int, tuple[float, float]] = {}
        for j, whole in enumerate(self.bench.model.integer):
            if not whole:
                continue
            places = self._abroad.get(j)
            if places is None:
                value = float(round(background[j]))
            else:
                value = float(round(self.bench.values[j])) if places <= chosen else 0.0
            if value != self.lp.low[j]:
                bounds[j] = (value, value)
        got = self.lp.moved(bounds=bounds)
        return None if got is None else Composed(got[0], names, got[1])

    def _speaks_of(self) -> dict[int, set[str]]:
        """Column -> overseas sites and host countries its key names."""
        places = {*self.bench.overseas(), *self.bench.hosts()}
        found: dict[int, set[str]] = {}
        for family in self.bench.model.families.values():
            for key, j in family.columns.items() if family.kind != "continuous" else ():
                named = places & {part for part in key if isinstance(part, str)}
                if named:
                    found[j] = named
        return found

    def _family(self, name: str) -> list[tuple[tuple[str | int, ...], int]]:
        family = self.bench.model.families.get(name)
        return [] if family is None else list(family.columns.items())


class Walk:
    """Ever more of the plan's sites beside a first few, the best sets kept from step to step.

    All steps are gone at the first question: they cost little, and searches then take what time is
    left without starving the later steps.
    """

    def __init__(self, bench: Bench, most: int, first: Collection[str] = ()) -> None:
        self.bench, self.most, self.first = bench, most, tuple(sorted(first))
        self.path: list[Composed | None] = []

    def best(self, more: int, before: Outcome | None) -> Outcome | None:
        """The best known plan with at most so many sites more, to start a search from.

        before: what is known already; its home decisions are the second background.
        """
        if before is None:
            return None
        if not self.path:
            self._go(before)
        top = self.path[min(more, self.most)]
        if top is None or top.worth <= before.objective:
            return before
        return Outcome(top.worth, self.bench.base().bound, top.values, METHOD)

    def _go(self, before: Outcome) -> None:
        self.path = [None] * (self.most + 1)
        for background in (self.bench.values, before.values):  # a beam of sets for each
            composer = Composer(self.bench, (background,))
            alone = composer.of(self.first)
            kept = [] if alone is None else [alone]
            for more in range(self.most + 1):
                kept = composer.grown(kept, len(self.first) + more) if more else kept
                best, top = self.path[more], kept[0] if kept else None
                if top is not None and (best is None or top.worth > best.worth):
                    self.path[more] = top
