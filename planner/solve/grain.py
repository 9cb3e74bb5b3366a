"""Grain: keep HiGHS from searching capacity as if it were a whole number.

Capacity is a sum of whole modules times decimal ramps, so HiGHS 1.16 finds that it moves in whole
steps (of 0.05 kwpm, say) and treats thousands of `cap` columns as integers with hundreds of values
each. Its root reduced-cost step is quadratic in that number: on the base case it took two thirds of
the search. An equation that ties exactly one continuous column to integers is therefore searched
with module sizes short by at most 2 parts in ten million. Smaller capacity keeps plans feasible in
the true model; the plan's own figures come from the polish, which uses the true sizes; and the
bound is raised by MARGIN, far above what the shortening can take from it.
"""

from __future__ import annotations

from planner.model.lp import Model, Terms

FEWEST_INTEGERS = 500
"""Models with fewer integers are searched as they are: nothing to gain."""
SHORT = 1e-7
"""Least relative shortening; HiGHS calls what is within 1e-6 of whole numbers whole."""
MARGIN = 1e-6
"""Relative widening of the bound after a search on shortened sizes."""


def needed(model: Model) -> bool:
    """Whether a model is big enough for the shortening to pay."""
    return sum(model.integer) >= FEWEST_INTEGERS


def shortened(model: Model) -> Model:
    """The same model with the integer terms of such equations a little smaller in size."""
    copy = Model(model.name)
    copy.__dict__.update(model.__dict__)
    count = 0
    rows: list[tuple[str, Terms, str, float]] = []
    for name, terms, sense, right in model.rows:
        if sense == "=" and _ties_one(model, terms):
            changed: list[tuple[int, float]] = []
            for j, a in terms:
                count += model.integer[j]
                # golden-ratio steps: no two sizes keep a rational ratio, no draw is needed
                less = SHORT * (1 + count * 0.6180339887 % 1) if model.integer[j] else 0.0
                changed.append((j, a * (1 - less)))
            rows.append((name, changed, sense, right))
        else:
            rows.append((name, terms, sense, right))
    copy.rows = rows
    return copy


def _ties_one(model: Model, terms: Terms) -> bool:
    """Whether one continuous column is all that is not an integer here."""
    whole = {j for j, a in terms if a and model.integer[j]}
    rest = {j for j, a in terms if a and not model.integer[j]}
    return len(rest) == 1 and bool(whole)
