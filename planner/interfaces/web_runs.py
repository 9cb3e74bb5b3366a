"""Runs for the web app: the folders there are, what is in one, and ways to take it along.

Only folders right below the runs folder and files inside them can be named; a name with any other
shape, and a link that leads elsewhere, is answered like a name that does not exist.
"""

from __future__ import annotations

import re
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Literal

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response, StreamingResponse

from planner.core.errors import InputError
from planner.interfaces.web_guard import FILE_POLICY, Refusal

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")
PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".csv": "text/csv; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".yaml": "text/plain; charset=utf-8",
    ".gpkg": "application/geopackage+sqlite3",
    ".kml": "application/vnd.google-earth.kml+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Files that are given out, by ending."""
SHOWN = (".html", ".png", ".svg", ".pdf")
"""Files a browser may show; the others are saved."""
CHUNK = 1 << 16
READING = threading.Lock()
"""A run that two tabs ask for at once is read once."""


def run_folder(runs: Path, name: str) -> Path:
    """Folder of a run. Raises Refusal unless it lies right below the runs folder."""
    folder = runs / name
    if NAME.fullmatch(name) and folder.is_dir() and folder.resolve().parent == runs.resolve():
        return folder
    raise Refusal(404, "no such run")


def inside(folder: Path, path: str) -> Path:
    """A file of a folder. Raises Refusal for anything that is not one, or lies elsewhere."""
    parts = path.split("/")
    target = folder.joinpath(*parts)
    plain = len(parts) <= 2 and all(PART.fullmatch(p) for p in parts)
    known = plain and target.suffix in TYPES and target.is_file()
    if known and target.resolve().is_relative_to(folder.resolve()):
        return target
    raise Refusal(404, "no such file")


def file_answer(path: Path, name: str = "") -> Response:
    """A file, shown apart from the app or saved."""
    heads = {"content-security-policy": FILE_POLICY}
    if path.suffix not in SHOWN or name:
        heads["content-disposition"] = f'attachment; filename="{name or path.name}"'
    return FileResponse(path, media_type=TYPES[path.suffix], headers=heads)


def listed(runs: Path) -> list[dict[str, Any]]:
    """Every run folder with its short facts, the latest first; damaged ones say so."""
    from planner.outputs.run_folder import read_short

    found = []
    for folder in sorted(runs.iterdir()) if runs.is_dir() else []:
        mark = folder / "plan.json"
        if not NAME.fullmatch(folder.name) or not mark.is_file():
            continue
        row: dict[str, Any] = {"id": folder.name, "made": mark.stat().st_mtime, "problem": ""}
        try:
            short = read_short(run_folder(runs, folder.name))
            keys = ("title", "scenario", "status", "stopped_by", "gap", "objective_usd_bn")
            row |= {key: short[key] for key in keys}
            row["kwpm_new_overseas"] = short["measures"].get("kwpm_new_overseas")
        except (InputError, KeyError) as error:
            row["problem"] = str(error)
        except Refusal:
            continue
        found.append(row)
    return sorted(found, key=lambda r: -float(r["made"]))


@lru_cache(maxsize=6)
def _seen(folder: Path, made: float) -> dict[str, Any]:  # noqa: ARG001 - a changed run is another
    from planner import api
    from planner.api import views
    from planner.outputs import labels
    from planner.outputs.report_text import decision
    from planner.outputs.run_folder import read_short

    plan, case = api.load_run(folder)
    what, worth = decision(plan, case)
    short = read_short(folder)
    keys = (
        "title", "scenario", "status", "stopped_by", "gap", "objective_usd_bn", "bound_usd_bn",
        "seconds", "modules", "research", "reasons",
    )  # fmt: skip
    measures = [
        [labels.MEASURES[k], v, _unit(k)] for k, v in plan.measures.items() if k in labels.MEASURES
    ]
    hosts = [
        {"id": c, "name": case.name("countries", c)}
        for c in case.ids("countries")
        if case.text("countries", c, "role") == "host"
    ]
    return {
        "id": folder.name,
        **{key: short[key] for key in keys},
        "question": case.scenario.question,
        "decision": what,
        "worth": worth,
        "measures": measures,
        "hosts": hosts,
        "map": views.plan_map(plan, case),
        "memo": find_spec("reportlab") is not None,
        "files": sorted(p.name for p in folder.iterdir() if p.suffix in TYPES and p.is_file()),
    }


def _unit(measure: str) -> str:
    units = (("_usd_bn", "USD bn"), ("_pct", "%"))
    ending = next((unit for end, unit in units if measure.endswith(end)), "")
    return ending or ("kwpm" if measure.startswith("kwpm") else "")


def seen(folder: Path) -> dict[str, Any]:
    """Everything the page shows of a run. Raises InputError for a damaged one."""
    try:
        made = (folder / "plan.json").stat().st_mtime
    except OSError as error:
        raise Refusal(404, "no such run") from error
    with READING:
        return _seen(folder, made)


def zipped(folder: Path) -> Iterator[bytes]:
    """The run folder as a zip archive; links are left out."""
    with tempfile.TemporaryFile() as file:
        _pack(folder, file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _pack(folder: Path, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.resolve().is_relative_to(folder.resolve()):
                archive.write(path, Path(folder.name) / path.relative_to(folder))


def exported(folder: Path, kind: str) -> Response:
    """A run for another program, made when it is asked for."""
    from planner import api
    from planner.api.views import export

    with tempfile.TemporaryDirectory(prefix="planner-") as place:
        [made] = export(*api.load_run(folder), Path(place) / folder.name, [kind])
        heads = {"content-disposition": f'attachment; filename="{made.name}"'}
        return Response(made.read_bytes(), media_type=TYPES[made.suffix], headers=heads)


def text_of(folder: Path) -> str:
    """The scenario text a run was solved from, or its fields when the text was not kept."""
    kept = folder / "scenario.yaml"
    if kept.is_file() and not kept.is_symlink():
        return kept.read_text(encoding="utf-8")
    from planner import api
    from planner.interfaces.web_form import as_text

    _, case = api.load_run(folder)
    return as_text(case.scenario.model_dump(mode="json"))


def routes(runs: Path) -> APIRouter:
    """Addresses below /api/runs."""
    router = APIRouter(prefix="/api/runs")

    @router.get("")
    def every() -> list[dict[str, Any]]:
        return listed(runs)

    @router.get("/{name}")
    def one(name: str) -> Response:
        from planner.outputs.plan_json import as_json  # no infinity, no NaN

        return Response(as_json(seen(run_folder(runs, name))), media_type="application/json")

    @router.get("/{name}/text")
    def text(name: str) -> dict[str, str]:
        return {"text": text_of(run_folder(runs, name))}

    @router.get("/{name}/all.zip")
    def archive(name: str) -> Response:
        folder = run_folder(runs, name)
        heads = {"content-disposition": f'attachment; filename="{name}.zip"'}
        return StreamingResponse(zipped(folder), media_type="application/zip", headers=heads)

    @router.get("/{name}/export/{kind}")
    def export(name: str, kind: Literal["xlsx", "kml"]) -> Response:
        return exported(run_folder(runs, name), kind)

    @router.get("/{name}/files/{path:path}")
    def file(name: str, path: str, save: bool = False) -> Response:
        found = inside(run_folder(runs, name), path)
        return file_answer(found, f"{name}-{found.name}" if save else "")

    return router
