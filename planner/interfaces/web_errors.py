"""How the web app tells an error: JSON with words, and nothing of the machine behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from planner.core.errors import InputError, PlannerError
from planner.interfaces import web_form
from planner.interfaces.web_child import FULL_HINT, disk_full
from planner.interfaces.web_guard import Refusal

TOO_LARGE = "E150"
"""Code of a scenario text over its size."""


def _json(status: int, error: str, message: str, hint: str = "", **more: Any) -> Response:
    content = {"error": error, "message": message, "hint": hint, **more}
    return JSONResponse(content, status_code=status)


def _refused(request: Request, error: Refusal) -> Response:  # noqa: ARG001
    return JSONResponse(error.as_dict(), status_code=error.status)


def _wrong_input(request: Request, error: InputError) -> Response:  # noqa: ARG001
    issues = [web_form.told(issue) for issue in error.issues]
    status = 413 if any(issue.code == TOO_LARGE for issue in error.issues) else 422
    return _json(status, "InputError", str(error), issues=issues)


def _failed(request: Request, error: PlannerError) -> Response:  # noqa: ARG001
    return _json(500, type(error).__name__, str(error))


def _malformed(request: Request, error: RequestValidationError) -> Response:  # noqa: ARG001
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return _json(422, "Request", f"{where}: {first['msg']}")


def _unknown(request: Request, error: HTTPException) -> Response:  # noqa: ARG001
    return _json(error.status_code, "Request", str(error.detail).lower())


def _disk(request: Request, error: OSError) -> Response:  # noqa: ARG001
    if disk_full(error):
        return _json(507, "DiskFull", "the disk is full: nothing was started", FULL_HINT)
    return _json(500, "OSError", f"a file could not be read or written ({error.strerror})")


TELLERS: tuple[tuple[type[Exception], Callable[[Request, Any], Response]], ...] = (
    (Refusal, _refused),
    (InputError, _wrong_input),
    (PlannerError, _failed),
    (RequestValidationError, _malformed),
    (HTTPException, _unknown),
    (OSError, _disk),
)
"""Kind of error and what answers for it."""
