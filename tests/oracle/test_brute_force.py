"""Small random cases, solved by enumerating every whole-number decision with plain arithmetic.

The enumeration knows nothing of linear programmes: it recomputes capacity, sales, costs, aid and
the tail (CVaR) from the case's numbers. 200 cases; plus plain facility location against subsets.
"""

from __future__ import annotations

import itertools
import random

import pytest

from planner.solve.optimise import solve_case
from tests.tiny import tiny

SITES = ("tw_a", "us_a", "jp_a")
COUNTRY = {"tw_a": "TW", "us_a": "US", "jp_a": "JP"}
PERIODS, YEARS = (2026, 2028, 2030), 2
W = 0.012


def draw(seed: int) -> dict[str, float | dict[str, float]]:
    """Random numbers of one case."""
    r = random.Random(seed)
    site = {
        name: {i: r.uniform(low, high) for i in SITES}
        for name, low, high in (("fixed", 0.0, 1.5), ("mult", 1.0, 3.0), ("power", 50, 200))
    }
    return {
        **site,
        "price": r.uniform(3000, 12000),
        "demand": r.uniform(0.1, 0.9),
        "equipment": r.uniform(40, 160),
        "building": r.uniform(10, 60),
        "materials": r.uniform(300, 1500),
        "upkeep": r.uniform(2, 8),
        "rate": r.uniform(0, 12),
        "aid": r.uniform(0, 40),
        "budget": r.uniform(0.05, 0.8),
        "loss": r.uniform(20, 100),
        "chance": r.uniform(5, 30),
        "omega": r.uniform(0, 0.9),
        "standing": r.choice([0.0, 10.0, 25.0]),
    }


def as_case(d: dict[str, float | dict[str, float]]):  # noqa: ANN201
    none = {("US|N16", 2026): 0}
    facts = {
        "price.price_usd_per_wafer": {("N2", 2026): d["price"]},
        "demand.wafers_mn": {("US|N2", 2026): d["demand"], **none},
        "product.equipment_usd_mn_per_kwpm": {"N2": d["equipment"]},
        "product.building_usd_mn_per_kwpm": {"N2": d["building"]},
        "product.materials_usd_per_wafer": {"N2": d["materials"]},
        "product.maintenance_pct": {"N2": d["upkeep"]},
        "country.construction_multiplier": {COUNTRY[i]: d["mult"][i] for i in SITES},
        "site.site_cost_usd_bn": {i: d["fixed"][i] for i in SITES},
        "site.room_modules": dict.fromkeys(SITES, 1),
        "site.electricity_usd_per_mwh": d["power"],
        "finance.discount_rate_pct": {"firm": d["rate"]},
        "programme.rate_pct": {"jp": d["aid"]},
        "programme.budget_usd_bn": {"jp": d["budget"]},
        "programme.payment_lag_years": {"jp": 1},
        "country.aid_cumulation_pct": {"TW": 0, "US": 100, "JP": 100},
        "event.annual_probability_pct": {"strait": 1},
        "event.capacity_loss_pct": {"strait": d["loss"]},
        "event.outage_months": {"strait": 24},
        "future.probability_pct": {"calm": 100 - d["chance"], "war": d["chance"]},
        "existing.capacity_kwpm": {("tw_a|N2", 2026): d["standing"]},
    }
    registers = {
        "sites": {i: {"products": "N2"} for i in SITES},
        "programmes": {"jp": {"country": "JP", "instrument": "grant", "covers": "fab"}},
        "events": {"strait": {"places": "TW", "persistent": "no"}},
        "futures": {"calm": {"events": ""}, "war": {"events": "strait@2028"}},
    }
    return tiny(facts, registers, concepts={"risk": {"omega": d["omega"], "alpha": 0.9}})


def enumerate_plans(d) -> float:  # noqa: ANN001
    """Best objective over every choice of begin years, by hand."""
    choices = [(None, *PERIODS[:2])] * 3  # a module begun in the last period never runs
    return max(
        value(d, dict(zip(SITES, plan, strict=True))) for plan in itertools.product(*choices)
    )


def value(d, begun) -> float:  # noqa: ANN001, C901 - one formula after another
    q = 1 + d["rate"] / 100
    df = lambda year: q ** -(year - PERIODS[0])  # noqa: E731
    over = {t: (df(t + 0.5) + df(t + 1.5)) / 2 for t in PERIODS}
    sure, outlay_jp, jp_begun = 0.0, 0.0, None
    for i, t in begun.items():
        if t is None:
            continue
        tools, shell = 20 * d["equipment"] / 1000, 20 * d["building"] * d["mult"][i] / 1000
        sure -= (tools + shell) * df(t + 1)
        sure += (tools * left(d, 10, t + 2) + shell * left(d, 20, t + 2)) * df(2032)
        if i != "tw_a":
            sure -= d["fixed"][i] * df(t)
        if i == "jp_a":
            outlay_jp, jp_begun = tools + shell, t
    if jp_begun is not None:
        sure += min(d["aid"] / 100 * outlay_jp, d["budget"]) * df(jp_begun + 1)
    worth = {"calm": 0.0, "war": 0.0}
    for t in PERIODS:
        cap = {i: 20.0 if b is not None and b + 2 <= t else 0.0 for i, b in begun.items()}
        cap["tw_a"] += d["standing"]
        for i, kwpm in cap.items():
            unit = d["equipment"] / 1000 * d["upkeep"] / 100 + 8760 * d["power"][i] / 1e9
            sure -= kwpm * unit * YEARS * over[t]
        for s in worth:
            lost = d["loss"] / 100 if s == "war" and t == 2028 else 0.0
            able = W * sum(v * (1 - lost * (i == "tw_a")) for i, v in cap.items())
            sold = min(able, d["demand"])
            worth[s] += sold * (d["price"] - d["materials"]) / 1000 * YEARS * over[t]
    chance = {"calm": 1 - d["chance"] / 100, "war": d["chance"] / 100}
    mean = sum(chance[s] * worth[s] for s in worth)
    worst = sorted(worth, key=lambda s: worth[s])
    first = min(0.1, chance[worst[0]])
    tail = (first * worth[worst[0]] + (0.1 - first) * worth[worst[1]]) / 0.1
    return sure + mean - d["omega"] * (mean - tail)


def left(d, life: float, service: float) -> float:  # noqa: ANN001
    """Share of an even annuity left in 2032."""
    interest, rest = d["rate"] / 100, life - (2032 - service)
    annuity = lambda n: (1 - (1 + interest) ** -n) / interest  # noqa: E731
    return annuity(rest) / annuity(life)


@pytest.mark.parametrize("block", range(20))
def test_enumeration_agrees(block: int) -> None:
    """Ten random cases a block, 200 in all."""
    for seed in range(10 * block, 10 * block + 10):
        numbers = draw(seed)
        plan = solve_case(as_case(numbers))
        want = enumerate_plans(numbers)
        assert plan.info.objective == pytest.approx(want, rel=1e-7, abs=1e-7), f"seed {seed}"
