"""The door of L1: a scenario's name or path becomes a frozen `Case`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from planner.core.case import Case, Fact
from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.future_set import with_made_futures
from planner.core.options import Options
from planner.core.scenario import Scenario
from planner.inputs.coherence import check_coherence
from planner.inputs.dictionary import Dictionary, read_dictionary
from planner.inputs.frozen import case_from_json, case_to_json
from planner.inputs.references import (
    OWN,
    apply_overrides,
    check_chances,
    check_options,
    check_references,
)
from planner.inputs.salvage import standing_part
from planner.inputs.scenarios import Origin, gather
from planner.inputs.tables import read_facts, read_registers
from planner.inputs.yaml_files import read_yaml

__all__ = [
    "Evidence",
    "case_from_json",
    "case_to_json",
    "data_root",
    "list_scenarios",
    "load_case",
    "scenario_root",
]


def data_root() -> Path:
    """Folder of the shipped data: PLANNER_DATA, the installed package's, or the repository's."""
    return _root("PLANNER_DATA", "_data", "data")


def scenario_root() -> Path:
    """Folder of the shipped scenarios."""
    return _root("PLANNER_SCENARIOS", "_scenarios", "scenarios")


def _root(variable: str, packaged: str, folder: str) -> Path:
    package = Path(__file__).resolve().parents[1]
    if given := os.environ.get(variable):
        return Path(given)
    inside = package / packaged
    return inside if inside.is_dir() else package.parent / folder


def list_scenarios() -> tuple[dict[str, str], ...]:
    """Shipped scenarios with name, title, question and path; base first."""
    found = []
    for path in scenario_root().glob("*.yaml"):
        data = read_yaml(path, path.name).data
        row = {key: str(data.get(key, "")) for key in ("title", "question")}
        found.append({"name": path.stem, **row, "path": str(path)})
    return tuple(sorted(found, key=lambda s: (s["name"] != "base", s["name"])))


@dataclass
class Evidence:
    """Tables read before, by folder and scenario's world: read once for many settings."""

    known: dict[Path, tuple[dict[str, Any], list[Fact]]] = field(default_factory=dict)

    def read(
        self, world: Path, dictionary: Dictionary, issues: list[Issue]
    ) -> tuple[dict[str, Any], list[Fact]]:
        """Registers and facts of a folder; adds their problems to those found so far."""
        if world not in self.known:
            own = len(issues)
            registers = read_registers(world, dictionary, issues)
            unread = any(issue.code < "E110" for issue in issues)  # a whole file
            facts = [] if unread else read_facts(world, dictionary, registers, issues)
            if len(issues) == own:
                issues.extend(check_coherence(dictionary, registers, facts))
            if len(issues) > own:
                return registers, facts
            self.known[world] = registers, facts
        registers, facts = self.known[world]
        return dict(registers), facts


def load_case(
    path: str | Path,
    schemas: Mapping[str, type[Options]],
    data_root: Path | None = None,
    set_values: Iterable[str] = (),
    evidence: Evidence | None = None,
) -> Case:
    """Read scenario and data, check everything once, freeze.

    evidence: tables read before, where the same data serve many settings. Raises InputError that
    carries every problem of scenario and data together.
    """
    root = data_root or _default_data_root()
    asked = _Asked(Path(path), schemas, set_values)
    scenario, issues = asked.scenario, asked.issues
    try:
        dictionary = read_dictionary(root)
    except InputError as error:  # without it no table can be read
        raise InputError([*issues, *error.issues]) from error
    world = _world(root, scenario.data, issues)
    own = len(issues)
    registers, facts = (evidence or Evidence()).read(world, dictionary, issues)
    unread = any(issue.code < "E110" for issue in issues)  # a whole file: facts would all dangle
    sound = len(issues) == own
    reasons: dict[str, str] = {}
    if asked.origin and not unread:
        issues.extend(check_references(scenario, registers, asked.origin))
        issues.extend(check_options(scenario, registers, asked.origin, schemas))
        changed = apply_overrides(scenario, facts, dictionary, asked.origin, registers)
        facts, reasons, problems = changed
        issues.extend(asked.known(problems))
        if sound and not problems and not asked.vague:
            issues.extend(check_chances(scenario, facts, asked.origin))
    if issues:
        raise InputError([replace(i, where=_in_world(i.where, scenario.data)) for i in issues])
    sources = registers.pop("sources")
    case = Case(
        scenario=scenario,
        registers=registers,
        facts=tuple(
            replace(f, where=_in_world(f.where, scenario.data)) if scenario.data else f
            for f in facts
        ),
        kinds=dictionary.kinds(),
        defaults=dictionary.defaults(),
        sources=sources,
        overridden=reasons,
    )
    return with_made_futures(case)


class _Asked:
    """A scenario as asked; with problems, what of it can still be held against the data."""

    def __init__(
        self, path: Path, schemas: Mapping[str, type[Options]], set_values: Iterable[str]
    ) -> None:
        self.scenario, self.origin = Scenario(name="none"), Origin()
        self.issues: list[Issue] = []
        self.vague: frozenset[int] = frozenset()
        try:
            data, origin, self.issues = gather(path, scenario_root(), schemas, set_values)
        except InputError as error:
            self.issues = list(error.issues)
            return
        left, self.vague = standing_part(data, schemas)
        if left is not None:
            self.scenario, self.origin = left, origin

    def known(self, problems: Iterable[Issue]) -> list[Issue]:
        """Problems of overrides; one whose value is not known may have meant to add its fact."""
        adding = (n for n in self.vague if self.scenario.overrides[n].table == OWN)
        unsure = {f"overrides.{n}.entity" for n in adding}
        return [p for p in problems if p.field not in unsure]


def _in_world(where: str, name: str) -> str:
    """A file of the data with the folder of the world it lies in."""
    own = ("data/entities/", "data/facts/", "data/places/", "data/sources.csv")
    return f"data/{name}/{where[5:]}" if name and where.startswith(own) else where


def _world(root: Path, name: str, issues: list[Issue]) -> Path:
    """Folder whose numbers a scenario asks for; an unknown one is a problem, told with the rest."""
    if not name:
        return root
    known = sorted(p.parent.name for p in root.glob("*/sources.csv"))
    if name not in known:
        text = f"no data set '{name}'"
        issues.append(Issue("error", "E226", "scenario", "data", text, did_you_mean(name, known)))
        return root
    return root / name


def _default_data_root() -> Path:
    return data_root()
