"""Why here: what a chosen site is worth to the plan, who pays for it, and what would replace it.

worth = optimum - optimum with nothing new at the site (both with their gaps). The runner-up is the
site that grows most in the plan without it. Rules that bind there are those whose row names the
site, its country or its labour pool and has no slack.
"""

from __future__ import annotations

from typing import Any

from planner.analysis.bench import Bench, Outcome, Say, span
from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.solve.variant import Variant

BOOKKEEPING = (
    "capacity.build", "capacity.once", "sales.supply", "sales.link", "sales.demand", "risk.value",
    "risk.tail", "research.once", "research.steps",
)  # fmt: skip
"""Rules that always bind, or speak of markets and not of places."""
MOST = 12
"""Binding rules shown."""


def why(
    plan: Plan, case: Case, site: str, seconds: float = 60.0, say: Say | None = None
) -> dict[str, Any]:
    """What a site of the plan is worth.

    Raises InputError when the site is unknown or the plan begins nothing there.
    """
    bench = Bench(plan, case, seconds, say)
    i = bench.site(site)
    mine = bench.uses.get(i, {})
    if sum(bench.values[j] for j in mine) < 0.5:
        text, hint = f"the plan begins nothing at {i}", f"Ask `planner whynot RUN {i}`."
        raise InputError([Issue("error", "E739", "SITE", i, text, hint)])
    bench.say(f"the plan without {i}")
    shut = Variant(bounds=dict.fromkeys(mine, (0.0, 0.0)))
    other = bench.solve(shut, bench.near([i]))
    head = {
        "question": "why", "site": i, "name": case.name("sites", i),
        "begun": bench.begun(bench.values, i), "binding": binding(bench, i),
        "plan_gap": plan.info.gap,
    }  # fmt: skip
    if other is None:
        text = f"No plan without {case.name('sites', i)} was found: a rule needs it."
        return head | {"worth": None, "by_group": {}, "runner_up": None,
                       "method": "re-solved without it", "text": text}  # fmt: skip
    worth = span(bench.worse_by(other))
    groups = {g: -v for g, v in bench.change(other.values).items()}
    found = head | {
        "worth": worth, "by_group": groups, "runner_up": runner_up(bench, other, i),
        "method": other.method,
    }  # fmt: skip
    return found | {"text": _text(found)}


def runner_up(bench: Bench, other: Outcome, site: str) -> dict[str, Any] | None:
    """The site with the most money more in the plan without this one, by capacity begun."""
    more: dict[str, float] = {}
    for key, j in bench.model.family("modules").columns.items():
        size = bench.case.value("product.module_kwpm", str(key[1]))
        grown = size * (round(other.values[j]) - round(bench.values[j]))
        more[str(key[0])] = more.get(str(key[0]), 0.0) + grown
    more.pop(site, None)
    best = max(sorted(more), key=lambda i: more[i], default=None)
    if best is None or more[best] <= 0:
        return None
    return {"site": best, "name": bench.case.name("sites", best), "kwpm_more": more[best]}


def binding(bench: Bench, site: str) -> list[dict[str, Any]]:
    """Rules without slack that name the site, or at a price its pool or country."""
    rows = bench.plan.rows
    if rows.empty:
        return []
    pool = bench.case.text("sites", site, "pool")
    country = bench.built.sets.country_of[site]
    places = {country: 2, pool: 1, site: 0}
    tight = rows[rows["binding"] & (rows["sense"] != "=") & ~rows["rule"].isin(BOOKKEEPING)].copy()
    tight["far"] = [min((places.get(p, 3) for p in key.split(",")), default=3)
                    for key in tight["key"]]  # fmt: skip
    tight["worth"] = -tight["price_usd_bn"].abs()
    about = tight[(tight["far"] == 0) | ((tight["far"] < 3) & (tight["worth"] < -1e-9))]
    about = about.sort_values(["far", "worth"], kind="stable")
    tight = about.groupby(["far", "rule"], sort=False).head(2).head(MOST)
    return [
        {
            "rule": rule,
            "key": key,
            "price_usd_bn": float(price),
            "why": bench.model.rules[rule].why if rule in bench.model.rules else "",
        }
        for rule, key, price in tight[["rule", "key", "price_usd_bn"]].itertuples(index=False)
    ]


def _text(found: dict[str, Any]) -> str:
    worth = found["worth"]
    between = f"{worth['low_usd_bn']:,.3f} to {worth['high_usd_bn']:,.3f}"
    sure = "" if worth["distinguishable"] else "; within the gap, so not distinguishable from none"
    runner = found["runner_up"]
    replaced = (
        f" Without it, {runner['name']} would take {runner['kwpm_more']:,.0f} kwpm more."
        if runner
        else " Without it, no other site grows."
    )
    return (
        f"{found['name']} adds USD {worth['usd_bn']:,.3f} bn of risk-adjusted value (proved "
        f"range {between}{sure}).{replaced}"
    )
