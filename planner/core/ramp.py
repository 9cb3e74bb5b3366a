"""How much of a fab's capacity is usable in a period, from its first wafers and the class's ramp.

usable(t) = mean over the years of period t of RAMP[k, age], age counted from first wafers  [ratio]
A fab that learns from others starts at a later age (AHEAD years along the ramp) on the same date.
"""

from __future__ import annotations

from typing import Protocol

from planner.core.sets import Sets

READS = ("ramp.share_pct",)
"""Facts these functions ask for; a concept that uses them declares them too."""


class Facts(Protocol):
    """What can be asked for facts: a case, or a concept's view of it."""

    def value(self, name: str, *entity: str, year: float | None = None) -> float:
        """Value of a fact."""

    def has(self, name: str, *entity: str) -> bool:
        """Whether there is a row."""


def usable(case: Facts, sets: Sets, k: str, service: float, ahead: float = 0.0) -> dict[int, float]:
    """Period -> mean usable share of capacity with first wafers at a date; periods without it out.

    service: first wafers [decimal year]. ahead: years along the ramp it stands on that day.
    """
    found = {}
    for p in sets.periods:
        mean = sum(_in_year(case, k, y, service, ahead) for y in sets.years(p))
        mean /= sets.years_per_period
        if mean > 0:
            found[p] = mean
    return found


def _in_year(case: Facts, k: str, year: int, service: float, ahead: float) -> float:
    """Usable share in a calendar year, which may span the end of one age and the next's start."""
    share, age = 0.0, 0
    while (begin := service - ahead + age) < year + 1.0:
        last = not case.has("ramp.share_pct", k, str(age + 1))
        end = year + 1.0 if last else begin + 1.0
        overlap = max(0.0, min(year + 1.0, end) - max(float(year), begin, service))
        share += overlap * case.value("ramp.share_pct", k, str(age)) / 100
        if last:
            break
        age += 1
    return share
