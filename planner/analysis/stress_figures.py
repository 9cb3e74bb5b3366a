"""The figures of a stress: spread, tail, cash by year, what hurts, recovery.

    VALUE[s] = SURE + sum(VALUE[t, u(s,t)], t)          net present value of history s [USD bn]
    LOSS[s]  = VALUE if nothing happens - VALUE[s]
    VaR      = quantile 1 - ALPHA of VALUE;  CVaR = mean of the worst 1 - ALPHA of it
    part[e]  = LOSS[t,u] shared out: what e costs alone there, plus an even part of what the events
               acting together cost beyond the sum of that; parts add to the loss
The standard error of the mean is sd / sqrt(N); that of CVaR is that of the mean of
VaR - max(0, VaR - VALUE) / (1 - ALPHA). Draws in layers err less than both say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.analysis.stress_draws import Asked, Drawn, States
from planner.analysis.stress_text import words
from planner.core.histories import Numbers, event_of
from planner.solve.extract import tail_mean, value_by_future
from planner.solve.recourse import Outcome, Recourse, Spot

QUANTILES = (5, 25, 50, 75, 95)
BINS = 40
MONTHS = 24
"""Fewest months of a recovery curve; longer when an outage is."""


@dataclass(frozen=True)
class Solved:
    """Every state solved.

    calm: period -> number of the calm state. alone: (event, period) -> number of the state in which
    it alone begins.
    """

    drawn: Drawn
    states: States
    recourse: Recourse
    outcomes: Mapping[Spot, Outcome]
    calm: Mapping[int, int]
    alone: Mapping[tuple[str, int], int]

    def values(self) -> Numbers:
        """Net present value of each history [USD bn]."""
        found = np.array([o.value for o in self.states.in_order(self.outcomes)])
        return np.asarray(self.recourse.sure.value + found[self.drawn.numbers].sum(axis=1))

    def untouched(self) -> float:
        """Net present value if nothing happens [USD bn]."""
        found = self.states.in_order(self.outcomes)
        return self.recourse.sure.value + sum(found[n].value for n in self.calm.values())


def figures(asked: Asked, solved: Solved) -> dict[str, Any]:
    """Everything the stress says, in plain types."""
    drawn, states, recourse = solved.drawn, solved.states, solved.recourse
    found = states.in_order(solved.outcomes)
    values = np.array([o.value for o in found])
    worth, untouched = solved.values(), solved.untouched()
    parts = _parts(solved, values)
    breaks = np.array([o.breach > 1e-6 for o in found])
    answer = {
        "scenario": asked.plan.scenario,
        "title": asked.plan.title,
        "digest": asked.plan.digest,
        "draws": len(drawn.histories),
        "seed": asked.seed,
        "method": _method(asked),
        "alpha": asked.alpha,
        "yearly_chances_pct": {e: 100 * p for e, p in asked.hazard.chance.items()}
        if asked.hazard
        else {},
        "distinct_states": len(states.spots),
        "lps": recourse.session.solves,
        "rules_left_out": sorted(recourse.left_out),
        "breach_pct": 100 * float(drawn.chances @ breaks[drawn.numbers].any(axis=1)),
        "plan": _plan(asked, recourse, solved.outcomes),
        "value": spread(worth, drawn.chances, asked.alpha, sampled=asked.hazard is not None)
        | {"calm_usd_bn": untouched},
        "histogram": histogram(worth, drawn.chances),
        "years": _years(asked, solved, found),
        "events": _events(asked, drawn, parts, (worth, untouched)),
        "recovery": _recovery(asked, solved, found),
    }
    return {"text": words(answer), **answer}


def _method(asked: Asked) -> str:
    if asked.hazard is None:
        return "the run's own futures"
    how = "Latin hypercube" if asked.layers else "independent draws"
    return f"{how}, events mild to severe by their ranges" if asked.ranges else how


def _plan(
    asked: Asked, recourse: Recourse, outcomes: Mapping[Spot, Outcome]
) -> dict[str, float | int]:
    """The run's own figures, and how far this engine is from them in its own futures."""
    sets, weights = asked.sets, asked.case.scenario.weights
    scale = {g: weights.of(g) for g in ("revenue", "cost", "talent", "subsidy", "risk")}
    known = value_by_future(asked.plan.cash, sets, scale)
    again = {
        s: recourse.sure.worth + sum(outcomes[t, sets.state_of[s, t]].worth for t in sets.periods)
        for s in sets.futures
    }
    return {
        "futures": len(sets.futures),
        "mean_usd_bn": asked.plan.measures["npv_usd_bn"],
        "cvar_usd_bn": asked.plan.measures["npv_tail_usd_bn"],
        "largest_difference_usd_bn": max(abs(again[s] - known[s]) for s in known),
    }


def quantile(values: Numbers, chances: Numbers, share: float) -> float:
    """Least value that at least `share` of the probability does not exceed."""
    order = np.argsort(values, kind="stable")
    mass = np.cumsum(chances[order])
    at = int(np.searchsorted(mass, share - 1e-12))
    return float(values[order][min(at, len(values) - 1)])


def spread(values: Numbers, chances: Numbers, alpha: float, *, sampled: bool) -> dict[str, Any]:
    """Mean, spread and tail of values; standard errors where they are a sample."""
    mean = float(chances @ values)
    sd = math.sqrt(max(0.0, float(chances @ (values - mean) ** 2)))
    named = {str(n): float(v) for n, v in enumerate(values)}
    cvar = tail_mean(named, {str(n): float(p) for n, p in enumerate(chances)}, alpha)
    var = quantile(values, chances, 1 - alpha)
    hit = var - np.maximum(0.0, var - values) / (1 - alpha)
    count = math.sqrt(len(values))
    return {
        "mean_usd_bn": mean,
        "mean_standard_error_usd_bn": sd / count if sampled else 0.0,
        "sd_usd_bn": sd,
        "least_usd_bn": float(values.min()),
        "most_usd_bn": float(values.max()),
        "var_usd_bn": var,
        "cvar_usd_bn": cvar,
        "cvar_standard_error_usd_bn": float(hit.std()) / count if sampled else 0.0,
        **{f"q{q}_usd_bn": quantile(values, chances, q / 100) for q in QUANTILES},
    }


def histogram(values: Numbers, chances: Numbers) -> list[dict[str, float]]:
    """Probability by slice of value, lowest first."""
    low, high = float(values.min()), float(values.max())
    if high - low < 1e-9:
        return [{"low_usd_bn": low, "high_usd_bn": high, "share_pct": 100.0}]
    masses, edges = np.histogram(values, bins=BINS, range=(low, high), weights=chances)
    return [
        {"low_usd_bn": float(a), "high_usd_bn": float(b), "share_pct": 100 * float(p)}
        for a, b, p in zip(edges[:-1], edges[1:], masses, strict=True)
    ]


def _years(asked: Asked, solved: Solved, found: list[Outcome]) -> list[dict[str, float]]:
    """Cash a year by period, undiscounted: quantiles over histories, mean and calm."""
    amounts, drawn, recourse = np.array([o.amount for o in found]), solved.drawn, solved.recourse
    rows = []
    for n, t in enumerate(asked.sets.periods):
        sure = recourse.sure.amounts.get(t, 0.0)
        yearly = (sure + amounts[drawn.numbers[:, n]]) / asked.sets.years_per_period
        row = {"period": t, "mean_usd_bn_per_year": float(drawn.chances @ yearly)}
        row |= {
            f"q{q}_usd_bn_per_year": quantile(yearly, drawn.chances, q / 100) for q in QUANTILES
        }
        still = (sure + float(amounts[solved.calm[t]])) / asked.sets.years_per_period
        rows.append(row | {"calm_usd_bn_per_year": still})
    return rows


def _parts(solved: Solved, values: Numbers) -> dict[str, Numbers]:
    """Event -> its part of the loss in each state."""
    calm, alone, states = solved.calm, solved.alone, solved.states
    found = {e: np.zeros(len(values)) for e in dict.fromkeys(e for e, _ in alone)}
    for number, (t, _) in enumerate(states.spots):
        acting = states.parts[number]
        base = values[calm[t]]
        single = [base - values[states.of(t, (part,))] for part in acting]
        more = (base - values[number] - sum(single)) / max(1, len(acting))
        for part, loss in zip(acting, single, strict=True):
            found[event_of(part[0])][number] += loss + more
    return found


def _events(
    asked: Asked, drawn: Drawn, parts: dict[str, Numbers], worth: tuple[Numbers, float]
) -> list[dict[str, Any]]:
    """What each event costs, worst first by its part of the mean loss."""
    values, untouched = worth
    chances = drawn.chances
    tail = _tail_weights(values, chances, asked.alpha)
    rows = []
    for event, part in parts.items():
        mine = part[drawn.numbers].sum(axis=1)
        comes = np.array([any(event_of(e) == event for e, _ in h) for h in drawn.histories])
        chance = float(chances @ comes)
        rows.append(
            {
                "event": event,
                "name": asked.case.name("events", event),
                "kind": asked.case.text("events", event, "kind"),
                "chance_pct": 100 * chance,
                "part_of_mean_loss_usd_bn": float(chances @ mine),
                "part_of_tail_loss_usd_bn": float(tail @ mine),
                "loss_when_it_comes_usd_bn": _mean(mine, chances * comes),
                "total_loss_with_usd_bn": _mean(untouched - values, chances * comes),
                "total_loss_without_usd_bn": _mean(untouched - values, chances * ~comes),
            }
        )
    return sorted(rows, key=lambda r: (-r["part_of_mean_loss_usd_bn"], r["event"]))


def _mean(values: Numbers, weights: Numbers) -> float | None:
    """Weighted mean, None without weight."""
    total = float(weights.sum())
    return float(weights @ values) / total if total > 0 else None


def _tail_weights(values: Numbers, chances: Numbers, alpha: float) -> Numbers:
    """Weights (adding to 1) of the histories in the worst 1 - alpha of the probability."""
    left = 1 - alpha
    weights = np.zeros(len(values))
    for n in np.argsort(values, kind="stable"):
        weights[n] = min(left, chances[n])
        left -= weights[n]
        if left <= 1e-15:
            break
    return weights / (1 - alpha)


def _recovery(asked: Asked, solved: Solved, found: list[Outcome]) -> list[dict[str, Any]]:
    """Capacity by month and sales by period after an event alone, where output is lost at all.

    The event begins in the period of the plan in which it costs most.
    """
    calm, alone = solved.calm, solved.alone
    longest = max((asked.case.value("event.outage_months", e) for e, _ in alone), default=0.0)
    months_shown = max(MONTHS, math.ceil(longest) + 1)
    rows = []
    for event in dict.fromkeys(e for e, _ in alone):
        lost = {
            t: found[calm[t]].value - found[n].value for (e, t), n in alone.items() if e == event
        }
        begun = max(lost, key=lambda t: (lost[t], -t))
        left = _capacity_left(asked, event, begun)
        before, after = found[calm[begun]], found[alone[event, begun]]
        if before.sold <= 0 or (left >= 1 - 1e-9 and after.sold >= before.sold - 1e-9):
            continue
        months = asked.case.value("event.outage_months", event) if left < 1 else 0.0
        rows.append(
            {
                "event": event,
                "name": asked.case.name("events", event),
                "begun": begun,
                "capacity_left_pct": 100 * left,
                "months_out": months,
                "capacity_by_month_pct": [
                    100 * (1 - (1 - left) * max(0.0, min(1.0, months - m)))
                    for m in range(months_shown + 1)
                ],
                "sales_of_period_pct": 100 * after.sold / before.sold,
                "loss_usd_bn": lost[begun],
            }
        )
    return sorted(rows, key=lambda r: (-r["loss_usd_bn"], r["event"]))


def _capacity_left(asked: Asked, event: str, period: int) -> float:
    """Share of the plan's capacity that works while the outage lasts."""
    case = asked.case
    places = set(case.items("events", event, "places"))
    classes = case.items("events", event, "products")
    loss = case.value("event.capacity_loss_pct", event) / 100
    total = hit = 0.0
    for (i, k, t), kwpm in asked.plan.values("cap").items():
        if t == period:
            total += kwpm
            where = {case.text("sites", i, "country"), case.text("sites", i, "iso_3166_2")}
            if where & places and (not classes or k in classes):
                hit += kwpm
    return 1 - loss * hit / total if total > 0 else 1.0
