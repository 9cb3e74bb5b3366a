"""Instruments whose operation adapts: every whole-number choice fixed in turn, the best one kept.

Branching is what this checks: the solver's optimum equals the best of all linear programmes with
their whole numbers fixed by hand. Rules are checked by plain arithmetic in the other oracles.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve import highs
from planner.solve.optimise import solve_case
from tests.concepts import test_clusters, test_people, test_ratios, test_support
from tests.tiny import tiny

SETTINGS = SolverSettings(gap=0.0, time_limit=60, threads=1)
MOST = 600
"""Largest number of whole-number choices a case may have."""


def free(case: Case, room: dict[str, int]) -> Case:
    """The case without pins, with land for a few modules, building begun in the first period."""
    facts = tuple(
        replace(f, value=room[f.entity]) if f.parameter == "room_modules" else f for f in case.facts
    )
    fields = case.scenario.model_dump() | {"sites": {}}
    return case.replace(facts=facts, scenario=case.scenario.model_validate(fields))


def clusters() -> Case:
    return free(test_clusters.case(saving=0.6), {"tw_a": 0, "us_a": 0, "jp_a": 2})


def ratios() -> Case:
    made = test_ratios.case({"goods_floor": 8.0, "technology_floor": 0.6})
    return free(made, {"tw_a": 1, "us_a": 1, "jp_a": 0})


def support() -> Case:
    made = test_support.case("loan", test_support.LOAN)
    return free(made, {"tw_a": 0, "us_a": 1, "jp_a": 1})


def training() -> Case:
    return free(test_people.case(training={"on": True}), {"tw_a": 0, "us_a": 1, "jp_a": 1})


def outbound() -> Case:
    made = tiny(
        {
            "outbound.gap_generations": {("US", 2026): 2, ("JP", 2026): 1},
            "frontier.rank": {("world", 2026): 8, ("world", 2028): 9},
        }
    )
    return free(made, {"tw_a": 0, "us_a": 1, "jp_a": 1})


Chosen = dict[tuple[Any, ...], int]


def modules(case: Case, model: Model) -> list[Chosen]:
    """Every number of modules by column, at most what the land of each site carries."""
    keys = list(model.family("modules").columns)
    sites = sorted({str(key[0]) for key in keys})
    choices = []
    for i in sites:
        mine = [key for key in keys if key[0] == i]
        room = int(case.value("site.room_modules", i))
        counts = itertools.product(range(room + 1), repeat=len(mine))
        choices.append([dict(zip(mine, c, strict=True)) for c in counts if sum(c) <= room])
    return [
        {k: v for part in parts for k, v in part.items()} for parts in itertools.product(*choices)
    ]


def begins(case: Case, chosen: Chosen) -> dict[str, int]:
    """Site and country -> first period something is begun there."""
    found: dict[str, int] = {}
    for (i, _, _, t), n in chosen.items():
        for place in (str(i), case.text("sites", str(i), "country")) if n else ():
            found[place] = min(int(t), found.get(place, 9999))
    return found


def best_by_hand(case: Case) -> float:
    """Land is prepared and a country entered when first needed; the rest is tried out."""
    built = build_model(case).model
    others = [
        j
        for name, family in built.families.items()
        if family.kind != "continuous" and name not in ("modules", "open", "enter")
        for j in family.columns.values()
    ]
    best, tried = -float("inf"), 0
    for chosen in modules(case, built):
        first = begins(case, chosen)
        for rest in itertools.product((0, 1), repeat=len(others)):
            fixed = {built.family("modules")[k]: v for k, v in chosen.items()}
            for name in ("open", "enter"):
                family = built.family(name)
                fixed |= {j: int(first.get(str(k[0])) == k[1]) for k, j in family.columns.items()}
            fixed |= dict(zip(others, rest, strict=True))
            best = max(best, operated(built, fixed))
            tried += 1
    assert 1 < tried <= MOST, tried
    return best


def operated(built: Model, fixed: dict[int, int]) -> float:
    """Value of the best operation with every whole number fixed; -inf when there is none."""
    model = Model("fixed")
    model.__dict__.update(built.__dict__)
    model.low, model.high = list(built.low), list(built.high)
    model.integer = [False] * len(built.integer)
    assert set(fixed) == {j for j, whole in enumerate(built.integer) if whole}
    for column, value in fixed.items():
        model.low[column] = model.high[column] = float(value)
    try:
        return highs.run(model, SETTINGS).objective
    except Infeasible:
        return -float("inf")


@pytest.mark.parametrize("make", [clusters, ratios, support, training, outbound])
def test_branching_finds_the_best_choice(make: Callable[[], Case]) -> None:
    case = make()
    found = solve_case(case).info.objective
    assert found == pytest.approx(best_by_hand(case), rel=1e-7, abs=1e-7)
