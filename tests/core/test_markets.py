"""Which country lies in which market: by its name, or by the register's list."""

from __future__ import annotations

import planner
from planner.core import markets
from tests.tiny import tiny


def test_a_country_lies_in_the_market_of_its_name() -> None:
    case = tiny()
    assert markets.holds(case, "US", "US")
    assert not markets.holds(case, "US", "JP")


def test_the_register_puts_countries_into_markets_of_another_name() -> None:
    case = planner.load("base")
    inside = {(m, c) for m in case.ids("markets") for c in case.ids("countries")
              if markets.holds(case, m, c)}  # fmt: skip
    assert inside == {("US", "US"), ("JP", "JP"), ("EU", "DE"), ("AS", "TW")}
