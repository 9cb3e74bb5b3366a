"""Outputs get ready while a search runs: once, out of the way, and never louder than the search."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from planner.api import warm
from planner.outputs import maps_svg


def test_loading_starts_with_the_first_word_and_all_words_pass_on() -> None:
    heard: list[int] = []
    listener = warm.Warm(Path("data"), heard.append)
    assert listener.thread is None
    listener(1)
    thread = listener.thread
    assert thread is not None
    assert thread.daemon
    listener(2)
    assert listener.thread is thread
    thread.join()
    assert heard == [1, 2]
    assert {"planner.outputs.maps", "planner.outputs.report"} <= set(sys.modules)
    before = maps_svg.overview.cache_info().hits
    maps_svg.overview(Path("data"))
    assert maps_svg.overview.cache_info().hits == before + 1


def test_nobody_need_listen() -> None:
    listener = warm.Warm(Path("data"))
    listener("word")
    assert listener.thread is not None
    listener.thread.join()


def test_what_fails_is_left_to_the_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(root: Path) -> None:
        msg = "the boundaries cannot be read"
        raise OSError(msg)

    monkeypatch.setattr(maps_svg, "overview", broken)
    warm.load(tmp_path)
    assert capsys.readouterr() == ("", "")
