"""Twelve broken scenarios, each a mistake a user makes, with the explanation it must get.

Each names the rules that collide, the scenario entries behind them, and by how much the cheapest
repair gives way; loosening the scenario by that much (the `cure`) makes it solvable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny


@dataclass(frozen=True)
class Mistake:
    """A scenario that cannot be, what must be said of it, and the change that cures it."""

    name: str
    facts: dict[str, dict[Any, float]]
    scenario: dict[str, Any]
    rules: set[str]
    """Rules that must be named; every rule named must be one of these or of `also`."""
    cure_facts: dict[str, dict[Any, float]] = field(default_factory=dict)
    cure: dict[str, Any] = field(default_factory=dict)
    origins: tuple[str, ...] = ()
    relax: float | None = None
    """Sum of the amounts by which rules must give way, where one repair is the cheapest."""
    also: frozenset[str] = frozenset()
    make: Callable[..., Case] = tiny


def pin(site: str, **more: Any) -> dict[str, Any]:
    return {"sites": {"pin": [{"site": site, **more}]}}


MISTAKES = [
    Mistake(
        "pinned where it is forbidden", {},
        {"sites": {"pin": [{"site": "us_a"}], "forbid": ["US"]}},
        {"capacity.pin"}, cure=pin("us_a"), relax=1.0,
        origins=("sites.pin: 1 module(s) of any class at us_a", "sites.forbid: US"),
    ),
    Mistake(
        "more modules than the land holds", {}, pin("tw_a", modules=3),
        {"capacity.pin", "capacity.room"}, cure=pin("tw_a", modules=2), relax=1.0,
        origins=("3 module(s)",),
    ),
    Mistake(
        "two pins that share one plot", {},
        {"sites": {"pin": [{"site": "us_a", "product": "N2", "modules": 2},
                           {"site": "us_a", "product": "N16"}]}},
        {"capacity.pin", "capacity.prepared"}, relax=1.0,
        cure_facts={"site.room_modules": {"us_a": 3}},
        cure={"sites": {"pin": [{"site": "us_a", "product": "N2", "modules": 2},
                                {"site": "us_a", "product": "N16"}]}},
        origins=("N2 at us_a", "N16 at us_a"),
    ),
    Mistake(
        "power for 18 kwpm, a module needs 20", {"site.power_limit_mw": {"tw_a": 18}},
        pin("tw_a", product="N2"), {"capacity.pin", "utilities.power"},
        cure_facts={"site.power_limit_mw": {"tw_a": 20}}, cure=pin("tw_a", product="N2"),
    ),
    Mistake(
        "water for half a fab", {"site.water_limit_mld": {"jp_a": 10}},
        pin("jp_a"), {"capacity.pin", "utilities.water"},
        cure_facts={"site.water_limit_mld": {"jp_a": 20}}, cure=pin("jp_a"),
    ),
    Mistake(
        "begun before the land is free", {"site.earliest_start": {"us_a": 2028}},
        pin("us_a", by=2026), {"capacity.pin"}, relax=1.0,
        cure_facts={"site.earliest_start": {"us_a": 2028}}, cure=pin("us_a", by=2028),
        origins=("by 2026",),
    ),
    Mistake(
        "a class the site cannot make",
        {"frontier.rank": {("world", 2026): 7},
         "outbound.gap_generations": {("US", 2026): 1, ("JP", 2026): 0}},
        pin("us_a", product="N2"), {"capacity.pin"}, relax=1.0,
        cure_facts={"frontier.rank": {("world", 2026): 7},
                    "outbound.gap_generations": {("US", 2026): 0, ("JP", 2026): 0}},
        cure=pin("us_a", product="N2"), origins=("N2 at us_a",),
    ),
    Mistake(
        "only Japan, and a fab in America", {},
        {"sites": {"only": ["JP"], "pin": [{"site": "us_a"}]}}, {"capacity.pin"}, relax=1.0,
        cure={"sites": {"only": ["JP", "US"], "pin": [{"site": "us_a"}]}},
        origins=("us_a",),
    ),
    Mistake(
        "all demand served before any fab can run", {}, {"concepts": {"sales": {"serve": "all"}}},
        {"sales.demand"}, origins=("concepts.sales",),
        cure={"concepts": {"sales": {"serve": "up_to"}}},
    ),
    Mistake(
        "all demand served, from too little land",
        {"existing.capacity_kwpm": {("tw_a|N2", 2026): 60, ("tw_a|N16", 2026): 19}},
        {"concepts": {"sales": {"serve": "all", "demand_scale": 1.0}},
         "sites": {"only": ["JP"], "forbid": ["jp_a", "tw_a"]}},
        {"sales.demand"}, origins=("concepts.sales",),
        cure_facts={"existing.capacity_kwpm": {("tw_a|N2", 2026): 60, ("tw_a|N16", 2026): 21}},
        cure={"concepts": {"sales": {"serve": "all"}}, "sites": {"forbid": ["jp_a", "tw_a"]}},
    ),
    Mistake(
        "a fab whose people are not there", {}, {
            **pin("us_a", product="N16"),
            "concepts": {"talent": {"supply_scale": 0.05, "shortage_pct": 0}}},
        {"capacity.pin"}, make=rich, also=frozenset({"talent.need", "talent.short",
                                                     "talent.expat"}),
        cure={**pin("us_a", product="N16"), "concepts": {"talent": {"supply_scale": 1}}},
        origins=("concepts.talent",),
    ),
    Mistake(
        "a horizon too short for the fab", {}, {
            "horizon": {"start": 2026, "periods": 1, "years_per_period": 2}, **pin("us_a")},
        {"capacity.pin"}, relax=1.0,
        cure={"horizon": {"start": 2026, "periods": 2, "years_per_period": 2}, **pin("us_a")},
    ),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_the_mistake_is_explained(mistake: Mistake) -> None:
    with pytest.raises(Infeasible) as error:
        solve_case(mistake.make(mistake.facts, **mistake.scenario))
    conflict = error.value.conflict
    assert mistake.rules <= set(conflict.rules) <= mistake.rules | mistake.also
    for words in mistake.origins:
        assert any(words in line for line in conflict.origins), conflict.origins
    assert conflict.relax
    assert all(amount > 0 for amount in conflict.relax.values())
    if mistake.relax is not None:
        assert sum(conflict.relax.values()) == pytest.approx(mistake.relax)
    text = str(error.value)
    assert all(rule in text for rule in conflict.rules)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.name)
def test_the_cure_works(mistake: Mistake) -> None:
    """With the rule loosened as the explanation says, there is a plan."""
    facts = {**mistake.facts, **mistake.cure_facts}
    assert solve_case(mistake.make(facts, **mistake.cure)).info.has_solution


def test_there_are_twelve() -> None:
    assert len({m.name for m in MISTAKES}) == 12
