"""The programme of a tree: the built programme once a leaf, with shared columns where news lacks.

    x[j,b] = x[j,b']            whenever leaves b, b' are in one node at the date of column j
    row of leaf b               as built, over the states of the world b can still meet
    row over several futures    sum(PROB[b] * row of b, b), its state columns by PROB[u and b | u]
    sure[b]                     weighted present value of money that is the same in all futures of b
    risk.tail[s]                excess[s] >= -sure[b(s)] - sum(worth[t,u(s,t)], t) - theta
A column's date is the period in its key. Aid accepted has none: it may be settled by the last news,
since whatever it has paid before is shared. Other columns without a period (theta) are shared by
all. A plan without waiting, taken in every leaf, keeps every row: waiting never costs value.
Chances inside single coefficients (a partner's return, the plan that upside is shared above) stay
those of today. Sources: Rockafellar & Wets (1991), non-anticipativity; Birge & Louveaux (2011).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from planner.core.tree import Node, Tree
from planner.model.assemble import Built
from planner.model.lp import Model, Terms, label, merge

LATE = ("accept",)
"""Families without a period that are settled by the last news."""
EVER: Node = (0, 0)
Spot = tuple[int, str]
"""Period and state of the world."""


@dataclass
class Kinds:
    """What a column of the built programme depends on, column by column; None where on nothing."""

    period: list[int | None]
    state: list[str | None]
    future: list[str | None]
    late: list[bool]


@dataclass
class Lifted:
    """The tree's programme; `columns[b][j]` is its column for column j of leaf b, None if none."""

    model: Model
    tree: Tree
    columns: list[list[int | None]]
    sure: list[int] = field(default_factory=list)
    joined: dict[str, int] = field(default_factory=dict)

    def values(self, leaf: int, found: Sequence[float]) -> list[float]:
        """Values of a leaf in the columns of the built programme; zero for what it never meets."""
        return [0.0 if j is None else found[j] for j in self.columns[leaf]]


def lift(built: Built, tree: Tree) -> Lifted:
    """The programme of a tree of decisions."""
    return _Lifting(built, tree).run()


class _Lifting:
    """One lifting at work."""

    def __init__(self, built: Built, tree: Tree) -> None:
        self.built, self.tree, self.kinds = built, tree, kinds_of(built.model)
        states = built.sets.states
        self.members = {(t, u.id): frozenset(u.futures) for t, us in states.items() for u in us}
        self.leaves = [frozenset(leaf) for leaf in tree.leaves]
        self.nodes = {
            (n, t): tree.node(n, t) for n in range(len(tree.leaves)) for t in built.sets.periods
        }
        self.made: dict[tuple[int, Node], int] = {}
        self.chance = [tree.chance(leaf) for leaf in tree.leaves]
        self.out = Lifted(Model(built.model.name), tree, [])
        self.risk = next((o for c, _, o in built.parts if c.name == "risk"), None)

    def run(self) -> Lifted:
        for leaf in range(len(self.leaves)):
            self.out.columns.append(self._columns(leaf))
        self._rows()
        self._objective()
        if "theta" in self.built.model.families:
            self._sure()
        return self.out

    # ---------------------------------------------------------------- columns
    def _columns(self, leaf: int) -> list[int | None]:
        made, source, found = self.made, self.built.model, list[int | None]()
        for j in range(len(source.names)):
            node = self._node(j, leaf)
            if node is None:
                found.append(None)
                continue
            if (j, node) not in made:
                family, key = source.names[j][:-1].split("[", 1)
                name = label(family, (key, *_suffix(node)))
                made[j, node] = self._add(name, source.low[j], source.high[j], source.integer[j])
            found.append(made[j, node])
        return found

    def _add(self, name: str, low: float | None, high: float | None, integer: bool) -> int:
        model = self.out.model
        model.names.append(name)
        model.low.append(low)
        model.high.append(high)
        model.integer.append(integer)
        return len(model.names) - 1

    def _node(self, j: int, leaf: int) -> Node | None:
        """Node a column is decided in for a leaf; None when the leaf never meets it."""
        kinds, tree = self.kinds, self.tree
        future, period, state = kinds.future[j], kinds.period[j], kinds.state[j]
        if future is not None:
            return (len(tree.dates), leaf) if future in self.leaves[leaf] else None
        if period is None:
            return (len(tree.dates), leaf) if kinds.late[j] else EVER
        if state is not None and not self.members[period, state] & self.leaves[leaf]:
            return None
        return self.nodes[leaf, period]

    def _share(self, spot: Spot, leaf: int) -> float:
        """Share of a state's probability that lies in a leaf."""
        whole = self.tree.chance(sorted(self.members[spot]))
        return self.tree.chance(sorted(self.members[spot] & self.leaves[leaf])) / whole

    # ---------------------------------------------------------------- rows
    def _rows(self) -> None:
        known: set[tuple[int, tuple[int, ...]]] = set()
        for number, (name, terms, sense, right) in enumerate(self.built.model.rows):
            merged = list(merge(terms).items())
            spots, futures = self._touched(merged)
            if _conflicting(spots) or len(futures) > 1:
                self.out.joined[name.split("[", 1)[0]] = number
                self.out.model.rows.append((name, list(self._expected(merged)), sense, right))
                continue
            for leaf in range(len(self.leaves)):
                inside = set(self.leaves[leaf]).intersection(
                    *(self.members[spot] for spot in spots), *({s} for s in futures)
                )
                if not inside:
                    continue
                mapped = [(self._at(j, leaf), a) for j, a in merged]
                key = (number, tuple(j for j, _ in mapped))
                if key in known:
                    continue
                known.add(key)
                here = name if len(self.leaves) == 1 else f"{name[:-1]},news {leaf}]"
                self.out.model.rows.append((here, mapped, sense, right))

    def _at(self, j: int, leaf: int) -> int:
        column = self.out.columns[leaf][j]
        assert column is not None, self.built.model.names[j]
        return column

    def _touched(self, terms: Terms) -> tuple[set[Spot], set[str]]:
        kinds, spots, futures = self.kinds, set[Spot](), set[str]()
        for j, _ in terms:
            period, state, future = kinds.period[j], kinds.state[j], kinds.future[j]
            if period is not None and state is not None:
                spots.add((period, state))
            if future is not None:
                futures.add(future)
        return spots, futures

    def _expected(self, terms: Terms) -> Iterator[tuple[int, float]]:
        """Terms of a row or of money over all futures: each leaf's by its probability."""
        kinds = self.kinds
        for leaf, chance in enumerate(self.chance):
            for j, a in terms:
                column = self.out.columns[leaf][j]
                if column is None:
                    continue
                period, state = kinds.period[j], kinds.state[j]
                if kinds.future[j] is not None:
                    yield column, a
                elif period is not None and state is not None:
                    yield column, a * self._share((period, state), leaf)
                else:
                    yield column, a * chance

    # ---------------------------------------------------------------- money
    def _objective(self) -> None:
        model, weights = self.out.model, self.built.parts[0][1].scenario.weights
        for line in self.built.model.money:
            scale = weights.of(line.group) * line.factor
            if line.state == "all":
                model.maximise(
                    ((j, a * scale) for j, a in self._expected(line.terms)), line.constant * scale
                )
                continue
            met = self.members[line.period, line.state]
            for leaf, futures in enumerate(self.leaves):
                chance = self.tree.chance(sorted(met & futures)) * scale
                if chance:
                    terms = ((self._at(j, leaf), a * chance) for j, a in line.terms)
                    model.maximise(terms, line.constant * chance)

    def _sure(self) -> None:
        """Cash that is sure within a leaf but not across leaves enters the tail."""
        weights, model = self.built.parts[0][1].scenario.weights, self.out.model
        omega = float(getattr(self.risk, "omega", 0.0)) * weights.risk
        for leaf, chance in enumerate(self.chance):
            sure = self._add(label("sure", (f"news {leaf}",)), None, None, False)
            self.out.sure.append(sure)
            sums = [(sure, 1.0)]
            for line in self.built.model.money:
                if line.state == "all" and line.item != "risk.tail":
                    scale = weights.of(line.group) * line.factor
                    sums += [
                        (self._at(j, leaf), -a * scale)
                        for j, a in line.terms
                        if self._node(j, leaf) != EVER
                    ]
            merged = list(merge(sums).items())
            model.rows.append((f"risk.sure[news {leaf}]", merged, "=", 0.0))
            model.maximise([(sure, -omega * chance)])
        leaf_of = {s: n for n, leaf in enumerate(self.leaves) for s in leaf}
        for number, (name, terms, sense, right) in enumerate(model.rows):
            if name.startswith("risk.tail["):
                s = name[:-1].split("[", 1)[1].split(",news ")[0]
                more: Terms = [*terms, (self.out.sure[leaf_of[s]], 1.0)]
                model.rows[number] = (name, more, sense, right)


def _suffix(node: Node) -> tuple[str, ...]:
    return () if node == EVER else (f"stage {node[0]} news {node[1]}",)


def _conflicting(spots: set[Spot]) -> bool:
    """Whether two states of one period are in it: no future meets both."""
    return len({t for t, _ in spots}) < len(spots)


def kinds_of(model: Model) -> Kinds:
    """Period, state and future of every column, from the key names of its family."""
    width = len(model.names)
    kinds = Kinds([None] * width, [None] * width, [None] * width, [False] * width)
    for family in model.families.values():
        spot = {name: n for n, name in enumerate(family.key_names)}
        for key, j in family.columns.items():
            if "period" in spot:
                kinds.period[j] = int(key[spot["period"]])
            if "state" in spot:
                kinds.state[j] = str(key[spot["state"]])
            if "future" in spot:
                kinds.future[j] = str(key[spot["future"]])
            kinds.late[j] = family.name in LATE
    return kinds
