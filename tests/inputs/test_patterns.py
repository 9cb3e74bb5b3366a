"""Rows that stand for many places: a country's, everything's, and rows of a place's own."""

from __future__ import annotations

import csv
import io

from tests.inputs.test_bad_data import one
from tests.inputs.tree import Tree

NOTE = ",own-estimate,D,made up"


def without(text: str, parameter: str, prefix: str) -> str:
    """A fact table without the rows of some entities."""
    rows = list(csv.reader(io.StringIO(text)))
    kept = [r for r in rows if not (r[1] == parameter and r[0].lower().startswith(prefix[:2]))]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(kept)
    return out.getvalue()


def values(tree: Tree, name: str) -> dict[str, float]:
    table, parameter = name.split(".")
    facts = tree.load().facts
    return {f.entity: f.value for f in facts if (f.table, f.parameter) == (table, parameter)}


def test_one_row_stands_for_every_place_of_a_country_and_an_own_row_goes_first(tree: Tree) -> None:
    before = values(tree, "site.water_usd_per_m3")
    row = f"DE:*,water_usd_per_m3,,3.25,1,6,USD/m3,2025{NOTE}\n"
    own = f"de_dresden,water_usd_per_m3,,1.5,1,6,USD/m3,2025{NOTE}\n"
    tree.edit("facts/site.csv", lambda s: without(s, "water_usd_per_m3", "de_") + row + own)
    after = values(tree, "site.water_usd_per_m3")
    assert set(after) == set(before)
    changed = {i: v for i, v in after.items() if v != before[i]}
    assert changed.pop("de_dresden") == 1.5
    assert set(changed.values()) == {3.25}
    assert set(changed) == {i for i in before if i.startswith("de_")} - {"de_dresden"}


def test_all_rows_of_a_register_and_a_country_before_all(tree: Tree) -> None:
    star = f"*|engineer,accessible_pct,,11,5,20,%,{NOTE}\n"
    japan = f"JP:*|engineer,accessible_pct,,7,5,20,%,{NOTE}\n"

    def change(text: str) -> str:
        rows = text.splitlines(keepends=True)
        return "".join(r for r in rows if "|engineer,accessible_pct" not in r) + star + japan

    tree.edit("facts/pool.csv", change)
    got = values(tree, "pool.accessible_pct")
    engineers = {e: v for e, v in got.items() if e.endswith("|engineer")}
    assert {v for e, v in engineers.items() if e.startswith("jp_")} == {7.0}
    assert {v for e, v in engineers.items() if not e.startswith("jp_")} == {11.0}
    assert all(v not in (7.0, 11.0) for e, v in got.items() if not e.endswith("|engineer"))


def test_a_pattern_for_no_country_names_the_nearest(tree: Tree) -> None:
    row = f"JPN:*,water_usd_per_m3,,3.25,1,6,USD/m3,2025{NOTE}\n"
    tree.edit("facts/site.csv", lambda s: s + row)
    one(tree.problems(), "E122 data/facts/site.csv:", "'JPN:*' stands for no row", "'JP'")


def test_two_patterns_of_one_rank_are_a_problem_told_once(tree: Tree) -> None:
    rows = "".join(
        f"{entity},accessible_pct,,9,5,20,%,{NOTE}\n"
        for entity in ("*|*", "*|engineer", "jp_tokyo|*")
    )

    def change(text: str) -> str:
        kept = [r for r in text.splitlines(keepends=True) if ",accessible_pct," not in r]
        return "".join(kept) + rows

    tree.edit("facts/pool.csv", change)
    problems = [p for p in tree.problems() if "E129" in p]
    assert len(problems) == 1
    one(problems, "'jp_tokyo|*' and '*|engineer' both give it for 'jp_tokyo|engineer'", "Keep one.")


def test_a_row_may_rest_on_several_sources(tree: Tree) -> None:
    tree.edit("facts/tier.csv", lambda s: s.replace(",own-estimate,", ",own-estimate; nowhere,", 1))
    one(tree.problems(), "E116 data/facts/tier.csv:", "unknown source 'nowhere'")
