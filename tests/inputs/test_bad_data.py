"""Mistakes in data files: each named with file, line, field, value and what is allowed."""

from __future__ import annotations

import re

import pytest

from tests.inputs.tree import Tree


def one(problems: list[str], *parts: str) -> str:
    """The problem that holds all parts."""
    hits = [text for text in problems if all(part in text for part in parts)]
    assert hits, f"none of {problems} holds {parts}"
    return hits[0]


def test_the_shipped_data_are_clean(tree: Tree) -> None:
    case = tree.load()
    assert len(case.registers["sites"]) >= 45
    assert len(case.registers["futures"]) >= 12


def test_text_in_a_number(tree: Tree) -> None:
    tree.edit(
        "facts/site.csv",
        lambda s: s.replace(
            ",electricity_usd_per_mwh,,113.5,", ",electricity_usd_per_mwh,,cheap,", 1
        ),
    )
    one(tree.problems(), "E113 data/facts/site.csv:", "value", "'cheap' is not a number")


def test_a_missing_column_and_an_unknown_one(tree: Tree) -> None:
    tree.edit("facts/price.csv", lambda s: s.replace("grade", "grad", 1))
    problems = tree.problems()
    one(problems, "E104 data/facts/price.csv:1: grade", "missing", "Did you mean 'grad'?")
    one(problems, "E105 data/facts/price.csv:1: grad", "unknown column", "Did you mean 'grade'?")


def test_a_negative_cost(tree: Tree) -> None:
    tree.edit(
        "facts/site.csv",
        lambda s: re.sub(r"(,site_cost_usd_bn,,)([\d.]+),([\d.]+)", r"\1-1,-2", s, count=1),
    )
    one(tree.problems(), "E114", "site_cost_usd_bn.value", "-1 is outside 0 to 20 USD bn")


def test_chances_that_do_not_add_up(tree: Tree) -> None:
    tree.edit(
        "facts/future.csv",
        lambda s: s.replace("calm,probability_pct,,13,", "calm,probability_pct,,12,", 1),
    )
    one(tree.problems(), "E131 data/facts/future.csv", "add to 99 %, not 100 %")


def test_a_year_out_of_range(tree: Tree) -> None:
    tree.edit("facts/frontier.csv", lambda s: s.replace("world,rank,2028", "world,rank,2928", 1))
    one(tree.problems(), "E124", "year 2928 is out of range", "Allowed: 1980 to 2100.")


def test_a_duplicate_id(tree: Tree) -> None:
    tree.edit("places/sites.csv", lambda s: s + s.splitlines()[-1] + "\n")
    one(tree.problems(), "E111 data/places/sites.csv:", "is there twice (first in line")


def test_a_duplicate_fact(tree: Tree) -> None:
    tree.edit("facts/tier.csv", lambda s: s + s.splitlines()[-1] + "\n")
    one(tree.problems(), "E120 data/facts/tier.csv:", "is there twice")


def test_a_wrong_unit(tree: Tree) -> None:
    tree.edit("facts/price.csv", lambda s: s.replace("USD/wafer", "GBP/wafer", 1))
    one(
        tree.problems(),
        "E126",
        "unit 'GBP/wafer' where price.price_usd_per_wafer is in 'USD/wafer'",
    )


def test_an_unknown_node(tree: Tree) -> None:
    tree.edit("facts/price.csv", lambda s: s.replace("\nN16,", "\nN17,", 1))
    one(tree.problems(), "E116", "unknown products 'N17'", "Did you mean 'N")


def test_an_unknown_country(tree: Tree) -> None:
    tree.edit("places/sites.csv", lambda s: s.replace(",JP,", ",JPN,", 1))
    one(
        tree.problems(), "E116 data/places/sites.csv:", "country", "unknown countries 'JPN'", "'JP'"
    )


def test_an_empty_file(tree: Tree) -> None:
    (tree.data / "facts" / "price.csv").write_text("")
    one(tree.problems(), "E108 data/facts/price.csv", "empty")


def test_a_missing_file(tree: Tree) -> None:
    (tree.data / "facts" / "price.csv").unlink()
    one(tree.problems(), "E100 data/facts/price.csv", "cannot be read")


def test_a_missing_fact(tree: Tree) -> None:
    tree.edit("facts/site.csv", lambda s: re.sub(r"(us_clay|US:\*),room_modules.*\n", "", s))
    one(tree.problems(), "E130 data/facts/site.csv", "us_clay.room_modules", "[modules]")


def test_range_out_of_order(tree: Tree) -> None:
    tree.edit("facts/finance.csv", lambda s: re.sub(r"(discount_rate_pct,,)[\d.]+", r"\g<1>40", s))
    one(tree.problems(), "E125", "are not in order")


def test_evidence_is_required(tree: Tree) -> None:
    tree.edit(
        "facts/tier.csv", lambda s: s.replace("own-estimate", "hearsay").replace(",D,", ",E,", 1)
    )
    problems = tree.problems()
    one(problems, "E116", "source", "unknown source 'hearsay'")
    one(problems, "E127", "'E' is not a grade", "Allowed: A, B, C, D.")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\xff\xfe\x00", "E102"), (b"entity,par\0ameter\n", "E102"), (b"a,b\n1,2,3\n", "E107")],
)
def test_files_that_are_not_tables(tree: Tree, content: bytes, code: str) -> None:
    (tree.data / "facts" / "tier.csv").write_bytes(content)
    one(tree.problems(), f"{code} data/facts/tier.csv")


def test_a_huge_table_is_refused_unread(tree: Tree) -> None:
    (tree.data / "facts" / "tier.csv").write_bytes(b"x" * 21_000_000)
    one(tree.problems(), "E101 data/facts/tier.csv", "at most 20 MB")


def test_unknown_events_in_a_future(tree: Tree) -> None:
    tree.edit("entities/futures.csv", lambda s: s.replace("demand_boom@2028", "demand_bom@28x", 1))
    problems = tree.problems()
    one(problems, "E116", "unknown event 'demand_bom'", "Did you mean 'demand_boom'?")
    one(problems, "E132", "is not of the form event@year")


def test_all_problems_come_together(tree: Tree) -> None:
    tree.edit("facts/price.csv", lambda s: s.replace("USD/wafer", "GBP/wafer", 1))
    tree.edit("facts/tier.csv", lambda s: s.replace("own-estimate", "hearsay", 1))
    path = tree.scenario("extends: base\nname: mine\nweights: {costs: 2}\n")
    problems = tree.problems(path)
    one(problems, "E126")
    one(problems, "hearsay")
    one(
        problems,
        "E204 scenarios/mine.yaml:3: weights.costs: unknown field",
        "Did you mean 'cost' [ratio]?",
    )
