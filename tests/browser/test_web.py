"""The web app in a real browser: no host but the loopback, the real solver in its own process.

Needs playwright and a Chromium (on the PATH or named by PLANNER_CHROMIUM); skipped without them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="the extra `web` is not installed")
from planner.interfaces import web_jobs
from planner.outputs import run_folder
from tests.interfaces.web_server import FAKE, PLAIN, SECRET, SMALL, Client, serving
from tests.outputs.sample_plan import sample_plan_b
from tests.outputs.test_run_folder import sealed
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
PATIENCE = 60_000
"""Longest wait for anything [ms]; the machine may be busy with other work."""
CUT = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
"""No name is ever found: only the loopback can be asked."""
PRY = """<!doctype html><title>x</title><p id=p>pry</p><script>
const told = [];
const tell = (t) => { told.push(t); document.getElementById("p").textContent = told; };
try { tell(parent.document.title); } catch { tell("apart"); }
fetch("/api/runs").then(() => tell("reached"), () => tell("cut"));
</script>"""
FITS = """
() => [...document.querySelectorAll(
    "h1,h2,h3,p,a,button,label,input,select,textarea,td,dd,li,legend,.tile")]
  .filter((e) => e.getClientRects().length && !e.closest(".scroll, .skip, [hidden]"))
  .filter((e) => {
    const box = e.getBoundingClientRect(), typed = /INPUT|SELECT|TEXTAREA/.test(e.tagName);
    return box.right > innerWidth + 1 || box.left < -1
      || (!typed && e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1);
  })
  .map((e) => e.outerHTML.slice(0, 120))
"""
OVERLAPS = """
() => {
  const found = [];
  for (const svg of document.querySelectorAll(".panel > svg")) {
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll(".site text[visibility=visible]")]
      .map((t) => [t.textContent, t.getBoundingClientRect()]);
    for (const [name, b] of boxes) {
      if (b.left < frame.left - 1 || b.right > frame.right + 1) found.push("clipped " + name);
      for (const [other, c] of boxes) {
        const wide = b.left + 1 < c.right && c.left + 1 < b.right;
        if (name < other && wide && b.top + 3 < c.bottom && c.top + 3 < b.bottom)
          found.push(name + " on " + other);
      }
    }
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two plain runs and a hostile one."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        for part in ("_write_geo", "_write_map", "_write_report"):
            patch.setattr(run_folder, part, lambda *_: None)
        run_folder.write_run(*sealed(), folder / "one", DATA)
        run_folder.write_run(*sealed(sample_plan_b), folder / "two", DATA)
        run_folder.write_run(*sealed(hostile), folder / "hostile", DATA)
    (folder / "hostile" / "report.html").write_text(PRY, "utf-8")
    return folder


@pytest.fixture(scope="module")
def client(runs: Path) -> Iterator[Client]:
    with serving(runs) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    sync_api.expect.set_options(timeout=PATIENCE)
    with sync_api.sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", CUT])
        yield found
        found.close()


@contextmanager
def window(
    browser: sync_api.Browser, client: Client, size: tuple[int, int] = DESK, scheme: Any = "light"
) -> Iterator[sync_api.Page]:
    """A tab of the app; nothing may be asked of anybody else, and nothing may be complained of."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    context.on("request", lambda r: asked.append(r.url))
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    yield page
    assert [u for u in asked if not u.startswith((client.address, "blob:"))] == []
    assert wrong == []
    context.close()


def show(page: sync_api.Page, client: Client, address: str) -> None:
    """Go to a view and wait until it stands."""
    page.goto(f"{client.address}/{address}")
    ready(page)


def ready(page: sync_api.Page) -> None:
    sync_api.expect(page.locator("#main")).to_have_attribute("data-ready", "1")
    sync_api.expect(page.locator("#main > .view")).to_have_count(1)


def write(page: sync_api.Page, text: str) -> None:
    """Put a text into the editor and wait until it was checked."""
    main = page.locator("#main")
    before = main.get_attribute("data-checked") or ""
    page.locator("#yaml").fill(text)
    sync_api.expect(main).not_to_have_attribute("data-checked", before)


def mark(page: sync_api.Page, site: str) -> sync_api.Locator:
    return page.locator(f'[data-site="{site}"]')


def first(page: sync_api.Page, held: list[sync_api.Route], end: str) -> sync_api.Route:
    """The first request held back whose address ends so, once there is one."""
    late = time.monotonic() + PATIENCE / 1000
    while not (found := [route for route in held if route.request.url.endswith(end)]):
        assert time.monotonic() < late
        page.wait_for_timeout(20)
    return found[0]


def expect_text(page: sync_api.Page, part: str) -> None:
    sync_api.expect(page.locator("#yaml")).to_have_value(re.compile(part))


def test_from_a_question_to_the_map_and_its_reasons(
    browser: sync_api.Browser, client: Client, tmp_path: Path
) -> None:
    with window(browser, client) as page:
        show(page, client, "#/")
        page.locator("#find").fill("aid conditions bind")
        sync_api.expect(page.locator("a.scenario:visible")).to_have_count(1)
        page.locator("a.scenario:visible").click()
        sync_api.expect(page.locator("h1")).to_have_text("Aid with its strings attached")
        write(page, SMALL + "weightz: {risk: 1}\n")
        sync_api.expect(page.locator("#problems")).to_contain_text(
            "E204 scenario.yaml:8: weightz: unknown field. Did you mean 'weights'"
        )
        sync_api.expect(page.locator(".gutter .bad")).to_have_text("8\n")
        sync_api.expect(page.locator("#solve")).to_be_disabled()
        write(page, SMALL)
        sync_api.expect(page.locator("#solve")).to_be_enabled()
        mark(page, "us_boise").locator(".hit").click()
        page.get_by_role("button", name="Must not be used").click()
        expect_text(page, r"forbid:\s+- us_boise")
        page.locator("#w-risk").focus()
        page.keyboard.press("ArrowRight")
        expect_text(page, r"risk: 1\.05")
        page.locator("#solve").click()
        page.wait_for_url("**/#/job/*")
        # a small question may be through a step before it can be seen, never without it
        sync_api.expect(page.locator(".steps [data-step=build]")).to_have_class(
            re.compile("now|past")
        )
        page.reload()
        page.wait_for_url("**/#/run/small", timeout=PATIENCE)
        ready(page)
        sync_api.expect(page.locator("h1")).to_have_text("A small question")
        text = (client.runs / "small" / "scenario.yaml").read_text("utf-8")
        assert "us_boise" in text
        begun = json.loads((client.runs / "small" / "plan.json").read_text("utf-8"))["modules"]
        site = next(m["site"] for m in begun if m["country"] != "TW")
        _ask_why(page, site)
        with page.expect_download() as got:
            page.get_by_role("link", name="Everything (zip)").click()
        got.value.save_as(tmp_path / "all.zip")
        names = set(zipfile.ZipFile(tmp_path / "all.zip").namelist())
        assert {"small/map.png", "small/sites.geojson", "small/report.html"} <= names


def _ask_why(page: sync_api.Page, site: str) -> None:
    """Reach a site with the keyboard alone and ask why it is in; the answer outlives a reload."""
    mark(page, site).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Why here?").click()
    answer = page.locator('[data-question="why"] .says')
    sync_api.expect(answer).to_contain_text("of risk-adjusted value")
    page.reload()
    sync_api.expect(answer).to_contain_text("of risk-adjusted value")
    assert page.url.endswith(site)


def test_stopping_keeps_the_best_plan(
    browser: sync_api.Browser, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_jobs, "CHILD", PLAIN)
    text = SMALL.replace("name: small", "name: stopped").replace("periods: 2", "periods: 3")
    text = text.replace("gap: 0.05", "gap: 0").replace("futures: [average]\n", "")
    _, job = client.post("/api/jobs/solve", {"text": text})
    with window(browser, client) as page, window(browser, client) as other:
        for tab in (page, other):
            show(tab, client, f"#/job/{job['id']}")
        for tab in (page, other):
            sync_api.expect(tab.locator(".gapchart .best")).to_have_count(1)
            sync_api.expect(tab.locator(".tile b").first).to_have_text(
                re.compile(r"^[\d,]+\.\d\d$")
            )
        page.get_by_role("button", name="Stop, keep the best plan").click()
        for tab in (page, other):
            tab.wait_for_url("**/#/run/stopped", timeout=PATIENCE)
            ready(tab)
        sync_api.expect(page.locator(".figures")).to_contain_text("stopped by interrupt")


def test_runs_are_compared(browser: sync_api.Browser, client: Client) -> None:
    with window(browser, client) as page:
        show(page, client, "#/runs")
        button = page.get_by_role("button", name="Compare")
        sync_api.expect(button).to_be_disabled()
        for run in ("one", "two"):
            page.get_by_label(f"Compare {run}", exact=True).check()
        button.click()
        frame = page.frame_locator("iframe.page")
        sync_api.expect(frame.locator("body")).to_have_attribute("data-ready", "1")
        assert frame.locator(".boards .board").count() == 2
        with page.expect_download() as got:
            page.get_by_role("link", name="compare.xlsx").click()
        assert got.value.suggested_filename == "compare.xlsx"


def test_a_killed_solver_is_shown_with_what_to_do(
    browser: sync_api.Browser, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_jobs, "CHILD", FAKE)
    _, job = client.post("/api/jobs/solve", {"text": SMALL.replace("name: small", "name: crash")})
    with window(browser, client) as page:
        show(page, client, f"#/job/{job['id']}")
        sync_api.expect(page.locator(".failure")).to_contain_text("ended from outside by SIGKILL")
        sync_api.expect(page.locator(".failure .hint")).to_contain_text("planner serve --memory")
        page.get_by_role("link", name="Back to the text").click()
        expect_text(page, "name: crash")


def test_hostile_names_are_text_and_their_pages_are_kept_apart(
    browser: sync_api.Browser, client: Client
) -> None:
    with window(browser, client) as page:
        show(page, client, "#/runs")
        sync_api.expect(page.locator("a", has_text=TITLE)).to_have_count(1)
        show(page, client, f"#/run/hostile/{HOSTILE_SITE}")
        sync_api.expect(page.locator("h1")).to_have_text(TITLE)
        sync_api.expect(page.locator("#h-site")).to_have_text(SITE)
        assert page.evaluate("window.hit") is None
        assert page.locator("#main script, #main img").count() == 0
    context = browser.new_context()
    page = context.new_page()  # the page pries, so its console complains
    page.goto(f"{client.address}/api/runs/hostile/files/report.html")
    sync_api.expect(page.locator("#p")).to_have_text(re.compile("cut"))
    assert page.evaluate("origin") == "null"
    context.close()


def test_the_map_is_worked_by_keyboard_alone(browser: sync_api.Browser, client: Client) -> None:
    with window(browser, client) as page:
        show(page, client, "#/edit/base")
        mark(page, "de_dresden").focus()
        sync_api.expect(page.locator("#tip")).to_contain_text("Dresden")
        page.keyboard.press("ArrowLeft")
        here = page.evaluate("document.activeElement.dataset.site")
        assert here.startswith("de_")
        assert here != "de_dresden"
        page.keyboard.press("Enter")
        sync_api.expect(page.get_by_role("dialog")).to_be_visible()
        assert page.evaluate("document.activeElement.textContent") == "Must be used"
        page.keyboard.press("Escape")
        sync_api.expect(page.get_by_role("dialog")).to_be_hidden()
        assert page.evaluate("document.activeElement.dataset.site") == here
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect_text(page, rf"pin:\s+- site: {here}")
        sync_api.expect(page.locator(".rules .pin")).to_have_count(1)
        page.locator(".rules .pin button").press("Enter")
        sync_api.expect(page.locator(".rules .pin")).to_have_count(0)


def test_a_text_is_opened_from_a_file_and_saved_as_one(
    browser: sync_api.Browser, client: Client, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(SMALL, "utf-8")
    with window(browser, client) as page:
        show(page, client, "#/edit/base")
        page.locator("input[type=file]").set_input_files(file)
        expect_text(page, "name: small")
        sync_api.expect(page.locator("h1")).to_have_text("A small question")
        with page.expect_download() as got:
            page.get_by_role("button", name="Save as a file").click()
        assert got.value.suggested_filename == "small.yaml"
        assert got.value.path().read_text("utf-8") == SMALL
        (tmp_path / "large.yaml").write_text("#" * 1_000_001, "utf-8")
        page.locator("input[type=file]").set_input_files(tmp_path / "large.yaml")
        sync_api.expect(page.locator("#notice")).to_contain_text("larger than 1 MB")
        expect_text(page, "name: small")


def test_a_server_started_anew_is_taken_over(
    browser: sync_api.Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tab keeps its text, takes over the new token, and works on."""
    from tests.interfaces import web_server

    context = browser.new_context()
    page = context.new_page()
    with serving(tmp_path) as client:
        show(page, client, "#/edit/base")
        write(page, SMALL)
    monkeypatch.setattr(web_server, "SECRET", "another-token")
    with serving(tmp_path, port=client.port):
        page.locator("#w-cost").focus()
        page.keyboard.press("ArrowRight")
        expect_text(page, r"cost: 1\.05")
        page.reload()
        expect_text(page, "name: small")
        expect_text(page, r"cost: 1\.05")
    context.close()


def test_a_request_refused_after_the_new_token_came_is_sent_again(
    browser: sync_api.Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text's check brings the new token while a change of the form is still under way."""
    from tests.interfaces import web_server

    context = browser.new_context()
    page = context.new_page()
    held: list[sync_api.Route] = []

    def hold(route: sync_api.Route) -> None:
        if route.request.url in [known.request.url for known in held]:
            route.continue_()
        else:
            held.append(route)

    with serving(tmp_path) as client:
        show(page, client, "#/edit/base")
    monkeypatch.setattr(web_server, "SECRET", "another-token")
    with serving(tmp_path, port=client.port):
        page.route(f"{client.address}/", hold)
        page.route("**/api/edit", hold)
        page.locator("#yaml").fill(SMALL)
        renewal = first(page, held, "/")
        page.locator("#w-cost").focus()
        page.keyboard.press("ArrowRight")
        edit = first(page, held, "/api/edit")
        renewal.continue_()
        token = page.locator("meta[name=planner-token]")
        sync_api.expect(token).to_have_attribute("content", "another-token")
        edit.continue_()
        expect_text(page, r"cost: 1\.05")
    context.close()


def test_opened_to_the_network_only_the_printed_link_can_change(
    browser: sync_api.Browser, tmp_path: Path
) -> None:
    with serving(tmp_path, host="0.0.0.0") as client:
        assert SECRET.encode() not in client.raw("GET", "/")[2]
        for address, words in (("#/edit/base", "started anew"), (f"#token={SECRET}", "")):
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{client.address}/{address}")
            ready(page)
            page.goto(f"{client.address}/#/edit/base")
            if words:
                sync_api.expect(page.locator("#notice")).to_contain_text(words)
            else:
                sync_api.expect(page.locator("#problems")).to_have_text("No problem found.")
                assert SECRET not in page.url
            context.close()


VIEWS = ("#/", "#/edit/everything", "#/runs", f"#/run/hostile/{HOSTILE_SITE}")


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_nothing_sticks_out_is_cut_or_overlaps(
    browser: sync_api.Browser, client: Client, size: tuple[int, int]
) -> None:
    with window(browser, client, size, "dark") as page:
        for view in VIEWS:
            show(page, client, view)
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], view
            assert page.evaluate(FITS) == [], view
            assert page.evaluate(OVERLAPS) == [], view


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_fault_of_accessibility(
    browser: sync_api.Browser, client: Client, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    code = (Path(axe.__file__).parent / "axe.min.js").read_text("utf-8")
    monkeypatch.setattr(web_jobs, "CHILD", FAKE)
    _, job = client.post("/api/jobs/solve", {"text": SMALL.replace("name: small", "name: crash")})
    client.ended(job["id"])
    with window(browser, client, DESK, scheme) as page:
        for view in (*VIEWS, f"#/job/{job['id']}"):
            show(page, client, view)
            page.evaluate(code)
            found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            bad = [
                (v["id"], [n["html"][:140] for n in v["nodes"][:3]])
                for v in found["violations"]
                if v["impact"] in ("serious", "critical")
            ]
            assert bad == [], view
