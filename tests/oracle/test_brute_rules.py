"""Limits, agreements and price floors on random cases, against enumeration by plain arithmetic.

Every choice of begin years is valued by hand with the rule written out once more; the enumeration
asks no linear programme. A case no plan can satisfy must be told as infeasible.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.solve.optimise import solve_case
from tests.oracle.test_brute_force import PERIODS, SITES, YEARS, W, as_case, draw, left
from tests.tiny import tiny

Numbers = Mapping[str, Any]
Begun = Mapping[str, tuple[int, int] | None]
"""Site -> years its land is prepared and its module begun; None = left alone."""
Sold = Callable[[float, float, int], tuple[float, float]]
"""What is sold and what fines cost, given wafers makable at home, abroad, and the period."""


def numbers(seed: int) -> dict[str, Any]:
    return {**draw(seed), "standing": random.Random(seed).choice([10.0, 20.0, 30.0])}


def with_rules(d: Numbers, concepts: Mapping[str, Any]) -> Case:
    made = as_case(dict(d))
    fields = made.scenario.model_dump()
    fields["concepts"] = {**fields["concepts"], **concepts}
    return made.replace(scenario=made.scenario.model_validate(fields))


def capacity(d: Numbers, begun: Begun, t: int) -> dict[str, float]:
    cap = {i: 20.0 if b is not None and b[1] + 2 <= t else 0.0 for i, b in begun.items()}
    cap["tw_a"] += d["standing"]
    return cap


def value(d: Numbers, begun: Begun, price: float, sold: Sold) -> float:
    """Objective of one choice: outlay, aid, upkeep, sales and tail, one after another."""
    q = 1 + d["rate"] / 100
    over = {t: (q ** -(t + 0.5 - 2026) + q ** -(t + 1.5 - 2026)) / 2 for t in PERIODS}
    sure = 0.0
    for i, dates in begun.items():
        if dates is None:
            continue
        ready, t = dates
        tools, shell = 20 * d["equipment"] / 1000, 20 * d["building"] * d["mult"][i] / 1000
        kept = tools * left(d, 10, t + 2) + shell * left(d, 20, t + 2)
        sure += kept * q ** -(2032 - 2026) - (tools + shell) * q ** -(t + 1 - 2026)
        if i != "tw_a":
            sure -= d["fixed"][i] * q ** -(ready - 2026)
        if i == "jp_a":
            sure += min(d["aid"] / 100 * (tools + shell), d["budget"]) * q ** -(t + 1 - 2026)
    worth = {"calm": 0.0, "war": 0.0}
    for t in PERIODS:
        cap = capacity(d, begun, t)
        for i, kwpm in cap.items():
            unit = d["equipment"] / 1000 * d["upkeep"] / 100 + 8760 * d["power"][i] / 1e9
            sure -= kwpm * unit * YEARS * over[t]
        for s in worth:
            lost = d["loss"] / 100 if s == "war" and t == 2028 else 0.0
            home, abroad = W * cap["tw_a"] * (1 - lost), W * (cap["us_a"] + cap["jp_a"])
            wafers, fines = sold(home, abroad, t)
            margin = wafers * (price - d["materials"]) / 1000 - fines
            worth[s] += margin * YEARS * over[t]
    chance = {"calm": 1 - d["chance"] / 100, "war": d["chance"] / 100}
    mean = sum(chance[s] * worth[s] for s in worth)
    worst, other = sorted(worth, key=lambda s: worth[s])
    first = min(0.1, chance[worst])
    tail = (first * worth[worst] + (0.1 - first) * worth[other]) / 0.1
    return float(sure + mean - d["omega"] * (mean - tail))


def plans() -> list[Begun]:
    """At home land stands ready; abroad it may be prepared a period before building begins."""
    home = (None, (2026, 2026), (2028, 2028))
    choices = itertools.product(home, *[(*home, (2026, 2028))] * 2)
    return [dict(zip(SITES, plan, strict=True)) for plan in choices]


def plainly(d: Numbers) -> Sold:
    return lambda home, abroad, _: (min(home + abroad, d["demand"]), 0.0)


def agrees(case: Case, values: list[float], seed: int) -> None:
    """The solver's optimum is the best of the enumerated values, or there is none."""
    best = max(values, default=-math.inf)
    if best == -math.inf:
        with pytest.raises(Infeasible):
            solve_case(case)
        return
    assert solve_case(case).info.objective == pytest.approx(best, rel=1e-7, abs=1e-7), seed


def allowed(d: Numbers, begun: Begun, asked: tuple[float, float, float, float]) -> bool:
    """Home anchor [%], least in Japan [kwpm], most in the US [kwpm], outlay [USD bn/year]."""
    anchor, least, most, spend = asked
    for t in PERIODS:
        cap, outlay = capacity(d, begun, t), 0.0
        for i, dates in begun.items():
            if dates and dates[1] == t:
                outlay += 20 * (d["equipment"] + d["building"] * d["mult"][i]) / 1000
            if dates and dates[0] == t and i != "tw_a":
                outlay += d["fixed"][i]
        if cap["tw_a"] < anchor / 100 * sum(cap.values()) - 1e-9 or cap["us_a"] > most:
            return False
        if (t >= 2030 and cap["jp_a"] < least) or outlay > YEARS * spend + 1e-9:
            return False
    return True


def rationed(d: Numbers, share: float, fine: float) -> Sold:
    """Sales under a share of origin from 2028: cut to what it lets in, or fined."""
    unit = (d["price"] - d["materials"]) / 1000

    def sold(home: float, abroad: float, t: int) -> tuple[float, float]:
        whole = min(home + abroad, d["demand"])
        if t < 2028:
            return whole, 0.0
        kept = min(whole, abroad / share)
        if not fine:
            return kept, 0.0
        missing = max(0.0, share * whole - min(abroad, whole))
        bought = whole, fine * missing / 1000
        return max((kept, 0.0), bought, key=lambda pair: pair[0] * unit - pair[1])

    return sold


BLOCKS = pytest.mark.parametrize("seeds", [range(n, n + 10) for n in range(0, 40, 10)])


@BLOCKS
def test_limits(seeds: range) -> None:
    """A home anchor, a cap and a floor abroad, and what may be spent in a period."""
    for seed in seeds:
        d, r = numbers(seed), random.Random(1000 + seed)
        anchor, least = r.choice([0, 40, 55, 75]), r.choice([0, 0, 20])
        most, spend = r.choice([0, 20, 100]), r.choice([1.5, 3.0, 50.0])
        limits = {
            "home_share_pct": anchor,
            "capex_usd_bn_per_year": spend,
            "places": [
                {"where": "JP", "least_kwpm": least, "since": 2030},
                {"where": "us_a", "most_kwpm": most},
            ],
        }

        asked = anchor, least, most, spend
        found = [value(d, b, d["price"], plainly(d)) for b in plans() if allowed(d, b, asked)]
        agrees(with_rules(d, {"limits": limits}), found, seed)


@BLOCKS
def test_agreements(seeds: range) -> None:
    """A share of origin, kept in every state or bought off with a fine."""
    for seed in seeds:
        d, r = numbers(seed), random.Random(2000 + seed)
        share, fine = r.choice([0.2, 0.45, 0.7]), r.choice([0.0, 300.0, 2500.0])
        floor = {
            "market": "US", "origins": ["US", "JP"], "start_year": 2028, "end_year": 2028,
            "end_pct": 100 * share, "mode": "penalty" if fine else "hard",
            "fine_usd_per_wafer": fine,
        }  # fmt: skip

        found = [value(d, b, d["price"], rationed(d, share, fine)) for b in plans()]
        agrees(with_rules(d, {"agreements": {"floors": [floor]}}), found, seed)


@BLOCKS
def test_price_floors(seeds: range) -> None:
    """A floor at full cost and a profit: the price rises to it, demand falls with it."""
    for seed in seeds:
        d, r = numbers(seed), random.Random(3000 + seed)
        margin, elasticity = r.uniform(0, 150), r.choice([0.0, 0.5, 1.5])
        rule = {"market": "US", "origins": ["JP"], "margin_pct": margin, "elasticity": elasticity}
        case = with_rules(
            d,
            {
                "fair_value": {"floors": [rule]},
                "talent": {"on": False},
                "cocreation": {"on": False},
            },
        )
        wage = tiny({"pool.wage_usd_thousand": {"jp|technician": 60, "jp|engineer": 100}})
        pay = [f for f in wage.facts if f.parameter == "wage_usd_thousand"]
        case = case.replace(facts=(*case.facts, *pay))

        q = d["rate"] / 100
        even = {n: (1 - (1 + q) ** -n) / q for n in (10, 20)}
        yearly = d["equipment"] / even[10] + d["building"] * d["mult"]["jp_a"] / even[20]
        yearly += d["equipment"] * d["upkeep"] / 100 + 50 * (60 + 100) / 1000
        yearly += 8760 * d["power"]["jp_a"] / 1e6
        price = max(d["price"], (1 + margin / 100) * (yearly / W + d["materials"]))
        fewer = {**d, "demand": d["demand"] * (price / d["price"]) ** -elasticity}
        found = [value(d, b, price, plainly(fewer)) for b in plans()]
        agrees(case, found, seed)
