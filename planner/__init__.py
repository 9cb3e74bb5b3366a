"""Siting planner: evidence and a scenario in; a proven plan, its map, money and reasons out.

case = planner.load("scenarios/base.yaml")
plan = planner.solve(case)
planner.report(plan, case, "out.html")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.api import (
        ask,
        check,
        compare,
        draw_map,
        evidence,
        explain,
        load,
        load_run,
        repairs,
        report,
        run,
        save_run,
        scenarios,
        verify,
    )
    from planner.core.case import Case
    from planner.core.errors import Issue, PlannerError
    from planner.core.plan import Plan
    from planner.core.scenario import Scenario
    from planner.solve.optimise import solve_case as solve

__version__ = "0.1.0"
__all__ = [
    "Case",
    "Issue",
    "Plan",
    "PlannerError",
    "Scenario",
    "ask",
    "check",
    "compare",
    "draw_map",
    "evidence",
    "explain",
    "load",
    "load_run",
    "repairs",
    "report",
    "run",
    "save_run",
    "scenarios",
    "solve",
    "verify",
]

_HOMES = {
    "Case": "planner.core.case",
    "Issue": "planner.core.errors",
    "Plan": "planner.core.plan",
    "PlannerError": "planner.core.errors",
    "Scenario": "planner.core.scenario",
}
"""Where a name lives when it is not in `planner.api`."""


def __getattr__(name: str) -> Any:
    """Load a public name when it is used, so that `import planner` costs nothing."""
    if name == "solve":
        return import_module("planner.solve")  # the package is callable: it solves a case
    if name not in __all__:
        msg = f"module 'planner' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(import_module(_HOMES.get(name, "planner.api")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
