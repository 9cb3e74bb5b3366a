"""The local web app: scenario, map, live solve, runs, comparison and reasons in a browser.

The server only checks, lists and hands out files; everything that takes time runs in a process of
its own (`web_child`) through a queue (`web_jobs`). What a request must bring is in `web_guard`.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse, Response

from planner.interfaces import web_form, web_runs, web_work
from planner.interfaces.web_errors import TELLERS
from planner.interfaces.web_guard import Door, Guard, Refusal
from planner.interfaces.web_jobs import Jobs, Limits

HERE = Path(__file__).parent / "web_assets"
ASSETS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PLACE = '<meta name="planner-token" content="">'
"""Where the page that only this machine can open carries the token."""
CHECKS = threading.Semaphore(2)
"""Texts checked at once; more wait, so that typing in many tabs cannot take the machine."""


class Text(web_work.Body):
    """A scenario text."""

    text: str


class Edit(Text):
    """A scenario text and fields to set in it; null takes one out."""

    changes: list[tuple[list[str], Any]]


def create_app(runs: Path, door: Door, limits: Limits) -> Any:
    """The app on a runs folder, behind its guard; ASGI."""
    runs.mkdir(parents=True, exist_ok=True)
    jobs = Jobs(runs, limits)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:  # noqa: ARG001
        yield
        jobs.close()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)
    app.include_router(_pages(door))
    app.include_router(_scenarios())
    app.include_router(web_runs.routes(runs))
    app.include_router(web_work.routes(jobs, runs))
    for kind, teller in TELLERS:
        app.add_exception_handler(kind, teller)
    return Guard(app, door)


def _pages(door: Door) -> APIRouter:
    router = APIRouter()

    @router.get("/")
    def page() -> Response:
        text = (HERE / "index.html").read_text(encoding="utf-8")
        if door.local:
            text = text.replace(PLACE, PLACE.replace('""', f'"{door.token}"'))
        return Response(text, media_type=ASSETS[".html"])

    @router.get("/assets/{name}")
    def asset(name: str) -> Response:
        path = HERE / name
        if not web_runs.PART.fullmatch(name) or path.suffix not in ASSETS or not path.is_file():
            raise Refusal(404, "no such file")
        return FileResponse(path, media_type=ASSETS[path.suffix])

    return router


def _scenarios() -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.get("/start")
    def start() -> dict[str, Any]:
        return _start()

    @router.get("/words")
    def words() -> dict[str, Any]:
        from planner.outputs.words import dictionary

        return {tag: dict(known) for tag, known in dictionary().items()}

    @router.get("/sites")
    def sites() -> dict[str, Any]:
        return _sites()

    @router.get("/scenarios/{name}")
    def scenario(name: str) -> dict[str, str]:
        from planner import api

        found = {str(row["name"]): str(row["path"]) for row in api.scenarios()}
        if name not in found:
            raise Refusal(404, "no such scenario")
        return {"text": Path(found[name]).read_text(encoding="utf-8")}

    @router.post("/check")
    def check(body: Text) -> dict[str, Any]:
        with CHECKS:
            return web_form.examined(body.text)

    @router.post("/edit")
    def edit(body: Edit) -> dict[str, Any]:
        with CHECKS:
            text = web_form.edited(body.text, body.changes)
            return {"text": text, **web_form.examined(text)}

    return router


@lru_cache(maxsize=1)
def _start() -> dict[str, Any]:
    """What the page needs once: scenarios with their questions, the form's fields, classes."""
    from planner import __version__, api

    case = api.load("base")
    keys = ("name", "title", "question")
    return {
        "version": __version__,
        "scenarios": [{key: row[key] for key in keys} for row in api.scenarios()],
        "schema": web_form.schema(),
        "products": [{"id": k, "name": case.name("products", k)} for k in case.ids("products")],
        "countries": {c: case.name("countries", c) for c in case.ids("countries")},
    }


@lru_cache(maxsize=1)
def _sites() -> dict[str, Any]:
    from planner import api
    from planner.api.views import candidate_map

    return candidate_map(api.load("base"))
