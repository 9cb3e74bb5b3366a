"""Aid with strings by hand: what binds, what it costs, and when the firm says no.

One N16 module (20 kwpm, 0.24 mn wafers a year) in Kumamoto costs USD 1.0 bn of tools and 0.2 bn of
buildings; the grant pays 35 %, so 0.42. Home already runs 20 kwpm and could serve all of a demand
of 0.24 alone. Money is not discounted. Building begins in 2026, first wafers come in 2028, the
horizon ends in 2032: two periods of two years under contract.
"""

from __future__ import annotations

from typing import Any

import pytest

from planner.core.case import Case
from planner.core.plan import Plan
from planner.model.assemble import build_model
from planner.solve.optimise import solve_case
from tests.tiny import tiny

GRANT = 0.42
STRINGS = {
    "string.production_years": {"jp": 10},
    "string.utilisation_pct": {"jp": 50},
}
FACTS: dict[str, dict[Any, float]] = {
    "demand.wafers_mn": {("US|N2", 2026): 0, ("US|N16", 2026): 0.24},
    "existing.capacity_kwpm": {("tw_a|N16", 2026): 20},
    "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 1},
    "programme.rate_pct": {"jp": 35},
    "programme.payment_lag_years": {"jp": 0},
    "country.aid_cumulation_pct": {"TW": 100, "US": 100, "JP": 100},
}
ROWS = {"programmes": {"jp": {"country": "JP", "instrument": "grant", "covers": "fab"}}}
PIN = {"pin": [{"site": "jp_a", "product": "N16", "by": 2026}]}


def case(
    freight: float = 0.0,
    facts: dict[str, dict[Any, float]] | None = None,
    rows: dict[str, dict[str, dict[str, str]]] | None = None,
    **options: Any,
) -> Case:
    """Strings on, wafers from Japan dearer to ship by `freight` USD each."""
    numbers = {**FACTS, **STRINGS, "lane.freight_usd_per_wafer": {"JP|US": freight}}
    for name, more in (facts or {}).items():
        numbers[name] = {**numbers.get(name, {}), **more}
    chosen = {"strings": {"on": True}, **options}
    return tiny(numbers, {**ROWS, **(rows or {})}, sites=PIN, concepts=chosen)


def worth(asked: Case) -> float:
    return solve_case(asked).info.objective


def free(freight: float) -> float:
    """Value when aid comes without strings."""
    return worth(case(freight, strings={"on": False}))


def accepted(plan: Plan) -> bool:
    return plan.values("accept").get(("jp_a", "jp"), 0.0) > 0.5


def test_a_promise_that_costs_nothing_is_made() -> None:
    """No freight: half of the demand comes from Japan for the same money."""
    plan = solve_case(case())
    assert accepted(plan)
    assert plan.info.objective == pytest.approx(free(0), abs=1e-9)
    assert plan.values("duty")["jp_a", "N16", 2028] == pytest.approx(10)


def test_a_promise_that_costs_less_than_the_grant_is_kept() -> None:
    """0.12 mn wafers a year, four years, 500 USD each: 0.24 of the 0.42."""
    plan = solve_case(case(500))
    assert accepted(plan)
    assert plan.info.objective == pytest.approx(free(500) - 0.12 * 4 * 500 / 1000, abs=1e-9)
    shipped = {t: x for (g, _, _, t, _), x in plan.values("ship").items() if g == "JP"}
    assert shipped == pytest.approx({2028: 0.12, 2030: 0.12})


def test_a_promise_that_costs_more_than_the_grant_is_refused() -> None:
    """At 1,000 USD the promise costs 0.48, so the firm builds without the 0.42."""
    plan = solve_case(case(1000))
    assert not accepted(plan)
    assert plan.values("grant") == {}
    assert plan.info.objective == pytest.approx(free(1000) - GRANT, abs=1e-9)


def test_a_shorter_promise_binds_for_fewer_years() -> None:
    """Two years of production: only 2028 and 2029 cost freight."""
    short = {"string.production_years": {"jp": 2}}
    assert worth(case(1000, short)) == pytest.approx(free(1000) - 0.12 * 2 * 1000 / 1000, abs=1e-9)


def test_a_contract_is_broken_when_repaying_is_cheaper() -> None:
    """Half of the grant is 0.21, less than the 0.24 of freight; all of it is more."""
    half = case(500, {"string.clawback_pct": {"jp": 50}})
    plan = solve_case(half)
    assert plan.info.objective == pytest.approx(free(500) - 0.21, abs=1e-9)
    assert sum(plan.values("repay").values()) == pytest.approx(0.21)
    whole = solve_case(case(500, {"string.clawback_pct": {"jp": 100}}))
    assert whole.values("repay") == {}
    assert whole.info.objective == pytest.approx(free(500) - 0.24, abs=1e-9)


def test_a_contract_is_kept_for_a_while_and_broken_when_demand_moves() -> None:
    """Freight of 500 USD in both periods, but breaking in 2030 with a tenth repaid: 0.12 + 0.042
    is more than breaking at once for 0.042."""
    plan = solve_case(case(500, {"string.clawback_pct": {"jp": 10}}))
    assert plan.info.objective == pytest.approx(free(500) - 0.042, abs=1e-9)


def test_repayment_bears_interest() -> None:
    """10 % a year from the payment in 2026: at least two years when freed in 2028."""
    facts = {"string.clawback_pct": {"jp": 40}, "string.interest_pct": {"jp": 10}}
    due = 0.42 * 0.4 * 1.1**2
    assert due < 0.24
    early = 0.42 * 0.4  # broken in 2026 already, before a wafer is made
    assert worth(case(500, facts)) == pytest.approx(free(500) - min(early, due), abs=1e-9)


def test_a_fab_without_control_promises_nothing() -> None:
    held = case(500, strings={"on": True, "uncontrolled": ["jp_a"]})
    assert worth(held) == pytest.approx(free(500) - GRANT, abs=1e-9)


def test_programmes_without_strings_need_no_acceptance() -> None:
    plan = solve_case(case(1000, {"string.production_years": {"jp": None}}))
    assert "accept" not in plan.variables or not plan.values("accept")
    assert plan.info.objective == pytest.approx(free(1000), abs=1e-9)


def test_off_is_the_programme_without_their_data() -> None:
    off = build_model(case(500, strings={"on": False})).model
    none = tiny({**FACTS, "lane.freight_usd_per_wafer": {"JP|US": 500}}, ROWS, sites=PIN)
    bare = build_model(none).model
    assert list(off.lp_lines()) == list(bare.lp_lines())
    assert off.objective == bare.objective


# ------------------------------------------------------------------ guardrail
def expanding(**options: Any) -> Case:
    """An American fab is worth having, and so is the Japanese grant."""
    return case(
        0,
        {
            "site.room_modules": {"us_a": 1},
            "demand.wafers_mn": {("US|N16", 2026): 0.72},
            "string.guardrail_years": {"jp": 10},
            "string.guardrail_rank": {"jp": 3},
        },
        **options,
    )


def test_the_guardrail_has_no_rows_without_a_site_of_concern() -> None:
    built = build_model(expanding(guardrail={"on": True}))
    assert built.model.rules["guardrail.ban"].rows == {}
    assert worth(expanding(guardrail={"on": True})) == pytest.approx(worth(expanding()))


def test_the_guardrail_makes_the_firm_choose() -> None:
    """Either the grant of 0.42, or the American fab: whichever is worth more."""
    ban = {"on": True, "concern": ["US"]}
    plan = solve_case(expanding(guardrail=ban))
    american = any(i == "us_a" for i, _, _, _ in plan.values("modules"))
    assert american != accepted(plan)
    without_fab = worth(expanding().replace(scenario=_forbidding(expanding())))
    without_grant = worth(expanding(subsidy={"rate_scale": 0}))
    assert plan.info.objective == pytest.approx(max(without_fab, without_grant), abs=1e-9)
    assert plan.info.objective < worth(expanding()) - 0.1


def _forbidding(asked: Case) -> Any:
    rules = asked.scenario.sites.model_dump() | {"forbid": ("us_a",)}
    return asked.scenario.with_(sites=rules)


def test_the_guardrail_spares_older_classes_and_later_years() -> None:
    ban = {"on": True, "concern": ["US"]}
    for change in ({"string.guardrail_rank": {"jp": 4}}, {"string.guardrail_years": {"jp": 0}}):
        spared = expanding(guardrail=ban)
        facts = {f.key: f for f in spared.facts}
        ((name, rows),) = change.items()
        table, parameter = name.split(".")
        key = (table, "jp", parameter, None)
        from dataclasses import replace

        facts[key] = replace(facts[key], value=float(rows["jp"]))
        assert worth(spared.replace(facts=tuple(facts.values()))) == pytest.approx(
            worth(expanding())
        )


# ------------------------------------------------------------------ milestones
def test_money_held_back_is_worth_less() -> None:
    """At 10 % a year, 30 % of 0.42 comes in 2029 instead of 2026."""
    facts = {
        "finance.discount_rate_pct": {"firm": 10},
        "string.withheld_pct": {"jp": 30},
        "string.withheld_years": {"jp": 1},
    }
    late = worth(case(0, facts, milestones={"on": True}))
    assert late == pytest.approx(worth(case(0, facts)) - 0.3 * 0.42 * (1 - 1.1**-3), abs=1e-9)


def test_credits_wait_for_nothing() -> None:
    facts = {
        "finance.discount_rate_pct": {"firm": 10},
        "string.withheld_pct": {"jp": 30},
    }
    rows = {"programmes": {"jp": {"country": "JP", "instrument": "tax_credit", "covers": "fab"}}}
    late = worth(case(0, facts, rows, milestones={"on": True}))
    assert late == pytest.approx(worth(case(0, facts, rows)), abs=1e-12)


def test_what_is_held_back_can_be_cut() -> None:
    """A cut of half from 2028 on, certain: what was due in 2026 is safe, what waits loses half."""
    facts = {
        "string.withheld_pct": {"jp": 30},
        "string.withheld_years": {"jp": 1},
        "event.grant_cut_pct": {"cut": 50},
        "future.probability_pct": {"sure": 100},
    }
    rows = {
        "events": {"cut": {"persistent": "yes"}},
        "futures": {"sure": {"events": "cut@2028"}},
    }
    late = worth(case(0, facts, rows, milestones={"on": True}))
    assert late == pytest.approx(worth(case(0, facts, rows)) - 0.3 * 0.42 * 0.5, abs=1e-9)


# ------------------------------------------------------------------ upside
def booming(threshold: float = 0, demand: float = 0.24, **options: Any) -> Case:
    """Prices 40 % higher in 2028 and 2029 in one of two equally likely futures; no home fab."""
    facts: dict[str, dict[Any, float]] = {
        "existing.capacity_kwpm": {("tw_a|N16", 2026): 0},
        "string.utilisation_pct": {"jp": 0},
        "string.upside_share_pct": {"jp": 50},
        "string.upside_threshold_pct": {"jp": threshold},
        "event.price_factor": {"boom": 1.4},
        "event.demand_factor": {"boom": demand / 0.24},
        "future.probability_pct": {"calm": 50, "boom": 50},
    }
    rows = {
        "events": {"boom": {"persistent": "no"}},
        "futures": {"calm": {"events": ""}, "boom": {"events": "boom@2028"}},
    }
    return case(0, facts, rows, risk={"omega": 0}, **options)


def test_cash_above_plan_is_shared() -> None:
    """Plan 5,500 USD, boom 6,500: 1,000 x 0.24 mn x 2 years = 0.48; half of it, half likely."""
    shared = solve_case(booming(upside={"on": True}))
    assert shared.values("upside") == pytest.approx({("jp", "JP", "N16", 2028, "boom"): 0.48})
    assert shared.info.objective == pytest.approx(worth(booming()) - 0.12, abs=1e-9)


def test_cash_within_the_threshold_is_kept() -> None:
    """A plan 20 % higher is 6,600 USD, above the boom's 6,500."""
    assert worth(booming(20, upside={"on": True})) == pytest.approx(worth(booming(20)), abs=1e-9)


def test_a_half_empty_fab_earns_no_upside() -> None:
    """Half sold, the boom brings 1.56 of the 2.64 planned."""
    plan = solve_case(booming(0, 0.12, upside={"on": True}))
    assert plan.values("upside") == {}


def test_upside_without_strings_has_nothing_under_contract() -> None:
    off = booming(upside={"on": True}, strings={"on": False})
    assert worth(off) == pytest.approx(worth(booming()), abs=1e-9)
