"""CSV tables: complete, steady, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from planner.core.plan import Plan
from planner.outputs.tables import cell, csv_text, write_tables
from tests.outputs.sample_plan import sample_plan
from tests.outputs.variants import SITE, hostile


def test_every_table_is_written(tmp_path: Path) -> None:
    plan, _ = sample_plan()
    write_tables(plan, tmp_path)
    assert {p.stem for p in tmp_path.iterdir()} == {*plan.tables, "cash", "rows"}
    for name, frame in plan.tables.items():
        with (tmp_path / f"{name}.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        assert rows[0] == list(frame.columns)
        assert len(rows) == len(frame) + 1


def test_bytes_are_steady_and_lines_end_in_lf(tmp_path: Path) -> None:
    plan, _ = sample_plan()
    for folder in ("a", "b"):
        write_tables(plan, tmp_path / folder)
    for one in sorted((tmp_path / "a").iterdir()):
        data = one.read_bytes()
        assert data == (tmp_path / "b" / one.name).read_bytes()
        assert b"\r" not in data
        assert data.endswith(b"\n")


def test_numbers_read_back(tmp_path: Path) -> None:
    plan, _ = sample_plan()
    write_tables(plan, tmp_path)
    back = pd.read_csv(tmp_path / "cash.csv")
    assert np.allclose(back["present_value_usd_bn"], plan.cash["present_value_usd_bn"], rtol=1e-9)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_is_never_a_formula(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-1.5, "-1.5"),
        (-0.0, "0"),
        (1 / 3, "0.3333333333"),
        (float("nan"), ""),
        (None, ""),
        (True, "true"),
        (np.int64(7), "7"),
        (np.bool_(False), "false"),
        ("a,b", "a,b"),
    ],
)
def test_cells(value: object, text: str) -> None:
    assert cell(value) == text


def test_hostile_name_gets_an_apostrophe(tmp_path: Path) -> None:
    plan, _ = hostile()
    write_tables(plan, tmp_path)
    with (tmp_path / "sites.csv").open(newline="", encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)]
    assert f"'{SITE}" in names
    assert not [n for n in names if n.startswith("=")]


def test_table_name_must_be_a_plain_file_name(tmp_path: Path) -> None:
    plan, _ = sample_plan()
    bad = Plan(**{**vars(plan), "tables": {"../sites": plan.table("sites")}})
    with pytest.raises(ValueError, match="table name"):
        write_tables(bad, tmp_path)


def test_empty_frame_keeps_its_header() -> None:
    assert csv_text(pd.DataFrame(columns=["a", "b"])) == "a,b\n"
