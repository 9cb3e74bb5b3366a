"""Why each site is in or out, for every site at once, from the prices of the plan's own rows.

    g[j]      = c[j] - sum(price[r] * a[r,j], r)          worth of one more of whole decision j
    value(x) <= value(plan) + sum(g[j] * (x[j] - plan[j]))     for every choice x of whole decisions

With whole decisions held a plan is a linear programme, and its best value is concave in what is
held: prices of its rows bound what any other choice could bring. Nothing is solved again. Prices
that are not those of an optimum (another solver gave none) prove nothing: then there are no
reasons.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.analysis.held import Held
from planner.core.histories import Numbers
from planner.model.lp import Key
from planner.model.matrix import bounds, by_rows

COLUMNS = "site,decision,product,begun_year,bound_usd_bn,reason"
NEAR = 1e-6
"""How far a price may miss what an optimum asks [USD bn per unit]."""
LEAST = 0.005
"""Money below this is not told from nothing [USD bn]."""


def site_reasons(held: Held) -> pd.DataFrame:
    """One row a site: in, kept, out or barred; a proved bound in money; the reason in words.

    bound_usd_bn: in, what taking it out costs at least; kept and out, what one module of `product`
    begun in `begun_year` could bring at most; the rest of the plan held. Empty without prices.
    """
    worth = marginal(held)
    if worth is None:
        return pd.DataFrame(columns=COLUMNS.split(","))
    sites = held.plan.table("sites").to_dict("records")
    rows = [_reason(held, worth, {str(k): v for k, v in r.items()}) for r in sites]
    return pd.DataFrame(rows, columns=COLUMNS.split(","))


def marginal(held: Held) -> Numbers | None:
    """G of every column; None when the prices are not those of an optimum with the wholes held."""
    model = held.built.model
    prices = held.plan.rows["price_usd_bn"].to_numpy(dtype=float)
    adapting = any(
        f.kind != "continuous" and f.key_names == ("future",) for f in model.families.values()
    )
    if adapting or len(prices) != len(model.rows):
        return None  # whole decisions a future may still take are not held
    rows, values = by_rows(model), np.array(held.values)
    weights = np.repeat(prices, np.diff(rows.starts)) * rows.values  # noqa: PD011 - arrays
    sums = np.bincount(rows.columns, weights=weights, minlength=len(values))
    worth: Numbers = -sums.astype(np.float64)
    for j, amount in model.objective.items():
        worth[j] += amount
    low, high = bounds(model)
    loose = ~np.array(model.integer)
    wrong = (loose & (worth > NEAR) & (values < high - NEAR)) | (
        loose & (worth < -NEAR) & (values > low + NEAR)
    )
    senses = np.array([row[2] for row in model.rows])
    turned = ((senses == "<=") & (prices < -NEAR)) | ((senses == ">=") & (prices > NEAR))
    slack = held.plan.rows["slack"].to_numpy(dtype=float)
    idle = (slack > NEAR * np.maximum(1.0, np.abs(rows.activity(values)))) & (np.abs(prices) > NEAR)
    return None if wrong.any() or turned.any() or idle.any() else worth


@dataclass(frozen=True)
class _Option:
    """A module a site could begin: class, year, what it could bring at most [USD bn]."""

    product: str
    year: int
    bound: float


def _reason(held: Held, worth: Numbers, site: Mapping[str, Any]) -> tuple[Any, ...]:
    i = str(site["id"])
    if bool(site["chosen"]):
        plan = held.values  # noqa: PD011 - a list
        loss = float(sum(worth[j] * plan[j] for j in _columns(held, i)))
        return i, "in", str(site["main_product"]), _year(site), loss, _in(held, i, loss)
    best = max(_options(held, worth, i), key=lambda o: o.bound, default=None)
    decision = "kept" if float(site["existing_kwpm"]) > 0 else "out"
    if best is None:
        return i, "barred", "", None, None, _barred(held, i)
    return i, decision, best.product, best.year, best.bound, _out(held, decision, best)


def _year(site: Mapping[str, Any]) -> int | None:
    first = site["first_begun_year"]
    return None if pd.isna(first) else int(first)


def _columns(held: Held, site: str) -> list[int]:
    """Whole decisions at a site, links to its centre among them."""
    return [
        column
        for family in held.built.model.families.values()
        if family.kind != "continuous"
        for key, column in family.columns.items()
        if site in key[:1] or (family.key_names[1:2] == ("centre_site",) and key[1] == site)
    ]


def _options(held: Held, worth: Numbers, site: str) -> Iterable[_Option]:
    """Modules a site could begin; a closed site is opened for it, and its country entered."""
    model = held.built.model
    country = held.built.sets.country_of[site]
    for (i, k, _, t), j in model.family("modules").columns.items():
        if i == site:
            year = int(str(t))
            opened = _first(held, worth, ("open", site), year)
            entered = _first(held, worth, ("enter", country), year) if opened else 0.0
            yield _Option(str(k), year, float(worth[j]) + opened + entered)


def _first(held: Held, worth: Numbers, what: tuple[str, str], year: int) -> float:
    """The best a first step (opening, entering) up to a year could bring; 0 when it is done."""
    family = held.built.model.families.get(what[0])
    steps: list[tuple[Key, int]] = []
    if family is not None:
        steps = [(key, j) for key, j in family.columns.items() if key[0] == what[1]]
    plan = held.values  # noqa: PD011 - a list
    if not steps or any(plan[j] > 0.5 for _, j in steps):
        return 0.0
    return max((float(worth[j]) for key, j in steps if int(str(key[1])) <= year), default=0.0)


def _in(held: Held, site: str, loss: float) -> str:
    modules, labs = held.plan.table("modules"), held.plan.table("research")
    begun = [
        f"{r['product']} {r['kwpm']:,.0f} kwpm from {int(r['begun_year'])}"
        for r in modules[modules["site"] == site].to_dict("records")
    ] + [
        f"{r['centre_name']} from {int(r['begun_year'])}"
        for r in labs[labs["site"] == site].to_dict("records")
    ]
    text = f"The plan begins {', '.join(begun)}. "
    if loss > LEAST:
        return text + (
            "Taking out all that is new here, with all other siting decisions kept, would cost at "
            f"least USD {loss:,.2f} bn of risk-adjusted value."
        )
    return text + (
        "Prices alone prove no loss from taking it out with all other siting decisions kept: "
        f"`planner why RUN {site}` solves it again."
    )


def _barred(held: Held, site: str) -> str:
    if "site" in held.case.tables and held.case.value("site.room_modules", site) < 1:
        return "There is no room for a fab here: the plan weighs it for research alone."
    return "No fab may be begun here: a rule, the lead time or the scenario bars every class."


def _out(held: Held, decision: str, best: _Option) -> str:
    state = "What runs here runs on" if decision == "kept" else "The plan begins nothing here"
    what = f"a module of {best.product} begun {best.year}"
    if best.bound < -LEAST:
        return (
            f"{state}. The best of what it could begin is {what}: with all other siting decisions "
            f"kept that would lose at least USD {-best.bound:,.2f} bn, so it would take at least "
            "as much in aid."
        )
    room = abs(held.plan.info.bound - held.plan.info.objective)
    doubt = (
        "less than the gap of the plan, so the search has not told the two apart"
        if best.bound <= room
        else "other decisions may have to move with it"
    )
    return (
        f"{state}. The best of what it could begin is {what}: with all other siting decisions kept "
        f"that would bring at most USD {best.bound:,.2f} bn ({doubt})."
    )
