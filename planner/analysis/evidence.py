"""Evidence: how well the numbers are graded, which look doubtful, and whom a change would move.

Decision-relevant are the facts some rule of the case reads. Doubtful: stale (looked up or priced
long ago), outlying (far from its peers), unsourced, or inconsistent within its row. A doubt is no
error: what cannot be used at all is refused when the data are read.
"""

from __future__ import annotations

import datetime
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from planner.analysis.bench import Bench
from planner.analysis.numbers import numbers, relevant
from planner.core.case import Case, Fact
from planner.core.plan import Plan
from planner.solve.variant import held_at, search

GRADES = "ABCD"
OLD_MONTHS, OLD_PRICE_YEARS = 18, 8
FAR, FEWEST = 6.0, 8
CLOSE = 0.05
"""Outlying: so many times the median distance from the median of the logarithms, among at least so
many peers; closer than CLOSE counts as that close."""
WIDEST = 20.0
"""A range whose ends differ by more than this factor says little."""
OWN = "own-estimate"


def grades(case: Case, plan: Plan | None = None) -> dict[str, Any]:
    """Shares of grades among decision-relevant facts, by table; weak ones without a range.

    A row is one number, also where it stands for many places; a series over years counts once for
    each distinct grade it has, so that long series do not outvote everything else.
    """
    found = relevant(case)
    tables: dict[str, dict[str, int]] = {}
    for number in numbers(case):
        for grade in {f.grade for f in number.facts}:
            tables.setdefault(number.table, dict.fromkeys(GRADES, 0))[grade] += 1
    total = {g: sum(t[g] for t in tables.values()) for g in GRADES}
    bearing = _bearing(plan)
    bare = [
        _named(f) for f in found
        if f.grade == "D" and f.low == f.high
        and (plan is None or (f.table, f.entity, f.parameter) in bearing)
    ]  # fmt: skip
    return {
        "numbers": sum(total.values()),
        "rows": len(found),
        "total": total,
        "good_pct": _good(total),
        "tables": [{"table": t, **c, "good_pct": _good(c)} for t, c in tables.items()],
        "weak_without_range": bare,
    }


def _good(counts: Mapping[str, int]) -> float:
    whole = sum(counts.values())
    return 100.0 * (counts["A"] + counts["B"]) / whole if whole else 0.0


def _bearing(plan: Plan | None) -> set[tuple[str, str, str]]:
    if plan is None:
        return set()
    rows = plan.table("weak_facts").to_dict("records")
    return {(str(r["table"]), str(r["entity"]), str(r["parameter"])) for r in rows}


def _named(f: Fact) -> dict[str, Any]:
    return {
        "where": f.where, "table": f.table, "entity": f.entity, "parameter": f.parameter,
        "period": f.period, "value": f.value, "unit": f.unit, "source": f.source, "grade": f.grade,
    }  # fmt: skip


def doubts(case: Case, today: datetime.date) -> list[dict[str, Any]]:
    """Every doubt with its kind and place, in the order of the data."""
    found = [
        {**_named(f), "kind": kind, "text": text}
        for f in case.facts
        for kind, text in (*_stale(f, case, today), *_unsourced(f, case), *_inconsistent(f, case))
    ]
    found += [{**_named(f), "kind": "outlying", "text": text} for f, text in _outlying(case.facts)]
    return sorted(found, key=lambda d: (d["kind"], d["table"], d["entity"], d["parameter"]))


def _stale(f: Fact, case: Case, today: datetime.date) -> Iterable[tuple[str, str]]:
    looked_up = (
        case.sources.get(part, {}).get("accessed", "") for part in f.sources if part != OWN
    )
    for seen in filter(None, looked_up):
        months = (today - datetime.date.fromisoformat(seen)).days / 30.44
        if months > OLD_MONTHS:
            yield "stale", f"looked up {seen}, {months:.0f} months ago"
    if f.price_year.isdigit() and today.year - int(f.price_year) > OLD_PRICE_YEARS:
        yield "stale", f"in prices of {f.price_year}"


def _unsourced(f: Fact, case: Case) -> Iterable[tuple[str, str]]:
    for part in f.sources:
        row = case.sources.get(part)
        if row is None:
            yield "unsourced", f"no source '{part}'"
        elif part != OWN and not row.get("url"):
            yield "unsourced", f"source '{part}' has no address"
    if f.grade == "D" and not f.note:
        yield "unsourced", "an own estimate without its reasoning"


def _inconsistent(f: Fact, case: Case) -> Iterable[tuple[str, str]]:
    if f.source == OWN and f.grade != "D":
        yield "inconsistent", f"an own estimate graded {f.grade}"
    best = min(
        (case.sources[part].get("grade") or "D" for part in f.sources if part in case.sources),
        default="D",
    )  # fmt: skip
    if f.grade < best:
        yield "inconsistent", f"graded {f.grade} on a source graded {best}"
    if "USD" in f.unit and not f.price_year:
        yield "inconsistent", "money without the year of its prices"
    if f.low > 0 and f.high / f.low > WIDEST:
        yield "inconsistent", f"range of a factor of {f.high / f.low:.0f}"


def _outlying(facts: Sequence[Fact]) -> Iterable[tuple[Fact, str]]:
    """Values far from those of the other entities of a parameter in the same year."""
    peers: dict[tuple[str, str, int | None], list[Fact]] = {}
    for f in facts:
        peers.setdefault((f.table, f.parameter, f.period), []).append(f)
    for group in peers.values():
        some = [f for f in group if f.value > 0]
        if len(some) < FEWEST:
            continue
        sizes = [math.log(f.value) for f in some]
        middle = statistics.median(sizes)
        spread = max(statistics.median(abs(x - middle) for x in sizes), CLOSE)
        half = f"{math.exp(middle - spread):.3g} to {math.exp(middle + spread):.3g}"
        for f, x in zip(some, sizes, strict=True):
            if abs(x - middle) > FAR * spread:
                yield f, f"{f.value:g} where half of {len(some)} lie within {half}"


def moved(before: tuple[Plan, Case], after: tuple[Plan, Case]) -> dict[str, Any]:
    """Whether a changed number changes a plan: the old decisions are held in the new world.

    sure: the new plan is worth more than the old one then by more than the gap, or the old one can
    no longer stand.
    """
    old, new = before[0], after[0]
    bench = Bench(old, after[1])
    answer = search(held_at(bench.model, bench.values, set()), 0.0, 30.0)
    stands = answer is not None and answer.values is not None
    kept = answer.objective if answer is not None and stands else float("nan")
    slack = max(new.info.gap, old.info.gap, 1e-7) * max(1.0, abs(new.info.objective))
    now, then = _chosen(new), _chosen(old)
    return {
        "value_usd_bn": old.info.objective,
        "new_value_usd_bn": new.info.objective,
        "old_plan_usd_bn": kept if stands else None,
        "sure": not stands or new.info.objective - kept > slack,
        "same": now == then,
        "come": sorted(now - then),
        "gone": sorted(then - now),
    }


def _chosen(plan: Plan) -> set[str]:
    table = plan.table("sites")
    return {str(name) for name in table[table["chosen"]]["name"]}
