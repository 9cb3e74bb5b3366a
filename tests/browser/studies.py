"""Pages of studies under uncertainty, beside those that need no solve."""

from __future__ import annotations

from pathlib import Path

import planner
from planner.analysis.regret import regret
from planner.analysis.stress import stress
from planner.outputs.regret_page import write_regret
from planner.outputs.stress_page import write_stress
from tests.analysis.test_regret import flooded
from tests.browser.test_access import STUDIES
from tests.outputs.test_regret_page import with_places
from tests.outputs.variants import DATA
from tests.rich import rich

NAMES = (*STUDIES, "stress", "regret")


def write_studies(folder: Path, name: str) -> None:
    """All of NAMES as pages of a folder; name: title of the plan they are about."""
    for make in STUDIES.values():
        make(folder)
    case = rich(title=name)
    write_stress(stress(planner.solve(case), case, draws=200, seed=2), folder)
    wet = flooded(wet=10, concepts={"risk": {"omega": 0}})
    found = regret([(name, planner.solve(wet), wet)], gap=0.0, minimax=True)
    write_regret(found, with_places(wet), folder, DATA)
