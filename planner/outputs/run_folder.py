"""The run folder: one solved plan with all a reader or a later run needs, whole or not at all.

    plan.json        the plan in short: status, bound, gap, seconds, measures, sites, reasons
    case.json        the frozen inputs
    solution.json.gz every number at full precision
    tables/*.csv     readable tables
    sites.geojson  plan.gpkg  map.png  map.svg  report.html

It is written beside its place and moved there when complete. plan.json records the SHA-256 of the
two files the planner reads back, so a damaged folder is noticed. What a killed writer left beside
is put right by whoever comes next.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from planner.core.case import Case
from planner.core.errors import InputError, Issue
from planner.core.plan import Plan
from planner.outputs import frames, plan_json

READ_BACK = ("case.json", "solution.json.gz")
OURS = ("plan.json", *READ_BACK, "tables", "sites.geojson", "plan.gpkg", "map*", "report*")
"""What a new run replaces; anything else in the folder is the user's and is kept."""

Part = Callable[[Plan, Case, Path, Path], None]
"""Writes a part: plan, case, folder to write into, folder of the data."""


def write_run(plan: Plan, case: Case, folder: Path, data_root: Path) -> Path:
    """Write the run folder and return it.

    An earlier run of that name is replaced only when the new one is complete. Raises InputError
    when the place holds something else or cannot be written.
    """
    folder = folder.expanduser().resolve()
    begun = time.perf_counter()
    with writing(folder):
        _recover(folder)
        require_replaceable(folder)
        staging = _beside(folder, "new")
        staging.mkdir(parents=True)
        try:
            for write in parts():
                write(plan, case, staging, data_root)
            _write_plan_json(plan, staging, time.perf_counter() - begun)
            _swap(staging, folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return folder


def parts() -> tuple[Part, ...]:
    """The parts of a run folder in writing order; plan.json comes last and seals it."""
    return (_write_state, _write_tables, _write_geo, _write_map, _write_report)


def read_run(folder: Path) -> tuple[Plan, Case]:
    """Plan and case of a run folder, exactly as they were written.

    Raises InputError when it is missing, is not a run, was damaged, or plan and inputs differ.
    """
    from planner.inputs.load import case_from_json

    short = read_short(folder)
    for name, expected in short["files"].items():
        path = folder / name
        if not path.is_file():
            raise _error(folder, "E702", f"{name} is missing", "Solve the scenario again.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise _error(folder, "E702", f"{name} was changed", "Solve the scenario again.")
    try:
        case = case_from_json((folder / "case.json").read_text(encoding="utf-8"))
        fields = frames.unpack((folder / "solution.json.gz").read_bytes())
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise _error(folder, "E702", f"cannot be read ({error})", "") from error
    if case.digest != short["digest"]:
        text = "plan and inputs do not belong together"
        raise _error(folder, "E705", text, "Another version wrote it? Solve the scenario again.")
    return plan_json.plan_of(short, fields), case


def read_short(folder: Path) -> dict[str, Any]:
    """plan.json of a run folder. Raises InputError when the folder holds no run."""
    if not folder.is_dir():
        with suppress(OSError):
            _recover(folder)
    if not folder.is_dir():
        raise _error(folder, "E700", "no such run folder", "`planner solve` makes one.")
    short = _mark(folder)
    if short is None:
        hint = "Give a folder that `planner solve` wrote."
        raise _error(folder, "E701", "not a run folder", hint)
    if short["format"] != plan_json.FORMAT:
        raise _error(folder, "E702", "written by another version", "Solve the scenario again.")
    if wrong := plan_json.wrong_field(short):
        raise _error(folder, "E702", f"plan.json: {wrong} was changed", "Solve the scenario again.")
    if set(short["files"]) != set(READ_BACK):
        raise _error(folder, "E702", "plan.json: files was changed", "Solve the scenario again.")
    return short


def require_replaceable(folder: Path) -> None:
    """Raise InputError unless the place is free, empty, or holds a run."""
    if folder.is_dir():
        if any(folder.iterdir()) and _mark(folder) is None:
            text = "holds other files and is not a run folder"
            raise _error(folder, "E703", text, "Choose another folder with --out.")
    elif folder.exists():
        raise _error(folder, "E703", "is a file", "Choose another folder with --out.")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into an InputError that names the place."""
    try:
        yield
    except OSError as error:
        text = f"cannot be written ({error.strerror or error})"
        raise _error(path, "E704", text, "Choose another place with --out.") from error


def _error(folder: Path, code: str, text: str, hint: str) -> InputError:
    return InputError([Issue("error", code, str(folder), "", text, hint)])


def _mark(folder: Path) -> dict[str, Any] | None:
    """plan.json when it is one of ours."""
    try:
        found = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    ours = isinstance(found, dict) and {"format", "scenario", "digest", "files"} <= set(found)
    return found if ours else None


def _beside(folder: Path, word: str) -> Path:
    """A free hidden place next to a folder."""
    place = folder.parent / f".{folder.name}.{word}-{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    return place


def _recover(folder: Path) -> None:
    """Finish or clear away what writers that are gone left: a whole new run, else the old one."""
    left = [p for word in ("new", "old") for p in _leftovers(folder, word)]
    if not folder.exists():
        whole = next((p for p in left if _mark(p) is not None), None)
        if whole is not None:
            whole.rename(folder)
    for place in left:
        shutil.rmtree(place, ignore_errors=True)


def _leftovers(folder: Path, word: str) -> list[Path]:
    """Hidden places beside a folder whose writers no longer run."""
    if not folder.parent.is_dir():
        return []
    start = f".{folder.name}.{word}-"
    found = [p for p in folder.parent.iterdir() if p.name.startswith(start)]
    return sorted(p for p in found if not _runs(p.name.removeprefix(start)))


def _runs(number: str) -> bool:
    """Whether a process of that number runs; a name that is none of ours is left alone."""
    if not number.isdigit() or os.name != "posix":
        return True
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _swap(staging: Path, folder: Path) -> None:
    """Put the new folder in the old one's place; the old one comes back when that fails."""
    if not folder.exists():
        staging.rename(folder)
        return
    _keep_foreign(folder, staging)
    old = _beside(folder, "old")
    folder.rename(old)
    try:
        staging.rename(folder)
    except BaseException:
        old.rename(folder)
        raise
    with suppress(OSError):
        shutil.rmtree(old)


def _keep_foreign(folder: Path, staging: Path) -> None:
    """Copy what a user put into the old folder."""
    for path in sorted(folder.iterdir()):
        if any(fnmatch.fnmatch(path.name, pattern) for pattern in OURS):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, staging / path.name, symlinks=True)
        else:
            shutil.copy2(path, staging / path.name, follow_symlinks=False)


def _write_state(plan: Plan, case: Case, folder: Path, data_root: Path) -> None:  # noqa: ARG001
    from planner.inputs.load import case_to_json

    (folder / "case.json").write_text(case_to_json(case), encoding="utf-8", newline="\n")
    (folder / "solution.json.gz").write_bytes(frames.pack(plan))


def _write_tables(plan: Plan, case: Case, folder: Path, data_root: Path) -> None:  # noqa: ARG001
    from planner.outputs.tables import write_tables

    write_tables(plan, folder / "tables")


def _write_geo(plan: Plan, case: Case, folder: Path, data_root: Path) -> None:  # noqa: ARG001
    from planner.outputs.exports import write_geojson, write_geopackage

    write_geojson(plan, case, folder / "sites.geojson")
    write_geopackage(plan, case, folder / "plan.gpkg")


def _write_map(plan: Plan, case: Case, folder: Path, data_root: Path) -> None:
    from planner.outputs.maps import draw_map, save_map

    figure = draw_map(plan, case, data_root)
    save_map(figure, folder / "map", ("png", "svg"))


def _write_report(plan: Plan, case: Case, folder: Path, data_root: Path) -> None:
    from planner.outputs.report import write_report

    write_report(plan, case, folder / "report.html", data_root)


def _write_plan_json(plan: Plan, folder: Path, seconds: float) -> None:
    content = plan_json.short_form(plan, seconds)
    content["files"] = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in READ_BACK
    }
    (folder / "plan.json").write_text(plan_json.as_json(content), encoding="utf-8", newline="\n")
