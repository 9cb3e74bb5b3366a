"""The index sets of a case and the few numbers that say which columns exist.

    i site   c country   k product class   o entry option   t period (its first year)
    m market   g group of sites with identical lane costs   s future   u state of the world in t

Futures that look alike in a period share one state u there: recourse depends on nothing else,
so building it once per (t, u) instead of once per (t, s) loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

WAFERS_PER_KWPM = 0.012
"""Million wafers a year from one thousand wafer starts a month at full load."""

Column = tuple[str, str, str, int]
"""Site, product class, entry option, first year of the period building begins in."""


@dataclass(frozen=True, slots=True)
class Vintage:
    """What modules begun in one period do later.

    service: year of first wafers. usable: period -> mean share of capacity usable in it.
    """

    service: float
    usable: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Way:
    """An entry option besides building alone.

    delay_years: how much longer it takes. borne: share of the outlay the firm itself carries.
    """

    option: str
    delay_years: float = 0.0
    borne: float = 1.0


@dataclass(frozen=True, slots=True)
class Change:
    """One decision besides modules that changes capacity: a fab bought, refitted or closed.

    family, key: its variable; key is (site, class, what, period). option: how tables call it.
    service: first wafers [year]. kwpm: capacity it stands for. effect: (class, period) -> kwpm one
    unit adds or takes away. settled: kwpm of it that draws no new power and water. posts: (skill,
    period) -> posts it fills by itself, below zero where people leave [thousand]. outlay_usd_bn:
    paid for one unit; aided_usd_bn: the part of it that aid may cover. most: largest number of
    units. begins: whether it starts making the class of its key, so that rules on that apply.
    """

    family: str
    key: Column
    option: str
    service: float
    kwpm: float
    effect: Mapping[tuple[str, int], float]
    settled: Mapping[tuple[str, int], float] = field(default_factory=dict)
    posts: Mapping[tuple[str, int], float] = field(default_factory=dict)
    outlay_usd_bn: float = 0.0
    aided_usd_bn: float = 0.0
    most: float = 1.0
    begins: bool = True


@dataclass(frozen=True, slots=True)
class State:
    """One state of the world in one period; factors are 1 and additions 0 where absent.

    spared: share of capacity that keeps running besides `available` where it is hardened.
    """

    id: str
    period: int
    probability: float
    futures: tuple[str, ...]
    available: Mapping[tuple[str, str], float] = field(default_factory=dict)
    demand: Mapping[tuple[str, str], float] = field(default_factory=dict)
    price: Mapping[tuple[str, str], float] = field(default_factory=dict)
    tariff_add_pct: Mapping[tuple[str, str], float] = field(default_factory=dict)
    grant_kept: float = 1.0
    repair_share: Mapping[str, float] = field(default_factory=dict)
    spared: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Sets:
    """Everything a concept iterates over, in one fixed order."""

    periods: tuple[int, ...]
    years_per_period: int
    sites: tuple[str, ...]
    country_of: Mapping[str, str]
    role_of: Mapping[str, str]
    countries: tuple[str, ...]
    home: tuple[str, ...]
    products: tuple[str, ...]
    markets: tuple[str, ...]
    groups: Mapping[str, tuple[str, ...]]
    columns: tuple[Column, ...]
    vintages: Mapping[Column, Vintage]
    futures: Mapping[str, float]
    states: Mapping[int, tuple[State, ...]]
    state_of: Mapping[tuple[str, int], str]
    existing: Mapping[tuple[str, str, int], float]
    planned: Mapping[tuple[str, str, int], float]
    masked: Mapping[str, int] = field(default_factory=dict)
    wafers_per_kwpm: float = WAFERS_PER_KWPM
    changes: tuple[Change, ...] = ()
    borne: Mapping[Column, float] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """First year after the horizon."""
        return self.periods[-1] + self.years_per_period

    def years(self, period: int) -> range:
        """Calendar years of a period."""
        return range(period, period + self.years_per_period)

    def period_of(self, year: float) -> int | None:
        """Period that holds a year, None outside the horizon."""
        if not self.periods[0] <= year < self.end:
            return None
        return self.periods[int((year - self.periods[0]) // self.years_per_period)]

    def group_of(self, site: str) -> str:
        """Group a site ships with."""
        return next(g for g, members in self.groups.items() if site in members)

    def growth(self) -> dict[tuple[str, str, int], float]:
        """Planned additions by the period they come in [kwpm]."""
        found = {}
        for (i, k, t), kwpm in self.planned.items():
            added = kwpm - self.planned.get((i, k, t - self.years_per_period), 0.0)
            if added > 0:
                found[i, k, t] = added
        return found

    def site_products(self) -> tuple[tuple[str, str], ...]:
        """Pairs (site, class) that can have capacity at some time."""
        pairs = {(i, k) for i, k, _, _ in self.columns}
        pairs |= {(i, k) for (i, k, _), v in {**self.existing, **self.planned}.items() if v > 0}
        pairs |= {(change.key[0], k) for change in self.changes for k, _ in change.effect}
        order = {k: n for n, k in enumerate(self.products)}
        rank = {i: n for n, i in enumerate(self.sites)}
        return tuple(sorted(pairs, key=lambda p: (rank[p[0]], order[p[1]])))
