"""Stands in for the solver's process: what it does is the scenario's name."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from pathlib import Path

from planner.interfaces.web_child import DISK_FULL, Progress, _alive, _leave

STEP = 0.02


def main(folder: Path) -> int:
    """Play the part that `name:` asks for."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    name = re.search(r"^name: (\S+)", (folder / "scenario.yaml").read_text("utf-8"), re.M)
    assert name is not None
    with _alive(folder):
        return _play(name[1], folder, Progress(folder))


def _play(name: str, folder: Path, progress: Progress) -> int:
    progress.say("load", "reading the inputs")
    progress.say("search", seconds=0.1, objective=1.0, bound=2.0, gap=1.0, nodes=0)
    if name == "full":
        return DISK_FULL
    if name == "crash":
        (folder.parents[1] / f".crash.new-{os.getpid()}" / "tables").mkdir(parents=True)
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        for _ in range({"long": 1500, "while": 40}.get(name, 1)):
            time.sleep(STEP)
    except KeyboardInterrupt:
        progress.say("write", "keeping the best plan")
    answer = {"ok": True, "run": json.loads((folder / "request.json").read_text())["run"]}
    return _leave(folder, answer, 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
