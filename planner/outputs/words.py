"""Labels and headings in Traditional Chinese and Japanese, for the language switch of pages.

`assets/words.csv` holds one row a text: English as pages print it, then the other languages.
Sentences a plan writes about itself stay English; they are marked so in the page.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from markupsafe import escape

FILE = Path(__file__).parent / "assets" / "words.csv"
DRAWN = re.compile(r'(?<= d=)"[^"]*"|(?<="d":)"[^"]*"')
"""Outlines on maps: most of a page, and no words in them."""
LANGUAGES = {"en": "English", "zh-Hant": "繁體中文", "ja": "日本語"}
"""Language tag (BCP 47) -> its own name for itself."""


@lru_cache(maxsize=1)
def dictionary() -> Mapping[str, Mapping[str, str]]:
    """Language -> English text -> its translation."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {tag: {row["en"]: row[tag] for row in rows} for tag in LANGUAGES if tag != "en"}


def used(page: str) -> dict[str, dict[str, str]]:
    """The part of the dictionary whose texts stand in a page, in its words or its scripts."""
    text = DRAWN.sub("", page)
    english = {k for words in dictionary().values() for k in words}
    found = {k for k in english if k in text or ((e := str(escape(k))) != k and e in text)}
    return {
        tag: {k: v for k, v in words.items() if k in found} for tag, words in dictionary().items()
    }
