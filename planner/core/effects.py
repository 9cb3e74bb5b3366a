"""How far apart two futures are: the share of a period's output that events move, summed.

    DIST[a,b] = sum(abs(EFFECT[a,t,j] - EFFECT[b,t,j]), t, j)                [periods of output]
    EFFECT    = WEIGHT[j] * (capacity lost | demand - 1 | price - 1 | duty | repair), events added

j is a group of sites (or of markets and classes) that the same events hit; WEIGHT is its share of
the capacity the firm has and has room for (or of demand at world prices). A cut of unpaid aid
counts with AID, because aid is at most about a tenth of what a period's output brings in.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from planner.core.case import Case
from planner.core.histories import Hazards, History, Numbers, event_of

AID = 0.1
"""Weight of a cut of all unpaid aid against the loss of all output (own choice) [ratio]"""


def effects(case: Case, hazard: Hazards, histories: Iterable[History]) -> Numbers:
    """One row of weighted effects for every history."""
    histories = list(histories)
    events = {*hazard.events, *(e for history in histories for e, _ in history)}
    begins = {(e, t): _effect(case, hazard, e, t) for e in events for t in hazard.periods}
    width = len(next(iter(begins.values())))
    rows = []
    for history in histories:
        row = np.zeros(width)
        for event, year in history:
            row += begins[event, hazard.period_of(year)]
        rows.append(row)
    return np.array(rows).reshape(len(rows), width)


def _effect(case: Case, hazard: Hazards, event: str, begun: int) -> Numbers:
    """What an event begun in a period does in every period."""
    length = 12.0 * hazard.years_per_period
    months = case.value("event.outage_months", event)
    base = event_of(event)
    stays = base in hazard.persistent
    sites, lanes = _site_groups(case, hazard), _lane_groups(case, hazard)
    rows = []
    for t in hazard.periods:
        passed = (t - begun) / hazard.years_per_period * length
        out = min(length, max(0.0, months - passed)) / length if t >= begun else 0.0
        new, acts = t == begun, t == begun or (stays and t > begun)
        loss = case.value("event.capacity_loss_pct", event) / 100 * out
        hurt = loss + (case.value("event.repair_pct", event) / 100 if new else 0.0)
        row = [w * hurt * (base in hit) for hit, w in sites.items()]
        for name, neutral, unit in (
            ("demand_factor", 1.0, 1.0),
            ("price_factor", 1.0, 1.0),
            ("tariff_add_pct", 0.0, 100.0),
        ):
            change = (case.value(f"event.{name}", event) - neutral) / unit if acts else 0.0
            row += [w * change * (base in hit) for hit, w in lanes.items()]
        row.append(AID * case.value("event.grant_cut_pct", event) / 100 if acts else 0.0)
        rows.append(row)
    return np.array(rows).ravel()


def _site_groups(case: Case, hazard: Hazards) -> dict[frozenset[str], float]:
    """Events that hit the same sites -> share of the capacity there is and has room."""
    sizes = [
        case.value("product.module_kwpm", k)
        for k in case.ids("products")
        if case.has("product.module_kwpm", k)
    ]
    module = sum(sizes) / len(sizes) if sizes else 1.0
    found: dict[frozenset[str], float] = {}
    for i in case.ids("sites"):
        where = {case.text("sites", i, "country"), case.text("sites", i, "iso_3166_2")}
        hit = frozenset(e for e in hazard.events if where & set(case.items("events", e, "places")))
        room = case.value("site.room_modules", i) if case.has("site.room_modules", i) else 1.0
        found[hit] = found.get(hit, 0.0) + room * module + _standing(case, i, hazard.periods[0])
    return _shares(found)


def _standing(case: Case, site: str, year: int) -> float:
    """Capacity a site has now [kwpm]."""
    name = "existing.capacity_kwpm"
    own = (e for e in case.entities(name) if e.split("|")[0] == site)
    return sum(case.value(name, *e.split("|"), year=year) for e in own)


def _lane_groups(case: Case, hazard: Hazards) -> dict[frozenset[str], float]:
    """Events that hit the same markets and classes -> share of demand at world prices."""
    year, price = hazard.periods[0], "price.price_usd_per_wafer"
    found: dict[frozenset[str], float] = {}
    for entity in case.entities("demand.wafers_mn"):
        m, k = entity.split("|")
        worth = case.value(price, k, year=year) if case.has(price, k) else 1.0
        hit = frozenset(
            e
            for e in hazard.events
            if m in (case.items("events", e, "markets") or (m,))
            and k in (case.items("events", e, "products") or (k,))
        )
        found[hit] = found.get(hit, 0.0) + worth * case.value("demand.wafers_mn", m, k, year=year)
    return _shares(found)


def _shares(found: dict[frozenset[str], float]) -> dict[frozenset[str], float]:
    total = sum(found.values())
    return {hit: size / total for hit, size in found.items()} if total > 0 else {}
