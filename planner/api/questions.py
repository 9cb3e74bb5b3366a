"""Questions to a solved plan that need further solves; each is one function of `analysis`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
