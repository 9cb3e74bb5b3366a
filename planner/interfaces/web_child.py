"""The process that works for the web app: one job folder in, progress and an answer out.

    request.json    what is asked          scenario.yaml   the text to solve
    progress.jsonl  one line a step        answer.json     the outcome, written last and whole
    alive           locked for as long as the process lives, with its process id inside
It runs apart from the server, so neither can take the other down, and has limits of its own.
Exit codes are the command line's; DISK_FULL says that not even the answer could be written.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DISK_FULL = 74
FASTEST = 0.15
"""Seconds between two lines of progress."""
LARGEST_FILE = 2 << 30
"""Largest file the process may write [bytes]"""


class Progress:
    """Writes steps of the work; a full disk costs lines of progress, not the plan."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "progress.jsonl"
        self.begun, self.last, self.phase = time.time(), 0.0, ""

    def say(self, phase: str, text: str = "", **more: Any) -> None:
        """One step."""
        line = {"at": round(time.time() - self.begun, 2), "phase": phase, "text": text, **more}
        with contextlib.suppress(OSError), self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.phase = phase

    def search(self, moved: Any) -> None:
        """One step of a search (`planner.solve.highs.Progress`)."""
        now = time.monotonic()
        if now - self.last < FASTEST:
            return
        self.last = now
        numbers = {k: getattr(moved, k) for k in ("seconds", "objective", "bound", "gap", "nodes")}
        self.say("search", **numbers)


def main(folder: Path) -> int:
    """Do the job of a folder and return the exit code."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell ignores it
    with _alive(folder):
        asked = json.loads((folder / "request.json").read_text("utf-8"))
        _limit(float(asked["memory_gib"]))
        progress = Progress(folder)
        try:
            answer, code = {"ok": True, **_work(asked, folder, progress)}, 0
        except KeyboardInterrupt:
            answer, code = _failure("Stopped", "stopped before any plan was found"), 4
        except MemoryError:
            text = f"the work needs more memory than the {asked['memory_gib']:g} GiB it may use"
            hint = "Ask for fewer periods or futures, or start `planner serve --memory` with more."
            answer, code = _failure("MemoryError", text, hint), 1
        except Exception as error:
            answer, code = _told(error)
        return _leave(folder, answer, code)


def _work(asked: dict[str, Any], folder: Path, progress: Progress) -> dict[str, Any]:
    progress.say("load", "reading the inputs")
    if asked["kind"] == "solve":
        return _solve(asked, folder, progress)
    if asked["kind"] == "compare":
        return _compare(asked, folder)
    if asked["kind"] == "memo":
        return _memo(asked, folder)
    return _ask(asked, progress)


def _solve(asked: dict[str, Any], folder: Path, progress: Progress) -> dict[str, Any]:
    """Load, solve, explain, save: what `planner solve` does, with the text kept in the run."""
    import shutil
    from dataclasses import replace

    from planner import api
    from planner.outputs.run_folder import require_replaceable

    target = Path(asked["folder"])
    require_replaceable(target)
    begun = time.perf_counter()
    case = api.load(folder / "scenario.yaml")
    seconds = {"load": time.perf_counter() - begun}
    progress.say("build", "building the model")
    plan, built = api.solve_and_keep(case, progress.search, asked.get("settings"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from here on there is a plan to keep
    progress.say("write", "giving reasons, drawing maps, writing the report")
    plan = replace(plan, info=replace(plan.info, seconds={**seconds, **plan.info.seconds}))
    api.save_run(api.explain(plan, case, built), case, target)
    shutil.copyfile(folder / "scenario.yaml", target / "scenario.yaml")
    found = {"status": plan.info.status, "stopped_by": plan.info.stopped_by, "gap": plan.info.gap}
    return {"run": target.name, **found}


def _compare(asked: dict[str, Any], folder: Path) -> dict[str, Any]:
    from planner import api

    made = api.compare([Path(run) for run in asked["folders"]], folder / "files")
    return {"files": [path.name for path in made]}


def _memo(asked: dict[str, Any], folder: Path) -> dict[str, Any]:
    from planner import api

    run = Path(asked["folder"])
    (folder / "files").mkdir(exist_ok=True)
    made = api.report_pdf(*api.load_run(run), folder / "files" / f"{run.name}.pdf")
    return {"files": [made.name]}


def _ask(asked: dict[str, Any], progress: Progress) -> dict[str, Any]:
    import planner

    plan, case = planner.load_run(Path(asked["folder"]))

    def say(text: str) -> None:
        progress.say("search", text)

    return {"answer": planner.ask(asked["question"], plan, case, say=say, **asked["settings"])}


def _told(error: Exception) -> tuple[dict[str, Any], int]:
    """An error in words, and the exit code."""
    from planner.core.errors import PlannerError

    if disk_full(error):
        return _failure("DiskFull", FULL, FULL_HINT), DISK_FULL
    if isinstance(error, PlannerError):
        return {**_failure(type(error).__name__, str(error)), **error.as_dict()}, error.exit_code
    hint = "This is a fault of the planner; `planner doctor` checks the set-up."
    return _failure(type(error).__name__, f"{type(error).__name__}: {error}", hint), 1


FULL = "the disk is full: nothing half-written is left behind"
FULL_HINT = "Free some space where the runs lie, then ask again."


def disk_full(error: BaseException | None) -> bool:
    """Whether an error comes from a disk without room."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        error = error.__cause__ or error.__context__
    return False


def _failure(kind: str, text: str, hint: str = "") -> dict[str, Any]:
    return {"ok": False, "error": kind, "message": text, "hint": hint}


def _leave(folder: Path, answer: dict[str, Any], code: int) -> int:
    """Write the answer whole; when the disk has no room the exit code alone tells."""
    from planner.outputs.plan_json import as_json

    place = folder / "answer.json.new"
    try:
        place.write_text(as_json(answer), encoding="utf-8")
        place.replace(folder / "answer.json")
    except OSError as error:
        return DISK_FULL if disk_full(error) else code or 1
    return code


@contextlib.contextmanager
def _alive(folder: Path) -> Iterator[None]:
    """Hold the lock that tells a server started anew that this process still works."""
    import fcntl

    with (folder / "alive").open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _limit(memory_gib: float) -> None:
    """Limits of the process: memory, size of a file, no core dumps."""
    import resource

    wanted = ((resource.RLIMIT_AS, int(memory_gib * 2**30)),
              (resource.RLIMIT_FSIZE, LARGEST_FILE), (resource.RLIMIT_CORE, 0))  # fmt: skip
    for kind, most in wanted:
        _, hard = resource.getrlimit(kind)
        top = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (top, hard))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
