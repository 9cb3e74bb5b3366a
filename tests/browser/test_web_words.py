"""The web app in Chinese and Japanese: what it says changes, what users wrote and figures stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="the extra `web` is not installed")
from tests.browser.test_web import (
    CHROMIUM,
    DESK,
    FITS,
    PHONE,
    browser,
    client,
    expect_text,
    runs,
    show,
    window,
)

if TYPE_CHECKING:
    from playwright import sync_api

    from tests.interfaces.web_server import Client
else:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on the PATH and no PLANNER_CHROMIUM"),
]
__all__ = ["browser", "client", "runs"]
VIEWS = ("#/", "#/edit/base", "#/runs", "#/run/one", "#/run/one/us_phoenix")
SPOKEN = "h1, h2:not(#h-site), legend, thead th, nav a, button, footer, .tile > span, .acts > a, dt"
PLAIN = """(query) => [...document.querySelectorAll(query)]
  .filter((part) => part.getClientRects().length)
  .filter((part) => !part.closest("[translate=no],[lang=en]:not(html)"))
  .map((part) => part.textContent.trim())
  .filter((text) => /[A-Za-z]{3}/.test(text) && !/[\\u3040-\\u9fff]/.test(text))
  .filter((text) => text !== "kwpm")"""


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("tag", ["zh-Hant", "ja"])
def test_every_view_speaks_and_fits(
    tag: str, size: tuple[int, int], browser: sync_api.Browser, client: Client
) -> None:
    with window(browser, client, size) as page:
        show(page, client, "#/")
        page.locator("#lang").select_option(tag)
        sync_api.expect(page.locator("html")).to_have_attribute("lang", tag)
        for view in VIEWS:
            page.evaluate("(to) => { location.hash = to; }", view)
            sync_api.expect(page.locator("#main > .view")).to_have_count(1)
            sync_api.expect(page.locator("#main")).to_have_attribute("data-ready", "1")
            assert page.evaluate(PLAIN, SPOKEN) == [], view
            assert page.evaluate(FITS) == [], view


def test_the_choice_is_kept_and_english_comes_back(
    browser: sync_api.Browser, client: Client
) -> None:
    with window(browser, client) as page:
        show(page, client, "#/runs")
        heading = page.locator("#h-runs")
        sync_api.expect(heading).to_contain_text("Runs")
        page.locator("#lang").select_option("zh-Hant")
        sync_api.expect(heading).to_contain_text("方案")
        page.reload()
        sync_api.expect(heading).to_contain_text("方案")
        sync_api.expect(page).to_have_title(re.compile("選址規劃"))
        page.locator("#lang").select_option("en")
        sync_api.expect(heading).to_contain_text("Runs")
        sync_api.expect(page).to_have_title("Runs – Siting planner")


def test_words_of_users_stay_even_where_the_dictionary_knows_them(
    browser: sync_api.Browser, client: Client
) -> None:
    with window(browser, client) as page:
        show(page, client, "#/edit/base")
        page.locator("#lang").select_option("ja")
        sync_api.expect(page.locator("html")).to_have_attribute("lang", "ja")
        page.get_by_label("短い名前").fill("costs")
        page.get_by_label("短い名前").blur()
        expect_text(page, "name: costs")
        show(page, client, "#/run/two")
        sync_api.expect(page.locator("html")).to_have_attribute("lang", "ja")
        assert page.locator("#h-run").inner_text().startswith("Sample")
        figures = page.locator(".tile b").all_inner_texts()
        page.locator("#lang").select_option("en")
        assert page.locator(".tile b").all_inner_texts() == figures
