"""Runs in the web app: the list, one run with its map, everything that can be taken along."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

pytest.importorskip("fastapi", reason="the extra `web` is not installed")
from planner.interfaces import web_runs
from planner.outputs import run_folder
from tests.interfaces.web_server import Client, serving
from tests.outputs.test_run_folder import sealed
from tests.outputs.variants import DATA, SITE, TITLE, hostile


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain run, a hostile one, a damaged one, and other things that lie about."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        for part in ("_write_geo", "_write_map", "_write_report"):
            patch.setattr(run_folder, part, lambda *_: None)
        run_folder.write_run(*sealed(), folder / "plain", DATA)
        run_folder.write_run(*sealed(hostile), folder / "hostile", DATA)
    shutil.copytree(folder / "plain", folder / "broken")
    (folder / "broken" / "solution.json.gz").write_bytes(b"no")
    (folder / "older").mkdir()
    (folder / "older" / "plan.json").write_text("[]", "utf-8")
    (folder / "notes").mkdir()
    (folder / "notes.txt").write_text("mine", "utf-8")
    return folder


@pytest.fixture(scope="module")
def client(runs: Path) -> Iterator[Client]:
    with serving(runs) as found:
        yield found


def test_the_list_shows_runs_and_says_what_cannot_be_read(client: Client) -> None:
    found = {row["id"]: row for row in client.get("/api/runs")[1]}
    assert set(found) == {"plain", "hostile", "broken", "older"}
    assert found["plain"]["objective_usd_bn"] == pytest.approx(sealed()[0].info.objective)
    assert found["hostile"]["title"] == TITLE
    assert "E701" in found["older"]["problem"]


def test_one_run_has_all_the_page_shows(client: Client) -> None:
    plan, case = sealed()
    status, found = client.get("/api/runs/plain")
    assert status == 200
    assert {p["id"] for p in found["map"]["panels"]} == set(plan.table("sites")["country"])
    chosen = {r["id"] for r in plan.table("sites").query("chosen").to_dict("records")}
    assert {site["id"] for site in found["map"]["sites"] if site["new"]} == chosen
    assert found["question"] == case.scenario.question
    assert found["decision"].startswith("Begin ")
    assert len(found["modules"]) == len(plan.table("modules"))
    sizes = {p["id"]: (p["w"], p["h"]) for p in found["map"]["panels"]}
    for site in found["map"]["sites"]:
        assert 0 <= site["x"] <= sizes[site["panel"]][0]
        assert 0 <= site["y"] <= sizes[site["panel"]][1]


def test_a_damaged_run_is_told(client: Client) -> None:
    status, told = client.get("/api/runs/broken")
    assert status == 422
    assert "solution.json.gz was changed" in told["message"]


def test_a_run_written_anew_is_read_anew(runs: Path) -> None:
    before = web_runs.seen(runs / "plain")
    assert web_runs.seen(runs / "plain") is before
    mark = runs / "plain" / "plan.json"
    content = json.loads(mark.read_text("utf-8"))
    mark.write_text(json.dumps({**content, "title": "Another"}), "utf-8")
    assert web_runs.seen(runs / "plain")["title"] == "Another"
    mark.write_text(json.dumps(content), "utf-8")


def test_the_archive_holds_the_whole_folder(client: Client, runs: Path) -> None:
    _, heads, body = client.raw("GET", "/api/runs/plain/all.zip")
    assert heads["content-disposition"] == 'attachment; filename="plain.zip"'
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = set(archive.namelist())
        assert archive.testzip() is None
    here = {f"plain/{p.relative_to(runs / 'plain')}" for p in (runs / "plain").rglob("*.*")}
    assert names == here - {"plain/tables"}


def test_a_run_goes_to_other_programs_and_names_stay_text(client: Client) -> None:
    status, heads, body = client.raw("GET", "/api/runs/hostile/export/xlsx")
    assert (status, heads["content-disposition"]) == (200, 'attachment; filename="hostile.xlsx"')
    book = load_workbook(io.BytesIO(body))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value == SITE]
    assert cells
    assert {c.data_type for c in cells} == {"s"}
    status, _, body = client.raw("GET", "/api/runs/hostile/export/kml")
    assert status == 200
    assert b"<script>" not in body
    assert client.raw("GET", "/api/runs/hostile/export/exe")[0] == 422


def test_files_are_saved_under_the_runs_name(client: Client) -> None:
    status, heads, _ = client.raw("GET", "/api/runs/plain/files/tables/sites.csv")
    assert (status, heads["content-type"]) == (200, "text/csv; charset=utf-8")
    _, heads, _ = client.raw("GET", "/api/runs/plain/files/plan.json?save=true")
    assert heads["content-disposition"] == 'attachment; filename="plain-plan.json"'


def test_a_run_without_its_text_still_has_a_scenario(client: Client) -> None:
    _, found = client.get("/api/runs/plain/text")
    assert f"name: {sealed()[1].scenario.name}\n" in found["text"]


def test_comparisons_and_questions_name_runs_that_are_there(client: Client) -> None:
    assert client.post("/api/jobs/compare", {"runs": ["plain", "gone"]})[0] == 404
    assert client.post("/api/jobs/compare", {"runs": ["plain", "plain"]})[0] == 422
    assert client.post("/api/jobs/compare", {"runs": ["plain"]})[0] == 422
    assert client.post("/api/jobs/compare", {"runs": ["../x", "plain"]})[0] == 404
    assert client.post("/api/jobs/memo", {"run": "gone"})[0] == 404
    question = {"run": "gone", "question": "why", "site": "us_dallas"}
    assert client.post("/api/jobs/ask", question)[0] == 404
    assert client.post("/api/jobs/ask", {"run": "plain", "question": "flip"})[0] == 422
    assert client.post("/api/jobs/ask", {"run": "plain", "question": "why"})[0] == 422
    assert client.post("/api/jobs/ask", {"run": "plain", "question": "__init__"})[0] == 422
    assert client.get("/api/jobs") == (200, [])
