"""Limits by hand: where each binds, where it does not, and that tighter never pays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.model.assemble import build_model
from planner.model.catalogue import option_schemas
from planner.solve.optimise import solve_case
from tests.inputs.tree import Tree
from tests.tiny import tiny

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
BIG = {"demand.wafers_mn": {("US|N2", 2026): 1.44, ("US|N16", 2026): 0.0}}
"""N2 for six modules of 20 kwpm: 6 x 20 x 0.012 = 1.44 mn wafers a year; land for two a site."""


def case(**limits: Any) -> Case:
    return tiny(BIG, concepts={"limits": limits})


def begun(plan: Any, country: str = "") -> float:
    rows = plan.values("modules")
    return sum(n for (i, *_), n in rows.items() if i.startswith(country.lower()))


def test_without_limits_every_site_is_filled() -> None:
    plan = solve_case(case())
    assert [begun(plan, c) for c in ("TW", "US", "JP")] == [2, 2, 2]


def test_nothing_asked_leaves_the_programme_as_it_was() -> None:
    plain, off = build_model(case()), build_model(case(on=False))
    assert list(plain.model.lp_lines()) == list(off.model.lp_lines())
    assert plain.model.objective == off.model.objective


def test_home_anchor_of_half_lets_as_much_abroad_as_stands_at_home() -> None:
    plan = solve_case(case(home_share_pct=50))
    assert begun(plan, "TW") == 2
    assert begun(plan, "US") + begun(plan, "JP") == 2  # 40 kwpm at home carry 40 abroad


def test_home_anchor_of_a_third_binds_nothing() -> None:
    loose, free = solve_case(case(home_share_pct=100 / 3)), solve_case(case())
    assert loose.info.objective == pytest.approx(free.info.objective)


def test_home_anchor_counts_only_advanced_classes() -> None:
    plan = solve_case(case(home_share_pct=100, advanced_rank=8))  # N2 has rank 7
    assert begun(plan) == 6


def test_cap_on_a_country() -> None:
    plan = solve_case(case(places=[{"where": "US", "most_kwpm": 20}]))
    assert [begun(plan, c) for c in ("TW", "US", "JP")] == [2, 1, 2]


def test_floor_on_a_site_brings_a_fab_nobody_wanted() -> None:
    none = {"demand.wafers_mn": {("US|N2", 2026): 0.0, ("US|N16", 2026): 0.0}}
    asked = {"places": [{"where": "us_a", "products": ["N16"], "least_kwpm": 30, "since": 2030}]}
    plan = solve_case(tiny(none, concepts={"limits": asked}))
    assert begun(plan, "US") == 2  # 30 kwpm take two modules of 20
    assert solve_case(tiny(none)).info.objective > plan.info.objective


def test_budget_by_hand() -> None:
    """A module costs 20 x (0.100 + 0.020) = 2.4 USD bn, in the US 20 x (0.100 + 0.040) = 2.8,
    land abroad 0.5; two years a period, so 1.2 a year pays one home module a period."""
    plan = solve_case(case(capex_usd_bn_per_year=1.2))
    for t in (2026, 2028):
        spent = sum(n * 2.4 for (i, _, _, v), n in plan.values("modules").items() if v == t)
        assert spent <= 2.4 + 1e-9
    assert begun(plan, "US") == 0
    assert begun(solve_case(case(capex_usd_bn_per_year=1.19))) < begun(plan) or begun(plan) == 0


def test_budget_abroad_spares_home() -> None:
    plan = solve_case(case(abroad_usd_bn_per_year=0))
    assert begun(plan) == begun(plan, "TW") == 2


def test_projects_at_once() -> None:
    plan = solve_case(case(projects=1))
    by_period: dict[int, float] = {}
    for (_, _, _, t), n in plan.values("modules").items():
        by_period[t] = by_period.get(t, 0) + n
    assert max(by_period.values()) == 1  # two years' building, one period each


@QUICK
@given(a=st.floats(0, 100), b=st.floats(0, 100))
def test_a_tighter_home_anchor_never_raises_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    loose, tight = (solve_case(case(home_share_pct=x)).info.objective for x in (low, high))
    assert tight <= loose + 1e-7


@QUICK
@given(a=st.floats(0, 10), b=st.floats(0, 10))
def test_a_larger_budget_never_lowers_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    less, more = (solve_case(case(capex_usd_bn_per_year=x)).info.objective for x in (low, high))
    assert more >= less - 1e-7


def test_a_floor_no_land_can_carry_is_explained() -> None:
    with pytest.raises(Infeasible, match=r"limits\.least"):
        solve_case(case(places=[{"where": "US", "least_kwpm": 100, "since": 2030}]))


def test_unknown_places_and_classes_are_named(tmp_path: Any, monkeypatch: Any) -> None:
    tree = Tree(tmp_path, monkeypatch)
    path = tree.scenario(
        "extends: base\nname: mine\nconcepts:\n  limits:\n    places:\n"
        "      - {where: jp_kumamotto, most_kwpm: 1, products: [N22]}\n"
    )
    problems = tree.problems(path)
    assert any("mine.yaml:6" in p and "Did you mean 'jp_kumamoto'" in p for p in problems)
    assert any("unknown product 'N22'" in p for p in problems)


def test_a_place_must_ask_for_something() -> None:
    with pytest.raises(ValueError, match="least_kwpm"):
        option_schemas()["limits"].model_validate({"places": [{"where": "US"}]})
