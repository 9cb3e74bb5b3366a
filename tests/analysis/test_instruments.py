"""The instrument comparator: the same money, what it moves, and what is really spent."""

from __future__ import annotations

import pytest

from planner.analysis.instrument_cases import NEW, Terms, with_instrument
from planner.analysis.instruments import compare_instruments
from planner.core.errors import InputError
from tests.tiny import tiny


def case():  # noqa: ANN201
    """A Japanese fab that falls USD 0.1 bn and more short of paying: no aid, no fab."""
    return tiny(
        {
            "demand.wafers_mn": {("US|N2", 2026): 0, ("US|N16", 2026): 0.24},
            "price.price_usd_per_wafer": {("N16", 2026): 1600},
            "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
            "country.aid_cumulation_pct": {"TW": 100, "US": 100, "JP": 100},
        },
        concepts={"costs": {"salvage": False}},
    )


def test_a_grant_moves_a_fab_and_is_spent_only_as_drawn() -> None:
    """Outlay 1.2 and site 0.5 against some 1.0 of margin; 80 % of 1.2 tips it, 10 % does not."""
    for rate, moved in ((80.0, 20.0), (10.0, 0.0)):
        (answer,) = compare_instruments(
            case(), "JP", 5.0, kinds=("grant",), terms=Terms(rate_pct=rate)
        )
        assert answer.moved_kwpm == pytest.approx(moved)
        assert answer.spent_usd_bn == pytest.approx(rate / 100 * 1.2 if moved else 0.0)


def test_no_money_moves_nothing() -> None:
    answers = compare_instruments(case(), "JP", 0.0, kinds=("grant", "tax_credit"))
    assert [a.moved_kwpm for a in answers] == [0.0, 0.0]


def test_a_loan_costs_interest_and_losses() -> None:
    """15 years at 3 % against 4.2 %: 8.3 cents a dollar, and 2 for losses."""
    assert Terms().loan_cost() == pytest.approx(0.1032, abs=2e-3)
    lent = with_instrument(case(), "loan", "JP", 1.0, Terms())
    assert lent.value("instrument.budget_usd_bn", NEW) == pytest.approx(1 / Terms().loan_cost())


def test_wrong_words_are_told() -> None:
    with pytest.raises(InputError, match="no host country"):
        compare_instruments(case(), "TW", 1.0)
    with pytest.raises(InputError, match="unknown instrument 'grants'"):
        with_instrument(case(), "grants", "JP", 1.0, Terms())
