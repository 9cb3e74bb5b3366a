"""Offers: the sum found is the least that is accepted, string by string and all together."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from planner.analysis.bench import Bench
from planner.analysis.flip import flip
from planner.analysis.offer import accepted, offer
from planner.analysis.offer_strings import Strings, rows_of
from planner.core.errors import InputError
from planner.solve.optimise import solve_case
from planner.solve.variant import Variant
from tests.oracle.test_brute_force import as_case, draw
from tests.rich import plainer
from tests.tiny import tiny


def test_without_strings_it_is_the_flip() -> None:
    """US loses to JP by 0.04 (see flip): that buys one fab, and nothing more is asked."""
    case = tiny()
    plan = solve_case(case)
    found = offer(plan, case, "US")
    assert found["subsidy_usd_bn"] == pytest.approx(0.04, abs=1e-6)
    assert found["subsidy_usd_bn"] == pytest.approx(flip(plan, case, "US")["subsidy_usd_bn"])
    assert found["checked"] == {"accepts_above": True, "declines_below": True}
    assert found["apart"] == []


def test_a_host_that_wins_anyway_pays_nothing() -> None:
    case = tiny()
    found = offer(solve_case(case), case, "JP")
    assert found["subsidy_usd_bn"] == 0
    assert found["checked"]["declines_below"] is None
    assert "without a subsidy" in found["text"]


def test_two_modules_cost_both_buildings() -> None:
    """The N2 module moves too: its building is dearer by 0.4, of which 20 % is used up: 0.08."""
    case = tiny()
    found = offer(solve_case(case), case, "US", Strings(modules=2))
    assert found["subsidy_usd_bn"] == pytest.approx(0.04 + 0.08, abs=1e-6)


def test_strings_bind_and_are_priced_one_by_one() -> None:
    case = plainer()
    plan = solve_case(case)
    asked = Strings(modules=2, by=2028, products=("N2", "N16"), loading_pct=90, stay_out=("JP",))
    found = offer(plan, case, "US", asked)
    assert found["possible"]
    assert found["checked"]["accepts_above"] is True
    names = [r["string"] for r in found["apart"]]
    assert names == ["2 modules", "begun by 2028", "class N2 or N16", "loaded to 90 %",
                     "no new modules in JP"]  # fmt: skip
    alone = [r["subsidy_usd_bn"] for r in found["apart"]]
    assert all(found["subsidy_usd_bn"] >= a - 1e-6 for a in alone)
    assert all(r["adds_usd_bn"] >= -1e-6 for r in found["apart"])


@pytest.mark.parametrize("seed", range(6))
def test_acceptance_turns_at_the_sum_on_random_cases(seed: int) -> None:
    case = as_case(draw(seed))
    plan = solve_case(case)
    for host, modules in itertools.product(("US", "JP"), (1, 2)):
        asked = Strings(modules=modules, stay_out=("TW",) if seed % 2 else ())
        found = offer(plan, case, host, asked)
        if not found["possible"]:
            continue
        bench, amount = Bench(plan, case), found["subsidy_usd_bn"]
        assert accepted(bench, host, asked, amount + 1e-4) is True
        if amount > 1e-4:
            assert accepted(bench, host, asked, amount - 1e-4) is False
            assert found["checked"]["declines_below"] is True
        more = offer(plan, case, host, Strings(modules=modules + 1, stay_out=asked.stay_out))
        if more["possible"]:
            assert more["subsidy_usd_bn"] >= amount - 1e-6


def test_one_site_of_a_host_asks_what_forcing_it_costs() -> None:
    """A fab at one site with strings: at least what the host needs anywhere, checked both sides."""
    case = plainer()
    plan = solve_case(case)
    here = Strings(modules=1, by=2028, at=("us_a",))
    found = offer(plan, case, "US", here)
    anywhere = offer(plan, case, "US", Strings(modules=1, by=2028))
    assert found["subsidy_usd_bn"] >= anywhere["subsidy_usd_bn"] - 1e-6
    assert "at us_a" in [r["string"] for r in found["apart"]]
    amount = found["subsidy_usd_bn"]
    bench = Bench(plan, case)
    assert accepted(bench, "US", here, amount + 1e-4) is True
    if amount > 1e-4:
        assert accepted(bench, "US", here, amount - 1e-4) is False
    assert {r["host"] for r in found["others"]} == {"JP"}
    with pytest.raises(InputError, match="lies in JP"):
        offer(plan, case, "US", Strings(at=("jp_a",)))


def test_loading_holds_in_every_state() -> None:
    case = plainer()
    plan = solve_case(case)
    bench = Bench(plan, case)
    rows = rows_of(bench, "JP", Strings(loading_pct=80))
    assert rows is not None
    outcome = bench.solve(Variant(rows=tuple(rows)))
    assert outcome is not None
    for name, terms, _, right in rows:
        assert sum(a * outcome.values[j] for j, a in terms) >= right - 1e-6, name
    assert any(name.startswith("offer.loading") for name, *_ in rows)


def test_what_nobody_can_keep_is_said() -> None:
    case = tiny()
    plan = solve_case(case)
    found: dict[str, Any] = offer(plan, case, "US", Strings(modules=9))
    assert not found["possible"]
    assert "No plan keeps" in found["text"]
    assert not offer(plan, case, "US", Strings(by=2020))["possible"]
    assert not offer(plan, case, "US", Strings(centre=True))["possible"]


def test_wrong_names_are_told_together() -> None:
    case = tiny()
    plan = solve_case(case)
    with pytest.raises(InputError) as error:
        offer(plan, case, "US", Strings(products=("N17",), stay_out=("JPN",)))
    assert {i.where for i in error.value.issues} == {"--class", "--stay-out"}
    free = tiny(weights={"subsidy": 0})
    with pytest.raises(InputError, match="weight 0"):
        offer(solve_case(free), free, "US")
