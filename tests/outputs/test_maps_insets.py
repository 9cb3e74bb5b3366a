"""Insets of the printed maps: far sites are shown, named by region, and cover no other site."""

from __future__ import annotations

from matplotlib.text import Text

from planner.outputs import projections
from planner.outputs.maps import draw_map, lay_out
from planner.outputs.maps_canvas import Panel
from planner.outputs.maps_content import content
from tests.outputs.sample_plan import sample_plan
from tests.outputs.test_maps import DATA, gids, with_sites


def test_far_sites_stand_in_named_insets_that_cover_no_site() -> None:
    plan, case = sample_plan()
    sites = plan.table("sites").copy()
    like = sites[sites["final_kwpm"] > 0].iloc[0]
    far = (
        ("us_honolulu", "US", "Honolulu HI", 21.31, -157.86),
        ("us_hilo", "US", "Hilo HI", 19.72, -155.08),
        ("us_anchorage", "US", "Anchorage AK", 61.2, -149.9),
        ("jp_naha", "JP", "Naha, Okinawa", 26.21, 127.68),
    )
    for row in far:
        sites.loc[len(sites)] = like.to_dict() | dict(
            zip(("id", "country", "name", "lat", "lon"), row, strict=True)
        )
    drawn = draw_map(with_sites(plan, sites), case, DATA)
    titles = [t.get_text() for t in drawn.findobj(Text) if "inset title" in str(t.get_gid())]
    assert sorted(titles)[:2] == ["Alaska", "Hawaii"]
    assert sorted(titles)[2].startswith("Okinawa")
    told = {*gids(drawn, "new:"), *gids(drawn, "standing:"), *gids(drawn, "rd:")}
    assert {row[0] for row in far} <= told
    marks = content(with_sites(plan, sites), case, None, None).marks
    sheet = lay_out(marks, [("US", "United States"), ("JP", "Japan")])
    main = {v.id: v for v in sheet.panels if not v.inset}
    for view in main.values():
        on = Panel(None, view)
        x, y = projections.project(view.crs, *zip(*view.holds, strict=True))
        spots = [on.inches(a, b) for a, b in zip(x, y, strict=True)]
        for left, bottom, right, top in view.covered:
            assert not any(left < a < right and bottom < b < top for a, b in spots)


def test_a_site_just_outside_makes_the_panel_grow_a_little() -> None:
    plan, case = sample_plan()
    sites = plan.table("sites").copy()
    row = sites[sites["country"] == "DE"].iloc[0].to_dict()
    sites.loc[len(sites)] = row | {"id": "de_list", "lat": 55.2, "lon": 8.4}
    marks = content(with_sites(plan, sites), case, None, None).marks
    sheet = lay_out(marks, [("DE", "Germany")])
    assert [v.inset for v in sheet.panels] == [False]
    assert sheet.panels[0].extent != projections.country_extent(
        "DE", projections.COUNTRY_CRS["DE"], ()
    )
