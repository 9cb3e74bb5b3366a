"""Sensitivity: what the weak numbers do to the plan, and which of them would change it.

Each of the weakest inputs (grades C and D with the most money leaning on them, `weak_facts`) is
moved to its low and its high, all dates together. Tornado: the plan's whole-number decisions held,
the rest re-solved. Fragility: whether another plan is then better - any plan where the programme is
small, else the plans got by turning single sites round - and at which value it overtakes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from planner.analysis.bench import SECONDS, Bench, Say
from planner.analysis.whynot import root
from planner.core.case import Case, Fact
from planner.core.plan import Plan
from planner.solve.held_session import HeldLp
from planner.solve.variant import Variant, held_at, search, varied

Named = dict[str, float]
"""Column name -> value: a plan that can be carried to another case."""
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
    """The weakest inputs a plan leans on, largest swing first."""
    frame = plan.table("weak_facts")
    if frame.empty:
        return []
    columns = ["table", "entity", "parameter", "value", "low", "high", "unit"]
    rows = frame[frame["high"] > frame["low"]].head(top)[columns]
    return [
        Input(str(a), str(b), str(c), float(v), float(lo), float(hi), str(u))
        for a, b, c, v, lo, hi, u in rows.itertuples(index=False)
    ]


def sensitivity(
    plan: Plan, case: Case, top: int = 6, seconds: float = SECONDS, say: Say | None = None
) -> dict[str, Any]:
    """Tornado and fragility list of the weakest `top` inputs."""
    bench = Bench(plan, case, seconds, say)
    mine = named_of(bench, bench.values)
    looked = inputs_of(plan, top)
    rivals = [] if bench.small else _rivals(bench, looked)
    tornado, fragile = [], []
    for number in looked:
        if bench.left() < 8.0:
            break
        bench.say(number.label)
        row = _row(bench, number, mine, rivals)
        tornado.append(row)
        fragile += row.pop("found")
    tornado.sort(key=lambda r: -max(abs(r["at_low_usd_bn"]), abs(r["at_high_usd_bn"])))
    fragile.sort(key=lambda r: abs(r["share"]))
    scope = (
        "every plan" if bench.small
        else f"the plan against {len(rivals)} rivals: best plans found at the ends of the input "
        "with most money, and plans with one site turned round"
    )  # fmt: skip
    result = {
        "question": "sensitivity", "tornado": tornado, "fragile": fragile, "rivals": scope,
        "not_looked_at": [n.label for n in looked[len(tornado):]], "plan_gap": plan.info.gap,
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
    lp = HeldLp(bench.model, [named.get(name, 0.0) for name in bench.model.names])
    return lp.worth if lp.feasible else None


def _rivals(bench: Bench, looked: list[Input]) -> list[Named]:
    """Plans that could overtake: best at both ends of the first input, then nearest neighbours."""
    level = bench.plan.info.objective + 1e-6
    found: list[Named] = []
    budget = bench.left()
    for side in (-1.0, 1.0) if looked else ():
        bench.say(f"a plan for {looked[0].label} at its {'low' if side < 0 else 'high'}")
        moved = Bench(bench.plan, looked[0].at(bench.case, side), budget)
        answer = search(moved.model, 5e-3, STRESS_SHARE * budget)
        if answer is not None and answer.values is not None:
            found.append(named_of(moved, answer.values))
    # plans already better at the data as they stand lie within the plan's own gap
    found = [r for r in found if (held_value(bench, r) or level) < level]
    near = [n for loss, n in _neighbours(bench, 0.55 * budget) if loss >= -1e-6]
    return [*found, *near][:RIVALS]


def _neighbours(bench: Bench, until: float) -> list[tuple[float, Named]]:
    """Plans with one site turned round and the rest held, with what they lose; nearest first."""
    found: list[tuple[float, int, list[float]]] = []
    now = set(bench.begun_at(bench.values))
    order = [*sorted(now), *(i for i in bench.overseas() if i not in now)]
    for n, i in enumerate(order):
        if bench.left() < until:
            break
        if i in now:
            change = Variant(bounds=dict.fromkeys(bench.uses[i], (0.0, 0.0)))
        else:
            row = ("sensitivity.in", [(j, 1.0) for j in bench.uses[i]], ">=", 1.0)
            change = Variant(rows=(row,))
        model = held_at(varied(bench.model, change), bench.values, bench.near([i]))
        answer = search(model, 1e-5, 10.0)
        if answer is not None and answer.values is not None:
            found.append((bench.plan.info.objective - answer.objective, n, answer.values))
    return [(loss, named_of(bench, values)) for loss, _, values in sorted(found)]


def _row(bench: Bench, number: Input, mine: Named, rivals: list[Named]) -> dict[str, Any]:
    """Both ends of one input."""
    base = bench.plan.info.objective
    row: dict[str, Any] = {
        "input": number.label, "value": number.value, "low": number.low, "high": number.high,
        "unit": number.unit, "flips": "", "found": [],
    }  # fmt: skip
    for side, name in ((-1.0, "at_low_usd_bn"), (1.0, "at_high_usd_bn")):
        moved = Bench(bench.plan, number.at(bench.case, side), max(5.0, bench.left()))
        held = held_value(moved, mine)
        row[name] = held - base if held is not None else float("nan")
        rival = _best_rival(moved, held, rivals) if held is not None else None
        if rival is not None:
            at = _overtakes(bench, number, side, mine, rival)
            row["found"].append(at)
            row["flips"] = "; ".join(filter(None, (row["flips"], at["text"])))
    return row


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
            moved = Bench(bench.plan, number.at(bench.case, side * x * most), 20.0)
            a, b = held_value(moved, mine), held_value(moved, other)
            return None if a is None or b is None else a - b

        far = lead(1.0)
        ends = root(lead, 1e-5 if bench.small else 0.02, min(0.0, far or 0.0),
                    40 if bench.small else 2)  # fmt: skip
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
