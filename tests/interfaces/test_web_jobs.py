"""Jobs of the web app: queue, live progress, stopping, killed solvers, restarts, a full disk."""

from __future__ import annotations

import errno
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the extra `web` is not installed")
import planner
from planner import api
from planner.core.errors import InputError
from planner.interfaces import web_child, web_jobs
from planner.interfaces.web_child import DISK_FULL, FULL, disk_full
from planner.interfaces.web_jobs import ENDED, Jobs, Limits, read_json
from planner.interfaces.web_server import only_server, serve
from tests.interfaces.web_server import FAKE, SMALL, Client, serving

NO_ROOM = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_jobs, "CHILD", FAKE)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def client(runs: Path) -> Iterator[Client]:
    with serving(runs, Limits(at_once=1, waiting=2)) as found:
        yield found


def text(name: str) -> str:
    return SMALL.replace("name: small", f"name: {name}")


def start(client: Client, name: str) -> str:
    status, told = client.post("/api/jobs/solve", {"text": text(name)})
    assert status == 200, told
    return str(told["id"])


def test_a_job_goes_through_its_states_and_its_files_tell_all(client: Client, runs: Path) -> None:
    job = start(client, "quick")
    found = client.ended(job)
    assert (found["status"], found["run"], found["title"]) == ("done", "quick", "A small question")
    folder = runs / ".jobs" / job
    assert (folder / "scenario.yaml").read_text("utf-8") == text("quick")
    assert (read_json(folder / "state.json") or {})["status"] == "done"
    assert client.get(f"/api/jobs/{job}/text") == (200, {"text": text("quick")})


def test_what_is_wrong_is_not_started(client: Client, runs: Path) -> None:
    status, told = client.post("/api/jobs/solve", {"text": text("x") + "weightz: 1\n"})
    assert status == 422
    assert told["issues"][0]["code"] == "E204"
    assert client.get("/api/jobs") == (200, [])
    assert [p.name for p in (runs / ".jobs").iterdir()] == []


def test_one_works_the_others_wait_and_too_many_are_refused(client: Client) -> None:
    first = start(client, "long")
    waiting = [start(client, "quick"), start(client, "quick")]
    client.until(first, ("running",))
    assert [client.get(f"/api/jobs/{j}")[1]["status"] for j in waiting] == ["queued"] * 2
    assert {j["run"] for j in client.get("/api/jobs")[1]} == {"long", "quick", "quick-2"}
    status, told = client.post("/api/jobs/solve", {"text": text("quick")})
    assert (status, told["message"]) == (429, "2 jobs wait already")
    assert client.post(f"/api/jobs/{waiting[0]}/stop", {})[1]["status"] == "stopped"
    client.post(f"/api/jobs/{first}/stop", {})
    assert client.ended(first)["status"] == "done"
    assert client.ended(waiting[1])["status"] == "done"


def test_stopping_keeps_the_plan_found(client: Client) -> None:
    job = start(client, "long")
    wait_for_progress(client, job, 2)
    assert client.post(f"/api/jobs/{job}/stop", {})[1]["status"] == "stopping"
    found = client.ended(job)
    assert found["status"] == "done"
    assert found["message"] == "stopped early; the best plan so far is kept"


def test_asked_twice_it_stops_at_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start(client, "long")
    wait_for_progress(client, job, 2)
    sent: list[int] = []
    real = os.kill

    def kill(pid: int, number: int) -> None:
        sent.append(number)
        if number == signal.SIGKILL:  # the first, gentle one goes astray
            real(pid, number)

    monkeypatch.setattr(web_jobs.os, "kill", kill)
    for _ in range(2):
        client.post(f"/api/jobs/{job}/stop", {})
    assert client.ended(job)["message"] == "stopped at once; nothing is kept"
    assert sent == [signal.SIGINT, signal.SIGKILL]


def test_a_killed_solver_is_told_as_such_and_what_to_do(client: Client) -> None:
    found = client.ended(start(client, "crash"))
    assert found["status"] == "killed"
    assert found["message"] == "the solver's process was ended from outside by SIGKILL"
    assert "--memory" in found["hint"]
    assert "solve again" in found["hint"]
    assert [p.name for p in client.runs.iterdir()] == [".jobs"]  # no half-written run


def test_a_full_disk_in_the_solver_is_told(client: Client) -> None:
    found = client.ended(start(client, "full"))
    assert (found["status"], found["message"]) == ("failed", FULL)
    assert "Free some space" in found["hint"]


def test_a_full_disk_in_the_server_starts_nothing(
    client: Client, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise NO_ROOM

    monkeypatch.setattr(web_jobs, "write_state", full)
    status, told = client.post("/api/jobs/solve", {"text": text("quick")})
    assert (status, told["message"]) == (507, "the disk is full: nothing was started")
    assert list((runs / ".jobs").iterdir()) == []
    monkeypatch.undo()


def test_a_disk_that_fills_up_later_does_not_stop_the_queue(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(client, "while")

    def full(*_: object) -> None:
        raise NO_ROOM

    monkeypatch.setattr(web_jobs, "write_state", full)
    assert client.ended(job)["status"] == "done"


def events(client: Client, job: str, after: str = "0") -> list[tuple[str, str, Any]]:
    """Id, kind and data of every event until the stream ends."""
    line = http.client.HTTPConnection("127.0.0.1", client.port, timeout=20)
    line.request("GET", f"/api/jobs/{job}/events", headers={"Last-Event-ID": after})
    with line.getresponse() as answer:
        blocks = answer.read().decode().split("\n\n")
    line.close()
    found = []
    for block in blocks:
        part = dict(p.split(": ", 1) for p in block.splitlines() if ": " in p)
        if "event" in part:
            found.append((part.get("id", ""), part["event"], json.loads(part["data"])))
    return found


def wait_for_progress(client: Client, job: str, lines: int) -> None:
    """Until a job has said so much (its process listens then)."""
    path, end = client.runs / ".jobs" / job / "progress.jsonl", time.monotonic() + 20
    while not path.is_file() or path.read_text("utf-8").count("\n") < lines:
        assert time.monotonic() < end
        time.sleep(0.02)


def test_progress_streams_in_order_and_goes_on_where_it_was_cut(client: Client) -> None:
    job = start(client, "while")
    whole = events(client, job)
    lines = [(i, data["phase"]) for i, kind, data in whole if kind == "progress"]
    assert lines == [("1", "load"), ("2", "search")]
    search = next(d for _, k, d in whole if k == "progress" and d["phase"] == "search")
    assert search | {"objective": 1.0, "bound": 2.0, "gap": 1.0, "seconds": 0.1} == search
    states = [data["status"] for _, kind, data in whole if kind == "state"]
    assert states[-1] == "done"
    assert whole[-1][1] == "end"
    again = events(client, job, after="1")
    assert [i for i, kind, _ in again if kind == "progress"] == ["2"]


def test_two_tabs_follow_the_same_job(client: Client) -> None:
    job = start(client, "while")
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(lambda _: events(client, job), range(2))
    wanted = [e for e in one if e[1] == "progress"]
    assert wanted == [e for e in two if e[1] == "progress"]
    assert wanted


def test_a_server_started_anew_finds_its_jobs(runs: Path) -> None:
    with serving(runs) as client:
        job, waiting = start(client, "while"), start(client, "quick")
        wait_for_progress(client, job, 1)
    with serving(runs) as client:
        assert client.get(f"/api/jobs/{job}")[1]["status"] == "running"
        assert client.ended(job)["status"] == "done"
        assert client.ended(waiting)["status"] == "done"
    with serving(runs) as client:
        assert [j["status"] for j in client.get("/api/jobs")[1]] == ["done", "done"]


def test_a_solver_that_died_while_no_server_looked_is_told(runs: Path) -> None:
    with serving(runs) as client:
        job = start(client, "long")
        wait_for_progress(client, job, 2)
    os.kill(int((runs / ".jobs" / job / "alive").read_text()), signal.SIGKILL)
    while web_jobs.working(runs / ".jobs" / job):
        time.sleep(0.02)
    with serving(runs) as client:
        assert client.get(f"/api/jobs/{job}")[1]["status"] == "killed"


def test_a_damaged_job_folder_is_passed_over(runs: Path) -> None:
    folder = runs / ".jobs" / "20260101-000000-abcdef"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text("{", "utf-8")
    assert Jobs(runs, Limits()).all() == []


def test_old_jobs_are_cleared_away(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(4):
        folder = runs / ".jobs" / f"2026010{n + 1}-000000-abcdef"
        folder.mkdir(parents=True)
        state = {"id": folder.name, "status": ENDED[n], "created": n}
        web_jobs.write_state(folder, state)
    monkeypatch.setattr(web_jobs, "KEPT", 2)
    left = [j["id"][:8] for j in Jobs(runs, Limits()).all()]
    assert left == ["20260104", "20260103"]
    assert len(list((runs / ".jobs").iterdir())) == 2


def test_a_runs_folder_has_one_server(runs: Path) -> None:
    (runs / ".jobs").mkdir(parents=True)
    second = only_server(runs)
    with only_server(runs), pytest.raises(InputError, match="another `planner serve`"):
        second.__enter__()
    with only_server(runs):
        pass


def test_the_command_says_its_address_and_ends_on_ctrl_c(runs: Path) -> None:
    verb = [sys.executable, "-m", "planner", "serve", "--port", "0", "--runs", str(runs)]
    with subprocess.Popen(verb, stdout=subprocess.PIPE, text=True, start_new_session=True) as done:
        assert done.stdout is not None
        port = re.search(r"http://127\.0\.0\.1:(\d+)/ ", done.stdout.readline())
        assert port is not None
        line = http.client.HTTPConnection("127.0.0.1", int(port[1]), timeout=20)
        line.request("GET", "/")
        with line.getresponse() as answer:
            assert answer.status == 200
            assert re.search(rb'planner-token" content="[\w-]{30,}"', answer.read())
        line.close()
        done.send_signal(signal.SIGINT)
        assert "the next `planner serve` finds them" in done.stdout.read()
        assert done.wait(20) == 0


def test_a_port_that_is_taken_is_told(client: Client, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"127.0.0.1:{client.port} cannot be listened on"):
        serve(tmp_path, "127.0.0.1", client.port, Limits(), lambda *_: None)


# -- the child itself -----------------------------------------------------------------------------


@pytest.fixture
def job(runs: Path, tmp_path: Path) -> Path:
    """Folder of a solve, as the server writes it."""
    folder = tmp_path / "job"
    folder.mkdir()
    asked = {"kind": "solve", "folder": str(runs / "small"), "settings": {}, "memory_gib": 64}
    (folder / "request.json").write_text(json.dumps(asked), "utf-8")
    (folder / "scenario.yaml").write_text(SMALL, "utf-8")
    return folder


@pytest.fixture(autouse=True)
def _keep_signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def run_child(job: Path, monkeypatch: pytest.MonkeyPatch, **fakes: Any) -> tuple[int, Any]:
    """Exit code and answer, with parts of the planner replaced."""
    for name, fake in fakes.items():
        monkeypatch.setattr(planner, name, fake, raising=False)
    monkeypatch.setattr(web_child, "_limit", lambda _: None)
    return web_child.main(job), read_json(job / "answer.json")


def raising(error: BaseException) -> Any:
    def call(*_: object, **__: object) -> None:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (NO_ROOM, DISK_FULL, "the disk is full"),
        (MemoryError(), 1, "needs more memory than the 64 GiB"),
        (KeyboardInterrupt(), 4, "stopped before any plan"),
        (ZeroDivisionError("by zero"), 1, "ZeroDivisionError: by zero"),
    ],
)
def test_errors_become_words(
    job: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    monkeypatch.setattr("planner.api.solve_and_keep", raising(error))
    found, answer = run_child(job, monkeypatch)
    assert found == code
    assert answer["ok"] is False
    assert words in answer["message"]


@pytest.mark.parametrize(
    ("asked", "called", "wanted"),
    [
        ({"kind": "memo", "folder": "runs/a"}, "report_pdf", {"files": ["a.pdf"]}),
        ({"kind": "compare", "folders": ["runs/a", "runs/b"]}, "compare", {"files": ["b"]}),
        (
            {"kind": "ask", "question": "why", "folder": "runs/a", "settings": {"site": "x"}},
            "ask",
            {"answer": ["why", "plan", "case", "x"]},
        ),
    ],
)
def test_every_kind_of_job_calls_its_part_of_the_planner(
    job: Path, monkeypatch: pytest.MonkeyPatch, asked: Any, called: str, wanted: Any
) -> None:
    fakes = {
        "report_pdf": lambda plan, case, path: path,
        "compare": lambda folders, out: (Path(folders[-1]),),
        "ask": lambda q, plan, case, say, site: [say("re-solving"), q, plan, case, site][1:],
        "load_run": lambda _: ("plan", "case"),
    }
    for name in (called, "load_run"):
        monkeypatch.setattr(api, name, fakes[name])
    (job / "request.json").write_text(json.dumps({**asked, "memory_gib": 64}), "utf-8")
    code, answer = run_child(job, monkeypatch, ask=fakes["ask"], load_run=fakes["load_run"])
    assert (code, answer) == (0, {"ok": True, **wanted})


def test_input_errors_keep_their_issues(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (job / "scenario.yaml").write_text(SMALL + "weightz: 1\n", "utf-8")
    code, answer = run_child(job, monkeypatch)
    assert code == 2
    assert answer["issues"][0]["code"] == "E204"
    assert "E204 scenario.yaml:8: weightz" in answer["message"]


def test_no_room_even_for_the_answer_is_told_by_the_exit_code(
    job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.write_text

    def full(path: Path, *given: Any, **named: Any) -> int:
        if path.name.startswith("answer"):
            raise NO_ROOM
        return real(path, *given, **named)

    monkeypatch.setattr(Path, "write_text", full)
    code, answer = run_child(job, monkeypatch, solve=raising(NO_ROOM))
    assert (code, answer) == (DISK_FULL, None)


def test_a_full_disk_is_known_behind_other_errors() -> None:
    wrapped = ValueError("cannot be written")
    wrapped.__cause__ = NO_ROOM
    assert disk_full(wrapped)
    assert not disk_full(OSError(errno.EACCES, "no"))


def test_the_child_may_not_take_more_memory_than_told() -> None:
    code = (
        "from planner.interfaces.web_child import _limit; _limit(0.5)\n"
        "try: bytearray(1 << 30)\nexcept MemoryError: raise SystemExit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 9
