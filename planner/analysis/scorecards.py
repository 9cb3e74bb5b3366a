"""Scorecards: what one plan means for the firm, for the home economy and for every host.

    payback    of the new fabs abroad, see `planner.analysis.payback`                [year]
    cash gross margin   (sales - materials - upkeep - people in fabs) / sales, over the horizon.
               Write-offs of fabs that run today are not in the cash, so the margin of the books
               cannot be told                                                        [%]
    royalties  ROYALTY * (research.benefit + research.gain), a year                  [USD bn/year]
    fees       FEE * sales of wafers made abroad, a year                             [USD bn/year]
    served     sum(min(CAP * WAFERS * UTILISATION, DEMAND), k) / sum(DEMAND, k)      [%]
Everything is read from the plan's tables and cash; nothing is solved.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from planner.analysis.payback import abroad, in_fabs, lines, payback
from planner.core import markets
from planner.core.case import Case
from planner.core.plan import Plan
from planner.core.sets import WAFERS_PER_KWPM

NEWEST = 3
"""Classes that count as advanced: the three newest, as in the plan's own measure."""
LOAD = "product.utilisation_max_pct"
COSTS = ("production.materials", "production.upkeep", "talent.standing")
"""Lines that make wafers, besides the people hired."""


@dataclass(frozen=True, slots=True)
class Firm:
    """What the plan leaves the firm; None where the plan cannot tell."""

    npv_usd_bn: float
    npv_tail_usd_bn: float | None
    capex_abroad_usd_bn: float
    payback_year: float | None
    cash_gross_margin_pct: float | None


@dataclass(frozen=True, slots=True)
class HomeYear:
    """The home economy in one period; jobs are all posts in fabs and centres there."""

    year: int
    advanced_home_share_pct: float | None
    home_kwpm: float
    abroad_kwpm: float
    home_jobs_thousand: float
    royalties_usd_bn_per_year: float | None
    fees_usd_bn_per_year: float | None


@dataclass(frozen=True, slots=True)
class Host:
    """What a host gets by the last period; jobs are those beyond the fabs that run today.

    new_kwpm and subsidy_usd_bn count everything begun; a fab not yet open has no jobs.
    """

    country: str
    jobs_thousand: Mapping[str, float]
    new_kwpm: float
    subsidy_usd_bn: float
    subsidy_usd_mn_per_kwpm: float | None
    subsidy_usd_thousand_per_job: float | None
    market: str
    served_pct: float | None


@dataclass(frozen=True, slots=True)
class Scorecards:
    """The three scorecards of a plan."""

    firm: Firm
    home: tuple[HomeYear, ...]
    hosts: tuple[Host, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain form for JSON."""
        return asdict(self)


def scorecards(plan: Plan, case: Case) -> Scorecards:
    """All three scorecards."""
    hosts = [c for c in case.ids("countries") if case.text("countries", c, "role") == "host"]
    return Scorecards(
        firm=_firm(plan, case, frozenset(hosts)),
        home=tuple(_home_year(plan, case, t) for t in periods(case)),
        hosts=tuple(_host(plan, case, c) for c in hosts),
    )


def periods(case: Case) -> tuple[int, ...]:
    """First years of the periods."""
    h = case.scenario.horizon
    return tuple(h.start + n * h.years_per_period for n in range(h.periods))


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 1e-9 else None


# -------------------------------------------------------------------------------- the firm
def _firm(plan: Plan, case: Case, hosts: frozenset[str]) -> Firm:
    measures = plan.measures
    return Firm(
        npv_usd_bn=measures.get("npv_usd_bn", math.nan),
        npv_tail_usd_bn=measures.get("npv_tail_usd_bn"),
        capex_abroad_usd_bn=measures.get("capex_overseas_usd_bn", 0.0),
        payback_year=payback(abroad(plan, case, hosts), case.scenario.horizon.years_per_period),
        cash_gross_margin_pct=_margin(plan),
    )


def _margin(plan: Plan) -> float | None:
    """Sales less materials, upkeep and people in fabs, as a share of sales [%]."""
    sales = left = 0.0
    for item, key, _, _, amount in lines(plan):
        if item == "sales.revenue":
            sales += amount
        if item in COSTS or in_fabs(item, key):
            left += amount
    found = _ratio(sales + left, sales)
    return None if found is None else 100 * found


# -------------------------------------------------------------------------------- home
def _home_year(plan: Plan, case: Case, t: int) -> HomeYear:
    capacity = plan.table("capacity")
    here = capacity[capacity["year"] == t] if len(capacity) else capacity
    roles = {c: case.text("countries", c, "role") for c in case.ids("countries")}
    newest = sorted(case.ids("products"), key=lambda k: float(case.text("products", k, "order")))
    sums = {(home, new): 0.0 for home in (True, False) for new in (True, False)}
    for _, c, k, _, kwpm in here.itertuples(index=False, name=None):
        sums[roles.get(c) == "home", k in newest[:NEWEST]] += float(kwpm)
    share = _ratio(sums[True, True], sums[True, True] + sums[False, True])
    royalties, fees = _receipts(plan, case, t, roles)
    return HomeYear(
        year=t,
        advanced_home_share_pct=None if share is None else 100 * share,
        home_kwpm=sums[True, True] + sums[True, False],
        abroad_kwpm=sums[False, True] + sums[False, False],
        home_jobs_thousand=_posts(plan, case, here, t, roles),
        royalties_usd_bn_per_year=royalties,
        fees_usd_bn_per_year=fees,
    )


def _posts(
    plan: Plan, case: Case, capacity: pd.DataFrame, t: int, roles: Mapping[str, str]
) -> float:
    """Posts in fabs and open centres at home in a period [thousand]."""
    total = 0.0
    for _, c, k, _, kwpm in capacity.itertuples(index=False, name=None):
        for name in ("product.technicians_per_kwpm", "product.engineers_per_kwpm"):
            if roles.get(c) == "home" and case.has(name, k):
                total += kwpm * case.value(name, k) / 1000
    for row in plan.table("research").to_dict("records"):
        if roles.get(str(row["country"])) == "home" and float(row["open_year"]) <= t:
            total += float(row["headcount"]) / 1000
    return total


def _receipts(
    plan: Plan, case: Case, t: int, roles: Mapping[str, str]
) -> tuple[float | None, float | None]:
    """Royalties and technical fees of a period, a year; None without data [USD bn/year]."""
    home = next((c for c, role in roles.items() if role == "home"), "")
    sums = {"royalty": 0.0, "technical_fee": 0.0}
    for item, _, country, period, amount in lines(plan):
        if period == t and item in ("research.benefit", "research.gain"):
            sums["royalty"] += amount
        elif period == t and item == "sales.revenue" and roles.get(country) == "host":
            sums["technical_fee"] += amount
    years = case.scenario.horizon.years_per_period
    royalty, fee = (
        amount * case.value(f"balance.{name}_pct", home) / 100 / years
        if case.has(f"balance.{name}_pct", home)
        else None
        for name, amount in sums.items()
    )
    return royalty, fee


# -------------------------------------------------------------------------------- hosts
def _host(plan: Plan, case: Case, c: str) -> Host:
    jobs = _new_jobs(plan, case, c)
    aid, kwpm = _sum(plan, "grants", "amount_usd_bn", c), _sum(plan, "modules", "kwpm", c)
    market = next((m for m in case.ids("markets") if markets.holds(case, m, c)), "")
    per_kwpm, per_job = _ratio(1000 * aid, kwpm), _ratio(1000 * aid, sum(jobs.values()))
    return Host(c, jobs, kwpm, aid, per_kwpm, per_job, market, _served(plan, case, c, market))


def _sum(plan: Plan, table: str, column: str, c: str) -> float:
    frame = plan.table(table)
    return float(frame.loc[frame["country"] == c, column].sum()) if len(frame) else 0.0


def _new_jobs(plan: Plan, case: Case, c: str) -> dict[str, float]:
    """Posts by skill in the last period beyond those of today's fabs [thousand]."""
    last = periods(case)[-1]
    found: dict[str, float] = {}
    for row in plan.table("talent").to_dict("records"):
        if row["country"] == c and int(row["year"]) == last:
            skill = str(row["skill"])
            found[skill] = found.get(skill, 0.0) + float(row["need_thousand"])
    taught = (*plan.values("trainee").items(), *plan.values("taught").items())
    for (pool, skill, t), people in taught:
        if t == last and case.text("pools", pool, "country") == c:
            found[skill] = found.get(skill, 0.0) + people
    return found


def _served(plan: Plan, case: Case, c: str, market: str) -> float | None:
    """Share of a market's demand in the last period that fabs in a country can make [%]."""
    last = periods(case)[-1]
    capacity, demand = plan.table("capacity"), plan.table("demand")
    if not len(demand):
        return None
    knob = case.scenario.concepts.get("sales", {}).get("wafers_per_kwpm", WAFERS_PER_KWPM)
    here = demand[(demand["market"] == market) & (demand["year"] == last)]
    made = wanted = 0.0
    for _, k, _, wafers in here.itertuples(index=False, name=None):
        spot = (capacity["country"] == c) & (capacity["product"] == k) & (capacity["year"] == last)
        kwpm = float(capacity.loc[spot, "kwpm"].sum())
        full = case.value(LOAD, k) / 100 if case.has(LOAD, k) or LOAD in case.defaults else 1.0
        made += min(kwpm * float(knob) * full, wafers)
        wanted += wafers
    share = _ratio(made, wanted)
    return None if share is None else 100 * share
