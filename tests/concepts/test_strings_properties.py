"""Strings for any numbers: tighter never helps, more aid never hurts; small cases enumerated."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.solve.optimise import solve_case
from tests.rich import plainer
from tests.tiny import tiny

QUICK = settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
BUSY = {
    "demand.wafers_mn": {("US|N2", 2026): 1.2, ("US|N16", 2026): 0.3},
    "lane.freight_usd_per_wafer": {"JP|US": 400},
}
percent = st.floats(0, 100).map(lambda x: round(x, 1))


def worth(facts: dict[str, Any], **scenario: Any) -> float:
    chosen = {"strings": {"on": True}, **scenario.pop("concepts", {})}
    made = plainer({**BUSY, **facts}, concepts=chosen, **scenario)
    return solve_case(made).info.objective


def pair(name: str, entity: str, a: float, b: float) -> tuple[float, float]:
    """Values with the smaller and with the larger of two numbers."""
    low, high = sorted((a, b))
    first, second = (worth({name: {entity: x}}) for x in (low, high))
    return first, second


@QUICK
@given(percent, percent)
def test_a_higher_loading_never_raises_value(a: float, b: float) -> None:
    loose, tight = pair("string.utilisation_pct", "jp_grant", a, b)
    assert tight <= loose + 1e-7


@QUICK
@given(st.floats(1, 12), st.floats(1, 12))
def test_a_longer_promise_never_raises_value(a: float, b: float) -> None:
    loose, tight = pair("string.production_years", "jp_grant", a, b)
    assert tight <= loose + 1e-7


@QUICK
@given(percent, percent)
def test_a_larger_repayment_never_raises_value(a: float, b: float) -> None:
    loose, tight = pair("string.clawback_pct", "jp_grant", a, b)
    assert tight <= loose + 1e-7


@QUICK
@given(percent, percent)
def test_a_larger_share_of_the_upside_never_raises_value(a: float, b: float) -> None:
    loose, tight = pair("string.upside_share_pct", "jp_grant", a, b)
    assert tight <= loose + 1e-7


@QUICK
@given(percent, percent)
def test_more_held_back_never_raises_value(a: float, b: float) -> None:
    loose, tight = pair("string.withheld_pct", "jp_grant", a, b)
    assert tight <= loose + 1e-7


@QUICK
@given(st.floats(0, 10), st.floats(0, 10))
def test_a_longer_guardrail_never_raises_value(a: float, b: float) -> None:
    loose, tight = pair("string.guardrail_years", "jp_grant", a, b)
    assert tight <= loose + 1e-7


@QUICK
@given(st.floats(0, 2), st.floats(0, 2))
def test_larger_claims_of_rivals_never_raise_value(a: float, b: float) -> None:
    loose, tight = pair("claim.amount_usd_bn", "jp_rival", a, b)
    assert tight <= loose + 1e-7


@QUICK
@given(st.floats(0, 60), st.floats(0, 60))
def test_more_aid_with_strings_never_lowers_value(a: float, b: float) -> None:
    less, more = pair("programme.rate_pct", "jp_grant", a, b)
    assert more >= less - 1e-7


@QUICK
@given(percent, percent)
def test_a_larger_loan_never_lowers_value(a: float, b: float) -> None:
    less, more = pair("instrument.share_pct", "jp_loan", a, b)
    assert more >= less - 1e-7


# ------------------------------------------------------------------ enumeration
PERIODS = (2026, 2028, 2030)
W, SIZE, MARGIN = 0.012, 20.0, 4500.0


def draw(seed: int) -> dict[str, float]:
    """Random numbers of one case: one Japanese module beside a fab that stands at home."""
    r = random.Random(seed)
    return {
        "demand": r.uniform(0.15, 0.45),
        "standing": r.choice([5.0, 10.0, 20.0]),
        "freight": r.choice([0.0, r.uniform(500, 2500), r.uniform(2000, 5000)]),
        "rate": r.choice([r.uniform(2, 15), r.uniform(15, 60), 100.0]),
        "years": r.choice([1, 2, 3, 10]),
        "loading": r.choice([r.uniform(10, 100), 95.0]),
        "clawback": r.choice([-1.0, r.uniform(0, 20), r.uniform(20, 100)]),
        "interest": r.choice([0.0, 5.0]),
        "lag": r.choice([0.0, 2.0]),
    }


def as_case(d: dict[str, float]) -> Case:
    facts: dict[str, dict[Any, Any]] = {
        "demand.wafers_mn": {("US|N2", 2026): 0, ("US|N16", 2026): d["demand"]},
        "existing.capacity_kwpm": {("tw_a|N16", 2026): d["standing"]},
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
        "site.site_cost_usd_bn": {"jp_a": 0},
        "site.electricity_usd_per_mwh": {"tw_a": 0, "jp_a": 0, "us_a": 0},
        "lane.freight_usd_per_wafer": {"JP|US": d["freight"]},
        "programme.rate_pct": {"jp": d["rate"]},
        "programme.payment_lag_years": {"jp": d["lag"]},
        "country.aid_cumulation_pct": {"TW": 100, "US": 100, "JP": 100},
        "string.production_years": {"jp": d["years"]},
        "string.utilisation_pct": {"jp": d["loading"]},
        "string.clawback_pct": {"jp": d["clawback"] if d["clawback"] >= 0 else None},
        "string.interest_pct": {"jp": d["interest"]},
    }
    rows = {
        "programmes": {"jp": {"country": "JP", "instrument": "grant", "covers": "fab"}},
        "sites": {i: {"products": "N16"} for i in ("tw_a", "us_a", "jp_a")},
    }
    return tiny(facts, rows, concepts={"strings": {"on": True}, "costs": {"salvage": False}})


def enumerate_plans(d: dict[str, float]) -> float:
    """Best value over begin, acceptance and breach, by hand."""
    begins = (None, 2026, 2028)
    breaches = (None, *PERIODS) if d["clawback"] >= 0 else (None,)
    return max(
        x
        for begun, taken, broken in itertools.product(begins, (False, True), breaches)
        if (x := value(d, begun, taken, broken)) is not None
    )


def value(d: dict[str, float], begun: int | None, taken: bool, broken: int | None) -> float | None:
    """Value of one plan [USD bn]; None when a promise cannot be kept."""
    total = 0.0
    if begun is not None:
        total -= 1.2
        if taken:
            grant = d["rate"] / 100 * 1.2
            total += grant
            if broken is not None:
                years = max(0.0, broken - begun - d["lag"])
                total -= grant * d["clawback"] / 100 * (1 + d["interest"] / 100) ** years
    for t in PERIODS:
        japan = W * SIZE if begun is not None and t >= begun + 2 else 0.0
        home = W * d["standing"]
        bound = japan > 0 and taken and t < (begun or 0) + 2 + d["years"]
        bound = bound and (broken is None or t < broken)
        floor = d["loading"] / 100 * japan if bound else 0.0
        if floor > d["demand"] + 1e-12:
            return None
        wanted = japan if d["freight"] < MARGIN else 0.0
        shipped = max(floor, min(wanted, max(0.0, d["demand"] - min(home, d["demand"]))))
        rest = min(home, d["demand"] - shipped)
        total += 2 * (rest * MARGIN + shipped * (MARGIN - d["freight"])) / 1000
    return total


@pytest.mark.parametrize("block", range(8))
def test_enumeration_agrees(block: int) -> None:
    """Ten random cases a block, 80 in all."""
    for seed in range(10 * block, 10 * block + 10):
        numbers = draw(seed)
        plan = solve_case(as_case(numbers))
        want = enumerate_plans(numbers)
        assert plan.info.objective == pytest.approx(want, abs=3e-6), f"seed {seed}"


def test_the_random_cases_hold_every_answer() -> None:
    """Among them: no fab, aid refused, aid taken and kept, aid taken and broken."""
    seen = set()
    for seed in range(80):
        plan = solve_case(as_case(draw(seed)))
        built, aided = bool(plan.values("modules")), bool(plan.values("grant"))
        seen.add((built, aided, bool(plan.values("repay"))))
    assert {(False, False, False), (True, False, False), (True, True, False)} <= seen
    assert (True, True, True) in seen
