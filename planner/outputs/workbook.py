"""A plan's tables as one workbook: a sheet a table, units in the headers, text never a formula."""

from __future__ import annotations

from planner.core.plan import Plan
from planner.outputs import frames
from planner.outputs.compare_files import Grid, workbook_bytes

LEFT_OUT = ("rows",)
"""Tables of thousands of lines that only programs read; they are in the run's CSV files."""
LONGEST_NAME = 31


def plan_workbook(plan: Plan) -> bytes:
    """The workbook's bytes: measures first, then every readable table, then the cash."""
    measures: Grid = [["measure", "value"], *([name, v] for name, v in plan.measures.items())]
    sheets: dict[str, Grid] = {"measures": measures}
    for name, frame in {**plan.tables, "cash": plan.cash}.items():
        if name in LEFT_OUT or frame.empty:
            continue
        rows = [list(record.values()) for record in frames.records(frame)]
        sheets[name[:LONGEST_NAME]] = [list(frame.columns), *rows]
    return workbook_bytes(sheets)
