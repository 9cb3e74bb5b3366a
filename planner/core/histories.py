"""Histories of events over a horizon, drawn from the events' yearly chances.

    Z[e,y] = sum(LOADING[d,e] * F[d,y], d) + sqrt(1 - sum(LOADING[d,e]**2, d)) * OWN[e,y]
    event e happens in year y   <=>   Z[e,y] > quantile(1 - CHANCE[e]) and y in WINDOW[e]

F (shared drivers) and OWN are independent standard normals: a Gaussian copula of factors. Events
of one year that load on one driver come together, two of them with correlation LOADING[d,a] *
LOADING[d,b] of their Z; years are independent of each other, and every event keeps its chance.
Persistent events begin once and stay; others can come again. In layers (Latin hypercube) the Z of
an event and year are ranked over the N draws and each draw falls into one of N equal layers, so an
event of chance p comes in floor or ceil of N p draws of every year; ranks keep the correlation
(Iman & Conover, Commun. Statist. B11 (1982)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.core.case import Case
from planner.core.errors import InputError, Issue, did_you_mean

DRIVERS = ("geopolitics", "cycle")
"""Shared drivers; the loading of an event on one is the fact `event.<driver>_loading`."""
MARK = ":"
"""Between an event and its level of severity, as in `flood:severe` (see `severity`)."""
History = tuple[tuple[str, int], ...]
"""Events with their years, in order of time."""
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Hazards:
    """What can happen: events with yearly chance, drivers and duration.

    chance: event -> chance a year [fraction]. loading: event -> loadings in order of DRIVERS.
    persistent: events that begin once and stay. periods, years_per_period: the horizon. window:
    event -> first and last year in which it can begin; any year where it has none.
    """

    chance: Mapping[str, float]
    loading: Mapping[str, tuple[float, ...]]
    persistent: frozenset[str]
    periods: tuple[int, ...]
    years_per_period: int
    window: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def possible(self, event: str, year: int) -> bool:
        """Whether an event can begin in a year."""
        first, last = self.window.get(event, (year, year))
        return first <= year <= last

    @property
    def events(self) -> tuple[str, ...]:
        """Events that can happen, in the order of the data."""
        return tuple(self.chance)

    @property
    def years(self) -> tuple[int, ...]:
        """Every year of the horizon."""
        return tuple(range(self.periods[0], self.periods[-1] + self.years_per_period))

    def period_of(self, year: int) -> int:
        """Period a year of the horizon lies in."""
        return self.periods[(year - self.periods[0]) // self.years_per_period]


def event_of(name: str) -> str:
    """The event of a name that may carry a level of severity."""
    return name.split(MARK, 1)[0]


def hazards(
    case: Case, only: tuple[str, ...] = (), chances_pct: Mapping[str, float] | None = None
) -> Hazards:
    """The hazards of a case; `only` names the events that count, empty means all.

    chances_pct: yearly chances in place of the data's [%]. Raises InputError for an unknown event,
    for a chance outside 0 to 100 %, for loadings of one event whose squares exceed 1, and when no
    event is left.
    """
    known = tuple(e for e in case.ids("events") if MARK not in e)
    given = chances_pct or {}
    for name in (*only, *given):
        if name not in known:
            hint = did_you_mean(name, known)
            text = f"unknown event '{name}'"
            raise InputError([Issue("error", "E207", "future_set", "events", text, hint)])
    for name, percent in given.items():
        if not 0 <= percent <= 100:
            text = f"a chance of {percent:g} % a year; it must lie between 0 and 100"
            raise InputError([Issue("error", "E216", "future_set", name, text)])
    wanted = [e for e in known if not only or e in only]
    chance = {e: given.get(e, case.value("event.annual_probability_pct", e)) / 100 for e in wanted}
    chance = {e: p for e, p in chance.items() if p > 0}
    if not chance:
        text = "no event has a chance above zero"
        raise InputError([Issue("error", "E212", "future_set", "events", text)])
    h = case.scenario.horizon
    return Hazards(
        chance=chance,
        loading={e: _loading(case, e) for e in chance},
        persistent=frozenset(e for e in chance if case.text("events", e, "persistent") == "yes"),
        periods=tuple(h.start + n * h.years_per_period for n in range(h.periods)),
        years_per_period=h.years_per_period,
        window={e: found for e in chance if (found := _window(case, e))},
    )


def _window(case: Case, event: str) -> tuple[int, int] | None:
    """First and last year of an event, None where the data set neither."""
    ends = ("event.first_year", "event.last_year")
    if not any(case.has(name, event) for name in ends):
        return None
    first, last = (
        int(case.value(name, event)) if case.has(name, event) else year
        for name, year in zip(ends, (0, 9999), strict=True)
    )
    return first, last


def _loading(case: Case, event: str) -> tuple[float, ...]:
    names = (f"event.{d}_loading" for d in DRIVERS)
    found = tuple(case.value(n, event) if _knows(case, n, event) else 0.0 for n in names)
    if sum(x * x for x in found) > 1 + 1e-12:
        text = f"the squares of the driver loadings of '{event}' add to more than 1"
        raise InputError([Issue("error", "E213", "data/facts/event.csv", event, text)])
    return found


def _knows(case: Case, name: str, event: str) -> bool:
    return case.has(name, event) or name in case.defaults


def draw(hazard: Hazards, number: int, seed: int, *, layers: bool = False) -> list[History]:
    """`number` histories, each as likely as the other; the same seed gives the same ones.

    layers: Latin hypercube instead of independent draws.
    """
    random = np.random.default_rng(seed)
    happens = np.zeros((number, len(hazard.years), len(hazard.events)), dtype=bool)
    loads = np.array([hazard.loading[e] for e in hazard.events])
    alone = np.sqrt(np.maximum(0.0, 1.0 - (loads**2).sum(axis=1)))
    chance = np.array([hazard.chance[e] for e in hazard.events])
    for n, year in enumerate(hazard.years):
        open_now = np.array([hazard.possible(e, year) for e in hazard.events])
        shared = random.standard_normal((number, len(DRIVERS)))
        own = random.standard_normal((number, len(hazard.events)))
        z = shared @ loads.T + own * alone
        happens[:, n, :] = _above(z, chance, random if layers else None) & open_now
    return [_history(hazard, happens[s]) for s in range(number)]


def _above(z: Numbers, chance: Numbers, layers: Any) -> NDArray[np.bool_]:
    """Whether each event happens in each draw of one year."""
    if layers is None:
        limit = np.array([NormalDist().inv_cdf(1 - p) if p < 1 else -np.inf for p in chance])
        return np.asarray(z > limit)
    number = len(z)
    ranks = z.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    level = (ranks + layers.random(z.shape)) / number
    return np.asarray(level > 1 - chance)


def _history(hazard: Hazards, happens: NDArray[np.bool_]) -> History:
    """Events in order of time; a persistent one counts when it begins."""
    begun: set[str] = set()
    found = []
    for n, e in np.argwhere(happens):
        event = hazard.events[e]
        if event in begun:
            continue
        if event in hazard.persistent:
            begun.add(event)
        found.append((event, hazard.years[n]))
    return tuple(found)


def merged(
    hazard: Hazards, histories: list[History], chances: list[float] | None = None
) -> dict[History, float]:
    """Distinct histories with their chance; those alike in every period count as one.

    The model looks at periods, so events of two years of one period are the same to it; the
    years of the first such history stand for all.
    """
    weight = 1.0 / len(histories)
    named: dict[tuple[tuple[str, int], ...], History] = {}
    found: dict[History, float] = {}
    for number, history in enumerate(histories):
        key = tuple(sorted((e, hazard.period_of(y)) for e, y in history))
        first = named.setdefault(key, history)
        found[first] = found.get(first, 0.0) + (weight if chances is None else chances[number])
    return found
