"""Tables of a page: headings with units, cells written for people, numbers right-aligned."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats, labels, money
from planner.outputs.map_data import short_name
from planner.outputs.palette import product_colour

HOT_SPOTS = 30
"""Talent rows shown: the most used pool and skill combinations."""
WEAKEST = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text, whether it is a number, a colour dot before it."""

    text: str
    number: bool = False
    dot: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """Column heading and unit."""

    name: str
    unit: str
    number: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """One table of a page. `marks`: css class by row number."""

    id: str
    title: str
    intro: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...] = ()
    marks: Mapping[int, str] = field(default_factory=dict)


Writer = Callable[[Any], Cell]


def _amount(digits: int) -> Writer:
    return lambda v: Cell(formats.number(v, digits), number=True)


def _text(value: Any) -> Cell:
    return Cell(formats.NOTHING if missing(value) or value == "" else str(value))


def missing(value: Any) -> bool:
    """Whether a cell of a frame holds nothing."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _year(value: Any) -> Cell:
    return Cell(formats.year(value), number=True)


def _class(value: Any) -> Cell:
    return Cell(str(value), dot=product_colour(str(value))) if value else _text(None)


def _signed(value: Any) -> Cell:
    return Cell(formats.signed(value, 2), number=True)


def writers(case: Case) -> dict[str, Writer]:
    """How the cells of a column are written."""

    def named(register: str) -> Writer:
        return lambda v: _text(None if missing(v) else case.name(register, str(v)))

    roles = {"fab": "fab", "rd": "research", "fab+rd": "fab, research", "none": "not used"}
    fabs = named("sites")
    return {
        "country": named("countries"),
        "origin": named("countries"),
        "market": named("markets"),
        "skill": named("skills"),
        "product": _class,
        "main_product": _class,
        "role": lambda v: _text(roles.get(str(v), v)),
        "instrument": lambda v: _text(str(v).replace("_", " ")),
        "entity": lambda v: _text(str(v).replace("|", ", ").replace("_", " ")),
        "parameter": lambda v: _text(str(v).replace("_", " ")),
        "in_tail": lambda v: _text("yes" if v else ""),
        "linked_sites": lambda v: _text(
            ", ".join(short_name(fabs(s).text) for s in str(v).split(";") if s and not missing(v))
        ),
        "difference_usd_bn": _signed,
        "value": lambda v: Cell(f"{float(v):,.6g}", number=True),
        "hazard_index": _amount(2),
        "headcount": _amount(0),
        "levels": _amount(0),
        "modules": _amount(0),
    }


def view(frame: pd.DataFrame, case: Case, head: tuple[str, str, str], columns: str) -> TableView:
    """Table of some columns of a frame, those it lacks left out. head: id, title, intro.

    A column may be given another heading: `name=Future`.
    """
    asked = dict([*c.split("="), ""][:2] for c in columns.split(","))
    names = [c for c in asked if c in frame.columns]
    special = writers(case)
    write = [special.get(c) or _by_unit(c, frame[c]) for c in names]
    records = frame[names].itertuples(index=False, name=None)
    rows = tuple(tuple(w(v) for w, v in zip(write, r, strict=True)) for r in records)
    numbers = [any(r[n].number for r in rows) for n in range(len(names))]
    headings = tuple(_heading(c, asked[c], n) for c, n in zip(names, numbers, strict=True))
    return TableView(*head, headings, rows)


def _by_unit(column: str, values: pd.Series) -> Writer:
    if column.endswith("_year") or column == "year":
        return _year
    if not pd.api.types.is_numeric_dtype(values):
        return _text
    return _amount(labels.measure(column).digits if column != "share_pct" else 0)


def _heading(column: str, name: str, number: bool) -> Heading:
    label = labels.column(column)
    return Heading(name or label.name, label.unit, number)


def _research(plan: Plan) -> pd.DataFrame:
    """Centres, with their levels where one has more than the first."""
    found = plan.table("research")
    grown = "levels" in found and bool((found["levels"] > 1).any())
    return found if grown else found.drop(columns="levels", errors="ignore")


def plan_tables(plan: Plan, case: Case) -> list[TableView]:
    """All tables of the report, in reading order."""
    made = [
        _sites(plan, case),
        view(
            plan.table("modules"),
            case,
            ("modules", "Modules begun", "Every block of capacity the plan begins."),
            "name,country,product,option,begun_year,service_year,modules,kwpm,capex_usd_bn",
        ),
        view(
            _research(plan),
            case,
            ("research", "Research and co-creation centres", "Opened by the plan."),
            "name,country,centre_name,begun_year,open_year,headcount,levels,partners,linked_sites",
        ),
        view(
            plan.table("grants"),
            case,
            ("grants", "Grants and credits", "By site, programme and period of payment."),
            "name,country,programme_name,instrument,year,amount_usd_bn",
        ),
        _talent(plan, case),
        _trade(plan, case),
        view(
            plan.table("risk"),
            case,
            ("risk", "Futures", "What each future leaves of the plan's value."),
            "name=Future,probability_pct,npv_usd_bn,difference_usd_bn,in_tail",
        ),
        view(
            plan.table("countries"),
            case,
            ("countries", "Countries", "What stands and what is added, by country."),
            "name=Country,role=Role,existing_kwpm,new_kwpm,capex_usd_bn,grants_usd_bn,npv_contribution_usd_bn",
        ),
        cash_table(plan.cash),
    ]
    return [t for t in made if t.rows]


def _sites(plan: Plan, case: Case) -> TableView:
    frame = plan.table("sites")
    intro = "Every site the plan weighs, those it uses first."
    if len(frame):
        unused = (frame["role"] == "none").astype(int)
        keys = frame.assign(a=unused, b=~frame["chosen"], c=-frame["final_kwpm"])
        frame = keys.sort_values(["a", "b", "c", "id"], kind="stable")
    columns = (
        "name,country,iso_3166_2,status,role,main_product,first_begun_year,first_service_year,"
        "existing_kwpm,new_kwpm,final_kwpm,capex_usd_bn,grants_usd_bn,risk_pct,hazard_index,"
        "subsidy_rate_pct,engineer_wage_usd_thousand,electricity_usd_per_mwh,water_limit_mld,"
        "water_usd_per_m3"
    )
    table = view(frame, case, ("sites", "Sites", intro), columns)
    marks = {n: "new" if r["chosen"] else "" for n, r in enumerate(frame.to_dict("records"))}
    return TableView(table.id, table.title, intro, table.headings, table.rows, (), marks)


def _talent(plan: Plan, case: Case) -> TableView:
    """Each pool and skill in the period it is strained most."""
    frame = plan.table("talent")
    if len(frame):
        ordered = frame.sort_values(["share_pct", "pool", "skill"], ascending=[False, True, True])
        frame = ordered.drop_duplicates(["pool", "skill"]).head(HOT_SPOTS)
    intro = "Each pool and skill in the period that strains it most, the tightest first."
    columns = (
        "pool_name,country,skill,year,need_thousand,supply_thousand,share_pct,"
        "wage_premium_pct,expat_thousand"
    )
    return view(frame, case, ("talent", "Talent hot spots", intro), columns)


def _trade(plan: Plan, case: Case) -> TableView:
    """Origin and market by period, duties at the end."""
    frame = plan.table("trade")
    intro = "Expected sales by where wafers are made and sold, by period; duties over the horizon."
    head = ("trade", "Trade", intro)
    if frame.empty:
        return TableView(*head, (), ())
    wide = frame.pivot_table(
        index=["origin", "market"], columns="year", values="value_usd_bn", aggfunc="sum"
    ).fillna(0.0)
    duty = frame.groupby(["origin", "market"])["duty_usd_bn"].sum()
    special = writers(case)
    rows = tuple(
        (
            special["origin"](origin),
            special["market"](market),
            *(Cell(formats.number(v, 1), number=True) for v in values),
            Cell(formats.number(duty[origin, market], 2), number=True),
        )
        for (origin, market), values in zip(wide.index, wide.to_numpy(), strict=True)
    )
    years = tuple(Heading(str(y), "USD bn a year", True) for y in wide.columns)
    ends = Heading("Made in", "", False), Heading("Sold to", "", False)
    return TableView(*head, (*ends, *years, Heading("Duties", "USD bn a year, summed", True)), rows)


def cash_table(cash: pd.DataFrame) -> TableView:
    """Present value of every line of money by period, with the total below."""
    intro = "Expected present value by line and period; the total is the unweighted objective."
    head = ("cash", "Cash by item", intro)
    if cash.empty:
        return TableView(*head, (), ())
    frame = money.by_item(cash)
    periods: list[Any] = [c for c in frame.columns if c not in ("group", "item", "total")]
    names = ["no period" if t == money.WHOLE else str(t) for t in periods]
    headings = (
        Heading("Line", "", False),
        Heading("Group", "", False),
        *(Heading(n, "USD bn", True) for n in (*names, "Total")),
    )

    def amounts(values: Sequence[float]) -> tuple[Cell, ...]:
        return tuple(Cell(formats.number(v, 2), number=True) for v in values)

    rows = tuple(
        (
            Cell(labels.item(str(r["item"]))),
            Cell(labels.GROUPS.get(str(r["group"]), str(r["group"]))),
            *amounts([r[t] for t in (*periods, "total")]),
        )
        for r in frame.to_dict("records")
    )
    foot = (Cell("Total"), Cell(""), *amounts([frame[t].sum() for t in (*periods, "total")]))
    return TableView(*head, headings, rows, foot)


def weak_table(plan: Plan, case: Case) -> TableView:
    """Weak numbers, the heaviest first."""
    frame = plan.table("weak_facts").head(WEAKEST)
    intro = "Numbers of grade C (press) or D (own estimate), by the money that leans on them."
    columns = "entity,parameter,value,unit,grade,weight_usd_bn,note,source"
    return view(frame, case, ("weak", "Weak numbers", intro), columns)
