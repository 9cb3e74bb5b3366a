"""A real server of the web app on the loopback, and a client that can say anything to it."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from planner.interfaces.web import create_app
from planner.interfaces.web_guard import TOKEN, Door
from planner.interfaces.web_jobs import ENDED, Limits
from planner.interfaces.web_server import listening

SECRET = "a-token-for-tests"
FAKE = [sys.executable, str(Path(__file__).with_name("web_fake_child.py"))]
"""A stand-in for the solver's process."""
PLAIN = [sys.executable, str(Path(__file__).with_name("web_plain_child.py"))]
"""The solver's process without its pictures."""
SMALL = """\
extends: base
name: small
title: A small question
question: What is begun in the first four years?
horizon: {periods: 2}
solver: {gap: 0.05, time_limit: 60, threads: 1}
futures: [average]
"""


@dataclass
class Client:
    """Speaks to one server; every header can be changed."""

    port: int
    runs: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def raw(
        self, method: str, path: str, body: bytes | None = None, **heads: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send exactly this; header names with _ for -."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {k.replace("_", "-"): v for k, v in heads.items()}
        line.request(method, path, body, named)
        answer = line.getresponse()
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        line.close()
        return found

    def get(self, path: str) -> tuple[int, Any]:
        """JSON of an address."""
        status, _, body = self.raw("GET", path)
        return status, json.loads(body)

    def post(self, path: str, content: object, **heads: str) -> tuple[int, Any]:
        """What a page of the app would send."""
        told = {"content_type": "application/json", TOKEN.replace("-", "_"): SECRET, **heads}
        status, _, body = self.raw("POST", path, json.dumps(content).encode(), **told)
        return status, json.loads(body)

    def ended(self, job: str, seconds: float = 60) -> dict[str, Any]:
        """A job once it has ended."""
        return self.until(job, ENDED, seconds)

    def until(self, job: str, wanted: tuple[str, ...], seconds: float = 60) -> dict[str, Any]:
        """A job once its status is one of these."""
        end = time.monotonic() + seconds
        while True:
            _, found = self.get(f"/api/jobs/{job}")
            if found["status"] in wanted:
                return dict(found)
            assert time.monotonic() < end, found
            time.sleep(0.05)


@contextmanager
def serving(
    runs: Path, limits: Limits | None = None, port: int = 0, host: str = "127.0.0.1"
) -> Iterator[Client]:
    """A server on a runs folder, ended afterwards; `host` is what it believes to listen on."""
    with listening("127.0.0.1", port) as found:
        port = int(found.getsockname()[1])
        app = create_app(runs, Door(SECRET, host), limits or Limits())
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([found],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield Client(port, runs)
        server.should_exit = True
        thread.join(10)
