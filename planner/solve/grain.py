"""Grain: keep HiGHS from searching capacity as if it were a whole number.

Capacity is a sum of whole modules times decimal ramps, so HiGHS 1.16 finds that it moves in whole
steps (of 0.05 kwpm, say) and treats thousands of `cap` columns as integers with hundreds of values
each. Its root reduced-cost step is quadratic in that number: on the base case it took two thirds of
the search. An equation that ties exactly one continuous column to integers is therefore searched
with module sizes short by at most 2 parts in ten million. Where a rule asks for at least so much of
such a column, it counts for as much more there: else twenty thousand wafers a month would miss a
tier of exactly twenty. The plan's own figures come from the polish, which uses the true sizes; and
the bound is raised by MARGIN, far above what the shortening can take from it.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.model.lp import Model, Terms

FEWEST_INTEGERS = 500
"""Models with fewer integers are searched as they are: nothing to gain."""
SHORT = 1e-7
"""Least relative shortening; HiGHS calls what is within 1e-6 of whole numbers whole."""
LONG = 3e-7
"""Relative widening where much of a shortened column is asked for; more than any shortening."""
MARGIN = 1e-6
"""Relative widening of the bound after a search on shortened sizes."""


def needed(model: Model) -> bool:
    """Whether a model is big enough for the shortening to pay."""
    return sum(model.integer) >= FEWEST_INTEGERS


def shortened(model: Model) -> Model:
    """The same model with the integer terms of such equations a little smaller in size."""
    copy = Model(model.name)
    copy.__dict__.update(model.__dict__)
    ties = [sense == "=" and _ties_one(model, terms) for _, terms, sense, _ in model.rows]
    tied = {j for j, _ in _rows(model, ties) if not model.integer[j]}
    count = 0
    rows: list[tuple[str, Terms, str, float]] = []
    for is_tie, (name, terms, sense, right) in zip(ties, model.rows, strict=True):
        if is_tie:
            changed: list[tuple[int, float]] = []
            for j, a in terms:
                count += model.integer[j]
                # golden-ratio steps: no two sizes keep a rational ratio, no draw is needed
                less = SHORT * (1 + count * 0.6180339887 % 1) if model.integer[j] else 0.0
                changed.append((j, a * (1 - less)))
            rows.append((name, changed, sense, right))
        elif sense != "=" and _is_threshold(model, terms, right):
            rows.append((name, _lengthened(terms, sense, tied), sense, right))
        else:
            rows.append((name, terms, sense, right))
    copy.rows = rows
    return copy


def _rows(model: Model, chosen: list[bool]) -> Iterator[tuple[int, float]]:
    """Terms of the chosen rows."""
    for is_chosen, row in zip(chosen, model.rows, strict=True):
        if is_chosen:
            yield from row[1]


def _is_threshold(model: Model, terms: Terms, right: float) -> bool:
    """Whether a row can ask for a fixed amount: of its right-hand side or of a whole number."""
    return right != 0 or any(model.integer[j] for j, _ in terms)


def _lengthened(terms: Terms, sense: str, tied: set[int]) -> Terms:
    """The terms of an inequality, in which more of a tied column that helps counts for more."""
    helps = 1 if sense == ">=" else -1
    if not any(j in tied and helps * a > 0 for j, a in terms):
        return terms
    return [(j, a * (1 + LONG) if j in tied and helps * a > 0 else a) for j, a in terms]


def _ties_one(model: Model, terms: Terms) -> bool:
    """Whether one continuous column is all that is not an integer here."""
    whole = {j for j, a in terms if a and model.integer[j]}
    rest = {j for j, a in terms if a and not model.integer[j]}
    return len(rest) == 1 and bool(whole)
