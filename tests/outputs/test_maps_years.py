"""The sheet of little maps by year: one legend, one scale, the same bytes every time."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from planner.core.errors import InputError
from planner.outputs.drawing import Drawing, _years, draw
from planner.outputs.maps import save_map
from planner.outputs.maps_content import content
from planner.outputs.maps_years import columns, draw_year_maps, news
from tests.outputs.sample_plan import sample_plan

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
YEARS = (2026, 2030, 2034, 2040)
SAVED = """
import hashlib, sys
from pathlib import Path
from planner.outputs.drawing import Drawing, draw
from tests.outputs.sample_plan import sample_plan
asked = Drawing(formats=("png", "svg", "pdf"), years="2026,2030,2034,2040")
paths = draw(*sample_plan(), Path(sys.argv[1]) / "map", asked, Path("data"))
print(" ".join(hashlib.sha256(p.read_bytes()).hexdigest() for p in paths))
"""


@pytest.fixture(scope="module")
def figure() -> Figure:
    return draw_year_maps(*sample_plan(), DATA, YEARS)


def texts(figure: Figure, gid: str) -> list[Text]:
    return [t for t in figure.findobj(Text) if str(t.get_gid() or "").startswith(gid)]


def test_every_year_has_its_map_and_its_title(figure: Figure) -> None:
    assert [t.get_text() for t in texts(figure, "year:")] == [str(y) for y in YEARS]
    panels = [a for a in figure.axes if str(a.get_gid()).startswith("panel:")]
    assert [a.get_label() for a in panels] == ["US", "JP", "DE", "TW"] * len(YEARS)


def test_legend_colour_bar_and_source_stand_once(figure: Figure) -> None:
    assert [len(texts(figure, g)) for g in ("layer", "source", "solver", "title")] == [1, 1, 1, 1]
    assert sum(t.get_text() == "candidate fab" for t in figure.findobj(Text)) == 1


def test_a_capacity_has_one_size_on_the_whole_sheet(figure: Figure) -> None:
    plan, case = sample_plan()
    marks = {m.id: m for m in content(plan, case, None, 2034).marks}
    later = {m.id: m for m in content(plan, case, None, 2040).marks}
    same = next(i for i, m in marks.items() if m.new > 1 and abs(m.kwpm - later[i].kwpm) < 1e-9)
    drawn = figure.findobj(lambda a: a.get_gid() == f"new:{same}")
    assert np.ptp([float(a.get_sizes()[0]) for a in drawn[-2:]]) == 0


def test_names_are_of_what_is_new_and_collide_with_nothing(figure: Figure) -> None:
    plan, case = sample_plan()
    shown = [content(plan, case, None, y) for y in YEARS]
    pairs = zip(shown, [None, *shown[:-1]], strict=True)
    expected = [m.id for now, before in pairs for m in news(now.marks, before)]
    labels = texts(figure, "label:")
    assert labels
    assert {str(t.get_gid()).removeprefix("label:") for t in labels} <= set(expected)
    renderer = figure.canvas.get_renderer()
    boxes = [t.get_window_extent(renderer) for t in labels]
    for n, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[n + 1 :])


def test_long_titles_and_names_stay_on_the_paper() -> None:
    plan, case = sample_plan()
    sites = plan.table("sites").copy()
    sites["name"] = sites["name"] + " industrial and science park of the prefecture"
    tables = {**plan.tables, "sites": sites}
    drawn = draw_year_maps(replace(plan, title="Long " * 60, tables=tables), case, DATA, (2030,))
    renderer = drawn.canvas.get_renderer()
    paper = drawn.bbox
    for text in drawn.findobj(Text):
        if text.get_text() and text.get_visible():
            box = text.get_window_extent(renderer)
            assert box.x0 >= paper.x0 - 1, text.get_text()
            assert box.x1 <= paper.x1 + 1, text.get_text()


def test_years_are_read_in_any_order_once_each_and_all_means_every_period() -> None:
    _, case = sample_plan()
    assert _years(Drawing(years=" 2034, 2026,2034"), case) == ((2026, 2034), [])
    every, _ = _years(Drawing(years="ALL"), case)
    horizon = case.scenario.horizon
    assert every[0] == horizon.start
    assert len(every) == horizon.periods
    assert [columns(n) for n in (1, 3, 8, 24)] == [1, 1, 2, 3]


@pytest.mark.parametrize(
    ("years", "year", "said"),
    [
        ("2026,soon", None, "'soon' is no year"),
        ("1999", None, "1999 lies outside the plan"),
        ("2026", 2028, "a year and years together"),
        (",", None, "no year given"),
    ],
)
def test_years_nobody_can_draw_are_told(years: str, year: int | None, said: str) -> None:
    plan, case = sample_plan()
    with pytest.raises(InputError, match=said):
        draw(plan, case, Path("nowhere"), Drawing(year=year, years=years), DATA)


def test_same_plan_same_bytes_in_another_process(figure: Figure, tmp_path: Path) -> None:
    paths = save_map(figure, tmp_path / "here", ("png", "svg", "pdf"))
    here = [hashlib.sha256(p.read_bytes()).hexdigest() for p in paths]
    env = {"PYTHONHASHSEED": "7", "PATH": "", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SAVED, str(tmp_path)],
        cwd=ROOT, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == here
