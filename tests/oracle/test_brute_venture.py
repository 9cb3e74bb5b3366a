"""Modules owned alone or shared with partners, against enumeration by plain arithmetic."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from planner.core.case import Case
from planner.solve.optimise import solve_case
from tests.tiny import tiny

PERIODS, END, W = (2026, 2028, 2030), 2032, 0.012
COLUMNS = [(o, t) for o in ("greenfield", "joint venture") for t in PERIODS[:2]]


def draw(seed: int) -> dict[str, float]:
    """Random numbers of one case."""
    r = random.Random(seed)
    ranges = {
        "price": (3000, 9000), "demand": (0.1, 0.6), "rate": (4, 25), "asked": (0, 12),
        "tools": (60, 200), "shell": (10, 60), "share": (50, 90), "aid": (0, 50),
        "premium": (0, 30), "transfer": (35, 100), "upkeep": (0, 5), "tax": (0, 30),
        "extra": (0, 30), "decay": (10, 60), "power": (0, 120), "fixed": (0, 0.4),
    }  # fmt: skip
    return {name: r.uniform(*limits) for name, limits in ranges.items()}


def as_case(d: dict[str, float]) -> Case:
    facts: dict[str, dict[Any, float]] = {
        "price.price_usd_per_wafer": {("N2", 2026): d["price"]},
        "demand.wafers_mn": {("US|N2", 2026): d["demand"], ("US|N16", 2026): 0},
        "finance.discount_rate_pct": {"firm": d["rate"]},
        "country.tax_rate_pct": {("JP", 2026): d["tax"]},
        "country.overseas_premium_pct": {"JP": d["extra"]},
        "country.premium_decay_pct": {"JP": d["decay"]},
        "product.equipment_usd_mn_per_kwpm": {"N2": d["tools"]},
        "product.building_usd_mn_per_kwpm": {"N2": d["shell"]},
        "product.maintenance_pct": {"N2": d["upkeep"]},
        "site.electricity_usd_per_mwh": {"jp_a": d["power"]},
        "site.site_cost_usd_bn": {"jp_a": d["fixed"]},
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 2},
        "venture.share_pct": {"club": d["share"]},
        "venture.aid_pct": {"club": d["aid"]},
        "venture.premium_pct": {"club": d["premium"]},
        "venture.transfer_pct": {"club": d["transfer"]},
        "venture.partner_rate_pct": {"club": d["asked"]},
        "venture.modules_most": {"club": 2},
    }
    rows = {
        "sites": {"jp_a": {"products": "N2"}},
        "ventures": {"club": {"sites": "jp_a"}},
    }
    return tiny(facts, rows, concepts={"joint_venture": {"on": True}})


def worth(  # noqa: C901, PLR0912 - one formula after another
    d: dict[str, float], counts: tuple[int, ...]
) -> float | None:
    """Value of a choice to the firm, None when partners or land do not allow it."""
    if sum(counts) > 2:
        return None
    q, asked, keep = 1 + d["rate"] / 100, 1 + d["asked"] / 100, 1 - d["tax"] / 100
    df = lambda year: q ** -(year - 2026)  # noqa: E731
    over = {t: (df(t + 0.5) + df(t + 1.5)) / 2 for t in PERIODS}
    theirs = 1 - d["share"] / 100
    paying = theirs * (1 - d["aid"] / 100) * (1 + d["premium"] / 100)
    upkeep = d["tools"] / 1000 * d["upkeep"] / 100 + 8760 * d["power"] / 1e9
    total, partner = 0.0, 0.0
    cap = dict.fromkeys(PERIODS, 0.0)
    begun = [t for (_, t), n in zip(COLUMNS, counts, strict=True) if n]
    if begun:
        total -= d["fixed"] * df(min(begun))
    for (option, t), n in zip(COLUMNS, counts, strict=True):
        shared, service = option == "joint venture", t + 2
        for unit, life, books in ((d["tools"], 10, 5), (d["shell"], 20, 20)):
            paid = n * 20 * unit / 1000
            rest, r = life - (END - service), q - 1
            left = paid * (1 - q**-rest) / (1 - q**-life) if r else paid * rest / life
            part = paying if shared else 0.0
            total += -paid * (1 - part) * df(t + 1)
            total += left * (1 - theirs * shared) * df(END)
            partner += shared * (theirs * left * asked**-6 - paid * part * asked ** -(t + 1 - 2026))
            for p in PERIODS:
                gone = max(0.0, min(service + books, p + 2) - max(service, p)) / books
                total += paid * (1 - part) * gone * (1 - keep) * over[p]
        for p in (p for p in PERIODS if p >= service):
            cap[p] += 20 * n
            extra = d["extra"] / 100 * (1 - d["decay"] / 100) ** (p - service)
            running = upkeep * (1 + extra)
            total -= 2 * 20 * n * running * keep * over[p]
            if shared:
                margin = W * (d["transfer"] / 100 * d["price"] - 1000) / 1000 - running
                total -= theirs * 2 * 20 * n * margin * keep * over[p]
                partner += theirs * 2 * 20 * n * margin * asked ** -(p + 1 - 2026)
    if partner < -1e-9:
        return None
    for t in PERIODS:
        sold = min(W * cap[t], d["demand"])
        total += sold * (d["price"] - 1000) / 1000 * 2 * keep * over[t]
    return total


@pytest.mark.parametrize("block", range(6))
def test_enumeration_agrees(block: int) -> None:
    """Ten random cases a block, 60 in all; the solver may stretch rows by 1e-7 each."""
    for seed in range(10 * block, 10 * block + 10):
        d = draw(seed)
        choices = itertools.product(range(3), repeat=len(COLUMNS))
        values = [v for c in choices if (v := worth(d, c)) is not None]
        plan = solve_case(as_case(d))
        assert plan.info.objective == pytest.approx(max(values), rel=1e-7, abs=1e-6), f"seed {seed}"


def test_the_draws_share_and_own() -> None:
    plans = [solve_case(as_case(draw(seed))) for seed in range(60)]
    for option in ("greenfield", "joint venture"):
        assert sum(any(o == option for _, _, o, _ in p.values("modules")) for p in plans) >= 5
