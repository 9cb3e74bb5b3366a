"""The dictionary of the language switch: complete for labels and headings, nothing beyond."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from planner.analysis.pareto_axes import AXES
from planner.core.case import Case
from planner.outputs import answers, labels, words
from planner.outputs.compare import compare_html
from planner.outputs.page import WORDS
from planner.outputs.report import report_html
from tests.outputs.sample_plan import sample_plan, sample_plan_b
from tests.outputs.variants import DATA

TEMPLATES = Path(words.__file__).parent / "templates"
HEADS = {"h2", "h3", "th", "nav", "label", "option", "button", "dt", "figcaption"}
VOID = {"meta", "link", "br", "input"}


class Labels(HTMLParser):
    """Texts inside headings, table heads, navigation, labels and buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append("quiet" if dict(attrs).get("lang") else tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if HEADS & set(self.open) and "quiet" not in self.open and re.search("[A-Za-z]{2}", text):
            self.found.add(text)


def own_names(case: Case) -> set[str]:
    """Names the case brings along: nothing a dictionary could know."""
    return {case.name(register, i) for register in case.registers for i in case.ids(register)}


def test_every_label_and_heading_has_its_translations() -> None:
    runs = [sample_plan(), sample_plan_b()]
    for page in (report_html(*runs[0], DATA), compare_html(runs, DATA)):
        reader = Labels()
        reader.feed(page)
        names = {plan.title for plan, _ in runs} | own_names(runs[0][1]) | {"kwpm"}
        for tag, known in words.dictionary().items():
            assert reader.found - set(known) - names == set(), tag


def literal(template: Path) -> str:
    """A template without what it is filled with: headings written out stay, as do listed ones."""
    text = re.sub(r"<p[^>]*>.*?</p>", "", template.read_text("utf-8"), flags=re.S)
    listed = re.findall(r"{% for \w+ in (\[.*?\])", text)
    heads = "".join(f"<th>{h}</th>" for found in listed for h in re.findall(r'"([^"]+)"', found))
    return heads + re.sub(r"{[{%#].*?[}%#]}", "", text)


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.j2")), ids=lambda p: p.name)
def test_every_template_speaks_the_other_languages(template: Path) -> None:
    reader = Labels()
    reader.feed(literal(template))
    for tag, known in words.dictionary().items():
        assert reader.found - set(known) - {"kwpm"} == set(), tag


def test_measures_and_table_columns_are_in_it() -> None:
    asked = set(labels.MEASURES.values()) | {c.partition("|")[0] for c in labels.COLUMNS.values()}
    asked |= set(labels.GROUPS.values()) | set(labels.ITEMS.values())
    for known in words.dictionary().values():
        assert asked - set(known) == set()


def test_every_question_and_every_axis_is_in_it() -> None:
    asked = {*answers.TITLES.values(), *answers.SHORT.values()}
    asked |= {answers._axis_name(name) for name in ("value", *AXES)}
    for known in words.dictionary().values():
        assert asked - set(known) == set()


def test_translations_are_there_and_keep_the_blanks_to_fill() -> None:
    for tag, known in words.dictionary().items():
        for english, said in known.items():
            assert said.strip(), (tag, english)
            slots = re.findall(r"\{\w+\}", english)
            assert sorted(re.findall(r"\{\w+\}", said)) == sorted(slots), (tag, english)


def test_a_page_carries_only_what_it_uses() -> None:
    found = words.used("<h2>Money</h2><b>Engineer&#39;s yearly cost</b>")["ja"]
    assert {"Money", "Engineer's yearly cost"} <= set(found)
    assert len(found) < 10


def test_text_of_users_cannot_stand_where_the_dictionary_goes() -> None:
    plan, case = sample_plan()
    page = report_html(replace(plan, title=WORDS), case, DATA)
    assert page.count("&#34;@words@&#34;") > 1
    assert page.count('id="words">{"') == 1
