"""Solver seam: status, limits, a second solver, and infeasible cases that name their rules."""

from __future__ import annotations

import pytest

from planner.core.errors import Infeasible, InputError, Stopped
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.solve import highs
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny


def test_hand_worked_optimum() -> None:
    """Two periods of sales at home and abroad, all by hand.

    N2: 2 modules serve 0.48 mn wafers; N16: one serves 0.24. Home has room for two, so one goes
    abroad: JP (multiplier 1, site 0.5). Revenue 2 y x 2 periods x (0.48 x 20 + 0.24 x 5) = 43.2;
    materials 2 x 2 x (0.48 x 1 + 0.24 x 0.5) = 2.4; tools 2 x 2 + 1 = 5, buildings 2 x 0.4 + 0.2
    = 1.0; left after 4 of 10 and 4 of 20 years: 60 % and 80 %; power 60 kwpm x 8.76e-4 x 4 y.
    """
    plan = solve_case(tiny())
    power = 60 * 100 * 8760 / 1e9 * 4
    want = 43.2 - 2.4 - 5 * 0.4 - 1.0 * 0.2 - 0.5 - power
    assert plan.info.objective == pytest.approx(want)
    assert plan.info.status == "optimal"
    assert plan.info.gap <= 1e-9
    assert plan.measures["objective_usd_bn"] == pytest.approx(want)


def test_cbc_agrees() -> None:
    ours, theirs = solve_case(rich()), solve_case(rich(), solver="cbc")
    assert ours.info.objective == pytest.approx(theirs.info.objective, rel=1e-7)


def test_an_unknown_solver_is_named() -> None:
    with pytest.raises(InputError, match="available"):
        solve_case(tiny(), solver="abacus")


def test_a_limit_before_any_plan_is_stopped() -> None:
    with pytest.raises(Stopped):
        solve_case(tiny(), time_limit=1e-9)


def test_two_runs_are_the_same() -> None:
    one, two = solve_case(rich()), solve_case(rich())
    assert one.cash.equals(two.cash)
    assert all(one.tables[name].equals(two.tables[name]) for name in one.tables)


def test_a_pin_on_a_forbidden_site_is_explained() -> None:
    case = tiny(sites={"pin": [{"site": "us_a"}], "forbid": ["US"]})
    with pytest.raises(Infeasible) as error:
        solve_case(case)
    assert error.value.conflict.rules == ("capacity.pin",)
    assert any("us_a" in line for line in error.value.conflict.origins)


def test_pins_beyond_the_land_name_both_rules() -> None:
    case = tiny(sites={"pin": [{"site": "tw_a", "modules": 3}]})
    with pytest.raises(Infeasible) as error:
        solve_case(case)
    assert set(error.value.conflict.rules) == {"capacity.pin", "capacity.room"}
    assert sum(error.value.conflict.relax.values()) == pytest.approx(1.0)


def test_whole_modules_alone_can_be_the_conflict() -> None:
    """18 MW feed 18 kwpm, but a module is 20: only whole numbers make this infeasible."""
    case = tiny(
        {"site.power_limit_mw": {"tw_a": 18}}, sites={"pin": [{"site": "tw_a", "product": "N2"}]}
    )
    with pytest.raises(Infeasible) as error:
        solve_case(case)
    assert set(error.value.conflict.rules) == {"capacity.pin", "utilities.power"}


def test_lp_prices_have_the_right_sign() -> None:
    """One more wafer of demand is worth price minus materials, both years, with capacity free."""
    case = tiny({"demand.wafers_mn": {("US|N16", 2026): 0.1}})
    built = build_model(case)
    answer = highs.run(built.model, SolverSettings(gap=0))
    assert answer.values is not None
    prices = highs.run(highs.fix_integers(built.model, answer.values), SolverSettings()).prices
    row = built.model.rules["sales.demand"].rows["US", "N16", 2030, "calm"]
    assert prices[row] == pytest.approx(2 * (5000 - 500) / 1000)
