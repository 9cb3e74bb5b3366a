"""Jobs of the web app: a queue of child processes whose whole state is files.

    RUNS/.jobs/<id>/state.json   queued -> running (-> stopping) -> done | failed | stopped | killed
Whoever starts a server on a runs folder finds the jobs as they are: a child that still works is
followed on, one that died is told as killed, what waited is started. The child writes progress and
answer (`web_child`), the server alone writes state.json.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.interfaces.web_child import DISK_FULL, FULL, FULL_HINT
from planner.interfaces.web_guard import Refusal

ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{6}")
ENDED = ("done", "failed", "stopped", "killed")
POLL = 0.3
"""Seconds between two looks at a child that another server started."""
KEPT = 200
"""Ended jobs kept; older ones are cleared away at the start."""
CHILD = [sys.executable, "-m", "planner.interfaces.web_child"]
"""What does a job, given its folder."""
State = dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """What the work may take: jobs at once, jobs waiting, memory of each."""

    at_once: int = 1
    waiting: int = 20
    memory_gib: float = 8.0


class Jobs:
    """The queue on a runs folder."""

    def __init__(self, runs: Path, limits: Limits) -> None:
        self.root, self.limits = runs / ".jobs", limits
        self.root.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.states: dict[str, State] = {}
        self.closed = False
        self._find()

    def folder(self, job: str) -> Path:
        """Folder of a job. Raises Refusal for anything that is no job."""
        if not ID.fullmatch(job) or job not in self.states:
            raise Refusal(404, "no such job")
        return self.root / job

    def state(self, job: str) -> State:
        """State of a job."""
        self.folder(job)
        with self.lock:
            return _open(self.states[job])

    def all(self) -> list[State]:
        """Every job, the latest first."""
        with self.lock:
            return [_open(state) for state in sorted(self.states.values(), key=_age, reverse=True)]

    def submit(self, request: Mapping[str, Any], title: str, text: str | None = None) -> State:
        """Write a job and start it as soon as there is room. Raises Refusal when too many wait."""
        with self.lock:
            if sum(s["status"] == "queued" for s in self.states.values()) >= self.limits.waiting:
                hint = "Wait until one has ended, or stop one."
                raise Refusal(429, f"{self.limits.waiting} jobs wait already", hint)
            job = time.strftime("%Y%m%d-%H%M%S-", time.gmtime()) + secrets.token_hex(3)
            asked = {**request, "memory_gib": self.limits.memory_gib}
            state = {
                "id": job, "kind": request["kind"], "title": title, "run": request.get("run", ""),
                "asked": request.get("shown", {}), "status": "queued", "created": time.time(),
                "started": None, "ended": None, "message": "", "hint": "",
            }  # fmt: skip
            self._write(job, asked, state, text)
            self.states[job] = state
            self._pump()
            return _open(self.states[job])

    def _write(self, job: str, asked: Mapping[str, Any], state: State, text: str | None) -> None:
        folder = self.root / job
        folder.mkdir()
        try:
            if text is not None:
                (folder / "scenario.yaml").write_text(text, encoding="utf-8")
            (folder / "request.json").write_text(json.dumps(asked), encoding="utf-8")
            write_state(folder, state)
        except OSError:
            for path in folder.iterdir():
                path.unlink(missing_ok=True)
            folder.rmdir()
            raise

    def stop(self, job: str) -> State:
        """Ask a job to end: a search keeps its best plan; asked twice, it ends at once."""
        self.folder(job)
        with self.lock:
            state = self.states[job]
            if state["status"] == "queued":
                self._end(job, "stopped", "stopped before it began")
            elif state["status"] == "running":
                gently = state["kind"] == "solve"
                self._signal(job, signal.SIGINT if gently else signal.SIGKILL)
                self._set(job, status="stopping", message="stopping; a plan found so far is kept")
            elif state["status"] == "stopping":
                self._signal(job, signal.SIGKILL)
            return _open(self.states[job])

    def close(self) -> None:
        """The server ends; children work on and are found again."""
        with self.lock:
            self.closed = True

    def taken(self) -> set[str]:
        """Run names jobs under way will write."""
        with self.lock:
            return {s["run"] for s in self.states.values() if s["status"] not in ENDED}

    # -- children -----------------------------------------------------------------------------

    def _pump(self) -> None:
        """Start what waits while there is room."""
        busy = sum(s["status"] in ("running", "stopping") for s in self.states.values())
        waiting = [s for s in self.states.values() if s["status"] == "queued"]
        for job in [s["id"] for s in sorted(waiting, key=_age)]:
            if busy >= self.limits.at_once or self.closed:
                return
            busy += self._start(job)

    def _start(self, job: str) -> bool:
        folder = self.root / job
        home = str(Path(__file__).resolve().parents[2])
        paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "MPLBACKEND": "agg"}
        try:
            with (folder / "log.txt").open("ab") as log:
                child = subprocess.Popen(
                    [*CHILD, str(folder)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    env=environment, start_new_session=True,
                )  # fmt: skip
        except OSError as error:
            self._end(job, "failed", f"the solver could not be started ({error.strerror})")
            return False
        self._set(job, status="running", started=time.time(), pid=child.pid)
        threading.Thread(target=self._follow, args=(job, child), daemon=True).start()
        return True

    def _follow(self, job: str, child: subprocess.Popen[bytes] | None) -> None:
        """Wait for a child's end (None: one that an earlier server started)."""
        if child is not None:
            code: int | None = child.wait()
        else:
            code = None
            while working(self.root / job):
                time.sleep(POLL)
        with self.lock:
            if not self.closed:
                self._settle(job, code)
                self._pump()

    def _settle(self, job: str, code: int | None) -> None:
        """Tell how a job ended from what its child left behind."""
        folder, stopping = self.root / job, self.states[job]["status"] == "stopping"
        answer = read_json(folder / "answer.json")
        self._sweep(job)
        if answer and answer.get("ok"):
            early = "stopped early; the best plan so far is kept" if stopping else ""
            self._end(job, "done", early if self.states[job]["kind"] == "solve" else "")
        elif answer and answer.get("error") == "Stopped" and stopping:
            self._end(job, "stopped", "stopped before any plan was found")
        elif answer:
            self._end(job, "failed", answer["message"], answer.get("hint", ""))
        elif stopping:
            self._end(job, "stopped", "stopped at once; nothing is kept")
        elif code == DISK_FULL:
            self._end(job, "failed", FULL, FULL_HINT)
        else:
            hint = (
                "Nothing was written. Most often the machine or the limit of "
                f"{self.limits.memory_gib:g} GiB had no memory left: close other programs, ask for "
                "fewer periods or futures, or start `planner serve --memory` with more; then "
                "solve again."
            )
            how = f" by {signal.Signals(-code).name}" if code is not None and code < 0 else ""
            self._end(job, "killed", f"the solver's process was ended from outside{how}", hint)

    def _sweep(self, job: str) -> None:
        """Clear away the half-written run of a child that was ended while it wrote."""
        state = self.states[job]
        if state.get("pid") and state["run"]:
            clear(self.root.parent / f".{state['run']}.new-{state['pid']}")

    def _signal(self, job: str, number: signal.Signals) -> None:
        """Signal a child while it holds its lock, or while it is ours and still starting."""
        pid = self.states[job].get("pid")
        if pid is not None:
            with contextlib.suppress(OSError):
                os.kill(int(pid), number)

    # -- files --------------------------------------------------------------------------------

    def _end(self, job: str, status: str, message: str = "", hint: str = "") -> None:
        self._set(job, status=status, message=message, hint=hint, ended=time.time())

    def _set(self, job: str, **changes: Any) -> None:
        """Change a state in memory and in its file; a full disk costs the file only."""
        self.states[job].update(changes)
        with contextlib.suppress(OSError):
            write_state(self.root / job, self.states[job])

    def _find(self) -> None:
        """Jobs an earlier server left, each as it really stands."""
        found = sorted(p for p in self.root.iterdir() if ID.fullmatch(p.name) and p.is_dir())
        for folder in found:
            state = read_json(folder / "state.json")
            if state is not None and state.get("id") == folder.name:
                self.states[folder.name] = state
        over = [j for j in sorted(self.states) if self.states[j]["status"] in ENDED][:-KEPT]
        for job in over:
            clear(self.root / job)
            del self.states[job]
        with self.lock:
            for job, state in list(self.states.items()):
                if state["status"] not in ("running", "stopping"):
                    continue
                if working(self.root / job):
                    threading.Thread(target=self._follow, args=(job, None), daemon=True).start()
                else:
                    self._settle(job, None)
            self._pump()


def _age(state: State) -> tuple[float, str]:
    """When a job was asked for."""
    return float(state["created"]), str(state["id"])


def _open(state: State) -> State:
    """A state as pages see it: without the number of its process."""
    return {k: v for k, v in state.items() if k != "pid"}


def working(folder: Path) -> bool:
    """Whether the child of a job folder lives: it holds the lock for as long."""
    import fcntl

    try:
        with (folder / "alive").open("r", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object, or None when there is none or it is not whole."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def write_state(folder: Path, state: State) -> None:
    """Write state.json whole."""
    place = folder / "state.json.new"
    place.write_text(json.dumps(state), encoding="utf-8")
    place.replace(folder / "state.json")


def clear(folder: Path) -> None:
    """Remove the folder of an ended job."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
