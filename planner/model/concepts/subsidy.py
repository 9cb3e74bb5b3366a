"""Subsidy: grants and tax credits lower the price of a site, within caps, budgets and dates.

    subsidy.rate[i,p,t]       grant[i,p,t] <= RATE[p] * eligible[i,p,t]                     [USD bn]
    subsidy.project[i,p]      sum(grant[i,p,t], t) <= CAP[p]                                [USD bn]
    subsidy.budget[p]         sum(grant[i,p,t], i, t) <= BUDGET[p]                          [USD bn]
    subsidy.cumulation[i,t]   sum(grant[i,p,t], p) <= THETA[c] * outlay[i,t]                [USD bn]
    eligible[i,p,t] = outlay on modules begun at i in t of a class the programme covers, if
                      START_FROM <= t < START_BEFORE and SERVICE_FROM <= service < SERVICE_BEFORE,
                      plus centres decided at i in t when it covers centres
A grant is paid LAG years after building begins, a tax credit LAG years after entry into service
(of the first fab it could pay for).
In a state of the world where grants are cut, the share cut of what falls due then is not paid.
Sources: fact tables `programme`, `country` (aid_cumulation_pct), `event` (grant_cut_pct).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import aid, discount
from planner.core.aid import Part, Spot
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model, Row

AFTER = ("capacity", "acquisition", "costs", "research", "retrofit")
NEEDS = ("programme", "product")
READS = (
    *discount.READS,
    *aid.READS,
    "programme.rate_pct",
    "programme.project_cap_usd_bn",
    "programme.budget_usd_bn",
    "country.aid_cumulation_pct",
)


class Options(Base):
    """Knobs of the subsidy concept."""

    rate_scale: Annotated[float, Field(ge=0, le=5)] = 1.0
    """Every rate against the data [ratio]"""
    budget_scale: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Every budget and project cap against the data [ratio]"""
    cumulation_pct: Annotated[float, Field(ge=0, le=100)] | None = None
    """All aid together at most this share of outlay, in every country; empty = the data's [%]"""


def offers(case: CaseView, opt: Options, parts: aid.Parts) -> dict[Spot, list[tuple[Part, float]]]:
    """(site, programme, period) -> parts the programme pays for; only where something is."""
    found = {}
    for p in case.ids("programmes"):
        if case.value("programme.rate_pct", p) * opt.rate_scale <= 0:
            continue
        for i, t in parts:
            paid = paid_for(case, (i, p, t), parts)
            if paid:
                found[i, p, t] = paid
    return found


def paid_for(case: CaseView, spot: Spot, parts: aid.Parts) -> list[tuple[Part, float]]:
    """Parts of a site's outlay in a period that a programme pays for."""
    i, p, t = spot
    return [part for part in parts.get((i, t), []) if aid.covers(case, p, i, t, part)]


def cap(case: CaseView, opt: Options, p: str, kind: str) -> float | None:
    """Budget or project cap of a programme, None when it has none [USD bn]."""
    name = f"programme.{kind}_usd_bn"
    return case.value(name, p) * opt.budget_scale if case.has(name, p) else None


def theta(case: CaseView, opt: Options, i: str) -> float:
    """Highest share of outlay that all aid may reach, as a fraction."""
    if opt.cumulation_pct is not None:
        return opt.cumulation_pct / 100
    return case.value("country.aid_cumulation_pct", case.sets.country_of[i]) / 100


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create grant and its rules; book it, and its loss where grants are cut."""
    centres = list(m.families["centre"].columns) if "centre" in m.families else []
    parts = aid.parts_of(case, [(str(i), str(r), int(t)) for i, r, t in centres])
    on_offer = offers(case, opt, parts)
    grant = m.variables("grant", on_offer, index="site,programme,period", unit="USD bn")

    def terms(some: list[tuple[Part, float]], scale: float) -> list[tuple[int, float]]:
        return [(m.family(f)[key], -scale * paid) for (f, key, paid), _ in some]

    rate = {p: case.value("programme.rate_pct", p) / 100 * opt.rate_scale for _, p, _ in on_offer}
    m.require(
        "subsidy.rate",
        (
            (s, [(grant[s], 1.0), *terms(some, rate[s[1]])], "<=", 0.0)
            for s, some in on_offer.items()
        ),
        unit="USD bn",
        why="aid is a share of eligible outlay",
    )
    m.require(
        "subsidy.project", _cap_rows(m, case, opt, "project"), unit="USD bn", why="cap a project"
    )
    m.require(
        "subsidy.budget", _cap_rows(m, case, opt, "budget"), unit="USD bn", why="what is left"
    )
    m.require(
        "subsidy.cumulation",
        (
            (
                spot,
                [(grant[s], 1.0) for s in on_offer if (s[0], s[2]) == spot]
                + terms(some, theta(case, opt, spot[0])),
                "<=",
                0.0,
            )
            for spot, some in parts.items()
            if any((s[0], s[2]) == spot for s in on_offer)
        ),
        unit="USD bn",
        why="all aid together",
    )
    for s, some in on_offer.items():
        _book(m, case, s, aid.paid_on(case, s[1], s[2], some))


def _cap_rows(m: Model, case: CaseView, opt: Options, kind: str) -> Iterator[Row]:
    """Rows of the project cap (per site) or of the budget (whole programme)."""
    rows: dict[tuple[str, ...], list[tuple[int, float]]] = {}
    for (i, p, _), column in m.family("grant").columns.items():
        key: tuple[str, ...] = (str(i), str(p)) if kind == "project" else (str(p),)
        rows.setdefault(key, []).append((column, 1.0))
    name = "project_cap" if kind == "project" else "budget"
    for key, terms in rows.items():
        most = cap(case, opt, key[-1], name)
        if most is not None:
            yield key, terms, "<=", most


def _book(m: Model, case: CaseView, spot: Spot, when: float) -> None:
    column = m.family("grant")[spot]
    country = case.sets.country_of[spot[0]]
    period = case.sets.period_of(when) or case.sets.periods[-1]
    lines = [("subsidy.grant", "all", 1.0)]
    lines += [
        ("subsidy.cut", u.id, u.grant_kept - 1.0)
        for u in case.sets.states[period]
        if u.grant_kept != 1.0 and when < case.sets.end
    ]
    for item, state, coefficient in lines:
        m.cost(
            item,
            spot,
            terms=[(column, coefficient)],
            period=period,
            state=state,
            factor=discount.at(case, when),
            group="subsidy",
            country=country,
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Every limit on aid again, from decisions."""
    decided = {f: plan.values(f) for f in aid.families(case)}
    parts = aid.parts_of(case, list(decided["centre"]))

    def spent(some: list[tuple[Part, float]]) -> float:
        return sum(paid * decided[f].get(key, 0.0) for (f, key, paid), _ in some)

    sums: dict[tuple[str, tuple[str | int, ...]], tuple[float, float | None]] = {}

    def add(rule: str, key: tuple[str | int, ...], got: float, most: float | None) -> None:
        sums[rule, key] = (sums.get((rule, key), (0.0, None))[0] + got, most)

    for (i, p, t), got in plan.values("grant").items():
        share = case.value("programme.rate_pct", p) / 100 * opt.rate_scale
        add("rate", (i, p, t), got, share * spent(paid_for(case, (i, p, t), parts)))
        add("project", (i, p), got, cap(case, opt, p, "project_cap"))
        add("budget", (p,), got, cap(case, opt, p, "budget"))
        add("cumulation", (i, t), got, theta(case, opt, i) * spent(parts.get((i, t), [])))
    for (rule, key), (got, most) in sums.items():
        if most is not None and got > most + 1e-6:
            yield _issue(rule, key, f"{got:.6g} of at most {most:.6g} USD bn")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Aid again, from grants taken and dates."""
    parts = aid.parts_of(case, list(plan.values("centre")))
    for (i, p, t), got in plan.values("grant").items():
        when = aid.paid_on(case, p, t, paid_for(case, (i, p, t), parts))
        period = case.sets.period_of(when) or case.sets.periods[-1]
        yield "subsidy.grant", period, "all", got
        for u in case.sets.states[period] if when < case.sets.end else ():
            yield "subsidy.cut", period, u.id, got * (u.grant_kept - 1.0)


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"subsidy.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V120", where, "", text)
