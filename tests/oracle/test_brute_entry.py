"""Fabs bought and refitted beside modules at home, against enumeration by plain arithmetic."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from planner.core.case import Case
from planner.solve.optimise import solve_case
from tests.tiny import tiny

PERIODS, END, W = (2026, 2028, 2030), 2032, 0.012


def draw(seed: int) -> dict[str, Any]:
    """Random numbers of one case."""
    r = random.Random(seed)
    return {
        "price": {"N2": r.uniform(6000, 16000), "N16": r.uniform(1500, 6000)},
        "demand": {"N2": r.uniform(0, 0.4), "N16": r.uniform(0, 0.4)},
        "rate": r.uniform(1, 12),
        "size": r.uniform(5, 30),
        "cost": r.uniform(0, 2),
        "lead": r.choice([0.5, 1.0, 1.5, 2.0]),
        "extra": r.uniform(0, 0.2),
        "refit": r.uniform(1, 40),
        "refit_lead": r.choice([1.0, 1.5, 2.0]),
        "keeps": r.uniform(40, 100),
        "ramp": [r.uniform(20, 60), 100.0],
        "tools": r.uniform(50, 250),
        "tax": r.uniform(0, 30),
    }


def as_case(d: dict[str, Any]) -> Case:
    facts: dict[str, dict[Any, float]] = {
        "price.price_usd_per_wafer": {(k, 2026): p for k, p in d["price"].items()},
        "demand.wafers_mn": {(f"US|{k}", 2026): x for k, x in d["demand"].items()},
        "finance.discount_rate_pct": {"firm": d["rate"]},
        "country.tax_rate_pct": {("JP", 2026): d["tax"], ("TW", 2026): d["tax"]},
        "product.equipment_usd_mn_per_kwpm": {"N2": d["tools"]},
        "site.room_modules": {"tw_a": 1, "us_a": 0, "jp_a": 0},
        "site.electricity_usd_per_mwh": {"tw_a": 0, "jp_a": 0},
        "ramp.share_pct": {f"{k}|{n}": x for k in ("N2", "N16") for n, x in enumerate(d["ramp"])},
        "target.capacity_kwpm": {"line": d["size"]},
        "target.price_usd_bn": {"line": d["cost"]},
        "target.lead_years": {"line": d["lead"]},
        "target.integration_usd_bn": {"line": d["extra"]},
        "target.refit_usd_mn_per_kwpm": {"line": d["refit"]},
        "target.refit_lead_years": {"line": d["refit_lead"]},
        "target.refit_keeps_pct": {"line": d["keeps"]},
    }
    rows = {
        "sites": {"tw_a": {"products": "N2"}},
        "targets": {"line": {"site": "jp_a", "product": "N16", "ceiling": "N2"}},
    }
    return tiny(facts, rows, concepts={"acquisition": {"on": True}})


def running(d: dict[str, Any], service: float, t: int) -> float:
    """Mean usable share in the period from t, by small steps of a twentieth of a year."""
    steps = [t + (n + 0.5) / 20 for n in range(40)]
    ages = [y - service for y in steps]
    return sum(0.0 if a < 0 else d["ramp"][min(int(a), 1)] / 100 for a in ages) / len(ages)


def left(d: dict[str, Any], life: float, service: float) -> float:
    q = d["rate"] / 100
    rest = max(0.0, life - (END - service))
    return (1 - (1 + q) ** -rest) / (1 - (1 + q) ** -life)


def worth(  # noqa: C901, PLR0912 - one formula after another
    d: dict[str, Any], buy: int | None, refit: int | None, begun: int | None
) -> float | None:
    """Value of a choice, None when it is not allowed."""
    q = 1 + d["rate"] / 100
    df = lambda year: q ** -(year - PERIODS[0])  # noqa: E731
    over = {t: (df(t + 0.5) + df(t + 1.5)) / 2 for t in PERIODS}
    keep = 1 - d["tax"] / 100
    cap = {(k, t): 0.0 for k in ("N2", "N16") for t in PERIODS}
    total = 0.0

    def write_off(amount: float, life: float, service: float) -> float:
        found = 0.0
        for t in PERIODS:
            share = max(0.0, min(service + life, t + 2) - max(service, t)) / life
            found += amount * share * d["tax"] / 100 * over[t]
        return found

    if buy is not None:
        closing = buy + d["lead"]
        total += -(d["cost"] + d["extra"]) * df(closing) + d["cost"] * left(d, 10, closing) * df(
            END
        )
        for t in PERIODS:
            cap["N16", t] += d["size"] * max(0.0, min(1.0, (t + 2 - closing) / 2))
    if refit is not None:
        if buy is None or buy + d["lead"] > refit:
            return None
        paid = d["size"] * d["refit"] / 1000 * 4
        service = refit + d["refit_lead"]
        total += -paid * df((refit + service) / 2) + paid * left(d, 10, service) * df(END)
        total += write_off(paid, 5, service)
        for t in PERIODS:
            cap["N16", t] -= d["size"] * (t >= refit)
            cap["N2", t] += d["size"] * d["keeps"] / 100 * running(d, service, t)
    if begun is not None:
        service = begun + 2
        for paid, life, books in ((20 * d["tools"] / 1000, 10, 5), (0.4, 20, 20)):
            total += -paid * df(begun + 1) + paid * left(d, life, service) * df(END)
            total += write_off(paid, books, service)
        for t in PERIODS:
            cap["N2", t] += 20 * running(d, service, t)
    for (k, t), kwpm in cap.items():
        margin = d["price"][k] - (1000 if k == "N2" else 500)
        total += min(W * kwpm, d["demand"][k]) * margin / 1000 * 2 * keep * over[t]
    return total


@pytest.mark.parametrize("block", range(6))
def test_enumeration_agrees(block: int) -> None:
    """Ten random cases a block, 60 in all; most of them buy, many refit."""
    for seed in range(10 * block, 10 * block + 10):
        d = draw(seed)
        choices = itertools.product((None, *PERIODS), (None, *PERIODS), (None, *PERIODS[:2]))
        values = [v for c in choices if (v := worth(d, *c)) is not None]
        plan = solve_case(as_case(d))
        assert plan.info.objective == pytest.approx(max(values), rel=1e-7, abs=1e-7), f"seed {seed}"


def test_the_draws_exercise_every_choice() -> None:
    plans = [solve_case(as_case(draw(seed))) for seed in range(60)]
    for family in ("buy", "refit", "modules"):
        count = sum(bool(plan.values(family)) for plan in plans)
        assert 5 <= count <= 60, family
