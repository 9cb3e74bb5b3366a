"""Joint venture: partners carry part of a fab's cost and take part of its profit.

    joint_venture.appetite[w]   sum(modules[i,k,joint venture,t], i, k, t) <= MOST[w]   [modules]
    joint_venture.return[w]     sum(PV[i,k,t] * modules[i,k,joint venture,t]) >= 0       [USD bn]
    paid in   = (1 - PHI) * (1 - AID) * (1 + PREMIUM) * outlay of the modules, as they are built
    profit    = (1 - PHI) * L * USABLE * SIZE * modules * MARGIN[i,k,t,u], paid out       [USD bn]
    salvage   = (1 - PHI) * value of tools and buildings left at the horizon's end, paid out
    MARGIN    = W * UTIL[k] * AVAIL[i,k,u] * (TRANSFER * PRICE[k,t] - MATERIALS[k])
                - UPKEEP[i,k] * (1 + premium of the vintage) - payroll[i,k]    [USD bn/kwpm/year]
    PV        = paid out - paid in, expected, at the partner's own rate                  [USD bn]
The rest of the model books a venture as if the firm owned all of it (it runs the fab and sells the
wafers); the lines above hand the partners their share, so money is counted once. The firm buys all
the fab makes at a transfer price, a share of the market price at the time without booms and busts:
partners bear outages and low prices fixed in advance, not empty lines, and share losses. Aid goes
to the firm; partners pay in net of AID, the aid such a fab usually gets, so a fab with less aid is
the firm's loss. A partner joins only where its own money is worth the while. Paid in and out is
before the partners' tax; what they pay in is not the firm's to write off. A venture of which
the firm holds less than half is not offered: it would not control the fab. Off by default.
Sources: fact table `venture`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import discount, outlay, payroll
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Named
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import Column, State, Way
from planner.model.lp import Model

AFTER = ("capacity", "costs")
NEEDS = ("venture",)
READS = (
    *discount.READS,
    *outlay.READS,
    *payroll.READS,
    "venture.share_pct",
    "venture.aid_pct",
    "venture.premium_pct",
    "venture.transfer_pct",
    "venture.modules_most",
    "venture.partner_rate_pct",
    "venture.delay_years",
    "price.price_usd_per_wafer",
    "product.utilisation_max_pct",
    "product.materials_usd_per_wafer",
    "product.maintenance_pct",
    "product.power_mw_per_kwpm",
    "product.water_mld_per_kwpm",
    "country.overseas_premium_pct",
    "country.premium_decay_pct",
    "site.electricity_usd_per_mwh",
    "site.water_usd_per_m3",
    "finance.equipment_life_years",
    "finance.building_life_years",
)
OPTION = "joint venture"
Line = tuple[str, float, float, int, str]
"""Item, USD bn of one module, date it moves (NaN: through the period), period, state."""


class Options(Base):
    """Knobs of joint ventures."""

    on: bool = False
    """Whether fabs may be built with partners [yes/no]"""
    ventures: tuple[str, ...] = ()
    """Ventures on offer; empty = all in the data [list]"""
    share_pct: Annotated[float, Field(ge=50, le=100)] | None = None
    """The firm's share of every venture; empty = the data's [%]"""
    partner_return: bool = True
    """Whether partners join only where their own money is worth the while [yes/no]"""

    def named(self) -> Iterator[Named]:
        """Ventures the scenario names."""
        for n, w in enumerate(self.ventures):
            yield ("ventures", n), w, "ventures"


def share(case: CaseView, opt: Options, w: str) -> float:
    """The firm's share of a venture, as a fraction."""
    return (case.value("venture.share_pct", w) if opt.share_pct is None else opt.share_pct) / 100


def at(case: CaseView, opt: Options, i: str, k: str) -> str | None:
    """Venture on offer for a class at a site, the first in the data."""
    for w in case.ids("ventures"):
        named = not opt.ventures or w in opt.ventures
        wanted = i in case.items("ventures", w, "sites") and k in (
            case.items("ventures", w, "products") or (k,)
        )
        if named and wanted and share(case, opt, w) >= 0.5:
            return w
    return None


def paid_in(case: CaseView, opt: Options, w: str) -> float:
    """Share of the outlay that partners pay in."""
    net = 1 - case.value("venture.aid_pct", w) / 100
    return (1 - share(case, opt, w)) * net * (1 + case.value("venture.premium_pct", w) / 100)


def ways(case: CaseView, opt: Options) -> dict[tuple[str, str], Way]:
    """(site, class) -> joint venture as one more entry option."""
    return {
        (i, k): Way(OPTION, case.value("venture.delay_years", w), 1 - paid_in(case, opt, w))
        for i in case.sets.sites
        for k in case.sets.products
        if (w := at(case, opt, i, k))
    }


def columns(case: CaseView, opt: Options) -> list[tuple[Column, str]]:
    """Module columns of ventures, with their venture."""
    found = []
    for column in case.sets.columns:
        w = at(case, opt, column[0], column[1]) if column[2] == OPTION else None
        if w:
            found.append((column, w))
    return found


def upkeep_usd_bn(case: CaseView, column: Column, t: int) -> float:
    """Yearly upkeep, power and water of one kwpm, with the premium of running abroad [USD bn]."""
    i, k, _, _ = column
    c = case.sets.country_of[i]
    if not case.has("product.maintenance_pct", k):
        return 0.0
    unit = case.value("product.equipment_usd_mn_per_kwpm", k) / 1000
    unit *= case.value("product.maintenance_pct", k) / 100
    mwh = case.value("product.power_mw_per_kwpm", k) * 8760
    m3 = case.value("product.water_mld_per_kwpm", k) * 365_000
    unit += mwh * case.value("site.electricity_usd_per_mwh", i) / 1e9
    unit += m3 * case.value("site.water_usd_per_m3", i) / 1e9
    if case.sets.role_of[c] == "home":
        return unit
    keeps = 1 - case.value("country.premium_decay_pct", c) / 100
    age = max(0.0, t - case.sets.vintages[column].service)
    return float(unit * (1 + case.value("country.overseas_premium_pct", c) / 100 * keeps**age))


def margin_usd_bn(case: CaseView, w: str, column: Column, t: int, u: State) -> float:
    """Yearly profit of one kwpm at the transfer price in a state [USD bn/kwpm/year]."""
    i, k, _, _ = column
    wafers = case.sets.wafers_per_kwpm * u.available.get((i, k), 1.0)
    if case.has("product.utilisation_max_pct", k):
        wafers *= case.value("product.utilisation_max_pct", k) / 100
    price = case.value("venture.transfer_pct", w) / 100
    price *= case.mean("price.price_usd_per_wafer", k, period=t)
    materials = case.value("product.materials_usd_per_wafer", k)
    running = upkeep_usd_bn(case, column, t) + payroll.payroll_usd_bn(case, i, k)
    return wafers * (price - materials) / 1000 - running


def lines(case: CaseView, opt: Options, column: Column, w: str) -> Iterator[Line]:
    """What one module of a venture moves between the firm and its partners."""
    sets, theirs = case.sets, 1 - share(case, opt, w)
    vintage, last = sets.vintages[column], sets.periods[-1]
    for asset in outlay.ASSETS:
        paid = outlay.of_module(case, column, asset)
        yield (
            asset,
            paid_in(case, opt, w) * paid,
            (column[3] + vintage.service) / 2,
            column[3],
            "all",
        )
        if case.scenario.concepts.get("costs", {}).get("salvage", True):
            life = case.value(f"finance.{asset}_life_years", "firm")
            left = discount.remaining_share(discount.rate(case), life, sets.end - vintage.service)
            yield "salvage", -theirs * paid * left, sets.end, last, "all"
    kwpm = case.value("product.module_kwpm", column[1]) * sets.years_per_period
    for t, usable in vintage.usable.items():
        for u in sets.states[t]:
            profit = margin_usd_bn(case, w, column, t, u) * usable * kwpm
            yield "profit", -theirs * profit, float("nan"), t, u.id


def partner_pv(case: CaseView, opt: Options, column: Column, w: str) -> float:
    """Expected present value of one module to the partners at their own rate [USD bn]."""
    rate = 1 + case.value("venture.partner_rate_pct", w) / 100
    start, years = case.sets.periods[0], case.sets.years_per_period
    chances = {(t, u.id): u.probability for t in case.sets.periods for u in case.sets.states[t]}
    total = 0.0
    for item, amount, when, t, u in lines(case, opt, column, w):
        date = t + years / 2 if item == "profit" else when
        total -= amount * chances.get((t, u), 1.0) * rate ** -(date - start)
    return total


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Tie partners' appetite and return; book what moves between them and the firm."""
    modules = m.family("modules")
    by_venture: dict[str, list[Column]] = {}
    for column, w in columns(case, opt):
        by_venture.setdefault(w, []).append(column)
        _book(m, case, opt, column, w)
    m.require(
        "joint_venture.appetite",
        (
            ((w,), [(modules[c], 1.0) for c in some], "<=", case.value("venture.modules_most", w))
            for w, some in by_venture.items()
        ),
        unit="modules",
        why="what partners have money for",
    )
    m.require(
        "joint_venture.return",
        (
            ((w,), [(modules[c], partner_pv(case, opt, c, w)) for c in some], ">=", 0.0)
            for w, some in by_venture.items()
            if opt.partner_return
        ),
        unit="USD bn",
        why="partners join where it pays them",
    )


def _book(m: Model, case: CaseView, opt: Options, column: Column, w: str) -> None:
    service = case.sets.vintages[column].service
    for item, amount, when, t, u in lines(case, opt, column, w):
        flow = item == "profit"
        m.cost(
            f"joint_venture.{item}",
            column,
            terms=[(m.family("modules")[column], amount)],
            period=t,
            factor=discount.over(case, t) if flow else discount.at(case, when),
            group="revenue" if flow else "cost",
            country=case.sets.country_of[column[0]],
            state=u,
            taxable=flow,
            writeoff=(item, service) if item in outlay.ASSETS else None,
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Partners' appetite and return again, from modules begun."""
    begun, worth = dict[str, float](), dict[str, float]()
    modules = plan.values("modules")
    for column, w in columns(case, opt):
        n = modules.get(column, 0.0)
        begun[w] = begun.get(w, 0.0) + n
        worth[w] = worth.get(w, 0.0) + n * partner_pv(case, opt, column, w)
    for w, n in begun.items():
        if n > case.value("venture.modules_most", w) + 1e-6:
            yield _issue("appetite", w, f"{n:.0f} modules begun")
        if opt.partner_return and worth[w] < -1e-6:
            yield _issue("return", w, f"worth {worth[w]:.6g} USD bn to the partners")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """What moves between the firm and its partners again, from modules begun."""
    modules = plan.values("modules")
    for column, w in columns(case, opt):
        if n := modules.get(column, 0.0):
            for item, amount, _, t, u in lines(case, opt, column, w):
                yield f"joint_venture.{item}", t, u, n * amount


def _issue(rule: str, w: str, text: str) -> Issue:
    return Issue("error", "V106", f"joint_venture.{rule}[{w}]", "", text)
