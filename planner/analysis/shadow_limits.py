"""Limits that have a price: rows and column bounds that move together, with words for one unit.

A limit is a direction: how much each right-hand side and each upper bound moves when there is one
unit more of it. Rows that differ only in the state of the world move together, so "one more" is
one more in every future; people of a labour pool are one more in every year.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.analysis.ratio import AIMS
from planner.core.case import Case
from planner.model.assemble import Built
from planner.solve.held_session import HeldLp

BOOKKEEPING = (
    "capacity.build", "capacity.once", "capacity.entry", "sales.supply", "sales.link", "sales.move",
    "risk.value", "risk.tail", "research.once", "research.steps", "subsidy.rate", "quota.imports",
    "talent.need",
)  # fmt: skip
"""Rules whose price says how the model adds up, not what a limit is worth."""
KINDS = {
    "talent": ("talent.", "training."),
    "quota": ("quota.",),
    "ratio": ("ratios.", "agreements."),
    "public money": ("subsidy.", "budgets.", "instruments.", "support.", "milestones."),
    "land and utilities": ("capacity.", "utilities.", "parks."),
    "demand": ("sales.", "contracts."),
    "other": ("",),
}
"""Kinds of limits in the order they are told, with the rules that belong to them."""
TENTH = 0.1
"""Step of a trade ratio whose price is told."""


@dataclass(frozen=True)
class Limit:
    """One limit: `rows` and `highs` say what one unit more moves by how much.

    now: where it stands, None where that differs by state. price: by the duals of the LP.
    """

    kind: str
    rule: str
    key: str
    words: str
    unit: str
    now: float | None
    rows: tuple[tuple[int, float], ...] = ()
    highs: tuple[tuple[int, float], ...] = ()
    price: float = 0.0

    def worth(self, lp: HeldLp, change: float) -> float | None:
        """Optimum with so much more of the limit; None when there is no plan."""
        rights = {n: lp.model.rows[n][3] + change * a for n, a in self.rows}
        bounds: dict[int, tuple[float, float]] = {}
        for j, a in self.highs:
            high = float(lp.high[j]) + change * a
            if high < lp.low[j] - 1e-12:
                return None
            bounds[j] = (float(lp.low[j]), max(high, float(lp.low[j])))
        got = lp.moved(rights, bounds)
        return None if got is None else got[0]


def limits_of(built: Built, case: Case, lp: HeldLp) -> list[Limit]:
    """Every limit with a price, the dearest of each kind first."""
    found = [*_rows(built, case, lp), *_people(built, case, lp), *_ratios(built, case, lp)]
    order = list(KINDS)
    priced = [limit for limit in found if abs(limit.price) > 1e-7]
    return sorted(priced, key=lambda x: (order.index(x.kind), -abs(x.price), x.rule, x.key))


def kind_of(rule: str) -> str:
    """Kind of a rule."""
    return next(k for k, heads in KINDS.items() if rule.startswith(heads))


def kinds_in(built: Built) -> set[str]:
    """Kinds the case has limits of at all."""
    found = {kind_of(name) for name, rule in built.model.rules.items() if rule.rows}
    return found | ({"talent"} if "hire" in built.model.families else set())


def _rows(built: Built, case: Case, lp: HeldLp) -> Iterator[Limit]:
    """Rows, those of one key over all states together."""
    states = {u.id for t in built.sets.periods for u in built.sets.states[t]}
    for rule in built.model.rules.values():
        if rule.name in BOOKKEEPING or rule.name.startswith("ratios."):
            continue
        groups: dict[tuple[str, ...], list[int]] = {}
        for key, n in rule.rows.items():
            parts = tuple(map(str, key))
            short = parts[:-1] if len(parts) > 1 and parts[-1] in states else parts
            if lp.model.rows[n][2] != "=":
                groups.setdefault(short, []).append(n)
        for parts, numbers in groups.items():
            rights = {round(lp.model.rows[n][3], 9) for n in numbers}
            many = " in every future" if len(numbers) > 1 else ""
            yield Limit(
                kind_of(rule.name), rule.name, ",".join(parts),
                f"{rule.why}: {named(case, parts)}{many}", rule.unit,
                rights.pop() if len(rights) == 1 else None,
                tuple((n, 1.0) for n in numbers), price=sum(lp.prices[n] for n in numbers),
            )  # fmt: skip


def _people(built: Built, case: Case, lp: HeldLp) -> Iterator[Limit]:
    """People within reach in a labour pool: every step of the wage curve gets wider, every year."""
    family = built.model.families.get("hire")
    groups: dict[tuple[str, str], list[tuple[int, float, str, int]]] = {}
    for (pool, skill, t, tier), j in family.columns.items() if family else ():
        width = case.value("tier.width_pct", str(tier)) / 100
        groups.setdefault((str(pool), str(skill)), []).append((j, width, str(tier), int(t)))
    for (pool, skill), columns in groups.items():
        first = min(t for *_, t in columns)
        reach = next(float(lp.high[j]) / w for j, w, _, t in columns if t == first and w > 0)
        words = f"people within reach in every year: {skill} in {case.name('pools', pool)}"
        yield Limit(
            "talent", "talent.tier", f"{pool},{skill}", words, "thousand", reach,
            highs=tuple((j, w) for j, w, _, _ in columns),
            price=sum(w * lp.reduced[j] for j, w, _, _ in columns if lp.reduced[j] > 0),
        )  # fmt: skip


def _ratios(built: Built, case: Case, lp: HeldLp) -> Iterator[Limit]:
    """Floors and ceilings of trade ratios: a tenth more, at the flows the plan has."""
    for aim, (_, under) in AIMS.items():
        for side in ("floor", "ceiling"):
            rule = built.model.rules.get(f"ratios.{aim}_{side}")
            for key, n in rule.rows.items() if rule else ():
                flow = built.model.measures[f"{under}_{key[0]}_usd_bn"]
                below = flow.constant + sum(a * lp.values[j] for j, a in flow.terms)
                limit = Limit(
                    "ratio", f"ratios.{aim}_{side}", str(key[0]),
                    f"the {side} of the {aim} ratio in {key[0]}, at the plan's "
                    f"USD {below:,.1f} bn of {under}", f"step of {TENTH}", None,
                    ((n, TENTH * below),),
                )  # fmt: skip
                bound = case.scenario.concepts.get("ratios", {}).get(f"{aim}_{side}")
                now = float(bound) / TENTH if isinstance(bound, int | float) else None
                yield replace(limit, price=TENTH * below * lp.prices[n], now=now)


def named(case: Case, parts: tuple[str, ...]) -> str:
    """Names of what a key speaks of."""
    return ", ".join(
        next((case.name(r, part) for r in case.registers if part in case.registers[r]), part)
        for part in parts
    )
