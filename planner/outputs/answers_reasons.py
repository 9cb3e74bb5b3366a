"""Answers about single sites, limits and other plans: why, why not, prices, closeness, weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planner.core.case import Case
from planner.outputs import charts, charts_answers, formats, labels, page
from planner.outputs.charts import Step

Answer = Mapping[str, Any]
Section = dict[str, Any]
SHOWN = 0.0005
"""Least change of an account that gets a bar [USD bn]."""


def _accounts(groups: Mapping[str, float], name: str) -> str:
    """Changes by account that add up to the whole, as a waterfall."""
    ordered = sorted(groups.items(), key=lambda p: -abs(p[1]))
    steps = [
        Step(labels.GROUPS.get(g, g), v, g, note=f"{g} {_signed(v)}")
        for g, v in ordered
        if abs(v) >= SHOWN
    ]
    whole = sum(step.amount for step in steps)
    if not steps:
        return ""
    return charts.waterfall([*steps, Step(name, whole, "total", total=True)])


def why(answer: Answer) -> Section:
    """What a site brings by account, with the rules that bind there."""
    rows = [[r["rule"], r["key"], r["why"]] for r in answer["binding"]]
    return {"picture": _drawn(_accounts(answer["by_group"], "brought by it")), "rows": rows,
            "title": f"Why a site is in: {answer['name']}",
            "headings": ["rule that binds", "of what", "meaning"]}  # fmt: skip


def why_not(answer: Answer) -> Section:
    """What forcing a site in changes by account, with the changes that would bring it in."""
    title = {"title": f"Why a site is not in: {answer['name']}"}
    if not answer.get("allowed"):
        return title
    rows = [[c["words"], f"{c['now']:.4g} {c['unit']}",
             f"{c['needed']:.4g} {c['unit']}" if c["enough"] else "not enough alone"]
            for c in answer["changes"]]  # fmt: skip
    mix = answer["mix"]
    if mix and mix["enough"]:
        rows += [[f"cheapest mix: {p['words']}", f"{p['now']:.4g} {p['unit']}",
                  f"{p['needed']:.4g} {p['unit']}"] for p in mix["parts"]]  # fmt: skip
    if answer["grant_usd_bn"]:
        rows.insert(0, ["grant, a lump sum", "0", f"USD {answer['grant_usd_bn']:,.3f} bn"])
    return title | {"picture": _drawn(_accounts(answer["by_group"], "forced in")),
                    "rows": rows,
                    "headings": ["change", "now", "brings it in at"]}  # fmt: skip


def prices(answer: Answer) -> Section:
    """What one more of each limit is worth; land and the outbound rule by one unit."""
    found = [(f"{r['rule']} of {r['key']}", r["price_usd_bn"], r["unit"],
              f"{abs(r['holds_down']):,.4g} less to {r['holds_up']:,.4g} more", r["text"])
             for r in answer["limits"]]  # fmt: skip
    found += [(s["words"], s["worth_usd_bn"], s["unit"], "one unit", s["text"])
              for s in answer["steps"]]  # fmt: skip
    bars = [(f"{words} ({unit})", price, tip) for words, price, unit, _, tip in found]
    rows = [[words, unit, f"{price:+,.4f}", held] for words, price, unit, held, _ in found]
    return {"picture": _drawn(charts_answers.rows_of_bars(bars) if bars else ""), "rows": rows,
            "headings": ["limit", "unit", "one more, USD bn", "holds from"],
            "text": "One unit more of each limit, local to this plan."}  # fmt: skip


def closeness(answer: Answer, case: Case) -> Section:
    """What staying within so many sites of the given plan costs."""
    bars, rows = [], []
    for r in answer["path"]:
        label = f"within {r['sites_different']} sites"
        cost = formats.number(r["cost_usd_bn"], 3)
        bars.append((label, r["cost_usd_bn"], f"{label}: costs {cost}"))
        names = [", ".join(case.name("sites", i) for i in r[k]) for k in ("added", "dropped")]
        rows.append([str(r["sites_different"]), formats.number(r["value_usd_bn"], 2), cost, *names])
    return {"picture": _drawn(charts_answers.rows_of_bars(bars) if bars else ""), "rows": rows,
            "title": f"What staying close to a plan costs: {answer['given']}",
            "headings": ["sites that differ", "value, USD bn", "costs", "added", "dropped"],
            }  # fmt: skip


def weights(answer: Answer) -> Section:
    """The least change of weights that prefers the favourite."""
    found = answer["weights"] or {}
    bars = [(g, w - answer["now"][g], f"{g}: {answer['now'][g]:g} to {w:.4f}")
            for g, w in found.items()]  # fmt: skip
    rows = [[g, f"{answer['now'][g]:g}", f"{w:.4f}"] for g, w in found.items()]
    picture = charts_answers.rows_of_bars(bars, "change of weight") if bars else ""
    return {"picture": _drawn(picture), "rows": rows,
            "headings": ["weight", "now", "least change"]}  # fmt: skip


def _drawn(picture: str) -> Any:
    return page.drawn(picture) if picture else ""


def _signed(value: float) -> str:
    return f"{value:+,.3f}"
