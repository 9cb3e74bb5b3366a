"""Contracted supply: by hand, against enumeration, and never worth more when tighter."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from planner.solve.stages import solve_tree
from planner.solve.verify import verify
from tests.rich import rich
from tests.tiny import tiny

SITES = ("tw_a", "jp_a")


def promised(facts: Any = None, omega: float = 0.0, **options: Any) -> Case:
    """Home serves all demand; in 10 % of futures it stops in 2030; half of demand is promised."""
    numbers = {
        "demand.wafers_mn": {("US|N2", 2026): 0.48, ("US|N16", 2026): 0},
        "existing.capacity_kwpm": {("tw_a|N2", 2026): 40},
        "site.room_modules": {"tw_a": 1, "jp_a": 1, "us_a": 0},
        "finance.discount_rate_pct": {"firm": 0},
        "event.annual_probability_pct": {"strait": 1, "quake": 1},
        "event.capacity_loss_pct": {"strait": 100, "quake": 0},
        "event.outage_months": {"strait": 24, "quake": 24},
        "future.probability_pct": {"calm": 85, "war": 10, "quake": 5},
        "contract.share_pct": {"N2": 50},
        **(facts or {}),
    }
    rows = {
        "events": {"strait": {"places": "TW", "persistent": "no"},
                   "quake": {"places": "JP-43", "persistent": "no"}},
        "futures": {"calm": {"events": ""}, "war": {"events": "strait@2030"},
                    "quake": {"events": "quake@2030"}},
    }  # fmt: skip
    chosen = {"on": True, "fine_usd_per_wafer": 0, **options}
    concepts = {"risk": {"omega": omega}, "contracts": chosen}
    return tiny(numbers, rows, concepts=concepts)


def value(case: Case) -> float:
    return solve_case(case, gap=0.0).info.objective


FREE = 40 * 8760 * 100 / 1e9 * 6
"""Power of 40 kwpm over six years [USD bn]."""
CALM = 0.48 * 19 * 6
"""Revenue less materials of 0.48 mn wafers a year over six years [USD bn]."""


def test_a_promise_kept_by_hand() -> None:
    """War takes all of 2030's 0.48 mn: 0.1 x 2 x 9.12 = 1.824 bn. At 85 % confidence war may break
    the promise and nothing is built. At 95 % it may not: one module in Japan, begun 2028, costs
    2.9 - 1.96 left + 0.03504 power = 0.97504 and sells 0.24 mn for 0.1 x 9.12 = 0.912 in war."""
    idle = CALM - FREE - 0.1 * 2 * 9.12
    loose = solve_case(promised(confidence_pct=85), gap=0.0)
    assert loose.info.objective == pytest.approx(idle, abs=1e-7)
    assert loose.values("modules") == {}
    kept = solve_case(promised(confidence_pct=95), gap=0.0)
    assert kept.info.objective == pytest.approx(idle - 0.97504 + 0.912, abs=1e-7)
    assert kept.values("modules") == {("jp_a", "N2", "greenfield", 2028): 1.0}
    assert ("war",) not in kept.values("fail")


def test_the_fine_by_hand() -> None:
    """0.1 x 2 years x 0.24 mn at 1,000 USD = 0.048 bn is less than the module's 0.06304; at 2,000
    USD it is more."""
    idle = CALM - FREE - 0.1 * 2 * 9.12
    cheap = solve_case(promised(confidence_pct=None, fine_usd_per_wafer=1000), gap=0.0)
    assert cheap.info.objective == pytest.approx(idle - 0.048, abs=1e-7)
    assert cheap.measures["contracts_lacking_wafers_mn"] == pytest.approx(0.1 * 2 * 0.24)
    assert cheap.values("lacking") == {("US", "N2", 2030, "strait"): pytest.approx(0.24)}
    row = cheap.table("promises").iloc[0]
    assert (row["market"], row["product"], row["year"], row["future"]) == (
        "US", "N2", 2030, "strait",
    )  # fmt: skip
    assert (row["probability"], row["lacking_wafers_mn"]) == pytest.approx((0.1, 0.24))
    dear = promised(confidence_pct=None, fine_usd_per_wafer=2000)
    assert value(dear) == pytest.approx(idle - 0.06304, abs=1e-7)


def test_off_or_no_promise_changes_nothing() -> None:
    off = promised(on=False)
    assert "lacking" not in build_model(off).model.families
    assert value(promised(confidence_pct=100, share_scale=0)) == pytest.approx(value(off))


def test_a_customer_who_wants_less_is_owed_less() -> None:
    """In a slump to 40 % of demand the promise of half is 0.5 x 0.4 x 0.48 = 0.096."""
    case = promised({"event.demand_factor": {"quake": 0.4}})
    rule = build_model(case).model.rules["contracts.keep"].rows
    model = build_model(case).model
    assert model.rows[rule["US", "N2", 2030, "quake"]][3] == pytest.approx(0.096)
    assert model.rows[rule["US", "N2", 2030, "calm"]][3] == pytest.approx(0.24)


def test_deals_stand_before_the_data_and_since_before_all() -> None:
    deal = {"market": "US", "products": ["N2"], "share_pct": 10}
    model = build_model(promised(deals=[deal], since=2028)).model
    rows = {key: model.rows[n][3] for key, n in model.rules["contracts.keep"].rows.items()}
    assert {key[2] for key in rows} == {2028, 2030}
    assert list(rows.values()) == pytest.approx([0.048] * len(rows))
    assert build_model(promised(markets=["EU"])).model.rules["contracts.keep"].rows == {}


def test_what_cannot_be_kept_is_said() -> None:
    none = {"site.room_modules": dict.fromkeys(("tw_a", "us_a", "jp_a"), 0)}
    with pytest.raises(Infeasible, match=r"contracts"):
        solve_case(promised(none))


@settings(max_examples=6, deadline=None)
@given(
    part=st.integers(0, 80), more=st.integers(0, 20), low=st.integers(0, 100),
    high=st.integers(0, 100), war=st.integers(1, 30),
)  # fmt: skip
def test_tighter_is_never_worth_more(part: int, more: int, low: int, high: int, war: int) -> None:
    def worth(share: int, confidence: int) -> float:
        chance = {"calm": 95 - war, "war": war, "quake": 5}
        facts = {"contract.share_pct": {"N2": share}, "future.probability_pct": chance}
        try:
            return value(promised(facts, confidence_pct=confidence))
        except Infeasible:
            return float("-inf")

    low, high = min(low, high), max(low, high)
    assert worth(part, high) <= worth(part, low) + 1e-7
    assert worth(min(50, part + more), low) <= worth(min(50, part), low) + 1e-7


def draw(seed: int) -> dict[str, float]:
    r = random.Random(seed)
    span = {"share": (5, 60), "confidence": (60, 100), "fine": (0, 4000), "war": (2, 30),
            "quake": (2, 30), "loss": (20, 100), "shake": (20, 100), "price": (3000, 20000),
            "home": (10, 40)}  # fmt: skip
    return {name: r.uniform(*ends) for name, ends in span.items()}


def by_hand(d: dict[str, float]) -> float:
    """Best value over what is begun when; futures fail when they ship less than is owed."""
    chances = {"calm": 100 - d["war"] - d["quake"], "war": d["war"], "quake": d["quake"]}
    best = float("-inf")
    for plan in itertools.product((2026, 2028, None), repeat=2):
        begun = dict(zip(SITES, plan, strict=True))
        total, failing = 0.0, 0.0
        for i, t in begun.items():
            if t is not None:
                old = 2032 - (t + 2)
                total -= 2.4 - 2.0 * (10 - old) / 10 - 0.4 * (20 - old) / 20
                total -= 0.5 if i == "jp_a" else 0.0
        for s, chance in chances.items():
            worth, fails = 0.0, False
            for t in (2026, 2028, 2030):
                kwpm = {i: 20.0 * (v is not None and v + 2 <= t) for i, v in begun.items()}
                kwpm["tw_a"] += d["home"]
                worth -= 2 * sum(kwpm.values()) * 8760 * 100 / 1e9
                left = {"tw_a": 1 - d["loss"] / 100 * (s == "war" and t == 2030),
                        "jp_a": 1 - d["shake"] / 100 * (s == "quake" and t == 2030)}  # fmt: skip
                sold = min(0.48, 0.012 * sum(kwpm[i] * left[i] for i in SITES))
                worth += 2 * sold * (d["price"] - 1000) / 1000
                lacking = max(0.0, 0.48 * d["share"] / 100 - sold) if t == 2030 else 0.0
                worth -= 2 * lacking * d["fine"] / 1000
                fails = fails or lacking > 1e-9
            total += chance / 100 * worth
            failing += chance / 100 * fails
        if failing <= 1 - d["confidence"] / 100 + 1e-12:
            best = max(best, total)
    return best


@pytest.mark.parametrize("seed", range(20))
def test_enumeration_agrees(seed: int) -> None:
    d = draw(seed)
    case = promised(
        {
            "contract.share_pct": {"N2": d["share"]},
            "price.price_usd_per_wafer": {("N2", 2026): d["price"]},
            "existing.capacity_kwpm": {("tw_a|N2", 2026): d["home"]},
            "event.capacity_loss_pct": {"strait": d["loss"], "quake": d["shake"]},
            "future.probability_pct": {
                "calm": 100 - d["war"] - d["quake"], "war": d["war"], "quake": d["quake"],
            },
        },
        confidence_pct=d["confidence"],
        fine_usd_per_wafer=d["fine"],
    )  # fmt: skip
    want = by_hand(d)
    if want == float("-inf"):
        with pytest.raises(Infeasible):
            solve_case(case, gap=0.0)
    else:
        assert value(case) == pytest.approx(want, rel=1e-7, abs=1e-7)


def test_check_sees_a_broken_promise() -> None:
    case = promised(confidence_pct=95)
    plan = solve_case(case, gap=0.0)
    ship = plan.variables["ship"]
    less = ship.assign(value=ship["value"].where(ship["state"] != "strait", 0.1))
    found = verify(replace(plan, variables={**plan.variables, "ship": less}), case)
    said = {issue.where.partition("[")[0] for issue in found}
    assert {"contracts.keep", "contracts.chance"} <= said
    assert isinstance(less, pd.DataFrame)


def test_promises_in_a_tree() -> None:
    """Which futures fail is one budget over all news."""
    case = rich()
    now = solve_case(case, gap=0.0)
    tree = solve_tree(now, case, (2030,), gap=0.0, seconds=20)
    assert tree.info.objective >= now.info.objective - 1e-7
