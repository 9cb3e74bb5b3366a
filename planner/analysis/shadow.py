"""Prices: what one unit more of a limit is worth, in words, and how far that holds.

With the whole-number decisions held the programme is linear; the price of a limit is the change of
the optimum per unit. Price and reach are measured by moving the limit both ways and solving again,
not read off the duals: at a corner one more and one less have different prices. What only whole
modules can answer (land, the outbound rule) is told as a step (`shadow_steps`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.analysis.bench import SECONDS, Bench, Say
from planner.analysis.shadow_limits import Limit, kinds_in, limits_of
from planner.analysis.shadow_steps import steps_of
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.held_session import HeldLp

DOUBLINGS = 8
FIRST = 1e-3
"""First step of a limit, as a share of where it stands."""
ASKED = ("talent", "quota", "ratio", "room", "outbound")
"""Kinds of which it is said when there is nothing to tell."""
LOCAL = "local to this plan: whole-number decisions held"


def shadow_prices(
    plan: Plan, case: Case, most: int = 3, seconds: float = SECONDS, say: Say | None = None
) -> dict[str, Any]:
    """The `most` dearest limits of every kind: price, unit, words, and the range it holds in.

    limits: those with a price. steps: land and the outbound rule, by one unit. silent: kinds of
    limits with nothing to tell, and why.
    """
    bench = Bench(plan, case, seconds, say)
    bench.say("the plan's linear programme")
    lp = HeldLp(bench.model, bench.base().values)
    found: list[dict[str, Any]] = []
    told: dict[str, int] = {}
    for limit in limits_of(bench.built, case, lp) if lp.feasible else ():
        if told.get(limit.kind, 0) < most and bench.left() > 0.4 * seconds:
            bench.say(f"{limit.rule} of {limit.key}")
            row = _priced(lp, limit)
            if row is not None:
                found.append(row)
                told[limit.kind] = told.get(limit.kind, 0) + 1
    steps = steps_of(bench, most)
    silent = _silent(bench, {*told, *(s["kind"] for s in steps)})
    result = {"question": "prices", "limits": found, "steps": steps, "silent": silent,
              "scope": LOCAL, "plan_gap": plan.info.gap}  # fmt: skip
    lines = [*(r["text"] for r in found), *(s["text"] for s in steps), *silent.values()]
    return result | {"text": "\n".join(lines) or "No limit has a price."}


def _silent(bench: Bench, told: set[str]) -> dict[str, str]:
    """Kinds a reader would ask for that have nothing to tell."""
    there = kinds_in(bench.built) | {"room"}
    there |= {"outbound"} if "outbound" in bench.case.scenario.concepts else set()
    return {
        kind: f"{kind}: no limit of this kind binds, one more of it is worth nothing."
        if kind in there
        else f"{kind}: the scenario has no limit of this kind."
        for kind in ASKED
        if kind not in told
    }


def reach(gain: Callable[[float], float | None], price: float, step: float, most: float) -> float:
    """Farthest change from 0 towards `most` (same sign) at which gain = price x change."""

    def holds(change: float) -> bool:
        got = gain(change)
        want = price * change
        return got is not None and abs(got - want) <= 1e-6 * max(1.0, abs(want))

    good, bad = 0.0, None
    for _ in range(DOUBLINGS):
        if not holds(step):
            bad = step
            break
        good = step
        if abs(step) >= abs(most):
            return good
        step = max(-abs(most), min(abs(most), 3 * step))
    for _ in range(DOUBLINGS if bad is not None else 0):
        assert bad is not None
        middle = (good + bad) / 2
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good


def _priced(lp: HeldLp, limit: Limit) -> dict[str, Any] | None:
    """Price of one more and of one less, each with how far it holds; None when neither matters."""
    width = abs(limit.now) if limit.now else 1.0

    def gain(change: float) -> float | None:
        got = limit.worth(lp, change)
        return None if got is None else got - lp.worth

    sides: dict[str, tuple[float, float]] = {}
    for name, sign in (("more", 1.0), ("less", -1.0)):
        step = sign * FIRST * width
        got = gain(step)
        if got is not None:
            price = got / step
            sides[name] = (price, reach(gain, price, step, sign * width))
    if all(abs(price) < 1e-6 for price, _ in sides.values()):
        return None
    more, less = sides.get("more"), sides.get("less")
    known = more or less
    assert known is not None
    row = {
        "kind": limit.kind, "rule": limit.rule, "key": limit.key, "unit": limit.unit,
        "why": limit.words, "now": limit.now, "price_usd_bn": known[0],
        "one_more_usd_bn": more[0] if more else None,
        "one_less_usd_bn": less[0] if less else None,
        "holds_up": more[1] if more else 0.0, "holds_down": less[1] if less else 0.0,
    }  # fmt: skip
    return row | {"text": _words(row)}


def _words(row: dict[str, Any]) -> str:
    unit = str(row["unit"])
    one = unit[:-1] if unit.endswith("s") and " " not in unit else unit
    now = "" if row["now"] is None else f", now {row['now']:,.4g}"
    head = f"{row['rule']} of {row['key']} ({row['why']}{now}): "
    more, less = row["one_more_usd_bn"], row["one_less_usd_bn"]
    up, down = f"{row['holds_up']:,.4g} more", f"{abs(row['holds_down']):,.4g} less"
    if more is not None and less is not None and abs(more - less) <= 1e-6 * max(1.0, abs(more)):
        return (
            f"{head}USD {more:+,.4f} bn per {one} more, as much lost per {one} less; holds from "
            f"{down} to {up}."
        )
    gained = (
        "with more there is no plan"
        if more is None
        else f"USD {more:+,.4f} bn per {one} more (holds to {up})"
    )
    lost = (
        "with less there is no plan"
        if less is None
        else f"USD {-less:+,.4f} bn per {one} less (holds to {down})"
    )
    return f"{head}{gained}, {lost}."
