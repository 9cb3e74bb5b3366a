"""The option to wait, as a user asks for it: figures, words, page, command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import planner
from planner.analysis.wait import first_news, wait
from planner.core.errors import InputError
from planner.model.assemble import prepare
from planner.outputs.wait_page import rows, write_wait_page
from planner.solve.optimise import solve_case
from tests.rich import rich
from tests.solve.test_stages import slump


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    case = slump()
    return wait(solve_case(case, gap=0.0), case, gap=0.0, seconds=30)


def test_price_and_bounds(found: dict[str, Any]) -> None:
    """0.4 x 2 x 0.48496 (see test_stages); the first date that tells is 2028."""
    assert found["at"] == [2028]
    assert found["price_usd_bn"] == pytest.approx([0.387968, 0.387968], abs=1e-6)
    assert found["now_usd_bn"] == pytest.approx([0, 0], abs=1e-9)
    assert (found["status"], found["asked_gap"]) == ("optimal", 0.0)
    assert "USD 0.39 to 0.39 bn" in found["text"]
    assert "waiting is proved to pay" in found["text"]
    assert [round(leaf["value_usd_bn"], 5) for leaf in found["leaves"]] == [0.96992, 0]


def test_nodes_say_what_waits(found: dict[str, Any]) -> None:
    root, boom, bust = found["nodes"]
    assert (root["moves"], root["news"], root["chance"]) == ([], "before any news", 1)
    assert boom["news"] == "nothing has happened"
    assert bust["news"] == "2026: slump"
    move = boom["moves"][0]
    assert (move["site"], move["number"], move["whatever"]) == ("tw_a", 2, False)
    assert bust["moves"] == []


def test_the_scenario_may_name_the_dates() -> None:
    case = rich(stages=(2030,))
    answer = planner.ask("wait", solve_case(case), case, seconds=20)
    assert answer["at"] == [2030]
    assert answer["price_usd_bn"][0] >= 0
    assert answer["found_usd_bn"] >= -1e-9


def test_nothing_to_wait_for() -> None:
    case = rich(futures=["calm"])
    assert first_news(prepare(case)[0]) == ()
    with pytest.raises(InputError, match="E761"):
        wait(solve_case(case), case)


def test_page(found: dict[str, Any], tmp_path: Path) -> None:
    write_wait_page(found, slump(), tmp_path / "wait.html")
    text = (tmp_path / "wait.html").read_text(encoding="utf-8")
    assert "2028 TW N2: 2 modules" in text
    assert "nothing more begins" in text
    assert "default-src 'none'" in text
    assert rows(found, slump()) == [
        ["nothing has happened", "40%", "2028", "TW", "tw_a", "modules", "N2 expansion", "2"]
    ]


def test_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from planner import api
    from planner.interfaces.cli import app

    case = slump()
    plan = solve_case(case, gap=0.0)
    monkeypatch.setattr(api, "load_run", lambda run: (plan, case))
    page = tmp_path / "w.html"
    ran = CliRunner().invoke(
        app, ["wait", str(tmp_path), "--at", "2028", "--json", "--out", str(page)]
    )
    assert ran.exit_code == 0, ran.output
    answer = json.loads(ran.stdout)
    assert answer["price_usd_bn"][0] == pytest.approx(0.387968, abs=1e-6)
    assert page.is_file()
    words = CliRunner().invoke(app, ["wait", str(tmp_path), "--out", str(page)])
    assert "on this news" in words.stdout
    wrong = CliRunner().invoke(app, ["wait", str(tmp_path), "--at", "soon"])
    assert wrong.exit_code == 2
