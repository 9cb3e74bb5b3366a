"""Pages of studies in Chinese and Japanese: labels and headings change, figures and names stay."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import planner
from planner.outputs.sweep_page import write_sweep_page
from planner.outputs.wait_page import write_wait_page
from tests.analysis.test_wait import slump
from tests.browser.studies import NAMES, write_studies
from tests.browser.test_pages import CHROMIUM, DESK, PHONE, Log, browser
from tests.outputs.sample_case import sample_case
from tests.outputs.test_sweep_page import JP, US, asked, outcome
from tests.outputs.variants import DATA

if TYPE_CHECKING:
    from playwright import sync_api
else:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on the PATH and no PLANNER_CHROMIUM"),
]
__all__ = ["browser"]
NAME = "Long Plan Name Of Someone"
PAGES = (*NAMES, "sweep", "wait")
SPOKEN = "h2, h3, thead th, nav a, dt, .eyebrow, .tile > span"
PLAIN = """([query, name]) => [...document.querySelectorAll(query)]
  .filter((part) => !part.closest("[lang=en]:not(html)"))
  .map((part) => part.textContent.trim())
  .filter((text) => /[A-Za-z]{2}/.test(text) && !/[\u3040-\u9fff]/.test(text))
  .filter((text) => !text.includes(name) && !["kwpm", "b"].includes(text))"""
FIGURES = "[...document.querySelectorAll('td.n')].map((cell) => cell.textContent)"


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("languages")
    write_studies(folder, NAME)
    points = [outcome(0, 0, 0, US), outcome(1, 1, 1, JP)]
    sweep = asked(knobs=[{"key": k, "label": f"{NAME} {k}", "values": [0, 1]} for k in "ab"])
    write_sweep_page(sweep, points, sample_case("a", "A"), folder / "sweep.html", DATA)
    late = slump()
    waited = planner.ask("wait", planner.solve(late), late, at=(2028,), seconds=20)
    write_wait_page(waited, late, folder / "wait.html")
    return {name: folder / f"{name}.html" for name in PAGES}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("tag", ["zh-Hant", "ja"])
@pytest.mark.parametrize("name", PAGES)
def test_labels_and_headings_change_and_figures_stay(
    name: str,
    tag: str,
    size: tuple[int, int],
    studies: dict[str, Path],
    browser: sync_api.Browser,
) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, offline=True)
    page, log = context.new_page(), Log()
    log.watch(page)
    page.goto(studies[name].as_uri())
    figures, title = page.evaluate(FIGURES), page.title()
    page.locator("#lang").select_option(tag)
    sync_api.expect(page.locator("html")).to_have_attribute("lang", tag)
    assert page.evaluate(PLAIN, [SPOKEN, NAME]) == []
    assert page.evaluate(FIGURES) == figures
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.locator("#lang").select_option("en")
    sync_api.expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.title() == title
    assert log.clean(), (log.errors, log.requests)
    context.close()
