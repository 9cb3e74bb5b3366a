"""Names on maps and words in tables: nothing covers anything, on desk, phone and paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.studies import NAMES as STUDIES
from tests.browser.studies import write_studies
from tests.browser.test_access import HOSTILE
from tests.browser.test_pages import CHROMIUM, DESK, PHONE, browser, pages

if TYPE_CHECKING:
    from playwright import sync_api
else:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on the PATH and no PLANNER_CHROMIUM"),
]
__all__ = ["browser", "pages"]
NAMES = """(withLinks) => {
  const bad = [];
  for (const svg of document.querySelectorAll(".panel > svg")) {
    const shown = (e) => getComputedStyle(e).visibility === "visible" && e.getClientRects().length;
    const all = [...svg.querySelectorAll(".site text, .diff text, .market text")];
    const texts = all.filter(shown);
    const boxes = texts.map((t) => t.getBoundingClientRect());
    const meet = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4;
    texts.forEach((t, n) => boxes.forEach((b, m) => {
      if (m > n && meet(boxes[n], b)) bad.push([t.textContent, texts[m].textContent]);
    }));
    const matrix = svg.getScreenCTM();
    for (const link of withLinks ? svg.querySelectorAll(".link:not(.off)") : []) {
      const whole = link.getTotalLength();
      for (let n = 0; n <= 80; n += 1) {
        const at = link.getPointAtLength((whole * n) / 80).matrixTransform(matrix);
        boxes.forEach((b, m) => {
          const inside = at.x > b.left + 1 && at.x < b.right - 1
            && at.y > b.top + 3 && at.y < b.bottom - 3;
          if (inside) bad.push([texts[m].textContent, "link"]);
        });
      }
    }
  }
  return bad;
}"""
SPILLED = """[...document.querySelectorAll("td, th")].filter((e) => e.getClientRects().length)
  .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.textContent.slice(0, 60))"""
CUT = """[...document.querySelectorAll(".scroll, .fit")].filter((e) => e.getClientRects().length)
  .filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.getAttribute("aria-label"))"""
PAPER = {"width": 1039, "height": 711}
"""A4 across without its margins [px]."""


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("names")
    write_studies(folder, HOSTILE)
    return {name: folder / f"{name}.html" for name in STUDIES}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["report", "compare"])
def test_names_keep_clear_of_each_other_and_of_links(
    name: str, size: tuple[int, int], pages: dict[str, Path], browser: sync_api.Browser
) -> None:
    """Of links where the maps are large enough; three boards beside each other leave no way."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(pages[name].as_uri())
    sync_api.expect(page.locator("body")).to_have_attribute("data-ready", "1")
    assert page.evaluate(NAMES, name == "report") == []
    page.close()


def test_every_site_of_a_report_is_named(pages: dict[str, Path], browser: sync_api.Browser) -> None:
    page = browser.new_page(viewport={"width": DESK[0], "height": DESK[1]})
    page.goto(pages["report"].as_uri())
    sync_api.expect(page.locator("body")).to_have_attribute("data-ready", "1")
    hidden = page.evaluate(
        """[...document.querySelectorAll('.site[data-open="1"] text:not(.off)')]
        .filter((t) => t.style.visibility === "hidden").map((t) => t.textContent)"""
    )
    assert hidden == []
    page.close()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", STUDIES)
def test_no_cell_runs_into_its_neighbour(
    name: str, size: tuple[int, int], studies: dict[str, Path], browser: sync_api.Browser
) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(studies[name].as_uri())
    assert page.evaluate(SPILLED) == []
    page.close()


@pytest.mark.parametrize("name", ["report", "compare"])
def test_names_are_fitted_to_paper(
    name: str, pages: dict[str, Path], browser: sync_api.Browser
) -> None:
    """Marks and names are placed anew for the sizes of paper, at their own size."""
    page = browser.new_page(viewport={"width": PAPER["width"], "height": PAPER["height"]})
    page.goto(pages[name].as_uri())
    sync_api.expect(page.locator("body")).to_have_attribute("data-ready", "1")
    page.emulate_media(media="print")
    page.wait_for_function("matchMedia('print').matches")
    page.wait_for_timeout(300)
    assert page.evaluate(NAMES, name == "report") == []
    size = page.evaluate(
        """(() => { const t = document.querySelector('.site[data-open="1"] text:not(.off)');
        return parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a; })()"""
    )
    assert size == pytest.approx(11, rel=0.02)
    page.close()


@pytest.mark.parametrize("name", STUDIES)
def test_paper_cuts_nothing_off(
    name: str, studies: dict[str, Path], browser: sync_api.Browser
) -> None:
    page = browser.new_page(viewport={"width": PAPER["width"], "height": PAPER["height"]})
    page.goto(studies[name].as_uri())
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []
    page.close()
