"""The backtest: data frozen by month, candidates by hand, ranks and hits, the shipped decisions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import planner
from planner.analysis.backtest import one
from planner.analysis.backtest_summary import summary
from planner.analysis.freezing import frozen
from planner.api import past
from planner.core.case import Case
from planner.core.errors import InputError
from planner.inputs.decisions import Decision, Known, read_decisions
from planner.inputs.load import data_root
from tests.rich import each_pool
from tests.tiny import tiny


def decision(**changes: Any) -> Decision:
    fields: dict[str, Any] = {
        "id": "x", "title": "X", "firm": "F", "announced": "2023-05", "scenario": "tiny",
        "kind": "fab", "product": "N16", "kwpm": 10.0, "site": "us_a", "outcome": "built",
        "source": "s", "grade": "A", "note": "",
    }  # fmt: skip
    return Decision(**{**fields, **changes})


def small() -> Case:
    """The tiny case with people to count."""
    pools = {"pool.stock_thousand": each_pool(10), "pool.accessible_pct": each_pool(10)}
    return tiny(pools)


def known(table: str, entity: str, since: str, value: float | None = None) -> Known:
    return Known(table, entity, "rate_pct", since, value, "s")


def test_ranks_and_gap_by_hand() -> None:
    """A building in the US costs 0.2 more, of which 80 % is left at the end: 0.04 behind Japan."""
    row = one(decision(), small(), ())
    assert (row["best"], row["rank_planner"], row["candidates"]) == ("jp_a", 2, 2)
    assert row["gap_usd_bn"] == pytest.approx(0.04, abs=1e-6)
    assert row["hit_planner"] == 0
    assert row["hit_random"] == 0.5
    assert row["rank_random"] == 1.5
    assert row["weights"] is not None, "no weight on cost, and the two are level"
    assert one(decision(site="jp_a"), small(), ())["rank_planner"] == 1


def test_the_outcome_does_not_move_the_figures() -> None:
    """Hidden outcome: only what is said about it changes."""
    rows = [one(decision(outcome=o), small(), ()) for o in ("built", "none")]
    for row in rows:
        row.pop("outcome")
    assert rows[0] == rows[1]


def test_programmes_are_those_of_the_month() -> None:
    case = planner.load("base")
    dated = (
        known("programme", "us_48d_35", "2022-08", 25.0),
        known("programme", "us_48d_35", "2025-07"),
        known("tariff", "us_232_phase2_tw", "2026-01"),
    )
    rates = {
        month: frozen(case, dated, month)[0].value("programme.rate_pct", "us_48d_35")
        for month in ("2022-08", "2022-09", "2025-07", "2025-08")
    }
    assert rates == {"2022-08": 0.0, "2022-09": 25.0, "2025-07": 25.0, "2025-08": 35.0}
    made, said = frozen(case, dated, "2020-01")
    assert made.value("tariff.rate_pct", "us_232_phase2_tw", year=2030) == 0
    assert any("us_48d_35" in words for words in said)


def test_plants_futures_and_the_outbound_rule_wait_for_their_month() -> None:
    case = planner.load("base")
    dated = (
        known("existing", "us_phoenix", "2020-05"),
        known("event", "tariff_escalation", "2025-02"),
        known("outbound", "", "2025-04"),
    )
    before, said = frozen(case, dated, "2020-05")
    assert before.value("existing.capacity_kwpm", "us_phoenix", "N5", year=2026) == 0
    assert not any("tariff_escalation" in r["events"] for r in before.registers["futures"].values())
    names = before.registers["futures"]
    assert sum(before.value("future.probability_pct", n) for n in names) == pytest.approx(100)
    assert before.scenario.concepts["outbound"]["on"] is False
    assert len(said) == 3
    after, nothing = frozen(case, dated, "2025-05")
    assert after.digest == case.digest
    assert nothing == ()


def row(
    rank: float, of: int, hit: float, outcome: str = "built", yes: bool = True
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "title": "t", "outcome": outcome, "candidates": of, "built_predicted": yes,
        "weights": None, "rank_random": (of + 1) / 2, "hit_random": 0.25,
    }  # fmt: skip
    for name in ("planner", "cheapest", "subsidy", "talent"):
        made |= {f"rank_{name}": rank if name == "planner" else of, f"hit_{name}": hit}
    return made


def test_summary_by_hand() -> None:
    """First of 11 and sixth of 11: 0 and 0.5; one of two countries; two of three verdicts."""
    rows = [row(1, 11, 1.0), row(6, 11, 0.0, yes=False), row(3, 11, 0.0, "none", yes=False)]
    found = summary(rows)
    mine = found["methods"][0]
    assert found["sited"] == 2
    assert mine["relative_rank"] == pytest.approx(0.25)
    assert mine["country_hits_pct"] == pytest.approx(50)
    assert mine["top_three_pct"] == pytest.approx(50)
    assert mine["relative_rank_low"] <= 0.25 <= mine["relative_rank_high"]
    assert (found["verdicts_right"], found["always_yes_right"]) == (2, 2)
    assert summary(rows) == found


def test_the_shipped_decisions_are_sourced_and_name_what_is_there() -> None:
    decisions, dated = read_decisions(data_root())
    case = planner.load("base")
    sources = set(case.sources)
    assert len(decisions) >= 12
    assert {d.outcome for d in decisions} == {"built", "dropped", "none"}
    for d in decisions:
        assert d.source in sources
        assert not d.site or d.site in case.ids("targets" if d.kind == "buy" else "sites")
    for k in dated:
        assert k.source in sources
        registers = {"programme": "programmes", "tariff": "tariff_measures", "event": "events",
                     "existing": "sites"}  # fmt: skip
        assert k.table == "outbound" or k.entity in case.ids(registers[k.table])


def test_one_decision_from_the_verb(tmp_path: Path) -> None:
    found, written = past.backtest(tmp_path / "out", "tsukuba_2021")
    assert [p.name for p in written] == [
        "backtest.html", "backtest_decisions.csv", "backtest_methods.csv",
    ]  # fmt: skip
    assert found["decisions"][0]["candidates"] >= 5
    text = written[0].read_text(encoding="utf-8")
    assert "TSMC Tsukuba 3D-IC centre" in text
    assert 'src="http' not in text
    with pytest.raises(InputError, match="tsukuba_2021"):
        past.backtest(tmp_path, "tsukuba_2012")


def test_wrong_rows_are_told_together(tmp_path: Path) -> None:
    folder = tmp_path / "backtest"
    folder.mkdir()
    for name in ("decisions.csv", "known.csv"):
        text = (data_root() / "backtest" / name).read_text(encoding="utf-8")
        text = text.replace(",2020-05,", ",May 2020,", 1).replace(",fab,", ",fabs,", 1)
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_decisions(tmp_path)
    said = str(error.value)
    assert "'May 2020' is not a month" in said
    assert "Did you mean 'fab'?" in said
    assert "known.csv" in said
