"""Text and form of the web app: the command line's own messages, changes that keep the text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner import api
from planner.core.errors import InputError
from planner.interfaces import web_form
from planner.interfaces.cli import main

GOOD = """\
# why this scenario exists
extends: risk-averse
name: mine   # short
weights: {risk: 2, cost: 1.5}
sites:
  pin:
    - {site: us_phoenix, product: N5}
"""
BAD = {
    "unknown field": "extends: base\nname: x\nweightz: {risk: 1}\n",
    "unknown option": "extends: base\nname: x\nconcepts: {subsidy: {budgett: 3}}\n",
    "unknown concept": "extends: base\nname: x\nconcepts: {subsidi: {on: true}}\n",
    "out of range": "extends: base\nname: x\nhorizon: {periods: 99}\nweights: {risk: -1}\n",
    "unknown site": "extends: base\nname: x\nsites: {forbid: [us_dalas]}\n",
    "unknown base": "extends: bse\nname: x\n",
    "no name": "title: only\n",
    "not YAML": "extends: base\nname: [x\n",
    "a list": "- a\n- b\n",
    "empty": "",
    "twice": "name: a\nname: b\n",
    "alias": "name: x\ntitle: &a b\nquestion: *a\n",
    "tag": "name: !!python/object:os.system x\n",
    "deep": "name: x\ntitle: " + "[" * 40 + "]" * 40 + "\n",
    "control sign": "name: x\ntitle: a\x07b\n",
    "fact": "extends: base\nname: x\noverrides:\n  - {table: programme, entity: nobody, "
    "parameter: budget_usd_bn, factor: 2, reason: r}\n",
    "both": "extends: base\nname: X X\nweights: {risk: no}\noverrides:\n  - {table: a, entity: b, "
    "parameter: c, value: 1, factor: 2, reason: r}\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_messages_are_those_of_the_command_line(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(web_form.FILE).write_text(text, encoding="utf-8")
    assert main(["check", web_form.FILE, "--json"]) == 2
    told = json.loads(capsys.readouterr().out)["issues"]
    found = web_form.examined(text)["issues"]
    assert [{k: i[k] for k in told[0]} for i in found] == told
    assert main(["check", web_form.FILE]) == 2
    assert capsys.readouterr().err.rstrip("\n") == "\n".join(i["text"] for i in found)


def test_a_good_text_has_no_problem_and_a_form() -> None:
    found = web_form.examined(GOOD)
    assert found["issues"] == []
    form = found["form"]
    assert form["weights"] == {"subsidy": 1.0, "cost": 1.5, "talent": 1.0, "risk": 2.0}
    assert form["sites"]["pin"] == [
        {"site": "us_phoenix", "product": "N5", "modules": 1, "by": None}
    ]
    assert form["concepts"]["strings"]["on"] is False


def test_issues_point_at_their_line() -> None:
    [issue] = web_form.examined("extends: base\nname: x\n\nweightz: {risk: 1}\n")["issues"]
    assert issue["line"] == 4


def test_a_change_keeps_the_rest_of_the_text() -> None:
    changed = web_form.edited(GOOD, [(["weights", "risk"], 3)])
    assert changed == GOOD.replace("risk: 2", "risk: 3")


def test_a_value_it_would_have_anyway_is_left_out() -> None:
    inherited = web_form.form_values("extends: cost-first\nname: a\n")
    assert inherited is not None
    cost = inherited["weights"]["cost"]
    assert cost != 1  # the scenario it extends sets it
    changed = web_form.edited("extends: cost-first\nname: a\n", [(["weights", "cost"], 1)])
    assert "cost: 1" in changed
    assert web_form.edited(changed, [(["weights", "cost"], cost)]) == (
        "extends: cost-first\nname: a\n"
    )


def test_taking_out_the_last_of_a_block_takes_out_the_block() -> None:
    text = "extends: base\nname: a\nsites:\n  forbid: [us_boise]\n"
    assert web_form.edited(text, [(["sites", "forbid"], [])]) == "extends: base\nname: a\n"


@pytest.mark.parametrize("text", ["name: [", "a: &x 1\nb: *x\n", ""])
def test_what_cannot_be_read_cannot_be_changed(text: str) -> None:
    with pytest.raises(InputError):
        web_form.edited(text, [(["name"], "b")])


def test_a_field_inside_a_value_is_refused() -> None:
    with pytest.raises(InputError, match="'weights' is not a block"):
        web_form.edited("name: a\nweights: 3\n", [(["weights", "risk"], 3)])


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(["subsidy", "cost", "talent", "risk"]),
    value=st.floats(0, 10, allow_nan=False).map(lambda v: round(v, 3)),
)
def test_what_is_set_is_what_the_form_shows(name: str, value: float) -> None:
    form = web_form.form_values(web_form.edited(GOOD, [(["weights", name], value)]))
    assert form is not None
    assert form["weights"][name] == value


@pytest.mark.parametrize("title", ["<b>&'\"", "a: b # c", "- x", "'", "\\n{}", "line\nline", "啊"])
def test_any_title_survives(title: str) -> None:
    changed = web_form.edited(GOOD, [(["title"], title)])
    form = web_form.form_values(changed)
    assert form is not None
    assert form["title"] == title


def test_fields_of_a_run_become_a_text_that_means_the_same() -> None:
    scenario = api.load("everything").scenario.model_dump(mode="json")
    text = web_form.as_text(scenario)
    assert web_form.problems(text) == ()
    form = web_form.form_values(text)
    again = web_form.form_values("extends: everything\nname: everything\n")
    assert form == again


def test_every_field_of_the_form_says_what_it_is() -> None:
    schema = web_form.schema()
    assert {c["name"] for c in schema["concepts"]} >= {"subsidy", "talent", "risk", "outbound"}
    for concept in schema["concepts"]:
        assert concept["about"], concept["name"]
        for field in concept["fields"]:
            assert field["about"], (concept["name"], field["name"])
            assert field["kind"] in ("bool", "integer", "number", "text", "choice", "yaml")
    subsidy = next(c for c in schema["concepts"] if c["name"] == "subsidy")
    cap = next(f for f in subsidy["fields"] if f["name"] == "cumulation_pct")
    assert (cap["kind"], cap["empty"]) == ("number", True)
    periods = next(f for f in schema["horizon"] if f["name"] == "periods")
    assert (periods["kind"], periods["ge"], periods["le"]) == ("integer", 1, 40)


def test_the_command_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "planner.interfaces.web_server", raising=False)
    assert main(["serve", "--port", "0"]) == 2
