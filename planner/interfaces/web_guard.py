"""What stands before every request: who may ask, how much, and what a browser may do with it.

Host      must name this machine, so that a foreign name pointed at it (DNS rebinding) gets nothing
Origin    must be this page on every change, so that no other page can act through the browser
token     made at every start, asked for on every change
length    bodies over the limit are refused while they arrive
headers   nothing is stored, framed, sniffed or loaded from elsewhere
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

LARGEST_BODY = 2_500_000
"""Most a request may carry [bytes]: a scenario of 1 MB, quoted as JSON."""
TOKEN = "x-planner-token"
SAFE = ("GET", "HEAD")
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""For the app itself: own files only, no inline script or style."""
FILE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
)
"""For pages out of run folders: they run apart from the app, with no way to reach it."""
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "content-security-policy": PAGE_POLICY,
}


@dataclass(frozen=True)
class Door:
    """Where the server listens and what opens it."""

    token: str
    host: str = "127.0.0.1"
    names: frozenset[str] = field(default_factory=lambda: frozenset({"localhost", "127.0.0.1"}))

    @property
    def local(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def knows(self, host: str) -> bool:
        """Whether a Host header names this server.

        Opened to the network, any plain address will do as well as the machine's own name: only
        names can be pointed at somebody else's machine.
        """
        name = host_name(host)
        if name in self.names or name == "::1":
            return True
        if self.local:
            return False
        if name in (self.host.lower(), socket.gethostname().lower()):
            return True
        try:
            return bool(ipaddress.ip_address(name))
        except ValueError:
            return False


def host_name(host: str) -> str:
    """Name of a Host header without its port; empty when it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


class Refusal(Exception):
    """A request that is not let in."""

    def __init__(self, status: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.hint = status, message, hint

    def as_dict(self) -> dict[str, Any]:
        """What the page is told."""
        return {"error": "Refused", "message": self.message, "hint": self.hint}


class Guard:
    """ASGI layer around the app."""

    def __init__(self, app: Any, door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let a request in, or refuse it in words."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        heads = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        answer = _Answer(send)
        try:
            self.admit(scope["method"], scope["path"], heads)
            await self.app(scope, await _whole(receive), answer)
        except Refusal as error:
            if not answer.begun:
                await _refuse(answer, error)

    def admit(self, method: str, path: str, heads: Mapping[str, str]) -> None:
        """Raise Refusal unless the request may be answered."""
        host = heads.get("host", "")
        if not self.door.knows(host):
            raise Refusal(400, "this server does not answer to that host name")
        origin = heads.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise Refusal(403, "the request comes from another page")
        if path.startswith("/api") and heads.get("sec-fetch-site") in ("cross-site", "same-site"):
            raise Refusal(403, "the request comes from another page")
        if heads.get("content-length", "0").isdigit():
            if int(heads.get("content-length", "0")) > LARGEST_BODY:
                raise _too_large()
        else:
            raise Refusal(400, "the length of the request is not a number")
        if method not in SAFE:
            self._require_token(heads)

    def _require_token(self, heads: Mapping[str, str]) -> None:
        given = heads.get(TOKEN, "").encode()
        if not hmac.compare_digest(given, self.door.token.encode()):
            hint = "Open the address that `planner serve` printed, or reload this page."
            raise Refusal(403, "this page was opened before the server was started anew", hint)
        if not heads.get("content-type", "").startswith("application/json"):
            raise Refusal(415, "only JSON is taken")


def _too_large() -> Refusal:
    return Refusal(413, f"the request is larger than {LARGEST_BODY / 1e6:.1f} MB")


async def _whole(receive: Any) -> Any:
    """The request with its body read, refused when it grows past the limit; then what comes."""
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
        if sum(map(len, parts)) > LARGEST_BODY:
            raise _too_large()
    waiting = [{"type": "http.request", "body": b"".join(parts), "more_body": False}]

    async def again() -> Any:
        return waiting.pop() if waiting else await receive()

    return again


class _Answer:
    """Adds the headers; a file out of a run folder keeps the policy it came with."""

    def __init__(self, send: Any) -> None:
        self.send, self.begun = send, False

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            own = {k.lower() for k, _ in message["headers"]}
            more = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in own]
            message = {**message, "headers": [*message["headers"], *more]}
        await self.send(message)


async def _refuse(answer: Any, error: Refusal) -> None:
    body = json.dumps(error.as_dict()).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await answer({"type": "http.response.start", "status": error.status, "headers": headers})
    await answer({"type": "http.response.body", "body": body})
