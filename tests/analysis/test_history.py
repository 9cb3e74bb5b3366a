"""The case of 1986-1996: shares by hand, ranges of differences, and the shipped study."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import planner
from planner import api
from planner.analysis import history as study
from planner.api import past
from planner.core.errors import InputError
from planner.core.plan import Plan
from planner.inputs.load import data_root, scenario_root
from planner.outputs.history_page import write_history

FOLDER = scenario_root() / "history"


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> study.Solved:
    """The four plans at a wide gap, as the study writes them."""
    folder = tmp_path_factory.mktemp("history")
    said: list[str] = []
    found, written = past.history(folder, said.append, gap=0.02)
    assert [line.split(":")[0] for line in said] == list(study.NAMES)
    assert {p.name for p in written} >= {"history.html", "history_costs.csv", *study.NAMES}
    assert found["text"]
    return {name: api.load_run(folder / name) for name in study.NAMES}


def test_share_by_hand(solved: study.Solved) -> None:
    """3 of 12 wafers and 40 of 100 dollars come from abroad; what goes elsewhere does not count."""
    flows = pd.DataFrame(
        [
            ("JP", "JP", "MEM", 1986, 9.0, 60.0),
            ("XF", "JP", "LOG", 1986, 3.0, 40.0),
            ("XF", "US", "LOG", 1986, 50.0, 50.0),
        ],
        columns=["origin", "market", "product", "year", "wafers_mn", "value_usd_bn"],
    )
    plan: Plan = solved[study.WITH][0]
    made = replace(plan, tables={**plan.tables, "flows": flows})
    assert study.foreign_share_pct(made) == {1986: {"wafers_pct": 25.0, "value_pct": 40.0}}


def test_the_agreed_share_is_kept_and_binds(solved: study.Solved) -> None:
    kept = study.foreign_share_pct(solved[study.WITH][0])
    free = study.foreign_share_pct(solved[study.FREE][0])
    assert kept[1994]["wafers_pct"] == pytest.approx(20.0, abs=1e-4)
    assert all(free[t]["wafers_pct"] < kept[t]["wafers_pct"] for t in kept if t > 1986)


def test_costs_have_the_signs_theory_gives(solved: study.Solved) -> None:
    """Fewer choices never help, and each difference lies in its range."""
    found = study.history(solved)
    costs = {c["what"]: c for c in found["costs"]}
    assert all(c["low_usd_bn"] <= c["usd_bn"] <= c["high_usd_bn"] for c in costs.values())
    for words in ("Staying home, with the agreement", "Staying home, without the agreement"):
        assert costs[words]["high_usd_bn"] >= 0
        assert costs[words]["usd_bn"] > 1
    home = {p["name"]: p["new_kwpm_abroad"] for p in found["plans"]}
    assert home[study.WITH_HOME] == home[study.FREE_HOME] == 0
    assert home[study.WITH] > 0


def test_the_record_is_held_against_periods(solved: study.Solved) -> None:
    """1994 and 1995 stand at 22.4 and 25.4 %: 23.9 on average."""
    found = study.history(solved)
    last = found["held"][-1]
    assert last["period"] == 1994
    assert last["record_pct"] == pytest.approx((22.4 + 25.4) / 2)
    assert last["difference_pct"] == pytest.approx(last["plan_pct"] - last["record_pct"])


def test_files_are_the_same_twice(solved: study.Solved, tmp_path: Path) -> None:
    found = study.history(solved)
    first, again = (write_history(found, tmp_path / name) for name in "ab")
    assert first[0].name == "history.html"
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    text = first[0].read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert 'src="http' not in text


def test_the_world_of_a_case_stays_apart() -> None:
    """Nothing of 1986 is in today's data, nor the other way round."""
    then, now = planner.load(FOLDER / "history-agreement.yaml"), planner.load("base")
    assert not {f.where for f in then.facts} & {f.where for f in now.facts}
    assert "XF" not in now.ids("countries")
    assert (data_root() / "history-1986" / "sources.csv").is_file()


def test_an_unknown_world_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="history-1986"):
        planner.load(FOLDER / "history-agreement.yaml", ["data=history-1987"])
