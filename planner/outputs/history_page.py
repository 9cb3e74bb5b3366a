"""The files of the case of 1986-1996: one page without network, and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from planner.outputs import page
from planner.outputs.charts_share import share_path
from planner.outputs.charts_spread import LINES

TABLES = ("plans", "costs", "shares", "record", "held", "sites")
Found = Mapping[str, Any]


def write_history(found: Found, folder: Path) -> tuple[Path, ...]:
    """Write history.html and history_<table>.csv into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "history.html"]
    page.write(written[0], page.render("history.html.j2", context(found), ("page.js",)))
    for name in TABLES:
        written.append(folder / f"history_{name}.csv")
        frame = pd.DataFrame(found[name])
        frame.to_csv(written[-1], index=False, lineterminator="\n", float_format="%.10g")
    return tuple(written)


def context(found: Found) -> dict[str, Any]:
    """What the template shows."""
    titles = {p["name"]: p["title"] for p in found["plans"]}
    paths = {
        title: [(r["period"], r["value_pct"]) for r in found["shares"] if r["plan"] == name]
        for name, title in titles.items()
    }
    return {
        "title": "1986-1996: what the agreement and staying home cost",
        "found": found,
        "chart": page.drawn(share_path(found["record"], paths, found["years_per_period"])),
        "colours": [(title, LINES[n]) for n, title in enumerate(paths)],
        "script": {},
    }
