"""Sections of answers: every question has its picture, every number of it is on the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from planner.core.case import Case
from planner.inputs.load import data_root
from planner.outputs import charts_answers
from planner.outputs.answers import SHORT, TITLES, sections, write_answers
from planner.outputs.charts_answers import Point
from tests.outputs.test_regret_page import with_places
from tests.rich import rich

DATA = data_root()

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def case() -> Case:
    return with_places(rich())


def answers(case: Case) -> list[dict[str, Any]]:
    site = case.ids("sites")[-1]
    point = {"value_usd_bn": 10.0, "subsidy": 2.0, "sites": [site], "knee": False}
    knee = {**point, "value_usd_bn": 9.0, "subsidy": 1.0, "knee": True}
    three = [{**p, "cvar": 3.0 * n} for n, p in enumerate((point, knee))]
    bar = {"input": f"a.b_c of {HOSTILE}", "value": 1.0, "low": 0.5, "high": 2.0, "unit": "USD"}
    return [
        {"question": "roadmap", "text": "moves", "plan_gap": 0.001, "path": [
            {"moves": 1, "value_usd_bn": 7.0, "gain_usd_bn": 2.5, "added": [site], "dropped": []}]},
        {"question": "alternatives", "text": "others", "plans": [{"sites": [site]}], "sites": [
            {"name": HOSTILE, "site": site, "in": 1, "of": 1, "verdict": "must"}]},
        {"question": "pareto", "text": "front", "axis": "subsidy", "points": [point, knee]},
        {"question": "pareto", "text": "three", "axes": ["subsidy", "cvar"], "points": three},
        {"question": "sensitivity", "text": "tornado", "tornado": [
            {**bar, "at_low_usd_bn": -4.25, "at_high_usd_bn": 3.75, "flips": ""}]},
        {"question": "screening", "text": "paths", "inputs": [
            {**bar, "mu_usd_bn": -1.0, "mu_star_usd_bn": 1.5, "sigma_usd_bn": 0.25,
             "adds_up": False}]},
        {"question": "flip", "text": "bids", "name": "Japan", "contest": [
            {"host": "JP", "cost_of_next_fab_usd_bn": 0.125, "outbids": {"US": -0.5}}]},
        {"question": "offer", "text": "strings", "name": "Japan", "possible": True,
         "subsidy_usd_bn": 0.75, "apart": [{"string": "2 modules", "subsidy_usd_bn": 0.5}]},
        {"question": "offer", "text": "no such plan", "name": "Japan", "possible": False},
        {"question": "closeness", "text": "near", "given": HOSTILE, "path": [
            {"sites_different": 0, "value_usd_bn": 8.0, "cost_usd_bn": 0.625, "added": [],
             "dropped": [site]}]},
        {"question": "why", "text": "in", "name": HOSTILE,
         "by_group": {"revenue": 3.5, "cost": -1.25}, "binding": [
            {"rule": "capacity.room", "key": HOSTILE, "price_usd_bn": 0.0, "why": "land"}]},
        {"question": "why not", "text": "out", "name": "Boise", "allowed": True,
         "grant_usd_bn": 0.875, "by_group": {"cost": -0.875}, "mix": {
            "enough": True, "parts": [{"words": HOSTILE, "now": 3.0, "needed": 2.25,
                                       "unit": "years"}]},
         "changes": [{"words": "pay", "now": 160.0, "unit": "USD", "enough": False}]},
        {"question": "why not", "text": "not allowed", "name": "Boise", "allowed": False},
        {"question": "prices", "text": "limits", "limits": [
            {"rule": "talent.tier", "key": HOSTILE, "price_usd_bn": 0.1375, "unit": "thousand",
             "holds_up": 2.0, "holds_down": -1.0, "text": "people"}],
         "steps": [{"words": "land", "worth_usd_bn": 0.4375, "unit": "module", "text": "land"}]},
        {"question": "weights", "text": "weights", "now": {"risk": 1.0},
         "weights": {"risk": 1.8125}},
        {"question": "weights", "text": "none does", "now": {"risk": 1.0}, "weights": None},
        {"question": "stress", "text": "has no picture here"},
    ]  # fmt: skip


def test_every_question_has_its_section_in_order(case: Case) -> None:
    found = sections(answers(case), case, DATA)
    order = list(TITLES)
    want = sorted((a["question"] for a in answers(case) if a["question"] in order), key=order.index)
    assert set(want) == set(order)
    assert [s["short"] for s in found] == [SHORT[name] for name in want]
    assert set(SHORT) == set(TITLES)
    assert len({s["id"] for s in found}) == len(found) == len(want)
    for s in found:
        empty = s["text"] in ("no such plan", "not allowed", "none does")
        pictured = bool(s["picture"]) or bool(s["maps"]) or empty
        assert pictured, s["title"]
        assert all(len(row) == len(s["headings"]) for row in s["rows"]), s["title"]


def test_numbers_are_shown_and_names_are_escaped(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "answers.html"
    write_answers(answers(case), case, path, DATA, "report.html")
    text = path.read_text(encoding="utf-8")
    for number in ("10.00", "-4.25", "+3.75", "0.125", "0.750", "+2.50", "1.50", "0.25",
                   "0.625", "2.25 years", "0.875", "+0.1375", "+0.4375", "1.8125"):  # fmt: skip
        assert number in text, number
    assert "alert(1)</script>" not in text
    assert 'href="report.html"' in text
    again = tmp_path / "again.html"
    write_answers(answers(case), case, again, DATA, "report.html")
    assert again.read_bytes() == path.read_bytes()


def test_a_plane_places_points_by_their_values() -> None:
    drawn = charts_answers.plane(
        [Point(0, 0, "a"), Point(10, 5, "b"), Point(5, 5, "c")], ("x", "y")
    )
    circles = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"[^>]*><title>(\w)', drawn)
    spots = {tip: (float(x), float(y)) for x, y, tip in circles}
    assert spots["a"][0] < spots["c"][0] < spots["b"][0]
    assert spots["a"][1] > spots["b"][1] == spots["c"][1]
    middle = (spots["a"][0] + spots["b"][0]) / 2
    assert spots["c"][0] == pytest.approx(middle, abs=0.1)


def test_bars_start_at_nothing_and_follow_their_sign() -> None:
    drawn = charts_answers.tornado([("price", -10.0, 5.0, "tip")])
    boxes = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)
    (x1, w1), (x2, w2) = [(float(x), float(w)) for x, w in boxes]
    assert x1 + w1 == pytest.approx(x2, abs=0.1)
    assert w1 == pytest.approx(2 * w2, rel=0.01)
    assert "price" in charts_answers.rows_of_bars([("price", 0.0, "nothing")])
