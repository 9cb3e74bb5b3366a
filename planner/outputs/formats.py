"""How numbers and names are written for people: one place, so pages and charts agree."""

from __future__ import annotations

import math
from collections.abc import Iterable

MINUS = "\u2212"
NOTHING = "\u2013"
NEARLY_WHOLE = 0.05
SMALL = 10.0
"""Below this size two decimals are shown, below ten times this one, above that none."""


def number(value: object, digits: int = 2) -> str:
    """Number with a thousands comma and a true minus sign; a dash when there is none."""
    found = finite(value)
    if found is None:
        return NOTHING
    text = f"{found:,.{digits}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def brief(value: object) -> str:
    """Number with about three significant digits."""
    found = finite(value)
    if found is None:
        return NOTHING
    size = abs(found)
    return number(found, 2 if size < SMALL else 1 if size < SMALL * 10 else 0)


def signed(value: object, digits: int | None = None) -> str:
    """Number with its sign always shown."""
    found = finite(value)
    if found is None:
        return NOTHING
    text = brief(found) if digits is None else number(found, digits)
    return text if text.startswith(MINUS) or text.strip("0.,") == "" else f"+{text}"


def year(value: object) -> str:
    """Calendar year; half years keep one decimal."""
    found = finite(value)
    if found is None:
        return NOTHING
    return f"{found:.0f}" if abs(found - round(found)) < NEARLY_WHOLE else f"{found:.1f}"


def percent(value: object, digits: int = 1) -> str:
    """Share already in per cent."""
    text = number(value, digits)
    return text if text == NOTHING else f"{text} %"


def finite(value: object) -> float | None:
    """Value as a float, None when it is missing or not a number."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def listing(words: Iterable[str], most: int = 6) -> str:
    """`a, b and c`; what goes beyond `most` is counted."""
    names = list(words)
    if len(names) > most:
        names = [*names[: most - 1], f"{len(names) - most + 1} more"]
    if not names:
        return "none"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def plural(count: float, one: str, many: str = "") -> str:
    """`1 fab`, `3 fabs`."""
    return f"{count:,.0f} {one if round(count) == 1 else many or one + 's'}"


def level(value: float) -> str:
    """A round number beside an axis: `0`, `2.5`, `1,200`, with no more digits than it has."""
    return f"{round(value, 9) + 0.0:,.6g}".replace("-", "\u2212")


def clipped(text: str, pixels: float, size: float = 12.0) -> str:
    """Text cut with an ellipsis to about so many pixels."""
    room = max(3, int(pixels / (size * 0.56)))
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}\u2026"
