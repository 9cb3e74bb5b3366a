"""Who listens to a search: what HiGHS tells on the way, and when it is asked to stop."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

import highspy

from planner.solve.answer import Progress, gap_of


class Watch:
    """Callback of HiGHS: passes progress on, stops the search when asked."""

    def __init__(self, progress: Callable[[Progress], None] | None, flip: float) -> None:
        self.progress, self.flip = progress, flip
        self.stop = threading.Event()
        self.root_bound: float | None = None
        self.nodes = 0
        self.before = 0.0  # seconds of search before this one
        self.beat = -math.inf  # only plans worth more are looked for
        self.gap: float | None = None  # told to stop once the bound is within it of the best plan
        self.near = False  # stopped so

    def __call__(self, kind: Any, message: str, out: Any, into: Any, data: Any) -> None:  # noqa: ARG002
        """Hear from HiGHS; ask it to stop when it is time."""
        if kind == highspy.cb.HighsCallbackType.kCallbackMipLogging:
            self.nodes = int(out.mip_node_count)
            if self.nodes <= 1 and math.isfinite(out.mip_dual_bound):
                self.root_bound = self.proved(out.mip_dual_bound)
            if self.progress is not None:
                self.progress(self._told(out))
        elif into is not None:  # said anew each time: HiGHS keeps its last answer to the next run
            into.user_interrupt = self.stop.is_set() or self._is_near(kind, out)

    def proved(self, dual_bound: float) -> float:
        """What HiGHS's dual bound proves: nothing below what it was asked to beat."""
        return max(self.flip * float(dual_bound), self.beat)

    def _best(self, out: Any) -> float:
        """Worth of the best plan found."""
        return self.flip * float(out.objective_function_value)

    def _is_near(self, kind: Any, out: Any) -> bool:
        """Whether the gap asked for is reached; HiGHS measures it from what is to beat."""
        if self.gap is None or kind != highspy.cb.HighsCallbackType.kCallbackMipInterrupt:
            return False
        best, bound = self._best(out), self.flip * float(out.mip_dual_bound)
        self.near = math.isfinite(best) and bound <= best + self.gap * abs(best)
        return self.near

    def _told(self, out: Any) -> Progress:
        # mip_primal_bound is what is to beat where that is more than the plan found
        best, bound = self._best(out), self.proved(out.mip_dual_bound)
        known = math.isfinite(best)
        return Progress(
            self.before + float(out.running_time),
            best if known else None,
            bound if math.isfinite(bound) else None,
            gap_of(best, bound) if known and math.isfinite(bound) else None,
            int(out.mip_node_count),
        )
