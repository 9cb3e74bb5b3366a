"""planner/model/README.md lists every symbol, unit, formula and option with its file.

It is written from the code: PLANNER_REGOLD=1 writes it again, and it must not be behind.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path

from planner.model.assemble import build_model
from planner.model.catalogue import Concept, concepts
from tests.rich import rich

PAGE = Path(__file__).resolve().parents[1] / "planner" / "model" / "README.md"
HEAD = """# The model, symbol by symbol

Written from the code, one section a concept, in building order. Indices: i site, c(i) its
country, k product class, o entry option, t and v period, m market, g group of sites that ship
alike, u state of the world, s future, p programme, r type of R&D centre, j other site, l labour
pool. Capitals are data, small letters decisions. Money is USD bn of 2025, capacity kwpm
(thousand 300 mm wafer starts a month), flows million wafers a year, people thousands; W turns
kwpm into million wafers a year, L is the length of a period in years.
"""


def _clean(text: str) -> str:
    return " ".join(text.split())


def _section(concept: Concept, symbols: dict[str, list[str]], rules: dict[str, list[str]]) -> str:
    doc = (concept.module.__doc__ or "").strip()
    first, _, rest = doc.partition("\n")
    lines = [f"## {concept.name}", "", f"`concepts/{concept.name}.py`. {first}", ""]
    if rest.strip():
        lines += ["```text", *rest.strip("\n").splitlines(), "```", ""]
    if symbols.get(concept.name):
        lines += ["| decision | kind | unit |", "| --- | --- | --- |", *symbols[concept.name], ""]
    if rules.get(concept.name):
        lines += ["| rule | unit | why |", "| --- | --- | --- |", *rules[concept.name], ""]
    options = list(_options(concept))
    if options:
        lines += ["| option | default | meaning |", "| --- | --- | --- |", *options, ""]
    lines += [f"Reads: {', '.join(f'`{r}`' for r in concept.reads)}." if concept.reads else ""]
    return "\n".join(lines).rstrip() + "\n"


def _options(concept: Concept) -> Iterator[str]:
    for name, field in concept.options.model_fields.items():
        meaning = _clean(field.description or "").replace("|", "\\|")
        yield f"| `{name}` | `{field.default}` | {meaning} |"


def _page() -> str:
    model = build_model(rich()).model
    symbols: dict[str, list[str]] = {}
    owner = _owners()
    for family in model.families.values():
        index = ",".join(family.key_names)
        row = f"| `{family.name}[{index}]` | {family.kind} | {family.unit} |"
        symbols.setdefault(owner[family.name], []).append(row)
    rules: dict[str, list[str]] = {}
    for rule in model.rules.values():
        row = f"| `{rule.name}` | {rule.unit} | {rule.why} |"
        rules.setdefault(rule.name.split(".")[0], []).append(row)
    return "\n".join([HEAD, *(_section(c, symbols, rules) for c in concepts()), _data()])


def _data() -> str:
    """Every number a concept reads, with unit, meaning and the files that read it."""
    readers: dict[str, list[str]] = {}
    for concept in concepts():
        for name in dict.fromkeys(concept.reads):
            readers.setdefault(name, []).append(f"`{concept.name}`")
    lines = [
        "## The data",
        "",
        "Every number the formulas read, as `data/dictionary.csv` has it: the capitals above.",
        "",
        "| fact | unit | meaning | read by |",
        "| --- | --- | --- | --- |",
    ]
    with (PAGE.parents[2] / "data" / "dictionary.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = f"{row['table']}.{row['column']}"
            if name in readers:
                doc = _clean(row["doc"]).replace("|", "\\|")
                lines.append(f"| `{name}` | {row['unit']} | {doc} | {', '.join(readers[name])} |")
    return "\n".join(lines) + "\n"


def _owners() -> dict[str, str]:
    """Which concept's file creates a family of decisions."""
    found = {}
    for concept in concepts():
        text = Path(str(concept.module.__file__)).read_text(encoding="utf-8")
        for name in re.findall(r"\.variables\(\s*\"(\w+)\"", text):
            found[name] = concept.name
    return found


def test_the_page_is_what_the_code_says() -> None:
    text = _page()
    if os.environ.get("PLANNER_REGOLD"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "PLANNER_REGOLD=1 writes it again"


def test_every_decision_and_rule_is_there() -> None:
    text, model = PAGE.read_text(encoding="utf-8"), build_model(rich()).model
    assert [f for f in model.families if f"`{f}[" not in text] == []
    assert [r for r in model.rules if f"`{r}`" not in text] == []


def test_every_number_read_is_there_with_its_unit() -> None:
    text = PAGE.read_text(encoding="utf-8").partition("## The data")[2]
    for name in {name for concept in concepts() for name in concept.reads}:
        assert re.search(rf"\| `{re.escape(name)}` \| [^|\s][^|]* \| [^|\s]", text), name
