"""Scorecards: every number again by hand from the tables and the cash of a solved plan."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.analysis.payback import abroad, new_shares, payback
from planner.analysis.scorecards import Host, scorecards
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.optimise import solve_case
from tests.rich import BUILT_ONLY, rich

HOSTS = frozenset({"US", "JP"})


@cache
def solved() -> tuple[Plan, Case]:
    """The rich case: one new fab abroad, in Japan, and nothing that runs there today."""
    case = rich(concepts=BUILT_ONLY)
    return solve_case(case), case


def paid(plan: Plan, *items: str, country: str = "", period: int | None = None) -> float:
    """Expected amount of some lines [USD bn]."""
    rows = plan.cash[plan.cash["item"].isin(items)]
    if country:
        rows = rows[rows["country"] == country]
    if period is not None:
        rows = rows[rows["period"] == period]
    return float((rows["probability"] * rows["amount_usd_bn"]).sum())


def with_table(plan: Plan, name: str, frame: pd.DataFrame) -> Plan:
    return replace(plan, tables={**plan.tables, name: frame})


def test_the_firm() -> None:
    plan, case = solved()
    firm = scorecards(plan, case).firm
    assert firm.npv_usd_bn == plan.measures["npv_usd_bn"]
    assert firm.npv_tail_usd_bn == plan.measures["npv_tail_usd_bn"]
    modules = plan.table("modules")
    assert set(modules["country"]) == {"TW", "JP"}
    outlay = modules.loc[modules["country"] == "JP", "capex_usd_bn"].sum()
    assert firm.capex_abroad_usd_bn == pytest.approx(outlay)
    sales = paid(plan, "sales.revenue")
    costs = ["production.materials", "production.upkeep", "talent.standing", "talent.wages"]
    spent = paid(plan, *costs, "talent.premium", "talent.expats", "talent.shortage")
    spent += paid(plan, "training.wages")  # the plan has no centre: all people work in fabs
    assert firm.cash_gross_margin_pct == pytest.approx(100 * (sales + spent) / sales)


def test_payback_from_the_lines_booked_in_the_host() -> None:
    plan, case = solved()
    left_out = ["finance.tax", "finance.shield", "risk.repair", "costs.salvage_building",
                "costs.salvage_equipment"]  # fmt: skip
    items = sorted(set(plan.cash.loc[plan.cash["country"] == "JP", "item"]) - set(left_out))
    by_hand = {t: paid(plan, *items, country="JP", period=t) for t in (2026, 2028, 2030)}
    assert abroad(plan, case, HOSTS) == pytest.approx(by_hand)
    first, second = by_hand[2026], by_hand[2028]
    assert first < 0 < first + second
    expected = 2028 + 2 * -first / second
    assert scorecards(plan, case).firm.payback_year == pytest.approx(expected)


def test_capacity_that_runs_today_earns_no_payback() -> None:
    """5 of the 20 kwpm in Japan run without the plan: three quarters of the margin are new."""
    plan, _ = solved()
    case = rich(
        {"existing.capacity_kwpm": {("tw_a|N2", 2026): 20, ("jp_a|N16", 2026): 5}},
        concepts=BUILT_ONLY,
    )
    found = new_shares(plan, case)
    by_site, by_country = found.by_site, found.by_country
    assert by_site["jp_a", "N16", 2030] == by_country["JP", "N16", 2030] == pytest.approx(0.75)
    shared = ["sales.revenue", "production.materials", "production.freight", "trade.duty"]
    shared += ["quota.lowered", "emissions.carbon", "emissions.premium", "production.upkeep"]
    margin = paid(plan, *shared, country="JP", period=2030)
    less = abroad(plan, solved()[1], HOSTS)[2030] - abroad(plan, case, HOSTS)[2030]
    assert less == pytest.approx(margin / 4)
    blind = rich(
        {"existing.capacity_kwpm": {("jp_a|N16", 2026): 5}},
        concepts={"capacity": {"existing_abroad": False}},
    )
    assert new_shares(plan, blind).by_site["jp_a", "N16", 2030] == 1.0


@pytest.mark.parametrize(
    ("cash", "year"),
    [
        ({2026: -10.0, 2028: 5.0, 2030: 10.0}, 2031.0),  # 5 left at 2030, 10 come in two years
        ({2026: -10.0, 2028: 20.0, 2030: -15.0, 2032: 10.0}, 2033.0),  # under water again
        ({2026: -10.0, 2028: 5.0}, None),
        ({2026: 1.0, 2028: 2.0}, None),  # nothing to pay back
        ({}, None),
    ],
)
def test_payback_by_hand(cash: dict[int, float], year: float | None) -> None:
    assert payback(cash, 2) == year


@given(st.lists(st.integers(-50, 50), min_size=2, max_size=8), st.integers(0, 50))
def test_more_aid_never_delays_payback(amounts: list[int], aid: int) -> None:
    cash = {2026 + 2 * n: float(a) for n, a in enumerate(amounts)}
    before, after = payback(cash, 2), payback({**cash, 2026: cash[2026] + aid}, 2)
    if before is not None and after is not None:
        assert after <= before + 1e-9
    assert before is None or sum(cash.values()) >= 0


def test_home_by_year() -> None:
    plan, case = solved()
    years = scorecards(plan, case).home
    assert [y.year for y in years] == [2026, 2028, 2030]
    capacity = plan.table("capacity")
    for y in years:
        here = capacity[capacity["year"] == y.year].groupby("country")["kwpm"].sum()
        assert y.home_kwpm == pytest.approx(here["TW"])
        assert y.abroad_kwpm == pytest.approx(here.get("JP", 0.0))
        assert y.home_jobs_thousand == pytest.approx(here["TW"] * (50 + 50) / 1000)
        received = (y.royalties_usd_bn_per_year or 0) + (y.fees_usd_bn_per_year or 0)
        assert 2 * received == pytest.approx(plan.measures[f"receipts_{y.year}_usd_bn"])
    final = plan.measures["home_share_advanced_pct"]
    assert years[-1].advanced_home_share_pct == pytest.approx(final)
    assert years[-1].fees_usd_bn_per_year


def test_royalties_are_a_share_of_what_centres_bring() -> None:
    """A centre brings 0.02 over two years, half of it royalties: 0.005 a year."""
    plan, case = solved()
    line = plan.cash.iloc[[0]].assign(
        item="research.benefit", country="JP", period=2028, probability=1.0, amount_usd_bn=0.02
    )
    richer = replace(plan, cash=pd.concat([plan.cash, line], ignore_index=True))
    found = [y.royalties_usd_bn_per_year for y in scorecards(richer, case).home]
    assert found == [0.0, pytest.approx(0.005), 0.0]
    keep = tuple(f for f in case.facts if f.table != "balance")
    bare = [y.royalties_usd_bn_per_year for y in scorecards(plan, case.replace(facts=keep)).home]
    assert bare == [None, None, None]


def test_centres_at_home_give_jobs_once_open() -> None:
    plan, case = solved()
    columns = ["site", "country", "open_year", "headcount"]
    labs = pd.DataFrame([("tw_a", "TW", 2029.0, 500), ("jp_a", "JP", 2026.0, 900)], columns=columns)
    found = scorecards(with_table(plan, "research", labs), case).home
    plain = scorecards(plan, case).home
    more = [a.home_jobs_thousand - b.home_jobs_thousand for a, b in zip(found, plain, strict=True)]
    assert more == pytest.approx([0.0, 0.0, 0.5])


def host(plan: Plan, case: Case, country: str) -> Host:
    return next(h for h in scorecards(plan, case).hosts if h.country == country)


def test_each_host() -> None:
    plan, case = solved()
    assert [h.country for h in scorecards(plan, case).hosts] == ["US", "JP"]
    japan, states = host(plan, case, "JP"), host(plan, case, "US")
    assert japan.jobs_thousand == pytest.approx({"engineer": 1.0, "technician": 1.0})  # 20 * 50
    aid = float(plan.table("grants")["amount_usd_bn"].sum())
    assert aid > 0
    assert japan.subsidy_usd_bn == pytest.approx(aid)
    assert japan.subsidy_usd_mn_per_kwpm == pytest.approx(1000 * aid / 20)
    assert japan.subsidy_usd_thousand_per_job == pytest.approx(1000 * aid / 2.0)
    assert (japan.market, japan.served_pct) == ("", None)  # the case has no market in Japan
    assert (states.jobs_thousand, states.subsidy_usd_mn_per_kwpm) == ({}, None)
    assert (states.market, states.served_pct) == ("US", 0.0)


def test_local_fabs_serve_no_more_than_demand_of_their_class() -> None:
    """N16 demand 0.24 of 0.72 mn wafers; 20 kwpm make 0.24, and 40 are of no more use."""
    plan, case = solved()
    capacity = plan.table("capacity").replace({"jp_a": "us_a", "JP": "US"})
    wanted = plan.table("demand")
    wanted = wanted[wanted["year"] == 2030].set_index("product")["wafers_mn"]
    full = 100 * wanted["N16"] / wanted.sum()
    assert full == pytest.approx(100 / 3)
    for size, served in ((0.5, full / 2), (1.0, full), (2.0, full)):
        moved = capacity.assign(kwpm=capacity["kwpm"] * size)
        there = with_table(plan, "capacity", moved)
        assert host(there, case, "US").served_pct == pytest.approx(served)


def test_a_plan_without_capacity_has_no_shares() -> None:
    plan, case = solved()
    empty = {n: f.iloc[0:0] for n, f in plan.tables.items()}
    cards = scorecards(replace(plan, tables=empty, cash=plan.cash.iloc[0:0]), case)
    assert cards.firm.payback_year is cards.firm.cash_gross_margin_pct is None
    assert {y.advanced_home_share_pct for y in cards.home} == {None}
    assert {h.served_pct for h in cards.hosts} == {None}
