"""Research: R&D centres are opened where their people and partners are.

    research.once[i,r]     sum(centre[i,r,t], t) <= LEVELS                                [levels]
    active(t)              = sum(centre[i,r,v], v + LEAD[r] <= t)
    outlay  = centre * CAPEX[r]                                       paid half-way to opening
    running = L * active * RUNNING[r] * (1 - COFUNDING)               (best partner at the site)
    gain    = L * active * BENEFIT[r] * GAIN                          what the partner adds
    research.steps[r,t]    sum(step[r,n,t], n) <= sum(active(centre[i,r,.], t), i)        [levels]
    benefit = L * sum(step[r,n,t] * BENEFIT[r] * KEEPS**(n - 1), n)   royalties and designs won
    staff   = STAFF[r] researchers, hired and priced in `talent`                          [thousand]
Partners are real institutes and alliances tied to a site (`data/entities/partners.csv`); a centre
works with the one that carries most of its cost there. A centre may grow: each of its LEVELS has
the people, cost and benefit of the data, is decided on its own (at once or later) and can be aided
like the first; with one level a centre is there or not. A second centre of a type, or a second
level, finds less that the first has not found (KEEPS < 1): steps n <= STEPS are concave, so they
fill in order. Benefits belong to the firm's home company. Sources: fact tables `centre`, `partner`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.model.lp import Model

AFTER = ("capacity",)
NEEDS = ("centre",)
READS = (
    *discount.READS,
    "centre.capex_usd_bn",
    "centre.running_usd_bn_per_year",
    "centre.benefit_usd_bn_per_year",
    "centre.lead_years",
    "partner.cofunding_pct",
    "partner.benefit_gain_pct",
    "site.earliest_start",
)


class Options(Base):
    """Knobs of the research concept."""

    benefit_scale: Annotated[float, Field(ge=0, le=20)] = 1.0
    """Yearly benefit of every centre against the data [ratio]"""
    next_keeps_pct: Annotated[float, Field(ge=0, le=100)] = 60.0
    """Benefit of one more centre of a type against the one before (own estimate) [%]"""
    most_steps: Annotated[int, Field(ge=1, le=40)] = 8
    """Centres of a type that still bring a benefit [centres]"""
    levels: Annotated[int, Field(ge=1, le=10)] = 1
    """How large a centre may grow, in times its size in the data [levels]"""


def candidates(case: CaseView) -> list[tuple[str, str, int]]:
    """(site, centre type, period) that may be opened: abroad, allowed, open in the horizon."""
    rules = case.scenario.sites
    found: list[tuple[str, str, int]] = []
    for i in case.sets.sites:
        c = case.sets.country_of[i]
        listed = i in rules.only or c in rules.only or not rules.only
        if case.sets.role_of[c] == "home" or not listed or {i, c} & set(rules.forbid):
            continue
        for r in case.items("sites", i, "centre_types"):
            last = case.sets.end - 1 - case.value("centre.lead_years", r)
            found.extend((i, r, t) for t in case.sets.periods if t < last)
    return found


def partner_terms(case: CaseView, i: str, r: str) -> tuple[float, float, str]:
    """Co-funded share of running cost, gain in benefit, partner's id (best co-funding first)."""
    offers = [
        (
            case.value("partner.cofunding_pct", p) / 100,
            case.value("partner.benefit_gain_pct", p) / 100,
            p,
        )
        for p in case.ids("partners")
        if case.text("partners", p, "site") == i and r in case.items("partners", p, "centre_types")
    ]
    return max(offers, default=(0.0, 0.0, ""))


def opens(case: CaseView, r: str, t: int) -> float:
    """Year in which a centre decided in period t opens."""
    return t + case.value("centre.lead_years", r)


def active_share(case: CaseView, r: str, t: int, period: int) -> float:
    """Share of a period in which a centre decided in t is open."""
    years = case.sets.years_per_period
    return min(1.0, max(0.0, (period + years - opens(case, r, t)) / years))


def yearly(case: CaseView, opt: Options, i: str, r: str) -> tuple[float, float]:
    """Running cost of an open centre, and what its partner adds to its benefit [USD bn/year]."""
    share, gain, _ = partner_terms(case, i, r)
    running = case.value("centre.running_usd_bn_per_year", r) * (1 - share)
    return running, case.value("centre.benefit_usd_bn_per_year", r) * gain * opt.benefit_scale


def step_benefit(case: CaseView, opt: Options, r: str, n: int) -> float:
    """Yearly benefit of the n-th centre of a type, n from 1 [USD bn/year]."""
    base = case.value("centre.benefit_usd_bn_per_year", r) * opt.benefit_scale
    return float(base * (opt.next_keeps_pct / 100) ** (n - 1))


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create centre and step; book outlay, running cost, gain and benefit."""
    keys = candidates(case)
    kind = "binary" if opt.levels == 1 else "integer"
    centre = m.variables(
        "centre", keys, index="site,centre_type,period", unit="levels", high=opt.levels, kind=kind
    )
    pairs = sorted({key[:2] for key in keys})
    m.require(
        "research.once",
        (
            (p, [(centre[key], 1.0) for key in keys if key[:2] == p], "<=", float(opt.levels))
            for p in pairs
        ),
        unit="levels",
        why="a centre of a type is opened once at a site and grows so far",
    )
    for i, r, t in keys:
        column, c = centre[i, r, t], case.sets.country_of[i]
        m.cost(
            "research.outlay",
            (i, r, t),
            terms=[(column, -case.value("centre.capex_usd_bn", r))],
            period=t,
            factor=discount.at(case, (t + opens(case, r, t)) / 2),
            group="cost",
            country=c,
            writeoff=("building", opens(case, r, t)),
        )
        running, gain = yearly(case, opt, i, r)
        for p in case.sets.periods:
            years = active_share(case, r, t, p) * case.sets.years_per_period
            lines = (("research.running", -running, "cost"), ("research.gain", gain, "revenue"))
            for item, unit, group in lines if years else ():
                m.cost(
                    item,
                    (i, r, t),
                    terms=[(column, unit * years)] if unit else [],
                    period=p,
                    factor=discount.over(case, p),
                    group=group,
                    country=c,
                    taxable=True,
                )
    _steps(m, case, opt, keys)


def _steps(m: Model, case: CaseView, opt: Options, keys: list[tuple[str, str, int]]) -> None:
    """Concave benefit of the centres of a type, by how many are open."""
    centre = m.family("centre")
    spots = [(r, p) for r in dict.fromkeys(r for _, r, _ in keys) for p in case.sets.periods]
    sites = {r: len({i for i, q, _ in keys if q == r}) for r, _ in spots}
    count = {r: min(opt.most_steps, opt.levels * n) for r, n in sites.items()}
    step = m.variables(
        "step",
        [(r, n, p) for r, p in spots for n in range(1, count[r] + 1)],
        index="centre_type,step,period",
        unit="levels",
        high=1.0,
    )
    active: dict[tuple[str, int], list[tuple[int, float]]] = {spot: [] for spot in spots}
    for i, r, t in keys:
        for p in case.sets.periods:
            if share := active_share(case, r, t, p):
                active[r, p].append((centre[i, r, t], -share))
    m.require(
        "research.steps",
        (
            (
                (r, p),
                [*((step[r, n, p], 1.0) for n in range(1, count[r] + 1)), *active[r, p]],
                "<=",
                0.0,
            )
            for r, p in spots
        ),
        unit="levels",
        why="only open centres bring a benefit",
    )
    home = next((c for c in case.sets.countries if case.sets.role_of[c] == "home"), "")
    for (kind, n, period), column in step.columns.items():
        worth = step_benefit(case, opt, str(kind), int(n)) * case.sets.years_per_period
        m.cost(
            "research.benefit",
            (kind, n),
            terms=[(column, worth)],
            period=int(period),
            factor=discount.over(case, int(period)),
            group="revenue",
            country=home,
            taxable=True,
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Centres only where allowed, each as large as it may be; benefits only of open ones."""
    allowed = set(candidates(case))
    times: dict[tuple[str, str], float] = {}
    for (i, r, t), n in plan.values("centre").items():
        if n > 1e-6 and (i, r, t) not in allowed:
            yield _issue("once", (i, r, t), "a centre where none may be")
        times[i, r] = times.get((i, r), 0.0) + n
    for pair, n in times.items():
        if n > opt.levels + 1e-6:
            yield _issue("once", pair, f"{n:.3g} levels where {opt.levels} may be")

    steps: dict[tuple[str, int], float] = {}
    for (r, _, p), n in plan.values("step").items():
        steps[r, p] = steps.get((r, p), 0.0) + n
    for (r, p), n in steps.items():
        centres = plan.values("centre").items()
        able = sum(x * active_share(case, r, t, p) for (_, q, t), x in centres if q == r)
        if n > able + 1e-6:
            yield _issue("steps", (r, p), f"benefits of {n:.3g} centres, {able:.3g} open")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Centres' money again, from decisions and facts."""
    for (i, r, t), n in plan.values("centre").items():
        yield "research.outlay", t, "all", -n * case.value("centre.capex_usd_bn", r)
        running, gain = yearly(case, opt, i, r)
        for p in case.sets.periods:
            years = active_share(case, r, t, p) * case.sets.years_per_period
            yield "research.running", p, "all", -n * running * years
            yield "research.gain", p, "all", n * gain * years
    for (r, k, p), x in plan.values("step").items():
        worth = step_benefit(case, opt, r, k) * case.sets.years_per_period
        yield "research.benefit", p, "all", x * worth


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"research.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V150", where, "", text)
