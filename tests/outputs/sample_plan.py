"""Two consistent plans with every table of a run, without solving anything.

`sample_plan()` and `sample_plan_b()` each give (plan, case); both share sites and data.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pandas as pd

from planner.core.case import Case
from planner.core.plan import CASH_COLUMNS, Plan, SolveInfo
from tests.outputs import sample_data as raw
from tests.outputs.sample_case import places, sample_case

PER_MODULE = 20.0
CAPEX = {"US": 5.2, "JP": 4.2, "DE": 4.8, "TW": 3.6}
Row = tuple[object, ...]
Tables = dict[str, pd.DataFrame]


@cache
def sample_plan() -> tuple[Plan, Case]:
    """The first variant: four host fabs more, four centres."""
    return _plan("sample", "Sample: rules and aid as decided", raw.MODULES_A, raw.CENTRES_A)


@cache
def sample_plan_b() -> tuple[Plan, Case]:
    """The second variant: some sites opened, dropped, moved in time and resized."""
    return _plan("sample-b", "Sample: credit lapses after 2026", raw.MODULES_B, raw.CENTRES_B)


def _frame(columns: str, rows: Sequence[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns.split(","))


def _name(site: str) -> str:
    return places()[site][1]


def _country(site: str) -> str:
    return places()[site][2]


def _plan(
    name: str, title: str, modules: Sequence[raw.Module], centres: Sequence[raw.Centre]
) -> tuple[Plan, Case]:
    tables = _decisions(modules, centres)
    tables["sites"] = _sites(tables)
    tables |= _trade(tables["capacity"])
    cash = _cash(tables)
    tables |= _people(tables["capacity"])
    measures = _measures(tables, cash)
    tables["risk"] = _risk(measures["npv_usd_bn"])
    tables["countries"] = _countries(tables, cash)
    tables["weak_facts"] = _weak()
    tables["site_reasons"] = _site_reasons(tables["sites"])
    objective = measures["objective_usd_bn"]
    info = SolveInfo(
        "optimal",
        True,
        objective,
        objective * 1.0008,
        0.0008,
        {"load": 0.4, "build": 1.1, "solve": 8.2, "verify": 0.3},
        {"planner": "0.1.0", "highspy": "1.16.0"},
        {"columns": 31000, "rows": 28000, "integers": 2100, "nonzeros": 160000},
    )
    rows = _frame(
        "rule,key,sense,right_hand_side,slack,binding,price_usd_bn",
        [("capacity.room", "us_phoenix|2030", "<=", 12.0, 0.0, True, 0.01)],
    )
    plan = Plan(
        name, title, "5a" * 32, info, {}, cash, measures, rows, tables, _reasons(measures, cash)
    )
    return plan, sample_case(name, title)


def _site_reasons(sites: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (r.id, "in" if r.chosen else "out", r.main_product, 2028, 1.5, f"Because of <{r.id}> & 1.5")
        for r in sites.itertuples()
    ]
    return _frame("site,decision,product,begun_year,bound_usd_bn,reason", rows)


def _decisions(modules: Sequence[raw.Module], centres: Sequence[raw.Centre]) -> Tables:
    rows = [
        (i, _name(i), _country(i), k, o, begun, service, n, n * PER_MODULE, n * CAPEX[_country(i)])
        for i, k, o, begun, service, n in modules
    ]
    fabs = {i for i, *_ in modules} | {i for i, _ in raw.EXISTING}
    linked = {lab: sorted(i for i in fabs if _country(i) == _country(lab)) for lab, *_ in centres}
    linked.get("jp_tsukuba", []).append("us_phoenix")
    labs = [
        (i, _name(i), _country(i), kind, raw.CENTRES[kind], y, y + 1.5, 420, who,
         ";".join(linked[i]))
        for i, kind, y, who in centres
    ]  # fmt: skip
    links = [(i, lab, y + 2) for lab, _, y, _ in centres for i in linked[lab] if i != lab]
    grants = [
        (i, _name(i), _country(i), *raw.PROGRAMMES[_country(i)][:3], begun + 2,
         n * CAPEX[_country(i)] * raw.PROGRAMMES[_country(i)][3])
        for i, _, _, begun, _, n in modules
        if _country(i) in raw.PROGRAMMES
    ]  # fmt: skip
    return {
        "modules": _frame(
            "site,name,country,product,option,begun_year,service_year,modules,kwpm,capex_usd_bn",
            rows,
        ),
        "research": _frame(
            "site,name,country,centre_type,centre_name,begun_year,open_year,headcount,"
            "partners,linked_sites",
            labs,
        ),
        "links": _frame("site,centre_site,year", links),
        "capacity": _capacity(modules),
        "grants": _frame(
            "site,name,country,programme,programme_name,instrument,year,amount_usd_bn", grants
        ),
    }


def _capacity(modules: Sequence[raw.Module]) -> pd.DataFrame:
    total: dict[tuple[str, str, int], float] = {}
    for t in raw.PERIODS:
        for (i, k), kwpm in raw.EXISTING.items():
            total[i, k, t] = total.get((i, k, t), 0.0) + kwpm
        for i, k, _, _, service, n in modules:
            if service <= t:
                total[i, k, t] = total.get((i, k, t), 0.0) + n * PER_MODULE
    rows = [(i, _country(i), k, t, v) for (i, k, t), v in sorted(total.items())]
    return _frame("site,country,product,year,kwpm", rows)


def _sites(tables: Tables) -> pd.DataFrame:
    rows: list[Row] = []
    last = tables["capacity"][tables["capacity"]["year"] == raw.PERIODS[-1]]
    for i, name, c, iso, lat, lon, *rest in places().values():
        mine = tables["modules"][tables["modules"]["site"] == i]
        labs = tables["research"][tables["research"]["site"] == i]
        stock = last[last["site"] == i].sort_values("kwpm")
        grants = tables["grants"]
        now = sum(v for (s, _), v in raw.EXISTING.items() if s == i)
        final = float(stock["kwpm"].sum())
        role = ["none", "rd", "fab", "fab+rd"][2 * (final > 0) + bool(len(labs))]
        begun = [*mine["begun_year"], *labs["begun_year"]]
        service = [*mine["service_year"], *labs["open_year"]]
        status = "home" if c == "TW" else "existing" if now else "candidate"
        rows.append(
            (i, name, c, iso, float(lat), float(lon), status, role, bool(begun),
             min(begun, default=None), min(service, default=None),
             str(stock["product"].iloc[-1]) if len(stock) else "",
             now, final - now, final, int(mine["modules"].sum()), float(mine["capex_usd_bn"].sum()),
             float(grants.loc[grants["site"] == i, "amount_usd_bn"].sum()), *map(float, rest),
             1.1, 5.0 + len(i))
        )  # fmt: skip
    return _frame(
        "id,name,country,iso_3166_2,lat,lon,status,role,chosen,first_begun_year,"
        "first_service_year,main_product,existing_kwpm,new_kwpm,final_kwpm,modules,capex_usd_bn,"
        "grants_usd_bn,risk_pct,hazard_index,subsidy_rate_pct,engineer_wage_usd_thousand,"
        "electricity_usd_per_mwh,water_usd_per_m3,water_limit_mld",
        rows,
    )


def _trade(capacity: pd.DataFrame) -> Tables:
    flows: list[Row] = []
    made = capacity.groupby(["country", "product", "year"], sort=True)["kwpm"].sum()
    for (c, k, t), kwpm in made.items():  # type: ignore[misc]
        for market, share in raw.SHARES[c].items():
            wafers = kwpm * 0.012 * 0.85 * share
            flows.append((c, market, k, t, wafers, wafers * raw.PRICE_USD[k] / 1000))
    frame = _frame("origin,market,product,year,wafers_mn,value_usd_bn", flows)
    value = frame.groupby(["origin", "market", "year"], as_index=False)["value_usd_bn"].sum()
    taxed = (value["market"] == "US") & (value["origin"] != "US")
    return {"flows": frame, "trade": value.assign(duty_usd_bn=value["value_usd_bn"] * 0.05 * taxed)}


def _cash(tables: Tables) -> pd.DataFrame:
    lines: list[Row] = []

    def book(item: str, key: str, country: str, period: int, amount: tuple[str, float]) -> None:
        factor = 1.08 ** (2025 - period) if period > 0 else 1.0
        group, value = amount
        head = (item.split(".")[0], item, key, country, period, "all", 1.0, group)
        lines.append((*head, value, factor, value * factor))

    for m in tables["modules"].itertuples():
        key = f"{m.site}|{m.product}|{m.begun_year}"
        for item, share in (("costs.equipment", 0.75), ("costs.building", 0.25)):
            book(item, key, m.country, m.begun_year, ("cost", -share * m.capex_usd_bn))
    for g in tables["grants"].itertuples():
        key = f"{g.site}|{g.programme}"
        book("subsidy.grant", key, g.country, g.year, ("subsidy", g.amount_usd_bn))
    for v in tables["trade"].itertuples():
        key, c, t = f"{v.origin}|{v.market}", v.origin, int(v.year)
        book("sales.revenue", key, c, t, ("revenue", 2 * v.value_usd_bn))
        book("production.materials", key, c, t, ("cost", -0.9 * v.value_usd_bn))
        book("talent.wages", key, c, t, ("talent", -0.2 * v.value_usd_bn))
        book("risk.repair", key, c, t, ("risk", -0.01 * v.value_usd_bn))
        if v.duty_usd_bn:
            book("trade.duty", key, c, t, ("cost", -2 * v.duty_usd_bn))
    book("risk.tail", "tail", "", -1, ("risk", -6.25))
    return pd.DataFrame(lines, columns=list(CASH_COLUMNS))


def _people(capacity: pd.DataFrame) -> Tables:
    rows: list[Row] = []
    total = capacity.groupby(["country", "year"], sort=True)["kwpm"].sum()
    for (c, t), kwpm in total.items():  # type: ignore[misc]
        for skill, each in (("technician", 0.04), ("engineer", 0.05), ("researcher", 0.006)):
            need, supply = kwpm * each, 4 * each * total[c, raw.PERIODS[-1]]
            pool = (f"{c.lower()}_pool", f"{raw.COUNTRIES[c]} pool", c, skill, t)
            rows.append((*pool, need, supply, 100 * need / supply, 0.0, 0.0))
    columns = (
        "pool,pool_name,country,skill,year,need_thousand,supply_thousand,share_pct,"
        "wage_premium_pct,expat_thousand"
    )
    return {"talent": _frame(columns, rows)}


def _measures(tables: Tables, cash: pd.DataFrame) -> dict[str, float]:
    worth = (cash["probability"] * cash["present_value_usd_bn"]).groupby(cash["group"]).sum()
    sites = tables["sites"]
    away = sites[sites["country"] != "TW"]
    hosts = away[away["modules"] > 0]["country"].nunique()
    npv = float(worth.sum()) + 6.25
    return {
        "objective_usd_bn": float(worth.sum()),
        "npv_usd_bn": npv,
        "npv_weighted_usd_bn": npv,
        "cvar_usd_bn": npv - 190.0,
        "tail_charge_usd_bn": -6.25,
        **{f"{g}_usd_bn": float(worth[g]) for g in ("revenue", "cost", "talent", "subsidy")},
        "risk_usd_bn": float(worth["risk"]) + 6.25,
        "capex_overseas_usd_bn": float(away["capex_usd_bn"].sum()),
        "grants_usd_bn": float(tables["grants"]["amount_usd_bn"].sum()),
        "kwpm_overseas": float(away["final_kwpm"].sum()),
        "kwpm_new_overseas": float(away["new_kwpm"].sum()),
        "home_share_advanced_pct": 81.5,
        "unserved_pct": 3.2,
        "sites_new": float((sites["modules"] > 0).sum()),
        "centres_new": float(len(tables["research"])),
        "countries_new": float(hosts),
    }


def _risk(npv: float) -> pd.DataFrame:
    rows = [(f, n, p, npv + d, d, d < -100) for f, (n, p, d) in raw.FUTURES.items()]
    return _frame("future,name,probability_pct,npv_usd_bn,difference_usd_bn,in_tail", rows)


def _countries(tables: Tables, cash: pd.DataFrame) -> pd.DataFrame:
    worth = cash.groupby("country")["present_value_usd_bn"].sum()
    rows: list[Row] = []
    for c, name in raw.COUNTRIES.items():
        here = tables["sites"][tables["sites"]["country"] == c]
        sums = [float(here[f"{n}"].sum()) for n in ("existing_kwpm", "new_kwpm")]
        money = [float(here[n].sum()) for n in ("capex_usd_bn", "grants_usd_bn")]
        role = "home" if c == "TW" else "host"
        rows.append((c, name, role, bool(here["chosen"].any()), *sums, *money, float(worth[c])))
    return _frame(
        "country,name,role,chosen,existing_kwpm,new_kwpm,capex_usd_bn,grants_usd_bn,"
        "npv_contribution_usd_bn",
        rows,
    )


def _weak() -> pd.DataFrame:
    rows: list[Row] = [
        ("event", "blockade", "annual_probability_pct", 0.4, "%", "D", "own-estimate",
         "Mean of three published judgements; 0.1 to 2.", 190.0),
        ("price", "N2", "price_usd_per_wafer", 26000.0, "USD/wafer", "C", "press-n2",
         "Reported list price.", 88.0),
    ]  # fmt: skip
    return _frame("table,entity,parameter,value,unit,grade,source,note,weight_usd_bn", rows)


def _reasons(measures: dict[str, float], cash: pd.DataFrame) -> tuple[dict[str, object], ...]:
    groups = ("revenue", "cost", "talent", "subsidy", "risk")
    scale = sum(measures[f"{g}_usd_bn"] for g in groups)
    return tuple(
        {"country": c, "name": raw.COUNTRIES[c], "decision": decision, "headline": headline,
         "value_usd_bn": v, "by_group": {g: v * measures[f"{g}_usd_bn"] / scale for g in groups},
         "text": f"Without {raw.COUNTRIES[c]} the plan is worth USD {v} bn less.",
         "method": "solved again without the country"}
        for c, decision, headline, v in raw.REASONS
    )  # fmt: skip
