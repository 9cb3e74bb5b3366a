"""Why and roadmap against forbidding sites by hand."""

from __future__ import annotations

import itertools

import pytest

from planner.analysis.roadmap import roadmap
from planner.analysis.why import why
from planner.core.errors import InputError
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.tiny import tiny


@pytest.mark.parametrize("make", [tiny, rich])
def test_worth_is_the_difference_to_forbidding_it(make) -> None:  # noqa: ANN001
    case = make()
    plan = solve_case(case)
    found = why(plan, case, "jp_a")
    without = solve_case(case.replace(scenario=case.scenario.with_(sites={"forbid": ["jp_a"]})))
    assert found["worth"]["usd_bn"] == pytest.approx(
        plan.info.objective - without.info.objective, abs=1e-6
    )
    assert sum(found["by_group"].values()) == pytest.approx(found["worth"]["usd_bn"], abs=1e-6)


def test_the_runner_up_takes_its_place() -> None:
    """Without JP home takes its second module and US the third: the 0.04 of why-not's example."""
    case = tiny()
    found = why(solve_case(case), case, "jp_a")
    assert found["runner_up"]["kwpm_more"] == 20
    assert found["runner_up"]["site"] in ("tw_a", "us_a")
    assert found["worth"]["usd_bn"] == pytest.approx(0.04, abs=1e-6)


def test_asking_why_of_a_site_that_is_out_is_told() -> None:
    case = tiny()
    with pytest.raises(InputError, match="whynot"):
        why(solve_case(case), case, "us_a")


def test_the_roadmap_is_the_best_of_every_subset() -> None:
    case = tiny()
    found = roadmap(solve_case(case), case, 2)
    for row in found["path"]:
        best = -1e9
        for n in range(row["moves"] + 1):
            for names in itertools.combinations(("us_a", "jp_a"), n):
                out = [i for i in ("us_a", "jp_a") if i not in names]
                rules = case.scenario.with_(sites={"forbid": out})
                best = max(best, solve_case(case.replace(scenario=rules)).info.objective)
        assert row["value_usd_bn"] == pytest.approx(best, abs=1e-6)
        assert len(row["sites"]) <= row["moves"]
    gains = [r["gain_usd_bn"] for r in found["path"]]
    assert min(gains) >= 0
