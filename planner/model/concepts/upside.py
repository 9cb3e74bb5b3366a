"""Upside: a programme takes a share of what its projects earn above the plan they submitted.

    upside.cash[p,g,k,t,u]  upside[p,g,k,t,u] >= EXCESS[g,k,t,u] * sum(contract[i,p,k,t], i in g)
                              - (FULL[g,k,t,u] * sum(cap[i,k,t] + lift[i,k,t], i in g)
                                 - sum(MARGIN[g,m,k,t,u] * ship[g,m,k,t,u], m))        [USD bn]
    shared = -SHARE[p] * upside[p,g,k,t,u]                                             [USD bn]
    MARGIN = L * (PRICE[k,t] * PFACTOR[m,k,u] * (1 + PREMIUM[m,c]) - MATERIALS[k])     [USD bn/mn]
    PLAN   = (1 + THRESHOLD[p]) * sum(PROB[u] * max(MARGIN, m), u)                     [USD bn/mn]
    FULL   = W * UTIL[k] * max(MARGIN, m);  EXCESS = max(0, FULL - W * UTIL[k] * PLAN) [USD bn/kwpm]
Cash above plan of capacity under contract: what it earns beyond the plan at full loading, less what
the sites of the group fall short of full loading at the best market's margin. Full sites in a boom
pay on price alone; idle ones pay less, and never less than nothing. The sum is max(0, cash - plan),
convex in the cost, so a maximiser needs no binary. The plan is the expected margin over the states
of the world known when aid is taken. A cap on the sum shared (three quarters of the award in the
United States) is left out: it would need one. Off by default; takes part where strings do.
Sources: fact tables `string` (upside_share_pct, upside_threshold_pct), `price`, `preference`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import State
from planner.model.lp import Model, Row

AFTER = ("strings", "spillover")
NEEDS = ("string", "programme", "price")
READS = (
    *discount.READS,
    "price.price_usd_per_wafer",
    "preference.price_premium_pct",
    "product.materials_usd_per_wafer",
    "product.utilisation_max_pct",
    "string.production_years",
    "string.upside_share_pct",
    "string.upside_threshold_pct",
)
Key = tuple[str, str, str, int, str]
"""Programme, group, class, period, state."""


class Options(Base):
    """Knobs of upside sharing."""

    on: bool = False
    """Whether programmes share what aided projects earn above plan [yes/no]"""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a group's wafers of a class bring in one state.

    margin: by market [USD bn per mn wafers/year over the period]. full: what one kwpm earns at full
    loading. excess: how far that lies above the plan [USD bn/kwpm].
    """

    margin: dict[str, float]
    full: float
    excess: float


def margin(case: CaseView, g: str, n: str, k: str, u: State) -> float:
    """Price less materials of wafers over a period [USD bn per mn wafers/year]."""
    country = case.sets.country_of[case.sets.groups[g][0]]
    extra, stuff = "preference.price_premium_pct", "product.materials_usd_per_wafer"
    price = case.mean("price.price_usd_per_wafer", k, period=u.period) * u.price.get((n, k), 1.0)
    price *= 1 + (case.value(extra, n, country) if case.has(extra, n, country) else 0.0) / 100
    paid = price - (case.value(stuff, k) if case.has(stuff, k) else 0.0)
    return paid * case.sets.years_per_period / 1000


def worth(case: CaseView, p: str, g: str, k: str, u: State) -> Worth:
    """What a group's wafers of a class bring in a state, against the plan."""
    states = case.sets.states[u.period]
    best = {v.id: max(margin(case, g, n, k, v) for n in case.sets.markets) for v in states}
    plan = sum(v.probability * best[v.id] for v in states)
    plan *= 1 + case.value("string.upside_threshold_pct", p) / 100
    name = "product.utilisation_max_pct"
    loading = case.value(name, k) / 100 if case.has(name, k) else 1.0
    wafers = case.sets.wafers_per_kwpm * loading
    here = {n: margin(case, g, n, k, u) for n in case.sets.markets}
    return Worth(here, wafers * best[u.id], wafers * max(0.0, best[u.id] - plan))


def shared(case: CaseView, p: str) -> float:
    """Share of cash above plan that a programme takes, as a fraction."""
    return case.value("string.upside_share_pct", p) / 100


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create upside and its rule; book what is shared."""
    under: dict[tuple[str, str, str, int], list[int]] = {}
    for (i, p, k, t), column in m.families["contract"].columns.items() if _ready(m) else ():
        if shared(case, str(p)) > 0 and case.has("price.price_usd_per_wafer", str(k)):
            group = case.sets.group_of(str(i))
            under.setdefault((str(p), group, str(k), int(t)), []).append(column)
    found = {
        (p, g, k, t, u.id): value
        for p, g, k, t in under
        for u in case.sets.states[t]
        if (value := worth(case, p, g, k, u)).excess > 0
    }
    upside = m.variables(
        "upside", found, index="programme,origin,product,period,state", unit="USD bn"
    )
    m.require("upside.cash", _rows(m, case, found, under), unit="USD bn", why="cash above plan")
    for key, column in upside.columns.items():
        p, g, _, t, u = key
        m.cost(
            "upside.shared",
            key[:3],
            terms=[(column, -shared(case, str(p)))],
            period=int(t),
            state=str(u),
            factor=discount.over(case, int(t)),
            group="subsidy",
            country=case.sets.country_of[case.sets.groups[str(g)][0]],
        )


def _ready(m: Model) -> bool:
    return "contract" in m.families and "ship" in m.families


def _rows(
    m: Model,
    case: CaseView,
    found: dict[Key, Worth],
    under: dict[tuple[str, str, str, int], list[int]],
) -> Iterator[Row]:
    if not found:
        return
    upside, cap, ship = m.family("upside"), m.family("cap"), m.family("ship")
    for key, value in found.items():
        p, g, k, t, u = key
        terms = [(upside[key], 1.0), *((j, -value.excess) for j in under[p, g, k, t])]
        able = (cap, m.families["lift"]) if "lift" in m.families else (cap,)
        caps = (family.get((i, k, t)) for family in able for i in case.sets.groups[g])
        sold = ((ship.get((g, n, k, t, u)), -paid) for n, paid in value.margin.items())
        terms += [(j, value.full) for j in caps if j is not None]
        terms += [(j, paid) for j, paid in sold if j is not None]
        yield key, terms, ">=", 0.0


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Cash above plan again, from contracts, capacity and shipments."""
    under: dict[tuple[str, str, str, int], float] = {}
    for (i, p, k, t), kwpm in plan.values("contract").items():
        if shared(case, p) > 0 and case.has("price.price_usd_per_wafer", k):
            spot = (p, case.sets.group_of(i), k, t)
            under[spot] = under.get(spot, 0.0) + kwpm
    cap, lift, ship, booked = (plan.values(f) for f in ("cap", "lift", "ship", "upside"))
    for (p, g, k, t), kwpm in under.items():
        for u in case.sets.states[t]:
            value = worth(case, p, g, k, u)
            sites = [(i, k, t) for i in case.sets.groups[g]]
            able = value.full * sum(cap.get(s, 0.0) + lift.get(s, 0.0) for s in sites)
            earned = sum(
                paid * ship.get((g, n, k, t, u.id), 0.0) for n, paid in value.margin.items()
            )
            above = value.excess * kwpm - (able - earned)
            if value.excess > 0 and booked.get((p, g, k, t, u.id), 0.0) < above - 1e-6:
                where = f"upside.cash[{p},{g},{k},{t},{u.id}]"
                yield Issue("error", "V122", where, "", f"{above:.6g} USD bn above plan")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """What is shared again."""
    for (p, _, _, t, u), above in plan.values("upside").items():
        yield "upside.shared", t, u, -above * shared(case, p)
