"""The gallery: one card a plan, links that lead to reports, text that stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from planner.outputs.gallery import Solved, answer, gallery_html, link, write_gallery
from tests.outputs.sample_plan import sample_plan, sample_plan_b
from tests.outputs.test_report import read
from tests.outputs.variants import DATA, SITE, TITLE, bare, hostile, nothing

LARGEST = 3_000_000
HOSTILE = "<script>alert(1)</script>"


def run(folder: Path, which: tuple[object, object] | None = None) -> Solved:
    """A run folder with a report in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text("a report", encoding="utf-8")
    plan, case = which or sample_plan()
    return folder, plan, case  # type: ignore[return-value]


def test_page_is_small_whole_and_the_same_again(tmp_path: Path) -> None:
    runs = [run(tmp_path / f"r{n}", which) for n, which in enumerate([sample_plan(),
            sample_plan_b()] * 6)]  # fmt: skip
    path = tmp_path / "gallery.html"
    write_gallery(runs, path, DATA)
    first = path.read_bytes()
    assert len(first) < LARGEST
    page = read(first.decode())
    assert page.loads == []
    assert page.tags.count("article") == 12
    write_gallery(runs, path, DATA)
    assert path.read_bytes() == first


def test_links_lead_to_the_reports(tmp_path: Path) -> None:
    runs = [run(tmp_path / "runs" / "one"), run(tmp_path / "else where" / "two")]
    pages = tmp_path / "runs"
    html = gallery_html(runs, pages, DATA, {})
    found = re.findall(r'href="(\./[^"]*)"', html)
    assert found == ["./one/report.html", "./../else%20where/two/report.html"]
    for near in found:
        assert (pages / unquote(near)).is_file()


def test_a_run_without_a_report_has_no_link(tmp_path: Path) -> None:
    folder, plan, case = run(tmp_path / "r")
    (folder / "report.html").unlink()
    assert link(folder / "report.html", tmp_path) == ""
    html = gallery_html([(folder, plan, case)], tmp_path, DATA, {})
    assert "No report in the run folder" in html


def test_text_stays_text(tmp_path: Path) -> None:
    html = gallery_html([run(tmp_path / "r", hostile())], tmp_path, DATA, {HOSTILE: HOSTILE})
    page = read(html)
    for words in (TITLE, SITE, HOSTILE, "</script><b>why</b>"):
        assert words not in html
    assert "img" not in page.tags
    assert TITLE in page.words


def test_answer_names_new_fabs_abroad_by_country() -> None:
    plan, case = sample_plan()
    modules = plan.table("modules")
    said = answer(plan, case)
    abroad = modules[modules["country"] != "TW"]
    assert len(abroad)
    for country, part in abroad.groupby("country"):
        assert f"{case.name('countries', str(country))} {part['site'].nunique()} (" in said
    assert "Taiwan" not in said
    assert answer(*nothing()) == "No new fab abroad"


def test_many_sites_are_counted() -> None:
    plan, case = sample_plan()
    row = plan.table("modules").iloc[[0]]
    rows = [row.assign(site=f"s{n}", name=f"Site {n}, X", country="US") for n in range(9)]
    many = replace(plan, tables={**plan.tables, "modules": pd.concat(rows, ignore_index=True)})
    named = "Site 0, Site 1, Site 2, Site 3, Site 4 and 4 more"
    assert answer(many, case) == f"New fabs abroad: United States 9 ({named})"


def test_facts_are_the_measures(tmp_path: Path) -> None:
    plan, _ = sample_plan()
    html = gallery_html([run(tmp_path / "r")], tmp_path, DATA, {})
    assert f"{100 * plan.info.gap:.2f} %" in html
    assert plan.measures["grants_usd_bn"] > 0
    for name in ("npv_usd_bn", "grants_usd_bn"):
        digits = 2 if abs(plan.measures[name]) < 10 else 1 if abs(plan.measures[name]) < 100 else 0
        assert f"{plan.measures[name]:,.{digits}f} USD bn" in html


def test_every_site_in_use_is_on_the_small_maps(tmp_path: Path) -> None:
    plan, case = sample_plan()
    html = gallery_html([run(tmp_path / "r", (plan, case))], tmp_path, DATA, {})
    used = plan.table("sites")
    used = used[used["role"] != "none"]
    assert html.count('<g class="site') == len(used)
    assert html.count(' new"') == int(used["chosen"].sum())


def test_failures_are_told_even_when_nothing_was_solved(tmp_path: Path) -> None:
    html = gallery_html([], tmp_path, DATA, {"two": "no plan keeps every rule"})
    assert "no plan keeps every rule" in html
    assert read(html).tags.count("article") == 0


@pytest.mark.parametrize("which", [nothing, bare])
def test_odd_plans_have_a_card(which: object, tmp_path: Path) -> None:
    html = gallery_html([run(tmp_path / "r", which())], tmp_path, DATA, {})  # type: ignore[operator]
    assert read(html).tags.count("article") == 1
