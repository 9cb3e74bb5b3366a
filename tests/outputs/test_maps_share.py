"""Maps of how often sites are chosen: every site is drawn as what it is, and named if it counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from matplotlib.text import Text

from planner.api.views import frequency_map, regret_map
from planner.core.errors import InputError
from planner.outputs.maps_share import LARGEST, draw_frequency_map, draw_regret_map, points
from tests.outputs.sample_plan import sample_plan
from tests.outputs.test_maps import DATA, gids, words


def abroad() -> list[str]:
    _, case = sample_plan()
    return [i for i in case.ids("sites") if case.text("sites", i, "country") != "TW"]


def near_optimal() -> dict[str, Any]:
    """An answer of `alternatives` with one site of each verdict and the rest to avoid."""
    counts = {0: 10, 1: 4}
    rows = []
    for n, i in enumerate(abroad()):
        times = counts.get(n, 0)
        verdict = "must" if times == 10 else "may" if times else "avoid"
        rows.append({"site": i, "name": i, "in": times, "of": 10, "verdict": verdict})
    return {"sites": rows, "plans": [{}] * 10, "within": 0.005, "complete": False, "method": "cuts"}


def regretted() -> dict[str, Any]:
    first, second, third = abroad()[:3]
    rows = [
        {"site": first, "futures": 3, "of": 3, "no_regret": True, "plans": ["a", "b"]},
        {"site": second, "futures": 1, "of": 3, "no_regret": False, "plans": []},
        {"site": third, "futures": 0, "of": 3, "no_regret": False, "plans": ["b"]},
    ]
    plans = [{"plan": "a"}, {"plan": "b"}]
    return {"world": "Sample", "futures": [{}] * 3, "plans": plans, "sites": rows}


def test_verdicts_are_drawn_and_avoided_sites_stay_unnamed() -> None:
    _, case = sample_plan()
    drawn = draw_frequency_map(near_optimal(), case, DATA)
    sites = abroad()
    assert gids(drawn, "must:") == [sites[0]]
    assert gids(drawn, "may:") == [sites[1]]
    assert gids(drawn, "avoid:") == sorted(sites[2:])
    assert gids(drawn, "label:") == sorted(sites[:2])
    assert "1 must, 1 may" in words(drawn, "subtitle")
    assert "there may be more" in words(drawn, "subtitle")
    assert words(drawn, "solver") == "Method: cuts"


def test_sites_without_regret_and_sites_no_future_asks_for() -> None:
    _, case = sample_plan()
    drawn = draw_regret_map(regretted(), case, DATA)
    first, second, third = abroad()[:3]
    assert (gids(drawn, "always:"), gids(drawn, "some:")) == ([first], [second])
    assert gids(drawn, "plans:") == [third]
    notes = [t.get_text() for t in drawn.findobj(Text) if str(t.get_gid()).startswith("label:")]
    assert any("in 3 of 3 · 2 of 2 plans" in note for note in notes)
    assert "1 site no future regrets, of 3 futures" in words(drawn, "subtitle")


def test_area_grows_with_the_share() -> None:
    assert points(1.0) == LARGEST
    quarter, half, whole = (points(s) ** 2 - points(0.0) ** 2 for s in (0.25, 0.5, 1.0))
    assert half == pytest.approx(2 * quarter)
    assert whole == pytest.approx(2 * half)


@pytest.mark.parametrize(
    ("make", "found"), [(frequency_map, near_optimal), (regret_map, regretted)]
)
def test_files_are_the_same_every_time(make: Any, found: Any, tmp_path: Path) -> None:
    _, case = sample_plan()
    kinds = ("png", "svg", "pdf")
    twice = [make(found(), case, tmp_path / name / "map", kinds, DATA) for name in ("a", "b")]
    for one, other in zip(*twice, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_unknown_sites_and_formats_are_told(tmp_path: Path) -> None:
    _, case = sample_plan()
    found = near_optimal()
    found["sites"][0]["site"] = "us_phoenixx"
    with pytest.raises(InputError, match="Did you mean 'us_phoenix'"):
        draw_frequency_map(found, case, DATA)
    with pytest.raises(InputError, match="no 'html'"):
        regret_map(regretted(), case, tmp_path / "map", ("html",), DATA)
