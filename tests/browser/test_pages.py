"""Report and comparison in a real browser without a network.

Needs playwright and a Chromium (on the PATH or named by PLANNER_CHROMIUM); skipped without them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planner.outputs.compare import compare_html
from planner.outputs.gallery import gallery_html
from planner.outputs.report import report_html
from tests.outputs.sample_plan import sample_plan, sample_plan_b
from tests.outputs.variants import DATA, HOSTILE_SITE, SITE, TITLE, hostile

if TYPE_CHECKING:
    from playwright import sync_api
else:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = os.environ.get("PLANNER_CHROMIUM") or shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on the PATH and no PLANNER_CHROMIUM"),
]
DESK, PHONE = (1400, 900), (390, 844)


@dataclass
class Log:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: sync_api.Page) -> None:
        """Listen to a page."""
        page.on("request", lambda r: self.requests.append(r.url))
        page.on("pageerror", lambda e: self.errors.append(str(e)))
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)

    def clean(self) -> bool:
        """Nothing asked for but the file itself and inlined data, no complaint."""
        return not self.errors and all(r.startswith(("file:", "data:")) for r in self.requests)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "report": report_html(*sample_plan(), DATA),
        "hostile": report_html(*hostile(), DATA),
        "compare": compare_html([sample_plan(), sample_plan_b(), hostile()], DATA),
        "gallery": gallery_html(
            [(folder, *run) for run in (sample_plan(), hostile())], folder, DATA, {TITLE: SITE}
        ),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, "utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@dataclass
class Opened:
    """One page in one window."""

    page: sync_api.Page
    log: Log


@pytest.fixture
def window(
    browser: sync_api.Browser, pages: dict[str, Path], request: pytest.FixtureRequest
) -> Iterator[Opened]:
    """Page opened with the network off; parameter: name, size, colour scheme."""
    name, size, scheme = request.param
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, offline=True
    )
    context.set_offline(True)
    log, page = Log(), context.new_page()
    log.watch(page)
    page.goto(pages[name].as_uri())
    sync_api.expect(page.locator("body")).to_have_attribute("data-ready", "1")
    yield Opened(page, log)
    assert log.clean(), (log.errors, log.requests)
    context.close()


def opened(name: str, size: tuple[int, int] = DESK, scheme: str = "light") -> pytest.MarkDecorator:
    """Ask for a window."""
    return pytest.mark.parametrize("window", [(name, size, scheme)], indirect=True)


def set_year(page: sync_api.Page, year: int) -> None:
    """Move the slider."""
    page.locator("#year").fill(str(year))


def kwpm(page: sync_api.Page, site: str) -> float:
    """Capacity a marker shows."""
    return float(page.locator(f'[data-site="{site}"]').first.get_attribute("data-kwpm") or "nan")


@opened("report")
def test_year_slider_changes_markers(window: Opened) -> None:
    page = window.page
    plan, _ = sample_plan()
    capacity = plan.table("capacity")
    site = plan.table("modules")["site"].iloc[0]
    years = sorted(capacity["year"].unique())
    sizes = []
    for year in (int(years[0]), int(years[-1])):
        set_year(page, year)
        wanted = capacity[(capacity["site"] == site) & (capacity["year"] == year)]["kwpm"].sum()
        assert kwpm(page, site) == pytest.approx(wanted)
        mark = page.locator(f'[data-site="{site}"] .body').first
        sizes.append(float(mark.get_attribute("r") or 0))
    assert sizes[1] > sizes[0]
    sync_api.expect(page.locator("#sum0")).to_contain_text(f"{years[-1]}:")


@opened("report")
def test_play_moves_the_year(window: Opened) -> None:
    set_year(window.page, 2026)
    window.page.locator("#play").click()
    sync_api.expect(window.page.locator("#yearout")).not_to_have_text("2026")
    window.page.locator("#play").click()


@opened("report")
def test_hover_and_focus_show_details(window: Opened) -> None:
    page, tip = window.page, window.page.locator("#tip")
    plan, _ = sample_plan()
    chosen = plan.table("sites").query("chosen").sort_values("final_kwpm").iloc[-1]
    site = page.locator(f'[data-site="{chosen["id"]}"]').first
    site.scroll_into_view_if_needed()
    sync_api.expect(tip).to_be_hidden()
    site.locator(".body").hover()
    sync_api.expect(tip).to_contain_text(chosen["name"])
    sync_api.expect(tip).to_contain_text("kwpm")
    page.mouse.move(2, 2)
    sync_api.expect(tip).to_be_hidden()
    site.focus()
    sync_api.expect(tip).to_contain_text(chosen["name"])
    page.keyboard.press("Escape")
    sync_api.expect(tip).to_be_hidden()


@opened("report")
def test_layer_switch_shades_regions(window: Opened) -> None:
    page = window.page
    shaded = page.locator(".region.q0, .region.q1, .region.q2, .region.q3, .region.q4")
    for layer in ("risk", "hazard", "subsidy", "wage", "power", "water", "water-price"):
        page.locator("#layer").select_option(layer)
        assert shaded.count() > 0, layer
        sync_api.expect(page.locator("#ramp")).to_be_visible()
    page.locator("#layer").select_option("")
    assert shaded.count() == 0
    sync_api.expect(page.locator("#ramp")).to_be_hidden()


@opened("report")
def test_links_and_flows_can_be_hidden(window: Opened) -> None:
    for part in ("flows", "links"):
        group = window.page.locator(f"g.{part}").first
        assert group.evaluate("e => getComputedStyle(e).display") != "none"
        window.page.locator(f'[data-show="{part}"]').uncheck()
        assert group.evaluate("e => getComputedStyle(e).display") == "none"


@opened("report")
def test_flows_follow_the_class(window: Opened) -> None:
    page = window.page
    plan, _ = sample_plan()
    flows = plan.table("flows")
    last = flows[flows["year"] == flows["year"].max()]
    lane = last.groupby(["origin", "market"])["value_usd_bn"].sum().idxmax()
    mine = last[(last["origin"] == lane[0]) & (last["market"] == lane[1])]
    arc = page.locator(f'.flow[data-arc="{lane[0]}>{lane[1]}"]')
    for k in ("", *mine["product"].unique()):
        page.locator("#flowclass").select_option(k)
        wanted = (mine[mine["product"] == k] if k else mine)["value_usd_bn"].sum()
        shown = float(arc.get_attribute("data-value") or "nan")
        assert shown == pytest.approx(wanted, abs=1e-3)


@opened("report")
def test_any_site_can_be_asked_why(window: Opened) -> None:
    page, box = window.page, window.page.locator("#ask")
    plan, _ = sample_plan()
    reasons = plan.table("site_reasons").set_index("site")["reason"]
    for n, site in enumerate(reasons.index[:4]):
        mark = page.locator(f'.site[data-site="{site}"]').first
        if n % 2:
            mark.dispatch_event("click")
        else:
            mark.focus()
            page.keyboard.press("Enter")
        sync_api.expect(box.locator("article p")).to_have_text(reasons[site])
    page.locator("#lang").select_option("ja")
    sync_api.expect(box.locator("h3")).to_contain_text("なぜ")
    page.locator("#ask .close").click()
    sync_api.expect(box.locator("article")).to_have_count(0)


@opened("compare")
def test_every_run_answers_why(window: Opened) -> None:
    page = window.page
    site = sample_plan()[0].table("site_reasons")["site"].iloc[0]
    page.locator(f'.site[data-site="{site}"]').first.dispatch_event("click")
    boards = page.locator(".boards > article").count()
    sync_api.expect(page.locator("#ask article")).to_have_count(boards)


@opened("report")
def test_zoom_keeps_marker_size(window: Opened) -> None:
    page = window.page
    figure = page.locator('[data-panel="US"]').first
    mark = figure.locator(".site.new circle.body").first
    before = mark.bounding_box()
    figure.locator("svg").first.focus()
    for _ in range(3):
        page.keyboard.press("+")
    after = mark.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == pytest.approx(before["width"], rel=0.03)
    assert figure.locator("svg").first.get_attribute("class") == "in"
    page.locator("#reset").click()
    assert figure.locator("svg").first.get_attribute("class") == ""


@opened("report")
def test_focus_brings_a_site_into_a_zoomed_map(window: Opened) -> None:
    page = window.page
    figure = page.locator('[data-panel="US"]').first
    figure.locator("svg").first.focus()
    for _ in range(5):
        page.keyboard.press("+")
    site = figure.locator(f'[data-site="{HOSTILE_SITE}"]')
    site.focus()
    # Both boxes in one look: focusing may still be scrolling the page between two.
    page.wait_for_function(
        """([figure, mark]) => {
            const f = figure.getBoundingClientRect(), m = mark.getBoundingClientRect();
            return f.left <= m.left && m.left <= f.right && f.top <= m.top && m.top <= f.bottom;
        }""",
        arg=[figure.element_handle(), site.locator(".body").element_handle()],
        timeout=5000,
    )


@opened("report")
def test_tables_sort_by_number(window: Opened) -> None:
    head = window.page.locator("#t-sites th", has_text="At the end")
    head.locator("b").click()
    assert head.get_attribute("aria-sort") == "descending"
    at = head.evaluate("e => e.cellIndex")
    cells = window.page.locator(f"#t-sites tbody tr td:nth-child({at + 1})").all_inner_texts()
    values = [float(c.replace(",", "").replace("\u2212", "-")) for c in cells]
    assert values == sorted(values, reverse=True)


@opened("hostile")
def test_hostile_names_are_text(window: Opened) -> None:
    page = window.page
    assert page.evaluate("window.hit") is None
    sync_api.expect(page.locator("h1")).to_have_text(TITLE)
    site = page.locator(f'[data-site="{HOSTILE_SITE}"]').first
    site.focus()
    sync_api.expect(page.locator("#tip")).to_contain_text(SITE)
    assert page.locator("#tip script").count() == 0


@pytest.mark.parametrize(
    "window",
    [(n, s, c) for n in ("hostile", "compare") for s in (PHONE, DESK) for c in ("light", "dark")],
    indirect=True,
)
def test_nothing_sticks_out(window: Opened) -> None:
    page = window.page
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= page.evaluate("document.documentElement.clientWidth")
    outside = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,p,.tile,.card,.chart,.controls > *,dd,li,select')]"
        ".filter(e => e.getClientRects().length)"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.outerHTML.slice(0, 80))"
    )
    assert outside == []


@opened("compare")
def test_boards_move_together_and_share_the_year(window: Opened) -> None:
    page = window.page
    boards = page.locator(".boards .board")
    assert boards.count() == 3
    maps = [boards.nth(n).locator(".p-JP > svg") for n in range(3)]
    before = maps[2].get_attribute("viewBox")
    maps[0].focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    assert len({m.get_attribute("viewBox") for m in maps}) == 1
    assert maps[2].get_attribute("viewBox") != before
    set_year(page, 2030)
    for place in page.locator("[data-sum]").all():
        sync_api.expect(place).to_contain_text("2030:")


@opened("compare")
def test_another_run_can_be_chosen(window: Opened) -> None:
    page = window.page
    assert page.locator(".difference .diff:visible").count() > 0
    sync_api.expect(page.locator('#cash > [data-other="1"]')).to_be_hidden()
    page.locator("#other").select_option("1")
    sync_api.expect(page.locator('#cash > [data-other="1"]')).to_be_visible()
    sync_api.expect(page.locator('#cash > [data-other="0"]')).to_be_hidden()


@opened("compare")
def test_difference_marks_tell_both_sides(window: Opened) -> None:
    mark = window.page.locator(".difference .x-opened").first
    mark.focus()
    sync_api.expect(window.page.locator("#tip")).to_contain_text("opened")
    sync_api.expect(window.page.locator("#tip")).to_contain_text("kwpm")


@opened("report")
def test_summary_counts_every_centre(window: Opened) -> None:
    plan, _ = sample_plan()
    opened_by_then = int((plan.table("research")["open_year"] <= 2040).sum())
    sync_api.expect(window.page.locator("#sum0")).to_contain_text(f"{opened_by_then} new research")


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_gallery_fits_and_every_map_shows_land(
    browser: sync_api.Browser, pages: dict[str, Path], size: tuple[int, int], scheme: str
) -> None:
    """The gallery has no script, so it is ready when it is loaded."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        offline=True,
    )
    log, page = Log(), context.new_page()
    log.watch(page)
    page.goto(pages["gallery"].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("window.hit") is None
    assert page.locator("article").count() == 2
    boxes = [m.bounding_box() for m in page.locator(".mini .land").all()]
    assert len(boxes) == 8
    assert all(box and box["width"] > 30 and box["height"] > 30 for box in boxes)
    assert log.clean(), (log.errors, log.requests)
    context.close()


@opened("report")
def test_the_language_switch_changes_labels_and_leaves_data_alone(window: Opened) -> None:
    page = window.page
    name = page.locator("h1").inner_text()
    page.locator("#lang").select_option("ja")
    sync_api.expect(page.locator("html")).to_have_attribute("lang", "ja")
    sync_api.expect(page.locator("#money h2")).to_have_text("資金")
    sync_api.expect(page.locator("nav a").first).to_have_text("地図")
    assert "拠点" in page.locator("#sum0").inner_text()
    assert page.locator("h1").inner_text() == name
    assert page.locator(".decision").get_attribute("lang") == "en"
    page.locator("#lang").select_option("en")
    sync_api.expect(page.locator("#money h2")).to_have_text("Money")


@opened("compare", PHONE)
def test_the_language_switch_fits_a_phone(window: Opened) -> None:
    page = window.page
    page.locator("#lang").select_option("zh-Hant")
    sync_api.expect(page.locator(".brand")).to_have_text("選址規劃")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
