"""The house rules, held over the syntax trees: layers, seams, sizes, names, hosts, sources."""

from __future__ import annotations

import ast
import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import planner

ROOT = Path(__file__).resolve().parents[1]
LAYERS = (
    "core", "inputs", "model", "solve", "analysis", "outputs", "api", "interfaces",
)  # fmt: skip
SEAMS = {
    "pulp": ("model/lp.py", "solve/highs.py", "solve/live.py"),
    "highspy": tuple(
        f"solve/{n}.py" for n in ("highs", "live", "watch", "rounds", "kernel", "*session")
    ),
    "geopandas": ("inputs/geography.py", "outputs/maps*.py", "outputs/exports.py"),
    "shapely": ("inputs/geography.py", "outputs/maps*.py", "outputs/exports.py"),
    "matplotlib": ("outputs/*.py",),
    "dask": ("analysis/sweep.py",),
    "distributed": ("analysis/sweep.py",),
    "fastapi": ("interfaces/web*.py",),
    "uvicorn": ("interfaces/web*.py",),
}
LONGEST_FILE, LONGEST_FUNCTION, MOST_NAMES = 300, 60, 20
SOURCES = sorted((ROOT / "planner").rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def short(path: Path) -> str:
    return path.relative_to(ROOT / "planner").as_posix()


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, wherever in the file; `from a import b` counts as a.b too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer(module: str) -> int | None:
    """Place of `planner.<layer>…` in the order of layers."""
    parts = module.split(".")
    if parts[0] != "planner" or len(parts) < 2 or parts[1] not in LAYERS:
        return None
    return LAYERS.index(parts[1])


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_imports_go_down_the_layers(path: Path) -> None:
    own = layer(".".join(("planner", *path.relative_to(ROOT / "planner").with_suffix("").parts)))
    if own is None:
        return  # planner/__init__.py stands above all
    upward = {name for name in imports(path) if (found := layer(name)) is not None and found > own}
    assert not upward


@pytest.mark.parametrize("path", sorted((ROOT / "planner/model/concepts").glob("[a-z]*.py")))
def test_concepts_import_only_core(path: Path) -> None:
    allowed = ("planner.core", "planner.model.lp")
    ours = {name for name in imports(path) if name.startswith("planner.")}
    assert {n for n in ours if not n.startswith(allowed) and n != "planner.model"} == set()


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_seams_hold(path: Path) -> None:
    where = path.relative_to(ROOT / "planner")
    roots = {name.split(".")[0] for name in imports(path)}
    for package in roots & set(SEAMS):
        assert any(where.match(pattern) for pattern in SEAMS[package]), package


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_files_and_functions_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body:
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1
                assert length <= LONGEST_FUNCTION, node.name


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_nothing_prints_outside_interfaces(path: Path) -> None:
    if short(path).startswith("interfaces/"):
        return
    calls = (n.func for n in ast.walk(tree(path)) if isinstance(n, ast.Call))
    assert "print" not in {f.id for f in calls if isinstance(f, ast.Name)}


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_modules_say_what_they_are_and_leave_nothing_open(path: Path) -> None:
    assert ast.get_docstring(tree(path))
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error"))
    assert not re.search(rf"\b({marks})\b", path.read_text(encoding="utf-8"))


def test_public_names() -> None:
    assert len(planner.__all__) <= MOST_NAMES
    assert planner.__all__ == sorted(planner.__all__)
    for name in planner.__all__:
        assert callable(getattr(planner, name)), name
    assert set(planner.__all__) <= set(dir(planner))
    with pytest.raises(AttributeError, match="no attribute 'sovle'"):
        planner.sovle  # noqa: B018


def project_files() -> Iterator[Path]:
    """Every text file of the project itself."""
    folders = ("planner", "data", "scenarios", "tests", ".ci", "docs")
    for folder in folders:
        yield from (p for p in (ROOT / folder).rglob("*") if p.is_file())
    yield from (p for p in ROOT.iterdir() if p.is_file() and p.name != ".git")


def test_no_host_of_a_registry_and_no_path_of_a_machine() -> None:
    hosts = [a + "." + b for a, b in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
    hosts += ["registry." + "npmjs", "deb." + "debian.org"]
    places = ["/" + name + "/" for name in ("work", "farm", "tmp/lab", "root", "home/runner")]
    pattern = re.compile(
        "|".join([*map(re.escape, hosts), *(rf"(?<![\w.~-]){re.escape(p)}" for p in places)])
    )
    kinds = {".py", ".md", ".csv", ".yaml", ".toml", ".html", ".css", ".js", ".json", ".txt", ""}
    found = []
    for path in project_files():
        if path.suffix in kinds and "__pycache__" not in path.parts:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.name}: {m.group()}" for m in pattern.finditer(text)]
    assert found == []


FACTS = sorted((ROOT / "data").glob("**/facts/*.csv"))


@pytest.mark.parametrize("path", FACTS, ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_every_fact_has_unit_range_and_source(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows or path.parts[-3] != "data"  # a world of its own may lack whole instruments
    for row in rows:
        assert all(row[column] for column in ("value", "low", "high", "unit", "source", "grade"))
        assert float(row["low"]) <= float(row["value"]) <= float(row["high"])
