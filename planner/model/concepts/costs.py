"""Costs of building, bottom up: tools, buildings, land, entry and what is left at the end.

    equipment = modules * SIZE * EQUIPMENT[k] paid mid-construction
    building  = modules * SIZE * BUILDING[k] * MULT[c] * FACTOR[i] paid mid-construction
    site      = open * SITE[i];  entry = enter * (FIRST[c] - MULT[c]) * mean(SIZE * BUILDING)
    planned   = (GROWTH - cut) * (EQUIPMENT + BUILDING * MULT[c])
    salvage   = (equipment and building bought) * share of an even annuity left at the horizon's end
All in USD bn. Tools cost the same everywhere (world price); buildings follow the local multiplier,
and the firm's first fab in a country pays the higher first-fab multiplier once.
Sources: fact tables `product`, `site`, `country`, `finance`.
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.core import discount, outlay
from planner.core.case import CaseView
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import Column
from planner.model.lp import Model

AFTER = ("capacity",)
NEEDS: tuple[str, ...] = ()
READS = (
    *discount.READS,
    *outlay.READS,
    "country.first_fab_multiplier",
    "site.site_cost_usd_bn",
    "finance.equipment_life_years",
    "finance.building_life_years",
)


class Options(Base):
    """Knobs of the cost concept."""

    salvage: bool = True
    """Whether tools and buildings keep a value after the horizon [yes/no]"""


def mid_construction(case: CaseView, column: Column) -> float:
    """Date at which a module is paid (half-way between begin and first wafers) [year]."""
    return (column[3] + case.sets.vintages[column].service) / 2


def entry_usd_bn(case: CaseView, c: str) -> float:
    """What the first fab in a country costs beyond a later one [USD bn]."""
    extra = case.value("country.first_fab_multiplier", c)
    extra -= case.value("country.construction_multiplier", c)
    classes = {k for i, k, _, _ in case.sets.columns if case.sets.country_of[i] == c}
    shells = [
        case.value("product.module_kwpm", k) * case.value("product.building_usd_mn_per_kwpm", k)
        for k in sorted(classes)
    ]
    return extra * sum(shells) / len(shells) / 1000 if shells else 0.0


def planned_growth(case: CaseView) -> dict[tuple[str, str, int], tuple[float, float]]:
    """(site, class, period) -> planned kwpm added then and outlay of one of them [kwpm, USD bn]."""
    found = {}
    for (i, k, t), kwpm in case.sets.growth().items():
        unit = sum(outlay.of_kwpm(case, i, k, a) for a in outlay.ASSETS)
        found[i, k, t] = (kwpm, unit)
    return found


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Book every outlay."""
    _capex(m, case, opt)
    _sites(m, case)


def _capex(m: Model, case: CaseView, opt: Options) -> None:
    modules = m.family("modules")
    for column in case.sets.columns:
        c = case.sets.country_of[column[0]]
        service = case.sets.vintages[column].service
        when = mid_construction(case, column)
        for asset in ("equipment", "building"):
            paid = outlay.of_module(case, column, asset)
            m.cost(
                f"costs.{asset}",
                column,
                terms=[(modules[column], -paid)],
                period=column[3],
                factor=discount.at(case, when),
                group="cost",
                country=c,
                writeoff=(asset, service),
            )
            if opt.salvage:
                life = case.value(f"finance.{asset}_life_years", "firm")
                age = case.sets.end - service
                share = discount.remaining_share(discount.rate(case), life, age)
                m.cost(
                    f"costs.salvage_{asset}",
                    column,
                    terms=[(modules[column], paid * share)],
                    period=case.sets.periods[-1],
                    factor=discount.at(case, case.sets.end),
                    group="cost",
                    country=c,
                )
    cut = m.family("cut")
    for (i, k, t), (kwpm, unit) in planned_growth(case).items():
        column_cut = cut.get((i, k, t))
        m.cost(
            "costs.planned",
            (i, k, t),
            terms=[] if column_cut is None else [(column_cut, unit)],
            constant=-kwpm * unit,
            period=t,
            factor=discount.at(case, t),
            group="cost",
            country=case.sets.country_of[i],
        )


def _sites(m: Model, case: CaseView) -> None:
    for (i, t), column in m.family("open").columns.items():
        m.cost(
            "costs.site",
            (i, t),
            terms=[(column, -case.value("site.site_cost_usd_bn", str(i)))],
            period=int(t),
            factor=discount.at(case, int(t)),
            group="cost",
            country=case.sets.country_of[str(i)],
        )
    for (c, t), column in m.family("enter").columns.items():
        if not case.has("country.first_fab_multiplier", str(c)):
            continue
        m.cost(
            "costs.entry",
            (c, t),
            terms=[(column, -entry_usd_bn(case, str(c)))],
            period=int(t),
            factor=discount.at(case, int(t)),
            group="cost",
            country=str(c),
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Costs bind nothing; their money is checked (see `money`)."""
    yield from ()


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Every outlay again, from decisions and facts: (item, period, state, amount)."""
    sets, modules = case.sets, plan.values("modules")
    for column, n in modules.items():
        spot: Column = (column[0], column[1], column[2], column[3])
        for asset in ("equipment", "building"):
            paid = n * outlay.of_module(case, spot, asset)
            yield f"costs.{asset}", spot[3], "all", -paid
            if opt.salvage:
                life = case.value(f"finance.{asset}_life_years", "firm")
                age = sets.end - sets.vintages[spot].service
                left = discount.remaining_share(discount.rate(case), life, age)
                yield f"costs.salvage_{asset}", sets.periods[-1], "all", paid * left
    cut = plan.values("cut")
    for key, (kwpm, unit) in planned_growth(case).items():
        yield "costs.planned", key[2], "all", -(kwpm - cut.get(key, 0.0)) * unit
    for (i, t), n in plan.values("open").items():
        yield "costs.site", t, "all", -n * case.value("site.site_cost_usd_bn", i)
    for (c, t), n in plan.values("enter").items():
        if case.has("country.first_fab_multiplier", c):
            yield "costs.entry", t, "all", -n * entry_usd_bn(case, c)
