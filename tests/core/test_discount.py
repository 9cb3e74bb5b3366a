"""Annuities: closed forms, and no trouble at interest so small that it vanishes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core import discount

INTEREST = st.floats(min_value=0, max_value=1, allow_subnormal=True)
YEARS = st.floats(min_value=0.01, max_value=60)


def test_annuity_by_hand() -> None:
    # 1 / 1.1 + 1 / 1.21 = 0.9090909 + 0.8264463
    assert discount.annuity(0.1, 2) == pytest.approx(1.7355372)
    assert discount.annuity(0.0, 7) == 7
    assert discount.annuity(0.1, 0) == 0


@pytest.mark.parametrize("interest", [0.0, 5e-324, 1e-300, 1e-17, 1e-13])
def test_interest_that_vanishes_leaves_an_even_share(interest: float) -> None:
    assert discount.remaining_share(interest, 10, 4) == pytest.approx(0.6)


@settings(max_examples=60, deadline=None)
@given(INTEREST, YEARS, st.floats(min_value=0, max_value=80))
def test_a_share_is_a_share_and_never_grows_with_age(
    interest: float, life: float, age: float
) -> None:
    now, later = (discount.remaining_share(interest, life, a) for a in (age, age + 1))
    assert 0 <= later <= now + 1e-9
    assert now <= 1 + 1e-9
