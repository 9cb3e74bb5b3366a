"""Lots refitted, closed or kept, against enumeration by plain arithmetic."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from planner.core.case import Case
from planner.solve.optimise import solve_case
from tests.tiny import tiny

PERIODS, END, W = (2026, 2028, 2030), 2032, 0.012
CHOICES = ["keep", *((what, t) for what in ("convert", "close") for t in PERIODS)]


def draw(seed: int) -> dict[str, Any]:
    """Random numbers of one case."""
    r = random.Random(seed)
    ranges = {
        "stand": (15, 70), "old_price": (500, 2500), "new_price": (2000, 9000), "rate": (1, 14),
        "old_demand": (0, 0.5), "new_demand": (0, 0.8), "cost": (5, 120), "keeps": (50, 100),
        "cleanup": (0, 3), "resale": (0, 20), "upkeep": (0, 6), "tax": (0, 30), "power": (0, 300),
    }  # fmt: skip
    return {name: r.uniform(*limits) for name, limits in ranges.items()} | {
        "lead": r.choice([1.0, 1.5, 2.0, 2.5])
    }


def as_case(d: dict[str, Any]) -> Case:
    facts: dict[str, dict[Any, float]] = {
        "existing.capacity_kwpm": {("jp_a|N16", 2026): d["stand"]},
        "price.price_usd_per_wafer": {("N2", 2026): d["new_price"], ("N16", 2026): d["old_price"]},
        "demand.wafers_mn": {("US|N2", 2026): d["new_demand"], ("US|N16", 2026): d["old_demand"]},
        "finance.discount_rate_pct": {"firm": d["rate"]},
        "country.tax_rate_pct": {("JP", 2026): d["tax"]},
        "product.maintenance_pct": {"N2": d["upkeep"], "N16": d["upkeep"]},
        "site.electricity_usd_per_mwh": {"jp_a": d["power"]},
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 0},
        "retrofit.cost_usd_mn_per_kwpm": {"N16|N2": d["cost"]},
        "retrofit.keeps_pct": {"N16|N2": d["keeps"]},
        "retrofit.lead_years": {"N16|N2": d["lead"]},
        "closure.cleanup_usd_mn_per_kwpm": {"JP": d["cleanup"]},
        "closure.severance_years": {"JP": 0},
        "closure.resale_pct": {"JP": d["resale"]},
    }
    return tiny(facts, {}, concepts={"retrofit": {"on": True}})


def worth(d: dict[str, Any], choice: tuple[Any, ...], size: float) -> float:
    """Value of what is done with each lot."""
    q, keep = 1 + d["rate"] / 100, 1 - d["tax"] / 100
    df = lambda year: q ** -(year - 2026)  # noqa: E731
    over = {t: (df(t + 0.5) + df(t + 1.5)) / 2 for t in PERIODS}
    old, new = dict.fromkeys(PERIODS, 0.0), dict.fromkeys(PERIODS, 0.0)
    total = 0.0
    for what in choice:
        until = END if what == "keep" else what[1]
        for t in PERIODS:
            old[t] += size * (t < until)
        if what != "keep" and what[0] == "close":
            fetched = size * 0.05 * d["resale"] / 100
            total += (fetched - size * d["cleanup"] / 1000) * df(until) - fetched * df(END)
        if what != "keep" and what[0] == "convert":
            service, kwpm = until + d["lead"], size * d["keeps"] / 100
            paid, rest = kwpm * d["cost"] / 1000, 10 - (END - service)
            total += -paid * df((until + service) / 2)
            total += paid * (1 - q**-rest) / (1 - q**-10) * df(END)
            for t in PERIODS:
                new[t] += kwpm * max(0.0, min(1.0, (t + 2 - service) / 2))
                written = max(0.0, min(service + 5, t + 2) - max(service, t)) / 5
                total += paid * written * (1 - keep) * over[t]
    for t in PERIODS:
        for kwpm, k, tools, cost in ((old[t], "old", 0.05, 500), (new[t], "new", 0.1, 1000)):
            running = kwpm * (tools * d["upkeep"] / 100 + 8760 * d["power"] / 1e9)
            sold = min(W * kwpm, d[f"{k}_demand"])
            margin = max(0.0, d[f"{k}_price"] - cost) / 1000
            total += 2 * keep * over[t] * (sold * margin - running)
    return total


@pytest.mark.parametrize("block", range(6))
def test_enumeration_agrees(block: int) -> None:
    """Ten random cases a block, 60 in all; the solver may stretch rows by 1e-7 each."""
    for seed in range(10 * block, 10 * block + 10):
        d = draw(seed)
        made = as_case(d)
        count = max(1, int(d["stand"] / 20))
        options = [c for c in CHOICES if c == "keep" or c[0] == "close" or c[1] + d["lead"] < END]
        plans = itertools.combinations_with_replacement(options, count)
        best = max(worth(d, p, d["stand"] / count) for p in plans)
        assert solve_case(made).info.objective == pytest.approx(best, rel=1e-7, abs=1e-6), seed


def test_the_draws_convert_and_close() -> None:
    plans = [solve_case(as_case(draw(seed))) for seed in range(60)]
    for family in ("convert", "close"):
        assert sum(bool(plan.values(family)) for plan in plans) >= 5, family
