"""The overview of an interactive map: where every run makes and sells wafers, by class and year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats, maps_svg

Run = tuple[Plan, Case]
Spot = tuple[float, float]


def world(runs: Sequence[Run], panel: maps_svg.Panel) -> dict[str, Any]:
    """Origins, markets and the arcs between them; flows are amounts by arc and year, per run."""
    starts: dict[str, Spot] = {}
    markets: dict[str, tuple[str, Spot]] = {}
    for plan, case in runs:
        starts = _origins(plan.table("sites")) | starts
        for m in case.ids("markets"):
            if (spot := _spot(case, m)) is not None:
                markets.setdefault(m, (case.name("markets", m), spot))
    flows: list[dict[str, dict[int, list[Any]]]] = []
    titles: dict[str, str] = {}
    for plan, case in runs:
        frame = plan.table("flows")
        amounts: dict[str, dict[int, list[Any]]] = {}
        for keys, part in frame.groupby(["origin", "market"], sort=True) if len(frame) else []:
            origin, market = cast("tuple[str, str]", keys)
            if origin in starts and market in markets:
                key = f"{origin}>{market}"
                titles[key] = f"{case.name('countries', origin)} to {markets[market][0]}"
                amounts[key] = {int(str(y)): _flow(p) for y, p in part.groupby("year", sort=True)}
        flows.append(amounts)
    return {
        "panel": panel,
        "arcs": [_arc(key, titles[key], starts, markets, panel) for key in sorted(titles)],
        "markets": [
            {"id": m, "name": name, "at": panel.frame.place(*spot)}
            for m, (name, spot) in markets.items()
        ],
        "origins": [{"id": c, "at": panel.frame.place(*at)} for c, at in sorted(starts.items())],
        "flows": flows,
    }


def _arc(
    key: str,
    title: str,
    starts: dict[str, Spot],
    markets: dict[str, tuple[str, Spot]],
    panel: maps_svg.Panel,
) -> dict[str, str]:
    origin, market = key.split(">")
    path = maps_svg.arc(panel.frame, [starts[origin], markets[market][1]])
    return {"key": key, "path": path, "title": title}


def _flow(part: pd.DataFrame) -> list[Any]:
    """Value, wafers, the three largest classes and every class of one arc in one period."""
    top = part.groupby("product")["value_usd_bn"].sum().sort_values(ascending=False, kind="stable")
    words = [f"{k} {formats.brief(v)}" for k, v in top.head(3).items()]
    sums = part.groupby("product")[["value_usd_bn", "wafers_mn"]].sum()
    each = {str(k): [round(float(v), 3), round(float(w), 4)] for k, v, w in sums.itertuples()}
    total, wafers = float(part["value_usd_bn"].sum()), float(part["wafers_mn"].sum())
    return [round(total, 3), round(wafers, 4), ", ".join(words), each]


def _origins(sites: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Country -> where its arrows start: the mean of its running sites."""
    if sites.empty:
        return {}
    running = sites[sites["final_kwpm"] > 0]
    means = running.groupby("country", sort=True)[["lon", "lat"]].mean()
    return {str(c): (float(r["lon"]), float(r["lat"])) for c, r in means.iterrows()}


def _spot(case: Case, market: str) -> tuple[float, float] | None:
    lon = formats.finite(case.text("markets", market, "lon"))
    lat = formats.finite(case.text("markets", market, "lat"))
    return None if lon is None or lat is None else (lon, lat)
