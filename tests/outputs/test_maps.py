"""The printed map: what is on it, that nothing collides, and that it is the same every time."""

from __future__ import annotations

import hashlib
import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from planner.core.errors import InputError
from planner.core.plan import Plan
from planner.outputs import projections
from planner.outputs.maps import draw_difference_map, draw_map, lay_out, save_map
from planner.outputs.maps_content import content, shading
from tests.outputs.sample_plan import sample_plan, sample_plan_b

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
PANELS = {"US", "JP", "DE", "TW", "overview"}
SAVED = """
import hashlib, sys
from pathlib import Path
from planner.outputs.maps import draw_map, save_map
from tests.outputs.sample_plan import sample_plan
figure = draw_map(*sample_plan(), Path("data"))
paths = save_map(figure, Path(sys.argv[1]) / "map", ("png", "svg", "pdf"))
print(" ".join(hashlib.sha256(p.read_bytes()).hexdigest() for p in paths))
"""


@pytest.fixture(scope="module")
def figure() -> Figure:
    return draw_map(*sample_plan(), DATA)


@pytest.fixture(scope="module")
def crowded() -> Figure:
    """Every site runs a fab and bears a long name."""
    plan, case = sample_plan()
    sites = plan.table("sites").copy()
    sites["name"] = sites["name"] + " industrial and science park"
    idle = sites["final_kwpm"] == 0
    for column, value in (("new_kwpm", 20.0), ("final_kwpm", 20.0), ("main_product", "N5")):
        sites.loc[idle, column] = value
    return draw_map(with_sites(plan, sites), case, DATA)


def with_sites(plan: Plan, sites: pd.DataFrame, **changes: str) -> Plan:
    return replace(plan, tables={**plan.tables, "sites": sites}, **changes)


def gids(figure: Figure, head: str) -> list[str]:
    found = [a.get_gid() for a in figure.findobj(lambda a: str(a.get_gid()).startswith(head))]
    return sorted(str(g).removeprefix(head) for g in found)


def panels(figure: Figure) -> dict[str, Axes]:
    return {a.get_label(): a for a in figure.axes if str(a.get_gid()).startswith("panel:")}


def label_boxes(figure: Figure) -> dict[str, Bbox]:
    renderer = figure.canvas.get_renderer()
    return {
        str(t.get_gid()): t.get_window_extent(renderer)
        for t in figure.findobj(Text)
        if str(t.get_gid()).startswith("label:")
    }


def words(figure: Figure, gid: str) -> str:
    return next(t.get_text() for t in figure.findobj(Text) if t.get_gid() == gid)


def test_four_countries_and_the_overview(figure: Figure) -> None:
    assert set(panels(figure)) == PANELS
    tops = {round(panels(figure)[c].get_position().y1, 6) for c in PANELS - {"overview"}}
    assert len(tops) == 1


def test_every_site_is_drawn_as_what_it_is(figure: Figure) -> None:
    plan, _ = sample_plan()
    sites = plan.table("sites").set_index("id")
    assert gids(figure, "new:") == sorted(sites.index[sites["new_kwpm"] > 0])
    assert gids(figure, "standing:") == sorted(sites.index[sites["existing_kwpm"] > 0])
    assert gids(figure, "rd:") == sorted(plan.table("research")["site"])
    hollow = figure.findobj(lambda a: str(a.get_gid()).startswith("candidates:"))
    assert sum(len(a.get_offsets()) for a in hollow) == (sites["role"] == "none").sum()


def test_running_sites_and_markets_are_named_candidates_are_not(figure: Figure) -> None:
    plan, case = sample_plan()
    sites = plan.table("sites")
    running = {f"label:{i}" for i in sites.loc[sites["role"] != "none", "id"]}
    assert set(label_boxes(figure)) == running | {f"label:market:{m}" for m in case.ids("markets")}


@pytest.mark.parametrize("which", ["figure", "crowded", "difference"])
def test_labels_collide_with_nothing(which: str, request: pytest.FixtureRequest) -> None:
    drawn = difference() if which == "difference" else request.getfixturevalue(which)
    boxes = label_boxes(drawn)
    assert len(boxes) > 8
    for (a, one), (b, two) in itertools.combinations(boxes.items(), 2):
        assert not one.overlaps(two), (a, b)
    frames = [axes.get_window_extent() for axes in panels(drawn).values()]
    for name, box in boxes.items():
        inside = [f for f in frames if f.x0 <= box.x0 and box.x1 <= f.x1]
        assert any(f.y0 <= box.y0 and box.y1 <= f.y1 for f in inside), name


def test_in_kyushu_and_texas_every_name_finds_room(crowded: Figure) -> None:
    boxes = label_boxes(crowded)
    plan, _ = sample_plan()
    assert {f"label:{i}" for i in plan.table("sites")["id"]} <= set(boxes)
    assert "No room" not in words(crowded, "source")


def test_words_around_the_map(figure: Figure) -> None:
    plan, _ = sample_plan()
    assert words(figure, "title") == plan.title
    assert "11 sites with new capacity (+400 k wafers a month)" in words(figure, "subtitle")
    assert "4 research centres" in words(figure, "subtitle")
    assert "Natural Earth (public domain); not a legal statement" in words(figure, "source")
    assert words(figure, "solver").startswith("Solver: optimal, gap 0.080 %")
    assert words(figure, "layer") == "Expected loss of capacity, % a year (mean of the sites)"
    keys = gids(figure, "key:")
    for key in ("N2", "PKG", "new capacity", "standing today", "candidate fab", "no site, no data"):
        assert key in keys


def test_flows_run_from_makers_to_markets(figure: Figure) -> None:
    plan, _ = sample_plan()
    flows = plan.table("flows")
    last = flows[flows["year"] == flows["year"].max()]
    pairs = {f"{o}>{m}" for o, m in zip(last["origin"], last["market"], strict=True)}
    assert set(gids(figure, "flow:")) == pairs
    widths = {
        str(a.get_gid()): float(a.get_linewidth()[0])
        for a in figure.findobj(lambda a: str(a.get_gid()).startswith("flow:"))
    }
    assert max(widths, key=lambda k: widths[k]) == "flow:TW>US"


def test_a_year_shows_only_what_is_in_service() -> None:
    plan, case = sample_plan()
    early = draw_map(plan, case, DATA, year=2029)
    assert gids(early, "new:") == ["jp_kumamoto", "tw_kaohsiung"]
    assert gids(early, "rd:") == ["jp_tsukuba"]
    assert "in service by 2029" in words(early, "title")
    nothing = content(plan, case, None, 2020)
    assert not any(m.active for m in nothing.marks)
    assert gids(draw_map(plan, case, DATA, year=2020), "label:") == []


def test_shading_is_the_mean_of_a_regions_sites() -> None:
    plan, case = sample_plan()
    sites = plan.table("sites")
    texas = sites.loc[sites["iso_3166_2"] == "US-TX", "engineer_wage_usd_thousand"].mean()
    assert shading(plan, "wage").shades["US-TX"] == pytest.approx(texas)
    assert "US-NV" not in shading(plan, "wage").shades
    assert "USD/MWh" in words(draw_map(plan, case, DATA, layer="power"), "layer")
    for layer in ("risk", "hazard", "subsidy", "wage", "power"):
        assert len(shading(plan, layer).shades) == sites["iso_3166_2"].nunique()
    blank = with_sites(plan, sites.assign(hazard_index=None))
    assert words(draw_map(blank, case, DATA, layer="hazard"), "layer").endswith("no data")
    with pytest.raises(InputError, match="Did you mean 'hazard'"):
        draw_map(plan, case, DATA, layer="hazzard")


def test_no_site_lies_outside_its_panel() -> None:
    plan, case = sample_plan()
    shipped = pd.read_csv(DATA / "places" / "sites.csv").assign(role="none", chosen=False)
    far = pd.DataFrame(
        {"id": ["us_honolulu", "jp_naha", "us_anchorage"], "country": ["US", "JP", "US"],
         "lat": [21.31, 26.21, 61.2], "lon": [-157.86, 127.68, -149.9]}
    )  # fmt: skip
    for extra in (shipped[["id", "country", "lat", "lon"]], far):
        sites = pd.concat([plan.table("sites"), extra.assign(name=extra["id"])])
        sites = sites.assign(role="none", main_product="", existing_kwpm=0.0, final_kwpm=0.0)
        marks = content(with_sites(plan, sites), case, None, None).marks
        sheet = lay_out(marks, [(c, c) for c in ("US", "JP", "DE", "TW")])
        for view in sheet.panels:
            spots = sorted(view.holds)
            x, y = projections.project(view.crs, [s[0] for s in spots], [s[1] for s in spots])
            west, south, east, north = view.extent
            assert np.all((west < x) & (x < east) & (south < y) & (y < north)), view.id
        held = [(view.id, spot) for view in sheet.panels for spot in view.holds]
        assert sorted(set(held)) == sorted(held) == sorted({(m.country, m.spot) for m in marks})
        assert sum(view.inset for view in sheet.panels) == (3 if extra is far else 0)


def test_the_usual_sites_leave_the_views_as_they_are() -> None:
    shipped = pd.read_csv(DATA / "places" / "sites.csv")
    for country, part in shipped.groupby("country"):
        crs = projections.COUNTRY_CRS[country]
        spots = list(zip(part["lon"], part["lat"], strict=True))
        view = projections.view_extent(crs, projections.VIEWS[country])
        assert projections.country_extent(country, crs, spots) == view


def test_same_plan_same_bytes_in_another_process(figure: Figure, tmp_path: Path) -> None:
    paths = save_map(figure, tmp_path / "map", ("png", "svg", "pdf"))
    here = [hashlib.sha256(p.read_bytes()).hexdigest() for p in paths]
    done = subprocess.run(
        [sys.executable, "-c", SAVED, str(tmp_path)],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == here


def test_saving_by_ending_or_by_formats(figure: Figure, tmp_path: Path) -> None:
    assert save_map(figure, tmp_path / "a.png", dpi=60) == (tmp_path / "a.png",)
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert save_map(figure, tmp_path / "v1.2", ("svg",)) == (tmp_path / "v1.2.svg",)
    with pytest.raises(InputError, match="E192"):
        save_map(figure, tmp_path / "a.bmp")


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    plan, case = sample_plan()
    bad = "$\\frac{ --><script>alert(1)</script> " * 9
    sites = plan.table("sites").assign(name=bad)
    drawn = draw_map(with_sites(plan, sites, title=bad), case, DATA)
    (path,) = save_map(drawn, tmp_path / "x.svg")
    text = path.read_text(encoding="utf-8")
    assert "<script" not in text.replace("<!-- ", "").split("-->")[-1]
    assert "--><script" not in text
    assert 'href="http' not in text


def test_odd_plans_still_give_a_map() -> None:
    plan, case = sample_plan()
    sites = plan.table("sites")
    one = sites[sites["country"] == "DE"]
    assert set(panels(draw_map(with_sites(plan, one), case, DATA))) == {"DE", "overview"}
    abroad = one.assign(country="IN", lat=[12.9, 13.0, 17.4, 23.0, 28.6], lon=77.5)
    assert "IN" in panels(draw_map(with_sites(plan, abroad), case, DATA))
    nowhere = one.assign(lat=None)
    assert panels(draw_map(with_sites(plan, nowhere), case, DATA)).keys() <= {"overview"}
    empty = replace(plan, tables={}, title="")
    assert words(draw_map(empty, case, DATA), "title") == case.scenario.label


def difference() -> Figure:
    return draw_difference_map(sample_plan()[0], sample_plan_b()[0], DATA)


def test_differences_are_told_apart() -> None:
    drawn = difference()
    assert set(panels(drawn)) == PANELS - {"overview"}
    assert gids(drawn, "opened:") == ["de_aachen", "jp_chitose", "us_clay"]
    assert "us_sherman" in gids(drawn, "dropped:")
    assert gids(drawn, "resized:") == ["de_dresden", "jp_kumamoto"]
    assert gids(drawn, "moved:") == ["us_phoenix", "us_taylor"]
    assert {"opened", "dropped", "moved in time", "resized", "same"} <= set(gids(drawn, "key:"))
    assert "3 opened, 6 dropped" in words(drawn, "subtitle")


def test_a_plan_does_not_differ_from_itself() -> None:
    plan, _ = sample_plan()
    drawn = draw_difference_map(plan, plan, DATA)
    assert not gids(drawn, "label:")
    assert "0 opened" not in words(drawn, "subtitle")
