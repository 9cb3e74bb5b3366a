"""What every concept owes: named rules, documented options, declared facts, repeatable builds."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from planner.core.options import Options
from planner.model.assemble import build_model
from planner.model.catalogue import Concept, concepts, rules
from planner.solve.optimise import solve_case
from planner.solve.verify import verify
from tests.rich import rich
from tests.tiny import dictionary

GOLDEN = Path(__file__).parents[1] / "snapshots" / "lp"
EACH = pytest.mark.parametrize("concept", concepts(), ids=lambda c: c.name)
BOUNDS = {"capacity.cut", "talent.tier", "outbound.gap", "training.places"}
"""Rules kept as column bounds or masks, so they have no rows."""


def test_order_is_fixed() -> None:
    assert [c.name for c in concepts()] == [
        "capacity", "acquisition", "clusters", "costs", "fair_value", "joint_venture",
        "outbound", "parks", "research", "cocreation", "retrofit", "emissions", "limits", "sales",
        "agreements",
        "contracts", "hardening", "production", "ratios", "subsidy", "budgets", "milestones",
        "strings", "guardrail", "support", "trade", "quota", "training", "talent", "finance",
        "spillover", "upside", "risk", "utilities",
    ]  # fmt: skip


@EACH
def test_rules_in_the_docstring_are_the_rules_built(concept: Concept) -> None:
    built = {r for r in build_model(rich()).model.rules if r.startswith(f"{concept.name}.")}
    assert built == set(rules(concept)) - BOUNDS


@EACH
def test_options_are_documented_with_a_unit(concept: Concept) -> None:
    for name, field in concept.options.model_fields.items():
        assert field.description, f"{concept.name}.{name} has no docstring"
        assert re.search(r"\[[^\]]+\]$", field.description), f"{concept.name}.{name}: no [unit]"
    assert issubclass(concept.options, Options)


@EACH
def test_reads_are_in_the_dictionary(concept: Concept) -> None:
    assert set(concept.reads) <= set(dictionary()[0])


@EACH
def test_docstring_opens_with_what_it_says(concept: Concept) -> None:
    first = (concept.module.__doc__ or "").splitlines()[0]
    assert re.match(r"^[A-Z][^:.,]*[:.,]", first)


def test_two_builds_give_the_same_programme() -> None:
    once, twice = (list(build_model(rich()).model.lp_lines()) for _ in range(2))
    assert once == twice
    assert len(once) > 150


@EACH
def test_golden_programme(concept: Concept) -> None:
    """The rows of each concept on the rich tiny case, as text a person can read."""
    model = build_model(rich()).model
    mine = [r for r in model.rules if r.startswith(f"{concept.name}.")]
    money = sorted(
        f"{line.item}[{'|'.join(map(str, line.key))}] {line.period} {line.state} {line.group} "
        f"{line.constant:+.8g} " + " ".join(f"{a:+.8g} {model.names[j]}" for j, a in line.terms)
        for line in model.money
        if line.concept == concept.name
    )
    text = "\n".join([*model.lp_lines(mine), *money]) + "\n"
    path = GOLDEN / f"{concept.name}.lp"
    if os.environ.get("PLANNER_REGOLD"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


def test_check_is_silent_on_the_optimum() -> None:
    case = rich()
    assert verify(solve_case(case), case) == ()


def test_every_concept_takes_part_in_the_rich_case() -> None:
    case = rich()
    assert [c.name for c in concepts() if not c.active(case)] == []
