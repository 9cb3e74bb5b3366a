"""Trees of decisions: by hand, against enumeration, against wait-and-see, and never below now."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.errors import InputError, VerificationError
from planner.core.scenario import Scenario
from planner.core.tree import grow
from planner.model.assemble import build_model, prepare
from planner.model.lifted import lift
from planner.solve import stages
from planner.solve.optimise import solve_case
from planner.solve.stages import TreePlan, solve_tree
from tests.rich import rich
from tests.tiny import tiny

NEUTRAL = {"risk": {"omega": 0.0}}


def solved(case: Case, *dates: int) -> tuple[float, TreePlan]:
    """Value of deciding everything now, and the tree."""
    now = solve_case(case, gap=0.0)
    return now.info.objective, solve_tree(now, case, dates, gap=0.0, seconds=60)


def slump(chance: float = 60.0, price: float = 3000.0, facts: Any = None, **scenario: Any) -> Case:
    """A market that is there from 2026 on, or for good not: seen by 2028."""
    numbers = {
        "price.price_usd_per_wafer": {("N2", 2026): price},
        "demand.wafers_mn": {("US|N16", 2026): 0},
        "finance.discount_rate_pct": {"firm": 0},
        "event.annual_probability_pct": {"slump": 1},
        "event.demand_factor": {"slump": 0},
        "future.probability_pct": {"boom": 100 - chance, "bust": chance},
        **(facts or {}),
    }
    rows = {
        "events": {"slump": {"persistent": "yes"}},
        "futures": {"boom": {"events": ""}, "bust": {"events": "slump@2026"}},
    }
    return tiny(numbers, rows, **{"concepts": NEUTRAL, **scenario})


def test_waiting_pays_by_hand() -> None:
    """A module begun in 2028 earns 2 years x 0.24 mn x 2,000 USD = 0.96 bn if the market is there,
    and costs 2.4 - (1.6 + 0.36 left) + 0.03504 for power = 0.47504 bn. Now: 0.4 x 0.96 < 0.47504,
    and begun in 2026 it earns 0.4 x 1.92 = 0.768 for 2.4 - (1.2 + 0.32) + 0.07008 = 0.95008 bn.
    With news by 2028 both modules home has room for are begun in the boom: 0.4 x 2 x 0.48496."""
    now, tree = solved(slump(), 2028)
    assert now == pytest.approx(0.0, abs=1e-9)
    assert tree.info.objective == pytest.approx(0.4 * 2 * 0.48496, abs=1e-7)
    begun = {leaf.futures: leaf.plan.values("modules") for leaf in tree.leaves}
    assert begun["boom",] == {("tw_a", "N2", "expansion", 2028): 2.0}
    assert begun["bust",] == {}


def test_waiting_is_worth_nothing_where_nothing_is_seen_in_time() -> None:
    """By 2026 nothing has happened; what is begun in 2030 never runs."""
    for dates in ((), (2026,), (2030,)):
        now, tree = solved(slump(), *dates)
        assert tree.info.objective == pytest.approx(now, abs=1e-9)
    sure = slump(chance=0.5, price=20000.0)  # worth beginning at once, whatever the news
    now, tree = solved(sure, 2028)
    first = {key for key in tree.leaves[0].plan.values("modules") if key[3] == 2026}
    assert first
    assert all(first <= set(leaf.plan.values("modules")) for leaf in tree.leaves)


def test_news_before_the_first_move_is_wait_and_see() -> None:
    """Where nothing can begin before 2028 and all is seen by then, each future gets its best."""
    late = {"site.earliest_start": {"tw_a": 2028, "us_a": 2028, "jp_a": 2028}}
    case = slump(facts=late)
    _, tree = solved(case, 2028)
    known = 0.0
    for future, chance in (("boom", 0.4), ("bust", 0.6)):
        alone = replace(case, scenario=case.scenario.with_(futures=(future,)))
        known += chance * solve_case(alone, gap=0.0).info.objective
    assert tree.info.objective == pytest.approx(known, abs=1e-9)
    assert known > 0.38


@pytest.mark.parametrize("dates", [(2026,), (2028, 2030)])
def test_every_concept_together(dates: tuple[int, ...]) -> None:
    """Every leaf is a plan that holds when recounted (else VerificationError)."""
    now, tree = solved(rich(), *dates)
    assert tree.info.objective >= now - 1e-7
    if max(dates, default=0) <= 2026:
        assert tree.info.objective == pytest.approx(now, rel=1e-7)
    assert sum(leaf.chance for leaf in tree.leaves) == pytest.approx(1)
    if dates == (2028, 2030):
        assert tree.info.objective > now + 0.01
        assert [leaf.futures for leaf in tree.leaves] == [("calm", "quake"), ("war",), ("cut",)]


@settings(max_examples=3, deadline=None)
@given(chance=st.integers(1, 99), price=st.integers(1500, 6000), omega=st.floats(0, 1))
def test_waiting_never_costs_and_more_dates_never_hurt(
    chance: int, price: int, omega: float
) -> None:
    case = slump(chance, price, concepts={"risk": {"omega": omega}})
    now, one = solved(case, 2028)
    _, two = solved(case, 2028, 2030)
    assert one.info.objective >= now - 1e-9
    assert two.info.objective >= one.info.objective - 1e-7


def draw(seed: int) -> dict[str, float]:
    r = random.Random(seed)
    low = {"price": 3000, "factor": 0, "loss": 0, "bust": 10, "omega": 0, "upkeep": 0, "home": 0}
    high = {"price": 9000, "factor": 1, "loss": 100, "bust": 80, "omega": 0.9, "upkeep": 6,
            "home": 24}  # fmt: skip
    return {name: r.uniform(low[name], high[name]) for name in low}


def as_case(d: dict[str, float]) -> Case:
    return slump(
        d["bust"],
        d["price"],
        {
            "site.room_modules": {"tw_a": 1, "jp_a": 1, "us_a": 0},
            "product.maintenance_pct": {"N2": d["upkeep"]},
            "existing.capacity_kwpm": {("tw_a|N2", 2026): d["home"]},
            "event.annual_probability_pct": {"slump": 1, "quake": 1},
            "event.demand_factor": {"slump": d["factor"]},
            "event.capacity_loss_pct": {"quake": d["loss"]},
            "event.outage_months": {"quake": 24},
            "future.probability_pct": {
                "boom": (100 - d["bust"]) / 2, "bust": d["bust"], "hit": (100 - d["bust"]) / 2,
            },
        },
        concepts={"risk": {"omega": d["omega"], "alpha": 0.9}},
    )  # fmt: skip


def worth(d: dict[str, float], begun: dict[str, int | None], future: str) -> float:
    """All money of a path, by hand, undiscounted [USD bn]."""
    total = 0.0
    for site, t in begun.items():
        if t is not None:
            rest = 10 - (2032 - (t + 2)), 20 - (2032 - (t + 2))
            total -= 2.4 - 2.0 * rest[0] / 10 - 0.4 * rest[1] / 20
            total -= 0.5 if site == "jp_a" else 0.0
    for t in (2026, 2028, 2030):
        kwpm = {site: 20.0 * (v is not None and v + 2 <= t) for site, v in begun.items()}
        kwpm["tw_a"] += d["home"]
        total -= 2 * sum(kwpm.values()) * (0.1 * d["upkeep"] / 100 + 8760 * 100 / 1e9)
        hit = d["loss"] / 100 if future == "hit" and t == 2030 else 0.0
        able = 0.012 * (kwpm["tw_a"] * (1 - hit) + kwpm["jp_a"])
        want = 0.48 * (d["factor"] if future == "bust" else 1.0)
        total += 2 * min(able, want) * (d["price"] - 1000) / 1000
    return total


def enumerate_trees(d: dict[str, float]) -> float:
    """Best objective over what is begun in 2026, and in 2028 on each news."""
    chances = {"boom": (100 - d["bust"]) / 200, "hit": (100 - d["bust"]) / 200,
               "bust": d["bust"] / 100}  # fmt: skip
    best = float("-inf")
    paths = list(itertools.product((2026, 2028, None), repeat=2))
    for good, bad in itertools.product(paths, paths):
        if [t == 2026 for t in good] != [t == 2026 for t in bad]:
            continue
        values = {
            s: worth(d, dict(zip(("tw_a", "jp_a"), bad if s == "bust" else good, strict=True)), s)
            for s in chances
        }
        mean = sum(chances[s] * values[s] for s in values)
        left, tail = 0.1, 0.0
        for s in sorted(values, key=lambda s: values[s]):
            tail += min(left, chances[s]) * values[s] / 0.1
            left -= min(left, chances[s])
        best = max(best, (1 - d["omega"]) * mean + d["omega"] * tail)
    return best


@pytest.mark.parametrize("seed", range(8))
def test_enumeration_agrees(seed: int) -> None:
    """Quake in 2030 is not news by 2028: `boom` and `hit` share a leaf; the slump is."""
    numbers = draw(seed)
    case = as_case(numbers)
    quake = {**case.registers["events"], "quake": {"places": "TW", "persistent": "no"}}
    hit = {**case.registers["futures"], "hit": {"events": "quake@2030"}}
    case = replace(case, registers={**case.registers, "events": quake, "futures": hit})
    _, tree = solved(case, 2028)
    assert sorted(len(leaf.futures) for leaf in tree.leaves) == [1, 2]
    assert tree.info.objective == pytest.approx(enumerate_trees(numbers), rel=1e-7, abs=1e-7)


def test_shared_moves_are_shared_columns() -> None:
    built = build_model(rich())
    tree = grow(built.sets, (2030,))
    lifted = lift(built, tree)
    modules = built.model.family("modules")
    for (*_, t), j in modules.columns.items():
        numbers = {columns[j] for columns in lifted.columns}
        assert len(numbers) == (1 if int(t) < 2030 else len(tree.leaves))
    names = lifted.model.names
    assert len(set(names)) == len(names)


def test_a_leaf_that_is_tampered_with_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    now = solve_case(slump(), gap=0.0)
    honest = stages._Search.run

    def tampered(self: Any, start: list[float]) -> None:
        honest(self, start)
        column = next(j for j, n in enumerate(self.model.names) if n.startswith("cap[tw_a,N2,2030"))
        self.values[column] += 1.0

    monkeypatch.setattr(stages._Search, "run", tampered)
    with pytest.raises(VerificationError, match=r"capacity\.build"):
        solve_tree(now, slump(), (2028,), gap=0.0, seconds=30)


def test_too_many_leaves_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "MOST_LEAVES", 1)
    with pytest.raises(InputError, match="E762"):
        solve_tree(solve_case(slump(), gap=0.0), slump(), (2028,), gap=0.0, seconds=5)


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ((2027,), "no period of the horizon begins in 2027. Allowed: 2026, 2028, 2030"),
        ((2032,), "no period of the horizon begins in 2032"),
        ((2030, 2028), "earliest first"),
        ((2028, 2028), "once each"),
        ((2026, 2028, 2030, 2030), "4 branch dates, at most 3"),
    ],
)
def test_wrong_dates_are_refused(dates: tuple[int, ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        grow(prepare(rich())[0], dates)
    with pytest.raises(ValueError, match=words):
        Scenario.model_validate(
            {"name": "x", "stages": dates, "horizon": {"start": 2026, "periods": 3}}
        )
