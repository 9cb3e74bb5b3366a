"""Research centres, co-creation, spillover and the outbound rule against plain enumeration.

Every choice of fabs, pilot lines, laboratories and links is tried and valued with arithmetic of its
own, which knows nothing of linear programmes. Two hosts, one class, three periods.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.optimise import solve_case
from tests.oracle.test_brute_force import left
from tests.tiny import tiny

PERIODS, END, W = (2026, 2028, 2030), 2032, 0.012
SITES, COUNTRY = ("us_a", "jp_a"), {"us_a": "US", "jp_a": "JP"}
KEEPS = 0.6


def draw(seed: int) -> dict[str, Any]:
    r = random.Random(seed)
    return {
        "price": r.uniform(2000, 9000),
        "demand": r.uniform(0.1, 0.6),
        "rate": r.uniform(1, 10),
        "first": r.choice([50, 70, 100]),
        "saved": r.choice([0, 0.5, 1]),
        "good": r.choice([0, 3, 12]),
        "lead": r.choice([0, 1, 2]),
        "capex": r.uniform(0.02, 0.4),
        "running": r.uniform(0, 0.1),
        "benefit": r.choice([0, r.uniform(0, 0.12)]),
        "lab": r.uniform(0, 0.2),
        "cofunding": r.uniform(0, 80),
        "gain": r.uniform(0, 60),
        "near": r.choice([-1, 1, 2, 3]),
        "link": r.uniform(0, 0.1),
        "frontier": [8, r.choice([8, 9])],
        "gap": {i: r.choice([0, 1, 2]) for i in SITES},
        "mult": {i: r.uniform(1, 2.5) for i in SITES},
        "floor": r.choice([None, None, 40, 60, 100]),
        "since": r.choice([2028, 2030]),
        "spill": r.random() < 0.7,
        "levels": r.choice([1, 1, 2]),
    }


def as_case(d: dict[str, Any]) -> Case:
    facts: dict[str, dict[Any, Any]] = {
        "price.price_usd_per_wafer": {("N2", 2026): d["price"]},
        "demand.wafers_mn": {("US|N2", 2026): d["demand"], ("US|N16", 2026): 0},
        "site.room_modules": {"tw_a": 0, "us_a": 1, "jp_a": 1},
        "country.construction_multiplier": {COUNTRY[i]: d["mult"][i] for i in SITES},
        "finance.discount_rate_pct": {"firm": d["rate"]},
        "ramp.share_pct": {"N2|0": d["first"], "N2|1": 100},
        "frontier.rank": {("world", 2026): d["frontier"][0], ("world", 2028): d["frontier"][1]},
        "outbound.gap_generations": {(COUNTRY[i], 2026): d["gap"][i] for i in SITES},
        "centre.headcount_thousand": {"pilot": 0.5, "lab": 0.1},
        "centre.capex_usd_bn": {"pilot": d["capex"], "lab": 0.1},
        "centre.running_usd_bn_per_year": {"pilot": d["running"], "lab": 0.02},
        "centre.benefit_usd_bn_per_year": {"pilot": d["benefit"], "lab": d["lab"]},
        "centre.lead_years": {"pilot": d["lead"], "lab": 1},
        "centre.yield_gain_pct": {"pilot": d["good"]},
        "centre.ramp_years_saved": {"pilot": d["saved"]},
        "partner.cofunding_pct": {"institute": d["cofunding"]},
        "partner.benefit_gain_pct": {"institute": d["gain"]},
        "country.researchers_thousand": {"TW": 1},
    }
    rows = {
        "sites": {
            "us_a": {"centre_types": "pilot", "products": "N2"},
            "jp_a": {"centre_types": ";".join(kinds_of(d)), "products": "N2"},
        },
        "centre_types": {"pilot": {"unlocks": "N2"}, "lab": {"unlocks": ""}},
        "partners": {"institute": {"site": "jp_a", "centre_types": "pilot"}},
    }
    limits = {} if d["floor"] is None else {"research_share_pct": d["floor"]}
    return tiny(
        facts,
        rows,
        concepts={
            "cocreation": {"near_generations": d["near"], "link_usd_bn_per_year": d["link"]},
            "spillover": {"on": d["spill"]},
            "research": {"levels": d["levels"]},
            "limits": {**limits, "research_since": d["since"]},
        },
    )


class At(NamedTuple):
    """What is done at a site: years of the fab, of each level of the pilot line and the laboratory,
    and of the link."""

    fab: int | None
    pilot: tuple[int, ...]
    lab: tuple[int, ...]
    link: int | None


def kinds_of(d: dict[str, Any]) -> list[str]:
    """Centre types in Japan; the laboratory stays away where pilot lines may grow (too many)."""
    return ["pilot", "lab"] if d["levels"] == 1 else ["pilot"]


def grown(years: list[int], levels: int) -> list[tuple[int, ...]]:
    """Every way to decide up to so many levels."""
    return [
        some
        for n in range(levels + 1)
        for some in itertools.combinations_with_replacement(years, n)
    ]


def rank(d: dict[str, Any], t: int) -> int:
    return int(d["frontier"][t >= 2028])


def near(d: dict[str, Any], t: int) -> bool:
    return rank(d, t) - 7 <= d["near"]


def choices(d: dict[str, Any], i: str) -> Iterator[At]:
    """Everything allowed at a site."""
    fabs = [t for t in PERIODS if rank(d, t) - 7 >= d["gap"][i]]
    pilots = [t for t in PERIODS if t < END - 1 - d["lead"]]
    labs = [t for t in PERIODS if t < END - 2] if i == "jp_a" and "lab" in kinds_of(d) else []
    last = max((t for t in fabs if near(d, t)), default=0)
    for fab, pilot, lab, link in itertools.product(
        (None, *fabs),
        grown(pilots, d["levels"]),
        grown(labs, d["levels"]),
        (None, *(t for t in PERIODS if t <= last)),
    ):
        if link is not None and not any(v <= link for v in pilot):
            continue
        if fab is not None and near(d, fab) and (link is None or link > fab):
            continue
        yield At(fab, pilot, lab, link)


def best(d: dict[str, Any]) -> float:
    return max(value(d, a, b) for a in choices(d, "us_a") for b in choices(d, "jp_a"))


def value(d: dict[str, Any], us: At, jp: At) -> float:  # noqa: C901, PLR0912 - one line after another
    q = 1 + d["rate"] / 100
    df = lambda year: q ** -(year - PERIODS[0])  # noqa: E731
    over = {t: (df(t + 0.5) + df(t + 1.5)) / 2 for t in PERIODS}
    able, total = dict.fromkeys(PERIODS, 0.0), 0.0
    running = {"pilot": dict.fromkeys(PERIODS, 0.0), "lab": dict.fromkeys(PERIODS, 0.0)}
    staff = dict.fromkeys(PERIODS, 0.0)
    for i, at in (("us_a", us), ("jp_a", jp)):
        if at.fab is not None:
            tools, shell = 2.0, 0.4 * d["mult"][i]
            total -= (tools + shell) * df(at.fab + 1) + 0.5 * df(at.fab)
            total += (tools * left(d, 10, at.fab + 2) + shell * left(d, 20, at.fab + 2)) * df(END)
        for t in PERIODS:
            kwpm, more = made(d, at, t)
            total -= kwpm * 8760 * 100 / 1e9 * 2 * over[t]
            able[t] += W * (kwpm + more)
            if at.link is not None and at.link <= t:
                total -= d["link"] * 2 * over[t]
        decided = [("pilot", v, d["lead"]) for v in at.pilot] + [("lab", v, 1) for v in at.lab]
        for kind, v, lead in decided:
            yearly, capex = (d["running"], d["capex"]) if kind == "pilot" else (0.02, 0.1)
            extra = 0.0
            if (i, kind) == ("jp_a", "pilot"):
                yearly *= 1 - d["cofunding"] / 100
                extra = d["benefit"] * d["gain"] / 100
            total -= capex * df(v + lead / 2)
            for t in PERIODS:
                open_ = min(1.0, max(0.0, (t + 2 - v - lead) / 2))
                total += (extra - yearly) * 2 * open_ * over[t]
                running[kind][t] += open_
                staff[t] += (0.5 if kind == "pilot" else 0.1) * (v + lead <= t)
    for t in PERIODS:
        if d["floor"] is not None and t >= d["since"] and staff[t] < d["floor"] / 100 - 1e-9:
            return -float("inf")
        total += min(able[t], d["demand"]) * (d["price"] - 1000) / 1000 * 2 * over[t]
        for kind, worth in (("pilot", d["benefit"]), ("lab", d["lab"])):
            n = running[kind][t]
            steps = sum(KEEPS**k * min(1.0, max(0.0, n - k)) for k in range(4))
            total += worth * 2 * steps * over[t]
    return total


def made(d: dict[str, Any], at: At, t: int) -> tuple[float, float]:
    """Capacity of a fab in a period, and what a link adds to it [kwpm]."""
    if at.fab is None or t < at.fab + 2:
        return 0.0, 0.0
    share = lambda age: d["first"] / 100 if age < 1 else 1.0  # noqa: E731
    steps = [n / 2 + 0.25 for n in range(4)]  # half years of the period, by their middle
    ages = [t - at.fab - 2 + s for s in steps]
    kwpm = 20 * sum(share(a) for a in ages) / 4
    if not d["spill"] or at.link is None or at.link > t:
        return kwpm, 0.0
    ahead = 20 * sum(share(a + d["saved"]) for a in ages) / 4
    return kwpm, d["good"] / 100 * kwpm + ahead - kwpm


def solved(seed: int) -> Plan:
    return solve_case(as_case(draw(seed)))


@pytest.mark.parametrize("block", range(6))
def test_enumeration_agrees(block: int) -> None:
    for seed in range(10 * block, 10 * block + 10):
        assert solved(seed).info.objective == pytest.approx(best(draw(seed)), rel=1e-6, abs=1e-7), (
            seed
        )


def test_the_draws_exercise_every_choice() -> None:
    met: Counter[str] = Counter()
    for seed in range(60):
        plan = solved(seed)
        met.update(name for name in ("modules", "centre", "link", "lift") if plan.values(name))
        met.update(kind for _, kind, _ in plan.values("centre"))
        grew = Counter((i, kind) for i, kind, _ in plan.values("centre"))
        met["grown"] += max([*plan.values("centre").values(), *grew.values()], default=0) > 1.5
        met.update(["floor"] if draw(seed)["floor"] else [])
        met.update(["ruled out"] if max(draw(seed)["gap"].values()) > 1 else [])
    wanted = ("modules", "centre", "link", "lift", "pilot", "lab", "grown", "floor", "ruled out")
    assert all(met[name] >= 5 for name in wanted), met
