"""Bearing: what every number the rules read does to the plan, and to its lead over its rivals.

    L(f) = c(f) x + lambda (b(f) - A(f) x) + sum over columns at a bound d (bound(f) - bound)
    effect = L(f moved by a tenth) - L(f)       first order, by the envelope theorem [USD bn]
    lead   = effect on the plan - effect on a rival                                  [USD bn]
x and the prices lambda, d come from one linear programme with the whole-number decisions fixed;
then each number costs one building of the model and no solve. Years and generations move by one.

Rivals: the plan without each host it uses, with one fab in each host it does not use, and staying
home. A number decides something when a tenth of it moves the lead over one of them: a price that
helps every plan alike carries much money and decides nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np

from planner.analysis.bench import Bench, Say, quiet
from planner.analysis.numbers import TENTH, Number, numbers, step
from planner.core.case import Case, Fact
from planner.core.errors import PlannerError
from planner.core.histories import Numbers
from planner.core.plan import Plan
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.model.matrix import bounds, by_rows
from planner.solve.variant import Variant, held_at, search

DECIDES_USD_BN = 0.05
"""A lead moved by this much counts: the smallest fab a plan picks is worth a few times as much."""


@dataclass(frozen=True, slots=True)
class Point:
    """A plan whose whole-number decisions are fixed: columns, prices of rows, worth."""

    name: str
    x: Numbers
    prices: Numbers
    worth: float


def points(bench: Bench) -> list[Point]:
    """The plan and its rivals, each with prices at its fixed decisions."""
    decisions = _decisions(bench.model)
    begun = set(bench.begun_at(bench.values))
    found = [_point(bench.model, "the plan", bench.values)]
    for host in bench.hosts():
        sites = bench.sites_of(host)
        near = bench.near(sites) & decisions
        bench.say(f"a rival: {host}")
        if begun & set(sites):
            found.append(_point(bench.model, f"without {host}", _cleared(bench.values, near)))
            continue
        force = [(j, 1.0) for i in sites for j in bench.uses[i]]
        forced = bench.solve(Variant(rows=(("bearing.in", force, ">=", 1.0),)), near, share=0.0)
        if forced is not None:
            found.append(_point(bench.model, f"with {host}", forced.values))
    if begun:
        away = bench.near(bench.overseas()) & decisions
        found.append(_point(bench.model, "staying home", _cleared(bench.values, away)))
    return [p for p in found if p is not None]


def _decisions(model: Model) -> set[int]:
    """Whole-number columns taken before the future is known."""
    return {
        column
        for family in model.families.values()
        if family.kind != "continuous" and family.key_names != ("future",)
        for column in family.columns.values()
    }


def _cleared(values: list[float], columns: set[int]) -> list[float]:
    return [0.0 if j in columns else v for j, v in enumerate(values)]


def _point(model: Model, name: str, values: list[float]) -> Point | None:
    """A plan's decisions held, the rest solved; None when they cannot all be kept."""
    answer = search(held_at(model, values, set()), 0.0, 60.0)
    if answer is None or answer.values is None:
        return None
    prices = np.array(answer.prices[: len(model.rows)])
    return Point(name, np.array(answer.values), prices, answer.objective)


class Shape:
    """A built model as arrays: costs, rows, bounds, by name."""

    def __init__(self, model: Model) -> None:
        self.names, self.rows = model.names, by_rows(model)
        self.row_names = [row[0] for row in model.rows]
        self.right = np.array([row[3] for row in model.rows], dtype=float)
        self.cost = np.zeros(len(model.names))
        for column, amount in model.objective.items():
            self.cost[column] += amount
        self.constant = model.objective_constant
        self.low, self.high = bounds(model)

    def worth(self, x: Numbers, prices: Numbers) -> float:
        """The Lagrangian at a point, bounds apart."""
        slack = self.right - self.rows.activity(x)
        return float(self.constant + self.cost @ x + prices @ slack)


def effect(base: Shape, moved: Shape, point: Point) -> float:
    """First-order change of a point's worth [USD bn]; infinite where a decision falls away."""
    x, prices = point.x, point.prices
    before = base.worth(x, prices)
    if base.names == moved.names and base.row_names == moved.row_names:
        return moved.worth(x, prices) - before + _at_bounds(base, moved, point)
    column = {name: j for j, name in enumerate(moved.names)}
    row = {name: r for r, name in enumerate(moved.row_names)}
    there, y = np.zeros(len(moved.names)), np.zeros(len(moved.row_names))
    for j, name in enumerate(base.names):
        if name in column:
            there[column[name]] = x[j]
        elif abs(x[j]) > 1e-6:
            return math.inf
    for r, name in enumerate(base.row_names):
        if name in row:
            y[row[name]] = prices[r]
    return moved.worth(there, y) - before


def _at_bounds(base: Shape, moved: Shape, point: Point) -> float:
    """What moved bounds bring to columns that lie on them."""
    shift = np.zeros(len(point.x))
    for old, new in ((base.low, moved.low), (base.high, moved.high)):
        at = np.isfinite(old) & np.isfinite(new) & (old != new) & (np.abs(point.x - old) < 1e-7)
        shift[at] = new[at] - old[at]
    if not shift.any():
        return 0.0
    gain = base.cost - base.rows.priced(point.prices, len(point.x))
    return float(gain @ shift)


def bearing(plan: Plan, case: Case, workers: int = 1, say: Say | None = None) -> dict[str, Any]:
    """Every number the rules read, by what a tenth of it does to the plan's lead.

    Returns rows with `worth_usd_bn` (effect on the plan), `lead_usd_bn` (largest effect on its lead
    over a rival), `rival`, `range_usd_bn` (the plan's change over the number's own range, in a
    straight line), `decides`, and grade; largest lead first.
    """
    bench = Bench(plan, case, seconds=600.0, say=say)
    some, found = points(bench), numbers(case)
    tell = say or quiet
    rows: list[dict[str, Any]] = []
    for n, row in enumerate(_effects(case, some, found, workers), start=1):
        rows.append(row)
        if n % 25 == 0 or n == len(found):
            tell(f"bearing: {n} of {len(found)} numbers")
    rows.sort(key=lambda r: (-r["lead_usd_bn"], r["table"], r["entity"], r["parameter"]))
    deciding = [r for r in rows if r["decides"]]
    counts = {g: sum(r["grade"] == g for r in deciding) for g in "ABCD"}
    result = {
        "question": "bearing",
        "rivals": [{"name": p.name, "worth_usd_bn": p.worth} for p in some[1:]],
        "threshold_usd_bn": DECIDES_USD_BN,
        "numbers": len(rows),
        "deciding": len(deciding),
        "grades": counts,
        "good_pct": 100 * (counts["A"] + counts["B"]) / len(deciding) if deciding else 0.0,
        "weak_without_range": [
            r for r in deciding if r["grade"] == "D" and not r["low"] < r["high"]
        ],
        "rows": rows,
    }
    return result | {"text": _text(result)}


def _text(found: Mapping[str, Any]) -> str:
    grades = ", ".join(f"{n} {g}" for g, n in found["grades"].items())
    bare = len(found["weak_without_range"])
    return (
        f"{found['deciding']} of {found['numbers']} numbers move the plan's lead over a rival by "
        f"USD {found['threshold_usd_bn']:g} bn or more when a tenth is added: {grades}; "
        f"{found['good_pct']:.0f} % of them are graded A or B, and {bare} own estimates among them "
        "have no range."
    )


def _effects(
    case: Case, some: Sequence[Point], found: Sequence[Number], workers: int
) -> Iterator[dict[str, Any]]:
    if workers < 2:
        yield from _chunk(case, some, found)
        return
    parts = [found[n :: 4 * workers] for n in range(4 * workers)]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for future in [pool.submit(_listed, case, some, part) for part in parts]:
            yield from future.result()


def _listed(case: Case, some: Sequence[Point], found: Sequence[Number]) -> list[dict[str, Any]]:
    return list(_chunk(case, some, found))


def _chunk(case: Case, some: Sequence[Point], found: Iterable[Number]) -> Iterator[dict[str, Any]]:
    base = Shape(build_model(case).model)
    for number in found:
        yield _row(number, effects_of(case, base, some, number))


def effects_of(
    case: Case, base: Shape, some: Sequence[Point], number: Number, share: float = TENTH
) -> list[float]:
    """Effect of one number, moved by a share of itself, on every point [USD bn]."""
    moved = number.moved(case, share)
    if moved is None:
        return [0.0] * len(some)
    try:
        shape = Shape(build_model(moved).model)
    except PlannerError:  # no model can be built with it: the plan stands and falls with it
        return [math.inf] * len(some)
    return [effect(base, shape, point) for point in some]


def _row(number: Number, effects: Sequence[float]) -> dict[str, Any]:
    f, own = number.middle, effects[0]
    leads = [own - e if math.isfinite(own) and math.isfinite(e) else math.inf if own != e else 0.0
             for e in effects[1:]]  # fmt: skip
    widest = max(range(len(leads)), key=lambda n: abs(leads[n]), default=None)
    lead = abs(leads[widest]) if widest is not None else abs(own)
    moved_by = step(f, TENTH)
    reach = (f.high - f.low) / abs(moved_by) if moved_by else 0.0
    return {
        "table": number.table, "entity": number.entity, "parameter": number.parameter,
        "stands_for": len({x.entity for x in number.facts}), "value": f.value, "low": f.low,
        "high": f.high, "unit": f.unit, "source": f.source, "grade": _grade(number.facts),
        "worth_usd_bn": own, "lead_usd_bn": lead, "rival": widest,
        "range_usd_bn": abs(own) * reach if math.isfinite(own) else own,
        "decides": lead >= DECIDES_USD_BN,
    }  # fmt: skip


def _grade(facts: Iterable[Fact]) -> str:
    """The grade most of the number's rows have; the weaker one where they tie."""
    counts = Counter(f.grade for f in facts)
    return max(counts, key=lambda g: (counts[g], g))
