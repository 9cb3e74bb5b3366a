"""Which way a model is solved: all futures in one programme, or many futures by cuts.

Few futures cost HiGHS little, and the whole programme gets all its presolve and cuts; from a few
dozen on, the recourse of each outgrows the decisions that matter. Measured on the base case to
1 %: `tests/bench/test_futures.py`.
"""

from __future__ import annotations

from collections.abc import Callable

from planner.core.errors import InputError, Issue
from planner.core.scenario import SolverSettings
from planner.model.assemble import Built
from planner.solve import highs
from planner.solve.blocks import Split, split
from planner.solve.decompose import Decomposition

MOST_FUTURES = 40
"""Most futures that `auto` puts into one programme."""


def by_cuts(
    built: Built,
    asked: SolverSettings,
    solver: str,
    progress: Callable[[highs.Progress], None] | None,
) -> highs.Answer | None:
    """The answer by cuts; None when the extensive form is to be solved.

    Raises InputError when decomposition is asked for and another solver, or when nothing can be
    split off; Stopped when a limit came before any plan.
    """
    if not wanted(built, asked, solver):
        return None
    parts = split(built.model)
    answer = None
    if _pays(parts) or (asked.method == "decomposition" and parts.blocks):
        answer = Decomposition(built.model, parts, asked, progress).solve()
    if answer is None and asked.method == "decomposition":
        raise InputError([Issue("error", "E231", "solver.method", "", NOT_SPLIT, HINT)])
    return answer


NOT_SPLIT = (
    "this case cannot be decomposed: what is sold in one state of the world is tied to other "
    "states (a ratio or quota on average), to a duty to serve, or the tail weighs more than 1"
)
HINT = "Use 'extensive' or 'auto'."


def _pays(parts: Split) -> bool:
    """Whether most of the recourse can be split off."""
    return len(parts.blocks) > parts.kept


def wanted(built: Built, asked: SolverSettings, solver: str) -> bool:
    """Whether to try cuts. Raises InputError when they are asked for with another solver."""
    if asked.method == "extensive":
        return False
    if asked.method == "decomposition":
        if solver.lower() != highs.HIGHS:
            text = f"decomposition runs on HiGHS, not on '{solver}'"
            raise InputError([Issue("error", "E231", "solver.method", "", text, HINT)])
        return True
    return solver.lower() == highs.HIGHS and len(built.sets.futures) > MOST_FUTURES
