"""Pictures of the README: `make pictures` solves the base case, draws its map and opens its report.

`python -m tests.pictures RUN` takes a run folder that is there. Needs playwright and a Chromium (on
the PATH or named by PLANNER_CHROMIUM).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

import planner
from planner.inputs.load import data_root
from planner.outputs.maps import draw_map, save_map

FOLDER = Path(__file__).resolve().parents[1] / ".pictures"
WIDTH, HEIGHT = 1400, 1130
ASKED = "us_boise"
"""A site the report is asked about."""


def pictures(run: Path, folder: Path) -> tuple[Path, Path]:
    """Write the map and a look at the report of a run; returns both."""
    plan, case = planner.load_run(run)
    drawn, looked = folder / "base_map.png", folder / "report.png"
    save_map(draw_map(plan, case, data_root()), drawn, dpi=110)
    program = os.environ.get("PLANNER_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto((run / "report.html").resolve().as_uri())
        page.locator(f'.site[data-site="{ASKED}"]').first.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        page.evaluate("document.querySelector('#map').scrollIntoView({behavior: 'instant'})")
        page.wait_for_timeout(400)
        page.screenshot(path=looked)
        browser.close()
    for path in (drawn, looked):
        with Image.open(path) as picture:
            small = picture.convert("RGB").quantize(256, method=Image.Quantize.FASTOCTREE)
        small.save(path, optimize=True)
    return drawn, looked


def main() -> None:
    """Solve the base case unless a run is given, and write the pictures."""
    with tempfile.TemporaryDirectory() as scratch:
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
        run = given or planner.run("base", out=Path(scratch) / "base")[1]
        for path in pictures(run, FOLDER):
            sys.stdout.write(f"{path.name} {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    main()
