"""The one family of errors, and the issues they carry.

An `Issue` says what is wrong in the user's own files; a `PlannerError` stops the work.
Every error maps to one exit code of the command line (see `PlannerError.exit_code`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding about the input or about a plan.

    `where` names file and line or row (`scenarios/n2.yaml:14`); `field` the name inside it.
    """

    severity: Severity
    code: str
    where: str
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.where, self.field) if part)
        tail = f" {self.hint}" if self.hint else ""
        return f"{self.code} {place}: {self.message}.{tail}"

    def as_dict(self) -> dict[str, str]:
        """Plain form for `--json`."""
        return {
            "severity": self.severity,
            "code": self.code,
            "where": self.where,
            "field": self.field,
            "message": self.message,
            "hint": self.hint,
        }


def did_you_mean(name: str, known: Iterable[str], describe: Mapping[str, str] | None = None) -> str:
    """Hint with the nearest valid name, or the list of allowed names when nothing is near."""
    names = [str(k) for k in known]
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.55)
    if near:
        unit = (describe or {}).get(near[0], "")
        return f"Did you mean '{near[0]}'{f' [{unit}]' if unit else ''}?"
    shown = sorted(names)
    if not shown:
        return "None is defined."
    more = f", … ({len(shown)} in all)" if len(shown) > 12 else ""
    return f"Allowed: {', '.join(shown[:12])}{more}."


class PlannerError(Exception):
    """Base of every error the planner raises on purpose."""

    exit_code = 1

    def as_dict(self) -> dict[str, object]:
        """Plain form for `--json`."""
        return {"error": type(self).__name__, "message": str(self)}


class InputError(PlannerError):
    """Scenario or data are wrong; carries every problem found, not just the first."""

    exit_code = 2

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(str(i) for i in self.issues))

    def as_dict(self) -> dict[str, object]:
        """Plain form with all issues."""
        return {"error": "InputError", "issues": [i.as_dict() for i in self.issues]}


class ModelError(PlannerError):
    """A concept or the catalogue is built wrongly (our fault, not the user's)."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Named rules that cannot hold together, and what would make them hold.

    `rules` are `concept.rule` names; `members` single rows; `relax` says, per rule, by how much
    its rows must give way (sum of violations in the row's unit) in the cheapest repair found.
    """

    rules: tuple[str, ...]
    members: tuple[str, ...] = ()
    relax: Mapping[str, float] = field(default_factory=dict)
    method: str = ""
    origins: tuple[str, ...] = ()


class Infeasible(PlannerError):
    """No plan satisfies all rules; `conflict` names those that collide."""

    exit_code = 3

    def __init__(self, conflict: Conflict) -> None:
        self.conflict = conflict
        lines = ["no plan satisfies all rules; these named rules conflict:"]
        lines += [f"  - {rule}" for rule in conflict.rules]
        if conflict.relax:
            lines.append("least change found (relax one rule at least by):")
            lines += [f"  - {text}: {amount:.4g}" for text, amount in conflict.relax.items()]
        if conflict.origins:
            lines.append("set by:")
            lines += [f"  - {origin}" for origin in conflict.origins]
        super().__init__("\n".join(lines))

    def as_dict(self) -> dict[str, object]:
        """Plain form with the conflict."""
        c = self.conflict
        return {
            "error": "Infeasible",
            "rules": list(c.rules),
            "members": list(c.members),
            "relax": dict(c.relax),
            "method": c.method,
            "origins": list(c.origins),
        }


class Stopped(PlannerError):
    """A limit or Ctrl-C ended the solve before any plan was found."""

    exit_code = 4


class VerificationError(PlannerError):
    """The plan does not hold when recomputed from decisions and facts."""

    exit_code = 5

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        shown = "\n".join(str(i) for i in self.issues[:20])
        more = f"\n… and {len(self.issues) - 20} more" if len(self.issues) > 20 else ""
        super().__init__(f"the plan does not verify:\n{shown}{more}")

    def as_dict(self) -> dict[str, object]:
        """Plain form with all issues."""
        return {"error": "VerificationError", "issues": [i.as_dict() for i in self.issues]}
