"""The case of 1986-1996: four plans held against each other and against the published share.

    share[t]   sum(flows into JP from XF, t) / sum(flows into JP, t)   [% of wafers and of value]
    cost of the agreement    value without - value with, makers free to build abroad or at home
    cost of staying home     value free to build abroad - value at home, with or without agreement
A difference of optima lies between (value - the other's bound) and (bound - the other's value).
Sources: data/history-1986 (`record`: the published share); scenarios/history.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.core.case import Case
from planner.core.plan import Plan

WITH, WITH_HOME = "history-agreement", "history-agreement-home"
FREE, FREE_HOME = "history-free", "history-free-home"
NAMES = (WITH, WITH_HOME, FREE, FREE_HOME)
"""The four scenarios: with and without the agreement, free to build abroad and staying home."""
MARKET, OTHERS = "JP", "XF"
DIFFERENCES = (
    ("The agreement, makers free to build abroad", FREE, WITH),
    ("The agreement, makers staying home", FREE_HOME, WITH_HOME),
    ("Staying home, with the agreement", WITH, WITH_HOME),
    ("Staying home, without the agreement", FREE, FREE_HOME),
)
"""What it cost: name, the plan with more freedom, the plan with less."""
Solved = Mapping[str, tuple[Plan, Case]]


def history(solved: Solved) -> dict[str, Any]:
    """Shares by period, costs with their ranges, and what the record says. Keys: NAMES."""
    shares = {name: foreign_share_pct(plan) for name, (plan, _) in solved.items()}
    plans = [_figures(name, *solved[name]) for name in NAMES]
    costs = [_cost(words, solved[a][0], solved[b][0]) for words, a, b in DIFFERENCES]
    record = _record(solved[WITH][1])
    years = solved[WITH][1].scenario.horizon.years_per_period
    held = _held(shares[WITH], record, years)
    sites = _sites(*solved[WITH])
    found: dict[str, Any] = {
        "plans": plans,
        "costs": costs,
        "shares": [
            {"plan": name, "period": t, **row}
            for name in NAMES
            for t, row in sorted(shares[name].items())
        ],
        "record": record,
        "held": held,
        "sites": sites,
        "years_per_period": years,
    }
    return {**found, "text": _text(found)}


def foreign_share_pct(plan: Plan) -> dict[int, dict[str, float]]:
    """Period -> share of makers abroad in Japan, of wafers and of value [%]."""
    flows = plan.table("flows")
    here = flows[flows["market"] == MARKET]
    theirs = here[here["origin"] == OTHERS]
    found: dict[int, dict[str, float]] = {}
    for year in sorted({int(y) for y in here["year"]}):
        mine, all_of_it = theirs[theirs["year"] == year], here[here["year"] == year]
        found[year] = {
            f"{unit}_pct": 100 * float(mine[column].sum()) / float(all_of_it[column].sum())
            for unit, column in (("wafers", "wafers_mn"), ("value", "value_usd_bn"))
        }
    return found


def _figures(name: str, plan: Plan, case: Case) -> dict[str, Any]:
    table = plan.table("countries")
    abroad = table[(table["role"] == "host") & (table["country"] != OTHERS)]
    home = table[table["role"] == "home"]
    info = plan.info
    return {
        "name": name,
        "title": case.scenario.label,
        "value_usd_bn": info.objective,
        "bound_usd_bn": info.bound,
        "gap": info.gap,
        "status": info.status,
        "new_kwpm_abroad": float(abroad["new_kwpm"].sum()),
        "new_kwpm_home": float(home["new_kwpm"].sum()),
        "capex_abroad_usd_bn": float(abroad["capex_usd_bn"].sum()),
        "duty_usd_bn": float(plan.table("trade")["duty_usd_bn"].sum()),
    }


def _cost(words: str, more: Plan, less: Plan) -> dict[str, Any]:
    a, b = more.info, less.info
    return {
        "what": words,
        "usd_bn": a.objective - b.objective,
        "low_usd_bn": a.objective - b.bound,
        "high_usd_bn": a.bound - b.objective,
    }


def _record(case: Case) -> list[dict[str, Any]]:
    """The published share, year by year, with its range and grade."""
    return [
        {
            "year": int(f.period or 0),
            "pct": f.value,
            "low_pct": f.low,
            "high_pct": f.high,
            "grade": f.grade,
            "source": f.source,
        }
        for f in case.facts
        if f.table == "record" and f.parameter == "foreign_share_pct"
    ]


def _held(
    shares: Mapping[int, Mapping[str, float]], record: list[dict[str, Any]], years: int
) -> list[dict[str, Any]]:
    """The plan with the agreement against the record, by period."""
    rows = []
    for t, share in sorted(shares.items()):
        known = [r for r in record if t <= r["year"] < t + years]
        if known:
            pct = sum(r["pct"] for r in known) / len(known)
            rows.append(
                {
                    "period": t,
                    "plan_pct": share["value_pct"],
                    "record_pct": pct,
                    "low_pct": min(r["low_pct"] for r in known),
                    "high_pct": max(r["high_pct"] for r in known),
                    "difference_pct": share["value_pct"] - pct,
                }
            )
    return rows


def _sites(plan: Plan, case: Case) -> list[dict[str, Any]]:
    """Plants makers from Japan really opened abroad, and whether the plan builds there."""
    sites = plan.table("sites")
    built = set(sites[sites["new_kwpm"] > 0]["id"])
    return [
        {
            "site": i,
            "name": row["name"],
            "maker": row["incumbents"],
            "planned": i in built,
        }
        for i, row in case.registers["sites"].items()
        if row["country"] not in (MARKET, OTHERS)
    ]


def _text(found: Mapping[str, Any]) -> str:
    built = [s["name"] for s in found["sites"] if s["planned"]]
    left = [s["name"] for s in found["sites"] if not s["planned"]]
    off = [abs(r["difference_pct"]) for r in found["held"]]
    agreed, at_home, stay, stay_free = (c["usd_bn"] for c in found["costs"])
    last = found["held"][-1]
    return (
        f"The agreement cost Japan's makers USD {agreed:.1f} bn of present value where they could "
        f"build abroad, {at_home:.1f} bn where they stayed home. Staying home cost {stay:.1f} bn "
        f"under the agreement and {stay_free:.1f} bn under the duties it replaced. The plan's "
        f"share of makers abroad lies {sum(off) / len(off):.1f} points from the published one on "
        f"average; the floor is imposed, so that only says the path is the agreed one. In the "
        f"last period the record stands at {last['record_pct']:.1f} %, the plan at "
        f"{last['plan_pct']:.1f} %: a floor does not explain the rest. Of the plants makers "
        f"from Japan really had abroad the plan builds at {_list(built)}, not at {_list(left)}."
    )


def _list(names: list[str]) -> str:
    return ", ".join(names) if names else "none"
