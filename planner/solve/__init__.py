"""L3: a linear programme becomes a plan that verifies. `planner.solve(case)` is `solve_case`."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """The package, callable: it bears the name of the function users look for."""

    def __call__(self, *args: Any, **settings: Any) -> Any:
        """See `planner.solve.optimise.solve_case`."""
        from planner.solve.optimise import solve_case

        return solve_case(*args, **settings)


sys.modules[__name__].__class__ = _Callable
