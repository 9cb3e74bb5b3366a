"""Small damage to texts, from a seed: characters, lines, numbers, keys, and what hurts parsers."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

NASTY = (
    "", "-", "~", "null", "nan", "-nan", ".inf", "inf", "-1e999", "1e309", "0x10", "1_000", "١٢",
    "true", "NO", "2026-01-01", "=1+1", "<script>", "../../etc/passwd", "\u202e", "\ufeff",
    "\u0000", "é" * 40, "9" * 400, "*", "&a x", "!!python/object:os.system", "{", "}", "[", "]",
    "[[[[[[", "- -", '"', "'", "%", ",", ";;", "|", ">", "\t", "#", "? :", "🏭", "a: b: c", "-0",
    "0", "1e-320",
)  # fmt: skip
"""Cells and scalars that break parsers written for well-meant files."""
Mutation = Callable[[str, random.Random], str]


def _at(text: str, draw: random.Random) -> int:
    return draw.randrange(len(text) + 1)


def insert(text: str, draw: random.Random) -> str:
    at = _at(text, draw)
    return text[:at] + draw.choice(NASTY) + text[at:]


def cut(text: str, draw: random.Random) -> str:
    at = _at(text, draw)
    return text[:at] + text[at + draw.randrange(1, 30) :]


def truncate(text: str, draw: random.Random) -> str:
    return text[: _at(text, draw)]


def flip(text: str, draw: random.Random) -> str:
    if not text:
        return "\u0001"
    at = draw.randrange(len(text))
    return text[:at] + chr(draw.choice((0, 9, 10, 13, 32, 34, 44, 58, 127, 0x85, 0x2028, 0xFFFF)))


def repeat_line(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    return "\n".join([*lines[:at], lines[at], *lines[at:]])


def drop_line(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    del lines[draw.randrange(len(lines))]
    return "\n".join(lines)


def indent(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    lines[at] = draw.choice((" ", "  ", "\t", "- ")) + lines[at]
    return "\n".join(lines)


def number(text: str, draw: random.Random) -> str:
    """Another number, or none, in place of one."""
    found = list(re.finditer(r"-?\d+(\.\d+)?", text))
    if not found:
        return insert(text, draw)
    hit = draw.choice(found)
    return text[: hit.start()] + draw.choice(NASTY) + text[hit.end() :]


def word(text: str, draw: random.Random) -> str:
    """A misspelt key or name."""
    found = list(re.finditer(r"[A-Za-z_]{3,}", text))
    if not found:
        return insert(text, draw)
    hit = draw.choice(found)
    letters = list(hit.group())
    at = draw.randrange(len(letters) - 1)
    letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return text[: hit.start()] + "".join(letters) + text[hit.end() :]


def deepen(text: str, draw: random.Random) -> str:
    """Nesting nobody asked for."""
    at = _at(text, draw)
    return text[:at] + draw.choice(("[", "{a: ", "- ")) * draw.randrange(1, 200) + text[at:]


MUTATIONS: tuple[Mutation, ...] = (
    insert, cut, truncate, flip, repeat_line, drop_line, indent, number, number, word, word, deepen,
)  # fmt: skip


def damaged(text: str, draw: random.Random) -> str:
    """The text after one to four kinds of damage."""
    for _ in range(draw.choice((1, 1, 1, 2, 3, 4))):
        text = draw.choice(MUTATIONS)(text, draw)
    return text
