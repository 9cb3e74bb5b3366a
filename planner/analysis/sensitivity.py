"""Sensitivity: what the weak numbers do to the plan, and which of them would change it.

Each of the inputs that move most (of a plan's table of what every number bears when it carries one,
else grades C and D with the most money leaning on them, `weak_facts`) is moved to its low and its
high, all dates together. Tornado: the plan's whole-number decisions held, the rest re-solved.
Fragility: whether another plan is then better - any plan where the programme is small, else the
plans got by turning single sites round - and at which value it overtakes, by following the lead of
the one over the other to where it is nothing, not by sampling.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from planner.analysis.bench import SECONDS, Bench, Say, unripe
from planner.analysis.composed import Composer
from planner.analysis.whynot import root
from planner.core.case import Case, Fact
from planner.core.plan import Plan
from planner.model.assemble import build_model
from planner.model.lp import Model
from planner.solve.held_session import HeldLp
from planner.solve.variant import Variant, held_at, search, varied

Named = dict[str, float]
"""Column name -> value: a plan that can be carried to another case."""
TABLES = ("bearing", "weak_facts")
"""Tables of a plan that list numbers with their ranges, the fullest first."""
RIVALS = 3
"""Rival plans kept where the programme is large."""
STRESS_SHARE = 0.2
"""Share of the budget for each search at an end of the input with most money."""


@dataclass(frozen=True)
class Input:
    """A number with its range; `at(case, share)` moves it to low (-1) … high (+1)."""

    table: str
    entity: str
    parameter: str
    value: float
    low: float
    high: float
    unit: str

    @property
    def label(self) -> str:
        """Name as printed."""
        return f"{self.table}.{self.parameter} of {self.entity}"

    def at(self, case: Case, share: float) -> Case:
        """The case with every date of the number moved by a share of its own range."""

        def move(f: Fact) -> Fact:
            if (f.table, f.entity, f.parameter) != (self.table, self.entity, self.parameter):
                return f
            reach = f.high - f.value if share > 0 else f.value - f.low
            return replace(f, value=f.value + share * reach)

        return case.replace(facts=tuple(move(f) for f in case.facts))

    def level(self, share: float) -> float:
        """Value at a share of the range."""
        reach = self.high - self.value if share > 0 else self.value - self.low
        return self.value + share * reach


def inputs_of(plan: Plan, top: int) -> list[Input]:
    """The inputs that move a plan most, largest swing first.

    From the first of TABLES the plan carries; without one there is nothing to move.
    """
    columns = ["table", "entity", "parameter", "value", "low", "high", "unit"]
    frames = (plan.table(name) for name in TABLES if name in plan.tables)
    frame = next((f for f in frames if not f.empty and set(columns) <= set(f.columns)), None)
    if frame is None:
        return []
    rows = frame[frame["high"] > frame["low"]].head(top)[columns]
    return [
        Input(str(a), str(b), str(c), float(v), float(lo), float(hi), str(u))
        for a, b, c, v, lo, hi, u in rows.itertuples(index=False)
    ]


def sensitivity(
    plan: Plan, case: Case, top: int = 6, seconds: float = SECONDS, say: Say | None = None
) -> dict[str, Any]:
    """Tornado and fragility list of the first `top` inputs: all tornado bars first."""
    bench = Bench(plan, case, seconds, say)
    mine = named_of(bench, bench.values)
    looked = inputs_of(plan, top)
    tornado: list[dict[str, Any]] = []
    for number in looked:
        if tornado and bench.left() < 4.0:
            break
        bench.say(f"{number.label}: low and high")
        tornado.append(_row(bench, number, mine))
    done = looked[: len(tornado)]
    rivals = [] if bench.small else _rivals(bench, done)
    fragile: list[dict[str, Any]] = []
    asked = 0
    for row, number in zip(tornado, done, strict=True):
        if not bench.small and bench.left() < 6.0:
            break
        bench.say(f"{number.label}: where the plan changes")
        found = _flips(bench, number, mine, rivals)
        row["flips"] = "; ".join(at["text"] for at in found)
        fragile, asked = fragile + found, asked + 1
    tornado.sort(key=lambda r: -max(abs(r["at_low_usd_bn"]), abs(r["at_high_usd_bn"])))
    fragile.sort(key=lambda r: abs(r["share"]))
    scope = (
        "every plan" if bench.small
        else f"the plan against {len(rivals)} rivals: best plans found at the ends of the input "
        "with most money, and plans with one site turned round"
    )  # fmt: skip
    result = {
        "question": "sensitivity", "tornado": tornado, "fragile": fragile, "rivals": scope,
        "not_looked_at": [n.label for n in looked[len(tornado):]],
        "not_asked_for_flips": [n.label for n in done[asked:]], "plan_gap": plan.info.gap,
    }  # fmt: skip
    return result | {"text": _text(result)}


def named_of(bench: Bench, values: list[float]) -> Named:
    """Whole-number decisions of a solution by the names of their columns."""
    return {
        name: values[j]
        for j, name in enumerate(bench.model.names)
        if bench.model.integer[j] and abs(values[j]) > 0.5
    }


def held_value(bench: Bench, named: Named) -> float | None:
    """Worth of carried-over whole-number decisions in a bench's case."""
    return held_worth(bench.model, named)


def held_worth(model: Model, named: Named) -> float | None:
    """Worth of carried-over whole-number decisions in a model; None when they break a rule."""
    lp = HeldLp(model, [named.get(name, 0.0) for name in model.names])
    return lp.worth if lp.feasible else None


def _rivals(bench: Bench, looked: list[Input]) -> list[Named]:
    """Plans that could overtake: best at both ends of the first input, then nearest neighbours."""
    level = bench.plan.info.objective + 1e-6
    found: list[Named] = []
    budget = bench.left()
    for side in (-1.0, 1.0) if looked and budget > 20.0 else ():
        bench.say(f"a plan for {looked[0].label} at its {'low' if side < 0 else 'high'}")
        moved = Bench(bench.plan, looked[0].at(bench.case, side), budget)
        answer = search(moved.model, 5e-3, STRESS_SHARE * budget)
        if answer is not None and answer.values is not None:
            found.append(named_of(moved, answer.values))
    # plans already better at the data as they stand lie within the plan's own gap
    found = [r for r in found if (held_value(bench, r) or level) < level]
    near = [n for loss, n in _neighbours(bench, 0.5 * budget) if loss >= -1e-6]
    return [*found, *near][:RIVALS]


def _neighbours(bench: Bench, until: float) -> list[tuple[float, Named]]:
    """Plans with one site turned round and the rest held, with what they lose; nearest first."""
    found: list[tuple[float, int, list[float]]] = []
    composer = Composer(bench, (bench.values,))
    for n, i in enumerate(composer.mine):
        made = composer.of([j for j in composer.mine if j != i])
        if made is not None:
            found.append((bench.plan.info.objective - made.worth, n, made.values))
    for n, i in enumerate(i for i in bench.overseas() if i not in composer.mine):
        if bench.left() < until:
            break
        row = ("sensitivity.in", [(j, 1.0) for j in bench.uses[i]], ">=", 1.0)
        model = held_at(varied(bench.model, Variant(rows=(row,))), bench.values, bench.near([i]))
        answer = search(model, 1e-5, 10.0)
        if answer is not None and answer.values is not None and not unripe(answer):
            loss = bench.plan.info.objective - answer.objective
            found.append((loss, len(composer.mine) + n, answer.values))
    return [(loss, named_of(bench, values)) for loss, _, values in sorted(found)]


def _row(bench: Bench, number: Input, mine: Named) -> dict[str, Any]:
    """Both ends of one input with the plan held."""
    base = bench.plan.info.objective
    row: dict[str, Any] = {
        "input": number.label, "value": number.value, "low": number.low, "high": number.high,
        "unit": number.unit, "flips": "",
    }  # fmt: skip
    for side, name in ((-1.0, "at_low_usd_bn"), (1.0, "at_high_usd_bn")):
        held = held_worth(build_model(number.at(bench.case, side)).model, mine)
        row[name] = held - base if held is not None else float("nan")
    return row


def _flips(bench: Bench, number: Input, mine: Named, rivals: list[Named]) -> list[dict[str, Any]]:
    """Where another plan overtakes on either side of one input."""
    found = []
    for side in (-1.0, 1.0):
        moved = Bench(bench.plan, number.at(bench.case, side), max(5.0, bench.left()))
        held = held_value(moved, mine)
        rival = None if held is None else _best_rival(moved, held, rivals)
        if rival is not None:
            found.append(_overtakes(bench, number, side, mine, rival))
    return found


def _best_rival(moved: Bench, held: float, rivals: list[Named]) -> Named | None:
    """A plan better than the held one in a moved case, None when none is."""
    slack = 1e-6 * max(1.0, abs(held))
    if moved.small:
        best = moved.solve(Variant())
        better = best is not None and best.objective > held + slack
        return named_of(moved, best.values) if best is not None and better else None
    worths = [(held_value(moved, rival), n) for n, rival in enumerate(rivals)]
    known = [(w, -n) for w, n in worths if w is not None and w > held + slack]
    return rivals[-max(known)[1]] if known else None


def _overtakes(
    bench: Bench, number: Input, side: float, mine: Named, rival: Named
) -> dict[str, Any]:
    """The value at which a rival plan overtakes; in small cases the first of all plans to do so."""
    share = 1.0
    for _ in range(8):
        other = rival

        def lead(x: float, other: Named = other, most: float = share) -> float | None:
            moved = build_model(number.at(bench.case, side * x * most)).model
            a, b = held_worth(moved, mine), held_worth(moved, other)
            return None if a is None or b is None else a - b

        far = lead(1.0)
        width, tries = (1e-5, 40) if bench.small else (5e-3, 6)
        ends = root(lead, width, min(0.0, far or 0.0), tries,
                    lambda: bench.small or bench.left() > 3.0)  # fmt: skip
        if ends is None:
            break
        share *= ends[1]
        if not bench.small:
            break
        at = Bench(bench.plan, number.at(bench.case, side * share), 20.0)
        held = held_value(at, mine)
        sooner = None if held is None else _best_rival(at, held + 1e-5, [])
        if sooner is None or sooner == rival:
            break
        rival = sooner
    level = number.level(side * share)
    return {
        "input": number.label, "share": side * share, "value": level, "now": number.value,
        "unit": number.unit, "adds": _differs(rival, mine), "drops": _differs(mine, rival),
        "text": f"at {level:.4g} {number.unit}",
    }  # fmt: skip


def _differs(one: Named, other: Named) -> list[str]:
    """Decisions in one plan and not, or less, in the other."""
    return sorted(n for n, v in one.items() if v > other.get(n, 0.0) + 0.5)


def _text(result: dict[str, Any]) -> str:
    tornado, fragile = result["tornado"], result["fragile"]
    if not tornado:
        return "The plan leans on no weak number with a range."
    top = tornado[0]
    words = (
        f"Most money hangs on {top['input']}: from {top['at_low_usd_bn']:+,.2f} to "
        f"{top['at_high_usd_bn']:+,.2f} USD bn over its range, the plan held."
    )
    if not fragile:
        return f"{words} None of the {len(tornado)} numbers changes the plan ({result['rivals']})."
    first = fragile[0]
    return (
        f"{words} The most fragile: {first['input']}, {first['value']:.4g} instead of "
        f"{first['now']:.4g} {first['unit']} changes the plan ({result['rivals']} compared)."
    )
