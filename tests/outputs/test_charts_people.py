"""Charts of people: names of pools are whole."""

from __future__ import annotations

from planner.outputs.charts_people import Strain, strain_grid


def test_long_names_of_pools_are_whole() -> None:
    row = Strain("Dallas and North Texas", "Engineers", {2030: 7.0, 2032: 120.0})
    drawn = strain_grid([row])
    assert ">Dallas and North Texas, Engineers<" in drawn
    assert "…" not in drawn
