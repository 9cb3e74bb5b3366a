"""What the outputs need, loaded on another core while HiGHS searches.

Drawing libraries and the outline of the world take seconds to load and do not hang on the plan.
HiGHS searches outside Python's lock, so a thread gets them ready meanwhile; whatever goes wrong
there is left for the outputs themselves to meet and tell.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any


class Warm:
    """Progress listener that starts loading when the search first speaks, and passes all on."""

    def __init__(self, data_root: Path, then: Callable[[Any], None] | None = None) -> None:
        self._root, self._then = data_root, then
        self.thread: threading.Thread | None = None

    def __call__(self, progress: Any) -> None:
        """Hear of a search's progress."""
        if self.thread is None:
            self.thread = threading.Thread(target=load, args=(self._root,), daemon=True)
            self.thread.start()
        if self._then is not None:
            self._then(progress)


def load(data_root: Path) -> None:
    """Import what draws and writes, and project the outline of the world."""
    with suppress(Exception):
        from planner.outputs import exports, maps, maps_svg, report, tables  # noqa: F401

        maps_svg.overview(data_root)
