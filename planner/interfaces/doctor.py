"""`planner doctor`: does this machine have what the planner needs, and what would mend it."""

from __future__ import annotations

import importlib
import platform
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

NEEDED = (
    "pulp", "highspy", "pandas", "geopandas", "shapely", "pyogrio", "pyproj", "numpy", "pydantic",
    "typer", "rich", "matplotlib", "jinja2", "duckdb", "ruamel.yaml", "openpyxl",
)  # fmt: skip
EXTRAS = {"fastapi": "web", "dask": "sweep", "reportlab": "pdf"}
"""Packages that are there only with an extra."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: ok, missing (something optional) or broken (mend it)."""

    state: Literal["ok", "missing", "broken"]
    what: str
    text: str

    def as_dict(self) -> dict[str, str]:
        """Plain form for `--json`."""
        return asdict(self)


def examine() -> tuple[Finding, ...]:
    """Look at everything; no finding stops the next one."""
    looks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("python", _python),
        ("packages", _packages),
        ("solver", _solver),
        ("data", _data),
        ("scenarios", _scenarios),
        ("writing", _writing),
    )
    found = [_look(what, look) for what, look in looks]
    return (*found, *(_extra(package, extra) for package, extra in EXTRAS.items()))


def _look(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding("ok", what, look())
    except Exception as error:  # whatever is wrong is the finding
        text = str(error).split("\n", 1)[0] or type(error).__name__
        return Finding("broken", what, text)


def _python() -> str:
    return f"{platform.python_version()} on {sys.platform}"


def _packages() -> str:
    for name in NEEDED:
        importlib.import_module(name)
    return ", ".join(f"{name} {metadata.version(name)}" for name in NEEDED)


def _solver() -> str:
    """Solve max 3x + 2y, 2x + 2y <= 3, both whole: the answer is 3 (halves would give 4.5)."""
    from planner.core.scenario import SolverSettings
    from planner.model.lp import Model
    from planner.solve import highs

    model = Model("doctor")
    take = model.variables(
        "take", [("x",), ("y",)], index="thing", unit="count", high=2.0, kind="integer"
    )
    x, y = take["x",], take["y",]
    model.require("limit", [((), [(x, 2.0), (y, 2.0)], "<=", 3.0)], unit="count", why="a limit")
    model.maximise([(x, 3.0), (y, 2.0)])
    answer = highs.run(model, SolverSettings(threads=1))
    if abs(answer.objective - 3) > 1e-6:
        msg = f"wrong answer {answer.objective} to a programme worth 3"
        raise ArithmeticError(msg)
    return ", ".join(f"{name} {version}" for name, version in highs.versions().items())


def _data() -> str:
    from planner import api

    case = api.load("base")
    return f"{len(case.facts):,} facts, digest {case.digest[:12]}"


def _scenarios() -> str:
    from planner import api

    return ", ".join(str(row["name"]) for row in api.scenarios())


def _writing() -> str:
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".planner-") as folder:
        (Path(folder) / "x").write_text("x", encoding="utf-8")
    return f"{Path.cwd()} can be written"


def _extra(package: str, extra: str) -> Finding:
    try:
        return Finding("ok", extra, f"{package} {metadata.version(package)}")
    except metadata.PackageNotFoundError:
        return Finding("missing", extra, f"optional; the extra `{extra}` brings {package}")
