"""The report: one file, nothing loaded, money that adds up, text that stays text."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from planner.core.errors import ModelError, VerificationError
from planner.outputs import (
    charts,
    charts_people,
    charts_time,
    formats,
    maps_svg,
    money,
    report_tables,
    report_text,
    svg,
)
from planner.outputs.page import embedded, safe_link
from planner.outputs.report import report_html, sources, timeline_spans, write_report
from tests.outputs.sample_plan import sample_plan
from tests.outputs.variants import DATA, SITE, TITLE, bare, hostile, nothing, shifted

LARGEST = 700_000


class Reader(HTMLParser):
    """Collects elements, text and whatever would load something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Element with its attributes."""
        self.tags.append(tag)
        for name, value in attrs:
            text = value or ""
            local = text.startswith(("#", "data:,"))
            if name in ("src", "srcset", "data", "action", "poster") or (
                name in ("href", "xlink:href") and tag != "a" and not local
            ):
                self.loads.append(f"{tag} {name}={text}")
            if name.startswith("on"):
                self.loads.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        """Text."""
        self.words.append(data)


def read(html: str) -> Reader:
    """Parsed page."""
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.fixture(scope="module")
def page_text() -> str:
    return report_html(*sample_plan(), DATA)


def test_page_is_self_contained_and_small(page_text: str) -> None:
    assert read(page_text).loads == []
    assert "default-src 'none'" in page_text
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|innerHTML", page_text)
    assert len(page_text.encode()) < LARGEST


def test_rerun_gives_the_same_bytes(page_text: str, tmp_path: Path) -> None:
    plan, case = sample_plan()
    write_report(plan, case, tmp_path / "report.html", DATA)
    assert (tmp_path / "report.html").read_bytes() == page_text.encode()


def test_every_section_is_there(page_text: str) -> None:
    for anchor in ("map", "why", "money", "time", "tables", "proof", "evidence"):
        assert f'id="{anchor}"' in page_text
    for table in ("sites", "modules", "research", "grants", "talent", "trade", "risk", "cash"):
        assert f'id="t-{table}"' in page_text
    assert "no statement on the legal status" in page_text
    assert sample_plan()[0].digest in page_text


def test_levels_are_told_where_a_centre_has_more_than_one() -> None:
    plan, case = sample_plan()
    centres = plan.table("research")
    assert len(centres)

    def heads(levels: int) -> list[str]:
        some = centres.assign(levels=levels)
        changed = replace(plan, tables={**plan.tables, "research": some})
        tables = report_tables.plan_tables(changed, case)
        return [h.name for t in tables if t.id == "research" for h in t.headings]

    assert "Levels" not in heads(1)
    assert "Levels" in heads(2)


def test_every_site_is_on_a_map(page_text: str) -> None:
    plan, _ = sample_plan()
    for site in plan.table("sites")["id"]:
        assert f'data-site="{site}"' in page_text


def test_hostile_text_stays_text() -> None:
    plan, case = hostile()
    page = report_html(plan, case, DATA)
    reader = read(page)
    assert reader.tags.count("script") == 3
    assert reader.tags.count("img") == 0
    assert reader.loads == []
    assert TITLE in "".join(reader.words)
    assert SITE in "".join(reader.words)
    assert "javascript:" not in page


def test_plan_that_begins_nothing_is_still_a_page() -> None:
    plan, case = nothing()
    page = report_html(plan, case, DATA)
    assert "Begin nothing new" in page
    assert "NaN" not in re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)


def test_case_without_places_is_still_a_page() -> None:
    page = report_html(*bare(), DATA)
    assert 'data-panel="US"' not in page
    assert 'id="t-cash"' in page


def test_decision_names_what_the_tables_hold() -> None:
    plan, case = sample_plan()
    what, worth = report_text.decision(plan, case)
    total = plan.table("modules")["kwpm"].sum()
    assert f"{total:,.0f} kwpm" in what
    assert what.endswith(".")
    assert formats.number(plan.info.bound) in worth


def test_money_that_does_not_add_up_is_an_error(tmp_path: Path) -> None:
    plan, case = sample_plan()
    with pytest.raises(VerificationError, match="npv_usd_bn"):
        write_report(shifted(plan, 0.01), case, tmp_path / "x.html", DATA)
    assert not (tmp_path / "x.html").exists()


def test_waterfall_ends_at_the_objective() -> None:
    plan, case = sample_plan()
    found = money.money(plan, case)
    bars = money.steps(found)
    assert sum(s.amount for s in bars if not s.total) == pytest.approx(found.objective)
    assert found.objective == pytest.approx(plan.measures["objective_usd_bn"])


def test_weights_are_a_bar_of_their_own() -> None:
    plan, case = sample_plan()
    weights = case.scenario.weights.model_copy(update={"subsidy": 2.0})
    case = case.replace(scenario=case.scenario.model_copy(update={"weights": weights}))
    extra = plan.measures["subsidy_usd_bn"]
    measures = {**plan.measures, "objective_usd_bn": plan.measures["objective_usd_bn"] + extra}
    found = money.money(type(plan)(**{**vars(plan), "measures": measures}), case)
    assert found.weighting == pytest.approx(extra)
    assert [s.label for s in money.steps(found)][-2:] == ["Weights", "Objective"]


def test_waterfall_refuses_a_wrong_total() -> None:
    with pytest.raises(ModelError, match="waterfall total"):
        charts.waterfall(
            [charts.Step("a", 1.0, "cost"), charts.Step("b", 2.0, "total", total=True)]
        )


def test_cash_table_total_is_the_sum() -> None:
    plan, _ = sample_plan()
    table = report_tables.cash_table(plan.cash)
    assert table.foot[-1].text == formats.number(money.worth(plan.cash).sum(), 2)


def test_charts_escape_their_texts() -> None:
    plan, case = hostile()
    spans = timeline_spans(plan, case)
    for drawing in (
        charts_time.timeline(spans, (2026, 2042)),
        charts.waterfall([charts.Step(TITLE, 1.0, "cost")]),
        charts_time.stacked_capacity({TITLE: {2026: 1.0}}, {TITLE: "#123456"}),
        charts.period_bars({TITLE: {2026: 1.0}}, {TITLE: "#123456"}),
    ):
        assert "<script" not in drawing
        assert "<img" not in drawing


def test_charts_without_anything_to_show() -> None:
    assert "no capacity" in charts_time.stacked_capacity({}, {})
    assert "no cash" in charts.period_bars({}, {})
    assert charts_time.timeline([], (2026, 2042)).startswith("<svg")


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-3, 7), (0, 1270), (-0.02, 0.01), (0, 0)])
def test_ticks_lie_inside(low: float, high: float) -> None:
    marks = svg.ticks(low, high)
    assert all(low - 1e-9 <= m <= high + 1e-9 for m in marks)
    assert len(marks) <= 11


def test_json_cannot_close_its_element() -> None:
    text = str(embedded({"a": "</script><!--", "b": "\u2028&"}))
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script><!--", "b": "\u2028&"}


def test_only_cited_sources_and_only_web_addresses() -> None:
    plan, case = hostile()
    rows = {r["id"]: r for r in sources(plan, case)}
    assert set(rows) == {"own-estimate", "press-n2"}
    assert rows["own-estimate"]["url"] == ""
    assert safe_link("https://example.org/a") == "https://example.org/a"
    assert safe_link("javascript:alert(1)") == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.5, "1,234"),
        (-0.001, "0.00"),
        (-12.34, "\u221212.3"),
        (None, "\u2013"),
        (9.994, "9.99"),
    ],
)
def test_numbers_for_people(value: float | None, text: str) -> None:
    assert formats.brief(value) == text


def test_every_site_is_inside_its_panel() -> None:
    places = (
        ("US", ((-157.8, 21.3), (-112.2, 33.8))),
        ("JP", ((127.7, 26.2),)),
        ("FR", ((2.3, 48.9),)),
    )
    panels = maps_svg.country_panels(DATA, places)
    assert list(panels) == ["US", "JP", "FR"]
    for country, spots in places:
        frame = panels[country].frame
        for lon, lat in spots:
            x, y = frame.place(lon, lat)
            assert 0 < x < frame.width
            assert 0 < y < frame.height
    assert panels["FR"].regions == ()
    assert panels["FR"].land


def test_people_and_trade_are_drawn_from_their_tables() -> None:
    plan, case = sample_plan()
    strained = charts_people.strains(plan, case)
    peak = plan.table("talent").groupby(["pool_name", "skill"])["share_pct"].max()
    assert max(strained[0].shares.values()) == pytest.approx(peak.max())
    drawn = charts_people.strain_grid(strained)
    assert all(r.pool in drawn for r in strained)
    series, colours = charts_people.sales(plan, case)
    assert set(series) == set(colours)
    total = sum(v for years in series.values() for v in years.values())
    assert total == pytest.approx(plan.table("trade")["value_usd_bn"].sum())
