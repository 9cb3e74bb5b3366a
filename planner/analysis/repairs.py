"""Repairs: why a scenario has no plan, and every least change that gives it one, each re-solved.

First the user's own entries in conflict, with file and line: sets with no entry in common, each the
smallest among the entries not yet named. Then for each conflict, the others aside, the single least
changes that end it; last, the first cure of every conflict all together, which is a plan again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from planner.analysis.bench import Say, quiet
from planner.analysis.conflict_sets import Collision, conflicts, repairs_through
from planner.analysis.cures import Cure, applied, attempt, of_entries, of_facts, of_horizon
from planner.analysis.entries import Entry, Path, entries_of, without
from planner.analysis.feasibility import Trial
from planner.core.case import Case
from planner.core.errors import Conflict, PlannerError
from planner.model.assemble import build_model
from planner.solve.conflict import explain_conflict

SECONDS = 110.0
CONFLICT_SHARE = 0.4
"""Share of the budget for finding the conflicts."""


def repairs(
    case: Case,
    origin: Mapping[Path, str] | None = None,
    seconds: float = SECONDS,
    say: Say | None = None,
) -> dict[str, Any]:
    """What keeps a case from having a plan, and what would give it one.

    origin: key path of the scenario -> `file:line`. A case with a plan is told so (`feasible`).
    When time runs out before that is known, `feasible` is None. Every cure has `changes` (what,
    where, now, to, unit) and the levels just short of it.
    """
    search = _Search(case, entries_of(case.scenario, origin), Trial(seconds), say or quiet)
    head: dict[str, Any] = {"question": "repairs", "scenario": case.scenario.name}
    search.tell("looking for any plan")
    now = search.trial(case)
    if now is None:
        return head | _untold("whether there is a plan", None)
    if now:
        return head | {"feasible": True, "conflicts": [], "together": None,
                       "text": "The scenario has a plan: nothing needs repair."}  # fmt: skip
    found = search.conflicts(CONFLICT_SHARE * seconds)
    if not found and search.unsure:
        return head | _untold("which entries collide: that there is no plan is proved", False)
    rows, first = [], []
    for n, collision in enumerate(found):
        others = {m for other in found if other is not collision for m in other.members}
        share = search.trial.left() / (len(found) - n)
        rows.append(search.of_conflict(collision, others, share))
        first += rows[-1].pop("cures")[:1]
    if not found:  # the data alone collide
        rows.append(search.of_data())
        rows[-1].pop("cures")
    together = search.together(first) if len(found) > 1 else None
    result = head | {"feasible": False, "conflicts": rows, "together": together,
                     "complete": search.complete and not search.unsure}  # fmt: skip
    return result | {"text": _text(result)}


class _Search:
    """A case with its entries, and the time that is left."""

    def __init__(self, case: Case, entries: Sequence[Entry], trial: Trial, tell: Say) -> None:
        self.case, self.entries, self.trial, self.tell = case, entries, trial, tell
        self.complete, self.unsure = True, False

    def kept(self, members: frozenset[int]) -> Case:
        """The case with just these entries."""
        return without(self.case, [e for n, e in enumerate(self.entries) if n not in members])

    def feasible(self, members: frozenset[int]) -> bool:
        """Whether there is a plan with just these entries."""
        answer = attempt(self.trial, lambda: self.kept(members))
        self.unsure |= answer is None
        return answer is True

    def conflicts(self, seconds: float) -> tuple[Collision, ...]:
        """Conflicts among the entries."""
        self.tell(f"which of {len(self.entries)} entries collide")
        until = self.trial.left() - seconds
        everything = frozenset(range(len(self.entries)))
        return conflicts(everything, self.feasible, lambda: self.trial.left() > max(0.0, until))

    def of_conflict(self, collision: Collision, others: set[int], share: float) -> dict[str, Any]:
        """One conflict with its cures, the members of the other conflicts aside."""
        until = self.trial.left() - share
        trial = self.trial.until(until)
        context = frozenset(range(len(self.entries))) - others
        base = self.kept(context)
        members = [self.entries[n] for n in collision.members]
        groups = repairs_through(collision.members, context, self.feasible,
                                 lambda: trial.left() > 0)  # fmt: skip
        # entries are found again by their words: their places moved when others went
        here = {e.words: e for e in entries_of(base.scenario)}
        cures = []
        for group in groups:
            mine = [_placed(here[self.entries[n].words], self.entries[n]) for n in group]
            cures.append(of_entries(base, mine, trial, self.tell))
        told = _told(base, trial)
        cures += of_horizon(base, trial, self.tell)
        cures += of_facts(base, told, members, trial, self.tell)
        self.complete &= trial.left() > 0
        good = [c for c in cures if c is not None]
        return {
            "entries": [{"entry": e.words, "where": e.where} for e in members],
            "smallest": collision.smallest and not self.unsure, "rules": list(told.rules),
            "breach": dict(told.relax), "repairs": [c.told() for c in good], "cures": good,
        }  # fmt: skip

    def of_data(self) -> dict[str, Any]:
        """No entry is to blame: the rules that collide, and the facts that would end it."""
        told = _told(self.case, self.trial)
        cures = of_horizon(self.case, self.trial, self.tell)
        cures += of_facts(self.case, told, self.entries, self.trial, self.tell)
        self.complete = self.trial.left() > 0
        return {"entries": [], "smallest": True, "rules": list(told.rules),
                "breach": dict(told.relax), "repairs": [c.told() for c in cures],
                "cures": cures}  # fmt: skip

    def together(self, cures: Sequence[Cure]) -> dict[str, Any] | None:
        """The first cure of every conflict at once, when that gives a plan."""
        self.tell("all first changes together")
        mine = {e.words: e for e in self.entries}
        back = [_restored(c, mine) for c in cures]
        if attempt(self.trial, lambda: applied(self.case, back)) is not True:
            return None
        changes = [change for c in back for change in c.told()["changes"]]
        return {"changes": changes, "text": "; and ".join(c["text"] for c in changes)}


def _placed(here: Entry, written: Entry) -> Entry:
    return Entry(here.path, here.words, written.where)


def _restored(cure: Cure, mine: Mapping[str, Entry]) -> Cure:
    """The cure with its entries at their places in the whole scenario."""
    eased: dict[Entry, Any] = {}
    for entry, at in cure.entries.items():
        own = mine[entry.words]
        if at is not None:
            number, level = at
            tail = number.path[len(entry.path) :]
            at = (replace(number, path=(*own.path, *tail)), level)
        eased[own] = at
    return Cure(cure.kind, eased, cure.horizon, cure.facts, cure.short)


def _untold(what: str, feasible: bool | None) -> dict[str, Any]:
    """The answer when time ran out before anything could be said."""
    return {"feasible": feasible, "conflicts": [], "together": None, "complete": False,
            "text": f"Not found out in the time given: {what}. Give more --seconds."}  # fmt: skip


def _told(case: Case, trial: Trial) -> Conflict:
    """The rules that break, and the cheapest breach, in half of the time that is left."""
    try:
        return explain_conflict(case, build_model(case), 0.5 * trial.left())
    except PlannerError as error:
        return Conflict((), (), {}, str(error))


def _text(result: dict[str, Any]) -> str:
    rows = result["conflicts"]
    mine = [row for row in rows if row["entries"]]
    count = sum(len(row["repairs"]) for row in rows)
    if not mine:
        words = "No plan exists even without any entry of the scenario: the data collide."
    elif len(mine) == 1:
        words = f"{len(mine[0]['entries'])} of your own entries cannot hold together."
    else:
        words = f"{len(mine)} separate conflicts among your own entries."
    if not count:
        return f"{words} No single change that helps was found in the time given."
    best = result["together"] or next(row for row in rows if row["repairs"])["repairs"][0]
    many = "changes end one" if count != 1 else "change ends one"
    return f"{words} {count} least {many}; for example: {best['text']}."
