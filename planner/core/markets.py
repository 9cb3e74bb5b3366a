"""Which countries a market holds: goods made there cross no border on their way to its buyers."""

from __future__ import annotations

from planner.core.case import Case, CaseView


def holds(case: Case | CaseView, market: str, country: str) -> bool:
    """Whether a country lies in a market: by the register's list, else by carrying its name."""
    return country == market or country in case.items("markets", market, "countries")
