"""YAML from strangers: bounded in size, depth and nodes, no aliases, no tags, line numbers kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import ComposerError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.parser import Parser

from planner.core.errors import InputError, Issue

LARGEST_BYTES = 1_000_000
DEEPEST = 20
MOST_NODES = 20_000
KeyPath = tuple[str | int, ...]


@dataclass
class Document:
    """Plain data of a file, with the line of every key."""

    where: str
    data: dict[str, Any]
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def at(self, path: KeyPath) -> str:
        """`file:line` of a key, or of its nearest parent that has one."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return f"{self.where}:{self.lines[path[:length]]}"
        return self.where


def read_yaml(path: Path, where: str) -> Document:
    """Read a mapping. Raises InputError (E150-E158) for anything that is not plain, small YAML."""
    text = _text(path, where)
    if "\0" in text or any(ord(c) < 32 and c not in "\t\n\r" for c in text):
        raise InputError([_issue("E153", where, "the file holds control characters")])
    return parse_yaml(text, where)


def parse_yaml(text: str, where: str) -> Document:
    """The same for text at hand."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    yaml.Parser = partial(_PlainParser, where=where)
    try:
        node = yaml.compose(text)
    except InputError:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f"{where}:{mark.line + 1}" if mark else where
        code = "E156" if isinstance(error, ComposerError) else "E152"
        raise InputError([_issue(code, line, f"not valid YAML ({error.problem})")]) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise InputError([_issue("E152", where, f"not valid YAML ({error})")]) from error
    if node is None:
        raise InputError([_issue("E151", where, "the file is empty")])
    if not isinstance(node, MappingNode):
        raise InputError([_issue("E154", where, "the file must hold `key: value` lines")])
    document = Document(where, {})
    builder = _Builder(document)
    document.data = builder.build(node, ())
    if builder.issues:
        raise InputError(builder.issues)
    return document


def scalar(text: str) -> Any:
    """One value as YAML reads it; text that is not valid YAML stays text."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError):
        return text


def _text(path: Path, where: str) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            text = f"{size / 1e6:.1f} MB; a scenario has at most {LARGEST_BYTES / 1e6:.0f} MB"
            raise InputError([_issue("E150", where, text)])
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise InputError([_issue("E149", where, f"the file cannot be read ({reason})")]) from error
    except UnicodeDecodeError as error:
        raise InputError([_issue("E153", where, "the file is not UTF-8 text")]) from error


class _PlainParser(Parser):
    """Refuses anchors, aliases, tags and bulk as they are read, before anything is expanded."""

    def __init__(self, loader: Any, where: str) -> None:
        super().__init__(loader)
        self._where = where
        self._depth = self._count = 0

    def get_event(self) -> Any:
        """The next event. Raises InputError (E155, E157, E158) for one that is not allowed."""
        event: Any = super().get_event()
        line = f"{self._where}:{event.start_mark.line + 1}"
        if getattr(event, "anchor", None) is not None:
            raise InputError([_issue("E155", line, "anchors and aliases are not allowed")])
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise InputError([_issue("E157", line, f"the tag '{tag}' is not allowed")])
        kind = type(event).__name__
        self._depth += kind.endswith("StartEvent") - kind.endswith("EndEvent")
        self._count += 1
        if self._depth > DEEPEST + 2 or self._count > MOST_NODES:
            text = f"nested deeper than {DEEPEST} or more than {MOST_NODES} entries"
            raise InputError([_issue("E158", line, text)])
        return event


class _Builder:
    """Plain data from nodes; duplicate keys are problems."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.issues: list[Issue] = []
        self.values = YAML(typ="safe", pure=True)

    def build(self, node: Node, path: KeyPath) -> Any:
        """Data of a node."""
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, MappingNode):
            found: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = str(key_node.value)
                line = key_node.start_mark.line + 1
                if key in found:
                    where = f"{self.document.where}:{line}"
                    self.issues.append(_issue("E156", where, f"the key '{key}' is there twice"))
                self.document.lines[(*path, key)] = line
                found[key] = self.build(value_node, (*path, key))
            return found
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, n)) for n, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self.values.constructor.construct_object(node, deep=True)


def _issue(code: str, where: str, message: str) -> Issue:
    return Issue("error", code, where, "", message)
