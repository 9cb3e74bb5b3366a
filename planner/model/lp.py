"""The PuLP seam: variables, named rules and money, kept in our own register, then handed to PuLP.

Terms are pairs (column, coefficient). Names never pass through PuLP's renaming: columns and rows
go in as `x0…`, `r0…` and are looked up here, so `subsidy.budget[us_48d]` stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulp

from planner.core.errors import ModelError, did_you_mean

Terms = Sequence[tuple[int, float]]
Key = tuple[str | int, ...]
Row = tuple[Key, Terms, str, float]
"""Key, terms, sense (`<=`, `>=`, `=`) and right-hand side."""


def label(family: str, key: Key) -> str:
    """Name of a column or row: `family[a,b]`."""
    return f"{family}[{','.join(map(str, key))}]"


@dataclass(slots=True)
class Family:
    """All columns of one kind: key -> column number."""

    name: str
    columns: dict[Key, int]
    kind: str
    unit: str
    key_names: tuple[str, ...]

    def __getitem__(self, key: Key) -> int:
        return self.columns[key]

    def get(self, key: Key) -> int | None:
        """Column of a key, None when it was never created (masked)."""
        return self.columns.get(key)


@dataclass(slots=True)
class Rule:
    """One named group of rows."""

    name: str
    unit: str
    why: str
    rows: dict[Key, int] = field(default_factory=dict)
    implied: bool = False
    """Kept by every plan in whole numbers that keeps the others: it only tightens the relaxation.
    Its keys open with who supplies; the rest says who is supplied."""


@dataclass(slots=True)
class Money:
    """One line of cash before solving: amount = constant + sum(coefficient x column)."""

    concept: str
    item: str
    key: Key
    country: str
    period: int
    state: str
    group: str
    terms: Terms
    constant: float
    factor: float
    taxable: bool
    writeoff: tuple[str, float] | None


@dataclass(slots=True)
class Measure:
    """A figure worth reporting: constant + sum(coefficient x column)."""

    name: str
    terms: Terms
    constant: float
    sense: str
    unit: str


class Model:
    """Few verbs: `variables`, `require`, `cost`, `measure`; then `to_pulp`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.families: dict[str, Family] = {}
        self.rules: dict[str, Rule] = {}
        self.money: list[Money] = []
        self.measures: dict[str, Measure] = {}
        self.low: list[float | None] = []
        self.high: list[float | None] = []
        self.integer: list[bool] = []
        self.names: list[str] = []
        self.rows: list[tuple[str, Terms, str, float]] = []
        self.extensions: list[tuple[str, Key, Terms]] = []
        self.objective: dict[int, float] = {}
        self.objective_constant = 0.0
        self.concept = ""

    # ---------------------------------------------------------------- variables
    def variables(  # noqa: PLR0913 - all but two are named
        self,
        family: str,
        keys: Iterable[Key],
        *,
        index: str,
        unit: str,
        low: float | None = 0.0,
        high: Mapping[Any, float] | float | None = None,
        kind: str = "continuous",
    ) -> Family:
        """Create the columns of a family; `index` names the parts of the key (`site,period`).

        kind: continuous | integer | binary. Raises ModelError on a duplicate family or key.
        """
        if family in self.families:
            msg = f"variable family '{family}' exists already"
            raise ModelError(msg)
        made = Family(family, {}, kind, unit, tuple(index.split(",")))
        for key in keys:
            if key in made.columns:
                msg = f"column {label(family, key)} exists already"
                raise ModelError(msg)
            top = high.get(key) if isinstance(high, Mapping) else high
            made.columns[key] = len(self.names)
            self.names.append(label(family, key))
            self.low.append(low)
            self.high.append(1.0 if kind == "binary" else top)
            self.integer.append(kind != "continuous")
        self.families[family] = made
        return made

    def family(self, name: str) -> Family:
        """A family another concept made; raises ModelError with the nearest name."""
        if name not in self.families:
            msg = f"no variable family '{name}'. {did_you_mean(name, self.families)}"
            raise ModelError(msg)
        return self.families[name]

    # ---------------------------------------------------------------- rules
    def require(
        self, rule: str, rows: Iterable[Row], *, unit: str, why: str, implied: bool = False
    ) -> None:
        """Add the rows of a named rule. Raises ModelError on a duplicate rule or key."""
        if rule in self.rules:
            msg = f"rule '{rule}' exists already"
            raise ModelError(msg)
        made = self.rules.setdefault(rule, Rule(rule, unit, why, implied=implied))
        for key, terms, sense, right in rows:
            if key in made.rows:
                msg = f"row {label(rule, key)} exists already"
                raise ModelError(msg)
            if sense not in ("<=", ">=", "="):
                msg = f"row {label(rule, key)}: sense '{sense}' is not one of <=, >=, ="
                raise ModelError(msg)
            made.rows[key] = len(self.rows)
            self.rows.append((label(rule, key), terms, sense, right))

    def extend(self, rule: str, key: Key, terms: Terms) -> None:
        """Add terms to a row another concept made. Raises ModelError when it is not there."""
        if rule not in self.rules or key not in self.rules[rule].rows:
            msg = f"no row {label(rule, key)} to extend"
            raise ModelError(msg)
        self.extensions.append((rule, key, terms))
        number = self.rules[rule].rows[key]
        name, before, sense, right = self.rows[number]
        self.rows[number] = (name, [*before, *terms], sense, right)

    # ---------------------------------------------------------------- money
    def cost(  # noqa: PLR0913 - a line of cash has that many columns; all but two are named
        self,
        item: str,
        key: Key,
        *,
        terms: Terms = (),
        constant: float = 0.0,
        period: int,
        factor: float,
        group: str,
        country: str = "",
        state: str = "all",
        taxable: bool = False,
        writeoff: tuple[str, float] | None = None,
    ) -> None:
        """Book money (USD bn; received positive, paid negative).

        factor: discount factor of the date it is paid. state: `all`, or one state of the world of
        that period. taxable: enters company profit of `country`. writeoff: (asset class, year of
        service) when the outlay is written off over time instead.
        """
        if not terms and constant == 0.0:
            return
        self.money.append(
            Money(
                self.concept,
                item,
                key,
                country,
                period,
                state,
                group,
                terms,
                constant,
                factor,
                taxable,
                writeoff,
            )
        )

    def measure(
        self, name: str, terms: Terms, *, constant: float = 0.0, sense: str = "", unit: str
    ) -> None:
        """Report a linear figure. Raises ModelError on a duplicate name."""
        if name in self.measures:
            msg = f"measure '{name}' exists already"
            raise ModelError(msg)
        self.measures[name] = Measure(name, terms, constant, sense, unit)

    def maximise(self, terms: Iterable[tuple[int, float]], constant: float = 0.0) -> None:
        """Add terms to the objective (which is maximised)."""
        self.objective_constant += constant
        for column, coefficient in terms:
            self.objective[column] = self.objective.get(column, 0.0) + coefficient

    # ---------------------------------------------------------------- hand-over
    def size(self) -> dict[str, int]:
        """Columns, rows, integers and non-zeros."""
        return {
            "columns": len(self.names),
            "rows": len(self.rows),
            "integers": sum(self.integer),
            "nonzeros": sum(len(t) for _, t, _, _ in self.rows),
        }

    def lp_lines(self, rules: Iterable[str] | None = None) -> Iterator[str]:
        """The programme as sorted text, for golden files and for reading."""
        wanted = set(self.rules if rules is None else rules)
        lines = []
        for name, terms, sense, right in self.rows:
            if name.split("[", 1)[0] in wanted:
                merged = merge(terms)
                body = " ".join(
                    f"{c:+.10g} {self.names[j]}"
                    for j, c in sorted(merged.items(), key=lambda p: self.names[p[0]])
                )
                lines.append(f"{name}: {body or '0'} {sense} {right:.10g}")
        yield from sorted(lines)

    def to_pulp(self) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
        """The same programme as a PuLP problem; variables in column order.

        The objective's constant is the cost of a column fixed at 1: PuLP 3.3 drops constants on
        the way to HiGHS, and a relative gap would then refer to another number.
        """
        problem = pulp.LpProblem("plan", pulp.LpMaximize)
        columns = [
            problem.add_variable(f"x{j}", self.low[j], self.high[j], cat)
            for j, cat in enumerate("Integer" if i else "Continuous" for i in self.integer)
        ]
        pairs = [(columns[j], c) for j, c in sorted(self.objective.items()) if c]
        pairs.append((problem.add_variable("one", 1.0, 1.0), self.objective_constant))
        problem.setObjective(_expression(pairs))
        for number, (_, terms, sense, right) in enumerate(self.rows):
            merged = merge(terms)
            body = _expression([(columns[j], c) for j, c in merged.items()])
            row = (
                body <= right
                if sense == "<="
                else body >= right
                if sense == ">="
                else body == right
            )
            problem.addConstraint(row, f"r{number}")
        return problem, columns


def _expression(pairs: list[tuple[pulp.LpVariable, float]]) -> pulp.LpAffineExpression:
    """Linear expression from pairs, in the way PuLP 3 and 4 each want it."""
    make = getattr(pulp.LpAffineExpression, "from_list", pulp.LpAffineExpression)
    return make(pairs)


def merge(terms: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Sum coefficients of the same column; drop zeros."""
    merged: dict[int, float] = {}
    for column, coefficient in terms:
        merged[column] = merged.get(column, 0.0) + coefficient
    return {j: c for j, c in merged.items() if c}
