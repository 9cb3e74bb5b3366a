"""Wide rows priced: a search without the few rows that tie everything to everything.

    R      = rows of the tail charge, and inequalities of more than WIDE terms
    y[r]   = price of row r in the relaxation's optimum: its change per unit of b[r]
    L(x)   = c x + sum(y[r] (b[r] - a[r] x), r)  >=  c x   for every plan x
The programme that maximises L without the rows R is searched in place of the true one. No plan is
worth more than L there, so its bound is a bound; by LP duality its relaxation is worth the same.
What it finds is then made best in the true programme with the whole numbers held. Where that breaks
a row, or leaves a wider gap than asked, the true programme is searched from there.
Why: a future's worth, or a ratio of trade, sums thousands of flows, and through such rows HiGHS's
path cuts run from every other row. `base` took 8 s in place of 26, `technology-ratio` 16 in place
of 65, and `everything`, beside another, 28 in place of 60. Lost in the true programme was
0.004 % of a plan where a ratio is priced, and nothing where only the tail is: the worst futures are
the same in every good plan.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from planner.core.errors import Stopped
from planner.core.scenario import SolverSettings
from planner.model.lp import Model
from planner.solve import grain, highs
from planner.solve.answer import Answer, Progress, gap_of
from planner.solve.live import is_large

TAIL = "risk.tail["
"""Begin of the names of the rows of the tail charge."""
WIDE = 1000
"""Terms of an inequality from which it is priced."""
CLOSER = 0.97
"""Share of the gap searched to where an inequality is priced: room for what is lost in the end."""
NOUGHT = 1e-9
"""Price left on a column that stands in no row any more and may be as large as it likes."""
SHORTEST = 1.0
"""A search of the true programme is not begun with less time left [s]."""
Tell = Callable[[Progress], None] | None


def by_prices(
    model: Model,
    settings: SolverSettings,
    progress: Tell = None,
    start: list[float] | None = None,
) -> Answer | None:
    """The best plan of a model, from the plan `start` if given, polished.

    None where there is nothing to price. Raises Stopped as any search does, and where a search that
    was stopped leaves a plan that breaks a row it was freed of.
    """
    wide = {n for n, row in enumerate(model.rows) if _is_wide(row)}
    if not wide or not grain.needed(model) or is_large(model):
        return None
    begun = time.perf_counter()
    used = priced(model, wide, settings)
    if used is None:
        return None
    asked = _rest(settings, begun)
    if not all(model.rows[n][0].startswith(TAIL) for n in wide):
        asked = asked.model_copy(update={"gap": CLOSER * settings.gap})
    begin = None if start is None else _within(used, start)
    answer, _ = highs.run_live(used, asked, progress, begin, kernel=begin is None)
    if answer.values is None:
        return answer
    true = _polished(model, answer.values, start, settings)
    rest = _rest(settings, begun)
    if _will_do(true, answer, settings):
        return _joined(answer, true, answer.bound)
    why = answer.stopped_by or ("time limit" if rest.time_limit <= SHORTEST else "")
    if not why:
        return _from_there(model, rest, progress, (answer, true))
    if true.values is None:
        msg = f"no plan was found before the search ended ({why})"
        raise Stopped(msg)
    return replace(_joined(answer, true, answer.bound), status="feasible", stopped_by=why)


def _polished(
    model: Model, found: list[float], known: list[float] | None, settings: SolverSettings
) -> Answer:
    """The plan found at its best in the true programme; the one known where it is none there."""
    true = highs.run(highs.fix_integers(model, found), settings)
    if true.values is None and known is not None:
        true = highs.run(highs.fix_integers(model, known), settings)
    return true


def _from_there(
    model: Model, rest: SolverSettings, progress: Tell, known: tuple[Answer, Answer]
) -> Answer:
    """The true programme searched from the plan found, if it is one there; the better bound."""
    answer, true = known
    last, kept = highs.run_live(model, rest, progress, true.values, kernel=True)
    if last.values is None:
        return last
    polished = highs.polish(kept, last.values)
    best = last if polished.values is None else polished
    return _joined(last, best, min(last.bound, answer.bound))


def priced(model: Model, wide: set[int], settings: SolverSettings) -> Model | None:
    """The model with some rows priced as its relaxation does; None if that was not solved."""
    prices = highs.relaxed_prices(model, settings)
    if prices is None:
        return None
    made = Model(model.name)
    made.__dict__.update(model.__dict__)
    made.objective, made.objective_constant = dict(model.objective), model.objective_constant
    made.rows = [row for n, row in enumerate(model.rows) if n not in wide]
    for n in wide:
        _, terms, sense, right = model.rows[n]
        price = min(0.0, prices[n]) if sense == ">=" else max(0.0, prices[n])
        for j, a in terms:
            made.objective[j] = made.objective.get(j, 0.0) - price * a
        made.objective_constant += price * right
    made.low, made.high = [*model.low], [*model.high]
    return made if _lone_at_nothing(made) else None


def _lone_at_nothing(made: Model) -> bool:
    """Hold columns without a row that earn nothing; False where one could earn without end."""
    held = {j for row in made.rows for j, _ in row[1]}
    for j in range(len(made.names)):
        if j in held or (made.low[j] is not None and made.high[j] is not None):
            continue
        worth = made.objective.get(j, 0.0)
        if abs(worth) > NOUGHT and (made.high[j] if worth > 0 else made.low[j]) is None:
            return False
        made.objective[j] = 0.0 if abs(worth) <= NOUGHT else worth
        made.low[j] = made.high[j] = made.low[j] or made.high[j] or 0.0
    return True


def _within(used: Model, start: list[float]) -> list[float]:
    """A plan within the bounds of the programme searched, which holds columns without a row."""
    low = [-math.inf if x is None else x for x in used.low]
    high = [math.inf if x is None else x for x in used.high]
    return [min(max(x, a), b) for x, a, b in zip(start, low, high, strict=True)]


def _is_wide(row: tuple[str, Any, str, float]) -> bool:
    name, terms, sense, _ = row
    return sense != "=" and (name.startswith(TAIL) or len(terms) > WIDE)


def _will_do(true: Answer, answer: Answer, settings: SolverSettings) -> bool:
    """Whether the plan is as good as asked in the true programme."""
    return true.values is not None and gap_of(true.objective, answer.bound) <= settings.gap


def _joined(answer: Answer, true: Answer, bound: float) -> Answer:
    """What a search proved, with the plan as the true programme has it."""
    return replace(
        answer,
        values=true.values,
        objective=true.objective,
        bound=max(bound, true.objective),
        prices=true.prices,
    )


def _rest(settings: SolverSettings, begun: float) -> SolverSettings:
    left = max(0.1, settings.time_limit - (time.perf_counter() - begun))
    return settings.model_copy(update={"time_limit": left})
