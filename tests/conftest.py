"""What the run prints at its end: how many inputs were fuzzed and how many faults injected."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import settings

settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")

COUNTED = {
    "fuzzed": "fuzzed inputs, none with a traceback",
    "accepted": "of them taken as valid",
    "faults": "injected faults, nothing half-written and nothing lost",
}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up what tests counted by `record_property`, over all workers."""
    counts: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        if getattr(report, "when", "") == "call":
            counts.update({k: v for k, v in report.user_properties if k in COUNTED})
    for name, words in COUNTED.items():
        if counts[name]:
            terminalreporter.write_line(f"{counts[name]:,} {words}")
