"""Loans, guarantees, training aid, land and shared pots by hand.

One N16 module in Kumamoto: outlay USD 1.2 bn, site 0.5, 2,000 people. Nothing is discounted.
"""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.case import Case
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from tests.tiny import tiny

FACTS: dict[str, dict[Any, float]] = {
    "demand.wafers_mn": {("US|N2", 2026): 0, ("US|N16", 2026): 0.24},
    "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
    "country.aid_cumulation_pct": {"TW": 100, "US": 100, "JP": 100},
    "programme.rate_pct": {"jp": 35},
    "programme.payment_lag_years": {"jp": 0},
}
ROWS = {"programmes": {"jp": {"country": "JP", "instrument": "grant", "covers": "fab"}}}
PIN = {"pin": [{"site": "jp_a", "product": "N16", "by": 2026}]}


def case(
    kind: str, facts: dict[str, float], more: dict[str, Any] | None = None, **row: str
) -> Case:
    numbers = {**FACTS, **{f"instrument.{k}": {"it": v} for k, v in facts.items()}, **(more or {})}
    here = {"country": "JP", "instrument": kind, "covers": "fab", **row}
    return tiny(
        numbers,
        {**ROWS, "instruments": {"it": here}},
        sites=PIN,
        concepts={"support": {"on": True}},
    )


def gain(asked: Case) -> float:
    """Value against the case with support switched off."""
    off = asked.replace(scenario=asked.scenario.with_(concepts={"support": {"on": False}}))
    return solve_case(asked).info.objective - solve_case(off).info.objective


LOAN = {"share_pct": 50.0, "rate_pct": 2.0, "market_rate_pct": 4.0, "tenor_years": 10.0}
WORTH = 1 - ((1 - 1.04**-10) / 0.04) / ((1 - 1.02**-10) / 0.02)
"""Interest saved on a dollar lent at 2 % instead of 4 %, repaid evenly over ten years."""


def test_a_loan_is_worth_the_interest_it_saves() -> None:
    """Half of 1.2 is 0.6 lent; each dollar saves 9.7 cents."""
    assert pytest.approx(0.09704, abs=1e-5) == WORTH
    assert gain(case("loan", LOAN)) == pytest.approx(0.6 * WORTH, abs=1e-9)
    assert gain(case("guarantee", LOAN)) == pytest.approx(0.6 * WORTH, abs=1e-9)


def test_a_loan_at_the_market_rate_is_worth_nothing() -> None:
    assert gain(case("loan", LOAN | {"rate_pct": 4.0})) == pytest.approx(0, abs=1e-12)
    assert gain(case("loan", LOAN | {"rate_pct": 6.0})) == pytest.approx(0, abs=1e-12)


def test_a_budget_binds() -> None:
    asked = case("loan", LOAN | {"budget_usd_bn": 0.1})
    assert gain(asked) == pytest.approx(0.1 * WORTH, abs=1e-9)


def test_land_pays_for_the_site_once() -> None:
    assert gain(case("land", {"share_pct": 40})) == pytest.approx(0.4 * 0.5, abs=1e-9)


def test_training_pays_for_heads() -> None:
    """2,000 people at 50 thousand: 0.1, half of it."""
    asked = case("training", {"share_pct": 50, "cost_usd_thousand_per_head": 50})
    assert gain(asked) == pytest.approx(0.05, abs=1e-9)


def test_all_aid_together_is_limited() -> None:
    """Grant 0.42 and land 0.5 are 0.92; 40 % of 1.7 is 0.68, so 0.26 of the land is left.

    Alone the grant keeps its own limit: 40 % of the outlay of 1.2 is 0.48.
    """
    theta = {"country.aid_cumulation_pct": {"TW": 0, "US": 0, "JP": 40}}
    assert gain(case("land", {"share_pct": 100}, theta)) == pytest.approx(0.26, abs=1e-9)


def test_elsewhere_it_is_not_on_offer() -> None:
    assert gain(case("land", {"share_pct": 40}, country="US")) == pytest.approx(0, abs=1e-12)
    assert gain(case("land", {"share_pct": 40}, regions="JP-01")) == pytest.approx(0, abs=1e-12)
    assert gain(case("loan", LOAN, products="N2")) == pytest.approx(0, abs=1e-12)


def test_off_is_the_programme_without_its_data() -> None:
    asked = case("loan", LOAN)
    off = asked.replace(scenario=asked.scenario.with_(concepts={}))
    bare = build_model(tiny(FACTS, ROWS, sites=PIN)).model
    assert list(build_model(off).model.lp_lines()) == list(bare.lp_lines())


# ------------------------------------------------------------------ budgets
def shared(claim: float, scale: float = 1.0, on: bool = True) -> float:
    """Value when rivals claim so much of a pot of 1.0 that also pays another programme."""
    numbers = {**FACTS, "pot.total_usd_bn": {"pot": 1.0}, "claim.amount_usd_bn": {"rival": claim}}
    rows = {
        **ROWS,
        "pots": {"pot": {"country": "JP", "programmes": "jp;other"}},
        "claims": {"rival": {"pot": "pot"}},
    }
    chosen = {"budgets": {"on": on, "rivals_scale": scale}}
    return solve_case(tiny(numbers, rows, sites=PIN, concepts=chosen)).info.objective


def test_rivals_lower_what_is_left() -> None:
    """The grant is 0.42; a claim of 0.5 leaves 0.5, one of 0.8 leaves 0.2, one of 3 nothing."""
    free = shared(0, on=False)
    assert shared(0.5) == pytest.approx(free, abs=1e-9)
    assert shared(0.8) == pytest.approx(free - 0.22, abs=1e-9)
    assert shared(3.0) == pytest.approx(free - 0.42, abs=1e-9)
    assert shared(0.4, 2.0) == pytest.approx(shared(0.8), abs=1e-9)
    assert shared(3.0, on=False) == pytest.approx(free, abs=1e-12)
