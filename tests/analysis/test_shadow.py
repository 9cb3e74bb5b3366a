"""Prices: one more and one less are worth what it says within the range, and not beyond it."""

from __future__ import annotations

from typing import Any

import pytest

from planner.analysis.bench import Bench
from planner.analysis.shadow import reach, shadow_prices
from planner.analysis.shadow_limits import Limit, limits_of
from planner.core.case import Case
from planner.model.assemble import build_model
from planner.solve.held_session import HeldLp
from planner.solve.optimise import solve_case
from planner.solve.variant import held_at, search
from tests.rich import plainer, rich
from tests.tiny import tiny


def freshly(bench: Bench, limit: Limit, change: float) -> float | None:
    """Optimum with so much more of a limit, from a programme handed over anew."""
    model = held_at(bench.model, bench.values, set())
    model.rows, model.high = [*model.rows], [*model.high]
    for n, a in limit.rows:
        name, terms, sense, right = model.rows[n]
        model.rows[n] = (name, terms, sense, right + change * a)
    for j, a in limit.highs:
        model.high[j] = float(model.high[j] or 0.0) + change * a
    answer = search(model, 0.0, 20.0)
    return None if answer is None or answer.values is None else answer.objective


@pytest.mark.parametrize("make", [rich, plainer])
def test_a_price_holds_where_it_says_and_is_another_one_beyond(make: Any) -> None:
    case: Case = make()
    plan = solve_case(case)
    bench = Bench(plan, case)
    lp = HeldLp(bench.model, bench.values)
    known = {(x.rule, x.key): x for x in limits_of(bench.built, case, lp)}
    found = shadow_prices(plan, case, most=5)["limits"]
    assert found
    for row in found:
        limit = known[row["rule"], row["key"]]
        sides = [(row["price_usd_bn"], row["holds_up"])]
        if row["one_less_usd_bn"] is not None:
            sides.append((row["one_less_usd_bn"], row["holds_down"]))
        width = abs(limit.now) if limit.now else 1.0
        for price, far in sides:
            got = freshly(bench, limit, far)
            assert got is not None
            assert got - lp.worth == pytest.approx(price * far, abs=1e-5), row["text"]
            beyond = 1.2 * far + (1e-2 if far > 0 else -1e-2) * width
            if far and abs(beyond) < width:
                got = freshly(bench, limit, beyond)
                assert got is None or abs(got - lp.worth - price * beyond) > 1e-7, row["text"]


def test_a_market_buys_more_until_capacity_ends() -> None:
    """One more million wafers of N16 sells for price less materials, while capacity lasts.

    0.1 of the module's 0.24 is asked for, so 0.14 more can be sold.
    """
    case = tiny({"demand.wafers_mn": {("US|N16", 2026): 0.1}})
    found = shadow_prices(solve_case(case), case, most=30)
    row = next(r for r in found["limits"] if r["rule"] == "sales.demand" and "N16" in r["key"])
    assert row["price_usd_bn"] == pytest.approx(2 * (5000 - 500) / 1000)
    assert row["holds_up"] == pytest.approx(0.1), "looked for as far as doubling it"
    assert "bn per mn wafers/year more" in row["text"]


def test_people_have_the_price_of_the_wage_step_they_spare() -> None:
    """Home needs more engineers than its first wage step holds: one more spares the premium."""
    case = rich()
    bench = Bench(solve_case(case), case)
    lp = HeldLp(bench.model, bench.values)
    people = [x for x in limits_of(bench.built, case, lp) if x.rule == "talent.tier"]
    for limit in people:
        got = freshly(bench, limit, 1e-4)
        assert got is not None
        assert got - lp.worth == pytest.approx(1e-4 * limit.price, rel=1e-3, abs=1e-9)
    assert people, "some pool is tight in the rich case"


def test_land_and_the_outbound_rule_are_steps_between_optima() -> None:
    """Land for a third module in Japan: the optimum with it less the optimum without."""
    case = tiny()
    plan = solve_case(case)
    found = shadow_prices(plan, case)
    more = {s["key"]: s for s in found["steps"] if s["kind"] == "room"}
    assert "jp_a" in more
    for site, step in more.items():
        wider = tiny({"site.room_modules": {site: 3}})
        want = solve_case(wider).info.objective - plan.info.objective
        assert step["exact"]
        assert step["worth_usd_bn"] == pytest.approx(want, abs=1e-6)


def test_a_looser_outbound_rule_is_worth_what_a_solve_says() -> None:
    facts = {"frontier.rank": {("world", 2026): 7},
             "outbound.gap_generations": {("US", 2026): 1, ("JP", 2026): 1}}  # fmt: skip
    case = tiny(facts)
    plan = solve_case(case)
    steps = [s for s in shadow_prices(plan, case)["steps"] if s["kind"] == "outbound"]
    assert {s["key"] for s in steps} == {"US", "JP"}
    for step in steps:
        loose = {("US", 2026): 1, ("JP", 2026): 1, (step["key"], 2026): 0}
        want = solve_case(tiny(facts | {"outbound.gap_generations": loose})).info.objective
        assert step["worth_usd_bn"] == pytest.approx(want - plan.info.objective, abs=1e-6)


def test_kinds_without_a_limit_say_so() -> None:
    case = tiny()
    found = shadow_prices(solve_case(case), case)
    assert "quota: the scenario has no limit" in found["text"]
    assert set(found["silent"]) >= {"quota", "ratio"}


def test_every_row_told_is_of_the_model() -> None:
    case = rich()
    names = {name for name, *_ in build_model(case).model.rows}
    for row in shadow_prices(solve_case(case), case)["limits"]:
        if row["rule"] != "talent.tier":
            assert any(name.startswith(f"{row['rule']}[{row['key']}") for name in names), row


def test_the_programme_is_as_before_after_every_question() -> None:
    case = rich()
    bench = Bench(solve_case(case), case)
    lp = HeldLp(bench.model, bench.values)
    assert lp.worth == pytest.approx(bench.plan.info.objective, abs=1e-6)
    for limit in limits_of(bench.built, case, lp)[:10]:
        limit.worth(lp, 0.5)
        limit.worth(lp, -0.5)
    again = lp.moved()
    assert again is not None
    assert again[0] == pytest.approx(lp.worth, abs=1e-9)


def test_reach_stops_where_the_line_bends() -> None:
    def bent(change: float) -> float:
        return 2.0 * min(change, 3.0)

    assert reach(bent, 2.0, 0.01, 100.0) == pytest.approx(3.0, rel=0.02)
    assert reach(bent, 2.0, -0.01, -5.0) == -5.0
