"""Weights: the least change of the four weights that makes another plan the best, or none does.

Inverse optimisation by cuts. A small linear programme looks for weights w nearest to today's (sum
of absolute changes) at which the favourite's accounts beat those of every plan found so far; the
planner is solved at those weights; a better plan it finds becomes the next cut. It ends with
weights at which nothing beats the favourite, or with cuts no weights satisfy, which proves that
none does. Scope: the favourite's accounts are taken as they are; and where a tail charge is on, the
accounts depend on the weights themselves, so "none" is then shown only for today's charge.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.analysis.bench import SECONDS, Bench, Say
from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.model.lp import Model, Terms
from planner.solve.extract import cash_table, expected_by_group
from planner.solve.variant import held_at, search

NAMES = ("subsidy", "cost", "talent", "risk")
HIGHEST = 10.0
"""Largest weight a scenario may have."""
ROUNDS = 60
Accounts = Mapping[str, float]


def weights(
    plan: Plan, case: Case, favourite: Plan, seconds: float = SECONDS, say: Say | None = None
) -> dict[str, Any]:
    """Weights nearest to the scenario's at which `favourite` is optimal.

    Raises InputError when the favourite breaks a rule of the case.
    """
    bench = Bench(plan, case, seconds, say)
    mine, value = _accounts_of(bench, favourite)
    now = {g: case.scenario.weights.of(g) for g in NAMES}
    cuts: list[Accounts] = [_accounts(bench, bench.values)]
    tail = bool((plan.cash["item"] == "risk.tail").any())
    head = {"question": "weights", "given": favourite.title, "plan_gap": plan.info.gap,
            "now": now, "favourite_usd_bn": value, "tail_charge": tail}  # fmt: skip
    # a plan proved to a gap only may lie that much below the best and still be what is meant
    share = max(plan.info.gap, favourite.info.gap)
    share = 0.0 if bench.small and share < 1e-6 else share
    allow = share * abs(value)
    head["within"] = share
    tried: dict[str, float] | None = None
    for n in range(ROUNDS):
        tried = nearest(now, mine, cuts, allow)
        if tried is None:
            sure = (
                "none can"
                if not tail and not share
                else "none was found (no proof: a tail charge is on, or the plans have a gap)"
            )
            text = f"No weights make the favourite the best: {sure}; {len(cuts)} plans rule it out."
            return head | {
                "weights": None,
                "proved": not tail and not share,
                "cuts": len(cuts),
                "text": text,
            }
        if bench.left() < 5.0 and not bench.small:
            break
        bench.say(f"round {n + 1}: {', '.join(f'{g} {w:.3f}' for g, w in tried.items())}")
        done, better = _best_at(bench, tried, favourite, share)
        if done:
            return head | _found(now, tried, len(cuts), share)
        if better is None or any(_same(better, cut) for cut in cuts):
            break
        cuts.append(better)
    text = "Not settled in the time given; the weights shown are the last that were tried."
    return head | {"weights": tried, "proved": False, "cuts": len(cuts), "text": text}


def _found(now: Accounts, tried: Accounts, cuts: int, share: float) -> dict[str, Any]:
    change = sum(abs(tried[g] - now[g]) for g in NAMES)
    moves = [f"{g} {now[g]:g} to {tried[g]:.4f}" for g in NAMES if abs(tried[g] - now[g]) > 1e-9]
    within = f" to within the plans' gap of {share:.2%}" if share else ""
    text = (
        f"The favourite is best{within} with weights changed by {change:.4f} in all: "
        f"{', '.join(moves) or 'nothing need change'}; checked by solving at these weights."
    )
    return {
        "weights": dict(tried),
        "change": change,
        "proved": share == 0.0,
        "cuts": cuts,
        "text": text,
    }


def nearest(
    now: Accounts, mine: Accounts, cuts: list[Accounts], allow: float = 0.0
) -> dict[str, float] | None:
    """Weights nearest to `now` at which `mine` is worth no less than any cut; or None.

    allow: by how much it may still be worth less [USD bn].
    """
    m = Model("weights")
    w = m.variables("w", [(g,) for g in NAMES], index="group", unit="ratio", high=HIGHEST)
    d = m.variables("d", [(g,) for g in NAMES], index="group", unit="ratio")
    rows: list[tuple[tuple[str | int, ...], Terms, str, float]] = []
    for g in NAMES:
        rows.append((("up", g), [(d[g,], 1.0), (w[g,], -1.0)], ">=", -now[g]))
        rows.append((("down", g), [(d[g,], 1.0), (w[g,], 1.0)], ">=", now[g]))
    for n, cut in enumerate(cuts):
        terms = [(w[g,], mine[g] - cut[g]) for g in NAMES]
        rows.append((("beats", n), terms, ">=", cut["revenue"] - mine["revenue"] - allow))
    m.require("weights.rows", rows, unit="USD bn", why="the favourite is no worse")
    m.maximise((d[g,], -1.0) for g in NAMES)
    answer = search(m, 0.0, 10.0)
    if answer is None or answer.values is None:
        return None
    values = answer.values
    return {g: min(HIGHEST, max(0.0, values[w[g,]])) for g in NAMES}


def _accounts(bench: Bench, values: list[float]) -> dict[str, float]:
    """Expected present value of each group, unweighted [USD bn]."""
    clean = [0.0 if abs(v) < 1e-9 else v for v in values]
    return expected_by_group(cash_table(bench.model, bench.built.sets, clean))


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


def _accounts_of(bench: Bench, favourite: Plan) -> tuple[dict[str, float], float]:
    """The favourite's accounts in this case, continuous decisions at their best for it."""
    held = held_at(bench.model, _named(bench, favourite), set())
    answer = search(held, 0.0, 30.0)
    if answer is None or answer.values is None:
        text = "the favourite breaks a rule of this case, so no weights make it the best"
        raise InputError([Issue("error", "E741", "FAVOURITE", "", text)])
    return _accounts(bench, answer.values), answer.objective


def _best_at(
    bench: Bench, tried: Mapping[str, float], favourite: Plan, share: float
) -> tuple[bool, dict[str, float] | None]:
    """Whether nothing beats the favourite at some weights, else the accounts of what does."""
    rules = bench.case.scenario.with_(weights=dict(tried))
    moved = Bench(bench.plan, bench.case.replace(scenario=rules), max(5.0, bench.left()))
    held = search(held_at(moved.model, _named(moved, favourite), set()), 0.0, 30.0)
    mine = held.objective if held is not None and held.values is not None else float("-inf")
    gap = 0.0 if moved.small else 2e-3
    best = search(moved.model, gap, max(20.0, bench.left() / 3) if moved.small
                  else bench.left() / 3)  # fmt: skip
    if best is None or best.values is None:
        return False, None
    slack = max(1e-6, share) * max(1.0, abs(mine))
    if mine >= best.objective - slack:
        return True, None
    return False, _accounts(moved, best.values)


def _same(one: Accounts, other: Accounts) -> bool:
    return all(abs(one[g] - other[g]) < 1e-7 for g in one)
