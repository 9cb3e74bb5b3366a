"""Clusters by hand: a level is reached whole or not at all, abroad only, and pays what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.plan import Plan
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.rich import rich
from tests.tiny import tiny

QUICK = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
LEVELS = {"cluster_levels": {"campus": {"scope": "site"}}}


def case(
    saving: float = 0.1,
    threshold: float = 2,
    scope: str = "site",
    *,
    demand: float = 0.48,
    **more: Any,
) -> Case:
    """N2 for two modules (2 x 20 x 0.012 = 0.48 mn wafers a year), no room at home."""
    facts: dict[str, dict[Any, float]] = {
        "cluster.threshold_modules": {"campus": threshold},
        "cluster.saving_usd_bn_per_year": {"campus": saving},
        "demand.wafers_mn": {("US|N2", 2026): demand, ("US|N16", 2026): 0.0},
        "site.room_modules": {"tw_a": 0, "us_a": 2, "jp_a": 2},
        **more.pop("facts", {}),
    }
    levels = {"cluster_levels": {"campus": {"scope": scope}}, **more.pop("registers", {})}
    concepts = {"clusters": {"on": True, **more.pop("clusters", {})}}
    return tiny(facts, levels, concepts=concepts, **more)


def saved(plan: Plan) -> float:
    cash = plan.cash
    return float(cash[cash["item"] == "clusters.saving"]["amount_usd_bn"].sum())


def begun(plan: Plan) -> dict[str, float]:
    found: dict[str, float] = {}
    for (i, *_), n in plan.values("modules").items():
        found[i] = found.get(i, 0.0) + n
    return found


def test_two_modules_side_by_side_save_what_the_level_says() -> None:
    """Both begin in 2026 and run in 2028-2031: 4 years x 0.1 = 0.4 USD bn, undiscounted."""
    plan = solve_case(case())
    assert begun(plan) == {"jp_a": 2}
    assert saved(plan) == pytest.approx(0.4)
    off = solve_case(case(clusters={"on": False}))
    assert plan.info.objective == pytest.approx(off.info.objective + 0.4)


def test_half_a_level_saves_nothing() -> None:
    """Land for one module a site: no site comes to two, so there is no column to take."""
    apart = case(facts={"site.room_modules": {"tw_a": 0, "us_a": 1, "jp_a": 1}})
    assert build_model(apart).model.family("cluster").columns == {}
    plan = solve_case(apart)
    assert begun(plan) == {"jp_a": 1, "us_a": 1}
    assert saved(plan) == 0


def test_a_region_adds_up_its_sites() -> None:
    """The same land, but both sites lie in one region: 2 modules there, 4 years x 0.1."""
    facts = {"site.room_modules": {"tw_a": 0, "us_a": 1, "jp_a": 1}}
    same = {"sites": {"us_a": {"iso_3166_2": "JP-43"}}}
    plan = solve_case(case(scope="region", facts=facts, registers=same))
    assert begun(plan) == {"jp_a": 1, "us_a": 1}
    assert saved(plan) == pytest.approx(0.4)


def test_a_saving_pulls_together_what_shipping_keeps_apart() -> None:
    """Japan has land for one module, the US for two, where a building costs 20 x 0.020 = 0.4 USD bn
    more and keeps 16 / 20 of it after the horizon: 0.08 net. Apart: land 0.03 + 0.5 and one dear
    building = 0.61. Together in the US: land 0.5 and two = 0.66. So a cluster must be worth more
    than 0.05 to bring them together."""
    facts = {
        "site.room_modules": {"tw_a": 0, "us_a": 2, "jp_a": 1},
        "site.site_cost_usd_bn": {"us_a": 0.5, "jp_a": 0.03},
    }
    apart = solve_case(case(saving=0.01, facts=facts))  # 4 years x 0.01 = 0.04 < 0.05
    together = solve_case(case(saving=0.02, facts=facts))  # 0.08 > 0.05
    assert begun(apart) == {"jp_a": 1, "us_a": 1}
    assert begun(together) == {"us_a": 2}
    assert saved(apart) == 0
    assert saved(together) == pytest.approx(0.08)


def test_home_has_its_clusters_already() -> None:
    plan = solve_case(case(facts={"site.room_modules": {"tw_a": 2, "us_a": 0, "jp_a": 0}}))
    assert begun(plan) == {"tw_a": 2}
    assert saved(plan) == 0


def test_capacity_that_stands_counts() -> None:
    """20 kwpm stand in Japan, one module of 20 joins them: the level from 2028 on."""
    facts = {
        "existing.capacity_kwpm": {("jp_a|N2", 2026): 20},
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
    }
    assert saved(solve_case(case(facts=facts))) == pytest.approx(0.4)


def test_off_is_as_if_there_were_no_levels() -> None:
    plain, off = build_model(tiny()), build_model(case(clusters={"on": False}))
    assert not any(name.startswith("cluster") for name in off.model.families)
    bare = replace(case(), facts=tuple(f for f in case().facts if f.table != "cluster"))
    assert list(build_model(bare).model.lp_lines()) == list(off.model.lp_lines())
    assert plain.model.families.keys() == off.model.families.keys()


def test_a_level_claimed_without_its_modules_is_noticed() -> None:
    whole = case()
    plan = solve_case(whole)
    levels = plan.values("cluster")
    assert levels
    apart = case(threshold=3, facts={"site.room_modules": {"tw_a": 0, "us_a": 2, "jp_a": 2}})
    issues = [i for i in verify(plan, apart) if "clusters.tier" in i.where]
    assert len(issues) == len(levels)
    assert not verify(plan, whole)


@QUICK
@given(a=st.floats(0, 2), b=st.floats(0, 2))
def test_a_larger_saving_never_lowers_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    less, more = (
        solve_case(rich(concepts={"clusters": {"saving_scale": x}})).info.objective
        for x in (low, high)
    )
    assert more >= less - 1e-7


@QUICK
@given(a=st.floats(0.5, 4), b=st.floats(0.5, 4))
def test_a_higher_threshold_never_raises_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    easy, hard = (solve_case(case(threshold=x)).info.objective for x in (low, high))
    assert hard <= easy + 1e-7
