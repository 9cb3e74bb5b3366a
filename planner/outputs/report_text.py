"""The decision in two sentences and its key figures, made from the plan's tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats
from planner.outputs.map_data import short_name

PROVEN = "optimal"


def decision(plan: Plan, case: Case) -> tuple[str, str]:
    """What to do; what it is worth and how sure that is."""
    return _what(plan, case), _worth(plan)


def _what(plan: Plan, case: Case) -> str:
    modules, labs = plan.table("modules"), plan.table("research")
    if modules.empty and labs.empty:
        return "Begin nothing new: no new fab and no new research centre is worth its cost."
    clauses = []
    if not modules.empty:
        kwpm, sites = float(modules["kwpm"].sum()), modules["site"].nunique()
        places = [_country(case, c, part) for c, part in _by_size(modules, case)]
        amount = f"{formats.number(kwpm, 0)} kwpm of new capacity"
        where = formats.plural(sites, "site")
        clauses.append(f"Begin {amount} at {where}: {'; '.join(places)}")
    if not labs.empty:
        centres = [
            f"{short_name(str(r['name']))} ({formats.year(r['open_year'])})"
            for r in labs.sort_values(["open_year", "site"]).to_dict("records")
        ]
        many = formats.plural(len(labs), "research centre")
        verb = "and open" if clauses else "Open"
        clauses.append(f"{verb} {many}: {formats.listing(centres, 8)}")
    return "; ".join(clauses) + "."


def _by_size(modules: pd.DataFrame, case: Case) -> Iterable[tuple[str, pd.DataFrame]]:
    """Hosts before home, the larger first."""
    home = {c for c, r in case.registers.get("countries", {}).items() if r.get("role") == "home"}
    parts = [(str(c), part) for c, part in modules.groupby("country", sort=True)]
    return sorted(parts, key=lambda p: (p[0] in home, -float(p[1]["kwpm"].sum())))


def _country(case: Case, country: str, modules: pd.DataFrame) -> str:
    order = {k: n for n, k in enumerate(case.ids("products"))}
    sites = []
    for _, part in modules.groupby("site", sort=True):
        classes = sorted(set(part["product"]), key=lambda k: (order.get(k, len(order)), k))
        first = formats.year(part["begun_year"].min())
        name = short_name(str(part["name"].iloc[0]))
        text = f"{name} ({', '.join(classes)}, from {first})"
        sites.append((-float(part["kwpm"].sum()), text))
    places = formats.listing(text for _, text in sorted(sites))
    return f"in {_the(case.name('countries', country))} {places}"


def _the(name: str) -> str:
    return f"the {name}" if name.startswith("United") else name


def _worth(plan: Plan) -> str:
    m = plan.measures
    parts = [
        f"Building abroad takes USD {_bn(m, 'capex_overseas_usd_bn')} and draws "
        f"USD {_bn(m, 'grants_usd_bn')} of grants and credits, for an expected value of "
        f"USD {_bn(m, 'npv_usd_bn')}"
    ]
    worst = m.get("npv_tail_usd_bn", m.get("cvar_usd_bn"))
    if worst is not None:
        parts[0] += f" (USD {formats.brief(worst)} bn in the worst futures)"
    parts.append(_bound(plan))
    rivals = [r for r in plan.reasons if r.get("decision") == "out"]
    if rivals:
        near = min(rivals, key=lambda r: abs(float(r.get("value_usd_bn", 0.0))))
        loss = formats.brief(abs(float(near.get("value_usd_bn", 0.0))))
        parts.append(f"it beats the nearest plan that brings in {near['name']} by USD {loss} bn")
    return f"{'; '.join(parts)}."


def _bn(measures: Mapping[str, float], name: str) -> str:
    return f"{formats.brief(measures.get(name, 0.0))} bn"


def _bound(plan: Plan) -> str:
    info = plan.info
    left, share = abs(info.bound - info.objective), formats.number(100 * info.gap, 3)
    proof = "it is proven that" if info.status == PROVEN else "the search stopped early;"
    return (
        f"{proof} no plan scores above {formats.number(info.bound)} on the objective, where this "
        f"one scores {formats.number(info.objective)} (at most USD {formats.number(left)} bn or "
        f"{share} % is left)"
    )


def tiles(plan: Plan) -> list[dict[str, str]]:
    """Key figures: name, value, unit, small print."""
    m, info = plan.measures, plan.info
    worst = m.get("npv_tail_usd_bn", m.get("cvar_usd_bn"))
    abroad, new = m.get("kwpm_overseas"), m.get("kwpm_new_overseas")
    bound = f"{info.status}, bound {formats.brief(info.bound)}"
    kwpm, home = formats.number(abroad, 0), m.get("home_share_advanced_pct")
    rows: list[tuple[str, str, str, str]] = [
        ("Expected value", _m(m, "npv_usd_bn"), "USD bn", "present value, all futures"),
        ("In the worst futures", formats.brief(worst), "USD bn", "mean of the tail"),
        ("Building abroad", _m(m, "capex_overseas_usd_bn"), "USD bn", "not discounted"),
        ("Grants and credits", _m(m, "grants_usd_bn"), "USD bn", "awarded, not discounted"),
        ("Capacity abroad", kwpm, "kwpm", f"{formats.number(new, 0)} of it new"),
        ("Home share", formats.number(home, 1), "%", "of advanced capacity"),
        ("Research centres", formats.number(m.get("centres_new"), 0), "new", "opened by the plan"),
        ("Proven gap", formats.number(100 * info.gap, 3), "%", bound),
    ]
    return [dict(zip(("name", "value", "unit", "note"), row, strict=True)) for row in rows]


def _m(measures: Mapping[str, float], name: str) -> str:
    return formats.brief(measures.get(name))


def reasons(plan: Plan) -> list[dict[str, Any]]:
    """Cards of the countries: in, kept, out; with bars of the groups."""
    order = {"in": 0, "kept": 1, "out": 2}
    cards = [dict(r) for r in plan.reasons]
    cards.sort(key=lambda r: (order.get(str(r.get("decision")), 3), -abs(_value(r))))
    for card in cards:
        groups = {g: float(v) for g, v in dict(card.get("by_group", {})).items()}
        largest = max((abs(v) for v in groups.values()), default=0.0) or 1.0
        card["bars"] = [
            {"group": g, "amount": v, "share": 100 * abs(v) / largest} for g, v in groups.items()
        ]
    return cards


def _value(reason: Mapping[str, Any]) -> float:
    return float(reason.get("value_usd_bn", 0.0))
