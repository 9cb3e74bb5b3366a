"""Why not: forced-in costs are differences of optima, and suggested changes do what they say."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from planner.analysis.bench import Bench
from planner.analysis.knobs import knobs_for, turned
from planner.analysis.whynot import root, why_not
from planner.analysis.whynot_mix import cheapest
from planner.core.case import Case
from planner.core.errors import InputError
from planner.solve.optimise import solve_case
from planner.solve.variant import Variant
from tests.rich import plainer, rich
from tests.tiny import tiny


@pytest.fixture(scope="module")
def asked() -> tuple[Case, dict[str, Any]]:
    case = plainer()
    return case, why_not(solve_case(case), case, "us_a", seconds=10.0)


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


DEAR = {
    "pool.wage_usd_thousand": {f"us|{s}": 160 for s in ("technician", "engineer")},
    "country.lead_greenfield_years": {"US": 3},
}


def test_the_cheapest_mix_is_no_dearer_than_any_on_a_grid() -> None:
    """No point of a grid with less effort brings the site in, by free solves of the turned case."""
    case = plainer(DEAR)
    found = why_not(solve_case(case), case, "us_a", "N2")
    mix = found["mix"]
    assert mix is not None
    assert mix["enough"]
    knobs = {k.name: k for k in knobs_for(case, "us_a")}
    assert not any(c["enough"] for c in found["changes"]), "no knob alone is enough"
    alone = found["cost"]["usd_bn"] - 1e-6
    helpful = [c["knob"] for c in found["changes"] if c["left_usd_bn"] < alone]
    assert len(helpful) >= 2
    # less never helps where more does not, so the dearest points below the answer are enough
    grid = itertools.product((0.0, 0.5, 1.0), repeat=len(helpful))
    below = [shares for shares in grid if sum(shares) < mix["effort"] - 1e-3]
    top = max(map(sum, below))
    for shares in (x for x in below if sum(x) == top):
        turn = {n: (knobs[n], x) for n, x in zip(helpful, shares, strict=True)}
        assert _chosen(turned(case, turn)) is not True, (shares, mix["text"])
    at = {n: (knobs[n], x) for n, x in mix["shares"].items()}
    assert _chosen(turned(case, at)) is not False
    last = mix["last"]
    if last in at:
        at[last] = (knobs[last], mix["not_enough"] - 1e-4)
        assert _chosen(turned(case, at)) is not True


def test_the_order_of_falling_gain_is_the_cheapest_where_gains_add_up() -> None:
    """Gains 3, 2 and 1 against a cost of 4: the first whole, half of the second."""
    case = plainer()
    knobs = knobs_for(case, "us_a")[:3]
    gain = dict(zip((k.name for k in knobs), (1.0, 3.0, 2.0), strict=True))

    def lead(shares: Mapping[str, float]) -> float:
        return 4.0 - sum(gain[n] * x for n, x in shares.items())

    def least(line: Callable[[float], float | None], far: float) -> tuple[float, float] | None:
        return root(line, 1e-6, far)

    pairs = [(k, gain[k.name]) for k in knobs]
    for every in (False, True):
        mix = cheapest(pairs, lead, least, every=every)
        assert mix is not None
        assert mix["effort"] == pytest.approx(1.5, abs=1e-5)
    poor = cheapest(pairs[:1], lead, least, every=True)
    assert poor is not None
    assert not poor["enough"]
    assert poor["left_usd_bn"] == pytest.approx(3.0)


def test_time_up_leaves_a_bracket_that_was_solved() -> None:
    asked: list[float] = []

    def lead(x: float) -> float:
        asked.append(x)
        return 0.3 - x

    low, high = root(lead, 1e-9, lead(1.0), more=lambda: len(asked) < 4) or (0.0, 0.0)
    assert low < 0.3 <= high
    assert {low, high} <= {0.0, 1.0, *asked}


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
    i, k = next(spot for spot in spots if why_not(exact, case, *spot, 3.0).get("allowed", True))
    want = why_not(exact, case, i, k, 6.0)["cost"]["usd_bn"]
    assert why_not(rough, case, i, k, 6.0)["cost"]["usd_bn"] == pytest.approx(want, abs=1e-6)
