"""Flip: the least subsidy with which a host (or one site) wins a fab, and who can outbid whom.

    s* = (optimum with no module there - optimum with at least one) / WEIGHT_subsidy   [USD bn]
A lump sum s paid when at least one module begins there adds WEIGHT_subsidy * s to every plan that
has one and nothing to the others, so the optimum takes it exactly when s > s*. Money is present
value at the start of the horizon. The table asks for the next fab: one module more in each host
than the plan has, and compares those optima pair by pair.
"""

from __future__ import annotations

from typing import Any

from planner.analysis.bench import EXACT, SECONDS, Bench, Difference, Outcome, Say, span
from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.solve.variant import NewRow, Variant, search, varied

STEP = 1e-4
"""Distance from s* at which the flip is checked on either side [USD bn]."""


def flip(  # noqa: PLR0913, PLR0917 - a question with its settings
    plan: Plan,
    case: Case,
    host: str,
    site: str | None = None,
    seconds: float = SECONDS,
    say: Say | None = None,
) -> dict[str, Any]:
    """Least lump sum with which a host wins its first module, table of bids, surplus split.

    Raises InputError when the host or site is unknown, or aid has no weight in the scenario.
    """
    bench = Bench(plan, case, seconds, say)
    c = bench.host(host)
    i = bench.site(site) if site else None
    weight = case.scenario.weights.subsidy
    if weight <= 0:
        text = "aid has weight 0 in this scenario, so no subsidy changes the plan"
        raise InputError([Issue("error", "E734", "weights.subsidy", "0", text)])
    if i is not None and bench.built.sets.country_of[i] != c:
        text = f"{i} lies in {bench.built.sets.country_of[i]}, not in {c}"
        raise InputError([Issue("error", "E735", "--site", i, text)])
    head = {
        "question": "flip", "host": c, "site": i, "plan_gap": plan.info.gap,
        "name": case.name("sites", i) if i else case.name("countries", c),
    }  # fmt: skip
    sites = [i] if i else bench.sites_of(c)
    result = head | _threshold(bench, sites, weight)
    result |= _contest(bench, weight)
    return result | {"text": _text(result)}


def module_columns(bench: Bench, sites: list[str]) -> list[int]:
    """Columns of modules at these sites."""
    return [j for key, j in bench.model.family("modules").columns.items() if key[0] in sites]


def _threshold(bench: Bench, sites: list[str], weight: float) -> dict[str, Any]:
    """s* with its range, by two optima; exactly one of them is the plan itself."""
    columns = module_columns(bench, sites)
    if not columns:
        return {"wins": False, "allowed": False, "subsidy_usd_bn": None}
    wins = sum(bench.values[j] for j in columns) > 0.5
    near = bench.near(sites)
    if wins:
        bench.say("the plan without it")
        other = bench.solve(Variant(bounds=dict.fromkeys(columns, (0.0, 0.0))), near, 0.4)
    else:
        bench.say("the plan with it")
        row = ("flip.force", [(j, 1.0) for j in columns], ">=", 1.0)
        other = bench.solve(Variant(rows=(row,)), near, 0.4)
    if other is None:
        return {"wins": wins, "allowed": wins, "subsidy_usd_bn": None}
    loss = bench.worse_by(other)
    sign = -1.0 if wins else 1.0
    low, high = sorted((sign * loss.low / weight, sign * loss.high / weight))
    value = sign * loss.value / weight
    return {
        "wins": wins,
        "allowed": True,
        "subsidy_usd_bn": value,
        "range": span(Difference(value, low, high)),
        "method": other.method,
        "by_group": bench.change(other.values),
        "checked": _checked(bench, columns, value, weight) if other.method == EXACT else None,
    }


def _checked(bench: Bench, columns: list[int], value: float, weight: float) -> dict[str, bool]:
    """Whether the optimum has a module there a little above and a little below the threshold."""
    above = paid(bench, columns, value + STEP, weight)
    below = paid(bench, columns, value - STEP, weight)
    return {"flips_above": bool(above), "stays_below": below is False}


def paid(bench: Bench, columns: list[int], amount: float, weight: float) -> bool | None:
    """Whether the optimum begins a module in these columns when a lump sum is paid for it.

    A negative amount is a fee. None when no optimum was found.
    """
    z = len(bench.model.names)
    tops = {j: float(bench.model.high[j] or 1.0) for j in columns}
    rows = [("flip.paid", [(z, 1.0), *((j, -1.0) for j in columns)], "<=", 0.0)]
    rows += [(f"flip.fee[{j}]", [(j, 1.0), (z, -tops[j])], "<=", 0.0) for j in columns]
    gains = {z: amount * weight}
    model = varied(bench.model, Variant(rows=tuple(rows), binaries=("flip.wins",), gains=gains))
    answer = search(model, 0.0, 30.0, bench.case.scenario.solver.seed)
    if answer is None or answer.values is None:
        return None
    return answer.values[z] > 0.5


def _contest(bench: Bench, weight: float) -> dict[str, Any]:
    """The next fab: worth of one module more in each host, pair by pair, and who gains."""
    worth: dict[str, Outcome] = {}
    hosts = bench.hosts()
    for n, c in enumerate(hosts):
        bench.say(f"one fab more in {c}")
        outcome = _next_fab(bench, c, bench.left() / (len(hosts) - n))
        if outcome is not None:
            worth[c] = outcome
    base = bench.base().objective
    rows = [
        {
            "host": a,
            "cost_of_next_fab_usd_bn": base - worth[a].objective,
            "outbids": {
                b: (worth[b].objective - worth[a].objective) / weight for b in worth if b != a
            },
            "method": worth[a].method,
        }
        for a in worth
    ]
    return {"contest": rows, "split": _split(worth, weight)}


def _next_fab(bench: Bench, country: str, seconds: float) -> Outcome | None:
    """Best plan found with one module more in a country.

    Small programmes are solved to the end; in large ones each site of the country is tried with
    the rest of the plan held, sites of the plan first, while the time lasts.
    """
    sites = bench.sites_of(country)
    if bench.small:
        return bench.solve(Variant(rows=_more(bench, sites)))
    end = bench.left() - seconds
    now = set(bench.begun_at(bench.values))
    best: Outcome | None = None
    for i in sorted(sites, key=lambda i: (i not in now, i)):
        if bench.left() <= end and (best is not None or bench.left() < 2.0):
            break
        if not module_columns(bench, [i]):
            continue
        outcome = bench.solve(Variant(rows=_more(bench, [i])), bench.near([i]), share=0.0)
        if outcome is not None and (best is None or outcome.objective > best.objective):
            best = outcome
    return best


def _more(bench: Bench, sites: list[str]) -> tuple[NewRow, ...]:
    """One module more at these sites than the plan has."""
    columns = module_columns(bench, sites)
    have = sum(round(bench.values[j]) for j in columns)
    return (("flip.next", [(j, 1.0) for j in columns], ">=", have + 1.0),)


def _split(worth: dict[str, Outcome], weight: float) -> dict[str, Any] | None:
    """What the best host has over the runner-up, and how that could be shared."""
    if len(worth) < 2:
        return None
    first, second = sorted(worth, key=lambda c: -worth[c].objective)[:2]
    surplus = (worth[first].objective - worth[second].objective) / weight
    return {
        "winner": first,
        "runner_up": second,
        "surplus_usd_bn": surplus,
        "second_price": {"firm_usd_bn": 0.0, "host_usd_bn": surplus},
        "even_split": {"firm_usd_bn": surplus / 2, "host_usd_bn": surplus / 2},
    }


def _text(result: dict[str, Any]) -> str:
    name, amount = result["name"], result["subsidy_usd_bn"]
    if not result["allowed"]:
        return f"No plan has a fab in {name}: the rules leave none."
    if amount is None:
        return f"{name} cannot lose its fab: a rule needs it, or no plan without it was found."
    between = f"{result['range']['low_usd_bn']:,.4f} to {result['range']['high_usd_bn']:,.4f}"
    if not result["range"]["distinguishable"]:
        between += "; the gaps do not tell it from nothing"
    if result["wins"] and amount > 0:
        return (
            f"{name} has a fab in the plan, but a plan without it was found that is worth USD "
            f"{amount:,.4f} bn more (proved range {between})."
        )
    if result["wins"]:
        return (
            f"{name} has a fab in the plan and keeps it until its aid is cut by USD "
            f"{-amount:,.4f} bn (present value, once; as a subsidy, proved range {between})."
        )
    return (
        f"{name} wins a fab with a lump sum of USD {amount:,.4f} bn (present value, once; "
        f"proved range {between})."
    )
