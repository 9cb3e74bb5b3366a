"""Variants of the sample plans: hostile names, an empty plan, the folder of the data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from planner.core.case import Case
from planner.core.plan import Plan
from planner.core.scenario import Scenario
from tests.outputs.sample_plan import sample_plan

DATA = Path(__file__).parents[2] / "data"
TITLE = '<script>window.hit=1</script> & "Plan" <img src=x onerror="window.hit=1">'
SITE = "=cmd|'/c calc'!A1 <script>window.hit=1</script> and a name that goes on for very long"
HOSTILE_SITE = "us_phoenix"


def hostile() -> tuple[Plan, Case]:
    """The sample with a title, a site and a source that try to get out of their places."""
    plan, case = sample_plan()
    tables = {}
    for name, frame in plan.tables.items():
        key = "id" if name == "sites" else "site"
        changed = frame.copy()
        if key in changed.columns and "name" in changed.columns:
            changed.loc[changed[key] == HOSTILE_SITE, "name"] = SITE
        tables[name] = changed
    sources = {
        **case.sources,
        "own-estimate": {"title": TITLE, "publisher": "</style>", "url": "javascript:alert(1)"},
    }
    places = dict(case.registers["sites"])
    places[HOSTILE_SITE] = {**places[HOSTILE_SITE], "name": SITE}
    registers = {**case.registers, "sites": places}
    scenario = case.scenario.with_(title=TITLE, question="</script><b>why</b>")
    case = replace(case, scenario=scenario, registers=registers, sources=sources)
    return replace(plan, title=TITLE, tables=tables), case


def nothing() -> tuple[Plan, Case]:
    """A plan that begins nothing: tables keep their columns, most rows are gone."""
    plan, case = sample_plan()
    empty = ("modules", "research", "links", "grants", "talent", "weak_facts")
    tables = {n: f.iloc[0:0] if n in empty else f for n, f in plan.tables.items()}
    sites = tables["sites"].copy()
    sites["chosen"] = False
    sites[["first_begun_year", "first_service_year"]] = float("nan")
    tables["sites"] = sites
    return replace(plan, tables=tables, reasons=()), case


def bare() -> tuple[Plan, Case]:
    """A plan of a case that knows no chips: no readable table, one line of cash."""
    plan, _ = sample_plan()
    cash = plan.cash.iloc[:1]
    value = float((cash["probability"] * cash["present_value_usd_bn"]).sum())
    measures = {"objective_usd_bn": value, "npv_usd_bn": value}
    case = Case(Scenario(name="bare"), {}, (), {})
    return replace(plan, title="", tables={}, cash=cash, measures=measures, reasons=()), case


def shifted(plan: Plan, usd_bn: float) -> Plan:
    """The plan with one measure that its cash does not carry."""
    measures = {**plan.measures, "npv_usd_bn": plan.measures["npv_usd_bn"] + usd_bn}
    return replace(plan, measures=measures)
