"""One table for all money: currencies and price years, `data/money.csv`.

    value [USD of PRICE_YEAR] = value [CUR of y] x rate(CUR, y) x prices(PRICE_YEAR) / prices(y)
A fact may be written as its source has it (`JPY bn`, prices of 2022) where the dictionary says USD;
it is converted here, once, at the average rate of its year and by US consumer prices. A world
without the table has one currency and one price year of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from planner.core.errors import Issue, did_you_mean
from planner.inputs.files import parse_number, read_table

PRICE_YEAR = 2025
DOLLAR = "USD"
PRICES = "prices"
COLUMNS = ("series", "period", "value", "low", "high", "unit", "source", "grade", "note")


class UnknownMoneyError(ValueError):
    """A currency or year the table does not have, in words."""


@dataclass(frozen=True)
class Money:
    """Dollars for a unit of each currency, and the level of prices, by year."""

    rates: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    prices: Mapping[int, float] = field(default_factory=dict)

    def factor(self, unit: str, wanted: str, price_year: str) -> float | None:
        """What a number in `unit` is multiplied by to be in `wanted`; None when no money fits.

        Raises UnknownMoneyError for a year or currency that the table lacks.
        """
        currency = self._currency(unit, wanted)
        if currency is None:
            return None
        year = int(price_year) if price_year.isdigit() else None
        if year is None or not self.prices:
            if currency != DOLLAR:
                text = f"'{unit}' needs the year of its prices"
                raise UnknownMoneyError(text)
            return 1.0
        return self._rate(currency, year) * self._lift(year)

    def _currency(self, unit: str, wanted: str) -> str | None:
        """The currency of a unit that differs from the wanted one in it alone."""
        if unit == wanted:
            return DOLLAR
        if DOLLAR not in wanted.split("/")[0]:
            return None
        for currency in self.rates:
            if unit == wanted.replace(DOLLAR, currency, 1):
                return currency
        return None

    def _rate(self, currency: str, year: int) -> float:
        if currency == DOLLAR:
            return 1.0
        rates = self.rates[currency]
        if year not in rates:
            text = f"no rate of {currency} for {year}; there are {min(rates)} to {max(rates)}"
            raise UnknownMoneyError(text)
        return rates[year]

    def _lift(self, year: int) -> float:
        """Prices of PRICE_YEAR over those of a year; years after the last known count as it."""
        last = max(self.prices)
        if year not in self.prices and year < last:
            text = f"no price level for {year}; there are {min(self.prices)} to {last}"
            raise UnknownMoneyError(text)
        return self.prices[PRICE_YEAR] / self.prices[min(year, last)]


def read_money(root: Path, sources: Mapping[str, object], issues: list[Issue]) -> Money:
    """The table of a data folder; an empty one where there is none."""
    path, where = root / "money.csv", "data/money.csv"
    if not path.exists():
        return Money()
    rates: dict[str, dict[int, float]] = {}
    prices: dict[int, float] = {}
    for line, row in read_table(path, where, COLUMNS, issues).rows:
        at, series, period = f"{where}:{line}", row.get("series", ""), row.get("period", "")
        value = parse_number(row.get("value", ""))
        if value is None or value <= 0 or not period.isdigit():
            text = f"'{period}' must be a year and '{row.get('value', '')}' a number above 0"
            issues.append(Issue("error", "E113", at, "value", text))
        elif series == PRICES:
            prices[int(period)] = value
        elif row.get("unit", "") not in (f"USD/{series}", f"{series}/USD"):
            text = f"unit '{row.get('unit', '')}' of {series}"
            hint = f"Allowed: USD/{series} or {series}/USD."
            issues.append(Issue("error", "E126", at, "unit", text, hint))
        else:
            per_dollar = row["unit"].endswith(f"/{DOLLAR}")
            rates.setdefault(series, {})[int(period)] = 1 / value if per_dollar else value
        name = row.get("source", "")
        if name not in sources:
            text = f"unknown source '{name}'"
            issues.append(Issue("error", "E116", at, "source", text, did_you_mean(name, sources)))
    if prices and PRICE_YEAR not in prices:
        text = f"no price level for {PRICE_YEAR}, the year all money is in"
        issues.append(Issue("error", "E130", where, PRICES, text))
        return Money()
    return Money(rates, prices)
