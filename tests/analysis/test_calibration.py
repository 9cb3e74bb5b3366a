"""Calibration: a fab's cost by hand, figures beside studies, the shipped page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import planner
from planner.analysis.calibration import HOME, SITES, Fab, alone, dilution_pp, fab
from planner.analysis.calibration_rows import indices, rows
from planner.api import truth
from planner.core.case import Case
from planner.core.errors import InputError
from planner.inputs.load import data_root
from planner.inputs.published import Published, read_published
from tests.tiny import tiny


def made(country: str, wafer_usd: float, startup: float = 0.0, aid: float = 0.0) -> Fab:
    lines = {"costs.equipment": 6.0, "costs.building": 4.0, "talent.wages": 10.0, "aid": -aid}
    return Fab(country, "N5", 25.0, 10.0, 1.0, startup, aid, wafer_usd, lines, {2026: 100.0})


def test_a_fab_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """One N2 module in Japan: tools 2.0, building 0.4; 20 MW at 100 USD/MWh and 1,000 USD a wafer.

    0.24 mn wafers a year: 0.24 of materials and 0.01752 of power a year.
    """
    monkeypatch.setitem(SITES, "JP", "jp_a")
    case, built = alone(tiny({"demand.wafers_mn": {("US|N2", 2026): 0.48}}, concepts={}))
    found = fab(case, built, "JP", "N2")
    assert found.one_off_usd_bn == pytest.approx(2.0 + 0.4 + 0.5)
    assert found.yearly_usd_bn == pytest.approx(0.24 + 0.01752)
    assert found.aid_usd_bn == 0
    assert found.bare_usd_bn == pytest.approx(found.one_off_usd_bn + 2.5752)


def test_dilution_by_hand() -> None:
    """10 mn of 100 bn revenue made abroad at 300 + 0 USD more: 3 points."""
    flows = pd.DataFrame(
        [("US", "US", "N5", 2026, 10.0, 60.0), ("TW", "US", "N5", 2026, 5.0, 40.0)],
        columns=["origin", "market", "product", "year", "wafers_mn", "value_usd_bn"],
    )

    class Shown:
        def table(self, name: str) -> pd.DataFrame:
            assert name == "flows"
            return flows

    fabs = {("US", "N5"): made("US", 5300.0), (HOME, "N5"): made(HOME, 5000.0)}
    assert dilution_pp(Shown(), fabs, 2026) == pytest.approx(3.0)  # type: ignore[arg-type]


def test_indices_and_rows_by_hand() -> None:
    """Both cost 20 before aid; with 4 of aid the US stands at 16, so Taiwan at 125."""
    fabs = {("US", "N5"): made("US", 5500.0, aid=4.0), (HOME, "N5"): made(HOME, 5000.0)}
    case: Case = planner.load("base")
    by = {r["country"]: r for r in indices(case, fabs)}
    assert by[HOME]["index"] == pytest.approx(125)
    assert by[HOME]["index_bare"] == pytest.approx(100)
    assert by["US"]["premium_pct"] == pytest.approx(10)

    def one(measure: str, country: str, low: float, high: float) -> Published:
        place = ("x", measure, country, "N5")
        return Published(*place, (low + high) / 2, low, high, "%", "2025", "s", "B", "Note")

    asked = [one("wafer_premium_pct", "US", 5, 20), one("tco_index", HOME, 70, 80)]
    found = rows(asked, case, fabs, None)  # type: ignore[arg-type]
    assert [r["within"] for r in found] == [True, False]
    assert found[0]["why"] == ""
    assert "45 above the range" in found[1]["why"]


def test_published_figures_are_sourced() -> None:
    sources = set(planner.load("base").sources)
    found = read_published(data_root())
    assert {p.source for p in found} <= sources
    both = [p.id for p in found if p.measure == "wafer_premium_pct"]
    assert len(both) >= 3, "a contested figure stands with its sides"


def test_wrong_rows_are_told(tmp_path: Path) -> None:
    text = (data_root() / "calibration" / "published.csv").read_text(encoding="utf-8")
    (tmp_path / "calibration").mkdir()
    text = text.replace("tco_index,", "tco_indx,", 1)
    (tmp_path / "calibration" / "published.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="Did you mean 'tco_index'"):
        read_published(tmp_path)


def test_the_shipped_table(tmp_path: Path) -> None:
    """The bare index of Taiwan lies where the study's arithmetic puts it; misses have reasons."""
    found, written = truth.calibration(tmp_path, gap=0.05)
    by = {r["id"]: r for r in found["rows"]}
    assert by["bcg_tw_bare"]["within"]
    assert all(r["why"] for r in found["rows"] if not r["within"])
    assert written[0].name == "calibration.html"
    assert 'src="http' not in written[0].read_text(encoding="utf-8")
