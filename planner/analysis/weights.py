"""Weights: the least change of the four weights that makes another plan the best, or none does.

Inverse optimisation, by boxes of weights (`weights_quest`, `weights_box`, `weights_worth`): it ends
with weights at which nothing beats the favourite and no smaller change can do, or with no box of
weights left, which proves that none do; with a charge on the tail as without. The favourite is its
whole-number decisions; what is decided while running is at its best for the weights looked at.
"""

from __future__ import annotations

from typing import Any

from planner.analysis.bench import SECONDS, Bench, Say
from planner.analysis.weights_box import NAMES
from planner.analysis.weights_quest import End, Quest
from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan

SURE = 1e-6
"""Relative difference in value below which two plans are the same."""


def weights(
    plan: Plan, case: Case, favourite: Plan, seconds: float = SECONDS, say: Say | None = None
) -> dict[str, Any]:
    """Weights nearest to the scenario's at which `favourite` is optimal.

    No change below `least_change` does; `proved` says that it is within 2 % of the change given or,
    where `weights` is None, that no weights at all do (`highest` says up to where was looked).
    Raises InputError when the favourite breaks a rule of the case.
    """
    bench = Bench(plan, case, seconds, say)
    # a plan proved to a gap only may lie that much below the best and still be what is meant
    share = max(plan.info.gap, favourite.info.gap, SURE)
    quest = Quest(bench, _named(bench, favourite), share)
    ended = quest.run()
    at = None if ended.at is None else dict(zip(NAMES, ended.at, strict=True))
    now = dict(zip(NAMES, quest.now, strict=True))
    found: dict[str, Any] = {
        "question": "weights", "given": favourite.title, "plan_gap": plan.info.gap, "now": now,
        "least_change": ended.least, "favourite_usd_bn": quest.held.worth,
        "tail_charge": quest.books.tail.omega > 0,
        "within": 0.0 if share == SURE else share, "weights": at, "proved": ended.proved,
        "highest": dict(zip(NAMES, quest.top, strict=True)),
        "plans": len(quest.cuts), "searches": quest.searched, "parted": quest.parted,
    }  # fmt: skip
    if at is not None and ended.best:
        found["change"] = sum(abs(at[g] - now[g]) for g in NAMES)
    return found | {"text": _text(ended, found)}


def _text(ended: End, found: dict[str, Any]) -> str:
    within = f" to within the plans' gap of {found['within']:.2%}" if found["within"] else ""
    work = f"{found['plans']} plans and {found['parted']} partings of the weights"
    if ended.best:
        now, at = found["now"], found["weights"]
        moves = [f"{g} {now[g]:g} to {at[g]:.4f}" for g in NAMES if abs(at[g] - now[g]) > 1e-9]
        sure = f"no change below {ended.least:.4f} does"
        if not ended.proved:
            sure += ", and a better plan at these weights is not ruled out"
        return (
            f"The favourite is best{within} with weights changed by {found['change']:.4f} in all: "
            f"{', '.join(moves) or 'nothing need change'}; checked by solving at these weights; "
            f"{sure} ({work})."
        )
    if ended.at is not None:
        return (
            "Not settled in the time given; the weights shown are those at which the favourite is "
            f"next to be tried; no change below {ended.least:.4f} does ({work})."
        )
    if ended.proved:
        most = ", ".join(f"{g} {found['highest'][g]:g}" for g in NAMES)
        return (
            f"No weights make the favourite the best{within}: none up to {most} can, as {work} "
            "prove."
        )
    return (
        f"No weights make the favourite the best{within}: none was found, without proof ({work})."
    )


def _named(bench: Bench, favourite: Plan) -> list[float]:
    values = [0.0] * len(bench.model.names)
    for name, family in bench.model.families.items():
        for key, value in favourite.values(name).items():
            if key not in family.columns and family.kind != "continuous":
                text = f"it decides {name} {key}, which the rules of this case leave out"
                raise InputError([Issue("error", "E740", "FAVOURITE", str(key), text)])
            if key in family.columns:
                values[family.columns[key]] = value
    return values
