"""Emissions: fabs buy green power and keep under a limit on greenhouse gases, if asked.

    emissions.power[c,t]   green[c,t] <= POWER[c,t]                                     [TWh/year]
    emissions.share[t]     sum(green[c,t], c) >= SHARE[t] * sum(POWER[c,t], c)          [TWh/year]
    emissions.cap[t]       sum(CO2[c,t], c in SCOPE) <= CAP[t]                     [Mt CO2e/year]
    POWER = 0.00876 * sum(MW[k] * cap[i,k,t], i in c)
    CO2   = (GRID[c,t] * (POWER[c,t] - green[c,t]) + sum(GAS[k] * W * cap[i,k,t], i in c)) / 1000
    premium = L * PREMIUM[c] * green / 1000      carbon = L * PRICE * CO2 / 1000           [USD bn]

green[c,t] <= AVAILABLE[c,t] is what a country's market can sell the firm. SHARE rises evenly from
its first year to its last (firms promise 60 % by 2030 and all by 2040); CAP may fall the same way.
Fabs draw power and vent gas by capacity, full or not, as their upkeep does. GAS is what a wafer
vents after abatement [kg CO2e]; W turns kwpm into million wafers a year. Off by default.
Sources: fact tables `energy` (grid factors, green power) and `product` (power, process gas).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from planner.core import discount
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.options import Settings
from planner.core.plan import Plan
from planner.core.scenario import Year
from planner.model.lp import Model, Row

AFTER = ("capacity", "acquisition", "retrofit")
NEEDS = ("energy",)
READS = (
    *discount.READS,
    "product.power_mw_per_kwpm",
    "product.process_kgco2_per_wafer",
    "energy.grid_gco2_per_kwh",
    "energy.green_twh_per_year",
    "energy.green_premium_usd_per_mwh",
)
TWH_PER_MW = 8.76e-3
"""A megawatt all year [TWh]."""
Terms = list[tuple[int, float]]


class Path(Settings):
    """A value that moves evenly between two years and stays at its last."""

    since: Year
    """First year it holds [year]"""
    value: Annotated[float, Field(ge=0)]
    """Value in that year"""
    until: Year
    """Year its last value is reached [year]"""
    last: Annotated[float, Field(ge=0)]
    """Value from then on"""

    @model_validator(mode="after")
    def _runs_forward(self) -> Path:
        if self.until < self.since:
            msg = "'until' lies before 'since'"
            raise ValueError(msg)
        return self

    def at(self, year: int) -> float | None:
        """Value in a year; None before its first."""
        if year < self.since:
            return None
        share = 1.0 if year >= self.until else (year - self.since) / (self.until - self.since)
        return self.value + share * (self.last - self.value)


class Options(Base):
    """Knobs of emissions and green power."""

    on: bool = False
    """Whether green power and greenhouse gases are looked at [yes/no]"""
    green_share_pct: Path | None = None
    """Least share of power that is green; empty = none asked [%]"""
    cap_mt_per_year: Path | None = None
    """Most greenhouse gas; empty = no limit [Mt CO2e/year]"""
    cap_counts: Literal["all", "abroad"] = "all"
    """Whose gas the limit counts [all|abroad]"""
    carbon_usd_per_t: Annotated[float, Field(ge=0, le=2000)] = 0.0
    """Price of a tonne of greenhouse gas, wherever vented [USD/t]"""
    available_scale: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Green power on offer against the data [ratio]"""


def power_twh(case: CaseView, k: str) -> float:
    """Power one kwpm draws in a year [TWh]."""
    return case.value("product.power_mw_per_kwpm", k) * TWH_PER_MW


def gas_mt(case: CaseView, k: str) -> float:
    """Gas one kwpm vents in a year from its processes [Mt CO2e]."""
    return case.value("product.process_kgco2_per_wafer", k) * case.sets.wafers_per_kwpm / 1000


def grid_mt_per_twh(case: CaseView, c: str, t: int) -> float:
    """Gas of a country's grid [Mt CO2e/TWh]; the figure is the same in kg/kWh."""
    return case.mean("energy.grid_gco2_per_kwh", c, period=t) / 1000


def on_offer(case: CaseView, opt: Options, c: str, t: int) -> float:
    """Green power the firm can buy [TWh/year]."""
    return case.mean("energy.green_twh_per_year", c, period=t) * opt.available_scale


def premium_usd_bn(case: CaseView, c: str, t: int) -> float:
    """What a TWh a year of green power costs more through a period [USD bn]."""
    premium = case.mean("energy.green_premium_usd_per_mwh", c, period=t)
    return case.sets.years_per_period * premium / 1000


def countries(case: CaseView, scope: str = "all") -> list[str]:
    """Countries whose gas counts."""
    home = {case.sets.country_of[i] for i in case.sets.home}
    return [c for c in case.sets.countries if scope == "all" or c not in home]


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create green and its rules; book what green power and gas cost."""
    keys = [(c, t) for c in case.sets.countries for t in case.sets.periods]
    green = m.variables(
        "green",
        keys,
        index="country,period",
        unit="TWh/year",
        high={key: on_offer(case, opt, *key) for key in keys},
    )
    draw, gas = _uses(m, case)
    m.require(
        "emissions.power",
        ((key, [(green[key], 1.0), *((j, -v) for j, v in draw[key])], "<=", 0.0) for key in keys),
        unit="TWh/year",
        why="green power is bought for use",
    )
    m.require("emissions.share", _share_rows(m, case, opt, draw), unit="TWh/year", why="promised")
    m.require("emissions.cap", _cap_rows(m, case, opt, gas), unit="Mt CO2e/year", why="limit")
    for c, t in keys:
        factor = discount.over(case, t)
        worth = premium_usd_bn(case, c, t)
        price = case.sets.years_per_period * opt.carbon_usd_per_t / 1000
        for item, terms in (
            ("emissions.premium", [(green[c, t], -worth)]),
            ("emissions.carbon", [(j, -v * price) for j, v in gas[c, t] if price]),
        ):
            m.cost(
                item, (c,), terms=terms, period=t, factor=factor, group="cost", country=c,
                taxable=True,
            )  # fmt: skip


def _uses(
    m: Model, case: CaseView
) -> tuple[dict[tuple[str, int], Terms], dict[tuple[str, int], Terms]]:
    """Terms of power drawn [TWh/year] and gas vented [Mt/year] by country and period."""
    keys = [(c, t) for c in case.sets.countries for t in case.sets.periods]
    draw: dict[tuple[str, int], Terms] = {key: [] for key in keys}
    gas: dict[tuple[str, int], Terms] = {key: [] for key in keys}
    for (i, k, t), column in m.family("cap").columns.items():
        spot = case.sets.country_of[str(i)], int(t)
        grid = grid_mt_per_twh(case, *spot)
        draw[spot].append((column, power_twh(case, str(k))))
        gas[spot].append((column, power_twh(case, str(k)) * grid + gas_mt(case, str(k))))
    for spot in keys:
        gas[spot].append((m.family("green")[spot], -grid_mt_per_twh(case, *spot)))
    return draw, gas


def _share_rows(
    m: Model, case: CaseView, opt: Options, draw: dict[tuple[str, int], Terms]
) -> Iterator[Row]:
    for t in case.sets.periods:
        share = opt.green_share_pct.at(t) if opt.green_share_pct else None
        if share:
            green = [(m.family("green")[c, t], 1.0) for c in case.sets.countries]
            used = [(j, -v * share / 100) for c in case.sets.countries for j, v in draw[c, t]]
            yield (t,), [*green, *used], ">=", 0.0


def _cap_rows(
    m: Model, case: CaseView, opt: Options, gas: dict[tuple[str, int], Terms]
) -> Iterator[Row]:
    for t in case.sets.periods:
        most = opt.cap_mt_per_year.at(t) if opt.cap_mt_per_year else None
        if most is not None:
            terms = [term for c in countries(case, opt.cap_counts) for term in gas[c, t]]
            yield (t,), terms, "<=", most


def vented(plan: Plan, case: CaseView) -> dict[tuple[str, int], tuple[float, float, float]]:
    """Power [TWh/year], green power [TWh/year], gas [Mt CO2e/year] by country and period."""
    drawn: dict[tuple[str, int], list[float]] = {
        (c, t): [0.0, 0.0] for c in case.sets.countries for t in case.sets.periods
    }
    for (i, k, t), kwpm in plan.values("cap").items():
        spot = drawn[case.sets.country_of[i], t]
        spot[0] += kwpm * power_twh(case, k)
        spot[1] += kwpm * gas_mt(case, k)
    bought = plan.values("green")
    found = {}
    for key, (power, process) in drawn.items():
        green = bought.get(key, 0.0)
        found[key] = power, green, (power - green) * grid_mt_per_twh(case, *key) + process
    return found


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Green power within use and offer; promised share; limit on gas."""
    found = vented(plan, case)
    for (c, t), (power, green, _) in found.items():
        if green > min(power, on_offer(case, opt, c, t)) + 1e-6:
            text = f"{green:.6g} TWh green, {power:.6g} used"
            yield Issue("error", "V240", f"emissions.power[{c},{t}]", "", text)
    for t in case.sets.periods:
        here = {c: found[c, t] for c in case.sets.countries}
        power, green = (sum(v[n] for v in here.values()) for n in (0, 1))
        share = opt.green_share_pct.at(t) if opt.green_share_pct else None
        if share and green < power * share / 100 - 1e-6:
            text = f"{green:.6g} of {power:.6g} TWh green, {share:g} % promised"
            yield Issue("error", "V241", f"emissions.share[{t}]", "", text)
        most = opt.cap_mt_per_year.at(t) if opt.cap_mt_per_year else None
        gas = sum(here[c][2] for c in countries(case, opt.cap_counts))
        if most is not None and gas > most + 1e-6:
            text = f"{gas:.6g} Mt, limit {most:.6g}"
            yield Issue("error", "V242", f"emissions.cap[{t}]", "", text)


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Premium and carbon price again, from capacity and green power."""
    price = case.sets.years_per_period * opt.carbon_usd_per_t / 1000
    for (c, t), (_, green, gas) in vented(plan, case).items():
        yield "emissions.premium", t, "all", -green * premium_usd_bn(case, c, t)
        if price:
            yield "emissions.carbon", t, "all", -gas * price
