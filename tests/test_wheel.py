"""The wheel carries everything a run needs: code, data, scenarios, templates."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built by its build backend from a copy of the sources."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    return built(tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist"))


def built(source: Path, out: Path) -> Path:
    """A wheel built in a fresh copy of the sources."""
    skipped = shutil.ignore_patterns("__pycache__")
    for name in ("planner", "data", "scenarios"):
        shutil.copytree(ROOT / name, source / name, ignore=skipped)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy2(ROOT / name, source / name)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (made,) = out.glob("*.whl")
    return made


def test_the_same_sources_give_the_same_wheel_byte_for_byte(wheel: Path, tmp_path: Path) -> None:
    """Built again elsewhere and later, from files with other times."""
    for folder in ("source", "dist"):
        (tmp_path / folder).mkdir()
    again = built(tmp_path / "source", tmp_path / "dist")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_wheel_holds_code_data_scenarios_and_templates(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    moved = {"data": "planner/_data", "scenarios": "planner/_scenarios", "planner": "planner"}
    for folder, place in moved.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{place}/{path.relative_to(ROOT / folder).as_posix()}" in held
    assert "planner/py.typed" in held


def test_wheel_holds_nothing_else(wheel: Path) -> None:
    held = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in held} == {"planner", "planner-0.1.0.dist-info"}
    assert not [name for name in held if name.endswith(".pyc")]


@pytest.mark.slow
def test_installed_wheel_runs_from_any_folder(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own (third-party packages shared), far from the sources."""
    place = tmp_path / "env"
    venv.create(place, with_pip=False)
    packages = next(place.glob("lib/python*/site-packages"), place / "Lib" / "site-packages")
    zipfile.ZipFile(wheel).extractall(packages)
    shared = [p for p in sys.path if p.endswith("site-packages")]
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    code = (
        f"import sys; sys.path += {shared!r}\n"
        "import planner, planner.interfaces.cli as cli\n"
        f"assert planner.__file__.startswith({str(packages)!r}), planner.__file__\n"
        "sys.exit(cli.main(['check', 'base']))"
    )
    command = [str(python), "-I", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "no problem found" in done.stdout
