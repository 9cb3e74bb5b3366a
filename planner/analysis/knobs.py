"""Knobs: the few outside numbers a host, a customer or fate could move, each on a stated range.

A knob turns a case into another one; share 0 is the case as it stands, share 1 the furthest the
range goes. All rows of a dated fact move together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from planner.core.case import Case, Fact

FURTHEST = {"wage": 0.5, "lead": 0.5, "tariff": 4.0, "risk": 4.0}
"""Factor on the number at share 1: wages and lead times down to half, tariffs and the chance of
trouble at home up to four times (a choice of this planner; the ranges are stated in the answer)."""


@dataclass(frozen=True)
class Knob:
    """One outside number: `factor` at share 1; `touches` says which facts it multiplies."""

    name: str
    words: str
    unit: str
    now: float
    factor: float
    turn: Callable[[Case, float], Case]

    def at(self, share: float) -> float:
        """Value at a share of the range."""
        return self.now * (1 + share * (self.factor - 1))


def scaled(case: Case, touches: Callable[[Fact], bool], factor: float) -> Case:
    """The case with every fact that `touches` picks multiplied by a factor."""
    facts = tuple(
        replace(f, value=f.value * factor, low=f.low * factor, high=f.high * factor)
        if touches(f)
        else f
        for f in case.facts
    )
    return case.replace(facts=facts)


def knobs_for(case: Case, site: str) -> tuple[Knob, ...]:
    """The knobs that could bring a site in: wage, lead time, tariff, risk at home."""
    made = (_wage(case, site), _lead(case, site), _tariff(case), _risk(case))
    return tuple(k for k in made if k is not None)


def turned(case: Case, knobs: Mapping[str, tuple[Knob, float]]) -> Case:
    """The case with several knobs at their shares."""
    for knob, share in knobs.values():
        if share:
            case = knob.turn(case, share)
    return case


def _multiplier(
    name: str, words: str, unit: str, now: float, touches: Callable[[Fact], bool]
) -> Knob:
    factor = FURTHEST[name]

    def turn(case: Case, share: float) -> Case:
        return scaled(case, touches, 1 + share * (factor - 1))

    return Knob(name, words, unit, now, factor, turn)


def _wage(case: Case, site: str) -> Knob | None:
    pool = case.text("sites", site, "pool")
    mine = [
        f
        for f in case.facts
        if (f.table, f.parameter) == ("pool", "wage_usd_thousand")
        and f.entity.startswith(f"{pool}|")
    ]
    if not mine:
        return None
    keys = {f.key for f in mine}
    now = next((f.value for f in mine if f.entity.endswith("|engineer")), mine[0].value)
    words = f"pay in the labour pool of {case.name('sites', site)} (engineers)"
    return _multiplier("wage", words, "USD thousand a year", now, lambda f: f.key in keys)


def _lead(case: Case, site: str) -> Knob | None:
    country = case.text("sites", site, "country")
    option = "greenfield" if case.text("sites", site, "status") == "candidate" else "expansion"
    name = f"lead_{option}_years"
    if not case.has(f"country.{name}", country):
        return None
    now = case.value(f"country.{name}", country)
    words = f"lead time of a {option} fab in {case.name('countries', country)}"
    key = ("country", country, name)
    return _multiplier(
        "lead", words, "years", now, lambda f: (f.table, f.entity, f.parameter) == key
    )


def _tariff(case: Case) -> Knob | None:
    home = {c for c in case.ids("countries") if case.text("countries", c, "role") == "home"}
    hits = {
        m for m in case.ids("tariff_measures")
        if home & set(case.items("tariff_measures", m, "origins"))
    }  # fmt: skip
    rates = [
        f for f in case.facts
        if (f.table, f.parameter) == ("tariff", "rate_pct") and f.entity in hits and f.value > 0
    ]  # fmt: skip
    if not rates:
        return None
    now = max(f.value for f in rates)
    keys = {f.key for f in rates}
    words = "tariffs on chips from home (the highest rate)"
    return _multiplier("tariff", words, "%", now, lambda f: f.key in keys)


def _risk(case: Case) -> Knob | None:
    """Chance of the futures that hit home; the others shrink so that the sum stays 100 %."""
    hit = _futures_at_home(case)
    chances = {
        s: case.value("future.probability_pct", s)
        for s in case.ids("futures")
        if case.has("future.probability_pct", s)
    }
    now, total = sum(chances.get(s, 0.0) for s in hit), sum(chances.values())
    if not 0 < now < total:
        return None
    factor = min(FURTHEST["risk"], 0.9 * total / now)
    if factor <= 1:
        return None

    def turn(made: Case, share: float) -> Case:
        up = 1 + share * (factor - 1)
        down = (total - now * up) / (total - now)
        grown = scaled(made, lambda f: _chance(f) and f.entity in hit, up)
        return scaled(grown, lambda f: _chance(f) and f.entity not in hit, down)

    return Knob("risk", "chance of a future that hits home", "%", now, factor, turn)


def _chance(fact: Fact) -> bool:
    return (fact.table, fact.parameter) == ("future", "probability_pct")


def _futures_at_home(case: Case) -> set[str]:
    home = {c for c in case.ids("countries") if case.text("countries", c, "role") == "home"}
    places = home | {
        case.text("sites", i, "iso_3166_2")
        for i in case.ids("sites")
        if case.text("sites", i, "country") in home
    }
    events = {e for e in case.ids("events") if places & set(case.items("events", e, "places"))}
    return {
        s
        for s in case.ids("futures")
        if events & {part.split("@")[0] for part in case.items("futures", s, "events")}
    }
