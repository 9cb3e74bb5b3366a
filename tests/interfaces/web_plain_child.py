"""The solver's process as it is, with maps and report left out: they are drawn in other tests."""

from __future__ import annotations

import sys
from pathlib import Path

from planner.api import warm
from planner.interfaces.web_child import main
from planner.outputs import run_folder

for part in ("_write_geo", "_write_map", "_write_report"):
    setattr(run_folder, part, lambda *_: None)
warm.load = lambda _: None

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
