"""Limits: what the owner, the home government or a host asks of the footprint as a whole.

    limits.home[t]       sum(cap[i,k,t], i at home, k advanced)
                           >= SHARE * sum(cap[i,k,t], k advanced), t >= FROM                  [kwpm]
    limits.least[n,t]    sum(cap[i,k,t], i in C[n], k in K[n]) >= LEAST[n], t >= FROM[n]      [kwpm]
    limits.most[n,t]     sum(cap[i,k,t], i in C[n], k in K[n]) <= MOST[n], t >= FROM[n]       [kwpm]
    limits.capex[t]      outlay on modules, fabs, land, parks, centres in t <= L * CAPEX    [USD bn]
    limits.abroad[t]     the same abroad <= L * ABROAD                                      [USD bn]
    limits.projects[t]   sum(modules[i,k,o,v], v <= t < service) <= PROJECTS               [modules]
    limits.research[t]   sum(STAFF[r] * centre[i,r,v], v + LEAD[r] <= t)
                           >= R * RESEARCHERS at home, t >= FROM                          [thousand]
Nothing is asked unless the scenario says so. A class is advanced when its rank is at least RANK.
C[n] is a country or one site. Projects count modules whose building is under way in period t,
announced additions at home not included; money is counted when building begins, undiscounted.
Home anchors follow Taiwan's debate on keeping most of the newest capacity at home (see the sources
of fact table `outbound`). The floor on research holds centres abroad to a size comparable with the
research at home that stands today.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field, model_validator

from planner.core import outlay, parks
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Named, Settings
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.scenario import Year
from planner.core.sets import Change
from planner.model.lp import Model, Row

AFTER = ("capacity", "acquisition", "parks", "research", "retrofit")
SPENT = ("modules", "open", "park", "served", "centre")
"""Families whose outlay counts; what a site saves in a park counts against it."""
NEEDS: tuple[str, ...] = ()
READS = (
    *outlay.READS,
    *parks.OUTLAY_READS,
    "product.rank",
    "site.site_cost_usd_bn",
    "centre.capex_usd_bn",
    "centre.headcount_thousand",
    "centre.lead_years",
    "country.researchers_thousand",
)


class Place(Settings):
    """One floor or cap on capacity in operation."""

    where: str
    """Country or site [id]"""
    products: tuple[str, ...] = ()
    """Classes counted; empty = all [list]"""
    least_kwpm: Annotated[float, Field(ge=0)] | None = None
    """At least so much in operation [kwpm]"""
    most_kwpm: Annotated[float, Field(ge=0)] | None = None
    """At most so much in operation [kwpm]"""
    since: Year = 2026
    """First year it holds [year]"""

    @model_validator(mode="after")
    def _asks_something(self) -> Place:
        if self.least_kwpm is None and self.most_kwpm is None:
            msg = "give 'least_kwpm', 'most_kwpm' or both"
            raise ValueError(msg)
        return self


class Options(Base):
    """Knobs of the limits."""

    home_share_pct: Annotated[float, Field(ge=0, le=100)] | None = None
    """At least this share of advanced capacity stays at home; empty = no anchor [%]"""
    home_since: Year = 2026
    """First year of the home anchor [year]"""
    advanced_rank: Annotated[float, Field(ge=0, le=20)] = 5.0
    """A class from this rank on is advanced (5 = 5 nm) [rank]"""
    places: tuple[Place, ...] = ()
    """Floors and caps by country or site [list]"""
    capex_usd_bn_per_year: Annotated[float, Field(ge=0)] | None = None
    """Most outlay begun in a year, everywhere [USD bn/year]"""
    abroad_usd_bn_per_year: Annotated[float, Field(ge=0)] | None = None
    """Most outlay begun in a year, abroad [USD bn/year]"""
    projects: Annotated[int, Field(ge=0, le=1000)] | None = None
    """Most modules under construction at once [modules]"""
    research_share_pct: Annotated[float, Field(ge=0, le=500)] | None = None
    """Least staff of research centres abroad against that of research at home; empty = none [%]"""
    research_since: Year = 2026
    """First year of that floor [year]"""

    def named(self) -> Iterator[Named]:
        """Places and classes of the floors and caps."""
        for n, place in enumerate(self.places):
            yield ("places", n, "where"), place.where, "place"
            for k in place.products:
                yield ("places", n, "products"), k, "products"


def advanced(case: CaseView, opt: Options) -> list[str]:
    """Classes the home anchor counts."""
    return [k for k in case.sets.products if case.value("product.rank", k) >= opt.advanced_rank]


def counted(case: CaseView, place: Place, i: str, k: str) -> bool:
    """Whether capacity of a class at a site counts for a place."""
    here = place.where in (i, case.sets.country_of[i])
    return here and (not place.products or k in place.products)


def outlay_of(case: CaseView, family: str, key: tuple[str | int, ...]) -> float:
    """Outlay of one unit of a decision, less what partners carry [USD bn]."""
    if family == "modules":
        i, k, o, t = key
        column = (str(i), str(k), str(o), int(t))
        whole = sum(outlay.of_module(case, column, asset) for asset in outlay.ASSETS)
        return whole * case.sets.borne.get(column, 1.0)
    if family == "open":
        return case.value("site.site_cost_usd_bn", str(key[0]))
    if family in ("park", "served"):
        return parks.outlay_usd_bn(case, family, str(key[0]))
    return case.value("centre.capex_usd_bn", str(key[1]))


def build(m: Model, case: CaseView, opt: Options) -> None:
    """One row per limit and period the scenario asks for."""
    m.require("limits.home", _home_rows(m, case, opt), unit="kwpm", why="home anchor")
    for rule, sense in (("least", ">="), ("most", "<=")):
        rows = _place_rows(m, case, opt, rule, sense)
        m.require(f"limits.{rule}", rows, unit="kwpm", why="asked of a place")
    for rule, most, abroad in _budgets(opt):
        rows = _money_rows(m, case, most, abroad=abroad)
        m.require(f"limits.{rule}", rows, unit="USD bn", why="what may be spent in a period")
    m.require("limits.projects", _project_rows(m, case, opt), unit="modules", why="crews at once")
    rows = _research_rows(m, case, opt)
    m.require(
        "limits.research", rows, unit="thousand", why="research abroad comparable with home's"
    )


def _budgets(opt: Options) -> tuple[tuple[str, float | None, bool], ...]:
    return (
        ("capex", opt.capex_usd_bn_per_year, False),
        ("abroad", opt.abroad_usd_bn_per_year, True),
    )


def _home_rows(m: Model, case: CaseView, opt: Options) -> Iterator[Row]:
    if opt.home_share_pct is None:
        return
    share, wanted = opt.home_share_pct / 100, set(advanced(case, opt))
    for t in (t for t in case.sets.periods if t >= opt.home_since):
        terms = [
            (j, (1.0 if i in case.sets.home else 0.0) - share)
            for (i, k, v), j in m.family("cap").columns.items()
            if v == t and k in wanted
        ]
        if terms:
            yield (t,), terms, ">=", 0.0


def _place_rows(m: Model, case: CaseView, opt: Options, rule: str, sense: str) -> Iterator[Row]:
    for n, place in enumerate(opt.places):
        right = place.least_kwpm if rule == "least" else place.most_kwpm
        for t in (t for t in case.sets.periods if t >= place.since and right is not None):
            terms = [
                (j, 1.0)
                for (i, k, v), j in m.family("cap").columns.items()
                if v == t and counted(case, place, str(i), str(k))
            ]
            yield (n, place.where, t), terms, sense, right or 0.0


def _money_rows(m: Model, case: CaseView, most: float | None, *, abroad: bool) -> Iterator[Row]:
    for t in case.sets.periods if most is not None else ():
        terms = [
            (j, outlay_of(case, name, key))
            for name in SPENT
            if name in m.families
            for key, j in m.family(name).columns.items()
            if key[-1] == t and not (abroad and str(key[0]) in case.sets.home)
        ]
        terms += [(m.family(x.family)[x.key], x.outlay_usd_bn) for x in _paid(case, t, abroad)]
        yield (t,), terms, "<=", (most or 0.0) * case.sets.years_per_period


def _paid(case: CaseView, t: int, abroad: bool) -> list[Change]:
    """Fabs bought, refitted or closed in t that count."""
    return [
        x
        for x in case.sets.changes
        if x.key[3] == t and not (abroad and x.key[0] in case.sets.home)
    ]


def _project_rows(m: Model, case: CaseView, opt: Options) -> Iterator[Row]:
    for t in case.sets.periods if opt.projects is not None else ():
        terms = [
            (j, 1.0)
            for (i, k, o, v), j in m.family("modules").columns.items()
            if int(v) <= t < case.sets.vintages[str(i), str(k), str(o), int(v)].service
        ]
        yield (t,), terms, "<=", float(opt.projects or 0)


def staff_asked(case: CaseView, opt: Options, t: int) -> float | None:
    """Least staff of centres abroad in a period; None where nothing is asked [thousand]."""
    if opt.research_share_pct is None or t < opt.research_since:
        return None
    homes = (c for c in case.sets.countries if case.sets.role_of[c] == "home")
    people = sum(case.value("country.researchers_thousand", c) for c in homes)
    return opt.research_share_pct / 100 * people


def staff_of(case: CaseView, r: str, v: int, t: int) -> float:
    """Staff in a period of a centre decided in v [thousand]."""
    works = v + case.value("centre.lead_years", r) <= t
    return case.value("centre.headcount_thousand", r) if works else 0.0


def _research_rows(m: Model, case: CaseView, opt: Options) -> Iterator[Row]:
    centres = m.families["centre"].columns if "centre" in m.families else {}
    for t in case.sets.periods:
        least = staff_asked(case, opt, t)
        if least is not None:
            each = ((j, staff_of(case, str(r), int(v), t)) for (_, r, v), j in centres.items())
            yield (t,), [(j, staff) for j, staff in each if staff], ">=", least


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Every limit again, from capacity and decisions."""
    yield from _check_capacity(plan, case, opt)
    for t in case.sets.periods:
        for rule, most, abroad in _budgets(opt):
            spent = sum(
                n * outlay_of(case, name, key)
                for name in SPENT
                for key, n in plan.values(name).items()
                if key[-1] == t and not (abroad and key[0] in case.sets.home)
            )
            spent += sum(
                x.outlay_usd_bn * plan.values(x.family).get(x.key, 0.0)
                for x in _paid(case, t, abroad)
            )
            if most is not None and spent > most * case.sets.years_per_period + 1e-6:
                yield _issue(rule, (t,), f"spends {spent:.6g} USD bn")
        running = sum(
            n
            for (i, k, o, v), n in plan.values("modules").items()
            if v <= t < case.sets.vintages[i, k, o, v].service
        )
        if opt.projects is not None and running > opt.projects + 1e-6:
            yield _issue("projects", (t,), f"{running:.0f} modules under construction")
        least = staff_asked(case, opt, t)
        staff = sum(n * staff_of(case, r, v, t) for (_, r, v), n in plan.values("centre").items())
        if least is not None and staff < least - 1e-6 * max(1.0, least):
            yield _issue("research", (t,), f"{staff:.6g} of {least:.6g} thousand people abroad")


def _check_capacity(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    cap = plan.values("cap")
    newest = set(advanced(case, opt)) if opt.home_share_pct is not None else set()
    for t in case.sets.periods:
        if opt.home_share_pct is not None and t >= opt.home_since:
            all_ = sum(v for (_, k, p), v in cap.items() if p == t and k in newest)
            home = sum(
                v for (i, k, p), v in cap.items() if p == t and k in newest and i in case.sets.home
            )
            if home < opt.home_share_pct / 100 * all_ - 1e-6 * max(1.0, all_):
                yield _issue("home", (t,), f"{home:.6g} of {all_:.6g} kwpm at home")
        for n, place in enumerate(opt.places):
            if t < place.since:
                continue
            have = sum(v for (i, k, p), v in cap.items() if p == t and counted(case, place, i, k))
            slack = 1e-6 * max(1.0, have)
            if place.least_kwpm is not None and have < place.least_kwpm - slack:
                yield _issue("least", (n, place.where, t), f"{have:.6g} kwpm in operation")
            if place.most_kwpm is not None and have > place.most_kwpm + slack:
                yield _issue("most", (n, place.where, t), f"{have:.6g} kwpm in operation")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Limits move no money of their own."""
    yield from ()


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"limits.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V170", where, "", text)
