"""From a case to a verified plan: build, search, polish, extract, verify.

Polish: with the integers fixed the programme is solved again as an LP, so continuous decisions are
optimal for the plan found (a heuristic's incumbent need not be) and every row gets a local price.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.core.garbage import unswept
from planner.core.plan import Plan, SolveInfo
from planner.core.scenario import SolverSettings
from planner.model.assemble import Built, build_model
from planner.model.ledger import Ledger
from planner.solve import highs
from planner.solve.by_cuts import by_cuts, wanted
from planner.solve.by_prices import by_prices
from planner.solve.conflict import explain_conflict
from planner.solve.extract import extract
from planner.solve.verify import require_verified

ProgressCall = Callable[[highs.Progress], None]


def solve_case(
    case: Case, progress: ProgressCall | None = None, *, solver: str = highs.HIGHS, **settings: Any
) -> Plan:
    """Solve a case and prove the plan.

    settings: any field of `SolverSettings` (gap, time_limit, threads, seed, method) in place of the
    scenario's. Raises Infeasible (with the conflicting rules), Stopped (a limit came before any
    plan), VerificationError (the plan does not hold when recomputed).
    """
    return solve_and_keep(case, progress, solver=solver, **settings)[0]


def solve_and_keep(
    case: Case, progress: ProgressCall | None = None, *, solver: str = highs.HIGHS, **settings: Any
) -> tuple[Plan, Built]:
    """The plan as `solve_case` gives it, with its model for what is asked next."""
    asked = SolverSettings.model_validate(
        case.scenario.solver.model_dump() | {k: v for k, v in settings.items() if v is not None}
    )
    begun = time.perf_counter()
    built = build_model(case)
    build_seconds = time.perf_counter() - begun
    return _search(case, built, asked, _Call(solver, progress, build_seconds)), built


class _Call:
    """How a search is called: solver, who listens, and the time spent so far."""

    def __init__(self, solver: str, progress: ProgressCall | None, build_seconds: float) -> None:
        self.solver = solver
        self.progress = progress
        self.build_seconds = build_seconds


def _search(case: Case, built: Built, asked: SolverSettings, call: _Call) -> Plan:
    begun = time.perf_counter()
    answer = by_cuts(built, asked, call.solver, call.progress)
    tied = answer is None and wanted(built, asked, call.solver)  # rules tie the futures together
    if answer is None and call.solver.lower() == highs.HIGHS:
        answer = by_prices(built.model, asked, call.progress)
    exact = answer is not None  # such plans are polished already
    kept: highs.Searched | None = None
    if answer is None:
        answer, kept = _whole(built, asked, call)
    if tied:
        answer.parts["blocks"] = 0
    if answer.values is None:
        raise Infeasible(explain_conflict(case, built))
    polished = answer if exact else _polished(built, asked, kept, answer.values)
    solve_seconds = time.perf_counter() - begun
    return finished(
        case, built, (answer, polished), asked.gap,
        seconds={"build": call.build_seconds, "solve": solve_seconds},
    )  # fmt: skip


def finished(  # noqa: PLR0913 - two are named
    case: Case,
    built: Built,
    answers: tuple[highs.Answer, highs.Answer],
    gap: float,
    *,
    seconds: dict[str, float],
    ledger: Ledger | None = None,
) -> Plan:
    """The verified plan of a search and its polish.

    ledger: the model's money as arrays; where it is given, the plan comes without rows and with
    those tables alone from which its measures are taken. Raises VerificationError.
    """
    answer, polished = answers
    values = (polished.values if polished.values is not None else answer.values) or []
    objective = max(answer.objective, polished.objective) if polished.values else answer.objective
    bound = max(answer.bound, objective)
    reached = highs.gap_of(objective, bound)
    root = answer.root_bound
    info = SolveInfo(
        status="optimal" if reached <= gap + 1e-12 or answer.status == "optimal" else "feasible",
        has_solution=True,
        objective=objective,
        bound=bound,
        gap=reached,
        seconds=seconds,
        versions=highs.versions(),
        size=built.model.size() | {"nodes": answer.nodes} | answer.parts,
        stopped_by=answer.stopped_by,
        root_gap=None if root is None else highs.gap_of(objective, max(root, objective)),
    )
    with unswept():
        brief = ledger is not None
        plan = extract(case, built, values, polished.prices, info, ledger=ledger, brief=brief)
        begun = time.perf_counter()
        require_verified(plan, case, (built.sets, built.parts))
    spent = {**info.seconds, "verify": time.perf_counter() - begun}
    return replace(plan, info=replace(info, seconds=spent))


def _whole(
    built: Built, asked: SolverSettings, call: _Call
) -> tuple[highs.Answer, highs.Searched | None]:
    """The programme searched as one; HiGHS is kept for the polish."""
    if call.solver.lower() == highs.HIGHS:
        return highs.run_live(built.model, asked, call.progress, kernel=True)
    return highs.run(built.model, asked, solver=call.solver), None


def _polished(
    built: Built, asked: SolverSettings, kept: highs.Searched | None, values: list[float]
) -> highs.Answer:
    """The plan polished: in the programme that stands, or in a new one after another solver."""
    if kept is not None:
        return highs.polish(kept, values)
    return highs.run(highs.fix_integers(built.model, values), asked)
