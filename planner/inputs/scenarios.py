"""Scenario files: `extends:` resolved, `--set` applied, every key validated with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.options import Options
from planner.core.scenario import Scenario
from planner.inputs.yaml_files import Document, KeyPath, read_yaml, scalar

DEEPEST = 10
KIND_WORDS = {
    **dict.fromkeys(("dict_type", "model_type"), "should be a block of fields"),
    **dict.fromkeys(("tuple_type", "list_type"), "should be a list"),
}
"""What the checker calls by the names of its own types, in a user's words."""
Schemas = Mapping[str, type[Options]]
Origin = dict[KeyPath, str]
"""Key path -> `file:line` it was set in."""


def read_scenario(
    path: Path, root: Path, schemas: Schemas, set_values: Iterable[str] = ()
) -> tuple[Scenario, Origin]:
    """Scenario of a file with everything it extends. Raises InputError with every problem."""
    data, origin, issues = gather(path, root, schemas, set_values)
    if issues:
        raise InputError(issues)
    return Scenario.model_validate(data), origin


def gather(
    path: Path, root: Path, schemas: Schemas, set_values: Iterable[str] = ()
) -> tuple[dict[str, Any], Origin, list[Issue]]:
    """What a file and all it extends say, where each entry stands, and what is wrong in itself.

    Raises InputError where there is nothing to read.
    """
    data, origin = _resolve(path, root, ())
    issues: list[Issue] = []
    for text in set_values:
        try:
            _set(data, origin, text)
        except InputError as error:
            issues.extend(error.issues)
    return data, origin, [*issues, *_validate(data, origin, schemas)]


def shown(path: Path, root: Path) -> str:
    """A file as a person names it: `scenarios/base.yaml`, or the path given."""
    try:
        return f"scenarios/{path.resolve().relative_to(root.resolve()).as_posix()}"
    except ValueError:
        return path.as_posix() if not path.is_absolute() else path.name


def _resolve(path: Path, root: Path, chain: tuple[Path, ...]) -> tuple[dict[str, Any], Origin]:
    where = shown(path, root)
    document = read_yaml(path, where)
    base_name = document.data.pop("extends", None)
    mine = _origins(document)
    if base_name is None:
        return document.data, mine
    at = document.at(("extends",))
    base = _find(str(base_name), path, root)
    if base is None:
        names = [p.stem for p in root.glob("*.yaml")]
        hint = did_you_mean(str(base_name), names)
        issue = Issue("error", "E201", at, "extends", f"no scenario '{base_name}'", hint)
        raise InputError([issue])
    seen = (*chain, path.resolve())
    if base.resolve() in seen or len(seen) > DEEPEST:
        circle = " -> ".join(p.stem for p in (*seen, base))
        issue = Issue("error", "E202", at, "extends", f"the files extend each other: {circle}")
        raise InputError([issue])
    data, origin = _resolve(base, root, seen)
    return _merge(data, document.data), {**origin, **mine}


def _find(name: str, path: Path, root: Path) -> Path | None:
    candidates = (path.parent / name, path.parent / f"{name}.yaml", root / f"{name}.yaml")
    return next((c for c in candidates if c.suffix in (".yaml", ".yml") and _is_file(c)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name no file can have, longer than the system allows
        return False


def _origins(document: Document) -> Origin:
    return {path: f"{document.where}:{line}" for path, line in document.lines.items() if path}


def _merge(base: Any, delta: Any, key: str = "") -> Any:
    """Mappings merge, lists replace; overrides are added to those of the base."""
    if isinstance(base, dict) and isinstance(delta, dict):
        keys = dict.fromkeys([*base, *delta])
        return {
            k: _merge(base[k], delta[k], k) if k in base and k in delta else {**base, **delta}[k]
            for k in keys
        }
    if key == "overrides" and isinstance(base, list) and isinstance(delta, list):
        return [*base, *delta]
    return delta


def _set(data: dict[str, Any], origin: Origin, text: str) -> None:
    """Apply one `KEY=VALUE`."""
    key, sign, value = text.partition("=")
    where = f"--set {text}"
    if not sign or not key.strip():
        issue = Issue("error", "E203", where, "", "not of the form KEY=VALUE")
        raise InputError([issue])
    *parents, last = key.strip().split(".")
    if parents[:1] == ["facts"]:
        _set_fact(data, origin, [*parents[1:], last], value.strip())
        return
    target = data
    for part in parents:
        inner = target.setdefault(part, {})
        if not isinstance(inner, dict):
            issue = Issue("error", "E203", where, key, f"'{part}' is not a block")
            raise InputError([issue])
        target = inner
    target[last] = scalar(value)
    origin[(*parents, last)] = where


def _set_fact(data: dict[str, Any], origin: Origin, path: list[str], value: str) -> None:
    """`facts.TABLE.ENTITY.PARAMETER[.YEAR]=V` sets a fact, `=*V` multiplies it: an override."""
    where = f"--set facts.{'.'.join(path)}={value}"
    change, number = ("factor", value[1:]) if value.startswith("*") else ("value", value)
    fits = len(path) == 3 or (len(path) == 4 and path[3].isdigit())
    if not fits or not isinstance(data.setdefault("overrides", []), list):
        hint = "Write facts.TABLE.ENTITY.PARAMETER=3.2, or =*1.5 to multiply."
        raise InputError([Issue("error", "E203", where, "", "not a fact", hint)])
    data["overrides"] = [
        *data["overrides"],
        {
            "table": path[0], "entity": path[1], "parameter": path[2], change: scalar(number),
            "reason": "set for this run", **({"period": int(path[3])} if path[3:] else {}),
        },
    ]  # fmt: skip
    origin["overrides", len(data["overrides"]) - 1] = where


def _validate(data: dict[str, Any], origin: Origin, schemas: Schemas) -> list[Issue]:
    """All problems of the scenario's fields and of every concept's options."""
    issues = problems_of(Scenario, data, (), origin)
    concepts = data.get("concepts")
    if not isinstance(concepts, dict):
        return issues
    for name, options in concepts.items():
        path: KeyPath = ("concepts", str(name))
        if name not in schemas:
            hint = did_you_mean(str(name), schemas)
            where = _where(path, origin)
            issues.append(
                Issue("error", "E204", where, f"concepts.{name}", "unknown concept", hint)
            )
        elif isinstance(options, dict):
            issues += problems_of(schemas[name], options, path, origin)
    return issues


def problems_of(schema: type[BaseModel], data: Any, prefix: KeyPath, origin: Origin) -> list[Issue]:
    """Everything pydantic finds wrong with data, in the user's words, each with its line."""
    try:
        schema.model_validate(data)
    except ValidationError as error:
        return [_issue(schema, dict(item), prefix, origin) for item in error.errors()]
    return []


def _where(path: KeyPath, origin: Origin) -> str:
    for length in range(len(path), 0, -1):
        if path[:length] in origin:
            return origin[path[:length]]
    return next(iter(origin.values()), "scenario")


def _issue(
    schema: type[BaseModel], error: dict[str, Any], prefix: KeyPath, origin: Origin
) -> Issue:
    """A pydantic error in the user's words."""
    path: KeyPath = (*prefix, *error["loc"])
    field = ".".join(str(part) for part in path)
    where = _where(path, origin)
    if error["type"] == "extra_forbidden":
        owner = _owner(schema, error["loc"][:-1])
        units = (
            {n: _unit(f.description or "") for n, f in owner.model_fields.items()} if owner else {}
        )
        hint = did_you_mean(str(path[-1]), units, units)
        kind = "option" if prefix else "field"
        return Issue("error", "E204", where, field, f"unknown {kind}", hint)
    if error["type"] == "missing":
        return Issue("error", "E205", where, field, "this field is missing")
    message = KIND_WORDS.get(error["type"], str(error["msg"]).removeprefix("Value error, "))
    given = error.get("input")
    shown_value = f"{given!r}: " if not isinstance(given, dict | list) else ""
    message = message[:1].lower() + message[1:]
    return Issue("error", "E206", where, field, f"{shown_value}{message}")


def _owner(schema: type[BaseModel], location: tuple[Any, ...]) -> type[BaseModel] | None:
    """The model that owns a nested location."""
    owner: type[BaseModel] | None = schema
    for part in location:
        if isinstance(part, int) or owner is None:
            continue
        field = owner.model_fields.get(str(part))
        owner = _model_in(field.annotation) if field else None
    return owner


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(part) for part in getattr(annotation, "__args__", ()))
    return next((model for model in inner if model), None)


def _unit(text: str) -> str:
    """Unit at the end of an attribute docstring."""
    return text.rsplit("[", 1)[1].rstrip("]") if text.endswith("]") else ""
