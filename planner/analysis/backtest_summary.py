"""What a backtest says in all: hits of the planner and of the baselines, with their uncertainty.

    relative rank = (rank - 1) / (candidates - 1)   0 = first, 1 = last, 1/2 = no better than chance
Intervals hold 90 % of the means of decisions drawn anew with replacement (bootstrap, seeded). With
so few decisions they are wide, and decisions of one firm are not independent: they flatter.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

METHODS = ("planner", "cheapest", "subsidy", "talent", "random")
NAMES = {
    "planner": "The planner",
    "cheapest": "Cheapest site",
    "subsidy": "Largest subsidy",
    "talent": "Most talent",
    "random": "At random",
}
DRAWS, SEED = 10_000, 1
EDGE = 0.05


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Figures over all decisions that have a true site among the candidates, and yes or no."""
    sited = [r for r in rows if r["outcome"] != "none" and r["rank_planner"] is not None]
    methods = [_method(name, sited) for name in METHODS]
    verdicts = [r["built_predicted"] == (r["outcome"] == "built") for r in rows]
    found = {
        "decisions": len(rows),
        "sited": len(sited),
        "methods": methods,
        "verdicts_right": sum(verdicts),
        "verdicts": len(verdicts),
        "always_yes_right": sum(r["outcome"] == "built" for r in rows),
        "first": [r["title"] for r in sited if r["rank_planner"] == 1],
        "explained": sum(r["weights"] is not None for r in sited),
    }
    return {**found, "text": _text(found)}


def _method(name: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    ranks = [(r[f"rank_{name}"] - 1) / max(1, r["candidates"] - 1) for r in rows]
    hits = [float(r[f"hit_{name}"]) for r in rows]
    top = [float(r[f"rank_{name}"] <= 3) for r in rows]
    better = [
        ranks[n] - (r["rank_planner"] - 1) / max(1, r["candidates"] - 1) for n, r in enumerate(rows)
    ]
    if name == "random":
        top = [min(1.0, 3 / r["candidates"]) for r in rows]
    return {
        "method": name,
        "name": NAMES[name],
        "relative_rank": _mean(ranks),
        **_interval("relative_rank", ranks),
        "country_hits_pct": 100 * _mean(hits),
        **_interval("country_hits_pct", [100 * h for h in hits]),
        "top_three_pct": 100 * _mean(top),
        "planner_ahead_by": _mean(better),
        **_interval("planner_ahead_by", better),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else float("nan")


def _interval(name: str, values: Sequence[float]) -> dict[str, float]:
    """Bounds of 90 % of the bootstrap means."""
    if not values:
        return {f"{name}_low": float("nan"), f"{name}_high": float("nan")}
    draw = random.Random(SEED)
    means = sorted(_mean(draw.choices(values, k=len(values))) for _ in range(DRAWS))
    return {
        f"{name}_low": means[int(EDGE * DRAWS)],
        f"{name}_high": means[int((1 - EDGE) * DRAWS) - 1],
    }


def _text(found: dict[str, Any]) -> str:
    methods = {m["method"]: m for m in found["methods"]}
    mine, chance = methods["planner"], methods["random"]
    ahead = [
        m["name"].lower()
        for m in found["methods"]
        if m["method"] != "planner" and m["planner_ahead_by_low"] > 0
    ]
    level = [
        m["name"].lower()
        for m in found["methods"]
        if m["method"] != "planner" and m["planner_ahead_by_low"] <= 0
    ]
    return (
        f"Over {found['sited']} decisions with a site the planner puts the true site first in "
        f"{len(found['first'])}, among the first three in {mine['top_three_pct']:.0f} %, and in "
        f"the right country in {mine['country_hits_pct']:.0f} % (at random "
        f"{chance['country_hits_pct']:.0f} %). Mean relative rank {mine['relative_rank']:.2f} "
        f"({mine['relative_rank_low']:.2f} to {mine['relative_rank_high']:.2f}; 0.50 is chance). "
        f"Clearly ahead of: {', '.join(ahead) or 'none'}; not clearly of: "
        f"{', '.join(level) or 'none'}. Whether to build at all it gets right in "
        f"{found['verdicts_right']} of {found['verdicts']}; always saying yes would in "
        f"{found['always_yes_right']}. Weights of the four accounts explain the true site in "
        f"{found['explained']} of {found['sited']}."
    )
