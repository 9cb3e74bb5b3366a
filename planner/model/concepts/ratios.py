"""Ratios: what the home economy earns against what it pays, in technology and in goods.

    technology = RECEIPTS / PAYMENTS                            (the firm's flows, seen from home)
      RECEIPTS[t] = ROYALTY * (research.benefit + research.gain)        co-created IP, royalties
                    + FEE * sales of wafers made abroad                 technical fees of own fabs
      PAYMENTS[t] = research.running + cocreation.programme             research bought abroad
                    + LICENCE * sales of wafers made at home            foreign patents and IP
    goods      = EXPORTS / IMPORTS
      EXPORTS[t]  = sales of home wafers * (1 - HOME[m])
      IMPORTS[t]  = sales of wafers made abroad * HOME[m]
                    + BOUGHT * equipment of modules and of the given plan at home
    ratios.technology_floor[t]    RECEIPTS[t] - FLOOR * PAYMENTS[t] >= 0                  [USD bn]
    ratios.technology_ceiling[t]  RECEIPTS[t] - CEILING * PAYMENTS[t] <= 0                [USD bn]
    ratios.goods_floor[t]         EXPORTS[t] - FLOOR * IMPORTS[t] >= 0                    [USD bn]
    ratios.goods_ceiling[t]       EXPORTS[t] - CEILING * IMPORTS[t] <= 0                  [USD bn]

Flows are expected over the states of a period, undiscounted, of this firm only. HOME[m] is the
share of a market that lies at home. Research, programmes and equipment are read from the lines of
cash, so nothing is counted that the plan does not pay; fees and licences between or by the firm's
own companies move no money of the plan. A floor and a ceiling together are a band.
`measured` `horizon` asks each ratio of the sum over all periods from FROM on.
Sources: fact table `balance`, `market.home_share_pct`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from planner.core import outlay
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import State
from planner.model.lp import Model, Row

AFTER = ("sales", "research", "cocreation", "costs")
NEEDS = ("balance",)
READS = (
    *outlay.READS,
    "balance.royalty_pct",
    "balance.technical_fee_pct",
    "balance.licence_pct",
    "balance.equipment_bought_pct",
    "market.home_share_pct",
    "price.price_usd_per_wafer",
    "preference.price_premium_pct",
)
FLOWS = ("receipts", "payments", "exports", "imports")
AIMS: Mapping[str, tuple[str, str]] = {
    "technology": ("receipts", "payments"),
    "goods": ("exports", "imports"),
}
"""Ratio -> what is above and what is below the line."""
Spot = tuple[str, int]
"""Flow and period (the first one when the ratios are asked of the horizon)."""
Ratio = Annotated[float, Field(ge=0, le=1000)] | None
READS_MONEY = True


class Options(Base):
    """Knobs of the trade balance ratios."""

    on: bool = False
    """Whether the ratios are measured and held [yes/no]"""
    technology_floor: Ratio = None
    """Least technology receipts against payments; empty = none [ratio]"""
    technology_ceiling: Ratio = None
    """Highest technology receipts against payments; empty = none [ratio]"""
    goods_floor: Ratio = None
    """Least chip exports against imports; empty = none [ratio]"""
    goods_ceiling: Ratio = None
    """Highest chip exports against imports; empty = none [ratio]"""
    from_year: Annotated[int, Field(ge=2000, le=2100)] = 2000
    """First year whose periods must keep floors and ceilings [year]"""
    measured: Literal["period", "horizon"] = "period"
    """Whether each period must keep them, or their sum [period|horizon]"""


def home(case: CaseView) -> str:
    """The home economy."""
    return next((c for c in case.sets.countries if case.sets.role_of[c] == "home"), "")


def share(case: CaseView, name: str) -> float:
    """Share of the home economy as a fraction."""
    return case.value(f"balance.{name}_pct", home(case)) / 100


def wafer_value(case: CaseView, spot: tuple[str, str, str], u: State) -> float:
    """Expected sales of 1 mn wafers a year through the period of a state [USD bn]."""
    c, m, k = spot
    if not case.has("price.price_usd_per_wafer", k):
        return 0.0
    premium = "preference.price_premium_pct"
    extra = case.value(premium, m, c) / 100 if case.has(premium, m, c) else 0.0
    base = case.mean("price.price_usd_per_wafer", k, period=u.period) * u.price.get((m, k), 1.0)
    return base * (1 + extra) * case.sets.years_per_period / 1000 * u.probability


def of_wafers(case: CaseView, c: str, m: str) -> tuple[tuple[str, float], ...]:
    """(flow, share of the value) of wafers made in c and sold in m."""
    at_home = case.value("market.home_share_pct", m) / 100
    if case.sets.role_of[c] == "home":
        return (("exports", 1 - at_home), ("payments", share(case, "licence")))
    return (("imports", at_home), ("receipts", share(case, "technical_fee")))


def of_cash(case: CaseView, item: str, country: str, key: str) -> tuple[str, float] | None:
    """(flow, share of the amount) of a line of cash, None when it is no such flow.

    key: parts joined by `|`. The share is negative for what the firm pays.
    """
    if item in ("research.benefit", "research.gain"):
        return "receipts", share(case, "royalty")
    if item in ("research.running", "cocreation.programme"):
        return "payments", -1.0
    if country != home(case) or item not in ("costs.equipment", "costs.planned"):
        return None
    bought = share(case, "equipment_bought")
    if item == "costs.planned":
        i, k = key.split("|")[:2]
        parts = {a: outlay.of_kwpm(case, i, k, a) for a in outlay.ASSETS}
        total = sum(parts.values())
        bought *= parts["equipment"] / total if total else 0.0
    return "imports", -bought


def shipped(
    case: CaseView, keys: Iterable[tuple[str | int, ...]]
) -> Iterator[tuple[tuple[str | int, ...], Spot, float]]:
    """(key of ship, flow and period, USD bn of 1 mn wafers a year)."""
    states = {(t, u.id): u for t in case.sets.periods for u in case.sets.states[t]}
    for key in keys:
        g, m, k, t, u = key
        c = case.sets.country_of[case.sets.groups[str(g)][0]]
        worth = wafer_value(case, (c, str(m), str(k)), states[int(t), str(u)])
        for flow, part in of_wafers(case, c, str(m)):
            if worth * part:
                yield key, (flow, int(t)), worth * part


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Collect the four flows, measure them, hold floors and ceilings."""
    terms: dict[Spot, list[tuple[int, float]]] = {}
    fixed: dict[Spot, float] = {}
    ship = m.family("ship")
    for key, spot, worth in shipped(case, ship.columns):
        terms.setdefault(spot, []).append((ship[key], worth))
    for line in m.money:
        found = of_cash(case, line.item, line.country, "|".join(str(p) for p in line.key))
        if found:
            spot = (found[0], line.period)
            terms.setdefault(spot, []).extend((j, a * found[1]) for j, a in line.terms)
            fixed[spot] = fixed.get(spot, 0.0) + line.constant * found[1]
    for flow in FLOWS:
        for t in case.sets.periods:
            m.measure(
                f"{flow}_{t}_usd_bn",
                terms.get((flow, t), []),
                constant=fixed.get((flow, t), 0.0),
                unit="USD bn",
            )
    for aim in AIMS:
        for side, sense in (("floor", ">="), ("ceiling", "<=")):
            bound = getattr(opt, f"{aim}_{side}")
            rows = [] if bound is None else list(_rows(case, opt, (aim, bound), (terms, fixed)))
            m.require(
                f"ratios.{aim}_{side}",
                ((key, left, sense, right) for key, left, _, right in rows),
                unit="USD bn",
                why=f"the {aim} ratio of the home economy",
            )


def _rows(
    case: CaseView,
    opt: Options,
    asked: tuple[str, float],
    flows: tuple[dict[Spot, list[tuple[int, float]]], dict[Spot, float]],
) -> Iterator[Row]:
    """X - r M against 0, constants on the right; the sense is filled in by the caller."""
    terms, fixed = flows
    (above, below), ratio = AIMS[asked[0]], asked[1]
    for first, periods in spans(case, opt):
        left = [p for t in periods for p in terms.get((above, t), [])]
        left += [(j, -ratio * a) for t in periods for j, a in terms.get((below, t), [])]
        right = sum(
            ratio * fixed.get((below, t), 0.0) - fixed.get((above, t), 0.0) for t in periods
        )
        yield (first,), left, "", right


def spans(case: CaseView, opt: Options) -> list[tuple[int, tuple[int, ...]]]:
    """(key, periods added up) over which the ratios must hold."""
    held = tuple(t for t in case.sets.periods if t >= opt.from_year)
    if opt.measured == "horizon":
        return [(held[0], held)] if held else []
    return [(t, (t,)) for t in held]


def totals(plan: Plan, case: CaseView) -> dict[Spot, float]:
    """The four flows by period, from shipments and cash [USD bn]."""
    found = {(flow, t): 0.0 for flow in FLOWS for t in case.sets.periods}
    ship = plan.values("ship")
    for key, spot, worth in shipped(case, ship):
        found[spot] += ship[key] * worth
    columns = ["item", "country", "key", "period", "amount_usd_bn"]
    for item, country, key, t, amount in plan.cash[columns].itertuples(index=False):
        line = of_cash(case, item, country, key)
        if line:
            found[line[0], t] += amount * line[1]
    return found


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Floors and ceilings, from shipments and cash."""
    flows = totals(plan, case)
    for aim, (above, below) in AIMS.items():
        for first, periods in spans(case, opt):
            x, y = (sum(flows[f, t] for t in periods) for f in (above, below))
            for side, sign in (("floor", 1.0), ("ceiling", -1.0)):
                bound = getattr(opt, f"{aim}_{side}")
                if bound is not None and sign * (x - bound * y) < -1e-6 * max(1.0, x, y):
                    text = f"{x:.4g} against {y:.4g} USD bn, asked {bound:g}"
                    yield Issue("error", "V220", f"ratios.{aim}_{side}[{first}]", "", text)


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """The ratios move no money of their own."""
    yield from ()
