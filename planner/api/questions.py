"""Questions to a solved plan that need further solves; each is one function of `analysis`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.analysis.information import Information
    from planner.core.case import Case
    from planner.core.plan import Plan


QUESTIONS = {
    "why": ("planner.analysis.why", "why"),
    "why-not": ("planner.analysis.whynot", "why_not"),
    "flip": ("planner.analysis.flip", "flip"),
    "offer": ("planner.analysis.offer", "offer"),
    "alternatives": ("planner.analysis.alternatives", "alternatives"),
    "pareto": ("planner.analysis.pareto", "pareto"),
    "pareto-three": ("planner.analysis.pareto_three", "pareto_three"),
    "sensitivity": ("planner.analysis.sensitivity", "sensitivity"),
    "screening": ("planner.analysis.morris", "morris"),
    "roadmap": ("planner.analysis.roadmap", "roadmap"),
    "closeness": ("planner.analysis.closeness", "closeness"),
    "weights": ("planner.analysis.weights", "weights"),
    "prices": ("planner.analysis.shadow", "shadow_prices"),
    "stress": ("planner.analysis.stress", "stress"),
    "wait": ("planner.analysis.wait", "wait"),
}
"""What a solved plan can be asked, and the function that answers."""


def ask(question: str, plan: Plan, case: Case, **settings: Any) -> dict[str, Any]:
    """Answer a question about a plan by re-solving, within a time budget (`seconds`).

    settings are those of the function that answers, e.g. `site="us_dallas"` for `why-not`; see
    `QUESTIONS`. Every answer carries `text`, its method and the gaps it rests on.
    Raises InputError with the nearest name for an unknown question, site, host or class.
    """
    from importlib import import_module

    from planner.core.errors import InputError, Issue, did_you_mean

    if question not in QUESTIONS:
        hint = did_you_mean(question, QUESTIONS)
        text = f"no question '{question}'"
        raise InputError([Issue("error", "E738", "ask", question, text, hint)])
    home, name = QUESTIONS[question]
    answer: dict[str, Any] = getattr(import_module(home), name)(plan, case, **settings)
    return answer


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


def repairs(
    scenario: str | Path,
    set_values: Sequence[str] = (),
    *,
    seconds: float = 110.0,
    say: Callable[[str], None] | None = None,
    data_root: Path | None = None,
) -> dict[str, Any]:
    """Why a scenario has no plan, and the least changes that give it one, each re-solved.

    scenario: path, or the name of one the planner ships. Raises InputError when it cannot be read.
    """
    from planner import api
    from planner.analysis.repairs import repairs as looked
    from planner.inputs.load import scenario_root
    from planner.inputs.scenarios import read_scenario
    from planner.model.catalogue import option_schemas

    case = api.load(scenario, set_values, data_root)
    path = api.find_scenario(scenario)
    _, origin = read_scenario(path, scenario_root(), option_schemas(), set_values)
    return looked(case, origin, seconds, say)
