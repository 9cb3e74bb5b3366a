"""What holds for any numbers: more aid never hurts, a tighter rule never helps, names are names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.core.case import Case
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny

QUICK = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
DEMAND = {"demand.wafers_mn": {("US|N2", 2026): 1.6, ("US|N16", 2026): 0.8}}
percent = st.floats(0, 60).map(lambda x: round(x, 2))


def worth(case: Case) -> float:
    return solve_case(case).info.objective


@QUICK
@given(percent, percent)
def test_more_subsidy_never_lowers_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [
        worth(rich({**DEMAND, "programme.rate_pct": {"jp_grant": r, "us_credit": r}}))
        for r in (low, high)
    ]
    assert values[1] >= values[0] - 1e-7


@QUICK
@given(st.floats(0, 2), st.floats(0, 2))
def test_a_larger_budget_never_lowers_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [
        worth(rich({**DEMAND, "programme.budget_usd_bn": {"jp_grant": x}})) for x in (low, high)
    ]
    assert values[1] >= values[0] - 1e-7


@QUICK
@given(st.integers(0, 4), st.integers(0, 4))
def test_a_tighter_outbound_rule_never_raises_value(a: int, b: int) -> None:
    low, high = sorted((a, b))
    values = [
        worth(rich(DEMAND, concepts={"outbound": {"gap_generations": x}})) for x in (low, high)
    ]
    assert values[1] <= values[0] + 1e-7


@QUICK
@given(st.floats(0.3, 3), st.floats(0.3, 3))
def test_fewer_people_never_raise_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [worth(rich(DEMAND, concepts={"talent": {"supply_scale": x}})) for x in (low, high)]
    assert values[1] >= values[0] - 1e-7


@QUICK
@given(st.floats(0, 300), st.floats(0, 300))
def test_less_power_never_raises_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [
        worth(rich({**DEMAND, "site.power_limit_mw": dict.fromkeys(("tw_a", "us_a", "jp_a"), x)}))
        for x in (low, high)
    ]
    assert values[1] >= values[0] - 1e-7


@QUICK
@given(st.floats(0, 4), st.floats(0, 4))
def test_higher_duties_never_raise_value(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [worth(rich(DEMAND, concepts={"trade": {"rate_scale": x}})) for x in (low, high)]
    assert values[1] <= values[0] + 1e-7


@QUICK
@given(st.floats(0, 1), st.floats(0, 1))
def test_more_weight_on_the_tail_never_raises_the_objective(a: float, b: float) -> None:
    low, high = sorted((a, b))
    values = [worth(rich(DEMAND, concepts={"risk": {"omega": x}})) for x in (low, high)]
    assert values[1] <= values[0] + 1e-7


@QUICK
@given(st.permutations(["tw_a", "us_a", "jp_a"]))
def test_the_order_of_sites_changes_nothing(order: list[str]) -> None:
    case = rich(DEMAND)
    shuffled = replace(
        case,
        registers={
            **case.registers,
            "sites": {i: case.registers["sites"][i] for i in order},
        },
    )
    assert abs(worth(case) - worth(shuffled)) < 1e-7


def test_renaming_sites_changes_only_names() -> None:
    case = rich(DEMAND)
    names = {"us_a": "us_zz", "jp_a": "jp_first"}

    def new(text: str) -> str:
        return "|".join(names.get(part, part) for part in text.split("|"))

    sites = {new(i): dict(row) for i, row in case.registers["sites"].items()}
    tied = {
        name: {p: {**row, "site": new(row["site"])} for p, row in case.registers[name].items()}
        for name in ("partners", "targets")
    }
    renamed = replace(
        case,
        registers={**case.registers, "sites": sites, **tied},
        facts=tuple(replace(f, entity=new(f.entity)) for f in case.facts),
    )
    before, after = solve_case(case), solve_case(renamed)
    assert abs(before.info.objective - after.info.objective) < 1e-7
    keys: list[dict[Any, float]] = [
        {tuple(new(str(p)) for p in key): v for key, v in before.values("modules").items()},
        {tuple(str(p) for p in key): v for key, v in after.values("modules").items()},
    ]
    assert keys[0] == keys[1]


def test_an_extra_site_never_lowers_value() -> None:
    forbidden = rich(DEMAND, sites={"forbid": ["jp_a"]})
    assert worth(rich(DEMAND)) >= worth(forbidden) - 1e-9


def test_scaling_money_scales_value() -> None:
    """Every price twice as high gives twice the value."""
    case = tiny()
    money = tuple(replace(f, value=f.value * 2) if "usd" in f.parameter else f for f in case.facts)
    assert abs(worth(replace(case, facts=money)) - 2 * worth(case)) < 1e-6


def test_switching_a_concept_off_gives_back_the_case_without_its_data() -> None:
    off = {"concepts": {"utilities": {"on": False}, "outbound": {"on": False}}}
    free = {"site.power_limit_mw": dict.fromkeys(("tw_a", "us_a", "jp_a"), 1)}
    assert abs(worth(tiny(free, **off)) - worth(tiny())) < 1e-9
