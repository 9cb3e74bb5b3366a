"""Questions to a built model: the same programme with a few rows, bounds, gains or columns more.

The one seam through which an analysis changes a programme. The built model is never touched: a
`Variant` says what is different, `varied` makes the copy, `search` solves it. Rules of the model
keep their names and row numbers; new rows and columns come after them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from planner.core.errors import Stopped
from planner.core.scenario import SolverSettings
from planner.model.assemble import Built
from planner.model.lp import Model, Terms
from planner.solve import highs
from planner.solve.by_prices import by_prices

BEGINS = ("modules", "centre", "buy")
"""Families that begin something at the site their key opens with."""

Bounds = tuple[float | None, float | None]
NewRow = tuple[str, Terms, str, float]
"""Name, terms, sense and right-hand side."""


@dataclass(frozen=True)
class Variant:
    """What differs from the built model.

    rows: added rows. bounds: column -> (lower, upper) in place of its own. gains: column -> amount
    added to its coefficient in the objective [USD bn per unit]. binaries: names of added columns;
    the first bears the number after the model's last. objective: in place of the model's own.
    """

    rows: tuple[NewRow, ...] = ()
    bounds: Mapping[int, Bounds] = field(default_factory=dict)
    gains: Mapping[int, float] = field(default_factory=dict)
    binaries: tuple[str, ...] = ()
    objective: Mapping[int, float] | None = None

    def plus(
        self, rows: Iterable[NewRow] = (), bounds: Mapping[int, Bounds] | None = None
    ) -> Variant:
        """A variant with this one's changes and more."""
        more = {**self.bounds, **(bounds or {})}
        return replace(self, rows=(*self.rows, *rows), bounds=more)


def varied(model: Model, variant: Variant) -> Model:
    """A copy of the model with the variant's changes; the model stays as it is."""
    made = Model(model.name)
    made.__dict__.update(model.__dict__)
    extra = len(variant.binaries)
    made.names = [*model.names, *variant.binaries]
    made.low = [*model.low, *[0.0] * extra]
    made.high = [*model.high, *[1.0] * extra]
    made.integer = [*model.integer, *[True] * extra]
    for column, (low, high) in variant.bounds.items():
        made.low[column], made.high[column] = low, high
    made.rows = [*model.rows, *variant.rows]
    if variant.objective is not None:
        made.objective, made.objective_constant = dict(variant.objective), 0.0
    else:
        made.objective = dict(model.objective)
    for column, gain in variant.gains.items():
        made.objective[column] = made.objective.get(column, 0.0) + gain
    return made


def held_at(model: Model, values: Mapping[int, float] | list[float], free: set[int]) -> Model:
    """The model with every whole-number column outside `free` fixed at the plan's value."""
    made = Model(model.name)
    made.__dict__.update(model.__dict__)
    made.low, made.high, made.integer = [*model.low], [*model.high], [*model.integer]
    known = len(values)
    for column, whole in enumerate(model.integer):
        if whole and column not in free and column < known:
            made.low[column] = made.high[column] = float(round(values[column]))
            made.integer[column] = False
    return made


def search(
    model: Model, gap: float, seconds: float, seed: int = 1, start: list[float] | None = None
) -> highs.Answer | None:
    """Solve a varied model, from a known plan if given; None when a limit came before any plan.

    An infeasible model is an answer with status `infeasible` and no values.
    """
    try:
        settings = SolverSettings(gap=gap, time_limit=max(0.5, seconds), seed=seed)
        priced = by_prices(model, settings, start=start)
        return priced or highs.run(model, settings, start=start)
    except Stopped:
        return None


def uses(built: Built) -> dict[str, dict[int, float]]:
    """Site -> columns of what may begin there, by their largest value."""
    found: dict[str, dict[int, float]] = {}
    for name in BEGINS:
        family = built.model.families.get(name)
        for key, column in family.columns.items() if family else ():
            top = built.model.high[column]
            found.setdefault(str(key[0]), {})[column] = 1.0 if top is None else float(top)
    return found


def with_site_switches(built: Built, sites: Iterable[str]) -> tuple[Variant, dict[str, int]]:
    """A 0/1 column per site that says whether anything new begins there; site -> its column."""
    width, columns = len(built.model.names), uses(built)
    rows: list[NewRow] = []
    switches: dict[str, int] = {}
    for i in sites:
        if i not in columns:
            continue
        z = width + len(switches)
        switches[i] = z
        rows += [
            (f"switch.on[{i},{built.model.names[j]}]", [(j, 1.0), (z, -top)], "<=", 0.0)
            for j, top in columns[i].items()
        ]
        rows.append((f"switch.off[{i}]", [(z, 1.0), *((j, -1.0) for j in columns[i])], "<=", 0.0))
    return Variant(rows=tuple(rows), binaries=tuple(f"switch[{i}]" for i in switches)), switches
