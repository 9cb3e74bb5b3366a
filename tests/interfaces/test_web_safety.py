"""The web app towards those who should not be let in, and what it lets a browser do."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `web` is not installed")
from planner.interfaces.web import HERE, create_app
from planner.interfaces.web_guard import FILE_POLICY, HEADERS, LARGEST_BODY, PAGE_POLICY, Door
from planner.interfaces.web_jobs import Limits
from tests.interfaces.web_server import SECRET, SMALL, Client, serving

HIDDEN = "the-secret-outside"
POSTS = (
    "/api/check", "/api/edit", "/api/jobs/solve", "/api/jobs/compare", "/api/jobs/ask",
    "/api/jobs/memo",
    "/api/jobs/20260101-000000-abcdef/stop",
)  # fmt: skip
GETS = ("/", "/api/start", "/api/runs", "/api/jobs", "/assets/app.js", "/nothing")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a secret beside the runs folder, and links that lead to it."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "secret.json").write_text(HIDDEN, "utf-8")
    (folder / "secret.yaml").write_text(f"name: {HIDDEN}\nextends: base\n", "utf-8")
    outside = folder / "outside"
    outside.mkdir()
    (outside / "plan.json").write_text(json.dumps({"title": HIDDEN}), "utf-8")
    runs = folder / "runs"
    (runs / "real" / "tables").mkdir(parents=True)
    (runs / "real" / "plan.json").write_text("{}", "utf-8")
    (runs / "real" / "report.html").write_text("<script>1</script>", "utf-8")
    (runs / "real" / "map.json").symlink_to(folder / "secret.json")
    (runs / "real" / "more").symlink_to(folder, target_is_directory=True)
    (runs / "link").symlink_to(outside, target_is_directory=True)
    (runs / ".hidden").mkdir()
    (runs / ".hidden" / "plan.json").write_text(HIDDEN, "utf-8")
    return folder


@pytest.fixture(scope="module")
def client(place: Path) -> Iterator[Client]:
    with serving(place / "runs") as found:
        yield found


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "169.254.1.1", "", "localhost.evil:80", "[x"]
)
def test_a_forged_host_gets_nothing(client: Client, host: str) -> None:
    for path in ("/", "/api/runs"):
        status, _, body = client.raw("GET", path, Host=host)
        assert status == 400
        assert SECRET.encode() not in body


def test_own_names_are_let_in(client: Client) -> None:
    for name in ("127.0.0.1", "localhost"):
        assert client.raw("GET", "/api/runs", Host=f"{name}:{client.port}")[0] == 200


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "http://localhost"]
)
def test_another_page_cannot_act(client: Client, path: str, origin: str) -> None:
    status, told = client.post(path, {}, origin=origin)
    assert (status, told["message"]) == (403, "the request comes from another page")


def test_the_own_page_can_act(client: Client) -> None:
    status, _ = client.post("/api/check", {"text": SMALL}, origin=client.address)
    assert status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_other_pages_cannot_read_either(client: Client, site: str) -> None:
    assert client.raw("GET", "/api/runs", Sec_Fetch_Site=site)[0] == 403
    assert client.raw("GET", "/", Sec_Fetch_Site=site)[0] == 200  # a link may lead here


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("token", ["", "wrong", SECRET[:-1], "é"])
def test_every_change_needs_the_token(client: Client, path: str, token: str) -> None:
    heads = {"content_type": "application/json"} | ({"x_planner_token": token} if token else {})
    status, _, body = client.raw("POST", path, b"{}", **heads)
    assert status == 403
    assert "started anew" in json.loads(body)["message"]


def test_the_list_of_changes_is_whole(place: Path) -> None:
    app = create_app(place / "others", Door(SECRET), Limits()).app
    found: set[str] = set()
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        inner = getattr(route, "original_router", None)
        waiting += list(getattr(inner, "routes", []))
        if "POST" in (getattr(route, "methods", None) or ()):
            found.add(route.path)
    assert found == {re.sub(r"2026[^/]*", "{job}", path) for path in POSTS}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_need_the_token_too(client: Client, method: str) -> None:
    assert client.raw(method, "/api/runs")[0] == 403


def test_a_form_of_another_kind_is_refused(client: Client) -> None:
    status, _, _ = client.raw(
        "POST", "/api/check", b"{}", content_type="text/plain", x_planner_token=SECRET
    )
    assert status == 415


@pytest.mark.parametrize(
    "path",
    [
        "/api/runs/../secret.json", "/api/runs/..", "/api/runs/%2e%2e", "/api/runs/link",
        "/api/runs/..%2fsecret.json", "/api/runs/.hidden/files/plan.json", "/api/runs/.hidden",
        "/api/runs/.jobs",
        "/api/runs/real/files/../../secret.json", "/api/runs/real/files/..%2f..%2fsecret.json",
        "/api/runs/real/files/%2e%2e/%2e%2e/secret.json", "/api/runs/real/files/map.json",
        "/api/runs/real/files/more/secret.json", "/api/runs/link/files/plan.json",
        "/api/runs/real/files//etc/passwd", "/api/runs/real/files/tables/../../../secret.json",
        "/api/runs/link/all.zip", "/api/runs/..%5csecret.json", "/api/runs/real%00/files/plan.json",
        "/assets/../web.py", "/assets/..%2fweb.py", "/assets/%2e%2e%2fweb.py", "/assets/web.py",
        "/api/jobs/..%2f..", "/api/jobs/../files/x.json", "/api/jobs/.jobs/files/x.json",
        "/api/scenarios/..%2f..%2fsecret", "/api/scenarios/../../secret",
    ],
)  # fmt: skip
def test_nothing_outside_the_runs_folder_can_be_named(client: Client, path: str) -> None:
    status, _, body = client.raw("GET", path)
    assert status in (404, 405)
    assert HIDDEN.encode() not in body
    assert b"import" not in body


@pytest.mark.parametrize(
    "word", ["../secret", "../../secret.yaml", "{place}/secret.yaml", "./base"]
)
def test_a_text_reads_no_other_file(client: Client, place: Path, word: str) -> None:
    text = f"extends: {word.format(place=place)}\nname: x\n"
    for path in ("/api/check", "/api/jobs/solve", "/api/edit"):
        more = {"changes": []} if path == "/api/edit" else {}
        _, told = client.post(path, {"text": text, **more})
        assert [i["code"] for i in told["issues"]] == ["E201"]
        assert HIDDEN not in json.dumps(told)


def test_an_archive_holds_no_link_that_leads_out(client: Client) -> None:
    status, _, body = client.raw("GET", "/api/runs/real/all.zip")
    assert status == 200
    assert b"secret" not in body
    assert b"map.json" not in body
    assert b"report.html" in body


def test_large_requests_are_refused_while_they_arrive(client: Client) -> None:
    assert client.raw("POST", "/api/check", b"", content_length=str(10**9))[0] == 413
    line = socket.create_connection(("127.0.0.1", client.port), timeout=10)
    head = (
        f"POST /api/check HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Planner-Token: {SECRET}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    line.sendall(head.encode())
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    for _ in range(LARGEST_BODY // 0x10000 + 2):
        line.sendall(chunk)
    assert b" 413 " in line.recv(200)
    line.close()


def test_a_large_text_is_told_as_the_command_line_does(client: Client) -> None:
    text = SMALL + "#" + "x" * 1_000_000
    status, told = client.post("/api/jobs/solve", {"text": text})
    assert status == 413
    assert "E150 scenario.yaml: 1.0 MB; a scenario has at most 1 MB" in told["message"]
    _, told = client.post("/api/check", {"text": text})
    assert [i["code"] for i in told["issues"]] == ["E150"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"text": 1}', b'{"text": "a", "more": 1}'])
def test_malformed_requests_get_words(client: Client, body: bytes) -> None:
    heads = {"content_type": "application/json", "x_planner_token": SECRET}
    status, _, told = client.raw("POST", "/api/check", body, **heads)
    assert status == 422
    assert json.loads(told)["message"]


@pytest.mark.parametrize("path", GETS)
def test_every_answer_bears_the_headers(client: Client, path: str) -> None:
    for heads in ({}, {"Host": "evil.example"}):
        _, found, _ = client.raw("GET", path, **heads)
        assert {k: found[k] for k in HEADERS} == HEADERS
    assert "unsafe" not in PAGE_POLICY
    assert "http" not in PAGE_POLICY


def test_pages_of_runs_are_kept_apart(client: Client) -> None:
    _, found, _ = client.raw("GET", "/api/runs/real/files/report.html")
    assert found["content-security-policy"] == FILE_POLICY
    assert "sandbox allow-scripts" in FILE_POLICY
    assert "allow-same-origin" not in FILE_POLICY
    _, found, _ = client.raw("GET", "/api/runs/real/files/plan.json")
    assert found["content-disposition"].startswith("attachment")


def test_the_page_holds_no_inline_code_and_text_never_becomes_html() -> None:
    page = (HERE / "index.html").read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []
    assert re.findall(r"<style|\son\w+=|\sstyle=", page) == []
    for path in HERE.glob("*.js"):
        code = path.read_text("utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|Function\(", code
        )
        hosts = set(re.findall(r"https?://[^\"'\s]+", code))
        assert hosts <= {"http://www.w3.org/2000/svg"}, path.name
        assert not re.search(r"setAttribute\(\"style|style: ", code), path.name


def test_the_token_is_in_the_page_only_where_nobody_else_can_ask(place: Path) -> None:
    assert Door(SECRET).local
    assert Door(SECRET, "::1").local
    assert not Door(SECRET, "0.0.0.0").local
    assert not Door(SECRET, "192.0.2.7").local
    opened = Door(SECRET, "0.0.0.0")
    assert opened.knows("192.0.2.7:8765")
    assert opened.knows(f"{socket.gethostname()}:1")
    assert not opened.knows("evil.example")
    assert not Door(SECRET).knows("192.0.2.7")


def test_fifty_at_once_are_all_answered(client: Client) -> None:
    def one(n: int) -> int:
        if n % 5 == 0:
            return client.post("/api/check", {"text": SMALL + f"# {n}\n"})[0]
        return client.raw("GET", GETS[n % 4])[0]

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(one, range(50))) == {200}
