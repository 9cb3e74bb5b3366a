"""Questions to a solved plan that need further solves; each is one function of `analysis`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.analysis.information import Information
    from planner.core.case import Case
    from planner.core.plan import Plan


def value_of_information(
    plan: Plan,
    case: Case,
    *,
    gap: float = 0.005,
    time_limit: float = 120.0,
    say: Callable[[str], None] | None = None,
) -> Information:
    """What knowing the future, planning for all of it, and insuring are worth [USD bn]."""
    from planner.analysis import information

    return information.value_of_information(plan, case, gap=gap, time_limit=time_limit, say=say)
