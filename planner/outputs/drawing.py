"""A map as asked for: year or years, layer and formats, checked before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planner.core.case import Case
from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.plan import Plan

STILL = ("png", "svg", "pdf")
"""What a printed map can be written as."""
FORMATS = (*STILL, "html")
"""What a map can be written as."""
ALL = "all"
"""Every year in which a period of the plan begins."""
RESOLUTION = (30, 1200)
"""Dots an inch a PNG may have."""
MOST_YEARS = 24
"""Little maps on one sheet."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a map is asked for: year (empty = the end), layer (empty = the scenario's), formats.

    `years` asks for one sheet of little maps instead: `2026,2030,2034`, or `all`. `dpi` is the
    resolution of PNG.
    """

    year: int | None = None
    layer: str | None = None
    formats: tuple[str, ...] = ("png", "svg")
    years: str = ""
    dpi: int = 300


def draw(plan: Plan, case: Case, target: Path, asked: Drawing, data_root: Path) -> tuple[Path, ...]:
    """Write the map, one file per format (`target` plus its ending).

    Raises InputError for a format nobody writes, a year outside the plan, or an unknown layer.
    """
    years, wrong = _years(asked, case)
    if issues := [*_unknown(asked.formats, FORMATS), *wrong, *_coarse(asked.dpi)]:
        raise InputError(issues)
    still = tuple(kind for kind in asked.formats if kind != "html")
    written: list[Path] = []
    if still:
        from planner.outputs.maps import draw_map, save_map
        from planner.outputs.maps_years import draw_year_maps

        if asked.years:
            figure = draw_year_maps(plan, case, data_root, years, asked.layer)
        else:
            figure = draw_map(plan, case, data_root, layer=asked.layer, year=asked.year)
        written += save_map(figure, target, still, asked.dpi)
    if "html" in asked.formats:
        from planner.outputs.map_page import write_map_page

        page = target.with_name(f"{target.name}.html")
        write_map_page(plan, case, page, data_root, asked.layer)
        written.append(page)
    return tuple(written)


def _years(asked: Drawing, case: Case) -> tuple[tuple[int, ...], list[Issue]]:
    """Years asked for, each once, in order, and what is wrong with them."""
    horizon = case.scenario.horizon
    last = horizon.start + horizon.periods * horizon.years_per_period - 1
    span = f"It has {horizon.start}-{last}."
    if asked.years.strip().lower() == ALL:
        words = [str(y) for y in range(horizon.start, last + 1, horizon.years_per_period)]
    else:
        words = [word.strip() for word in asked.years.split(",") if word.strip()]
    whole = [int(w) for w in words if w.isascii() and w.isdigit()]
    years = sorted({*whole, *([asked.year] if asked.year is not None else [])})
    issues = [
        *(_issue("E723", f"'{w}' is no year", f"Years joined by commas, or '{ALL}'. {span}")
          for w in words if not (w.isascii() and w.isdigit())),
        *(_issue("E721", f"{y} lies outside the plan", span)
          for y in years if not horizon.start <= y <= last),
        *_clashes(asked, years),
    ]  # fmt: skip
    return tuple(years), issues


def _coarse(dpi: int) -> Iterator[Issue]:
    low, high = RESOLUTION
    if not low <= dpi <= high:
        text, hint = f"no picture of {dpi} dots an inch", f"From {low} to {high}."
        yield Issue("error", "E725", "map", "dpi", text, hint)


def _clashes(asked: Drawing, years: list[int]) -> Iterator[Issue]:
    if asked.years and asked.year is not None:
        yield _issue("E723", "a year and years together", "Give --year or --years.")
    if asked.years and not years:
        yield _issue("E723", "no year given", f"Years joined by commas, or '{ALL}'.")
    if len(years) > MOST_YEARS:
        text = f"{len(years)} maps do not fit on a sheet"
        yield _issue("E723", text, f"At most {MOST_YEARS}: name the years.")


def _issue(code: str, text: str, hint: str) -> Issue:
    return Issue("error", code, "map", "year", text, hint)


def require_formats(asked: tuple[str, ...], known: tuple[str, ...]) -> None:
    """Raise InputError for formats nobody writes."""
    if issues := _unknown(asked, known):
        raise InputError(issues)


def _unknown(asked: tuple[str, ...], known: tuple[str, ...]) -> list[Issue]:
    return [
        Issue("error", "E722", "map", "format", f"no '{kind}'", did_you_mean(kind, known))
        for kind in asked
        if kind not in known
    ]
