"""The tables of sites and countries: what is there, what the plan adds, what is on offer."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan
from planner.core.sets import Sets

SITE_COLUMNS = (
    "id,name,country,iso_3166_2,lat,lon,status,role,chosen,first_begun_year,first_service_year,"
    "main_product,existing_kwpm,new_kwpm,final_kwpm,modules,capex_usd_bn,grants_usd_bn,risk_pct,"
    "hazard_index,subsidy_rate_pct,engineer_wage_usd_thousand,electricity_usd_per_mwh,"
    "water_usd_per_m3,water_limit_mld"
)


def site_table(case: Case, sets: Sets, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row for every site of the case, chosen or not."""
    names = ("modules", "research", "capacity", "grants")
    split = {name: dict(iter(tables[name].groupby("site"))) for name in names}
    empty = {name: tables[name].iloc[:0] for name in names}
    rows = [_site(case, sets, {n: split[n].get(i, empty[n]) for n in names}, i) for i in sets.sites]
    return pd.DataFrame(rows, columns=SITE_COLUMNS.split(","))


def _site(case: Case, sets: Sets, tables: Mapping[str, pd.DataFrame], i: str) -> tuple[object, ...]:
    """Row of a site; tables: its own rows of each."""
    begun, labs, cap = tables["modules"], tables["research"], tables["capacity"]
    last = cap[cap["year"] == sets.periods[-1]]
    now = sum(v for (s, _, t), v in sets.existing.items() if s == i and t == sets.periods[0])
    final = float(last["kwpm"].sum())
    kept = sum(v for (s, _, t), v in sets.existing.items() if s == i and t == sets.periods[-1])
    fab, lab = bool(final > 0 or len(begun)), bool(len(labs))
    role = "fab+rd" if fab and lab else "fab" if fab else "rd" if lab else "none"
    years = [*begun["begun_year"], *labs["begun_year"]]
    service = [*begun["service_year"], *labs["open_year"]]
    return (
        i,
        case.name("sites", i),
        sets.country_of[i],
        case.text("sites", i, "iso_3166_2"),
        float(case.text("sites", i, "lat") or 0),
        float(case.text("sites", i, "lon") or 0),
        case.text("sites", i, "status") or "candidate",
        role,
        bool(years),
        min(years, default=None),
        min(service, default=None),
        _main_product(begun, last),
        max(now, kept),
        final - kept,
        final,
        int(begun["modules"].sum()),
        float(begun["capex_usd_bn"].sum()),
        float(tables["grants"]["amount_usd_bn"].sum()),
        risk_pct(case, sets, i),
        _fact(case, "site.hazard_index", i),
        subsidy_rate_pct(case, i),
        _pool(case, i, "engineer"),
        _fact(case, "site.electricity_usd_per_mwh", i),
        _fact(case, "site.water_usd_per_m3", i),
        _fact(case, "site.water_limit_mld", i),
    )


def _main_product(begun: pd.DataFrame, last: pd.DataFrame) -> str:
    """Class with the most new capacity; where nothing is new, with the most capacity at the end."""
    frame = begun if len(begun) else last
    if not len(frame):
        return ""
    sums = frame.groupby("product")["kwpm"].sum().sort_index()
    return str(sums.idxmax())


def _fact(case: Case, name: str, *entity: str) -> float | None:
    return case.value(name, *entity) if case.has(name, *entity) else None


def _pool(case: Case, i: str, skill: str) -> float | None:
    return _fact(case, "pool.wage_usd_thousand", case.text("sites", i, "pool"), skill)


def risk_pct(case: Case, sets: Sets, i: str) -> float:
    """Expected loss of capacity a year at a site over all events of the data [%]."""
    total = 0.0
    for e in case.ids("events"):
        places = case.items("events", e, "places")
        if {case.text("sites", i, "iso_3166_2"), sets.country_of[i]} & set(places):
            loss = case.value("event.capacity_loss_pct", e) / 100
            months = case.value("event.outage_months", e)
            total += case.value("event.annual_probability_pct", e) * loss * months / 12
    return total


def subsidy_rate_pct(case: Case, i: str) -> float:
    """All rates on offer for a fab at a site, no more than the cumulation cap [%]."""
    country, region = case.text("sites", i, "country"), case.text("sites", i, "iso_3166_2")
    total = 0.0
    for p in case.ids("programmes"):
        regions = case.items("programmes", p, "regions")
        here = case.text("programmes", p, "country") == country
        for_fabs = case.text("programmes", p, "covers") != "centre"
        if here and for_fabs and (not regions or region in regions):
            total += case.value("programme.rate_pct", p)
    name = "country.aid_cumulation_pct"
    return min(total, case.value(name, country)) if case.has(name, country) else total


def country_table(
    plan: Plan, case: Case, sets: Sets, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """One row for every country, with the expected present value of the cash booked there."""
    cash = plan.cash
    worth = (cash["probability"] * cash["present_value_usd_bn"]).groupby(cash["country"]).sum()
    rows = []
    for c in sets.countries:
        here = tables["sites"][tables["sites"]["country"] == c]
        rows.append(
            (
                c,
                case.name("countries", c),
                sets.role_of[c],
                bool(here["chosen"].any()),
                float(here["existing_kwpm"].sum()),
                float(here["new_kwpm"].sum()),
                float(here["capex_usd_bn"].sum()),
                float(here["grants_usd_bn"].sum()),
                float(worth.get(c, 0.0)),
            )
        )
    columns = (
        "country,name,role,chosen,existing_kwpm,new_kwpm,capex_usd_bn,grants_usd_bn,"
        "npv_contribution_usd_bn"
    )
    return pd.DataFrame(rows, columns=columns.split(","))
