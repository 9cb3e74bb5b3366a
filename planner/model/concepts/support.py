"""Support: loans, guarantees, training aid and land a host gives besides grants and credits.

    support.share[i,q,t]       support[i,q,t] <= SHARE[q] * BASE[i,q,t]                    [USD bn]
    support.budget[q]          sum(support[i,q,t], i, t) <= BUDGET[q]                      [USD bn]
    support.cumulation[i,t]    sum(grant[i,p,t], p) + sum(WORTH[q] * support[i,q,t], q)
                                 <= THETA[c] * (outlay[i,t] + SITE[i] * open[i,t])         [USD bn]
    BASE  = loan, guarantee: outlay on covered modules and centres begun at i in t
            training:        HEAD_COST[q] * technicians and engineers of covered modules
            land:            SITE[i] * open[i,t]
    WORTH = loan, guarantee: 1 - annuity(MARKET[q], TENOR[q]) / annuity(RATE[q], TENOR[q])
            training, land:  1
    received = WORTH[q] * support[i,q,t], LAG[q] years after building begins               [USD bn]
A loan is worth what its lower interest saves at the firm's own borrowing rate, not its face value;
a guarantee likewise, RATE being the guaranteed rate with the fee. What a dollar of it costs the
state (interest forgone, expected loss) matters where instruments are compared. Off by default.
Sources: fact table `instrument`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import aid, discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model, Row

AFTER = ("capacity", "acquisition", "costs", "research", "retrofit", "subsidy")
NEEDS = ("instrument", "product")
READS = (
    *discount.READS,
    *aid.READS,
    "instrument.share_pct",
    "instrument.budget_usd_bn",
    "instrument.rate_pct",
    "instrument.market_rate_pct",
    "instrument.tenor_years",
    "instrument.cost_usd_thousand_per_head",
    "instrument.payment_lag_years",
    "country.aid_cumulation_pct",
    "site.site_cost_usd_bn",
    "product.technicians_per_kwpm",
    "product.engineers_per_kwpm",
)
Term = tuple[str, tuple[str | int, ...], float]
"""Variable family, key, base of one unit [USD bn]."""


class Options(Base):
    """Knobs of support."""

    on: bool = False
    """Whether loans, guarantees, training aid and land are on offer [yes/no]"""
    budget_scale: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Every budget against the data [ratio]"""


def worth(case: CaseView, q: str) -> float:
    """What a dollar of support is worth to the firm when it is given [ratio]."""
    if case.text("instruments", q, "instrument") not in ("loan", "guarantee"):
        return 1.0
    years = case.value("instrument.tenor_years", q)
    lent = discount.annuity(case.value("instrument.rate_pct", q) / 100, years)
    market = discount.annuity(case.value("instrument.market_rate_pct", q) / 100, years)
    return max(0.0, 1 - market / lent) if lent else 0.0


def head_cost(case: CaseView, q: str, k: str) -> float:
    """Training cost of the people of one module [USD bn]."""
    people = case.value("product.technicians_per_kwpm", k)
    people += case.value("product.engineers_per_kwpm", k)
    people *= case.value("product.module_kwpm", k)
    return people * case.value("instrument.cost_usd_thousand_per_head", q) / 1e6


def bases(
    case: CaseView, parts: aid.Parts, opens: set[tuple[str, int]]
) -> dict[aid.Spot, list[Term]]:
    """(site, instrument, period) -> what the instrument is a share of."""
    found: dict[aid.Spot, list[Term]] = {}
    for q in case.ids("instruments"):
        kind = case.text("instruments", q, "instrument")
        if kind == "land":
            for i, t in opens:
                if aid.is_here(case, "instruments", q, i):
                    paid = case.value("site.site_cost_usd_bn", i)
                    found[i, q, t] = [("open", (i, t), paid)]
            continue
        for (i, t), some in parts.items():
            terms = [
                (f, key, head_cost(case, q, str(key[1])) if kind == "training" else paid)
                for (f, key, paid), _ in some
                if aid.is_for(case, "instruments", q, i, (f, key, paid))
                and (kind != "training" or f == "modules")
            ]
            if terms:
                found[i, q, t] = terms
    return {spot: found[spot] for spot in sorted(found)}


def theta(case: CaseView, i: str) -> float:
    """Highest share of outlay that all aid may reach, as a fraction."""
    asked = case.scenario.concepts.get("subsidy", {}).get("cumulation_pct")
    if asked is not None:
        return float(asked) / 100
    return case.value("country.aid_cumulation_pct", case.sets.country_of[i]) / 100


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create support and its rules; book what it is worth."""
    centres = m.families["centre"].columns if "centre" in m.families else {}
    parts = aid.parts_of(case, [(str(i), str(r), int(t)) for i, r, t in centres])
    opens = {(str(i), int(t)) for i, t in m.family("open").columns}
    on_offer = bases(case, parts, opens)
    support = m.variables("support", on_offer, index="site,instrument,period", unit="USD bn")

    def terms(some: list[Term], scale: float) -> list[tuple[int, float]]:
        return [(m.family(f)[key], -scale * paid) for f, key, paid in some]

    m.require(
        "support.share",
        (
            (s, [(support[s], 1.0), *terms(some, _share(case, s[1]))], "<=", 0.0)
            for s, some in on_offer.items()
        ),
        unit="USD bn",
        why="support is a share of what it is for",
    )
    by_budget: dict[str, list[tuple[int, float]]] = {}
    for s in on_offer:
        if case.has("instrument.budget_usd_bn", s[1]):
            by_budget.setdefault(s[1], []).append((support[s], 1.0))
    m.require(
        "support.budget",
        (((q,), row, "<=", budget(case, opt, q)) for q, row in by_budget.items()),
        unit="USD bn",
        why="what is left",
    )
    m.require(
        "support.cumulation", _cumulation(m, case, parts), unit="USD bn", why="all aid together"
    )
    for s in on_offer:
        when = s[2] + case.value("instrument.payment_lag_years", s[1])
        m.cost(
            "support.received",
            s,
            terms=[(support[s], worth(case, s[1]))],
            period=case.sets.period_of(when) or case.sets.periods[-1],
            factor=discount.at(case, when),
            group="subsidy",
            country=case.sets.country_of[s[0]],
        )


def _share(case: CaseView, q: str) -> float:
    return case.value("instrument.share_pct", q) / 100


def budget(case: CaseView, opt: Options, q: str) -> float:
    """Face value an instrument has left [USD bn]."""
    return case.value("instrument.budget_usd_bn", q) * opt.budget_scale


def _cumulation(m: Model, case: CaseView, parts: aid.Parts) -> Iterator[Row]:
    given: dict[tuple[str, int], list[tuple[int, float]]] = {}
    for (i, q, t), column in m.family("support").columns.items():
        given.setdefault((str(i), int(t)), []).append((column, worth(case, str(q))))
    grants = m.families["grant"].columns if "grant" in m.families else {}
    for (i, _, t), column in grants.items():
        if (str(i), int(t)) in given:
            given[str(i), int(t)].append((column, 1.0))
    for (i, t), terms in given.items():
        most = theta(case, i)
        paid = [(m.family(f)[key], -most * x) for (f, key, x), _ in parts.get((i, t), [])]
        if (opened := m.family("open").get((i, t))) is not None:
            paid.append((opened, -most * case.value("site.site_cost_usd_bn", i)))
        yield (i, t), [*terms, *paid], "<=", 0.0


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Every limit on support again, from decisions."""
    decided = {f: plan.values(f) for f in (*aid.families(case), "open")}
    parts = aid.parts_of(case, list(decided["centre"]))
    on_offer = bases(case, parts, {(i, t) for i, t in decided["open"]})
    used: dict[str, float] = {}
    together: dict[tuple[str, int], float] = {}
    for (i, q, t), got in plan.values("support").items():
        used[q] = used.get(q, 0.0) + got
        together[i, t] = together.get((i, t), 0.0) + got * worth(case, q)
        base = sum(x * decided[f].get(key, 0.0) for f, key, x in on_offer.get((i, q, t), []))
        yield from _over("share", (i, q, t), got, _share(case, q) * base)
    for q, got in used.items():
        if case.has("instrument.budget_usd_bn", q):
            yield from _over("budget", (q,), got, budget(case, opt, q))
    for (i, _, t), got in plan.values("grant").items():
        if (i, t) in together:
            together[i, t] += got
    for (i, t), got in together.items():
        paid = sum(x * decided[f].get(key, 0.0) for (f, key, x), _ in parts.get((i, t), []))
        paid += case.value("site.site_cost_usd_bn", i) * decided["open"].get((i, t), 0.0)
        yield from _over("cumulation", (i, t), got, theta(case, i) * paid)


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """What support is worth again."""
    for (_, q, t), got in plan.values("support").items():
        when = t + case.value("instrument.payment_lag_years", q)
        period = case.sets.period_of(when) or case.sets.periods[-1]
        yield "support.received", period, "all", got * worth(case, q)


def _over(rule: str, key: tuple[object, ...], got: float, most: float) -> Iterator[Issue]:
    if got > most + 1e-6:
        where = f"support.{rule}[{','.join(str(part) for part in key)}]"
        yield Issue("error", "V124", where, "", f"{got:.6g} of at most {most:.6g} USD bn")
