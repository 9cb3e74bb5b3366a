"""A plan as a workbook: readable tables, and a ledger whose formulas a reader can follow.

    Ledger   present value = amount * factor, expected = chance * present value, by formula
    Groups   sums of the ledger by group, their total, and the measure it must equal
The numbers in the ledger are the plan's own; the sums are worked out by the reader's program.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import labels
from planner.outputs.book import Formula, Grid, workbook_bytes
from planner.outputs.report_tables import missing

LEDGER = ("item", "key", "country", "period", "future", "group")
SHEETS = ("sites", "modules", "research", "grants", "capacity", "talent", "trade", "flows", "risk")


def write_workbook(plan: Plan, case: Case, path: Path) -> Path:
    """Write the workbook of a plan and return where it is."""
    path.write_bytes(workbook_bytes(sheets(plan, case)))
    return path


def sheets(plan: Plan, case: Case) -> dict[str, Grid]:
    """Sheet -> rows, the first one the header."""
    ledger = _ledger(plan.cash)
    made = {
        "Read me": _about(plan, case),
        "Key figures": _measures(plan),
        "Groups": _groups(plan, len(ledger)),
        "Ledger": ledger,
    }
    for name in SHEETS:
        if len(plan.table(name)):
            made[labels.words(name)] = _table(plan.table(name))
    return made


def _about(plan: Plan, case: Case) -> Grid:
    info = plan.info
    return [
        ["What", "Says"],
        ["Plan", plan.title or plan.scenario],
        ["Question", case.scenario.question],
        ["Status", info.status],
        ["Objective, USD bn", info.objective],
        ["Proven bound, USD bn", info.bound],
        ["Gap, %", 100 * info.gap],
        ["Money", "billions of constant US dollars; what is paid is negative"],
        ["Capacity", "kwpm: thousand 300 mm wafer starts a month"],
        ["Inputs (SHA-256)", plan.digest],
    ]


def _measures(plan: Plan) -> Grid:
    rows: Grid = [["Measure", "Unit", "Value"]]
    for name, value in plan.measures.items():
        label = labels.measure(name)
        rows.append([label.name, label.unit, float(value)])
    return rows


def _ledger(cash: pd.DataFrame) -> Grid:
    """One line of money a row; present and expected values are formulas."""
    heads = [labels.words(c) for c in LEDGER]
    amounts = ["Amount, USD bn", "Discount factor", "Chance", "Present value, USD bn"]
    rows: Grid = [[*heads, *amounts, "Expected, USD bn"]]
    columns = [*LEDGER, "amount_usd_bn", "factor", "probability"]
    for n, line in enumerate(cash[columns].itertuples(index=False, name=None), 2):
        item, key, country, period, future, group, *numbers = line
        words = [labels.item(str(item)), str(key).replace("|", ", "), str(country)]
        when: list[object] = [int(period) if period >= 0 else "", str(future), str(group)]
        sums = [Formula(f"=G{n}*H{n}"), Formula(f"=I{n}*J{n}")]
        rows.append([*words, *when, *(float(v) for v in numbers), *sums])
    return rows


def _groups(plan: Plan, rows: int) -> Grid:
    """Sums by group over the ledger, and the measure their total must equal."""
    made: Grid = [["Group", "Expected present value, USD bn"]]
    for group in labels.GROUPS:
        total = f'=SUMIF(Ledger!F$2:F${rows},"{group}",Ledger!K$2:K${rows})'
        made.append([labels.GROUPS[group], Formula(total)])
    last = len(made)
    made.append(["Total of the ledger", Formula(f"=SUM(B2:B{last})")])
    tail = f'=SUMIF(Ledger!A$2:A${rows},"{labels.item("risk.tail")}",Ledger!K$2:K${rows})'
    made.append(["of it the worst-futures charge", Formula(tail)])
    made.append(["Expected value by the ledger", Formula(f"=B{last + 1}-B{last + 2}")])
    made.append(["Expected value by the plan", float(plan.measures.get("npv_usd_bn", 0.0))])
    made.append(["Difference (rounding only)", Formula(f"=B{last + 3}-B{last + 4}")])
    return made


def _table(frame: pd.DataFrame) -> Grid:
    """A readable table with units in its headings."""
    heads: list[object] = []
    for column in frame.columns:
        label = labels.column(str(column))
        heads.append(f"{label.name}, {label.unit}" if label.unit else label.name)
    body = [[_cell(v) for v in row] for row in frame.itertuples(index=False, name=None)]
    return [heads, *body]


def _cell(value: object) -> object:
    if missing(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    number = getattr(value, "item", None)
    return number() if callable(number) else value
