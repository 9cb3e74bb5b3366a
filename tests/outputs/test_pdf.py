"""The decision memo: the report's own figures on a few pages, the same bytes every time."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from planner.core.errors import InputError, VerificationError
from planner.outputs import pdf, report_text
from planner.outputs.charts import Step
from planner.outputs.memo import memo
from tests.outputs.sample_plan import sample_plan
from tests.outputs.variants import DATA, hostile, nothing

PAGE = re.compile(rb"/Type /Page\b")


def made(run, path: Path) -> bytes:  # noqa: ANN001
    pdf.write_memo(*run, path, DATA)
    return path.read_bytes()


def test_the_memo_says_what_the_report_says() -> None:
    plan, case = sample_plan()
    found = memo(plan, case)
    assert (found.answer, found.worth) == report_text.decision(plan, case)
    assert found.steps[-1].amount == pytest.approx(plan.measures["objective_usd_bn"])
    assert len(found.openings.cells) == len(plan.table("modules")) + len(plan.table("research"))
    worst = plan.table("risk")["difference_usd_bn"].min()
    assert found.risks.cells[0][3].replace("\u2212", "-") == f"{worst:+.1f}"
    assert found.digest == plan.digest


def test_a_memo_whose_money_does_not_add_up_is_refused() -> None:
    plan, case = sample_plan()
    wrong = replace(plan, measures={**plan.measures, "npv_usd_bn": 1.0})
    with pytest.raises(VerificationError):
        memo(wrong, case)


def test_two_runs_give_the_same_bytes_on_a_few_pages(tmp_path: Path) -> None:
    first, second = made(sample_plan(), tmp_path / "a.pdf"), made(sample_plan(), tmp_path / "b.pdf")
    assert first == second
    assert 3 <= len(PAGE.findall(first)) <= 8


@pytest.mark.parametrize("run", [hostile, nothing])
def test_hostile_and_empty_plans_are_printed(run, tmp_path: Path) -> None:  # noqa: ANN001
    assert made(run(), tmp_path / "memo.pdf").startswith(b"%PDF-")


def test_tags_and_asian_signs_stay_text() -> None:
    assert pdf.marked("<b>熊本 & co") == (
        '&lt;b&gt;<font name="HeiseiKakuGo-W5">熊本</font> &amp; co'
    )


def test_without_the_package_the_way_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "reportlab.platypus", None)
    with pytest.raises(InputError, match="reportlab"):
        pdf.write_memo(*sample_plan(), tmp_path / "memo.pdf", DATA)
    assert not (tmp_path / "memo.pdf").exists()


def test_a_waterfall_ends_where_its_steps_say() -> None:
    from planner.outputs.pdf_charts import waterfall

    steps = [Step("in", 5.0, "revenue"), Step("out", -2.0, "cost"), Step("all", 3.0, "total", True)]
    pdf._fonts()
    drawing = waterfall(steps, 400.0)
    bars = [part for part in drawing.contents if type(part).__name__ == "Rect"]
    assert bars[2].width == pytest.approx(bars[0].width * 3 / 5)
    assert bars[1].x == pytest.approx(bars[0].x + bars[0].width * 3 / 5)
