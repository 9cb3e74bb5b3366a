"""The sweep's page: cells, bins, frequencies, and text that stays text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from planner.core.sweep import Knob, Sweep
from planner.inputs.load import data_root
from planner.outputs.maps_frequency import frequency_maps
from planner.outputs.sweep_page import heat_map, hosts_of, slots, write_sweep_page
from tests.outputs.sample_case import sample_case

HOSTILE = "<script>alert(1)</script>"


def outcome(point: int, a: float, b: float, *modules: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "point": point, "status": "optimal", "reason": "", "objective_usd_bn": 10.0 + point,
        "bound_usd_bn": 11.0, "gap": 0.01, "measures": {"kwpm_new_overseas": 25.0 * len(modules)},
        "modules": list(modules), "settings": {"a": a, "b": b},
    }  # fmt: skip


def asked(**changes: Any) -> Sweep:
    knobs = [{"key": "a", "label": HOSTILE, "values": [0, 1]}, {"key": "b", "values": [0, 1]}]
    plain = {"name": "s", "scenario": "base", "knobs": knobs}
    return Sweep.model_validate({**plain, **changes})


US, JP = (
    ("us_a", "US", "N2", "greenfield", 2028, 25.0),
    ("jp_a", "JP", "N2", "greenfield", 2028, 25.0),
)


def test_hosts_are_named_in_a_fixed_order_without_home() -> None:
    home = ("tw_a", "TW", "N2", "expansion", 2026, 25.0)
    assert hosts_of(outcome(0, 0, 0, JP, home, US, US)) == "US+JP"
    assert hosts_of(outcome(0, 0, 0, home)) == ""


def test_a_cell_shows_what_most_of_its_points_say() -> None:
    drawn = heat_map(asked(), [outcome(0, 0, 0, US), outcome(1, 0, 0, JP), outcome(2, 0, 0, JP)])
    assert drawn.count(">JP<") == 1
    assert ">US<" not in drawn
    assert "JP in 2 of 3 points, value 11.0 USD bn, 25 kwpm" in drawn
    assert HOSTILE not in drawn


def test_a_cell_without_a_plan_is_empty() -> None:
    drawn = heat_map(asked(), [outcome(0, 0, 0, US), outcome(1, 1, 1, JP)])
    assert drawn.count("no point solved here") == 2


def test_ranges_are_cut_into_slices_that_hold_every_value() -> None:
    knob = Knob(key="a", low=0, high=1)
    values = [n / 200 for n in range(201)]
    found = slots(knob, values)
    assert len(found) == 10
    assert sorted(v for _, members in found for v in members) == values


def test_circles_count_plans(tmp_path: Path) -> None:
    case = sample_case("a", "A")
    site = case.ids("sites")[0]
    row = (site, "US", "N2", "greenfield", 2028, 25.0)
    drawn = "".join(
        frequency_maps([outcome(0, 0, 0, row), outcome(1, 0, 0)], case, data_root()).values()
    )
    assert "1 / 2</title>" in drawn
    assert len(re.findall("<circle", drawn)) == len(case.ids("sites"))


def test_every_frequent_site_is_named_apart() -> None:
    """Names stand apart, with a leader where need be; hardly one is left out where all are."""
    case = sample_case("a", "A")
    rows = [(i, "TW", "N2", "expansion", 2026, 25.0) for i in case.ids("sites")]
    drawn = frequency_maps([outcome(0, 0, 0, *rows)], case, data_root())
    for text in drawn.values():
        found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*font-size="([\d.]+)"', text)
        spots = [(float(x), float(y), float(size)) for x, y, size in found]
        assert all(
            abs(a[1] - b[1]) > a[2] or abs(a[0] - b[0]) > 4 * a[2]
            for n, a in enumerate(spots) for b in spots[n + 1 :]
        )  # fmt: skip
    assert sum(t.count("100%</text>") for t in drawn.values()) >= 0.95 * len(rows)


@pytest.mark.parametrize("knobs", [1, 2, 3])
def test_page_is_whole_for_any_number_of_knobs(tmp_path: Path, knobs: int) -> None:
    keys = ["a", "b", "c"][:knobs]
    sweep = asked(
        title=HOSTILE, knobs=[{"key": k, "label": HOSTILE, "values": [0, 1]} for k in keys]
    )
    rows = [outcome(0, 0, 0, US)]
    rows[0]["settings"] = dict.fromkeys(keys, 0.0)
    failed = {**outcome(1, 0, 0), "status": "failed", "reason": HOSTILE, "objective_usd_bn": None,
              "gap": None, "measures": {}, "settings": dict.fromkeys(keys, 1.0)}  # fmt: skip
    path = tmp_path / "sweep.html"
    write_sweep_page(sweep, [*rows, failed], sample_case("a", "A"), path, data_root())
    text = path.read_text()
    assert HOSTILE not in text
    assert not re.findall(r"""(?:src|href)=["']?https?:|url\(|@import""", text)
    first = path.read_bytes()
    write_sweep_page(sweep, [*rows, failed], sample_case("a", "A"), path, data_root())
    assert path.read_bytes() == first
