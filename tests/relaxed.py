"""A programme without its whole numbers."""

from __future__ import annotations

from planner.model.lp import Model


def relaxed(model: Model) -> Model:
    """The same columns and rows; no column has to be whole."""
    copy = Model(model.name)
    copy.__dict__.update(model.__dict__)
    copy.integer = [False] * len(model.integer)
    return copy
