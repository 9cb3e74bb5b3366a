"""Jobs over HTTP: ask for a solve, a comparison or an explanation; follow it; stop it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from planner.core.errors import InputError
from planner.interfaces import web_form
from planner.interfaces.web_guard import Refusal
from planner.interfaces.web_jobs import ENDED, Jobs, read_json
from planner.interfaces.web_runs import file_answer, inside, run_folder

LOOK = 0.2
"""Seconds between two looks at a job's files while somebody follows it."""
QUIET = 15.0
"""Seconds after which a silent stream says that it is still there."""
MOST_FOLLOWERS = 40
Gap = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Word = Annotated[str, Field(max_length=120)]
QUESTIONS = {"why": "Why here", "why-not": "Why not here", "flip": "What would win it"}


class Body(BaseModel):
    """What a page may ask for; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Solve(Body):
    """A scenario text to solve."""

    text: str
    gap: Gap | None = None
    time_limit: Seconds | None = None


class Compare(Body):
    """Runs to hold side by side."""

    runs: Annotated[list[Word], Field(min_length=2, max_length=6)]


class Memo(Body):
    """A run to print as a memo."""

    run: Word


class Ask(Body):
    """A question about a site or a host of a run."""

    run: Word
    question: Literal["why", "why-not", "flip"]
    site: Word | None = None
    host: Word | None = None
    seconds: Annotated[float, Field(ge=1, le=600)] = 60.0


def ask_solve(jobs: Jobs, runs: Path, body: Solve) -> dict[str, Any]:
    """Start a solve. Raises InputError with the command line's own messages."""
    if issues := web_form.problems(body.text):
        raise InputError(issues)
    form = web_form.form_values(body.text)
    assert form is not None  # a text without problems has fields
    asked = {"gap": body.gap, "time_limit": body.time_limit}
    settings = {name: value for name, value in asked.items() if value is not None}
    with jobs.lock:
        name = free_name(runs, form["name"], jobs.taken())
        request = {
            "kind": "solve", "run": name, "folder": str(runs.resolve() / name),
            "settings": settings, "shown": {"scenario": form["name"]},
        }  # fmt: skip
        return jobs.submit(request, form["title"] or form["name"], body.text)


def free_name(runs: Path, wanted: str, taken: set[str]) -> str:
    """The scenario's name, with a number when a run of that name is there already."""
    names = [wanted, *(f"{wanted}-{n}" for n in range(2, 10_000))]
    return next(n for n in names if n not in taken and not (runs / n).exists())


def ask_compare(jobs: Jobs, runs: Path, body: Compare) -> dict[str, Any]:
    """Start a comparison."""
    folders = [str(run_folder(runs, name).resolve()) for name in body.runs]
    if len(set(folders)) < len(folders):
        raise Refusal(422, "the same run is named twice")
    request = {"kind": "compare", "folders": folders, "shown": {"runs": body.runs}}
    return jobs.submit(request, "Compare " + ", ".join(body.runs))


def ask_memo(jobs: Jobs, runs: Path, body: Memo) -> dict[str, Any]:
    """Start printing a memo."""
    folder = str(run_folder(runs, body.run).resolve())
    request = {"kind": "memo", "folder": folder, "shown": {"run": body.run}}
    return jobs.submit(request, f"Memo of {body.run}")


def ask_question(jobs: Jobs, runs: Path, body: Ask) -> dict[str, Any]:
    """Start an explanation."""
    folder = run_folder(runs, body.run)
    settings: dict[str, Any] = {"seconds": body.seconds, "site": body.site}
    if body.question == "flip":
        if body.host is None:
            raise Refusal(422, "name the host country")
        settings["host"] = body.host
    elif body.site is None:
        raise Refusal(422, "name the site")
    request = {
        "kind": "ask", "question": body.question, "folder": str(folder.resolve()),
        "settings": settings, "shown": body.model_dump(),
    }  # fmt: skip
    return jobs.submit(request, f"{QUESTIONS[body.question]}: {body.site or body.host}")


def told(jobs: Jobs, job: str) -> dict[str, Any]:
    """State of a job with its answer."""
    state = jobs.state(job)
    folder = jobs.folder(job)
    answer = read_json(folder / "answer.json") if state["status"] in ENDED else None
    return {**state, "answer": answer}


async def follow(jobs: Jobs, job: str, after: int) -> AsyncIterator[str]:
    """Server-sent events of a job: every line of progress after one, states, the end."""
    path, at, count, last, silent = jobs.folder(job) / "progress.jsonl", 0, 0, "", 0.0
    yield "retry: 1000\n\n"
    while True:
        status = json.dumps(jobs.state(job))  # before the lines: an end comes after all of them
        lines, at = _lines(path, at)
        for line in lines:
            count += 1
            if count > after:
                yield f"id: {count}\nevent: progress\ndata: {line}\n\n"
        if status != last:
            last, silent = status, 0.0
            yield f"event: state\ndata: {status}\n\n"
        if json.loads(status)["status"] in ENDED:
            yield "event: end\ndata: {}\n\n"
            return
        await asyncio.sleep(LOOK)
        silent += LOOK
        if silent >= QUIET:
            silent = 0.0
            yield ": still here\n\n"


def _lines(path: Path, at: int) -> tuple[list[str], int]:
    """Whole lines of a file that grows, from a byte on, and the byte to go on from."""
    try:
        with path.open("rb") as file:
            file.seek(at)
            found = file.read()
    except OSError:
        return [], at
    whole = found[: found.rfind(b"\n") + 1]
    return whole.decode("utf-8", "replace").splitlines(), at + len(whole)


def routes(jobs: Jobs, runs: Path) -> APIRouter:
    """Addresses below /api/jobs."""
    router = APIRouter(prefix="/api/jobs")
    _asking(router, jobs, runs)
    _following(router, jobs)
    _files(router, jobs)
    return router


def _asking(router: APIRouter, jobs: Jobs, runs: Path) -> None:
    @router.post("/solve")
    def solve(body: Solve) -> dict[str, Any]:
        return ask_solve(jobs, runs, body)

    @router.post("/compare")
    def compare(body: Compare) -> dict[str, Any]:
        return ask_compare(jobs, runs, body)

    @router.post("/memo")
    def memo(body: Memo) -> dict[str, Any]:
        return ask_memo(jobs, runs, body)

    @router.post("/ask")
    def ask(body: Ask) -> dict[str, Any]:
        return ask_question(jobs, runs, body)

    @router.post("/{job}/stop")
    def stop(job: str) -> dict[str, Any]:
        return jobs.stop(job)


def _following(router: APIRouter, jobs: Jobs) -> None:
    followers: set[int] = set()

    @router.get("")
    def every() -> list[dict[str, Any]]:
        return jobs.all()

    @router.get("/{job}")
    def one(job: str) -> dict[str, Any]:
        return told(jobs, job)

    @router.get("/{job}/events")
    async def events(
        request: Request, job: str, last_event_id: Annotated[str, Header()] = "0"
    ) -> Response:
        jobs.folder(job)
        if len(followers) >= MOST_FOLLOWERS:
            raise Refusal(503, "too many pages follow jobs already")
        after = int(last_event_id) if last_event_id.isdigit() else 0

        async def stream() -> AsyncIterator[str]:
            followers.add(id(request))
            try:
                async for event in follow(jobs, job, after):
                    yield event
            finally:
                followers.discard(id(request))

        return StreamingResponse(stream(), media_type="text/event-stream")


def _files(router: APIRouter, jobs: Jobs) -> None:
    @router.get("/{job}/text")
    def text(job: str) -> dict[str, str]:
        path = jobs.folder(job) / web_form.FILE
        if not path.is_file():
            raise Refusal(404, "this job has no scenario")
        return {"text": path.read_text(encoding="utf-8")}

    @router.get("/{job}/files/{path:path}")
    def file(job: str, path: str, save: bool = False) -> Response:
        found = inside(jobs.folder(job) / "files", path)
        return file_answer(found, found.name if save else "")
