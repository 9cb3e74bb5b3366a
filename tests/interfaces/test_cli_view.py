"""The verb `map` from the command line: refusals before anything is drawn, and names of files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from planner.interfaces.cli import main
from tests.interfaces.test_cli import folder

Capture = pytest.CaptureFixture[str]
__all__ = ["folder"]


def test_map_refuses_before_it_draws(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    words = ["map", str(folder), "--format", "png,gif", "--year", "1900", "--out"]
    assert main([*words, str(tmp_path / "new")]) == 2
    said = capsys.readouterr().err
    assert "no 'gif'" in said
    assert "1900 lies outside the plan" in said
    assert not list(tmp_path.glob("new/*"))


@pytest.mark.parametrize(("given", "dots"), [([], 300), (["--dpi", "72"], 72)])
def test_map_says_its_resolution(given: list[str], dots: int, folder: Path, tmp_path: Path) -> None:
    assert main(["map", str(folder), "--format", "png", *given, "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*.png")
    with Image.open(path) as picture:
        assert picture.info["dpi"] == pytest.approx((dots, dots), abs=0.1)
    assert main(["map", str(folder), "--dpi", "0", "--out", str(tmp_path)]) == 2


def test_map_by_years_names_its_sheet(folder: Path, tmp_path: Path) -> None:
    asked = ["map", str(folder), "--years", "2026, 2030", "--format", "png", "--out"]
    assert main([*asked, str(tmp_path)]) == 0
    assert [p.name.split("_years_")[1] for p in tmp_path.glob("*.png")] == ["2026-2030.png"]
