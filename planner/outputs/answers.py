"""Answers to questions about a plan as sections with a picture and a table each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from planner.core.case import Case
from planner.outputs import answers_reasons, charts_answers, formats, page
from planner.outputs.charts_answers import Point
from planner.outputs.maps_frequency import frequency_maps

Answer = Mapping[str, Any]
Section = dict[str, Any]
TITLES = {
    "alternatives": "Other plans nearly as good",
    "pareto": "What more of one thing costs in value",
    "sensitivity": "What the weak numbers move",
    "screening": "Which weak numbers depend on each other",
    "flip": "What a host must pay to win a fab",
    "offer": "What a fab with strings attached needs",
    "roadmap": "The best first moves",
    "closeness": "What staying close to a plan costs",
    "why": "Why a site is in",
    "why not": "Why a site is not in",
    "prices": "What one more of a limit is worth",
    "weights": "Weights that prefer another plan",
}
"""Questions that have a picture, in the order they are shown."""
SHORT = {
    "alternatives": "Alternatives", "pareto": "Trade-offs", "sensitivity": "Sensitivity",
    "screening": "Screening", "flip": "Bids", "offer": "Strings", "roadmap": "First moves",
    "closeness": "Closeness", "why": "Why", "why not": "Why not", "prices": "Limits",
    "weights": "Weights",
}  # fmt: skip
"""The same for the line at the top of a page."""


def sections(answers: Sequence[Answer], case: Case, data_root: Path) -> list[Section]:
    """One section an answer, unknown ones left out.

    A section has id, title, text, picture, maps, headings and rows.
    """
    order = list(TITLES)
    known = [a for a in answers if a.get("question") in TITLES]
    made = []
    for n, answer in enumerate(sorted(known, key=lambda a: order.index(str(a["question"])))):
        name = str(answer["question"])
        section = {"id": f"answer-{n + 1}", "title": TITLES[name], "short": SHORT[name],
                   "text": answer["text"],
                   "maps": {}, "picture": "", "headings": [], "rows": [],
                   "gap": 100.0 * float(answer.get("plan_gap") or 0.0)}  # fmt: skip
        made.append(section | _PICTURES[name](answer, case, data_root))
    return made


def write_answers(
    answers: Sequence[Answer], case: Case, path: Path, data_root: Path, beside: str = ""
) -> None:
    """Write the page of answers; `beside` names the report in the same folder, if there is one."""
    context = {"title": case.scenario.label, "question": case.scenario.question, "beside": beside,
               "answers": sections(answers, case, data_root), "script": {}}  # fmt: skip
    page.write(path, page.render("answers.html.j2", context, ("page.js",)))


def _alternatives(answer: Answer, case: Case, data_root: Path) -> Section:
    plans = [{"modules": [[i] for i in p["sites"]]} for p in answer["plans"]]
    maps = {c: page.drawn(m) for c, m in frequency_maps(plans, case, data_root).items()}
    rows = [[r["name"], f"{r['in']} / {r['of']}", r["verdict"]]
            for r in answer["sites"] if r["in"]]  # fmt: skip
    return {"maps": maps, "headings": ["site", "near-optimal plans", "verdict"], "rows": rows}


def _pareto(answer: Answer) -> Section:
    names = answer["axes"] if "axes" in answer else [answer["axis"]]
    rows = [[_money(p["value_usd_bn"]), *(_money(p[n]) for n in names), str(len(p["sites"])),
             "knee" if p["knee"] else ""] for p in answer["points"]]  # fmt: skip
    headings = ["value, USD bn", *(_axis_name(n) for n in names), "sites abroad", "mark"]
    picture = _front(answer, names[0]) if len(names) == 1 else _front_three(answer, names)
    return {"picture": page.drawn(picture), "headings": headings, "rows": rows}


def _axis_name(name: str) -> str:
    unit = {"home_share": "%", "technology": "ratio", "goods": "ratio"}.get(name, "USD bn")
    return f"{name.replace('_', ' ')}, {unit}"


def _front(answer: Answer, name: str) -> str:
    points = [
        Point(p[name], p["value_usd_bn"], f"value {_money(p['value_usd_bn'])}, {name} "
              f"{_money(p[name])}", "knee" if p["knee"] else "", ring=p["knee"])
        for p in answer["points"]
    ]  # fmt: skip
    return charts_answers.plane(points, (_axis_name(name), "value, USD bn"), line=True)


def _front_three(answer: Answer, names: Sequence[str]) -> str:
    a, b = names
    worths = [p["value_usd_bn"] for p in answer["points"]]
    low, wide = min(worths), (max(worths) - min(worths)) or 1.0
    points = []
    for p in answer["points"]:
        share = 25 + 75 * (p["value_usd_bn"] - low) / wide
        fill = f"color-mix(in srgb,var(--total,#1f4e79) {share:.0f}%,var(--card,#ffffff))"
        tip = f"value {_money(p['value_usd_bn'])}, {a} {_money(p[a])}, {b} {_money(p[b])}"
        points.append(Point(p[a], p[b], tip, _money(p["value_usd_bn"], 0), fill, p["knee"]))
    note = "beside each point: value, USD bn"
    return charts_answers.plane(points, (_axis_name(a), _axis_name(b)), note=note)


def _sensitivity(answer: Answer) -> Section:
    bars = [(r["input"], r["at_low_usd_bn"], r["at_high_usd_bn"],
             f"{r['input']}: {_money(r['at_low_usd_bn'])} at {r['low']:g}, "
             f"{_money(r['at_high_usd_bn'])} at {r['high']:g} {r['unit']}")
            for r in answer["tornado"]]  # fmt: skip
    rows = [[r["input"], f"{r['value']:g} ({r['low']:g} to {r['high']:g}) {r['unit']}",
             _signed(r["at_low_usd_bn"]), _signed(r["at_high_usd_bn"]), r["flips"] or ""]
            for r in answer["tornado"]]  # fmt: skip
    headings = ["input", "value (range)", "at low", "at high", "changes the plan"]
    return {"picture": page.drawn(charts_answers.tornado(bars)), "headings": headings,
            "rows": rows}  # fmt: skip


def _screening(answer: Answer) -> Section:
    points = [
        Point(r["mu_star_usd_bn"], r["sigma_usd_bn"],
              f"{r['input']}: mu* {_money(r['mu_star_usd_bn'])}, sigma {_money(r['sigma_usd_bn'])}",
              _short(r["input"]), "revenue" if r["adds_up"] else "risk")
        for r in answer["inputs"]
    ]  # fmt: skip
    rows = [[r["input"], f"{r['low']:g} to {r['high']:g} {r['unit']}", _signed(r["mu_usd_bn"]),
             _money(r["mu_star_usd_bn"]), _money(r["sigma_usd_bn"]),
             "adds up" if r["adds_up"] else "depends on others"]
            for r in answer["inputs"]]  # fmt: skip
    names = ("mu*: how much it matters, USD bn", "sigma: how much that depends, USD bn")
    return {"picture": page.drawn(charts_answers.plane(points, names)), "rows": rows,
            "headings": ["input", "range", "mu", "mu*", "sigma", "reading"]}  # fmt: skip


def _short(label: str) -> str:
    """`price.price_usd_per_wafer of N2` as `price N2`."""
    name, _, entity = label.partition(" of ")
    return f"{name.split('.')[-1].split('_')[0]} {entity}"


def _flip(answer: Answer, case: Case) -> Section:
    bars = [(case.name("countries", r["host"]), r["cost_of_next_fab_usd_bn"],
             f"one fab more in {r['host']} costs {_money(r['cost_of_next_fab_usd_bn'], 3)}")
            for r in answer["contest"]]  # fmt: skip
    rows = [[case.name("countries", r["host"]), _money(r["cost_of_next_fab_usd_bn"], 3),
             "; ".join(f"{b} {_signed(v)}" for b, v in r["outbids"].items())]
            for r in answer["contest"]]  # fmt: skip
    picture = page.drawn(charts_answers.rows_of_bars(bars)) if bars else Markup("")
    return {"picture": picture, "rows": rows, "title": f"{TITLES['flip']}: {answer['name']}",
            "headings": ["host", "one fab more costs, USD bn", "to outbid, USD bn"]}  # fmt: skip


def _offer(answer: Answer) -> Section:
    if not answer["possible"]:
        return {}
    whole = ("all together", answer["subsidy_usd_bn"])
    found = [*((r["string"], r["subsidy_usd_bn"]) for r in answer["apart"]), whole]
    bars = [(words, amount, f"{words}: {_money(amount, 3)}") for words, amount in found]
    rows = [[words, _money(amount, 3)] for words, amount in found]
    return {"picture": page.drawn(charts_answers.rows_of_bars(bars)), "rows": rows,
            "title": f"{TITLES['offer']}: {answer['name']}",
            "headings": ["string", "needs, USD bn"]}  # fmt: skip


def _roadmap(answer: Answer, case: Case) -> Section:
    bars, rows = [], []
    for r in answer["path"]:
        added = ", ".join(case.name("sites", i) for i in r["added"]) or "nothing new abroad"
        label = f"{r['moves']}: {added}"
        bars.append((label, r["gain_usd_bn"], f"{label}: {_signed(r['gain_usd_bn'])}"))
        dropped = ", ".join(case.name("sites", i) for i in r["dropped"])
        rows.append([str(r["moves"]), _money(r["value_usd_bn"]), _signed(r["gain_usd_bn"]), added,
                     dropped])  # fmt: skip
    return {"picture": page.drawn(charts_answers.rows_of_bars(bars)), "rows": rows,
            "headings": ["sites", "value, USD bn", "gain", "added", "dropped"]}  # fmt: skip


def _money(value: float, places: int = 2) -> str:
    return formats.number(value, places)


def _signed(value: float) -> str:
    return f"{value:+,.2f}"


_PICTURES: dict[str, Callable[[Answer, Case, Path], Section]] = {
    "alternatives": _alternatives,
    "pareto": lambda answer, _case, _root: _pareto(answer),
    "sensitivity": lambda answer, _case, _root: _sensitivity(answer),
    "screening": lambda answer, _case, _root: _screening(answer),
    "flip": lambda answer, case, _root: _flip(answer, case),
    "offer": lambda answer, _case, _root: _offer(answer),
    "roadmap": lambda answer, case, _root: _roadmap(answer, case),
    "closeness": lambda answer, case, _root: answers_reasons.closeness(answer, case),
    "why": lambda answer, _case, _root: answers_reasons.why(answer),
    "why not": lambda answer, _case, _root: answers_reasons.why_not(answer),
    "prices": lambda answer, _case, _root: answers_reasons.prices(answer),
    "weights": lambda answer, _case, _root: answers_reasons.weights(answer),
}
