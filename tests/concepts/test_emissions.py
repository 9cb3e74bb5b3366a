"""Green power and greenhouse gas by hand: what binds, what it costs, what moves."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.case import Case
from planner.core.errors import Infeasible
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.model.assemble import build_model
from planner.model.concepts.emissions import Path
from planner.model.lp import Model
from planner.solve import highs
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.concepts.test_properties import QUICK
from tests.tiny import tiny

SETTINGS = SolverSettings(gap=0.0, time_limit=60, threads=1)


def path(value: float, last: float | None = None, since: int = 2026) -> dict[str, float]:
    return {"since": since, "value": value, "until": 2030, "last": value if last is None else last}


def case(options: dict[str, Any] | None, green: float = 1, room: int = 1) -> Case:
    """Home runs 100 kwpm of N16: at 1 MW a kwpm 0.876 TWh a year; Japan has land for a module."""
    facts = {
        "existing.capacity_kwpm": {("tw_a|N16", 2026): 100},
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": room},
        "product.power_mw_per_kwpm": {"N2": 1, "N16": 1},
        "product.process_kgco2_per_wafer": {"N2": 200, "N16": 100},
        "energy.grid_gco2_per_kwh": {("TW", 2026): 500, ("US", 2026): 400, ("JP", 2026): 400},
        "energy.green_twh_per_year": {("TW", 2026): green, ("US", 2026): 9, ("JP", 2026): 9},
        "energy.green_premium_usd_per_mwh": {("TW", 2026): 50, ("US", 2026): 5, ("JP", 2026): 10},
    }
    return tiny(facts, concepts={} if options is None else {"emissions": {"on": True, **options}})


def lines(plan: Plan, item: str) -> float:
    return float(plan.cash.loc[plan.cash["item"] == item, "amount_usd_bn"].sum())


def test_a_promised_share_by_hand() -> None:
    # Half of 0.876 TWh a year is green: 0.438 x USD 50 a MWh = USD 21.9 mn a year, over six years
    # USD 0.1314 bn.
    asked = case({"green_share_pct": path(50)}, room=0)
    plan = solve_case(asked)
    assert plan.values("green")["TW", 2026] == pytest.approx(0.438)
    assert lines(plan, "emissions.premium") == pytest.approx(-0.1314)
    assert solve_case(case(None, room=0)).info.objective - plan.info.objective == pytest.approx(
        0.1314
    )
    assert verify(plan, asked) == ()


def test_a_share_rises_evenly_to_its_last_year() -> None:
    # 20 % in 2026, 60 % in 2030, so 40 % in 2028.
    plan = solve_case(case({"green_share_pct": path(20, 60)}, room=0))
    assert [plan.values("green")["TW", t] for t in (2026, 2028, 2030)] == pytest.approx(
        [0.2 * 0.876, 0.4 * 0.876, 0.6 * 0.876]
    )


def test_a_carbon_price_by_hand() -> None:
    # Gas: 0.876 TWh x 0.5 Mt + 1.2 mn wafers x 100 kg = 0.438 + 0.12 = 0.558 Mt a year. At USD 40
    # a tonne green power saves 0.5 x 40 = USD 20 a MWh, less than its USD 50: none is bought.
    # 0.558 x 40 x 6 years = USD 0.13392 bn.
    plan = solve_case(case({"carbon_usd_per_t": 40}, room=0))
    assert plan.values("green") == {}
    assert lines(plan, "emissions.carbon") == pytest.approx(-0.13392)
    # At USD 200 it saves 100 a MWh, more than 50: all power is green, the process gas stays.
    dear = solve_case(case({"carbon_usd_per_t": 200}, room=0))
    assert dear.values("green")["TW", 2026] == pytest.approx(0.876)
    assert lines(dear, "emissions.carbon") == pytest.approx(-0.12 * 200 * 6 / 1000)


def test_a_limit_on_gas_is_kept_by_green_power() -> None:
    # 0.558 Mt without green power; a limit of 0.408 asks for 0.3 TWh of it.
    asked = case({"cap_mt_per_year": path(0.408)}, room=0)
    plan = solve_case(asked)
    assert plan.values("green")["TW", 2028] == pytest.approx(0.3)
    assert verify(plan, asked) == ()


def test_scarce_green_power_sends_the_share_abroad() -> None:
    # Home can buy 0.1 TWh: a share of 30 % of all power is out of reach at home alone, and a fab
    # in Japan may use green power only for itself.
    with pytest.raises(Infeasible):
        solve_case(case({"green_share_pct": path(30)}, green=0.1, room=0))
    # One module of 20 kwpm draws 0.1752 TWh: in service the share of 1.0512 is 0.315 at 30 %;
    # 0.1 + 0.1752 = 0.275, so 26 % can be kept from 2030 and 30 % can not.
    late = solve_case(case({"green_share_pct": path(26, since=2030)}, green=0.1))
    assert sum(late.values("modules").values()) == 1
    green = late.values("green")
    assert green["JP", 2030] == pytest.approx(0.1752)  # the cheaper of the two comes first
    assert green["TW", 2030] == pytest.approx(0.26 * 1.0512 - 0.1752)


def test_what_is_not_asked_does_not_bind() -> None:
    free, wide = (solve_case(case(o)) for o in ({}, {"cap_mt_per_year": path(100)}))
    never = solve_case(case(None))
    assert free.info.objective == pytest.approx(never.info.objective)
    assert wide.info.objective == pytest.approx(never.info.objective)
    assert not wide.rows[wide.rows["rule"] == "emissions.cap"]["binding"].any()


def test_abroad_alone_counts_when_asked() -> None:
    nothing = {"cap_mt_per_year": path(0.0), "cap_counts": "abroad"}
    plan = solve_case(case(nothing))
    assert sum(plan.values("modules").values()) == 0  # process gas has no cure
    assert plan.values("cap")


def test_off_gives_back_the_same_programme() -> None:
    off, never = (list(build_model(c).model.lp_lines()) for c in (case({"on": False}), case(None)))
    assert off == never


@QUICK
@given(st.lists(st.floats(min_value=0, max_value=90), min_size=2, max_size=4))
def test_a_higher_share_never_raises_value(shares: list[float]) -> None:
    made = [solve_case(case({"green_share_pct": path(s)})).info.objective for s in sorted(shares)]
    assert all(a >= b - 1e-6 for a, b in pairwise(made))


@QUICK
@given(st.floats(min_value=0, max_value=300), st.floats(min_value=0, max_value=300))
def test_dearer_carbon_never_raises_value(one: float, two: float) -> None:
    low, high = sorted((one, two))
    values = [solve_case(case({"carbon_usd_per_t": p})).info.objective for p in (low, high)]
    assert values[0] >= values[1] - 1e-6


def test_agrees_with_brute_force_over_modules() -> None:
    """A limit on gas abroad and a share: the best over every set of modules, fixed by hand."""
    asked = case({"cap_mt_per_year": path(0.6), "green_share_pct": path(20)}, green=0.5)
    built = build_model(asked)
    columns = list(built.model.families["modules"].columns.values())
    best = -float("inf")
    for chosen in (None, *columns):
        model = Model("fixed")
        model.__dict__.update(built.model.__dict__)
        model.high, model.low = list(built.model.high), list(built.model.low)
        for column in columns:
            model.high[column] = model.low[column] = 1.0 if column == chosen else 0.0
        try:
            found = highs.run(model, SETTINGS)
        except Infeasible:
            continue
        best = max(best, found.objective) if found.values is not None else best
    assert solve_case(asked).info.objective == pytest.approx(best)


def test_more_than_is_on_offer_is_noticed() -> None:
    asked = case({"green_share_pct": path(50)}, room=0)
    plan = solve_case(asked)
    frame = plan.variables["green"]
    frame["value"] = frame["value"] * 3
    assert "emissions.power" in {i.where.split("[")[0] for i in verify(plan, asked)}
    frame["value"] = 0.0
    assert "emissions.share" in {i.where.split("[")[0] for i in verify(plan, asked)}


def test_a_path_that_runs_backwards_is_told() -> None:
    with pytest.raises(ValueError, match="until"):
        Path(since=2030, value=1, until=2028, last=2)
