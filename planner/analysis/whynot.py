"""Why not here: what forcing a site in costs, who pays, and which change would bring it in.

cost = optimum - optimum with at least one module (or centre) there, both with their gaps. A lump
sum of that size, paid for coming, makes up for it exactly; the other changes (pay, lead time,
tariff, risk) are found by re-solving the plans with and without the site along the knob's range,
one at a time and as the cheapest mix (`whynot_mix`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from planner.analysis.bench import EXACT, SECONDS, Bench, Outcome, Say, span
from planner.analysis.knobs import Knob, knobs_for, turned
from planner.analysis.whynot_mix import cheapest, mix_words
from planner.core.case import Case
from planner.core.errors import InputError, Issue, did_you_mean
from planner.core.plan import Plan
from planner.solve.held_session import HeldLp
from planner.solve.variant import BEGINS, Variant

NEAR = 1e-4
"""Width to which a change is found, as a share of the knob's range, where solves are exact."""
HELD_WORDS = ", the whole-number decisions of both plans held"
HELPS = 1e-6
"""Least gain of a knob that counts as help [USD bn]."""
COARSE = 1e-2
"""The same where the whole-number decisions are held."""


def why_not(  # noqa: PLR0913, PLR0917 - a question with its settings
    plan: Plan,
    case: Case,
    site: str,
    product: str | None = None,
    seconds: float = SECONDS,
    say: Say | None = None,
) -> dict[str, Any]:
    """What keeps a site out of the plan.

    product: a product class or a centre type; empty = whatever is cheapest there.
    Raises InputError when the site or class is unknown or the plan begins it already.
    """
    bench = Bench(plan, case, seconds, say)
    i = bench.site(site)
    columns = _columns(bench, i, product)
    head = {"question": "why not", "site": i, "name": case.name("sites", i), "class": product}
    if not columns:
        return head | {"allowed": False, "text": _masked(bench, i)}
    if sum(bench.values[j] for j in columns) > 0.5:
        text = f"the plan begins {product or 'something'} at {i} already"
        raise InputError([Issue("error", "E732", "SITE", i, text, f"Ask `planner why RUN {i}`.")])
    bench.say(f"forcing {i} in")
    force = Variant(rows=((f"whynot.force[{i}]", [(j, 1.0) for j in columns], ">=", 1.0),))
    inside = bench.solve(force, bench.near([i]), share=0.25)
    if inside is None:
        text = f"No plan with {i} satisfies all rules" + (
            "." if bench.small else ", or none was found in the time given."
        )
        return head | {"allowed": False, "text": text}
    cost = bench.worse_by(inside)
    found: dict[str, Any] = head | {
        "allowed": True,
        "cost": span(cost),
        "by_group": bench.change(inside.values),
        "begun": bench.begun(inside.values, i),
        "method": inside.method,
        "plan_gap": plan.info.gap,
    }
    weight = case.scenario.weights.subsidy
    found["grant_usd_bn"] = max(0.0, cost.value) / weight if weight > 0 else None
    race = _Race(bench, columns, inside)
    knobs = race.knobs(i) if cost.value > 0 else ()
    changes = [_change(race, knob) for knob in knobs]
    found["changes"] = changes
    found["mix"] = _mix(race, list(zip(knobs, changes, strict=True)), cost.value)
    return found | {"text": _text(found)}


def _columns(bench: Bench, i: str, product: str | None) -> list[int]:
    """Columns of what could begin at a site, of one class when given."""
    classes = (*bench.case.ids("products"), *bench.case.ids("centre_types"))
    if product is not None and product not in classes:
        hint = did_you_mean(product, classes)
        text = f"no product class or centre type '{product}'"
        raise InputError([Issue("error", "E733", "--class", product, text, hint)])
    mine = bench.uses.get(i, {})
    keys = {
        j: key
        for name in BEGINS
        if name in bench.model.families
        for key, j in bench.model.families[name].columns.items()
    }
    return [j for j in mine if product is None or keys[j][1] == product]


def _masked(bench: Bench, i: str) -> str:
    reasons = ", ".join(sorted(bench.built.sets.masked)) or "lead time beyond the horizon"
    return (
        f"Nothing of that kind may begin at {bench.case.name('sites', i)}: rules leave it out "
        f"before solving (rules that leave out something in this case: {reasons}), or nothing "
        "begun there would run within the horizon."
    )


class _Race:
    """The plan without the site against the plan with it, as the case moves."""

    def __init__(self, bench: Bench, columns: list[int], inside: Outcome) -> None:
        self.bench, self.inside = bench, inside
        self.exact = inside.method == EXACT
        self.keys = {bench.model.names[j] for j in columns}
        self.site = next(iter(self.keys)).split("[", 1)[1].split(",", 1)[0]

    def knobs(self, site: str) -> tuple[Knob, ...]:
        """Knobs that could bring the site in."""
        return knobs_for(self.bench.case, site)

    def least(
        self, lead: Callable[[float], float | None], far: float
    ) -> tuple[float, float] | None:
        """Least share that is enough, as narrow as solves and time allow; see `root`."""
        tries, width = (40, NEAR) if self.exact else (6, COARSE)
        return root(lead, width, far, tries, lambda: self.exact or self.bench.left() > 4.0)

    def lead(self, case: Case) -> float | None:
        """Worth of the plan without less the plan with the site; None when it cannot be told."""
        moved = Bench(self.bench.plan, case, max(5.0, self.bench.left()))
        mine = [j for j, name in enumerate(moved.model.names) if name in self.keys]
        if self.exact:
            mine = [j for j in mine if j in moved.uses.get(self.site, {})]
            row = ("whynot.force", [(j, 1.0) for j in mine], ">=", 1.0)
            inside = moved.solve(Variant(rows=(row,)))
            outside = moved.solve(Variant(bounds=dict.fromkeys(mine, (0.0, 0.0))))
            if inside is None or outside is None:
                return None
            return outside.objective - inside.objective
        values = dict(zip(self.bench.model.names, self.inside.values, strict=False))
        forced = [values.get(name, 0.0) for name in moved.model.names]
        return _difference(moved, forced)


def _difference(moved: Bench, forced: list[float]) -> float | None:
    """The plan's worth less the forced plan's, both with their whole-number decisions held."""
    mine, other = HeldLp(moved.model, moved.values), HeldLp(moved.model, forced)
    return mine.worth - other.worth if mine.feasible and other.feasible else None


def root(
    lead: Callable[[float], float | None],
    width: float,
    far: float,
    tries: int = 40,
    more: Callable[[], bool] = lambda: True,
) -> tuple[float, float] | None:
    """Least share in (0, 1] at which `lead` falls to 0 (last share above, first at or below).

    far: lead(1), not above 0. more: whether there is time to narrow it further. Regula falsi with
    halving; None when a solve fails.
    """
    low, high, low_lead, high_lead = 0.0, 1.0, lead(0.0), far
    if low_lead is None:
        return None
    for n in range(tries):
        if high - low <= width or not more():
            break
        slope = low_lead - high_lead
        guess = low + (high - low) * (low_lead / slope if slope > 0 else 0.5)
        guess += (0.4 if n % 2 else -0.4) * width  # lands on either side of a straight line's root
        if n % 4 == 3 or not low < guess < high:
            guess = (low + high) / 2
        got = lead(guess)
        if got is None:
            return None
        if got > 0:
            low, low_lead = guess, got
        else:
            high, high_lead = guess, got
    return low, high


def _change(race: _Race, knob: Knob) -> dict[str, Any]:
    """One knob alone: the least change that brings the site in, checked on both sides."""
    row: dict[str, Any] = {
        "knob": knob.name, "words": knob.words, "unit": knob.unit,
        "now": knob.now, "furthest": knob.at(1.0),
    }  # fmt: skip
    if race.bench.left() < 4.0:
        return row | {"enough": None, "text": f"{knob.words}: not looked at, time ran out"}
    race.bench.say(f"turning {knob.words}")

    def lead(share: float) -> float | None:
        return race.lead(knob.turn(race.bench.case, share))

    far = lead(1.0)
    if far is None or far > 0:
        text = f"{knob.words}: not even {knob.at(1.0):.3g} {knob.unit} is enough alone"
        weight = race.bench.case.scenario.weights.subsidy
        if far is not None and weight > 0:
            text += f", a grant of USD {far / weight:,.3f} bn would have to come to it"
        return row | {"enough": False if far is not None else None, "left_usd_bn": far,
                      "text": text}  # fmt: skip
    ends = race.least(lead, far)
    if ends is None:
        return row | {"enough": None, "text": f"{knob.words}: could not be told"}
    need = knob.at(ends[1])
    text = f"{knob.words}: {need:.4g} {knob.unit} instead of {knob.now:.4g} would bring it in"
    return row | {
        "enough": True, "needed": need, "not_enough": knob.at(ends[0]), "share": ends[1],
        "checked": "re-solved on both sides of it" + ("" if race.exact else HELD_WORDS),
        "text": text,
    }  # fmt: skip


def _mix(
    race: _Race, changes: list[tuple[Knob, dict[str, Any]]], cost: float
) -> dict[str, Any] | None:
    """The cheapest mix of the knobs that help; None with fewer than two or without time."""
    gains = [
        (knob, (cost - (row.get("left_usd_bn") or 0.0)) / (row.get("share") or 1.0))
        for knob, row in changes
        if row["enough"] or (row["enough"] is False and row["left_usd_bn"] < cost - HELPS)
    ]
    if len(gains) < 2 or race.bench.left() < 6.0:
        return None
    race.bench.say("looking for the cheapest mix")
    by_name = {knob.name: knob for knob, _ in gains}
    known: dict[tuple[tuple[str, float], ...], float | None] = {}

    def lead(shares: Mapping[str, float]) -> float | None:
        key = tuple(sorted((n, x) for n, x in shares.items() if x))
        if key not in known:
            at = {name: (by_name[name], share) for name, share in key}
            known[key] = race.lead(turned(race.bench.case, at))
        return known[key]

    mix = cheapest(gains, lead, race.least, every=race.exact)
    if mix is None:
        return None
    if not mix["enough"]:
        weight = race.bench.case.scenario.weights.subsidy
        mix["grant_still_needed_usd_bn"] = mix["left_usd_bn"] / weight if weight > 0 else None
    else:
        mix["checked"] = "re-solved on both sides of the last change" + (
            "" if race.exact else HELD_WORDS
        )
    return mix | {"text": mix_words(mix)}


def _text(found: dict[str, Any]) -> str:
    cost, name = found["cost"], found["name"]
    size = f"USD {cost['usd_bn']:,.3f} bn"
    between = f"between {cost['low_usd_bn']:,.3f} and {cost['high_usd_bn']:,.3f}"
    if not cost["distinguishable"]:
        return (
            f"Forcing {name} in costs {size} by the plans found, {between} by what is proved: the "
            "search cannot tell it from nothing."
        )
    return f"Forcing {name} in costs {size} of risk-adjusted value ({between})."
