"""A model near one that was built before: only what differs between the cases is built again.

What a concept puts into a model hangs on the index sets, the registers, its options, the facts in
its READS, the fields of the scenario it looks at, the columns and rows of the concepts before it
(by their keys) and, where it says READS_MONEY, on every line of money booked before it. Where all
of these are the same its part is taken over as it is; otherwise the concept builds again. Where
sets, registers or the keys of a part differ, or other concepts take part, nothing is taken over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.core.case import Case, Fact
from planner.core.garbage import unswept
from planner.core.options import Options
from planner.core.sets import Sets
from planner.model.assemble import Built, Parts, prepare
from planner.model.catalogue import Concept
from planner.model.ledger import Ledger
from planner.model.lp import Family, Key, Measure, Model, Money, Rule, Terms
from planner.model.matrix import Programme, Rows, as_arrays, bounds

MONEY_FREE = ("weights", "solver", "overrides", "concepts", "name", "title", "question")
"""Fields of a scenario that reach no index set by themselves: what they change is looked at."""


@dataclass(frozen=True)
class Share:
    """What one concept put into a model, and what of the scenario it looked at for it."""

    families: Mapping[str, Family]
    rules: Mapping[str, Rule]
    measures: Mapping[str, Measure]
    columns: tuple[list[str], list[float | None], list[float | None], list[bool]]
    rows: list[tuple[str, Terms, str, float]]
    money: list[Money]
    extensions: list[tuple[str, Key, Terms]]
    asked: frozenset[str]

    @cached_property
    def ledger(self) -> Ledger:
        """Its lines of money as arrays."""
        return Ledger.of(self.money)

    def alike(self, other: Share) -> bool:
        """Whether columns and rows bear the same keys and numbers."""
        return (
            _columns(self) == _columns(other)
            and {n: r.rows for n, r in self.rules.items()}
            == {n: r.rows for n, r in other.rules.items()}
            and [e[:2] for e in self.extensions] == [e[:2] for e in other.extensions]
        )

    def into(self, model: Model) -> None:
        """Put it into a model that holds what stood before it."""
        model.families.update(self.families)
        model.rules.update(self.rules)
        model.measures.update(self.measures)
        for whole, mine in zip(_lists(model), self.columns, strict=True):
            whole.extend(mine)  # type: ignore[attr-defined]
        model.rows.extend(self.rows)
        model.money.extend(self.money)
        for rule, key, terms in self.extensions:
            model.extend(rule, key, terms)


@dataclass(frozen=True)
class Rebuilt:
    """A model with its arrays; `again` names the concepts that were built for it."""

    built: Built
    programme: Programme
    ledger: Ledger
    again: tuple[str, ...]


class Workshop:
    """A first model and its parts, and others built from them."""

    def __init__(self, case: Case) -> None:
        with unswept():
            self.case = case
            self.sets, self.parts = prepare(case)
            model = Model(case.scenario.name)
            self.shares = [_built(model, part) for part in self.parts]
            ledger = Ledger.joined(share.ledger for share in self.shares)
            rows = as_arrays(model.rows, len(model.names))
            programme = _programme(case, model, self.sets, ledger, rows)
            names = tuple(c.name for c, _, _ in self.parts)
            self.first = Rebuilt(Built(model, self.sets, self.parts), programme, ledger, names)

    def build(self, case: Case) -> Rebuilt:
        """The model of another case."""
        with unswept():
            sets, parts = prepare(case)
            changed = None if self._apart(case, sets, parts) else _changed(self.case, case)
            if changed is None:
                return Workshop(case).first
            model, again, moved = Model(case.scenario.name), list[str](), False
            shares: list[Share] = []
            for old, before, part in zip(self.shares, self.parts, parts, strict=True):
                blind = not (moved and part[0].reads_money) and before[2] == part[2]
                if blind and not changed.intersection(part[0].reads) and self._looks(case, old):
                    old.into(model)
                    shares.append(old)
                    continue
                new = _built(model, part)
                if not new.alike(old):
                    return Workshop(case).first
                if new.money == old.money:
                    new.__dict__["ledger"] = old.ledger  # its arrays are made already
                else:
                    moved = True
                shares.append(new)
                again.append(part[0].name)
            ledger = Ledger.joined(share.ledger for share in shares)
            programme = _programme(case, model, sets, ledger, self._rows(model))
            return Rebuilt(Built(model, sets, parts), programme, ledger, tuple(again))

    def _apart(self, case: Case, sets: Sets, parts: Parts) -> bool:
        """Whether nothing can be taken over."""
        mine, new = self.case.scenario, case.scenario
        return (
            any(
                getattr(mine, field) != getattr(new, field)
                for field in type(mine).model_fields
                if field not in MONEY_FREE
            )
            or [c.name for c, _, _ in parts] != [c.name for c, _, _ in self.parts]
            or (case.kinds, case.defaults) != (self.case.kinds, self.case.defaults)
            or case.registers != self.case.registers
            or sets != self.sets
        )

    def _looks(self, case: Case, old: Share) -> bool:
        """Whether what a concept looked at in the scenario is the same."""
        mine, new = self.case.scenario, case.scenario
        return all(getattr(mine, field) == getattr(new, field) for field in old.asked)

    def _rows(self, model: Model) -> Rows:
        """Arrays of a model's rows: those of the first, but for the rows that are other objects."""
        pairs = enumerate(zip(model.rows, self.first.built.model.rows, strict=True))
        at = np.array([n for n, (row, old) in pairs if row is not old], dtype=np.int32)
        other = as_arrays([model.rows[n] for n in at], len(model.names))
        return self.first.programme.rows.with_some(at, other)


def _programme(case: Case, model: Model, sets: Sets, ledger: Ledger, rows: Rows) -> Programme:
    """Objective and arrays of a model whose parts are all there."""
    cost, offset = ledger.objective(case.scenario.weights, sets, len(model.names))
    model.objective, model.objective_constant = dict(enumerate(cost.tolist())), offset
    integer = np.flatnonzero(model.integer).astype(np.int32)
    return Programme(rows, *bounds(model), cost, offset, integer)


def _built(model: Model, part: tuple[Concept, object, Options]) -> Share:
    """Let a concept build, and note what it put into the model."""
    concept, view, opt = part
    model.concept = concept.name
    families, rules, measures = set(model.families), set(model.rules), set(model.measures)
    starts = [len(x) for x in (model.names, model.rows, model.money, model.extensions)]
    view.asked.clear()  # type: ignore[attr-defined]
    concept.module.build(model, view, opt)
    width, height, paid, extended = starts
    return Share(
        {n: f for n, f in model.families.items() if n not in families},
        {n: r for n, r in model.rules.items() if n not in rules},
        {n: m for n, m in model.measures.items() if n not in measures},
        (model.names[width:], model.low[width:], model.high[width:], model.integer[width:]),
        model.rows[height:],
        model.money[paid:],
        model.extensions[extended:],
        frozenset(view.asked),  # type: ignore[attr-defined]
    )


def _lists(model: Model) -> tuple[list[str], list[float | None], list[float | None], list[bool]]:
    return model.names, model.low, model.high, model.integer


def _columns(share: Share) -> dict[str, tuple[str, Mapping[Key, int]]]:
    return {n: (f.kind, f.columns) for n, f in share.families.items()}


def _changed(old: Case, new: Case) -> frozenset[str]:
    """`table.parameter` of every fact that differs."""
    if len(old.facts) != len(new.facts):
        mine, theirs = set(old.by_key), set(new.by_key)
        lone = {f"{key[0]}.{key[2]}" for key in mine ^ theirs}
        both = [(old.by_key[key], new.by_key[key]) for key in mine & theirs]
    else:
        lone, both = set[str](), list(zip(old.facts, new.facts, strict=True))
    differ = [f for a, b in both if a is not b and _differ(a, b) for f in (a, b)]
    return frozenset(lone | {f"{f.table}.{f.parameter}" for f in differ})


def _differ(a: Fact, b: Fact) -> bool:
    """Whether two facts are different numbers (evidence and range do not reach a model)."""
    return (a.key, a.value) != (b.key, b.value)
