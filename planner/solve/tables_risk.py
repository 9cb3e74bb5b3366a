"""The tables of what is done about bad futures: promises broken in them, sites hardened."""

from __future__ import annotations

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan
from planner.core.sets import Sets

SMALL = 1e-6
"""Wafers in millions a year, or kwpm, that are not worth a line."""


def bad_future_tables(plan: Plan, case: Case, sets: Sets) -> dict[str, pd.DataFrame]:
    """Tables of the concepts contracts and hardening; none where they take no part."""
    tables = {}
    if "lacking" in plan.variables:
        tables["promises"] = promises_table(plan, case, sets)
    if "harden" in plan.variables:
        tables["hardening"] = hardening_table(plan, case, sets)
    return tables


def promises_table(plan: Plan, case: Case, sets: Sets) -> pd.DataFrame:
    """What is owed and not delivered, by market, class and state of the world."""
    chances = {(t, u.id): u.probability for t in sets.periods for u in sets.states[t]}
    rows = [
        (m, case.name("markets", m), k, t, u, chances[t, u], volume)
        for (m, k, t, u), volume in plan.values("lacking").items()
        if volume > SMALL
    ]
    columns = "market,market_name,product,year,future,probability,lacking_wafers_mn"
    return pd.DataFrame(rows, columns=columns.split(","))


def hardening_table(plan: Plan, case: Case, sets: Sets) -> pd.DataFrame:
    """Sites hardened: decided when, how much capacity in the end, and what it costs."""
    hard, cash = plan.values("hard"), plan.cash
    spent = cash[cash["concept"] == "hardening"]
    rows = []
    for (i, t), yes in plan.values("harden").items():
        at_most = {k: 0.0 for s, k, _ in hard if s == i}
        for (s, k, _), kwpm in hard.items():
            if s == i:
                at_most[k] = max(at_most[k], kwpm)
        mine = spent["key"].map(lambda key, site=i: key.split("|")[0] == site)
        paid = -float(spent.loc[mine.astype(bool), "amount_usd_bn"].sum())
        if yes > 0.5 and sum(at_most.values()) > SMALL:
            name, country = case.name("sites", i), sets.country_of[i]
            rows.append((i, name, country, t, sum(at_most.values()), paid))
    columns = "site,name,country,year,hardened_kwpm,cost_usd_bn"
    return pd.DataFrame(rows, columns=columns.split(","))
