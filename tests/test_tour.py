"""The worked notebook runs from top to bottom, and holds what it showed when it was made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

TOUR = Path(__file__).resolve().parents[1] / "planner" / "tour.ipynb"


def cells() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(TOUR.read_text(encoding="utf-8"))["cells"]
    return [c for c in found if c["cell_type"] == "code"]


@pytest.mark.slow
def test_every_cell_runs_in_order() -> None:
    """On a shorter horizon and with less time for questions, so that it is quick."""
    names: dict[str, Any] = {}
    for cell in cells():
        text = "".join(cell["source"])
        text = text.replace("horizon.periods=5", "horizon.periods=3").replace("=20)", "=2)")
        exec(compile(text, str(TOUR), "exec"), names)
    assert names["plan"].info.has_solution
    assert names["more"].info.has_solution
    assert names["small"].info.objective == pytest.approx(-72.0)


def test_it_shows_results_and_no_errors() -> None:
    for cell in cells():
        assert all(o["output_type"] != "error" for o in cell["outputs"])
    assert any("text/html" in o.get("data", {}) for c in cells() for o in c["outputs"])
    assert "-72.0" in str(cells()[-1]["outputs"])
