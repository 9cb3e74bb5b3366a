"""Serving the web app: one server a runs folder, on this machine unless told otherwise."""

from __future__ import annotations

import contextlib
import secrets
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn

from planner.core.errors import InputError, Issue
from planner.interfaces.web import create_app
from planner.interfaces.web_guard import Door
from planner.interfaces.web_jobs import Limits
from planner.outputs.run_folder import writing

GRACE = 1
"""Seconds open streams are given when the server ends."""
MOST_CONNECTIONS = 200


def serve(
    runs: Path, host: str, port: int, limits: Limits, say: Callable[[str, Door], None]
) -> None:
    """Serve until stopped; `say` is told the address once it can be opened.

    Raises InputError when the port cannot be had, or the runs folder has a server or cannot be
    written.
    """
    door = Door(secrets.token_urlsafe(24), host)
    with writing(runs):
        runs.mkdir(parents=True, exist_ok=True)
        (runs / ".jobs").mkdir(exist_ok=True)
    with only_server(runs), listening(host, port) as found:
        app = create_app(runs, door, limits)
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{found.getsockname()[1]}/"
        say(address if door.local else f"{address}#token={door.token}", door)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False,
            timeout_graceful_shutdown=GRACE, limit_concurrency=MOST_CONNECTIONS,
        )  # fmt: skip
        uvicorn.Server(config).run(sockets=[found])


@contextlib.contextmanager
def only_server(runs: Path) -> Iterator[None]:
    """Hold the runs folder: two servers would start its waiting jobs twice."""
    try:
        import fcntl
    except ImportError as error:
        text = "the web app needs Linux or macOS"
        raise InputError([Issue("error", "E750", "serve", "", text)]) from error
    with (runs / ".jobs" / "server").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            text = "another `planner serve` works on this folder"
            hint = "Open its address, or name another folder with --runs."
            raise InputError([Issue("error", "E751", str(runs), "", text, hint)]) from error
        yield


@contextlib.contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A listening socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(128)
    except OSError as error:
        found.close()
        text = f"{host}:{port} cannot be listened on ({error.strerror or error})"
        hint = "Choose another with --port; --port 0 takes a free one."
        raise InputError([Issue("error", "E752", "--port", str(port), text, hint)]) from error
    with found:
        yield found
