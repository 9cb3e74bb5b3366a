"""Talent: fabs and centres hire from the same regional pools; wages rise with the share taken.

    talent.need[l,q,t]     sum(hire[l,q,n,t], n) + expat[l,q,t] + short[l,q,t] (+ trainee, taught)
                             >= sum(HEADS[k,q] * (cap[i,k,t] - EXISTING[i,k,t]), i in l)
                              + sum(STAFF[r] * active(centre[i,r,.], t), i in l)
                              - sum(POSTS[x,q,t] * x, x in l)                             [thousand]
    talent.tier[l,q,n,t]   hire[l,q,n,t] <= WIDTH[n] * SUPPLY[l,q,t]      (column bound) [thousand]
    talent.expat[l,q,t]    expat <= EXPAT[c] * need                                       [thousand]
    talent.short[l,q,t]    short <= SHORT * need                                          [thousand]
    SUPPLY[l,q,t] = STOCK * (ACCESSIBLE + RECRUITS * (t - START + 1)), less leavers (core.people)
    wages = L * sum(WAGE * (1 + PREMIUM[n]) * hire) + WAGE * RATIO[c] * expat + PRICE * short
The steps of the wage curve are convex, so a linear programme takes the cheap ones first. People in
fabs that run today are paid at the going wage (a constant line); POSTS are those that a fab x
fills by itself: bought with its people, or refitted (below zero: closed, people leave).
Technicians, engineers and researchers (q) do not replace each other.
Sources: fact tables `pool`, `tier`, `product`, `centre`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount, payroll
from planner.core import people as workforce
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model

AFTER = ("capacity", "acquisition", "research", "retrofit", "training")
NEEDS = ("pool", "tier")
READS = (
    *discount.READS,
    *workforce.READS,
    "pool.wage_usd_thousand",
    "tier.width_pct",
    "tier.wage_premium_pct",
    "product.technicians_per_kwpm",
    "product.engineers_per_kwpm",
    "country.expat_share_pct",
    "country.expat_cost_ratio",
    "centre.headcount_thousand",
    "centre.lead_years",
)
FAB_SKILLS = {"technician": "technicians", "engineer": "engineers"}


class Options(Base):
    """Knobs of the talent concept."""

    supply_scale: Annotated[float, Field(gt=0, le=10)] = 1.0
    """Supply of every pool against the data [ratio]"""
    attrition_scale: Annotated[float, Field(ge=0, le=5)] = 0.0
    """Share of people who leave the trade every year, against the data; 0 = nobody [ratio]"""
    shortage_pct: Annotated[float, Field(ge=0, le=50)] = 5.0
    """Highest share of the need that may stay unfilled [%]"""
    shortage_price_ratio: Annotated[float, Field(ge=1, le=20)] = 5.0
    """Yearly price of an unfilled post against the going wage [ratio]"""


def supply(case: CaseView, opt: Options, pool: str, skill: str, t: int) -> float:
    """People of a skill the firm could win in a region by period t [thousand]."""
    years = t - case.sets.periods[0]
    return opt.supply_scale * workforce.supply(case, pool, skill, years, opt.attrition_scale)


def heads(case: CaseView, k: str, skill: str) -> float:
    """People of a skill one kwpm needs [thousand/kwpm]."""
    if skill not in FAB_SKILLS:
        return 0.0
    return case.value(f"product.{FAB_SKILLS[skill]}_per_kwpm", k) / 1000


def wage(case: CaseView, pool: str, skill: str) -> float:
    """Yearly cost of a thousand people at the going wage [USD bn/year per thousand]."""
    return case.value("pool.wage_usd_thousand", pool, skill) / 1000


def country(case: CaseView, pool: str) -> str:
    """Country of a pool."""
    return case.text("pools", pool, "country")


def spots(case: CaseView) -> list[tuple[str, str, int]]:
    """(pool, skill, period) that some site with something to decide hires from."""
    sites = {i for i, _, _, _ in case.sets.columns} | {i for i, _, _ in case.sets.growth()}
    sites |= {change.key[0] for change in case.sets.changes}
    sites |= {i for i in case.sets.sites if case.items("sites", i, "centre_types")}
    used = {case.text("sites", i, "pool") for i in sites}
    return [
        (pool, skill, t)
        for pool in case.ids("pools")
        if pool in used
        for skill in case.ids("skills")
        for t in case.sets.periods
    ]


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create hire, expat, short with their rules; book wages."""
    where = spots(case)
    tiers = case.ids("tiers")
    high = {
        (*spot, n): case.value("tier.width_pct", n) / 100 * supply(case, opt, *spot)
        for spot in where
        for n in tiers
    }
    hire = m.variables("hire", high, index="pool,skill,period,tier", unit="thousand", high=high)
    expat = m.variables("expat", where, index="pool,skill,period", unit="thousand")
    short = m.variables("short", where, index="pool,skill,period", unit="thousand")
    need, base = _needs(m, case)
    m.require(
        "talent.need",
        (
            (
                s,
                [*((hire[*s, n], 1.0) for n in tiers), (expat[s], 1.0), (short[s], 1.0)]
                + [(j, 1.0) for j in [_trainee(m, s)] if j is not None]
                + [(j, -a) for j, a in need[s]],
                ">=",
                base[s],
            )
            for s in where
        ),
        unit="thousand",
        why="every post is filled, or priced as short",
    )
    shares = (("talent.expat", expat, None), ("talent.short", short, opt.shortage_pct))
    for rule, family, pct in shares:
        m.require(
            rule,
            (
                (
                    s,
                    [(family[s], 1.0), *((j, -a * share) for j, a in need[s])],
                    "<=",
                    base[s] * share,
                )
                for s in where
                for share in [_share(case, s[0], pct)]
            ),
            unit="thousand",
            why="at most a share of the need",
        )
    _wages(m, case, opt, where)
    _standing(m, case)


def _trainee(m: Model, spot: tuple[str, str, int]) -> int | None:
    """Column of the people the firm teaches itself, None where it does not."""
    return m.families["trainee"].get(spot) if "trainee" in m.families else None


def _share(case: CaseView, pool: str, pct: float | None) -> float:
    if pct is None:
        pct = case.value("country.expat_share_pct", country(case, pool))
    return pct / 100


def _needs(
    m: Model, case: CaseView
) -> tuple[dict[tuple[str, str, int], list[tuple[int, float]]], dict[tuple[str, str, int], float]]:
    """Terms of the need and its constant (minus what stands today) for each spot."""
    where = spots(case)
    need: dict[tuple[str, str, int], list[tuple[int, float]]] = {s: [] for s in where}
    base = dict.fromkeys(where, 0.0)
    for (i, k, t), cap in m.family("cap").columns.items():
        pool = case.text("sites", str(i), "pool")
        for skill in FAB_SKILLS:
            spot = (pool, skill, int(t))
            if spot in need:
                need[spot].append((cap, heads(case, str(k), skill)))
                standing = case.sets.existing.get((str(i), str(k), int(t)), 0.0)
                base[spot] -= heads(case, str(k), skill) * standing
    for change, spot, people in payroll.all_posts(case):
        need[spot].append((m.family(change.family)[change.key], -people))
    for (i, r, v), centre in m.families["centre"].columns.items() if "centre" in m.families else ():
        pool = case.text("sites", str(i), "pool")
        for t in case.sets.periods:
            spot = (pool, "researcher", t)
            if spot in need and int(v) + case.value("centre.lead_years", str(r)) <= t:
                need[spot].append((centre, case.value("centre.headcount_thousand", str(r))))
    return need, base


def _wages(m: Model, case: CaseView, opt: Options, where: list[tuple[str, str, int]]) -> None:
    hire, expat, short = m.family("hire"), m.family("expat"), m.family("short")
    for pool, skill, t in where:
        unit = wage(case, pool, skill) * case.sets.years_per_period
        ratio = case.value("country.expat_cost_ratio", country(case, pool))
        lines = {
            "talent.wages": [(hire[pool, skill, t, n], -unit) for n in case.ids("tiers")],
            "talent.premium": [
                (hire[pool, skill, t, n], -unit * case.value("tier.wage_premium_pct", n) / 100)
                for n in case.ids("tiers")
                if case.value("tier.wage_premium_pct", n)
            ],
            "talent.expats": [(expat[pool, skill, t], -unit * ratio)],
            "talent.shortage": [(short[pool, skill, t], -unit * opt.shortage_price_ratio)],
        }
        for item, terms in lines.items():
            m.cost(
                item,
                (pool, skill),
                terms=terms,
                period=t,
                factor=discount.over(case, t),
                group="talent",
                country=country(case, pool),
                taxable=True,
            )


def _standing(m: Model, case: CaseView) -> None:
    """People in fabs that run today, at the going wage."""
    for (i, k, t), kwpm in case.sets.existing.items():
        pool = case.text("sites", i, "pool")
        paid = sum(heads(case, k, q) * wage(case, pool, q) for q in FAB_SKILLS) * kwpm
        m.cost(
            "talent.standing",
            (i, k),
            constant=-paid * case.sets.years_per_period,
            period=t,
            factor=discount.over(case, t),
            group="talent",
            country=case.sets.country_of[i],
            taxable=True,
        )


def needs_of(plan: Plan, case: CaseView) -> dict[tuple[str, str, int], float]:
    """People needed beyond those of today's fabs, from the plan's decisions [thousand]."""
    need = dict.fromkeys(spots(case), 0.0)
    caps = plan.values("cap")
    for i, k, t in set(caps) | set(case.sets.existing):
        extra = caps.get((i, k, t), 0.0) - case.sets.existing.get((i, k, t), 0.0)
        for skill in FAB_SKILLS:
            spot = (case.text("sites", i, "pool"), skill, t)
            if spot in need:
                need[spot] += heads(case, k, skill) * extra
    for change, spot, people in payroll.all_posts(case):
        need[spot] -= plan.values(change.family).get(change.key, 0.0) * people
    for (i, r, v), n in plan.values("centre").items():
        for t in case.sets.periods:
            spot = (case.text("sites", i, "pool"), "researcher", t)
            if spot in need and v + case.value("centre.lead_years", r) <= t:
                need[spot] += n * case.value("centre.headcount_thousand", r)
    return need


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Every need filled, tiers and shares kept."""
    hire, expat, short = plan.values("hire"), plan.values("expat"), plan.values("short")
    filled: dict[tuple[str, str, int], float] = dict(plan.values("trainee"))
    filled |= {s: n + filled.get(s, 0.0) for s, n in plan.values("taught").items()}
    for (pool, skill, t, n), people in hire.items():
        filled[pool, skill, t] = filled.get((pool, skill, t), 0.0) + people
        most = case.value("tier.width_pct", n) / 100 * supply(case, opt, pool, skill, t)
        if people > most + 1e-6:
            yield _issue("tier", (pool, skill, t, n), f"hires {people:.6g} of {most:.6g}")
    for spot, need in needs_of(plan, case).items():
        sent, open_ = expat.get(spot, 0.0), short.get(spot, 0.0)
        if filled.get(spot, 0.0) + sent + open_ < need - 1e-6:
            yield _issue("need", spot, f"needs {need:.6g} thousand people")
        if sent > _share(case, spot[0], None) * max(need, 0.0) + 1e-6:
            yield _issue("expat", spot, f"{sent:.6g} thousand sent from home")
        if open_ > opt.shortage_pct / 100 * max(need, 0.0) + 1e-6:
            yield _issue("short", spot, f"{open_:.6g} thousand posts unfilled")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Wages again, from people and facts."""
    years = case.sets.years_per_period
    for (pool, skill, t, n), people in plan.values("hire").items():
        paid = people * wage(case, pool, skill) * years
        yield "talent.wages", t, "all", -paid
        yield "talent.premium", t, "all", -paid * case.value("tier.wage_premium_pct", n) / 100
    for (pool, skill, t), people in plan.values("expat").items():
        ratio = case.value("country.expat_cost_ratio", country(case, pool))
        yield "talent.expats", t, "all", -people * wage(case, pool, skill) * ratio * years
    for (pool, skill, t), people in plan.values("short").items():
        price = wage(case, pool, skill) * opt.shortage_price_ratio
        yield "talent.shortage", t, "all", -people * price * years
    for (i, k, t), kwpm in case.sets.existing.items():
        pool = case.text("sites", i, "pool")
        paid = sum(heads(case, k, q) * wage(case, pool, q) for q in FAB_SKILLS) * kwpm
        yield "talent.standing", t, "all", -paid * years


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"talent.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V140", where, "", text)
