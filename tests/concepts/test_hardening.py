"""Hardening: by hand, against enumeration, never worth less when cheaper."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.scenario import AVERAGE
from planner.model.assemble import build_model, prepare
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.rich import rich
from tests.tiny import tiny


def shaky(
    facts: Any = None, site_usd_bn: float = 0.02, futures: tuple[str, ...] = (), **options: Any
) -> Case:
    """Home runs 40 kwpm; in a fifth of futures a quake stops it for half of 2030 and 2031."""
    numbers = {
        "demand.wafers_mn": {("US|N2", 2026): 0.48, ("US|N16", 2026): 0},
        "product.building_usd_mn_per_kwpm": {"N2": 400},
        "existing.capacity_kwpm": {("tw_a|N2", 2026): 40},
        "site.room_modules": {"tw_a": 1, "jp_a": 0, "us_a": 0},
        "finance.discount_rate_pct": {"firm": 0},
        "event.annual_probability_pct": {"quake": 1, "other": 1},
        "event.capacity_loss_pct": {"quake": 100},
        "event.outage_months": {"quake": 12},
        "future.probability_pct": {"calm": 80, "hit": 20},
        "hardening.outage_ratio": {"quake": 0.25},
        "hardening.cost_pct": {"firm": 1},
        "hardening.site_usd_bn": {"firm": site_usd_bn},
        "hardening.lead_years": {"firm": 2},
        **(facts or {}),
    }
    rows = {
        "events": {"quake": {"places": "TW", "persistent": "no"},
                   "other": {"places": "JP", "persistent": "no"}},
        "futures": {"calm": {"events": ""}, "hit": {"events": "quake@2030"}},
    }  # fmt: skip
    concepts = {"risk": {"omega": 0.0}, "hardening": {"on": True, **options}}
    return tiny(numbers, rows, concepts=concepts, futures=futures)


IDLE = 0.48 * 19 * 6 - 40 * 8760 * 100 / 1e9 * 6 - 0.2 * 0.5 * 0.48 * 19 * 2
"""Six years of sales and power, less a fifth of half of 2030 and 2031 [USD bn]."""


def value(case: Case) -> float:
    return solve_case(case, gap=0.0).info.objective


def test_hardened_by_hand() -> None:
    """12 months out of 24 become 3: capacity kept rises from 0.5 to 0.875. That saves 0.2 x 0.375
    x 18.24 = 1.368 bn of sales, for 1 % of 0.5 bn on each of 40 kwpm and 0.02 bn for the site."""
    plan = solve_case(shaky(), gap=0.0)
    assert plan.info.objective == pytest.approx(IDLE + 1.368 - 0.2 - 0.02, abs=1e-7)
    assert plan.values("harden") in ({("tw_a", 2026): 1.0}, {("tw_a", 2028): 1.0})
    assert plan.values("hard")["tw_a", "N2", 2030] == pytest.approx(40)
    row = plan.table("hardening").iloc[0]
    assert (row["site"], row["country"]) == ("tw_a", "TW")
    assert (row["hardened_kwpm"], row["cost_usd_bn"]) == pytest.approx((40, 0.22))


def test_too_dear_by_hand() -> None:
    """At seven times the cost, 1.54 bn, it does not pay."""
    plan = solve_case(shaky(cost_scale=7), gap=0.0)
    assert plan.info.objective == pytest.approx(IDLE, abs=1e-7)
    assert plan.values("harden") == {}


def test_too_late_to_help() -> None:
    """Decided in 2026 and ready six years later, it is ready when the horizon is over."""
    late = shaky({"hardening.lead_years": {"firm": 6}})
    assert value(late) == pytest.approx(IDLE, abs=1e-7)


def test_only_what_runs_is_hardened() -> None:
    """With demand for half of what runs in the quake, the half left is enough: nothing to win."""
    case = shaky({"demand.wafers_mn": {("US|N2", 2026): 0.24, ("US|N16", 2026): 0}})
    assert solve_case(case, gap=0.0).values("harden") == {}


def test_off_or_no_help_leaves_the_programme_alone() -> None:
    off = build_model(shaky(on=False)).model
    useless = build_model(shaky({"hardening.outage_ratio": {"quake": 1}})).model
    assert "harden" not in off.families
    assert useless.families["harden"].columns == {}
    assert list(off.lp_lines()) == list(useless.lp_lines())


def test_the_average_future_by_hand() -> None:
    """On average 0.9 runs and a hardened site 0.975: 0.075 x 18.24 = 1.368, as in the futures."""
    found = value(shaky(futures=(AVERAGE,)))
    assert found == pytest.approx(IDLE + 1.368 - 0.22, abs=1e-7)


def test_long_outages_run_on() -> None:
    """36 months from 2028 fill that period and half of the next; a quarter of them is 9 months."""
    rows = {"future.probability_pct": {"calm": 80, "hit": 20}, "event.outage_months": {"quake": 36}}
    case = shaky(rows)
    case = replace(
        case,
        registers={**case.registers, "futures": {"calm": {"events": ""},
                                                 "hit": {"events": "quake@2028"}}},
    )  # fmt: skip
    states = {(t, u.id): u for t, us in prepare(case)[0].states.items() for u in us}
    assert states[2028, "quake"].spared["tw_a", "N2"] == pytest.approx(1 - 9 / 24)
    assert states[2030, "quake~"].spared["tw_a", "N2"] == pytest.approx(0.5)


@settings(max_examples=5, deadline=None)
@given(cheap=st.floats(0, 10), dear=st.floats(0, 10), loss=st.integers(0, 100))
def test_cheaper_is_never_worth_less(cheap: float, dear: float, loss: int) -> None:
    cheap, dear = min(cheap, dear), max(cheap, dear)
    hit = {"event.capacity_loss_pct": {"quake": loss}}
    low, high = (value(shaky(hit, cost_scale=scale)) for scale in (dear, cheap))
    assert low <= high + 1e-7
    assert value(shaky(hit, on=False)) <= low + 1e-7


def draw(seed: int) -> dict[str, float]:
    r = random.Random(seed)
    span = {"tw": (10, 30), "jp": (5, 20), "early": (5, 30), "late": (5, 30), "loss": (20, 100),
            "months": (2, 30), "ratio": (0, 1), "cost": (0.1, 6), "fixed": (0, 0.3),
            "price": (2000, 8000)}  # fmt: skip
    return {name: r.uniform(*ends) for name, ends in span.items()}


def by_hand(d: dict[str, float]) -> float:
    """Best over hardening each site never, from 2028 on or from 2030 on; all it runs."""
    chances = {"early": d["early"] / 100, "late": d["late"] / 100}
    chances["calm"] = 1 - sum(chances.values())
    hits = {"early": ("tw", 2028), "late": ("jp", 2030), "calm": ("", 0)}
    best = float("-inf")
    for plan in itertools.product((None, 2028, 2030), repeat=2):
        ready = dict(zip(("tw", "jp"), plan, strict=True))
        total = -2 * 3 * (d["tw"] + d["jp"]) * 8760 * 100 / 1e9
        for i, t in ready.items():
            total -= 0.0 if t is None else d["fixed"] + 0.5 * d["cost"] / 100 * d[i]
        for s, chance in chances.items():
            for t in (2026, 2028, 2030):
                for i in ("tw", "jp"):
                    begun, ends = hits[s][1], d["months"]
                    hardened = ready[i] is not None and ready[i] <= t  # type: ignore[operator]
                    ends *= d["ratio"] if hardened else 1.0
                    out = min(24.0, max(0.0, ends - 12 * (t - begun))) if i == hits[s][0] else 0.0
                    out = out if t >= begun else 0.0
                    sold = 0.012 * d[i] * (1 - d["loss"] / 100 * out / 24)
                    total += chance * 2 * sold * (d["price"] - 1000) / 1000
        best = max(best, total)
    return best


@pytest.mark.parametrize("seed", range(15))
def test_enumeration_agrees(seed: int) -> None:
    """Demand exceeds all that runs, so a site is hardened whole or not at all."""
    d = draw(seed)
    case = shaky(
        {
            "demand.wafers_mn": {("US|N2", 2026): 5, ("US|N16", 2026): 0},
            "price.price_usd_per_wafer": {("N2", 2026): d["price"]},
            "existing.capacity_kwpm": {("tw_a|N2", 2026): d["tw"], ("jp_a|N2", 2026): d["jp"]},
            "site.room_modules": {"tw_a": 0, "jp_a": 0, "us_a": 0},
            "event.capacity_loss_pct": {"quake": d["loss"], "other": d["loss"]},
            "event.outage_months": {"quake": d["months"], "other": d["months"]},
            "hardening.outage_ratio": {"quake": d["ratio"], "other": d["ratio"]},
            "hardening.cost_pct": {"firm": d["cost"]},
            "future.probability_pct": {
                "calm": 100 - d["early"] - d["late"], "early": d["early"], "late": d["late"],
            },
        },
        d["fixed"],
    )  # fmt: skip
    futures = {"calm": {"events": ""}, "early": {"events": "quake@2028"},
               "late": {"events": "other@2030"}}  # fmt: skip
    case = replace(case, registers={**case.registers, "futures": futures})
    assert value(case) == pytest.approx(by_hand(d), rel=1e-7, abs=1e-7)


def test_check_sees_capacity_hardened_for_nothing() -> None:
    plan = solve_case(shaky(), gap=0.0)
    for family, rule in (("harden", "site"), ("braced", "added"), ("cap", "capacity")):
        gone = {**plan.variables, family: plan.variables[family].head(0)}
        found = verify(replace(plan, variables=gone), shaky())
        assert f"hardening.{rule}" in {issue.where.partition("[")[0] for issue in found}


def test_on_in_the_rich_case_never_worth_less() -> None:
    off = rich(concepts={"hardening": {"on": False}})
    assert value(rich()) >= value(off) - 1e-7
