"""The files of a stress: one page without network, and tables of values, years and events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from planner.outputs import charts_spread, formats, page

Row = Mapping[str, Any]
WORST = 10
"""Events shown as bars; the table has all."""
NEARLY_ALL = 99.0
"""Events that leave more of the capacity are not drawn [%]."""
TABLES = ("years", "events", "histogram")


def write_stress(found: Row, folder: Path) -> tuple[Path, ...]:
    """Write stress.html and stress_<table>.csv into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "stress.html"]
    page.write(written[0], page.render("stress.html.j2", context(found), ("page.js",)))
    value = {k: v for k, v in found["value"].items() if v is not None}
    frames = {name: pd.DataFrame(found[name]) for name in TABLES}
    frames["recovery"] = pd.DataFrame(
        [{k: v for k, v in r.items() if k != "capacity_by_month_pct"} for r in found["recovery"]]
    )
    frames["value"] = pd.DataFrame(list(value.items()), columns=["figure", "value"])
    for name, frame in frames.items():
        written.append(folder / f"stress_{name}.csv")
        frame.to_csv(written[-1], index=False, lineterminator="\n", float_format="%.10g")
    return tuple(written)


def context(found: Row) -> dict[str, Any]:
    """What the template shows."""
    value, events = found["value"], found["events"]
    felt = [e for e in events if abs(e["part_of_mean_loss_usd_bn"]) > 1e-9]
    shown = [
        (e["name"], e["part_of_mean_loss_usd_bn"], e["part_of_tail_loss_usd_bn"])
        for e in felt[:WORST]
    ]
    hit = sorted(
        (r for r in found["recovery"] if r["capacity_left_pct"] < NEARLY_ALL),
        key=lambda r: (r["capacity_left_pct"], r["event"]),
    )[: len(charts_spread.LINES)]
    return {
        "title": f"{found['title']}: stress",
        "found": found,
        "what": found["text"],
        "tiles": _tiles(found),
        "fan": page.drawn(charts_spread.fan(found["years"])),
        "histogram": page.drawn(
            charts_spread.histogram(found["histogram"], _marks(value), value["var_usd_bn"])
        ),
        "bars": page.drawn(charts_spread.bars(shown, ("of the mean loss", "of the tail loss")))
        if shown
        else "",
        "recovery": page.drawn(charts_spread.recovery(hit)) if hit else "",
        "colours": [(r["name"], charts_spread.LINES[n]) for n, r in enumerate(hit)],
        "tail_pct": 100 * (1 - found["alpha"]),
        "felt": [e["name"] for e in events if abs(e["part_of_mean_loss_usd_bn"]) <= 1e-9],
        "script": {},
    }


def _marks(value: Row) -> Sequence[tuple[str, float, str]]:
    return (
        (f"tail mean (CVaR) {formats.brief(value['cvar_usd_bn'])}", value["cvar_usd_bn"], "risk"),
        (f"VaR {formats.brief(value['var_usd_bn'])}", value["var_usd_bn"], "talent"),
        (f"mean {formats.brief(value['mean_usd_bn'])}", value["mean_usd_bn"], "ink"),
        (f"calm {formats.brief(value['calm_usd_bn'])}", value["calm_usd_bn"], "subsidy"),
    )


def _tiles(found: Row) -> list[dict[str, str]]:
    value, plan = found["value"], found["plan"]
    error = formats.brief(1.96 * value["mean_standard_error_usd_bn"])
    tail_error = formats.brief(1.96 * value["cvar_standard_error_usd_bn"])
    rest = formats.percent(100 * (1 - found["alpha"]), 0)
    return [
        _tile("Mean", value["mean_usd_bn"], f"± {error} at 95 % (sampling)"),
        _tile("Mean of the tail (CVaR)", value["cvar_usd_bn"], f"worst {rest}, ± {tail_error}"),
        _tile("Edge of the tail (VaR)", value["var_usd_bn"], f"undercut in {rest}"),
        _tile("If nothing happens", value["calm_usd_bn"], "no event at all"),
        _tile("Plan's own mean", plan["mean_usd_bn"], f"over its {plan['futures']} futures"),
        _tile("Plan's own tail", plan["cvar_usd_bn"], "over its futures"),
    ]


def _tile(name: str, value: float, note: str) -> dict[str, str]:
    return {"name": name, "value": formats.brief(value), "unit": "USD bn", "note": note}
