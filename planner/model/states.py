"""Futures become states of the world: which events act in a period, and what they do there.

    available[i,k]  share of capacity left   = prod(1 - LOSS x outage months / months of period)
    demand[m,k]     demand factor            price[m,k]  price factor
    tariff_add[m,k] duty added [%]           grant_kept  share of a grant due then that is paid
    spared[i,k]     share of capacity besides that where the site is hardened (shorter outages)
    repair[i]       repair cost as a share of the value of tools and buildings at the site

Under the single future `average` every effect stands at its mean over the futures and nothing is
left to chance: the expected-value problem of stochastic programming (Birge 1982).

An outage longer than the period runs on into the next one. Events marked persistent keep acting
on demand, prices, duties and grants until the horizon ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from planner.core.case import Case
from planner.core.histories import event_of
from planner.core.scenario import AVERAGE
from planner.core.sets import Sets, State

Active = tuple[tuple[str, float, bool, float], ...]
"""Events acting in a period: (event, months of outage in it, whether it began in it, months of
outage at a hardened site)."""


TINY = 1e-12


def build_states(
    case: Case, sets: Sets
) -> tuple[dict[str, float], dict[int, tuple[State, ...]], dict[tuple[str, int], str]]:
    """Probabilities of futures, the distinct states of each period, and who is in which."""
    futures = _probabilities(case)
    states: dict[int, tuple[State, ...]] = {}
    state_of: dict[tuple[str, int], str] = {}
    for t in sets.periods:
        members: dict[Active, list[str]] = {}
        for s in futures:
            members.setdefault(acting(case, sets, events_of(case, s), t), []).append(s)
        found: list[State] = []
        for active, who in members.items():
            state = state_of_world(case, sets, t, active)
            if any(state.id == other.id for other in found):
                state = replace(state, id=f"{state.id}#{len(found)}")
            for s in who:
                state_of[s, t] = state.id
            chance = sum(futures[s] for s in who)
            found.append(replace(state, probability=chance, futures=tuple(who)))
        states[t] = tuple(found)
    if case.scenario.futures == (AVERAGE,):
        states = {t: (average(t, found),) for t, found in states.items()}
        return {AVERAGE: 1.0}, states, {(AVERAGE, t): AVERAGE for t in sets.periods}
    return futures, states, state_of


def _probabilities(case: Case) -> dict[str, float]:
    """Chance of each future, scaled to 1 over those the scenario uses; one sure one if none."""
    named = case.scenario.futures
    wanted = case.ids("futures") if named in ((), (AVERAGE,)) else named
    if not wanted:
        return {"certain": 1.0}
    raw = {s: case.value("future.probability_pct", s) for s in wanted}
    total = sum(raw.values())
    return {s: p / total for s, p in raw.items() if p > 0}


def events_of(case: Case, future: str) -> list[tuple[str, int]]:
    """Events of a future with their years."""
    if future not in case.ids("futures"):
        return []
    pairs = (item.split("@") for item in case.items("futures", future, "events"))
    return [(event, int(year)) for event, year in pairs]


def acting(case: Case, sets: Sets, events: Iterable[tuple[str, int]], t: int) -> Active:
    """Which events of a history (event, year) act in period t."""
    found = []
    length = 12.0 * sets.years_per_period
    for event, year in events:
        begun = sets.period_of(year)
        if begun is None or t < begun:
            continue
        passed = (t - begun) / sets.years_per_period * length
        outage = case.value("event.outage_months", event)
        months = min(length, max(0.0, outage - passed))
        short = outage * case.value("hardening.outage_ratio", event_of(event))
        persistent = case.text("events", event, "persistent") == "yes"
        if t == begun or months > 0 or persistent:
            found.append((event, months, t == begun, min(length, max(0.0, short - passed))))
    return tuple(sorted(found))


def state_of_world(case: Case, sets: Sets, t: int, active: Active) -> State:
    """Effects of the acting events, multiplied (factors) or added (duties)."""
    name = "+".join(e if new else f"{e}~" for e, _, new, _ in active) or "calm"
    available: dict[tuple[str, str], float] = {}
    hardened: dict[tuple[str, str], float] = {}
    demand: dict[tuple[str, str], float] = {}
    price: dict[tuple[str, str], float] = {}
    duty: dict[tuple[str, str], float] = {}
    repair: dict[str, float] = {}
    kept = 1.0
    length = 12.0 * sets.years_per_period
    for event, months, new, short in active:
        hit = _sites_hit(case, event)
        classes = case.items("events", event, "products") or sets.products
        markets = case.items("events", event, "markets") or sets.markets
        loss = case.value("event.capacity_loss_pct", event) / 100 / length
        if loss * months > 0:
            for key in ((i, k) for i in hit for k in classes):
                available[key] = available.get(key, 1.0) * (1 - loss * months)
                hardened[key] = hardened.get(key, 1.0) * (1 - loss * short)
        if new and case.value("event.repair_pct", event) > 0:
            for i in hit:
                repair[i] = repair.get(i, 0.0) + case.value("event.repair_pct", event) / 100
        if new or case.text("events", event, "persistent") == "yes":
            kept *= 1 - case.value("event.grant_cut_pct", event) / 100
            for key in ((m, k) for m in markets for k in classes):
                demand[key] = demand.get(key, 1.0) * case.value("event.demand_factor", event)
                price[key] = price.get(key, 1.0) * case.value("event.price_factor", event)
                duty[key] = duty.get(key, 0.0) + case.value("event.tariff_add_pct", event)
    return State(
        id=name,
        period=t,
        probability=0.0,
        futures=(),
        available={key: v for key, v in available.items() if v != 1.0},
        demand={key: v for key, v in demand.items() if v != 1.0},
        price={key: v for key, v in price.items() if v != 1.0},
        tariff_add_pct={key: v for key, v in duty.items() if v != 0.0},
        grant_kept=kept,
        repair_share=repair,
        spared={k: v - available[k] for k, v in hardened.items() if v - available[k] > TINY},
    )


def average(t: int, states: Sequence[State]) -> State:
    """One state with every effect at its probability-weighted mean."""

    def mean(name: str, neutral: float) -> dict[tuple[str, str], float]:
        tables: list[tuple[float, Mapping[tuple[str, str], float]]] = [
            (u.probability, getattr(u, name)) for u in states
        ]
        keys = sorted({key for _, table in tables for key in table})
        return {key: sum(p * table.get(key, neutral) for p, table in tables) for key in keys}

    hit = sorted({i for u in states for i in u.repair_share})
    return State(
        id=AVERAGE,
        period=t,
        probability=1.0,
        futures=(AVERAGE,),
        available=mean("available", 1.0),
        demand=mean("demand", 1.0),
        price=mean("price", 1.0),
        tariff_add_pct=mean("tariff_add_pct", 0.0),
        grant_kept=sum(u.probability * u.grant_kept for u in states),
        repair_share={
            i: sum(u.probability * u.repair_share.get(i, 0.0) for u in states) for i in hit
        },
        spared=mean("spared", 0.0),
    )


def _sites_hit(case: Case, event: str) -> list[str]:
    """Sites in a country or region the event names."""
    places = set(case.items("events", event, "places"))
    return [
        i
        for i in case.ids("sites")
        if case.text("sites", i, "country") in places
        or case.text("sites", i, "iso_3166_2") in places
    ]
