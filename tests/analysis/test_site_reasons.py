"""Reasons of sites are bounds that re-solving never breaks; without prices there are none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.analysis.held import Held, Outcome
from planner.analysis.reasons import explained
from planner.analysis.site_reasons import COLUMNS, marginal, site_reasons
from planner.core.case import Case
from planner.core.plan import Plan
from planner.solve.optimise import solve_case
from tests.rich import rich

Solved = tuple[Plan, Case]


@pytest.fixture(scope="module")
def solved() -> Solved:
    case = rich(concepts={"contracts": {"on": False}})
    return solve_case(case), case


def resolved(held: Held, changes: dict[int, float]) -> Outcome | None:
    """The plan with its whole decisions held but for a few."""
    model = held._copy()
    for j in held._held():
        value = changes.get(j, round(held.values[j]))
        model.low[j] = model.high[j] = value
        model.integer[j] = False
    return held._solve(model, "JP")


def test_every_site_has_its_reason(solved: Solved) -> None:
    plan, case = solved
    table = explained(plan, case).table("site_reasons")
    assert list(table.columns) == COLUMNS.split(",")
    assert table["site"].tolist() == plan.table("sites")["id"].tolist()
    chosen = set(plan.table("sites").query("chosen")["id"])
    assert set(table.query("decision == 'in'")["site"]) == chosen
    assert chosen
    assert table["reason"].str.len().min() > 40


def test_taking_a_site_out_costs_at_least_what_is_said(solved: Solved) -> None:
    held = Held(*solved)
    table = site_reasons(held).set_index("site")
    tried = 0
    for site in table.query("decision == 'in'").index:
        mine = {
            j: 0.0
            for f in held.built.model.families.values()
            if f.kind != "continuous"
            for key, j in f.columns.items()
            if key[0] == site or (f.key_names[1:2] == ("centre_site",) and key[1] == site)
        }
        outcome = resolved(held, mine)
        if outcome is not None:
            tried += 1
            loss = held.plan.info.objective - outcome.objective
            assert loss >= table.loc[site, "bound_usd_bn"] - 1e-6
    assert tried


def test_one_module_more_brings_at_most_what_is_said(solved: Solved) -> None:
    held = Held(*solved)
    table = site_reasons(held).set_index("site")
    families, tried = held.built.model.families, 0
    for site in table[table["product"].ne("") & table["decision"].ne("in")].index:
        country = held.built.sets.country_of[site]
        for (i, _, _, t), j in families["modules"].columns.items():
            if i != site:
                continue
            step = {j: round(held.values[j]) + 1.0}
            for name, key in (("open", site), ("enter", country)):
                steps = {k: c for k, c in families[name].columns.items() if k[0] == key}
                if steps and not any(held.values[c] > 0.5 for c in steps.values()):
                    step |= {c: 1.0 for k, c in steps.items() if k[1] == t}
            outcome = resolved(held, step)
            if outcome is not None:
                tried += 1
                gain = outcome.objective - held.plan.info.objective
                assert gain <= table.loc[site, "bound_usd_bn"] + 1e-6
    assert tried


def test_prices_that_prove_nothing_give_no_reasons(solved: Solved) -> None:
    plan, case = solved
    spoiled = plan.rows.assign(price_usd_bn=0.0)
    held = Held(replace(plan, rows=spoiled), case)
    assert marginal(held) is None
    assert site_reasons(held).empty
