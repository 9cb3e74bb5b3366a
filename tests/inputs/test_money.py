"""Money as its source has it: other currencies and price years, converted by one table."""

from __future__ import annotations

import pytest

from planner.core.case import Fact
from planner.core.errors import Issue
from planner.inputs.load import data_root
from planner.inputs.money import PRICE_YEAR, Money, UnknownMoneyError, read_money
from tests.inputs.test_bad_data import one
from tests.inputs.tree import Tree

MONEY = Money(
    {"EUR": {2020: 1.25, 2025: 1.1}, "JPY": {2022: 1 / 125}},
    {2020: 80.0, 2022: 90.0, 2025: 100.0},
)


@pytest.mark.parametrize(
    ("unit", "wanted", "year", "factor"),
    [
        ("USD bn", "USD bn", "2025", 1.0),
        ("USD bn", "USD bn", "2020", 1.25),  # 100 / 80
        ("EUR/MWh", "USD/MWh", "2025", 1.1),
        ("EUR/MWh", "USD/MWh", "2020", 1.25 * 1.25),
        ("JPY bn/year", "USD bn/year", "2022", 100 / 90 / 125),
        ("USD bn", "USD bn", "2026", 1.0),  # prices after the last known year count as it
        ("USD bn", "USD bn", "", 1.0),
        ("%", "%", "", 1.0),
    ],
)
def test_factors_by_hand(unit: str, wanted: str, year: str, factor: float) -> None:
    assert MONEY.factor(unit, wanted, year) == pytest.approx(factor)


def test_what_no_money_fits() -> None:
    assert MONEY.factor("GBP bn", "USD bn", "2025") is None
    assert MONEY.factor("MWh/EUR", "MWh/USD", "2025") is None
    assert MONEY.factor("EUR mn", "USD bn", "2025") is None, "a million is no billion"
    with pytest.raises(UnknownMoneyError, match=r"no rate of EUR for 2024; there are 2020 to 2025"):
        MONEY.factor("EUR bn", "USD bn", "2024")
    with pytest.raises(UnknownMoneyError, match="no price level for 2019"):
        MONEY.factor("USD bn", "USD bn", "2019")
    with pytest.raises(UnknownMoneyError, match="needs the year"):
        MONEY.factor("EUR bn", "USD bn", "")


def site_cost(tree: Tree) -> Fact:
    facts = tree.load().facts
    return next(f for f in facts if (f.entity, f.parameter) == ("jp_oita", "site_cost_usd_bn"))


def test_a_fact_in_yen_of_2022(tree: Tree) -> None:
    before = site_cost(tree)
    row = "jp_oita,site_cost_usd_bn,,60,30,90,JPY bn,2022,own-estimate,D,Made up\n"

    def change(text: str) -> str:
        rows = text.splitlines(keepends=True)
        return "".join(r for r in rows if not r.startswith("jp_oita,site_cost")) + row

    tree.edit("facts/site.csv", change)
    after = site_cost(tree)
    assert after.value == pytest.approx(60 / 131.4589 * 321.943 / 292.655, rel=1e-5)
    assert after.low < after.value < after.high
    assert (after.unit, after.price_year) == (before.unit, str(PRICE_YEAR))
    assert after.note.endswith("Written as 60 JPY bn in prices of 2022.")


def test_a_year_without_a_rate_is_named_by_line(tree: Tree) -> None:
    row = "jp_oita,site_cost_usd_bn,,60,30,90,JPY bn,1999,own-estimate,D,Made up\n"

    def change(text: str) -> str:
        rows = text.splitlines(keepends=True)
        return "".join(r for r in rows if not r.startswith("jp_oita,site_cost")) + row

    tree.edit("facts/site.csv", change)
    one(tree.problems(), "E134 data/facts/site.csv:", "no rate of JPY for 1999")


def test_a_broken_table_is_told(tree: Tree) -> None:
    tree.edit("money.csv", lambda s: s.replace("EUR,2015,1.1096", "EUR,2015,much", 1))
    tree.edit("money.csv", lambda s: s.replace("JPY/USD,fed-g5a-2015", "JPY,fed-g5a-15", 1))
    problems = tree.problems()
    one(problems, "E113 data/money.csv:2", "'much' a number above 0")
    one(problems, "E126 data/money.csv:13", "Allowed: USD/JPY or JPY/USD.")
    one(problems, "E116 data/money.csv:13", "Did you mean 'fed-g5a-2015'?")


def test_the_shipped_table_covers_the_last_ten_years() -> None:
    issues: list[Issue] = []
    sources = dict.fromkeys(
        line.split(",", 1)[0]
        for line in (data_root() / "sources.csv").read_text(encoding="utf-8").splitlines()
    )
    money = read_money(data_root(), sources, issues)
    assert not issues
    assert set(range(2015, 2026)) <= set(money.prices)
    for currency in ("EUR", "JPY", "TWD"):
        assert set(range(2017, 2026)) <= set(money.rates[currency])
    assert money.rates["JPY"][2025] == pytest.approx(1 / 149.5686)


def test_a_world_of_its_own_has_its_own_money() -> None:
    issues: list[Issue] = []
    assert read_money(data_root() / "history-1986", {}, issues).factor("USD bn", "USD bn", "1986")
    assert not issues
