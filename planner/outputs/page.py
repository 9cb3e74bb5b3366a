"""One self-contained page: template, style and scripts in one file that asks for nothing.

The policy in its head forbids every request; data go in as JSON that cannot close its element.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from planner.outputs import formats, labels, words

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
WORDS = '"@words@"'
"""Where the translations go; escaped text cannot hold it."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Template environment; text is escaped unless it is `Markup`."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = ("number", "brief", "signed", "year", "percent", "plural")
    env.filters.update({name: getattr(formats, name) for name in names})
    env.filters["item"] = labels.item
    env.globals["policy"] = Markup(POLICY)
    env.globals["languages"] = words.LANGUAGES
    env.globals["words"] = Markup(WORDS)
    return env


def render(template: str, context: Mapping[str, Any], scripts: Sequence[str]) -> str:
    """Page text. `context['script']` becomes the JSON the scripts read."""
    whole = {
        **context,
        "style": asset("page.css") + asset("map.css") + asset("print.css"),
        "code": Markup("\n").join(asset(name) for name in _with_language(scripts)),
        "data": embedded(context.get("script", {})),
    }
    text = environment().get_template(template).render(whole)
    text = "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"
    return text.replace(WORDS, str(embedded(words.used(text))), 1)


def _with_language(scripts: Sequence[str]) -> list[str]:
    """The language switch comes right after the basics every other script uses."""
    first, *rest = scripts or ("page.js",)
    return [first, "language.js", *rest]


def asset(name: str) -> Markup:
    """Style or script that ships with the planner."""
    return Markup((HERE / "assets" / name).read_text("utf-8"))


def embedded(value: object) -> Markup:
    """JSON for a script element: `<`, `>` and `&` never stand in it as such."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def drawn(*charts: str) -> Markup:
    """Charts of this package, whose texts are escaped where they are made."""
    return Markup("".join(charts))


def safe_link(url: str) -> str:
    """The address when it is a web address, else nothing."""
    return url if url.startswith(("https://", "http://")) and " " not in url else ""


def write(path: Path, text: str) -> None:
    """Write a page: UTF-8, LF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
