"""One page per room and the public names of the package, written from the code's docstrings.

planner/<room>/README.md says what a room is for and what each file answers; planner/README.md
lists the public functions with their parameters. PLANNER_REGOLD=1 writes them again.
"""

from __future__ import annotations

import ast
import inspect
import os
from pathlib import Path

import pytest

import planner
from planner import api
from planner.core.errors import PlannerError

ROOT = Path(__file__).resolve().parents[1] / "planner"
ROOMS = ("core", "inputs", "solve", "analysis", "outputs", "api", "interfaces")
"""planner/model has a page of its own, with every symbol."""
ORDER = "core < inputs < model < solve < analysis < outputs < api < interfaces"


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def _first(text: str) -> str:
    return text.split("\n\n", 1)[0].replace("\n", " ").replace("|", "\\|")


def _functions(path: Path) -> list[str]:
    """Public functions and classes of a file, in its order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [n.name for n in tree.body if isinstance(n, kinds) and not n.name.startswith("_")]


def room_page(room: str) -> str:
    folder = ROOT / room
    lines = [
        f"# {room}", "", _docstring(folder / "__init__.py"), "",
        f"Imports go one way: {ORDER}.", "",
        "| file | what it answers | public names |", "| --- | --- | --- |",
    ]  # fmt: skip
    for path in sorted(folder.glob("*.py")):
        if path.name != "__init__.py":
            names = ", ".join(f"`{n}`" for n in _functions(path))
            lines.append(f"| `{path.name}` | {_first(_docstring(path))} | {names} |")
    return "\n".join(lines) + "\n"


def _entry(name: str) -> list[str]:
    """Heading, signature and docstring of a public name."""
    if name == "solve":
        from planner.solve.optimise import solve_case as found
    else:
        found = getattr(planner, name)
    doc = inspect.getdoc(found) or ""
    if inspect.isclass(found):
        public = [
            f"`{n}`: {_first(inspect.getdoc(member) or '')}"
            for n, member in sorted(vars(found).items())
            if not n.startswith("_") and inspect.getdoc(member)
            and (inspect.isfunction(member) or isinstance(member, property))
        ]  # fmt: skip
        body = [doc, "", *(f"- {line}" for line in public)]
        return [f"## `planner.{name}`", "", *body, ""]
    call = f"planner.{name}{inspect.signature(found)}".replace("'", "")
    return [f"## `planner.{name}`", "", "```python", call, "```", "", doc, ""]


def reference() -> str:
    lines = [
        "# Public names", "",
        "Written from the docstrings. `import planner` costs nothing; names load on first use.", "",
    ]  # fmt: skip
    for name in planner.__all__:
        lines += _entry(name)
    lines += [
        "## Questions of `planner.ask`",
        "",
        "`planner.ask(question, plan, case, **settings)`",
        "",
    ]
    lines += [f"- `{name}`" for name in sorted(api.QUESTIONS)]
    return "\n".join(lines).rstrip() + "\n"


def held(path: Path, text: str) -> None:
    if os.environ.get("PLANNER_REGOLD"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, "PLANNER_REGOLD=1 writes it again"


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_is_in_it(room: str) -> None:
    held(ROOT / room / "README.md", room_page(room))


def test_the_reference_is_what_the_docstrings_say() -> None:
    text = reference()
    held(ROOT / "README.md", text)
    for name in planner.__all__:
        assert f"## `planner.{name}`" in text
    assert issubclass(planner.PlannerError, PlannerError)
