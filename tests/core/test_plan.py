"""A plan in a notebook or at a prompt: one line, a short table, no user text as HTML."""

from __future__ import annotations

from dataclasses import replace

from planner.solve.optimise import solve_case
from tests.tiny import tiny


def test_a_plan_says_in_one_line_what_it_is() -> None:
    plan = solve_case(tiny())
    said = repr(plan)
    assert "\n" not in said
    assert len(said) < 100
    assert plan.scenario in said
    assert f"{plan.info.objective:,.2f}" in said
    assert "optimal" in said


def test_a_notebook_shows_its_measures_and_never_a_tag_of_the_users() -> None:
    plan = replace(solve_case(tiny()), title="<script>alert(1)</script>")
    shown = plan._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert f"{plan.measures['npv_usd_bn']:,.3f}" in shown
