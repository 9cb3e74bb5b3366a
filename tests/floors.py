"""Lower bounds of the runtime dependencies as pip constraints: `python -m tests.floors`.

`make floor` installs exactly these and runs the tests, so that the bounds in pyproject.toml are
true; `make test` installs the newest versions allowed, which is the other end.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def floors() -> list[str]:
    """`name==version` for every dependency a run needs, also of the optional parts."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [
        *project["dependencies"],
        *(d for name in ("web", "sweep", "pdf") for d in extras[name]),
    ]
    found = []
    for text in dict.fromkeys(wanted):
        match = re.match(r"([\w.-]+)>=([\w.]+)", text)
        if match is None:
            msg = f"{PROJECT.name}: '{text}' has no lower bound"
            raise ValueError(msg)
        found.append(f"{match[1]}=={match[2]}")
    return sorted(found)


if __name__ == "__main__":
    sys.stdout.write("\n".join(floors()) + "\n")
