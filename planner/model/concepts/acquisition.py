"""Acquisition: a running fab is bought whole, and may be refitted to a newer class.

    acquisition.once[x]      sum(buy[i,k,x,t], t) <= 1                                      [fabs]
    acquisition.refit[x,t]   sum(refit[i,j,x,v], j, v <= t) <= sum(buy[i,k,x,v], v + LEAD <= t)
    acquisition.pin[x]       sum(buy[i,k,x,t], t) >= 1   (targets the scenario insists on)  [fabs]
    capacity of k   CAP[x] * share of t after v + LEAD[x], less CAP[x] from the refit on    [kwpm]
    capacity of j   CAP[x] * KEEPS[x] * ramp of j from v + REFIT_LEAD[x]                    [kwpm]
    price       = PRICE[x] * buy, integration = INTEGRATION[x] * buy, both on closing     [USD bn]
    refit       = CAP[x] * REFIT[x] * (RANK[j] - RANK[k]) * refit, paid half-way          [USD bn]
    salvage     = price and refit * share of an even annuity left at the horizon's end
    staff       = L * STAFF[x] * CAP[x] * share of t * payroll[i,k] * buy                 [USD bn]
Target x stands at site i, makes class k, can be lifted up to its ceiling. It runs from closing on
without a ramp, with its power and water, and with the share STAFF of its people, who are paid the
going wage and are not hired from the region; the rest is. It takes none of the site's room and pays
neither land nor entry into a country. Shares are bought, so the price is not written off for tax;
refits are, and aid may cover them (rules that let old aid bind modules leave refits out). Off by
default. Sources: fact table `target`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount, payroll, ramp
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Named
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import Change
from planner.model.lp import Model, Row

AFTER = ("capacity",)
NEEDS = ("target",)
READS = (
    *discount.READS,
    *payroll.READS,
    *ramp.READS,
    "target.capacity_kwpm",
    "target.price_usd_bn",
    "target.lead_years",
    "target.integration_usd_bn",
    "target.staff_pct",
    "target.refit_usd_mn_per_kwpm",
    "target.refit_lead_years",
    "target.refit_keeps_pct",
    "product.rank",
    "finance.equipment_life_years",
)


class Options(Base):
    """Knobs of acquisition."""

    on: bool = False
    """Whether fabs may be bought [yes/no]"""
    targets: tuple[str, ...] = ()
    """Fabs on offer; empty = all in the data [list]"""
    insist: tuple[str, ...] = ()
    """Fabs that must be bought [list]"""
    price_scale: Annotated[float, Field(ge=0, le=20)] = 1.0
    """Every price against the data [ratio]"""
    refits: bool = True
    """Whether bought fabs may be refitted to a newer class [yes/no]"""
    salvage: bool = True
    """Whether what was bought keeps a value after the horizon [yes/no]"""

    def named(self) -> Iterator[Named]:
        """Fabs the scenario names."""
        for field in ("targets", "insist"):
            for n, x in enumerate(getattr(self, field)):
                yield (field, n), x, "targets"


def offered(case: CaseView, opt: Options) -> list[str]:
    """Fabs that may be bought."""
    return [x for x in case.ids("targets") if not opt.targets or x in {*opt.targets, *opt.insist}]


def owned(case: CaseView, closing: float) -> dict[int, float]:
    """Period -> share of it after closing."""
    years = case.sets.years_per_period
    shares = {t: min(1.0, (t + years - closing) / years) for t in case.sets.periods}
    return {t: share for t, share in shares.items() if share > 0}


def newer(case: CaseView, x: str) -> list[str]:
    """Classes a fab can be refitted to: above its own, up to its ceiling."""
    low = case.value("product.rank", case.text("targets", x, "product"))
    ceiling = case.text("targets", x, "ceiling")
    high = case.value("product.rank", ceiling) if ceiling else low
    return [j for j in case.sets.products if low < case.value("product.rank", j) <= high]


def refit_usd_bn(case: CaseView, x: str, j: str) -> float:
    """Outlay on a refit of a whole fab to class j [USD bn]."""
    steps = case.value("product.rank", j)
    steps -= case.value("product.rank", case.text("targets", x, "product"))
    unit = case.value("target.refit_usd_mn_per_kwpm", x) / 1000
    return case.value("target.capacity_kwpm", x) * unit * steps


def changes(case: CaseView, opt: Options) -> Iterator[Change]:
    """Every purchase and every refit that would still give capacity in the horizon."""
    for x in offered(case, opt):
        bought = (_purchase(case, opt, x, t) for t in case.sets.periods)
        yield from (change for change in bought if change.effect)
        for j in newer(case, x) if opt.refits else ():
            refits = (_refit(case, x, j, t) for t in case.sets.periods)
            yield from (change for change in refits if any(k == j for k, _ in change.effect))


def _purchase(case: CaseView, opt: Options, x: str, t: int) -> Change:
    i, k = case.text("targets", x, "site"), case.text("targets", x, "product")
    size, closing = case.value("target.capacity_kwpm", x), t + case.value("target.lead_years", x)
    effect = {(k, p): size * share for p, share in owned(case, closing).items()}
    keep = case.value("target.staff_pct", x) / 100
    return Change(
        family="buy",
        key=(i, k, x, t),
        option="acquisition",
        service=closing,
        kwpm=size,
        effect=effect,
        settled=effect,
        posts={
            (skill, p): people
            for (_, p), kwpm in effect.items()
            for skill, people in payroll.crew(case, k, keep * kwpm).items()
        },
        outlay_usd_bn=opt.price_scale * case.value("target.price_usd_bn", x),
    )


def _refit(case: CaseView, x: str, j: str, t: int) -> Change:
    i, k = case.text("targets", x, "site"), case.text("targets", x, "product")
    size, service = (
        case.value("target.capacity_kwpm", x),
        t + case.value("target.refit_lead_years", x),
    )
    kept = size * case.value("target.refit_keeps_pct", x) / 100
    gone = {(k, p): -size for p in case.sets.periods if p >= t}
    new = {(j, p): kept * share for p, share in ramp.usable(case, case.sets, j, service).items()}
    paid = refit_usd_bn(case, x, j)
    return Change(
        family="refit",
        key=(i, j, x, t),
        option="refit of a bought fab",
        service=service,
        kwpm=kept,
        effect={**gone, **new},
        outlay_usd_bn=paid,
        aided_usd_bn=paid,
    )


def mine(case: CaseView, family: str) -> list[Change]:
    """Changes of one of this concept's families that no rule forbids."""
    return [change for change in case.sets.changes if change.family == family]


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create buy and refit with their rules, add their capacity, book their money."""
    keys = {family: [x.key for x in mine(case, family)] for family in ("buy", "refit")}
    index = "site,product,target,period"
    buy = m.variables("buy", keys["buy"], index=index, unit="fabs", kind="binary")
    m.variables("refit", keys["refit"], index=index, unit="fabs", kind="binary")
    for change in (*mine(case, "buy"), *mine(case, "refit")):
        column = m.family(change.family)[change.key]
        for (k, t), kwpm in change.effect.items():
            m.extend("capacity.build", (change.key[0], k, t), [(column, -kwpm)])
    m.require(
        "acquisition.once",
        (
            ((x,), [(j, 1.0) for key, j in buy.columns.items() if key[2] == x], "<=", 1.0)
            for x in dict.fromkeys(str(key[2]) for key in buy.columns)
        ),
        unit="fabs",
        why="a fab is bought once",
    )
    m.require("acquisition.refit", _refit_rows(m, case), unit="fabs", why="refit what is owned")
    m.require(
        "acquisition.pin",
        (
            ((x,), [(j, 1.0) for key, j in buy.columns.items() if key[2] == x], ">=", 1.0)
            for x in opt.insist
        ),
        unit="fabs",
        why="the scenario insists",
    )
    for item, change, amount, when, period in _lines(case, opt):
        flow = item == "staff"
        m.cost(
            f"acquisition.{item}",
            change.key,
            terms=[(m.family(change.family)[change.key], amount)],
            period=period,
            factor=discount.over(case, period) if flow else discount.at(case, when),
            group="talent" if flow else "cost",
            country=case.sets.country_of[change.key[0]],
            taxable=flow,
            writeoff=("equipment", change.service) if item == "refit" else None,
        )


def _refit_rows(m: Model, case: CaseView) -> Iterator[Row]:
    buy, refit = m.family("buy"), m.family("refit")
    for x in dict.fromkeys(str(key[2]) for key in refit.columns):
        lead = case.value("target.lead_years", x)
        for t in sorted({int(key[3]) for key in refit.columns if key[2] == x}):
            done = [
                (j, 1.0) for key, j in refit.columns.items() if key[2] == x and int(key[3]) <= t
            ]
            had = [
                (j, -1.0)
                for key, j in buy.columns.items()
                if key[2] == x and int(key[3]) + lead <= t
            ]
            yield (x, t), [*done, *had], "<=", 0.0


def _lines(case: CaseView, opt: Options) -> Iterator[tuple[str, Change, float, float, int]]:
    """(item, change, USD bn of one unit, date it moves, period it is booked in)."""
    last, end = case.sets.periods[-1], case.sets.end
    for change in mine(case, "buy"):
        i, k, x, t = change.key
        yield "price", change, -change.outlay_usd_bn, change.service, t
        extra = case.value("target.integration_usd_bn", x)
        yield "integration", change, -extra, change.service, t
        if opt.salvage:
            left = change.outlay_usd_bn * _left(case, change)
            yield "salvage", change, left, end, last
        wages = payroll.payroll_usd_bn(case, i, k) * case.sets.years_per_period
        keep = case.value("target.staff_pct", x) / 100
        for (_, p), kwpm in change.effect.items():
            yield "staff", change, -wages * keep * kwpm, p, p
    for change in mine(case, "refit"):
        middle = (change.key[3] + change.service) / 2
        yield "refit", change, -change.outlay_usd_bn, middle, change.key[3]
        if opt.salvage:
            left = change.outlay_usd_bn * _left(case, change)
            yield "salvage", change, left, end, last


def _left(case: CaseView, change: Change) -> float:
    """Share of what was paid that is left at the horizon's end."""
    life = case.value("finance.equipment_life_years", "firm")
    age = case.sets.end - change.service
    return discount.remaining_share(discount.rate(case), life, age)


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Bought once, refitted only when owned, and what the scenario insists on."""
    bought: dict[str, int] = {}
    for (_, _, x, t), n in plan.values("buy").items():
        if n > 0.5 and x in bought:
            yield _issue("once", (x,), "bought more than once")
        bought[x] = t
    refitted: set[str] = set()
    for _, _, x, t in plan.values("refit"):
        ready = bought.get(x, case.sets.end) + case.value("target.lead_years", x) <= t
        if not ready or x in refitted:
            yield _issue("refit", (x, t), "refitted twice, or before it is owned")
        refitted.add(x)
    for x in set(opt.insist) - set(bought):
        yield _issue("pin", (x,), "not bought")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Prices, refits, salvage and wages again, from purchases and facts."""
    sets = case.sets
    life = case.value("finance.equipment_life_years", "firm")
    for (i, k, x, t), n in plan.values("buy").items():
        price = n * opt.price_scale * case.value("target.price_usd_bn", x)
        closing = t + case.value("target.lead_years", x)
        yield "acquisition.price", t, "all", -price
        yield "acquisition.integration", t, "all", -n * case.value("target.integration_usd_bn", x)
        left = discount.remaining_share(discount.rate(case), life, sets.end - closing)
        yield "acquisition.salvage", sets.periods[-1], "all", price * left * opt.salvage
        staff = n * case.value("target.capacity_kwpm", x) * case.value("target.staff_pct", x) / 100
        for p in sets.periods:
            years = max(0.0, min(p + sets.years_per_period - closing, sets.years_per_period))
            wages = payroll.payroll_usd_bn(case, i, k) * years
            yield "acquisition.staff", p, "all", -staff * wages
    for (_, j, x, t), n in plan.values("refit").items():
        paid = n * refit_usd_bn(case, x, j)
        service = t + case.value("target.refit_lead_years", x)
        yield "acquisition.refit", t, "all", -paid
        left = discount.remaining_share(discount.rate(case), life, sets.end - service)
        yield "acquisition.salvage", sets.periods[-1], "all", paid * left * opt.salvage


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"acquisition.{rule}[{','.join(str(p) for p in key)}]"
    return Issue("error", "V105", where, "", text)
