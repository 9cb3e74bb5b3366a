"""A comparison as CSV and as a workbook; the same runs give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence

from planner.outputs import labels, tables
from planner.outputs.book import Grid
from planner.outputs.compare_data import Run, cash_lines, measures, names, site_differences


def grids(runs: Sequence[Run]) -> dict[str, Grid]:
    """Sheet -> rows, the first one the header: runs, measures, cash, sites."""
    heads = names(runs)
    return {
        "runs": _runs(runs, heads),
        "measures": _measures(runs, heads),
        "cash": _cash(runs, heads),
        "sites": _sites(runs, heads),
    }


def _runs(runs: Sequence[Run], heads: Sequence[str]) -> Grid:
    header: list[object] = [
        "run", "scenario", "status", "objective_usd_bn", "bound_usd_bn", "gap_pct", "solve_s",
        "digest",
    ]  # fmt: skip
    rows: Grid = [
        [
            head,
            plan.scenario,
            plan.info.status,
            plan.info.objective,
            plan.info.bound,
            100 * plan.info.gap,
            plan.info.seconds.get("solve"),
            plan.digest,
        ]
        for head, (plan, _) in zip(heads, runs, strict=True)
    ]
    return [header, *rows]


def _measures(runs: Sequence[Run], heads: Sequence[str]) -> Grid:
    first, *others = heads
    header: list[object] = ["measure", "unit", first]
    header += [x for head in others for x in (head, f"{head}: change")]
    rows: Grid = []
    for record in measures(runs).to_dict("records"):
        values = [record[str(n)] for n in range(len(runs))]
        row: list[object] = [record["label"], record["unit"], values[0]]
        for value in values[1:]:
            row += [value, _change(values[0], value)]
        rows.append(row)
    return [header, *rows]


def _change(first: float | None, other: float | None) -> float | None:
    return None if first is None or other is None else other - first


def _cash(runs: Sequence[Run], heads: Sequence[str]) -> Grid:
    header: list[object] = [
        "compared_run", "group", "item", "country", "first_usd_bn", "other_usd_bn", "change_usd_bn",
    ]  # fmt: skip
    rows: Grid = []
    for head, other in zip(heads[1:], runs[1:], strict=True):
        lines = cash_lines(runs[0], other)
        for x in lines:
            rows.append([head, x.group, labels.item(x.item), x.country, x.first, x.other, x.change])
        total = sum(x.change for x in lines)
        rows.append([head, "total", "Change of the expected value", "", None, None, total])
    return [header, *rows]


def _sites(runs: Sequence[Run], heads: Sequence[str]) -> Grid:
    header: list[object] = [
        "compared_run", "site", "name", "country", "difference", "first", "other",
        "new_kwpm_first", "new_kwpm_other",
    ]  # fmt: skip
    rows: Grid = []
    for head, (plan, _) in zip(heads[1:], runs[1:], strict=True):
        for r in site_differences(runs[0][0], plan).to_dict("records"):
            cells = ("id", "name", "country", "kind", "first", "other")
            sizes = r["new_kwpm_first"], r["new_kwpm_other"]
            rows.append([head, *(r[c] for c in cells), *sizes])
    return [header, *rows]


def csv_text(sheets: dict[str, Grid]) -> str:
    """All sheets below each other, each row led by its sheet's name."""
    width = max(len(row) for grid in sheets.values() for row in grid)
    rows: list[list[str]] = []
    for name, grid in sheets.items():
        for at, row in enumerate(grid):
            cells = [tables.cell(v) for v in row]
            kind = f"{name} header" if at == 0 else name
            rows.append([kind, *cells, *[""] * (width - len(cells))])
    return tables.lines(["section", *(f"column_{n}" for n in range(1, width + 1))], rows)
