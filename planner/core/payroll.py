"""People who come with a fab that is bought, or leave with one that is closed.

crew[k,q]      = HEADS[k,q] * kwpm                    people that capacity needs      [thousand]
payroll[i,k]   = sum(HEADS[k,q] * WAGE[l,q], q)       wages of one kwpm          [USD bn a year]
"""

from __future__ import annotations

from collections.abc import Iterator

from planner.core.case import CaseView
from planner.core.sets import Change

READS = (
    "product.technicians_per_kwpm",
    "product.engineers_per_kwpm",
    "pool.wage_usd_thousand",
)
"""Facts these functions ask for; a concept that uses them declares them too."""
SKILLS = {"technician": "product.technicians_per_kwpm", "engineer": "product.engineers_per_kwpm"}
Post = tuple[str, str, int]
"""Pool, skill, period."""


def crew(case: CaseView, k: str, kwpm: float) -> dict[str, float]:
    """Skill -> people that capacity of a class needs [thousand]."""
    return {skill: case.value(name, k) / 1000 * kwpm for skill, name in SKILLS.items()}


def all_posts(case: CaseView) -> Iterator[tuple[Change, Post, float]]:
    """Every change with the posts one unit of it fills [thousand]."""
    for change in case.sets.changes:
        pool = case.text("sites", change.key[0], "pool")
        for (skill, t), people in change.posts.items():
            yield change, (pool, skill, t), people


def payroll_usd_bn(case: CaseView, i: str, k: str) -> float:
    """Wages of the people of one kwpm at the going wage of a site's region [USD bn/year].

    0 where the case prices no people or the scenario leaves them out.
    """
    pool = case.text("sites", i, "pool")
    if not case.scenario.concepts.get("talent", {}).get("on", True):
        return 0.0
    total = 0.0
    for skill, name in SKILLS.items():
        if case.has("pool.wage_usd_thousand", pool, skill):
            total += case.value(name, k) * case.value("pool.wage_usd_thousand", pool, skill) / 1e6
    return total
