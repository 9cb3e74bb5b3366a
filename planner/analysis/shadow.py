"""Prices: what one unit more of a limit is worth, in words, and how far that holds.

With the whole-number decisions fixed the programme is linear; the price of a limit is the change of
the optimum per unit of its right-hand side. Local to this plan: another unit may be worth building
for, which a price cannot see. The range is found by moving the right-hand side and solving again
until the gain is no longer price x change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planner.analysis.bench import SECONDS, Bench, Say
from planner.core.case import Case
from planner.core.plan import Plan
from planner.model.lp import Model
from planner.solve.variant import held_at, search

BOOKKEEPING = ("capacity.build", "capacity.once", "sales.supply", "sales.link", "risk.value",
               "risk.tail", "sales.move")  # fmt: skip
"""Rules whose price says how the model adds up, not what a limit is worth."""
DOUBLINGS = 5
LOCAL = "local to this plan: whole-number decisions held"


def shadow_prices(
    plan: Plan, case: Case, most: int = 6, seconds: float = SECONDS, say: Say | None = None
) -> dict[str, Any]:
    """The dearest limits of every rule: price, unit, words, and the range the price holds in."""
    bench = Bench(plan, case, seconds, say)
    model = held_at(bench.model, bench.values, set())
    answer = search(model, 0.0, 60.0)
    found: list[dict[str, Any]] = []
    if answer is not None and answer.values is not None:
        worth = answer.objective
        numbers = sorted(
            (n for n, p in enumerate(answer.prices[: len(model.rows)]) if _shown(model, n, p)),
            key=lambda n: (-abs(answer.prices[n]), model.rows[n][0]),
        )
        for n in _varied(model, numbers)[:most]:
            if bench.left() < 3.0:
                break
            bench.say(model.rows[n][0])
            found.append(_priced(bench, model, n, answer.prices[n], worth))
    result = {"question": "prices", "limits": found, "scope": LOCAL, "plan_gap": plan.info.gap}
    return result | {"text": "\n".join(r["text"] for r in found) or "No limit has a price."}


def _varied(model: Model, numbers: list[int]) -> list[int]:
    """The dearest row of every rule first, then the second of every rule, and so on."""
    seen: dict[str, int] = {}
    ranked = []
    for place, n in enumerate(numbers):
        rule = model.rows[n][0].split("[", 1)[0]
        seen[rule] = seen.get(rule, 0) + 1
        ranked.append((seen[rule], place, n))
    return [n for _, _, n in sorted(ranked)]


def _shown(model: Model, n: int, price: float) -> bool:
    name, _, sense, _ = model.rows[n]
    return abs(price) > 1e-7 and sense != "=" and name.split("[", 1)[0] not in BOOKKEEPING


def moved(model: Model, n: int, right: float) -> float | None:
    """Optimum with another right-hand side of one row; None when there is no plan."""
    made = Model(model.name)
    made.__dict__.update(model.__dict__)
    name, terms, sense, _ = model.rows[n]
    made.rows = [*model.rows]
    made.rows[n] = (name, terms, sense, right)
    answer = search(made, 0.0, 20.0)
    return None if answer is None or answer.values is None else answer.objective


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


def _priced(bench: Bench, model: Model, n: int, price: float, worth: float) -> dict[str, Any]:
    name, _, _, right = model.rows[n]
    rule, key = name[:-1].split("[", 1)
    about = model.rules[rule]
    width = max(1.0, abs(right))

    def gain(change: float) -> float | None:
        got = moved(model, n, right + change)
        return None if got is None else got - worth

    up = reach(gain, price, 0.02 * width, width) if bench.left() > 2 else 0.0
    down = reach(gain, price, -0.02 * width, -width) if bench.left() > 2 else 0.0
    unit = about.unit
    one = unit[:-1] if unit.endswith("s") and " " not in unit else unit
    text = (
        f"{rule} of {key} ({about.why}): one {one} more changes the value by USD {price:+,.4f} bn; "
        f"holds from {right + down:,.4g} to {right + up:,.4g} {unit} (now {right:,.4g})."
    )
    return {
        "rule": rule, "key": key, "unit": unit, "why": about.why, "right_hand_side": right,
        "price_usd_bn": price, "holds_from": right + down, "holds_to": right + up, "text": text,
    }  # fmt: skip
