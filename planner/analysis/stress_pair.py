"""Two plans in the same drawn histories: which is worth more, how sure that is, how the tails lie.

    DIFF[s] = VALUE[first, s] - VALUE[second, s];  standard error = sd(DIFF) / sqrt(N)
Both meet the very same histories (common random numbers), so luck that hits both cancels and the
difference is known far better than either mean.
"""

from __future__ import annotations

import math
from typing import Any

from planner.analysis.stress_draws import Asked
from planner.analysis.stress_figures import Solved, spread
from planner.core.errors import InputError, Issue
from planner.core.histories import Hazards, Numbers

EVEN = 1e-6
"""Differences below this count as none [USD bn]."""


def pair(one: tuple[Asked, Solved], two: tuple[Asked, Solved]) -> dict[str, Any]:
    """The second plan's spread, and the first's value less the second's over the histories."""
    (asked, solved), (other, theirs) = one, two
    chances = solved.drawn.chances
    mine, its = solved.values(), theirs.values()
    apart: Numbers = mine - its
    mean = float(chances @ apart)
    sd = math.sqrt(max(0.0, float(chances @ (apart - mean) ** 2)))
    drawn = asked.hazard is not None
    value = spread(its, chances, asked.alpha, sampled=drawn)
    own = spread(mine, chances, asked.alpha, sampled=drawn)
    return {
        "scenario": other.plan.scenario,
        "title": other.plan.title,
        "digest": other.plan.digest,
        "value": value | {"calm_usd_bn": theirs.untouched()},
        "mean_difference_usd_bn": mean,
        "difference_standard_error_usd_bn": sd / math.sqrt(len(apart)) if drawn else 0.0,
        "cvar_difference_usd_bn": own["cvar_usd_bn"] - value["cvar_usd_bn"],
        "better_in_pct": 100 * float(chances @ (apart > EVEN)),
        "worse_in_pct": 100 * float(chances @ (apart < -EVEN)),
    }


def require_same_world(hazard: Hazards | None, other: Hazards | None, name: str) -> None:
    """Raise InputError when two runs' histories would not be the same."""
    if hazard != other:
        text = "its events, chances or horizon are not those of the first run"
        hint = "Compare runs solved with the same facts of events and the same horizon."
        raise InputError([Issue("error", "E762", name, "against", text, hint)])
