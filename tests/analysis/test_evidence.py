"""Evidence: shares of grades by hand, each kind of doubt, and whom a changed number moves."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

import planner
from planner.analysis.evidence import doubts, grades, moved
from planner.analysis.numbers import relevant
from planner.core.case import Case, Fact
from planner.interfaces.cli import main
from planner.solve.optimise import solve_case
from tests.tiny import tiny

TODAY = datetime.date(2026, 11, 24)
SOURCES = {
    "own-estimate": {"url": "", "accessed": "2026-01-01", "grade": "D"},
    "press": {"url": "https://example.org/a", "accessed": "2026-01-01", "grade": "C"},
    "old": {"url": "https://example.org/b", "accessed": "2024-01-01", "grade": "B"},
    "bare": {"url": "", "accessed": "2026-01-01", "grade": "B"},
}


def fact(**changes: Any) -> Fact:
    fields: dict[str, Any] = {
        "table": "site", "entity": "us_a", "parameter": "site_cost_usd_bn", "period": None,
        "value": 1.0, "low": 0.5, "high": 2.0, "unit": "USD bn", "price_year": "2025",
        "source": "press", "grade": "C", "note": "n",
    }  # fmt: skip
    return Fact(**{**fields, **changes})


def kinds(*facts: Fact) -> list[str]:
    case: Case = tiny().replace(facts=facts, sources=SOURCES)
    return [d["kind"] for d in doubts(case, TODAY)]


def test_a_sound_number_has_no_doubt() -> None:
    assert kinds(fact()) == []


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"source": "old", "grade": "B"}, "stale"),
        ({"price_year": "2015"}, "stale"),
        ({"source": "nowhere"}, "unsourced"),
        ({"source": "bare", "grade": "B"}, "unsourced"),
        ({"source": "own-estimate", "grade": "D", "note": ""}, "unsourced"),
        ({"source": "own-estimate", "grade": "B"}, "inconsistent"),
        ({"grade": "A"}, "inconsistent"),
        ({"price_year": ""}, "inconsistent"),
        ({"high": 40.0}, "inconsistent"),
    ],
)
def test_each_doubt_is_told(changes: dict[str, Any], kind: str) -> None:
    assert kind in kinds(fact(**changes))


def test_the_odd_one_out_is_told() -> None:
    """Nine values around 1 and one of 9: far beyond six times the spread of the logarithms."""
    near = [fact(entity=f"s{n}", value=1 + n / 20) for n in range(9)]
    assert kinds(*near) == []
    assert kinds(*near, fact(entity="odd", value=9.0, high=10.0)) == ["outlying"]


def test_shares_by_hand() -> None:
    """A series with two grades counts twice, one with a single grade once."""
    case = tiny()
    known = {(f.entity, f.parameter): f for f in relevant(case) if f.table == "site"}
    some = [known[i, "room_modules"] for i in ("tw_a", "us_a", "jp_a")]
    made = [
        replace(some[0], grade="A"), replace(some[1], grade="B"),
        replace(some[1], grade="D", period=2030, low=0.0, high=1.0),
        replace(some[2], grade="D", low=1.0, high=1.0),
        replace(some[2], grade="D", period=2030, low=0.0, high=1.0),
    ]  # fmt: skip
    found = grades(case.replace(facts=tuple(made)))
    assert found["total"] == {"A": 1, "B": 1, "C": 0, "D": 2}
    assert found["good_pct"] == pytest.approx(50)
    assert len(found["weak_without_range"]) == 1
    assert found["rows"] == 5


def test_numbers_no_rule_reads_do_not_count() -> None:
    case = planner.load("base")
    tables = {t["table"] for t in grades(case)["tables"]}
    assert "target" not in tables, "no fab may be bought in the base case"
    assert {"site", "pool", "programme"} <= tables


def test_whom_a_change_moves() -> None:
    """Japan is ahead of the US by 0.04: land there 0.03 dearer moves nothing, 0.05 does."""

    def with_cost(more: float) -> Case:
        case = tiny()
        facts = [
            replace(f, value=f.value + more)
            if (f.parameter, f.entity) == ("site_cost_usd_bn", "jp_a") else f
            for f in case.facts
        ]  # fmt: skip
        return case.replace(facts=tuple(facts))

    before = (solve_case(tiny()), tiny())
    little, much = (with_cost(x) for x in (0.03, 0.05))
    kept, gone = (moved(before, (solve_case(case), case)) for case in (little, much))
    assert (kept["sure"], kept["same"]) == (False, True)
    assert kept["old_plan_usd_bn"] == pytest.approx(kept["new_value_usd_bn"])
    assert gone["sure"]
    assert gone["new_value_usd_bn"] - gone["old_plan_usd_bn"] == pytest.approx(0.01, abs=1e-6)
    assert gone["come"]
    assert gone["gone"]


def test_the_verb(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evidence", "--grades"]) == 0
    assert "A or B" in capsys.readouterr().out
    assert main(["evidence", "--check"]) == 0
    assert "doubts in" in capsys.readouterr().out
    wrong = "facts.programme.jp_5g_nedo.budget_usd=*2"
    assert main(["evidence", "--effect", wrong, "--scenarios", "base"]) == 2
    assert "budget_usd_bn" in capsys.readouterr().err
