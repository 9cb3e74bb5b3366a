"""Screening: which weak numbers matter alone and which together (Morris 1991; Campolongo 2007).

    EE_i  = (V(x + D e_i) - V(x)) / D      one number moved by D of its range, the others where a
                                           random path left them                       [USD bn]
    mu_i  = mean of EE_i, mu*_i = mean of |EE_i|, sigma_i = standard deviation over r paths
mu* says how much a number matters over its whole range, sigma how much that depends on where the
others stand (or on its own place in the range): sigma near nothing means it simply adds up.
V is the plan's value with its whole-number decisions held; where the programme is small, the
optimum. Numbers move between low and high, all dates together.
"""

from __future__ import annotations

import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from planner.analysis.bench import SECONDS, Bench, Say
from planner.analysis.sensitivity import Input, held_value, inputs_of, named_of
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.variant import Variant

LEVELS = 4
"""Places a number may stand at, evenly spread over its range."""
STEP = LEVELS / (2.0 * (LEVELS - 1))
"""Share of the range moved at a time, as Morris advises for an even number of levels."""
ALONE = 0.1
"""A number whose sigma is below this share of its mu* is said to add up."""

Path = list[tuple[list[float], int]]
"""Points with the coordinate moved to get there; -1 for the first."""


def paths(count: int, number: int, seed: int) -> list[Path]:
    """Random paths through a grid on [0, 1]^count, each moving every coordinate once by STEP."""
    dice = random.Random(seed)
    found = []
    for _ in range(number):
        point = [dice.randrange(LEVELS // 2) / (LEVELS - 1) for _ in range(count)]
        up = [dice.random() < 0.5 for _ in range(count)]
        point = [x if rises else x + STEP for x, rises in zip(point, up, strict=True)]
        path: Path = [(list(point), -1)]
        for i in dice.sample(range(count), count):
            point[i] += STEP if up[i] else -STEP
            path.append((list(point), i))
        found.append(path)
    return found


def effects(
    path: Path, value: Callable[[Sequence[float]], float | None]
) -> list[tuple[int, float]]:
    """Coordinate and elementary effect of every step of a path whose two ends have a value."""
    found: list[tuple[int, float]] = []
    before, here = path[0][0], value(path[0][0])
    for point, i in path[1:]:
        there = value(point)
        if here is not None and there is not None:
            found.append((i, (there - here) / (point[i] - before[i])))
        before, here = point, there
    return found


def morris(  # noqa: PLR0913, PLR0917 - a question with its settings
    plan: Plan,
    case: Case,
    top: int = 6,
    number: int = 4,
    seed: int = 1,
    seconds: float = SECONDS,
    say: Say | None = None,
) -> dict[str, Any]:
    """Elementary effects of the `top` weakest inputs over `number` paths.

    Paths are gone to their end while the budget lasts; `paths` says how many were. Two calls with
    the same seed look at the same points.
    """
    bench = Bench(plan, case, seconds, say)
    inputs = inputs_of(plan, top)
    worth = _Worth(bench, inputs)
    got: list[list[float]] = [[] for _ in inputs]
    gone = 0
    for path in paths(len(inputs), number, seed) if inputs else ():
        if gone and bench.left() <= worth.longest * len(path):
            break
        bench.say(f"path {gone + 1} of {number}")
        for i, effect in effects(path, worth):
            got[i].append(effect)
        gone += 1
    rows = [_row(n, e) for n, e in zip(inputs, got, strict=True) if e]
    rows.sort(key=lambda r: -r["mu_star_usd_bn"])
    scope = "the optimum" if bench.small else "the plan with its whole-number decisions held"
    result = {"question": "screening", "inputs": rows, "paths": gone, "of": number, "seed": seed,
              "solves": worth.solves, "of_what": scope, "plan_gap": plan.info.gap}  # fmt: skip
    return result | {"text": _text(result)}


class _Worth:
    """Value at a point of the unit cube; counts its solves and times the longest."""

    def __init__(self, bench: Bench, inputs: Sequence[Input]) -> None:
        self.bench, self.inputs = bench, inputs
        self.mine = named_of(bench, bench.values)
        self.solves, self.longest = 0, 0.0

    def __call__(self, point: Sequence[float]) -> float | None:
        case, begun = self.bench.case, time.perf_counter()
        for number, x in zip(self.inputs, point, strict=True):
            case = number.at(case, 2.0 * x - 1.0)
        moved = Bench(self.bench.plan, case, max(5.0, self.bench.left()))
        self.solves += 1
        if self.bench.small:
            best = moved.solve(Variant())
            return None if best is None else best.objective
        found = held_value(moved, self.mine)
        self.longest = max(self.longest, time.perf_counter() - begun)
        return found


def _row(number: Input, got: Sequence[float]) -> dict[str, Any]:
    star = statistics.fmean(map(abs, got))
    sigma = statistics.stdev(got) if len(got) > 1 else math.nan
    return {
        "input": number.label, "value": number.value, "low": number.low, "high": number.high,
        "unit": number.unit, "mu_usd_bn": statistics.fmean(got), "mu_star_usd_bn": star,
        "sigma_usd_bn": sigma, "effects": list(got), "adds_up": sigma <= ALONE * star,
    }  # fmt: skip


def _text(result: dict[str, Any]) -> str:
    rows = result["inputs"]
    if not rows:
        return "The plan leans on no weak number with a range."
    first = rows[0]
    words = (
        f"Over its range {first['input']} moves {result['of_what']} most: USD "
        f"{first['mu_star_usd_bn']:,.2f} bn on average."
    )
    mixed = [r for r in rows if not r["adds_up"]]
    if not mixed:
        return f"{words} All {len(rows)} simply add up: none depends on where the others stand."
    most = max(mixed, key=lambda r: r["sigma_usd_bn"])
    return (
        f"{words} {len(mixed)} of {len(rows)} depend on where the others stand or on their own "
        f"place in the range, most of all {most['input']} (give or take "
        f"{most['sigma_usd_bn']:,.2f})."
    )
