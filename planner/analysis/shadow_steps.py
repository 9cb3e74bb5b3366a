"""Steps: what one more of a limit is worth where only whole modules can answer.

Land and the outbound rule N-x keep modules out altogether; with the whole-number decisions held
they have no price. The case is changed by one unit, built anew and solved: to the end where the
programme is small, else with the decisions at that place free and the rest of the plan held. The
worth is the difference to the same solve of the case as it stands, so that what the plan's own gap
leaves there is not taken for a gain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from planner.analysis.bench import EXACT, Bench
from planner.core.case import Case
from planner.model.catalogue import active
from planner.solve.variant import Variant

ROOM_RULES = ("capacity.room", "capacity.prepared")
TIGHT = 1e-6


def steps_of(bench: Bench, most: int) -> list[dict[str, Any]]:
    """One module more of room at full sites, one generation less at hosts; at most `most` each."""
    found: list[dict[str, Any]] = []
    for changes in (_outbound(bench), _room(bench)):
        for done, (head, case, near) in enumerate(changes):
            if done >= most or bench.left() < 6.0:
                break
            bench.say(head["words"])
            row = _step(bench, head, case, near)
            if row is not None:
                found.append(row)
    return found


def full_sites(bench: Bench) -> list[str]:
    """Sites at which the plan leaves no land, most modules first."""
    begun: dict[str, float] = {}
    for key, j in bench.model.family("modules").columns.items():
        begun[str(key[0])] = begun.get(str(key[0]), 0.0) + bench.values[j]
    tight: set[str] = set()
    for rule in ROOM_RULES:
        rows = bench.model.rules[rule].rows if rule in bench.model.rules else {}
        for key, n in rows.items():
            _, terms, sense, right = bench.model.rows[n]
            used = sum(a * bench.values[j] for j, a in terms)
            if sense != "=" and abs(right - used) < TIGHT:
                tight.add(str(key[0]))
    return sorted((i for i in tight if begun.get(i, 0.0) > 0.5), key=lambda i: (-begun[i], i))


Change = tuple[dict[str, Any], Case, list[str]]


def _room(bench: Bench) -> Iterator[Change]:
    for i in full_sites(bench):
        now = bench.case.value("site.room_modules", i)
        head = {"kind": "room", "key": i, "unit": "module", "now": now,
                "words": f"land for one module more at {bench.case.name('sites', i)}"}  # fmt: skip
        facts = tuple(
            replace(f, value=f.value + 1)
            if (f.table, f.parameter, f.entity) == ("site", "room_modules", i)
            else f
            for f in bench.case.facts
        )
        yield head, bench.case.replace(facts=facts), [i]


def _outbound(bench: Bench) -> Iterator[Change]:
    """The rule one generation looser, host by host; all at once where the scenario sets it."""
    if all(concept.name != "outbound" for concept in active(bench.case)):
        return
    scenario = bench.case.scenario
    own = scenario.concepts.get("outbound", {}).get("gap_generations")
    if own is not None:
        if own > 0:
            options = {**scenario.concepts["outbound"], "gap_generations": max(0.0, own - 1)}
            rules = scenario.with_(concepts={**scenario.concepts, "outbound": options})
            head = {"kind": "outbound", "key": "all hosts", "unit": "generation", "now": float(own),
                    "words": "the outbound rule one generation looser everywhere"}  # fmt: skip
            yield head, bench.case.replace(scenario=rules), bench.overseas()
        return
    for c in bench.hosts():
        name = ("outbound", "gap_generations", c)
        mine = [f for f in bench.case.facts if (f.table, f.parameter, f.entity) == name]
        if not any(f.value > 0 for f in mine):
            continue
        facts = tuple(
            replace(f, value=max(0.0, f.value - 1)) if f in mine else f for f in bench.case.facts
        )
        head = {"kind": "outbound", "key": c, "unit": "generation", "now": mine[0].value,
                "words": "the outbound rule one generation looser for "
                f"{bench.case.name('countries', c)}"}  # fmt: skip
        yield head, bench.case.replace(facts=facts), bench.sites_of(c)


def _step(bench: Bench, head: dict[str, Any], case: Case, near: list[str]) -> dict[str, Any] | None:
    before = bench.solve(Variant(), bench.near(near), share=0.0)
    moved = Bench(bench.plan, case, max(2.0, bench.left()))
    after = moved.solve(Variant(), moved.near(near), share=0.0)
    if before is None or after is None:
        return None
    worth = max(0.0, after.objective - before.objective)
    text = f"{head['words']} is worth USD {worth:,.4f} bn (with and without: {after.method})."
    return head | {"worth_usd_bn": worth, "exact": after.method == EXACT, "method": after.method,
                   "text": text[0].upper() + text[1:]}  # fmt: skip
