"""Offer: the least subsidy with which a host wins a fab together with the strings it ties to it.

    s* = (optimum - optimum that keeps every string) / WEIGHT_subsidy                     [USD bn]
A lump sum s for accepting adds WEIGHT_subsidy * s to every plan that keeps all strings, so it is
accepted exactly when s > s*. Nothing (s* = 0) is needed where the plan keeps them anyway. Strings:
so many modules, of given classes, at given sites, begun by a year; loading of the host's capacity
of these classes in every state of the world; a research centre there; no new modules in other
places. Each string is also priced alone beside the fab itself: what it adds to the fab's cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from planner.analysis.bench import EXACT, SECONDS, Bench, Outcome, Say, span
from planner.analysis.offer_strings import Strings, reach, rows_of
from planner.core.case import Case
from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.plan import Plan
from planner.solve.variant import Variant, search, varied

STEP = 1e-4
"""Distance from s* at which acceptance is checked on either side [USD bn]."""


def offer(  # noqa: PLR0913, PLR0917 - a question with its settings
    plan: Plan,
    case: Case,
    host: str,
    strings: Strings | None = None,
    seconds: float = SECONDS,
    say: Say | None = None,
) -> dict[str, Any]:
    """Least lump sum for which the firm accepts a host's strings, beside what others would need.

    Raises InputError for an unknown host, class or place, or when aid has no weight.
    """
    bench = Bench(plan, case, seconds, say)
    asked = strings or Strings()
    c = bench.host(host)
    _check(bench, asked, c)
    bench.say(f"the best plan that keeps {c}'s strings")
    mine = _accepting(bench, c, asked, 0.35)
    head = {"question": "offer", "host": c, "name": case.name("countries", c),
            "strings": asdict(asked), "plan_gap": plan.info.gap}  # fmt: skip
    if mine is None:
        text = f"No plan keeps these strings in {head['name']}"
        text += "." if bench.small else ", or none was found in the time given."
        return head | {"possible": False, "subsidy_usd_bn": None, "text": text}
    result = head | {"possible": True, **_price(bench, c, asked, mine)}
    apart = asked.apart() if len(asked.apart()) > 1 else {}
    result["apart"] = _apart(bench, c, apart, mine)
    result["others"] = _others(bench, c, asked)
    return result | {"text": _text(result)}


def _check(bench: Bench, asked: Strings, host: str) -> None:
    case, issues = bench.case, []
    if case.scenario.weights.subsidy <= 0:
        text = "aid has weight 0 in this scenario, so no subsidy changes the plan"
        issues.append(Issue("error", "E734", "weights.subsidy", "0", text))
    known: tuple[tuple[str, Sequence[str], Sequence[str]], ...] = (
        ("--class", asked.products, case.ids("products")),
        ("--stay-out", asked.stay_out, (*case.ids("countries"), *case.ids("sites"))),
    )
    for where, names, allowed in known:
        issues += [
            Issue("error", "E739", where, n, f"no '{n}'", did_you_mean(n, allowed))
            for n in names if n not in allowed
        ]  # fmt: skip
    for i in asked.at:
        place = bench.built.sets.country_of[bench.site(i)]
        if place != host:
            issues.append(
                Issue("error", "E735", "--site", i, f"{i} lies in {place}, not in {host}")
            )
    if issues:
        raise InputError(issues)


def _accepting(bench: Bench, country: str, asked: Strings, share: float) -> Outcome | None:
    rows = rows_of(bench, country, asked)
    if rows is None:
        return None
    sets = bench.built.sets
    left = [i for i in sets.sites if i in asked.stay_out or sets.country_of[i] in asked.stay_out]
    near = bench.near([*bench.sites_of(country), *left])
    return bench.solve(Variant(rows=tuple(rows)), near, share)


def _price(bench: Bench, country: str, asked: Strings, mine: Outcome) -> dict[str, Any]:
    weight = bench.case.scenario.weights.subsidy
    loss = bench.worse_by(mine)
    least = replace(loss, value=max(0.0, loss.value) / weight,
                    low=max(0.0, loss.low) / weight, high=max(0.0, loss.high) / weight)  # fmt: skip
    return {
        "subsidy_usd_bn": least.value, "range": span(least), "method": mine.method,
        "by_group": bench.change(mine.values), "sites": list(bench.begun_at(mine.values)),
        "checked": _checked(bench, country, asked, least.value) if mine.method == EXACT else None,
    }  # fmt: skip


def _checked(bench: Bench, country: str, asked: Strings, amount: float) -> dict[str, Any]:
    """Whether the optimum accepts a little above and, where s* > 0, not a little below."""
    below = accepted(bench, country, asked, amount - STEP) if amount > STEP else None
    return {"accepts_above": accepted(bench, country, asked, amount + STEP),
            "declines_below": None if below is None else not below}  # fmt: skip


def accepted(bench: Bench, country: str, asked: Strings, amount: float) -> bool | None:
    """Whether the optimum accepts when a lump sum is paid for keeping the strings."""
    rows = rows_of(bench, country, asked)
    if rows is None:
        return None
    z = len(bench.model.names)
    tied = [(name, [*terms, (z, -reach(bench, terms, right))], sense,
             right - reach(bench, terms, right))
            for name, terms, sense, right in rows]  # fmt: skip
    gains = {z: amount * bench.case.scenario.weights.subsidy}
    variant = Variant(rows=tuple(tied), binaries=("offer.accepts",), gains=gains)
    answer = search(varied(bench.model, variant), 0.0, 30.0, bench.case.scenario.solver.seed)
    if answer is None or answer.values is None:
        return None
    return answer.values[z] > 0.5


def _apart(
    bench: Bench, country: str, apart: dict[str, Strings], mine: Outcome
) -> list[dict[str, Any]]:
    """What each string alone adds to the sum the fab itself needs.

    The plan that keeps all strings keeps each of them, so no string alone can need more than all.
    """
    if not apart:
        return []
    weight, base = bench.case.scenario.weights.subsidy, bench.base().objective

    def needs(asked: Strings) -> float:
        outcome = _accepting(bench, country, asked, 0.1)
        worth = mine.objective if outcome is None else max(mine.objective, outcome.objective)
        return max(0.0, base - worth) / weight

    bench.say("the fab alone")
    fab = needs(Strings())
    found: list[dict[str, Any]] = []
    for words, alone in apart.items():
        bench.say(f"the fab {words}")
        amount = needs(alone)
        fab = min(fab, amount)  # a fab with a string is a fab
        found.append({"string": words, "subsidy_usd_bn": amount})
    return [r | {"adds_usd_bn": r["subsidy_usd_bn"] - fab} for r in found]


def _others(bench: Bench, country: str, asked: Strings) -> list[dict[str, Any]]:
    """What the same strings would cost the other hosts."""
    weight, base = bench.case.scenario.weights.subsidy, bench.base().objective
    found = []
    anywhere = replace(asked, at=())  # a site of this host is none of another's
    for c in (c for c in bench.hosts() if c != country):
        bench.say(f"the same strings in {c}")
        outcome = _accepting(bench, c, anywhere, 0.3)
        needs = None if outcome is None else max(0.0, base - outcome.objective) / weight
        method = None if outcome is None else outcome.method
        found.append({"host": c, "subsidy_usd_bn": needs, "method": method})
    return found


def _text(result: dict[str, Any]) -> str:
    amount, name = result["subsidy_usd_bn"], result["name"]
    between = f"{result['range']['low_usd_bn']:,.4f} to {result['range']['high_usd_bn']:,.4f}"
    if amount < STEP:
        words = f"The firm keeps all strings in {name} without a subsidy"
        return f"{words} (proved range of what it needs {between})."
    words = (
        f"{name} needs a lump sum of USD {amount:,.4f} bn (present value, once; proved range "
        f"{between}) for all strings together."
    )
    parts = [r for r in result["apart"] if r["adds_usd_bn"] > STEP]
    if parts:
        dearest = max(parts, key=lambda r: r["adds_usd_bn"])
        words += f" Dearest string: {dearest['string']}, {dearest['adds_usd_bn']:+,.4f}."
    return words
