"""A tree of decisions, solved and proved: from the plan that decides everything now to waiting.

The plan for now holds in every leaf, so it is the start and no tree is worth less. Then leaf by
leaf, and the shared first moves, are searched with the rest held (a small programme each), and the
whole in between; every step keeps what it has when it finds nothing better. Proof: each leaf is a
plan of the case that `verify` recounts in the states it can meet; value and tail over all futures
are recounted from the leaves' cash.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from planner.core.case import Case
from planner.core.errors import InputError, Issue, VerificationError
from planner.core.plan import Plan, SolveInfo
from planner.core.scenario import SolverSettings
from planner.core.tree import Tree, grow
from planner.model.assemble import Built, build_model
from planner.model.concepts import risk
from planner.model.lifted import Lifted, lift
from planner.model.lp import Model, merge
from planner.solve import highs
from planner.solve.extract import extract, value_by_future
from planner.solve.variant import held_at, search
from planner.solve.verify import TOLERANCE, verify

Say = Callable[[str], None]
CLOSE = 1e-4
"""Relative gap of the small searches."""
MOST_LEAVES = 32
"""Each leaf is a copy of the later programme: more would not fit the time of a question."""


@dataclass(frozen=True)
class Leaf:
    """What is done in one leaf: futures it stands for, their chance, a plan of the case.

    Figures of the plan in states the leaf never meets mean nothing; values is by future.
    """

    number: int
    futures: tuple[str, ...]
    chance: float
    plan: Plan
    values: dict[str, float]


@dataclass(frozen=True)
class TreePlan:
    """A solved tree; values in USD bn of present value."""

    tree: Tree
    info: SolveInfo
    leaves: tuple[Leaf, ...]
    expected: float
    tail_loss: float


def solve_tree(  # noqa: PLR0913 - half of them are named
    plan: Plan,
    case: Case,
    dates: Sequence[int],
    *,
    gap: float,
    seconds: float,
    say: Say | None = None,
) -> TreePlan:
    """Best tree found within `seconds`, from the plan that decides everything now.

    Raises InputError for a date at which nothing may branch or for too many leaves,
    VerificationError when a leaf or the sum of the leaves does not hold when recounted.
    """
    tell: Say = say or (lambda _: None)
    begun = time.perf_counter()
    built = build_model(case)
    tree = grow(built.sets, dates)
    if len(tree.leaves) > MOST_LEAVES:
        text = (
            f"{len(tree.leaves)} sets of futures can be told apart, at most {MOST_LEAVES} are taken"
        )
        hint = "Name fewer futures or fewer dates."
        raise InputError([Issue("error", "E762", case.scenario.name, "stages", text, hint)])
    lifted = lift(built, tree)
    build_seconds = time.perf_counter() - begun
    search_ = _Search(lifted, begun + seconds, gap, case.scenario.solver.seed, tell)
    search_.run(spread(lifted, values_of(plan, built)))
    info = search_.info({"build": build_seconds, "solve": time.perf_counter() - begun})
    return _proved(case, built, lifted, search_.values, info)


def values_of(plan: Plan, built: Built) -> list[float]:
    """A plan as values of the columns."""
    values = [0.0] * len(built.model.names)
    for name, family in built.model.families.items():
        for key, value in plan.values(name).items():
            if key in family.columns:
                values[family.columns[key]] = value
    return values


def spread(lifted: Lifted, values: Sequence[float]) -> list[float]:
    """A plan for now as values of the tree's columns: the same in every leaf."""
    found = [0.0] * len(lifted.model.names)
    for columns in lifted.columns:
        for j, column in enumerate(columns):
            if column is not None:
                found[column] = values[j]
    return found


class _Search:
    """The search: what is known so far, and until when to look."""

    def __init__(self, lifted: Lifted, end: float, gap: float, seed: int, say: Say) -> None:
        self.lifted, self.model, self.end, self.gap = lifted, lifted.model, end, gap
        self.seed, self.say = seed, say
        self.values: list[float] = []
        self.objective, self.bound = -math.inf, math.inf
        self.nodes, self.stopped = 0, ""

    def run(self, start: list[float]) -> None:
        """Start, whole, leaf by leaf, first moves, whole again while there is time."""
        self.values = start
        self._take(highs.run(highs.fix_integers(self.model, start), SolverSettings(gap=0.0)))
        self._whole(0.5)
        groups = self._groups()
        for done, (what, free, alone) in enumerate(groups):
            left = self.end - time.perf_counter()
            if left > 0:
                self.say(what)
                share = min(left, max(1.0, 0.6 * left / (len(groups) - done)))
                if alone:
                    self._alone(free, share)
                else:
                    held = held_at(self.model, self.values, free)
                    self._take(search(held, CLOSE, share, self.seed))
        if self._gap() > self.gap and self.end > time.perf_counter():
            self._whole(1.0)
        whole = highs.fix_integers(self.model, self.values)
        polished = highs.run(whole, SolverSettings(gap=0.0))
        if polished.values is not None and polished.objective > self.objective - self._noise():
            self.values, self.objective = polished.values, polished.objective

    def _noise(self) -> float:
        """What a small programme's rounded sizes may have gained [USD bn]."""
        return 1e-6 * max(1.0, abs(self.objective))

    def _gap(self) -> float:
        return highs.gap_of(self.objective, max(self.bound, self.objective))

    def _whole(self, share: float) -> None:
        self.say("the whole tree")
        left = max(1.0, share * (self.end - time.perf_counter()))
        settings = SolverSettings(gap=self.gap, time_limit=left, seed=self.seed)
        answer = highs.run(self.model, settings, start=self.values)
        self.bound, self.nodes = min(self.bound, answer.bound), self.nodes + answer.nodes
        self.stopped = answer.stopped_by
        self._take(answer)

    def _take(self, answer: highs.Answer | None) -> None:
        if answer is None or answer.values is None:
            return
        if answer.objective > self.objective:
            self.values, self.objective = answer.values, answer.objective

    def _alone(self, free: set[int], seconds: float) -> None:
        """Search a leaf's own columns with every other column as it is: a small programme."""
        columns = sorted(free)
        found = search(part(self.model, self.values, columns), CLOSE, seconds, self.seed)
        if found is not None and found.values is not None and found.objective > self.objective:
            better = [*self.values]
            for j, value in zip(columns, found.values, strict=True):
                better[j] = value
            self.values, self.objective = better, found.objective

    def _groups(self) -> list[tuple[str, set[int], bool]]:
        """Columns that are one leaf's own, leaf by leaf, then what several leaves share.

        The last part says whether all the rest is held, or its whole numbers only.
        """
        owners: dict[int, set[int]] = {}
        for leaf, columns in enumerate(self.lifted.columns):
            for column in columns:
                if column is not None:
                    owners.setdefault(column, set()).add(leaf)
        leaves = range(len(self.lifted.columns))
        own = [{j for j, who in owners.items() if who == {leaf}} for leaf in leaves]
        if len(own) == 1:
            return []
        first = {j for j, who in owners.items() if len(who) > 1}
        chances = [self.lifted.tree.chance(group) for group in self.lifted.tree.leaves]
        order = sorted(leaves, key=lambda n: (-chances[n], n))
        named = [(f"what is done on news {n}", own[n], True) for n in order]
        return [*named, ("the shared moves", first, False)]

    def info(self, seconds: dict[str, float]) -> SolveInfo:
        """What the search proved."""
        bound = max(self.bound, self.objective)
        gap = highs.gap_of(self.objective, bound)
        closed = gap <= self.gap + 1e-12
        return SolveInfo(
            status="optimal" if closed else "feasible",
            has_solution=True,
            objective=self.objective,
            bound=bound,
            gap=gap,
            seconds=seconds,
            versions=highs.versions(),
            size=self.model.size() | {"nodes": self.nodes},
            stopped_by="" if closed else self.stopped or "time limit",
        )


def part(model: Model, values: Sequence[float], columns: Sequence[int]) -> Model:
    """The programme of some columns alone, every other column held at its value."""
    place = {j: n for n, j in enumerate(columns)}
    made = Model(model.name)
    made.names = [model.names[j] for j in columns]
    made.low, made.high = [model.low[j] for j in columns], [model.high[j] for j in columns]
    made.integer = [model.integer[j] for j in columns]
    for name, terms, sense, right in model.rows:
        mine = [(place[j], a) for j, a in terms if j in place]
        if mine:
            rest = sum(a * values[j] for j, a in terms if j not in place)
            made.rows.append((name, mine, sense, right - rest))
    made.objective = {place[j]: a for j, a in model.objective.items() if j in place}
    held = sum(a * values[j] for j, a in model.objective.items() if j not in place)
    made.objective_constant = model.objective_constant + held
    return made


def _proved(
    case: Case, built: Built, lifted: Lifted, values: list[float], info: SolveInfo
) -> TreePlan:
    """Leaves as plans, each recounted; then rows, value and tail of the whole."""
    tree, weights = lifted.tree, case.scenario.weights
    scale = {g: weights.of(g) for g in ("revenue", "cost", "talent", "subsidy", "risk")}
    issues: list[Issue] = list(_broken(lifted, values))
    leaves = []
    for number, futures in enumerate(tree.leaves):
        mine = lifted.values(number, values)
        worth = built.model.objective_constant
        worth += sum(a * mine[j] for j, a in built.model.objective.items())
        own = SolveInfo("feasible", True, worth, math.inf, math.inf)
        plan = extract(case, built, mine, [], own)
        issues += [i for i in verify(plan, case) if _counts(i, lifted, built, set(futures))]
        found = value_by_future(plan.cash, built.sets, scale)
        here = {s: found[s] for s in futures}
        leaves.append(Leaf(number, futures, tree.chance(futures), plan, here))
    by_future = {s: v for leaf in leaves for s, v in leaf.values.items()}
    mean = sum(tree.chances[s] * v for s, v in by_future.items())
    options = next((o for c, _, o in built.parts if c.name == "risk"), None)
    alpha, w = float(getattr(options, "alpha", 0.9)), 0.0
    if len(tree.chances) > 1:
        w = float(getattr(options, "omega", 0.0)) * weights.risk
    tail = risk.cvar_of_loss(by_future, tree.chances, alpha)
    want = (1 - w) * mean - w * tail
    if abs(want - info.objective) > TOLERANCE * max(1.0, abs(mean)):
        text = f"leaves sum to {want:.9g}, solver says {info.objective:.9g}"
        issues.append(Issue("error", "V900", "verify.tree", "", text))
    if issues:
        raise VerificationError(issues)
    return TreePlan(tree, info, tuple(leaves), mean, tail)


def _counts(issue: Issue, lifted: Lifted, built: Built, futures: set[str]) -> bool:
    """Whether an issue of a leaf is one: not of a state never met, nor of rules over all news."""
    rule, _, key = issue.where.partition("[")
    if rule in ("risk.tail", *lifted.joined):
        return False
    parts = {part.strip() for part in key.rstrip("]").split(",")}
    return not any(
        str(t) in parts and u.id in parts and not futures & set(u.futures)
        for t, states in built.sets.states.items()
        for u in states
    )


def _broken(lifted: Lifted, values: list[float]) -> list[Issue]:
    """Rows of the tree's programme that do not hold, and shared moves that are not whole."""
    found = []
    for name, terms, sense, right in lifted.model.rows:
        parts = [a * values[j] for j, a in merge(terms).items()]
        over = sum(parts) - right
        size = max(1.0, abs(right), *(abs(part) for part in parts)) if parts else 1.0
        wrong = {"<=": over, ">=": -over}.get(sense, abs(over))
        if wrong > 10 * TOLERANCE * size:
            found.append(Issue("error", "V900", name, "", f"off by {wrong:.3g}"))
    return found
