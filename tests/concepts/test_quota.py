"""The duty-free quota by hand: what a fab under construction and a running one let in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve import highs
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.concepts.test_properties import QUICK
from tests.tiny import tiny

SETTINGS = SolverSettings(gap=0.0, time_limit=60, threads=1)
MEASURE = {"tariff_measures": {"s232": {"origins": "TW;JP", "market": "US", "products": ""}}}


def case(
    quota: dict[str, Any] | None, building: float = 2.5, rate: float = 20, old: float = 0
) -> Case:
    """Home makes 40 kwpm of N2 (0.48 mn wafers a year); one US module of N16 is pinned in 2026."""
    facts = {
        "existing.capacity_kwpm": {("tw_a|N2", 2026): 40, ("us_a|N16", 2026): old},
        "site.room_modules": {"tw_a": 0, "us_a": 1, "jp_a": 0},
        "market.tariff_exposure_pct": {"US": 100},
        "tariff.rate_pct": {("s232", 2026): rate},
        "tariff.covered_share_pct": {("s232", 2026): 50},
        "quota.building_ratio": {("s232", 2026): building},
        "quota.operating_ratio": {("s232", 2026): 1.5},
        "quota.window_years": {"s232": 1},
    }
    return tiny(
        facts,
        MEASURE,
        sites={"pin": [{"site": "us_a", "product": "N16", "by": 2026}]},
        concepts={} if quota is None else {"quota": {"on": True, **quota}},
    )


def freed(plan: Plan) -> dict[int, float]:
    """Duty-free wafers by period [mn wafers/year]."""
    found = dict.fromkeys((2026, 2028, 2030), 0.0)
    for (_, _, _, t, _), volume in plan.values("duty_free").items():
        found[t] += volume
    return found


def test_binds_by_hand() -> None:
    # One module of 20 kwpm is 0.24 mn wafers a year; imports are all 0.48 of N2.
    # 2026-27: under construction, but approved for one of the two years: 2.5 x 0.24 / 2 = 0.30.
    # 2028 on: in operation: 1.5 x 0.24 = 0.36. Duty 20 % on half = 10 % of 20,000 = USD 2,000.
    # Relief over two-year periods: 2 x 2,000 x (0.30 + 0.36 + 0.36) mn = USD 4.08 bn.
    asked = case({})
    plan = solve_case(asked)
    assert freed(plan) == pytest.approx({2026: 0.30, 2028: 0.36, 2030: 0.36})
    lines = plan.cash[plan.cash["item"] == "quota.relief"]
    assert lines["amount_usd_bn"].sum() == pytest.approx(4.08)
    assert plan.info.objective - solve_case(case(None)).info.objective == pytest.approx(4.08)
    assert verify(plan, asked) == ()


def test_does_not_bind_when_quota_exceeds_imports() -> None:
    plan = solve_case(case({"ratio_scale": 10}))
    assert freed(plan) == pytest.approx({2026: 0.48, 2028: 0.48, 2030: 0.48})
    rows = plan.rows[plan.rows["rule"] == "quota.room"]
    assert not rows.empty
    assert not rows["binding"].any()


def test_own_class_only_frees_nothing_of_another_class() -> None:
    # The fab makes N16; every import is N2.
    assert sum(freed(solve_case(case({"pooled": False}))).values()) == 0


def test_existing_capacity_counts_only_when_asked() -> None:
    # 10 kwpm of N16 already there earn 1.5 x 0.12 = 0.18 mn wafers a year more, up to imports.
    new, every = (freed(solve_case(case({"counts": c}, old=10))) for c in ("new", "all"))
    assert new == pytest.approx({2026: 0.30, 2028: 0.36, 2030: 0.36})
    assert every == pytest.approx({2026: 0.48, 2028: 0.48, 2030: 0.48})


def lower(rate_pct: float, option: str = "lower") -> Case:
    made = case({"above_quota": option})
    more = tiny({"quota.above_rate_pct": {("s232", 2026): rate_pct}}, MEASURE)
    new = [f for f in more.facts if f.parameter == "above_rate_pct"]
    return made.replace(facts=(*made.facts, *new))


def test_above_the_quota_the_lower_duty_by_hand() -> None:
    # Imports are 0.48 mn a year, duty free 0.30, 0.36, 0.36, so 0.18, 0.12, 0.12 lie above the
    # quota. At most 5 % instead of 20 % on the half that is covered spares 7.5 % of 20,000 = 1,500:
    # 2 years x 1,500 x 0.42 mn = USD 1.26 bn besides the relief of 4.08.
    asked = lower(5)
    plan = solve_case(asked)
    lines = plan.cash.groupby("item")["amount_usd_bn"].sum()
    assert lines["quota.lowered"] == pytest.approx(1.26)
    assert lines["quota.relief"] == pytest.approx(4.08)
    assert verify(plan, asked) == ()
    full = solve_case(lower(5, "full"))
    assert plan.info.objective - full.info.objective == pytest.approx(1.26)


def test_a_rate_no_lower_than_the_duty_changes_nothing() -> None:
    values = [solve_case(c).info.objective for c in (lower(20), lower(90), lower(5, "full"))]
    assert values == pytest.approx([values[0]] * 3)


def test_a_higher_rate_above_the_quota_never_raises_value() -> None:
    values = [solve_case(lower(rate)).info.objective for rate in (0, 3, 8, 15, 40)]
    assert values == sorted(values, reverse=True)


def test_off_gives_back_the_same_programme() -> None:
    off, never = (list(build_model(c).model.lp_lines()) for c in (case({"on": False}), case(None)))
    assert off == never


def test_without_duty_there_is_nothing_to_relieve() -> None:
    assert solve_case(case({}, rate=0)).values("duty_free") == {}


def test_more_than_the_quota_is_noticed() -> None:
    asked = case({})
    plan = solve_case(asked)
    frame = plan.variables["duty_free"]
    frame["value"] = frame["value"] * 1.2
    found = {issue.where.split("[")[0] for issue in verify(plan, asked)}
    assert "quota.room" in found


def test_agrees_with_brute_force_over_modules() -> None:
    """Room for one US module: the best over none and each class and date, fixed by hand."""
    made = case({}, rate=90)
    fields = made.scenario.model_dump() | {"sites": {}}
    asked = made.replace(scenario=made.scenario.model_validate(fields))
    built = build_model(asked)
    columns = list(built.model.families["modules"].columns.values())
    values = []
    for chosen in (None, *columns):
        model = Model("fixed")
        model.__dict__.update(built.model.__dict__)
        model.high, model.low = list(built.model.high), list(built.model.low)
        for column in columns:
            model.low[column] = model.high[column] = 1.0 if column == chosen else 0.0
        values.append(highs.run(model, SETTINGS).objective)
    assert solve_case(asked).info.objective == pytest.approx(max(values))
    assert values.index(max(values)) > 0  # a fab is bought


@QUICK
@given(st.floats(0, 5), st.floats(0, 5))
def test_a_larger_quota_never_lowers_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [solve_case(case({}, building=x)).info.objective for x in (low, high)]
    assert values[1] >= values[0] - 1e-7
