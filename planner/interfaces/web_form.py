"""A scenario as text and as a form: checked with the command line's own messages, edited in place.

The text is the truth. The form shows what the text resolves to, and a change in the form is a
change of the text that keeps comments and order. What a text `extends` must be a shipped scenario:
no other file of the machine is read.
"""

from __future__ import annotations

import copy
import io
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.scenario import Scenario
from planner.inputs.yaml_files import LARGEST_BYTES, parse_yaml

FILE = "scenario.yaml"
"""What a text is called in messages and in job folders; no shipped scenario bears that name."""
PLAIN = {bool: "bool", int: "integer", float: "number", str: "text"}


def require_plain(text: str) -> None:
    """Raise InputError unless the text is small, plain YAML that extends a shipped scenario."""
    from planner.inputs.load import scenario_root

    length = len(text.encode("utf-8", "replace"))
    if length > LARGEST_BYTES:
        size = f"{length / 1e6:.1f} MB; a scenario has at most {LARGEST_BYTES / 1e6:.0f} MB"
        raise InputError([Issue("error", "E150", FILE, "", size)])
    if any(ord(c) < 32 and c not in "\t\n\r" for c in text):
        raise InputError([Issue("error", "E153", FILE, "", "the file holds control characters")])
    document = parse_yaml(text, FILE)
    base = document.data.get("extends")
    names = [p.stem for p in scenario_root().glob("*.yaml")]
    if base is not None and str(base) not in names:
        at, words = document.at(("extends",)), f"no scenario '{base}'"
        raise InputError(
            [Issue("error", "E201", at, "extends", words, did_you_mean(str(base), names))]
        )


def problems(text: str) -> tuple[Issue, ...]:
    """Every problem of a scenario text, exactly those of `planner check`; empty when it solves."""
    from planner import api

    try:
        require_plain(text)
        with tempfile.TemporaryDirectory(prefix="planner-") as folder:
            path = Path(folder) / FILE
            path.write_text(text, encoding="utf-8")
            return api.check(path)
    except InputError as error:
        return error.issues


def examined(text: str) -> dict[str, Any]:
    """Problems of a text, and the form's values when its fields can be read."""
    found = problems(text)
    return {"issues": [told(issue) for issue in found], "form": form_values(text)}


def told(issue: Issue) -> dict[str, Any]:
    """An issue with its printed line and, when it lies in the text, the line's number."""
    file, _, line = issue.where.rpartition(":")
    at = int(line) if file == FILE and line.isdigit() else None
    return {**issue.as_dict(), "text": str(issue), "line": at}


def form_values(text: str) -> dict[str, Any] | None:
    """What the form shows: every field as it resolves; None when the text cannot be read."""
    from planner.inputs.load import scenario_root
    from planner.inputs.scenarios import read_scenario
    from planner.model.catalogue import option_schemas

    schemas = option_schemas()
    try:
        require_plain(text)
        with tempfile.TemporaryDirectory(prefix="planner-") as folder:
            path = Path(folder) / FILE
            path.write_text(text, encoding="utf-8")
            scenario, _ = read_scenario(path, scenario_root(), schemas)
    except InputError:
        return None
    values = scenario.model_dump(mode="json")
    values["concepts"] = {
        name: schema.model_validate(scenario.concepts.get(name, {})).model_dump(mode="json")
        for name, schema in schemas.items()
    }
    return values


def edited(text: str, changes: Sequence[tuple[Sequence[str], Any]]) -> str:
    """The text with fields set (or taken out: None); comments and order are kept.

    A field that would have the value anyway, from what the text extends or as the default, is left
    out, so that the text stays what differs. Raises InputError when the text is not YAML or a
    field lies inside something that is no block.
    """
    from ruamel.yaml import YAML

    require_plain(text)
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    data = yaml.load(text)
    for path, value in changes:
        without = copy.deepcopy(data)
        _put(without, list(path), None)
        if value is None or _value_at(form_values(_dumped(yaml, without)), path) == value:
            data = without
        else:
            _put(data, list(path), value)
    return _dumped(yaml, data)


def _dumped(yaml: Any, data: Any) -> str:
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _value_at(values: Any, path: Sequence[str]) -> Any:
    """Value of the form at a path; None where there is none."""
    for part in path:
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _put(data: Any, path: list[str], value: Any) -> None:
    trail = [data]
    for part in path[:-1]:
        inner = trail[-1].get(part)
        if inner is None:
            if value is None:
                return
            inner = trail[-1][part] = {}
        if not isinstance(inner, dict):
            words = f"'{part}' is not a block"
            raise InputError([Issue("error", "E203", FILE, ".".join(path), words)])
        trail.append(inner)
    if value is not None:
        trail[-1][path[-1]] = value
        return
    trail[-1].pop(path[-1], None)
    for parent, part in reversed(list(zip(trail[:-1], path[:-1], strict=True))):
        if not parent[part]:
            del parent[part]


@cache
def schema() -> dict[str, Any]:
    """Fields of the form: those of a scenario, and every concept with its options."""
    from planner.model.catalogue import concepts

    blocks = ("horizon", "weights", "solver")
    found: dict[str, Any] = {
        name: _fields(type(Scenario.model_fields[name].default)) for name in blocks
    }
    found["concepts"] = [
        {"name": c.name, "about": _sentence(c.module.__doc__ or ""), "fields": _fields(c.options)}
        for c in concepts()
    ]
    return found


def _sentence(doc: str) -> str:
    """First sentence of a module's docstring, without the name it opens with."""
    words = " ".join(doc.split("\n\n")[0].split())
    return words.partition(": ")[2] or words


def _fields(model: type[BaseModel]) -> list[dict[str, Any]]:
    return [_field(name, info) for name, info in model.model_fields.items()]


def _field(name: str, info: FieldInfo) -> dict[str, Any]:
    words = " ".join((info.description or "").split())
    about, _, unit = words.rpartition("[")
    kind, choices = _kind(info)
    found = {"name": name, "kind": kind, "about": about.strip() or words, "unit": unit.rstrip("]")}
    for rule in info.metadata:
        for limit in ("ge", "le", "gt", "lt"):
            if getattr(rule, limit, None) is not None:
                found[limit] = getattr(rule, limit)
    empty = _plain_type(info)[1]
    return {**found, "choices": choices, "default": _default(info), "empty": empty}


def _kind(info: FieldInfo) -> tuple[str, list[str]]:
    """How a field is edited; `yaml` = only in the text."""
    annotation, _ = _plain_type(info)
    if annotation in PLAIN:
        return PLAIN[annotation], []
    choices = get_args(annotation)
    if choices and all(isinstance(c, str) for c in choices):
        return "choice", list(choices)
    return "yaml", []


def _plain_type(info: FieldInfo) -> tuple[Any, bool]:
    """Type of a field without its limits, and whether it may stay empty."""
    parts = [part for part in get_args(info.annotation) if part is not NoneType]
    empty = len(parts) < len(get_args(info.annotation)) and len(parts) == 1
    inner = parts[0] if empty else info.annotation
    return (get_args(inner)[0] if get_origin(inner) is Annotated else inner), empty


def _default(info: FieldInfo) -> Any:
    value = info.get_default(call_default_factory=True)
    plain = value is None or isinstance(value, bool | int | float | str)
    return value if plain else None


def as_text(scenario: Mapping[str, Any]) -> str:
    """A scenario's own fields as YAML, for a run whose text is not kept: what is not default."""
    from ruamel.yaml import YAML

    plain = Scenario(name="none").model_dump(mode="json")
    kept = {k: v for k, v in scenario.items() if k == "name" or v != plain.get(k)}
    yaml = YAML(typ="rt", pure=True)
    out = io.StringIO()
    yaml.dump(kept, out)
    return out.getvalue()
