"""The files of a backtest: one page without network, and a table of every figure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from planner.outputs import formats, page

Found = Mapping[str, Any]
DASH = "–"


def write_backtest(found: Found, folder: Path) -> tuple[Path, ...]:
    """Write backtest.html, backtest_decisions.csv and backtest_methods.csv into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "backtest.html"]
    page.write(written[0], page.render("backtest.html.j2", context(found), ("page.js",)))
    for name, rows in (("decisions", found["decisions"]), ("methods", found["methods"])):
        written.append(folder / f"backtest_{name}.csv")
        frame = pd.DataFrame([{k: _cell(v) for k, v in row.items()} for row in rows])
        frame.to_csv(written[-1], index=False, lineterminator="\n", float_format="%.10g")
    return tuple(written)


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return ";".join(f"{k}={v:.6g}" for k, v in value.items())
    return ";".join(map(str, value)) if isinstance(value, list) else value


def context(found: Found) -> dict[str, Any]:
    """What the template shows."""
    names = found["names"]
    return {
        "title": "Backtest against real decisions",
        "found": found,
        "rows": [_row(r, names) for r in found["decisions"]],
        "methods": [
            {
                **m,
                "rank": _span(m, "relative_rank", 2),
                "hits": _span(m, "country_hits_pct", 0),
                "ahead": "" if m["method"] == "planner" else _span(m, "planner_ahead_by", 2),
            }
            for m in found["methods"]
        ],
        "script": {},
    }


def _span(row: Mapping[str, Any], key: str, digits: int) -> str:
    low, high = row[f"{key}_low"], row[f"{key}_high"]
    mean, low, high = (round(v, digits) + 0.0 for v in (row[key], low, high))  # no minus zero
    return f"{mean:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _row(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    ranked = row["rank_planner"] is not None
    sited = ranked and row["outcome"] != "none"
    right = row["built_predicted"] == (row["outcome"] == "built")
    explained = row["weights"]
    return {
        "title": row["title"],
        "announced": row["announced"],
        "outcome": row["outcome"],
        "true": names.get(row["site"], row["site"]) or DASH,
        "best": names.get(row["best"], row["best"]),
        "rank": f"{row['rank_planner']:g} of {row['candidates']}" if ranked else DASH,
        "country": ("yes" if row["hit_planner"] > 0.5 else "no") if sited else DASH,
        "gap": formats.number(row["gap_usd_bn"], 2) if ranked else DASH,
        "build": f"{'yes' if row['built_predicted'] else 'no'} ({'right' if right else 'wrong'})",
        "node": _class(row),
        "size": DASH if row["size_error_pct"] is None else f"{row['size_error_pct']:+.0f} %",
        "weights": ", ".join(f"{g} {w:.2f}" for g, w in explained.items() if abs(w - 1) > 1e-6)
        or "as they are"
        if explained
        else ("none can" if ranked else DASH),
        "others": " / ".join(
            f"{row[f'rank_{name}']:g}" for name in ("cheapest", "subsidy", "talent")
        )
        if ranked
        else DASH,
        "grade": row["grade"],
        "note": row["note"],
        "taken_out": "; ".join(row["taken_out"]),
    }


def _class(row: Mapping[str, Any]) -> str:
    error = row["node_error"]
    if not row["own_class"]:
        return DASH
    return str(row["own_class"]) if error is None else f"{row['own_class']} ({error + 0.0:+g})"
