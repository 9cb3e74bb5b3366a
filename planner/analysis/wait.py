"""What the option to wait is worth: later decisions taken on the news, against deciding now.

    now    best value of one plan that decides everything now           [value found, bound]
    tree   best value when decisions after a branch date know what happened before it
    price  = tree - now >= 0, between tree found - bound of now (at least 0) and bound of tree - now
A tree is worth no less: the plan for now, taken on every news, is one. The firm may pay up to the
price to keep the later moves open (land held, permits kept, orders not signed).
Source: Dixit & Pindyck, Investment under Uncertainty (1994); Birge & Louveaux (2011), ch. 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.core.sets import Sets
from planner.core.tree import Node, Tree, grow
from planner.model.assemble import prepare
from planner.solve.stages import TreePlan, solve_tree

Say = Callable[[str], None]
WHOLE = ("modules", "centre", "buy", "refit", "convert", "close", "harden")
"""Families of decisions a tree shows; the rest follows from them or moves with the market."""
Move = tuple[str, ...]
"""What, where, class, how and when."""


def wait(  # noqa: PLR0913 - four are named
    plan: Plan,
    case: Case,
    *,
    at: Sequence[int] = (),
    gap: float = 0.005,
    seconds: float = 100.0,
    say: Say | None = None,
) -> dict[str, Any]:
    """Value of waiting for news at branch dates, and what is done on which news.

    at: branch dates; empty = the scenario's `stages`, or else the first date at which anything is
    known. Raises InputError for a wrong date, or where there is only one future.
    """
    sets = prepare(case)[0]
    dates = tuple(at) or case.scenario.stages or first_news(sets)
    if len(sets.futures) < 2:
        text, hint = "there is nothing to wait for", "Give the scenario at least two futures."
        raise InputError([Issue("error", "E761", case.scenario.name, "futures", text, hint)])
    found = solve_tree(plan, case, dates, gap=gap, seconds=seconds, say=say)
    info = found.info
    now = (plan.info.objective, max(plan.info.bound, plan.info.objective))
    price = (max(0.0, info.objective - now[1]), max(0.0, info.bound - now[0]))
    nodes = _nodes(found, case, sets)
    result: dict[str, Any] = {
        "question": "wait",
        "at": list(dates),
        "now_usd_bn": list(now),
        "tree_usd_bn": [info.objective, info.bound],
        "price_usd_bn": list(price),
        "found_usd_bn": info.objective - now[0],
        "expected_usd_bn": found.expected,
        "tail_loss_usd_bn": found.tail_loss,
        "status": info.status,
        "gap": info.gap,
        "asked_gap": gap,
        "plan_gap": plan.info.gap,
        "seconds": dict(info.seconds),
        "size": dict(info.size),
        "nodes": nodes,
        "leaves": [
            {"news": leaf.number, "chance": leaf.chance, "futures": list(leaf.futures),
             "value_usd_bn": sum(found.tree.chances[s] * v for s, v in leaf.values.items())
             / leaf.chance}
            for leaf in found.leaves
        ],
    }  # fmt: skip
    return result | {"text": _text(result, case)}


def first_news(sets: Sets) -> tuple[int, ...]:
    """First date by which something has happened that tells futures apart; empty if none."""
    for date in sets.periods:
        if len(grow(sets, (date,)).leaves) > 1:
            return (date,)
    return ()


def _nodes(found: TreePlan, case: Case, sets: Sets) -> list[dict[str, Any]]:
    """Nodes in order of stages, each with its news and the moves taken in it."""
    tree = found.tree
    by_leaf = [_moves(leaf.plan) for leaf in found.leaves]
    spans = [sets.periods[0], *tree.dates]
    nodes: list[dict[str, Any]] = []
    for stage, groups in enumerate(tree.groups):
        for number, futures in enumerate(groups):
            node: Node = (stage, number)
            leaf = next(n for n in range(len(tree.leaves)) if tree.parent(n, stage) == number)
            mine = {m: n for m, n in by_leaf[leaf].items() if tree.stage(int(m[-1])) == stage}
            alike = [by_leaf[n] for n in range(len(tree.leaves))]
            nodes.append(
                {
                    "stage": stage,
                    "number": number,
                    "parent": tree.parent(leaf, stage - 1) if stage else None,
                    "from": spans[stage],
                    "chance": tree.chance(futures),
                    "futures": list(futures),
                    "news": news_words(tree, node, case),
                    "moves": [
                        {
                            "what": m[0], "site": m[1], "name": case.name("sites", m[1]),
                            "country": case.text("sites", m[1], "country"), "of": m[2],
                            "period": int(m[-1]), "number": n,
                            "whatever": all(other.get(m) == n for other in alike),
                        }
                        for m, n in sorted(mine.items(), key=lambda p: (int(p[0][-1]), p[0]))
                    ],
                }
            )  # fmt: skip
    return nodes


def _moves(plan: Plan) -> dict[Move, int]:
    """Whole-number decisions on sites: (family, site, the rest of the key, period) -> number."""
    found: dict[Move, int] = {}
    for family in WHOLE:
        for (site, *rest, period), value in plan.values(family).items():
            if value > 0.5:
                how = " ".join(str(part) for part in rest)
                found[family, str(site), how, str(period)] = round(value)
    return found


def news_words(tree: Tree, node: Node, case: Case) -> str:
    """What has been seen since the stage before, in words."""
    if node[0] == 0:
        return "before any news"
    parts = [f"{t}: {_state_words(u, case)}" for t, u in tree.news[node] if u != "calm"]
    return "; ".join(parts) or "nothing has happened"


def _state_words(state: str, case: Case) -> str:
    names = []
    for part in state.split("#")[0].split("+"):
        event = part.removesuffix("~")
        names.append(case.name("events", event) + (" goes on" if part.endswith("~") else ""))
    return ", ".join(names)


def _text(found: dict[str, Any], case: Case) -> str:
    low, high = found["price_usd_bn"]
    dates = " and ".join(str(d) for d in found["at"]) or "no date"
    nodes = found["nodes"]
    first = [m for n in nodes if n["stage"] == 0 for m in n["moves"] if m["what"] == "modules"]
    later = [m for n in nodes if n["stage"] > 0 for m in n["moves"] if m["what"] == "modules"]
    waiting = {(m["site"], m["of"], m["period"]) for m in later if not m["whatever"]}
    now = sum(m["number"] for m in first)
    news = sum(1 for n in nodes if n["stage"] == len(found["at"]))
    paid = "waiting is proved to pay" if low > 0 else "that it pays is not proved"
    return (
        f"Waiting for news until {dates} is worth USD {low:,.2f} to {high:,.2f} bn to "
        f"{case.scenario.label}: {paid} (plans found differ by {found['found_usd_bn']:,.2f}). "
        f"{now} modules begin before any news; {len(waiting)} later lots depend on which of "
        f"{news} news comes. Tree: status {found['status']}, value {found['tree_usd_bn'][0]:,.2f}, "
        f"bound {found['tree_usd_bn'][1]:,.2f}, gap {found['gap']:.2%}; "
        f"plan for now: gap {found['plan_gap']:.2%}."
    )
