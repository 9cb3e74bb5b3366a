"""Why not: forced-in costs are differences of optima, and suggested changes do what they say."""

from __future__ import annotations

from typing import Any

import pytest

from planner.analysis.bench import Bench
from planner.analysis.knobs import knobs_for
from planner.analysis.whynot import why_not
from planner.core.case import Case
from planner.core.errors import InputError
from planner.solve.optimise import solve_case
from planner.solve.variant import Variant
from tests.rich import plainer, rich
from tests.tiny import tiny


@pytest.fixture(scope="module")
def asked() -> tuple[Case, dict[str, Any]]:
    case = plainer()
    return case, why_not(solve_case(case), case, "us_a")


def test_the_cost_is_the_difference_of_optima(asked: tuple[Case, dict[str, Any]]) -> None:
    case, found = asked
    free = solve_case(case).info.objective
    pinned = solve_case(
        case.replace(scenario=case.scenario.with_(sites={"pin": [{"site": "us_a"}]}))
    ).info.objective
    centre = _with_centre(case)
    assert found["cost"]["usd_bn"] == pytest.approx(free - max(pinned, centre), abs=1e-6)
    assert found["cost"]["distinguishable"]


def _with_centre(case: Case) -> float:
    """Best plan with a centre at us_a, by its own row."""
    bench = Bench(solve_case(case), case)
    columns = [j for key, j in bench.model.family("centre").columns.items() if key[0] == "us_a"]
    outcome = bench.solve(Variant(rows=(("want", [(j, 1.0) for j in columns], ">=", 1.0),)))
    assert outcome is not None
    return outcome.objective


def test_account_groups_add_up_to_the_cost(asked: tuple[Case, dict[str, Any]]) -> None:
    _, found = asked
    assert sum(found["by_group"].values()) == pytest.approx(-found["cost"]["usd_bn"], abs=1e-6)


def test_hand_worked_cost() -> None:
    """One N16 module abroad serves what home has no room for; JP and US differ in building only.

    A second building multiplier for US: N16 shell 0.2 bn costs 0.2 more, of which 80 % is left at
    the end (4 of 20 years used), so forcing US in place of JP costs 0.2 x 0.2 = 0.04.
    """
    case = tiny()
    found = why_not(solve_case(case), case, "us_a")
    assert found["cost"]["usd_bn"] == pytest.approx(0.04, abs=1e-6)
    assert found["grant_usd_bn"] == pytest.approx(0.04, abs=1e-6)
    assert found["begun"][0]["class"] == "N16"


def test_suggested_changes_bring_it_in_and_a_little_less_does_not() -> None:
    """Pay in the US is the only thing against it: the least cut found is checked by free solves."""
    case = plainer({"pool.wage_usd_thousand": {f"us|{s}": 150 for s in ("technician", "engineer")}})
    found = why_not(solve_case(case), case, "us_a", "N2")
    knobs = {k.name: k for k in knobs_for(case, "us_a")}
    enough = [c for c in found["changes"] if c["enough"]]
    assert enough, found["changes"]
    for change in enough:
        knob = knobs[change["knob"]]
        assert _chosen(knob.turn(case, min(1.0, change["share"] + 1e-4))) is not False
        less = knob.turn(case, max(0.0, change["share"] - 2e-4))
        assert _chosen(less) is not True


def _chosen(case: Case) -> bool | None:
    """Whether N2 at us_a is worth it; None when it is a tie within the solver's tolerance."""
    plan = solve_case(case)
    bench = Bench(plan, case)
    mine = [
        j for key, j in bench.model.family("modules").columns.items() if key[:2] == ("us_a", "N2")
    ]
    inside = bench.solve(Variant(rows=(("want", [(j, 1.0) for j in mine], ">=", 1.0),)))
    outside = bench.solve(Variant(bounds=dict.fromkeys(mine, (0.0, 0.0))))
    assert inside is not None
    assert outside is not None
    gap = inside.objective - outside.objective
    return None if abs(gap) < 1e-6 else gap > 0


def test_wrong_questions_are_told() -> None:
    case = tiny()
    plan = solve_case(case)
    with pytest.raises(InputError, match="us_a"):
        why_not(plan, case, "us_aa")
    with pytest.raises(InputError, match="no product class"):
        why_not(plan, case, "us_a", "N99")
    with pytest.raises(InputError, match="already"):
        why_not(plan, case, "tw_a")


def test_a_site_the_rules_leave_out_is_said_so() -> None:
    case = tiny(sites={"forbid": ["US"]})
    found = why_not(solve_case(case), case, "us_a")
    assert not found["allowed"]
    assert "sites.forbid" in found["text"]


def test_a_plan_stopped_early_is_measured_against_the_optimum() -> None:
    """A plan proved to 5 % only: in small cases the difference is still one of optima."""
    case = rich()
    rough, exact = solve_case(case, gap=0.5), solve_case(case)
    begun = {key[:2] for plan in (rough, exact) for key in plan.values("modules")}
    spots = [(i, k) for i in ("us_a", "jp_a") for k in ("N16", "N2") if (i, k) not in begun]
    i, k = next(spot for spot in spots if why_not(exact, case, *spot).get("allowed", True))
    want = why_not(exact, case, i, k)["cost"]["usd_bn"]
    assert why_not(rough, case, i, k)["cost"]["usd_bn"] == pytest.approx(want, abs=1e-6)
