"""Points of a sweep: grids, lists, Latin hypercubes; and what a sweep file may not say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.errors import InputError
from planner.core.sweep import Knob, Sweep
from planner.inputs.sweeps import read_sweep


def sweep(**changes: object) -> Sweep:
    plain = {"name": "s", "scenario": "base", "knobs": [{"key": "a", "values": [1, 2]}]}
    return Sweep.model_validate({**plain, **changes})


def test_grid_is_every_combination_in_order() -> None:
    knobs = [{"key": "a", "values": [1, 2]}, {"key": "b", "low": 0, "high": 1, "steps": 3}]
    assert sweep(knobs=knobs).settings() == tuple(
        (("a", a), ("b", b)) for a in (1, 2) for b in (0.0, 0.5, 1.0)
    )


def test_list_is_as_written() -> None:
    knobs = [{"key": "a", "values": [1]}, {"key": "b", "values": [1]}]
    asked = sweep(mode="list", knobs=knobs, points=[{"b": 3, "a": 2}])
    assert asked.settings() == ((("a", 2.0), ("b", 3.0)),)


@given(draws=st.integers(2, 60), seed=st.integers(0, 1000))
def test_sample_puts_one_draw_in_every_slice(draws: int, seed: int) -> None:
    knobs = [{"key": "a", "low": 2, "high": 4}, {"key": "b", "low": -1, "high": 0}]
    asked = sweep(mode="sample", draws=draws, seed=seed, knobs=knobs)
    points = asked.settings()
    assert points == asked.settings()
    for n, (low, width) in enumerate(((2, 2), (-1, 1))):
        slices = sorted(int((float(p[n][1]) - low) / width * draws * (1 - 1e-12)) for p in points)
        assert slices == list(range(draws))


def test_a_knob_keeps_its_draws_when_another_is_added() -> None:
    a, b = {"key": "a", "low": 0, "high": 1}, {"key": "b", "low": 0, "high": 1}
    alone = sweep(mode="sample", draws=9, knobs=[a]).settings()
    both = sweep(mode="sample", draws=9, knobs=[b, a]).settings()
    assert [p[0] for p in alone] == [p[1] for p in both]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("knobs: [{key: a}]", "give either 'values', or both 'low' and 'high'"),
        ("knobs: [{key: a, low: 2, high: 1}]", "'low' must lie below 'high'"),
        ("knobs: [{key: a, values: [1], factor: true}]", "begin with 'facts.'"),
        ("knobs: [{key: a, values: [1]}, {key: a, values: [2]}]", "moves twice"),
        ("knobs: [{key: a, values: [1]}]\nmode: list", "go with mode 'list'"),
        ("knobs: [{key: a, values: [1]}]\nmode: list\npoints: [{b: 1}]", "value for each of a"),
        ("knobs: [{key: a, values: [1]}]\ngapp: 0.1", "Did you mean 'gap'"),
        ("knobs: []", "at least 1 item"),
    ],
)
def test_what_a_file_may_not_say(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(f"name: s\nscenario: base\n{text}\n")
    with pytest.raises(InputError) as error:
        read_sweep(path)
    assert words in str(error.value)
    assert "s.yaml:" in str(error.value)


def test_a_knob_is_named_by_its_label() -> None:
    assert Knob(key="a", values=(1,)).name == "a"
    assert Knob(key="a", values=(1,), label="A").name == "A"
