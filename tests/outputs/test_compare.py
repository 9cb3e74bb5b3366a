"""The comparison: changes that add up, differences by kind, steady and safe files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from planner.core.errors import VerificationError
from planner.outputs import book, compare_files
from planner.outputs.compare import compare_html, compare_plans
from planner.outputs.compare_data import (
    cash_lines,
    describe,
    kind_of,
    measures,
    names,
    site_differences,
)
from tests.outputs.sample_plan import sample_plan, sample_plan_b
from tests.outputs.test_report import read
from tests.outputs.variants import DATA, SITE, TITLE, bare, hostile, nothing, shifted

LARGEST = 900_000
FILES = {"compare.html", "compare.csv", "compare.xlsx", "diff_map.png"}


def test_files_are_written_and_steady(tmp_path: Path) -> None:
    runs = [sample_plan(), sample_plan_b()]
    for folder in ("a", "b"):
        compare_plans(runs, tmp_path / folder, DATA)
    assert {p.name for p in (tmp_path / "a").iterdir()} == FILES
    for name in FILES:
        one, two = (tmp_path / f / name for f in ("a", "b"))
        assert one.read_bytes() == two.read_bytes(), name
    assert (tmp_path / "a" / "diff_map.png").read_bytes().startswith(b"\x89PNG")


def test_cash_explains_the_change() -> None:
    first, other = sample_plan(), sample_plan_b()
    lines = cash_lines(first, other)
    change = other[0].measures["npv_usd_bn"] - first[0].measures["npv_usd_bn"]
    assert sum(x.change for x in lines) == pytest.approx(change, abs=1e-6)
    sizes = [abs(x.change) for x in lines]
    assert sizes == sorted(sizes, reverse=True)


def test_unexplained_change_is_an_error() -> None:
    first, other = sample_plan(), sample_plan_b()
    with pytest.raises(VerificationError):
        cash_lines(first, (shifted(other[0], 0.001), other[1]))


def test_a_plan_against_itself() -> None:
    run = sample_plan()
    assert cash_lines(run, run) == []
    assert set(site_differences(run[0], run[0])["kind"]) == {"same"}


def test_kinds_of_difference() -> None:
    def row(**changes: object) -> dict[str, object]:
        base: dict[str, object] = {
            "chosen": True,
            "first_begun_year": 2026.0,
            "begun": [("N2", 2026.0, 20.0)],
            "centres": [],
        }
        return {**base, **changes}

    off = row(chosen=False, begun=[], first_begun_year=None)
    assert kind_of(off, row()) == "opened"
    assert kind_of(None, row()) == "opened"
    assert kind_of(row(), off) == "dropped"
    assert kind_of(row(), row()) == "same"
    assert kind_of(row(), row(begun=[("N2", 2026.0, 40.0)])) == "resized"
    later = row(first_begun_year=2028.0, begun=[("N2", 2028.0, 20.0)])
    assert kind_of(row(), later) == "moved"
    assert kind_of(row(), row(begun=[("N3", 2026.0, 20.0)])) == "changed"


def test_years_of_one_class_are_told_apart() -> None:
    """Plans that differ only in when the second module comes must not read the same."""
    row = {"chosen": True, "centres": [("Design centre", 2028.0)]}
    split = [("N2", 2026.0, 25.0), ("N2", 2028.0, 25.0), ("PKG", 2030.0, 16.0)]
    said = "N2 +25 kwpm 2026 +25 2028, PKG +16 kwpm 2030, Design centre 2028"
    assert describe({**row, "begun": split}) == said
    assert describe({**row, "begun": [("N2", 2026.0, 50.0)], "centres": []}) == "N2 +50 kwpm 2026"


def test_opened_and_dropped_mirror_each_other() -> None:
    one, two = sample_plan()[0], sample_plan_b()[0]
    there, back = site_differences(one, two), site_differences(two, one)
    opened = set(there.loc[there["kind"] == "opened", "id"])
    assert opened
    assert opened == set(back.loc[back["kind"] == "dropped", "id"])


def test_names_are_distinct() -> None:
    run = sample_plan()
    assert len(set(names([run, run, sample_plan_b()]))) == 3


def test_measures_of_every_run() -> None:
    frame = measures([sample_plan(), sample_plan_b()])
    assert set(frame["name"]) == set(sample_plan()[0].measures)
    assert list(frame.columns[-2:]) == ["0", "1"]


@pytest.mark.parametrize("count", [1, 7])
def test_two_to_six_runs(count: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 to 6"):
        compare_plans([sample_plan()] * count, tmp_path, DATA)


def test_six_runs_make_one_small_safe_page() -> None:
    runs = [sample_plan(), sample_plan_b(), hostile(), nothing(), sample_plan(), sample_plan_b()]
    page = compare_html(runs, DATA)
    reader = read(page)
    assert reader.loads == []
    assert reader.tags.count("script") == 3
    assert reader.tags.count("img") == 0
    assert TITLE in "".join(reader.words)
    assert len(page.encode()) < LARGEST


def test_plans_without_places_compare_by_money() -> None:
    page = compare_html([bare(), bare()], DATA)
    assert 'id="t-measures"' in page


def test_csv_and_workbook_hold_no_formula() -> None:
    sheets = compare_files.grids([hostile(), sample_plan_b()])
    rows = list(csv.reader(io.StringIO(compare_files.csv_text(sheets))))
    assert len({len(r) for r in rows}) == 1
    assert not [c for r in rows for c in r if c.startswith(("=", "@"))]
    found = load_workbook(io.BytesIO(book.workbook_bytes(sheets)))
    assert found.sheetnames == ["runs", "measures", "cash", "sites"]
    cells = [c for sheet in found for row in sheet.iter_rows() for c in row]
    assert {c.data_type for c in cells} <= {"s", "n"}
    assert SITE in {c.value for c in cells}
    total = [r for r in found["cash"].iter_rows(values_only=True) if r[1] == "total"]
    parts = [r[6] for r in found["cash"].iter_rows(values_only=True, min_row=2) if r[1] != "total"]
    assert sum(float(p) for p in parts) == pytest.approx(float(total[0][6]))
