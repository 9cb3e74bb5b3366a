"""Agreements: in a market, sales of some origins reach a share that rises on a glide path.

    agreements.share[n,t,u]     sum(ship[g,m,k,t,u], c(g) in O[n], k in K[n]) + short[n,t,u]
                                  >= SHARE[n,t] * sum(ship[g,m,k,t,u], g, k in K[n])   [mn wafers/y]
    agreements.expected[n,t]    the same, weighted by PROB[t,u] and summed over the states u
    penalty = L * short[n,t,u] * FINE[n]                                                    [USD bn]
    SHARE[n,t] = START, then in a straight line to END between their years, then END; 0 before
Mode `hard` has no short; `penalty` buys short at FINE; `expected` holds on average over the states.
All sales means those of the firms in the case: for a content rule (so many chips made here for each
one imported) that is what the rule counts; for a share of a whole market, put the other sellers in
as sites. The mean of the period's years is taken. The instrument is that of the US-Japan
Semiconductor Agreement (20 % foreign share in Japan); its heir is the one-for-one content rule
discussed in Washington in 2025.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Named, Settings
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.scenario import Year
from planner.model.lp import Model, Row

AFTER = ("sales",)
NEEDS = ("demand",)
READS = discount.READS
LEAST_SHARE = 1e-4
"""A smaller share asks for nothing: coefficients that small lie below the solver's tolerances."""
Percent = Annotated[float, Field(ge=0, le=100)]


class Agreement(Settings):
    """One floor on the share of some origins in one market."""

    market: str
    """Market [id]"""
    origins: Annotated[tuple[str, ...], Field(min_length=1)]
    """Countries whose sales count towards the share [list]"""
    products: tuple[str, ...] = ()
    """Classes counted; empty = all [list]"""
    start_year: Year
    """First year of the glide path [year]"""
    start_pct: Percent = 0.0
    """Share asked in that year [%]"""
    end_year: Year
    """Year from which the full share is asked [year]"""
    end_pct: Percent
    """Full share [%]"""
    mode: Literal["hard", "penalty", "expected"] = "hard"
    """Kept in every state, bought off, or kept on average [hard|penalty|expected]"""
    fine_usd_per_wafer: Annotated[float, Field(ge=0)] = 0.0
    """Mode penalty: fine for a wafer short of the share [USD/wafer]"""

    @model_validator(mode="after")
    def _sensible(self) -> Agreement:
        if self.end_year < self.start_year:
            msg = "'end_year' lies before 'start_year'"
            raise ValueError(msg)
        if (self.mode == "penalty") != (self.fine_usd_per_wafer > 0):
            msg = "'fine_usd_per_wafer' goes with mode 'penalty', and only with it"
            raise ValueError(msg)
        return self

    def asked_pct(self, year: float) -> float:
        """Share asked in a year [%]."""
        if year < self.start_year:
            return 0.0
        if year >= self.end_year:
            return self.end_pct
        passed = (year - self.start_year) / (self.end_year - self.start_year)
        return self.start_pct + passed * (self.end_pct - self.start_pct)


class Options(Base):
    """Knobs of the agreements."""

    floors: tuple[Agreement, ...] = ()
    """Floors on shares of origin [list]"""

    def named(self) -> Iterator[Named]:
        """Markets, countries and classes of the floors."""
        for n, floor in enumerate(self.floors):
            yield ("floors", n, "market"), floor.market, "markets"
            for c in floor.origins:
                yield ("floors", n, "origins"), c, "countries"
            for k in floor.products:
                yield ("floors", n, "products"), k, "products"


def share(case: CaseView, floor: Agreement, t: int) -> float:
    """Share asked over a period, as a fraction; under 1e-4 nothing, lest the solver drop it."""
    years = case.sets.years(t)
    mean = sum(floor.asked_pct(y) for y in years) / len(years) / 100
    return mean if mean >= LEAST_SHARE else 0.0


def counts(case: CaseView, floor: Agreement, g: str, m: str, k: str) -> int:
    """1 when a shipment counts towards the share, 0 when only in the whole, -1 when not at all."""
    if m != floor.market or (floor.products and k not in floor.products):
        return -1
    return int(case.sets.country_of[case.sets.groups[g][0]] in floor.origins)


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create short where it can be bought; the floors; the fines."""
    asked = [
        (n, f, t) for n, f in enumerate(opt.floors) for t in case.sets.periods if share(case, f, t)
    ]
    states = {t: [u.id for u in case.sets.states[t]] for t in case.sets.periods}
    m.variables(
        "short_share",
        [(n, t, u) for n, f, t in asked if f.mode == "penalty" for u in states[t]],
        index="agreement,period,state",
        unit="mn wafers/year",
    )
    rows = {(n, t): _lines(m, case, f, t) for n, f, t in asked}
    m.require(
        "agreements.share",
        _share_rows(m, asked, rows),
        unit="mn wafers/year",
        why="share of origin in every state",
    )
    chances = {(t, u.id): u.probability for t in case.sets.periods for u in case.sets.states[t]}
    m.require(
        "agreements.expected",
        (
            (
                (n, t),
                [(j, a * chances[t, u]) for u, terms in rows[n, t].items() for j, a in terms],
                ">=",
                0.0,
            )
            for n, f, t in asked
            if f.mode == "expected"
        ),
        unit="mn wafers/year",
        why="share of origin on average",
    )
    _fines(m, case, opt)


def _lines(
    m: Model, case: CaseView, floor: Agreement, t: int
) -> dict[str, list[tuple[int, float]]]:
    """State -> shipments, each with what it adds to (counted) or takes from (others) the share."""
    part = share(case, floor, t)
    found: dict[str, list[tuple[int, float]]] = {u.id: [] for u in case.sets.states[t]}
    for (g, n, k, v, u), column in m.family("ship").columns.items():
        if v == t and (kind := counts(case, floor, str(g), str(n), str(k))) >= 0:
            found[str(u)].append((column, kind - part))
    return found


def _share_rows(
    m: Model,
    asked: list[tuple[int, Agreement, int]],
    rows: dict[tuple[int, int], dict[str, list[tuple[int, float]]]],
) -> Iterator[Row]:
    short = m.family("short_share")
    for n, floor, t in asked:
        for u, terms in rows[n, t].items() if floor.mode != "expected" else ():
            bought = short.get((n, t, u))
            yield (n, t, u), [*terms, *([] if bought is None else [(bought, 1.0)])], ">=", 0.0


def _fines(m: Model, case: CaseView, opt: Options) -> None:
    for (n, t, u), column in m.family("short_share").columns.items():
        floor = opt.floors[int(n)]
        paid = floor.fine_usd_per_wafer * case.sets.years_per_period / 1000
        m.cost(
            "agreements.fine",
            (n, floor.market),
            terms=[(column, -paid)],
            period=int(t),
            state=str(u),
            factor=discount.over(case, int(t)),
            group="cost",
            country="",
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Shares again, from shipments and what was bought off."""
    ship, bought = plan.values("ship"), plan.values("short_share")
    for n, floor in enumerate(opt.floors):
        for t in case.sets.periods:
            part, mean, size = share(case, floor, t), 0.0, 0.0
            for u in case.sets.states[t]:
                kinds = [
                    (counts(case, floor, g, m, k), v)
                    for (g, m, k, p, s), v in ship.items()
                    if (p, s) == (t, u.id)
                ]
                whole = sum(v for kind, v in kinds if kind >= 0)
                over = sum(v for kind, v in kinds if kind == 1) - part * whole
                mean, size = mean + u.probability * over, size + whole
                missing = over + bought.get((n, t, u.id), 0.0)
                if floor.mode != "expected" and missing < -1e-6 * max(1.0, whole):
                    yield _issue("share", (n, t, u.id), f"{-missing:.6g} mn wafers short")
            if floor.mode == "expected" and mean < -1e-6 * max(1.0, size):
                yield _issue("expected", (n, t), f"{-mean:.6g} mn wafers short on average")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Fines again, from what was bought off."""
    for (n, t, u), volume in plan.values("short_share").items():
        fine = opt.floors[n].fine_usd_per_wafer
        yield "agreements.fine", t, u, -volume * fine * case.sets.years_per_period / 1000


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"agreements.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V180", where, "", text)
