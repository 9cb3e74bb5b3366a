"""No serious fault of accessibility on any page, light and dark, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.analysis.backtest_summary import summary
from planner.inputs.load import data_root
from planner.inputs.published import read_published
from planner.outputs.answers import write_answers
from planner.outputs.backtest_page import write_backtest
from planner.outputs.calibration_page import write_calibration
from planner.outputs.history_page import write_history
from tests.analysis.test_backtest import row
from tests.browser.test_pages import CHROMIUM, DESK, PHONE, Log, browser, pages
from tests.outputs.test_answers import answers
from tests.outputs.test_regret_page import with_places
from tests.rich import rich

if TYPE_CHECKING:
    from playwright import sync_api
else:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on the PATH and no PLANNER_CHROMIUM"),
]
HOSTILE = "A <b>very</b> long name & 'quotes' " + "that goes on and on " * 4


def backtest(folder: Path) -> None:
    fields = {
        "site": "x", "best": "y", "announced": "2023-05", "grade": "B", "note": HOSTILE,
        "taken_out": [HOSTILE] * 3, "own_class": "N5", "node_error": -1.0, "size_error_pct": 12.0,
        "gap_usd_bn": 1.25, "weights": {"cost": 1.5, "risk": 1.0},
    }  # fmt: skip
    rows = [{**row(2, 9, 1.0), **fields, "title": HOSTILE}, {**row(1, 4, 0.0), **fields}]
    found = {**summary(rows), "decisions": rows, "names": {"x": HOSTILE, "y": "There"}}
    write_backtest(found, folder)


def calibration(folder: Path) -> None:
    rows = [
        {
            "name": HOSTILE, "country": p.country, "product": p.product, "planner": 1.0,
            "published": p.value, "low": p.low, "high": p.high, "unit": p.unit, "within": n % 2,
            "grade": p.grade, "why": HOSTILE, "note": p.note, "source": p.source, "year": p.year,
        }
        for n, p in enumerate(read_published(data_root()))
    ]  # fmt: skip
    one = {"product": "N5", "country": "US", "line": "aid", "there_usd_bn": 1.0,
           "taiwan_usd_bn": 0.0, "difference_usd_bn": 1.0}  # fmt: skip
    write_calibration({"text": HOSTILE, "rows": rows, "indices": [], "lines": [one]}, folder)


def history(folder: Path) -> None:
    plans = [
        {"name": n, "title": HOSTILE, "value_usd_bn": 1.0, "bound_usd_bn": 1.1, "status": "optimal",
         "new_kwpm_abroad": 1.0, "new_kwpm_home": 2.0, "capex_abroad_usd_bn": 3.0,
         "duty_usd_bn": 0.0}
        for n in "ab"
    ]  # fmt: skip
    record = [{"year": 1986 + n, "pct": 9.0 + n, "low_pct": 8.0 + n, "high_pct": 11.0 + n,
               "grade": "D", "source": "s"} for n in range(4)]  # fmt: skip
    shares = [{"plan": n, "period": t, "wafers_pct": 9.0, "value_pct": 10.0}
              for n in "ab" for t in (1986, 1988)]  # fmt: skip
    held = [{"period": 1986, "plan_pct": 9.0, "record_pct": 9.5, "low_pct": 8.0, "high_pct": 11.0,
             "difference_pct": -0.5}]  # fmt: skip
    costs = [{"what": HOSTILE, "usd_bn": 1.0, "low_usd_bn": 0.5, "high_usd_bn": 1.5}]
    sites = [{"site": "x", "name": "X", "maker": HOSTILE, "planned": True}]
    found: dict[str, Any] = {
        "text": HOSTILE, "plans": plans, "costs": costs, "shares": shares, "record": record,
        "held": held, "sites": sites, "years_per_period": 2,
    }  # fmt: skip
    write_history(found, folder)


def asked(folder: Path) -> None:
    case = with_places(rich())
    write_answers(answers(case), case, folder / "answers.html", data_root(), "report.html")


STUDIES: dict[str, Callable[[Path], None]] = {
    "backtest": backtest, "calibration": calibration, "history": history,
    "answers": asked,
}  # fmt: skip


@pytest.fixture(scope="module")
def everything(
    pages: dict[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("studies")
    for make in STUDIES.values():
        make(folder)
    return {**pages, **{name: folder / f"{name}.html" for name in STUDIES}}


def haloed(rule: str, element: str) -> bool:
    """Names on maps stand on a halo of the ground's colour, which axe does not see."""
    return rule == "color-contrast" and element.startswith("<text")


SHOWN = [(DESK, "light"), (DESK, "dark"), (PHONE, "light")]
ASKED = [
    (name, size, scheme)
    for name in ("report", "hostile", "compare", "gallery", *STUDIES)
    for size, scheme in SHOWN
    if name != "hostile" or scheme == "light"  # its colours are those of `report`
]


@pytest.mark.parametrize(("name", "size", "scheme"), ASKED)
def test_no_serious_fault(
    name: str,
    size: tuple[int, int],
    scheme: str,
    everything: dict[str, Path],
    browser: sync_api.Browser,
) -> None:
    axe = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    code = (Path(axe.__file__).parent / "axe.min.js").read_text("utf-8")
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,  # type: ignore[arg-type]
        offline=True,
        bypass_csp=True,  # axe comes in as a script; the page's own policy allows inline code
    )
    log, page = Log(), context.new_page()
    log.watch(page)
    page.goto(everything[name].as_uri())
    page.wait_for_load_state("load")
    page.evaluate(code)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    bad = [
        (v["id"], nodes[:3])
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
        and (nodes := [n["html"][:160] for n in v["nodes"] if not haloed(v["id"], n["html"])])
    ]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    clean = log.clean()
    context.close()
    assert bad == []
    assert wide <= 0, "the page itself scrolls sideways"
    assert clean, (log.errors, log.requests)


__all__ = ["browser", "pages"]
