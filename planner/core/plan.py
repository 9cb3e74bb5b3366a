"""A solved plan: decisions, money, measures, rows and how sure we are.

`cash` is the objective written line by line; nothing else in the planner computes money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

CASH_COLUMNS = (
    "concept",
    "item",
    "key",
    "country",
    "period",
    "future",
    "probability",
    "group",
    "amount_usd_bn",
    "factor",
    "present_value_usd_bn",
)
"""`future` is `all` or the id of a state of the world; present value = amount x factor."""


@dataclass(frozen=True, slots=True)
class SolveInfo:
    """What the solver proved, in our own words.

    status: optimal (gap closed to the asked one) | feasible (stopped earlier with a plan).
    gap: |objective - bound| / max(1e-9, |objective|).
    """

    status: str
    has_solution: bool
    objective: float
    bound: float
    gap: float
    seconds: Mapping[str, float] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    size: Mapping[str, int] = field(default_factory=dict)
    stopped_by: str = ""
    root_gap: float | None = None


@dataclass(frozen=True)
class Plan:
    """Tidy tables per variable family, cash, measures, rows with slack, info.

    variables: family -> DataFrame (key columns + value); only non-zero rows.
    tables: the readable tables of the run folder (names and units in the headers).
    """

    scenario: str
    title: str
    digest: str
    info: SolveInfo
    variables: Mapping[str, pd.DataFrame]
    cash: pd.DataFrame
    measures: Mapping[str, float]
    rows: pd.DataFrame
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    reasons: tuple[Mapping[str, Any], ...] = ()

    def values(self, family: str) -> dict[tuple[Any, ...], float]:
        """Key -> value of a variable family; missing keys are zero."""
        frame = self.variables.get(family)
        if frame is None or frame.empty:
            return {}
        now = frame["value"].to_numpy(dtype=float)
        known = self._known.get(family)
        if known is None or not np.array_equal(known[0], now, equal_nan=True):
            known = self._known[family] = (now.copy(), _by_key(frame))
        return dict(known[1])

    @cached_property
    def _known(self) -> dict[str, tuple[Any, dict[tuple[Any, ...], float]]]:
        """Families asked for before, as long as their figures stay: many rules ask for the same."""
        return {}

    def table(self, name: str) -> pd.DataFrame:
        """Readable table, empty when the plan has none of that name."""
        return self.tables.get(name, pd.DataFrame())

    def __repr__(self) -> str:
        """One line: the tables would fill a screen."""
        return (
            f"Plan({self.scenario!r}: {self.info.status}, USD {self.info.objective:,.2f} bn, "
            f"gap {self.info.gap:.3%})"
        )

    def _repr_html_(self) -> str:
        """Short view for notebooks."""
        from html import escape

        measures = "".join(
            f"<tr><td>{escape(name)}</td><td style='text-align:right'>{value:,.3f}</td></tr>"
            for name, value in self.measures.items()
        )
        return (
            f"<b>{escape(self.title)}</b> ({escape(self.info.status)}, "
            f"gap {self.info.gap:.3%})<table>{measures}</table>"
        )


def _by_key(frame: pd.DataFrame) -> dict[tuple[Any, ...], float]:
    """Key -> value of a family's rows."""
    keys = [frame[c].tolist() for c in frame.columns if c != "value"]
    return dict(zip(zip(*keys, strict=True), map(float, frame["value"].tolist()), strict=True))
