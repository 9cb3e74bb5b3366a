"""The bench all questions are worked on: a plan, its model, a time budget, and how sure we are.

Small programmes are solved to the end, so answers are exact. Large ones are answered in two steps:
with the rest of the plan held (every whole-number decision outside the asked place stays), which is
a plan and therefore a lower bound, then by a free search while the budget lasts, which may find
better and gives an upper bound. Every outcome carries both, so every difference has a range.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from planner.core.case import Case
from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.plan import Plan
from planner.model.assemble import Built, build_model
from planner.solve import highs
from planner.solve.extract import cash_table, expected_by_group
from planner.solve.variant import BEGINS, Variant, held_at, search, uses, varied

SMALL = 200
"""Whole-number columns up to which a programme is always solved to the end."""
SECONDS = 100.0
"""Time budget of a question unless told otherwise [s]."""
WIDE = 0.02
"""Gap from which a plan a limit of time left behind says nothing about what could be had."""
EXACT, HELD, FREE = "solved to the end", "rest of the plan held", "free search"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """A re-solve: `objective` is reached by `values`, no plan is worth more than `bound`."""

    objective: float
    bound: float
    values: list[float]
    method: str


@dataclass(frozen=True)
class Difference:
    """Value of one optimum less another with the range the gaps leave [USD bn]."""

    value: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether its sign is certain."""
        return self.low > 0 or self.high < 0


def quiet(_: str) -> None:
    """No progress."""


class Bench:
    """A plan with its model, ready for re-solves within a time budget."""

    def __init__(
        self, plan: Plan, case: Case, seconds: float = SECONDS, say: Say | None = None
    ) -> None:
        self.plan, self.case = plan, case
        self.built: Built = build_model(case)
        self.model = self.built.model
        self.say = say or quiet
        self.end = time.perf_counter() + seconds
        self.small = sum(self.model.integer) <= SMALL
        self.values = [0.0] * len(self.model.names)
        for name, family in self.model.families.items():
            for key, value in plan.values(name).items():
                if key in family.columns:
                    self.values[family.columns[key]] = value
        self.uses = uses(self.built)

        info = plan.info
        self._base = Outcome(
            info.objective, max(info.bound, info.objective), self.values, "the plan"
        )

    # ------------------------------------------------------------------ what is where
    def left(self) -> float:
        """Seconds left of the budget."""
        return max(0.0, self.end - time.perf_counter())

    def hosts(self) -> list[str]:
        """Host countries in which something may begin."""
        sets = self.built.sets
        able = {sets.country_of[i] for i in self.uses}
        return [c for c in sets.countries if sets.role_of[c] == "host" and c in able]

    def sites_of(self, country: str) -> list[str]:
        """Sites of a country in which something may begin."""
        return [i for i in self.uses if self.built.sets.country_of[i] == country]

    def overseas(self) -> list[str]:
        """Sites outside the home country in which something may begin."""
        home = set(self.built.sets.home)
        return [i for i in self.uses if i not in home]

    def begun_at(self, values: list[float]) -> tuple[str, ...]:
        """Overseas sites at which a solution begins something."""
        return tuple(i for i in self.overseas() if sum(values[j] for j in self.uses[i]) > 0.5)

    def near(self, sites: Iterable[str]) -> set[int]:
        """Whole-number columns of decisions at these sites and of entry to their countries."""
        here = set(sites)
        places = here | {self.built.sets.country_of[i] for i in here}
        return {
            column
            for family in self.model.families.values()
            if family.kind != "continuous"
            for key, column in family.columns.items()
            if places & {str(part) for part in key if isinstance(part, str)}
        }

    def site(self, name: str) -> str:
        """A site id, checked. Raises InputError with the nearest name."""
        if name in self.case.ids("sites"):
            return name
        by_name = {self.case.name("sites", i).lower(): i for i in self.case.ids("sites")}
        if name.lower() in by_name:
            return by_name[name.lower()]
        hint = did_you_mean(name, self.case.ids("sites"))
        raise InputError([Issue("error", "E730", "SITE", name, f"no site '{name}'", hint)])

    def host(self, name: str) -> str:
        """A host country id, checked. Raises InputError with the nearest name."""
        if name in self.hosts():
            return name
        hint = did_you_mean(name, self.hosts())
        text = f"'{name}' is not a host country in which a fab may begin"
        raise InputError([Issue("error", "E731", "--host", name, text, hint)])

    # ------------------------------------------------------------------ re-solves
    def base(self) -> Outcome:
        """The plan itself; where the programme is small, its optimum even if the plan is not."""
        if self.small and highs.gap_of(self._base.objective, self._base.bound) > 1e-9:
            answer = search(self.model, 0.0, max(20.0, self.left()))
            if answer is not None and answer.values is not None:
                bound = max(answer.bound, answer.objective)
                self._base = Outcome(answer.objective, bound, answer.values, EXACT)
        return self._base

    def solve(
        self, variant: Variant, near: set[int] | None = None, share: float = 0.5
    ) -> Outcome | None:
        """Best plan of a variant; None when there is none (or none was found in time).

        near: columns that may move in the first, held step (added columns always may).
        share: part of the time left that the free search may take; 0 = held step only.
        """
        model = varied(self.model, variant)
        seed = self.case.scenario.solver.seed
        if self.small:
            answer = search(model, 0.0, max(20.0, self.left()), seed)
            if answer is None or answer.values is None:
                return None
            return Outcome(answer.objective, max(answer.bound, answer.objective),
                           answer.values, EXACT)  # fmt: skip
        best: Outcome | None = None
        top = self.base().bound + sum(max(0.0, g) for g in variant.gains.values())
        top = top if variant.objective is None else math.inf
        if near is not None:
            answer = search(held_at(model, self.values, near), 1e-5, min(20.0, self.left()), seed)
            if answer is not None and answer.values is not None and not unripe(answer):
                best = Outcome(answer.objective, max(top, answer.objective), answer.values, HELD)
        seconds = share * self.left()
        if seconds < 3.0:
            return best
        begin = None if best is None else best.values
        answer = search(model, max(1e-4, self.plan.info.gap / 2), seconds, seed, begin)
        if answer is None or answer.values is None or (best is None and unripe(answer)):
            return best
        bound = min(top, max(answer.bound, answer.objective))
        if best is not None and best.objective >= answer.objective:
            return Outcome(best.objective, max(bound, best.objective), best.values,
                           f"{HELD}, bounded by a {FREE}")  # fmt: skip
        return Outcome(answer.objective, max(bound, answer.objective), answer.values, FREE)

    def worse_by(self, less: Outcome, more: Outcome | None = None) -> Difference:
        """What `less` is worth less than `more` (the plan), with the range the gaps leave."""
        more = more or self.base()
        return Difference(
            more.objective - less.objective,
            more.objective - less.bound,
            more.bound - less.objective,
        )

    def worth(self, values: list[float]) -> float:
        """The scenario's objective at a solution [USD bn]."""
        line = self.model.objective
        return self.model.objective_constant + sum(a * values[j] for j, a in line.items())

    def by_group(self, values: list[float]) -> dict[str, float]:
        """Weighted expected present value by account group [USD bn]."""
        clean = [0.0 if abs(v) < 1e-9 else v for v in values]
        groups = expected_by_group(cash_table(self.model, self.built.sets, clean))
        return {g: self.case.scenario.weights.of(g) * v for g, v in groups.items()}

    def change(self, new: list[float], old: list[float] | None = None) -> dict[str, float]:
        """Change of each account group from one solution (the plan) to another [USD bn]."""
        before, after = self.by_group(old or self.base().values), self.by_group(new)
        return {g: after[g] - before[g] for g in after}

    def begun(self, values: list[float], site: str) -> list[dict[str, Any]]:
        """What begins at a site."""
        found: list[dict[str, Any]] = []
        for name in BEGINS:
            family = self.model.families.get(name)
            for key, column in family.columns.items() if family else ():
                if key[0] == site and values[column] > 0.5:
                    found.append(
                        {
                            "what": name,
                            "class": key[1],
                            "year": key[-1],
                            "count": round(values[column]),
                        }
                    )
        return found


def unripe(answer: highs.Answer) -> bool:
    """Whether a search was stopped so early that its plan is only the first it met."""
    return bool(answer.stopped_by) and highs.gap_of(answer.objective, answer.bound) > WIDE


def span(difference: Difference) -> dict[str, float | bool]:
    """A difference in plain form."""
    return {
        "usd_bn": difference.value,
        "low_usd_bn": difference.low,
        "high_usd_bn": difference.high,
        "distinguishable": difference.clear,
    }
