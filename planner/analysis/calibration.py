"""Calibration: the planner's own cost model run for one fab, against what studies published.

One module of a class is put at one site of each country, nothing else runs, nothing goes wrong:

    one-off[c]    equipment and building paid
    yearly[c]     running cost in the last two years, at full load            [USD bn/year]
    startup[c]    what running cost more than that in the first ten years of service
    tco[c]        one-off + 10 yearly + startup, less aid; bare without the last    [USD bn]
    index[c]      100 tco[c] / tco[US];   bare alike
    share         (gap - gap bare) / gap, with gap = tco[US] - tco[c]               [%]
    wafer[c]      (one-off by straight lines over asset lives + yearly) / wafers    [USD/wafer]
    premium       100 (wafer[US] / wafer[TW] - 1)                                   [%]
    dilution[t]   sum(wafers[c,k,t] * (wafer[c,k] - wafer[TW,k])) / revenue[t], abroad [points]
All amounts undiscounted, taxes and salvage left out. Nothing is fitted: the figures are read off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from planner.core.case import Case
from planner.core.errors import ModelError
from planner.core.plan import Plan
from planner.core.sets import WAFERS_PER_KWPM
from planner.model.assemble import Built, build_model
from planner.solve.extract import cash_table
from planner.solve.variant import Bounds, Variant, search, varied

SITES = {"TW": "tw_tainan", "US": "us_phoenix", "JP": "jp_kumamoto", "DE": "de_dresden"}
"""One well-known site of each country."""
HOME, YEARS, CALM = "TW", 10, "calm"
ONE_OFF = ("costs.equipment", "costs.building", "costs.site", "costs.entry")
AID = ("subsidy.", "support.")
LEFT_OUT = ("finance.", "sales.", "trade.", "costs.salvage", "risk.")


@dataclass(frozen=True)
class Fab:
    """What one module costs at one site. lines: item -> USD bn over ten years, aid below zero."""

    country: str
    product: str
    kwpm: float
    one_off_usd_bn: float
    yearly_usd_bn: float
    startup_usd_bn: float
    aid_usd_bn: float
    wafer_usd: float
    lines: Mapping[str, float]
    running: Mapping[int, float]

    @property
    def bare_usd_bn(self) -> float:
        """Ten years without aid."""
        return self.one_off_usd_bn + YEARS * self.yearly_usd_bn + self.startup_usd_bn

    @property
    def tco_usd_bn(self) -> float:
        """Ten years less aid."""
        return self.bare_usd_bn - self.aid_usd_bn


def alone(case: Case) -> tuple[Case, Built]:
    """The case with no other capacity, no events and no rules on what may be built where."""
    concepts = {name: dict(options) for name, options in case.scenario.concepts.items()}
    for name in ("cocreation", "outbound"):
        concepts[name] = {**concepts.get(name, {}), "on": False}
    concepts["risk"] = {**concepts.get("risk", {}), "omega": 0.0}
    calm = tuple(name for name in case.ids("futures") if name == CALM)
    scenario = case.scenario.with_(concepts=concepts, futures=calm, sites={}, stages=())
    facts = (replace(f, value=0.0) if f.table == "existing" else f for f in case.facts)
    made = case.replace(scenario=scenario, facts=tuple(facts))
    return made, build_model(made)


def fab(case: Case, built: Built, country: str, product: str) -> Fab:
    """One module of a class at the country's site. Raises ModelError where it cannot stand."""
    site, modules = SITES[country], built.model.family("modules").columns
    mine = {c: k for k, c in modules.items() if (k[0], k[1]) == (site, product)}
    first = min((int(k[3]) for k in mine.values()), default=0)
    begun = [c for c, k in mine.items() if int(k[3]) == first]
    shut: dict[int, Bounds] = {c: (0.0, 0.0) for c in modules.values() if c not in begun}
    centres = built.model.families.get("centre")
    shut |= dict.fromkeys(centres.columns.values() if centres else (), (0.0, 0.0))
    row = ("project", [(c, 1.0) for c in begun], "=", 1.0)
    answer = search(varied(built.model, Variant(rows=(row,), bounds=shut)), 1e-6, 30.0)
    values = None if answer is None else answer.values  # noqa: PD011 - no pandas here
    if values is None:
        msg = f"no {product} module can stand at {site}"
        raise ModelError(msg)
    cash = cash_table(built.model, built.sets, values)
    return _figures(case, built, (country, product), cash)


def _figures(case: Case, built: Built, key: tuple[str, str], cash: pd.DataFrame) -> Fab:
    country, product = key
    span = case.scenario.horizon.years_per_period
    paid = _paid(cash)
    one_off, aid, run = _split(paid)
    last = max(built.sets.periods)
    steady = {i: -v / span for (i, t), v in run.items() if t == last}
    yearly = sum(steady.values())
    wafers = 1e6 * WAFERS_PER_KWPM * case.value("product.module_kwpm", product)
    running, startup = _startup(case, run, yearly, wafers)
    lives = {a: case.value(f"finance.{a}_life_years", "firm") for a in ("equipment", "building")}
    worn = sum(v / lives["equipment" if i.endswith("equipment") else "building"]
               for i, v in one_off.items())  # fmt: skip
    lines = {**one_off, **{i: YEARS * v for i, v in steady.items()}, "startup": startup}
    return Fab(
        country, product, case.value("product.module_kwpm", product), sum(one_off.values()), yearly,
        startup, aid, 1e9 * (worn + yearly) / wafers, {**lines, "aid": -aid}, running,
    )  # fmt: skip


def _paid(cash: pd.DataFrame) -> dict[tuple[str, int], float]:
    """(item, period) -> amount of the lines that are cost or aid [USD bn]."""
    sums: dict[tuple[str, int], float] = {}
    for row in cash.to_dict("records"):
        item, period = str(row["item"]), int(row["period"])
        if not item.startswith(LEFT_OUT):
            sums[item, period] = sums.get((item, period), 0.0) + float(row["amount_usd_bn"])
    return sums


def _split(
    paid: Mapping[tuple[str, int], float],
) -> tuple[dict[str, float], float, dict[tuple[str, int], float]]:
    """What is paid once, aid, and what runs."""
    one_off: dict[str, float] = {}
    for (item, _), amount in paid.items():
        if item in ONE_OFF:
            one_off[item] = one_off.get(item, 0.0) - amount
    aid = sum(amount for (item, _), amount in paid.items() if item.startswith(AID))
    run = {
        key: v for key, v in paid.items() if key[0] not in ONE_OFF and not key[0].startswith(AID)
    }
    return one_off, aid, run


def _startup(
    case: Case, run: Mapping[tuple[str, int], float], yearly: float, wafers: float
) -> tuple[dict[int, float], float]:
    """Period -> USD a wafer above the steady cost; and the sum of it over ten years [USD bn]."""
    span = case.scenario.horizon.years_per_period
    made = {t: v for (item, t), v in run.items() if item == "production.materials"}
    full = made[max(made)]
    above, total, years = {}, 0.0, 0.0
    for t in sorted(made):
        load = made[t] / full
        spent = -sum(v for (_, at), v in run.items() if at == t)
        more = spent - yearly * span * load
        above[t] = 1e9 * more / (wafers * span * load)
        total += more if years < YEARS else 0.0
        years += span * load
    return above, total


def dilution_pp(plan: Plan, fabs: Mapping[tuple[str, str], Fab], period: int) -> float:
    """Points of gross margin that making wafers abroad costs a plan in a period."""
    flows = plan.table("flows")
    now = flows[flows["year"] == period]
    revenue = float(now["value_usd_bn"].sum())
    more = 0.0
    for row in now.to_dict("records"):
        origin, product = str(row["origin"]), str(row["product"])
        abroad, home = fabs.get((origin, product)), fabs.get((HOME, product))
        if abroad is not None and home is not None and origin != HOME:
            startup = _near(abroad.running, period) - _near(home.running, period)
            each = abroad.wafer_usd - home.wafer_usd + startup
            more += float(row["wafers_mn"]) * each / 1e3
    return 100 * more / revenue if revenue else 0.0


def _near(values: Mapping[int, float], period: int) -> float:
    return values.get(period, values[max(values)] if values else 0.0)
