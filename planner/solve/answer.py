"""What a solver says: progress while it searches, and its answer.

gap = |objective - bound| / max(1e-9, |objective|)
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of search progress; objective and bound in the objective's unit."""

    seconds: float
    objective: float | None
    bound: float | None
    gap: float | None
    nodes: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a solver returned; `values` is None when it has no plan."""

    status: str
    values: list[float] | None
    objective: float
    bound: float
    prices: list[float] = field(default_factory=list)
    stopped_by: str = ""
    seconds: float = 0.0
    nodes: int = 0
    root_bound: float | None = None
    parts: dict[str, int] = field(default_factory=dict)
    """Blocks and cuts, where the programme was decomposed."""


def gap_of(objective: float, bound: float) -> float:
    """Relative gap |objective - bound| / max(1e-9, |objective|)."""
    return abs(bound - objective) / max(1e-9, abs(objective))
