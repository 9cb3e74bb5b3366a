"""How long a reader waits: for the report of a solved plan, for the map after *Solve*.

Run by `pytest tests/bench/test_pages.py -m bench -s`; prints what it measured, asserts no times.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import planner

pytestmark = pytest.mark.bench
TURNS = 2
PATIENCE = 600_000
"""Longest wait for the solver [ms]."""


def seconds(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def both(act: Callable[[], Any]) -> str:
    """Seconds on the wall, and of the processor, which other work on the machine moves less."""
    begun = time.process_time()
    wall = seconds(act)
    return f"{wall:.2f} s ({time.process_time() - begun:.2f} s of processor)"


def test_report_after_the_solve(tmp_path: Path) -> None:
    """Reasons and page of one plan, in the process that solved it: first of all, then again."""
    case = planner.load("base")
    plan = planner.solve(case)
    told: list[Any] = []
    reasons = both(lambda: told.append(planner.explain(plan, case)))
    first, again = (
        both(lambda: planner.report(told[0], case, tmp_path / "report.html")) for _ in range(2)
    )
    drawn = both(lambda: planner.draw_map(told[0], case, tmp_path / "map"))
    print(f"\nreport: {first}, again {again}")  # noqa: T201 - a bench tells
    print(f"reasons before it: {reasons}; map as PNG and SVG: {drawn}")  # noqa: T201


SIX = ("base", "cost-first", "insular", "risk-averse", "second-tier", "tariff-escalation")


def test_ready_in_the_browser(tmp_path: Path) -> None:
    """From opening a file until its map can be used, and until the load is over: one and six plans.

    Read three times each, the middle told; plans to a wide gap, which a page's size hardly feels.
    """
    sync_api: Any = pytest.importorskip("playwright.sync_api", reason="no playwright")
    from planner import api
    from tests.browser.test_pages import CHROMIUM

    if not CHROMIUM:
        pytest.skip("no chromium on the PATH and no PLANNER_CHROMIUM")
    folders = [api.run(name, tmp_path / name, settings={"gap": 0.05})[1] for name in SIX]
    api.compare(folders, tmp_path / "six")
    pages = (folders[0] / "report.html", tmp_path / "six" / "compare.html")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for path in pages:
            waits = sorted(opened(browser, path) for _ in range(3))
            size = path.stat().st_size / 1e6
            print(  # noqa: T201
                f"\n{path.name}, {size:.2f} MB: map after {waits[1][0]:.2f} s, "
                f"loaded after {waits[1][1]:.2f} s"
            )
        browser.close()


def opened(browser: Any, path: Path) -> tuple[float, float]:
    """Seconds until the first site stands on the map, and until the page's load event is over."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    begun = time.perf_counter()
    page.goto(path.as_uri(), wait_until="commit")
    page.locator(".panel svg .site").first.wait_for(timeout=PATIENCE)
    shown = time.perf_counter() - begun
    page.wait_for_load_state("load")
    whole = page.evaluate(
        "() => { const n = performance.getEntriesByType('navigation')[0];"
        " return (n.loadEventEnd - n.startTime) / 1000; }"
    )
    page.close()
    return shown, float(whole)


def test_from_solve_to_the_map_against_the_command_line(tmp_path: Path) -> None:
    """The base case by turns: the command with all outputs, and the web app from the click on."""
    pytest.importorskip("fastapi", reason="the extra `web` is not installed")
    sync_api: Any = pytest.importorskip("playwright.sync_api", reason="no playwright")
    from tests.browser.test_pages import CHROMIUM
    from tests.interfaces.web_server import serving

    if not CHROMIUM:
        pytest.skip("no chromium on the PATH and no PLANNER_CHROMIUM")
    command = [sys.executable, "-m", "planner", "solve", "base", "--quiet", "--out"]
    with serving(tmp_path / "runs") as client, sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        for turn in range(TURNS):
            out = tmp_path / f"command{turn}"
            line = seconds(lambda out=out: subprocess.run([*command, str(out)], check=True))
            page.goto(f"{client.address}/#/edit/base")
            button = page.locator("button.main")
            sync_api.expect(button).to_be_enabled(timeout=60_000)
            click = seconds(lambda button=button: solved(page, button))
            print(f"\ncommand {line:.1f} s, from *Solve* to the map {click:.1f} s")  # noqa: T201
            page.goto("about:blank")
        browser.close()


def solved(page: Any, button: Any) -> None:
    """Click and wait until the run's map stands."""
    button.click()
    page.locator(".v-run .panel svg .site").first.wait_for(timeout=PATIENCE)
