"""Instrument comparator: the same public money as grant, credit, loan, training or cluster.

moved[c]      = kwpm at the host's sites in the last period, with less without            [kwpm]
value         = expected value of the firm, with less without                           [USD bn]
spent         = what the state really pays for the instrument: aid drawn, face value of the loan
                times its cost, people trained and works built whether they move a fab or not
Each answer is the case solved again with that instrument. A search stops within a gap, and a gap of
half a per cent of the firm's value is more than most instruments cost; so the plan found for every
case is also tried in every other one, integers held, and each case keeps the best it has seen. What
no plan was found to gain is told with the gap that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from planner.analysis.instrument_cases import KINDS, NEW, Terms, require_host, with_instrument
from planner.core.case import Case
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.model.assemble import Built, build_model
from planner.model.lp import label
from planner.solve import highs
from planner.solve.extract import extract
from planner.solve.optimise import solve_case
from planner.solve.verify import require_verified

NOTHING = "none"
"""Name of the case without any instrument."""
FOUND = 1e-6
"""Smallest gain that counts as a better plan [USD bn]."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one instrument moves against the case without it."""

    instrument: str
    spent_usd_bn: float
    other_aid_usd_bn: float
    host_kwpm: float
    moved_kwpm: float
    moved_jobs_thousand: float
    value_usd_bn: float
    usd_mn_per_kwpm: float | None
    tolerance_usd_bn: float

    def as_dict(self) -> dict[str, Any]:
        """Plain form for tables and JSON."""
        return asdict(self)


def compare_instruments(  # noqa: PLR0913 - all but three are named
    case: Case,
    host: str,
    spend_usd_bn: float,
    *,
    kinds: Sequence[str] = KINDS,
    terms: Terms | None = None,
    settings: Mapping[str, Any] | None = None,
    told: Callable[[str], None] | None = None,
) -> list[Answer]:
    """The same fiscal cost in each instrument, the one that moves most capacity first.

    told: called with the name of each case before it is solved. Raises InputError on an unknown
    host or instrument, and what solving raises.
    """
    require_host(case, host)
    chosen = terms or Terms()
    cases = {NOTHING: case}
    cases |= {k: with_instrument(case, k, host, spend_usd_bn, chosen) for k in kinds}
    asked = dict(settings or {})
    plans = {}
    for name, variant in cases.items():
        if told:
            told(name)
        plans[name] = solve_case(variant, **asked)
    plans = {name: _best(variant, plans, name) for name, variant in cases.items()}
    answers = [_answer(kind, case, host, plans, (spend_usd_bn, chosen)) for kind in kinds]
    return sorted(answers, key=lambda a: (-round(a.moved_kwpm, 6), -a.value_usd_bn, a.instrument))


def _best(case: Case, plans: Mapping[str, Plan], name: str) -> Plan:
    """The best of a case's own plan and those found for the others, integers held."""
    own = plans[name]
    built = build_model(case)
    settings = SolverSettings(seed=case.scenario.solver.seed)
    for other in (plan for key, plan in plans.items() if key != name):
        fixed = highs.fix_integers(built.model, _decisions(built, other))
        answer = highs.run(fixed, settings)
        if answer.values is None or answer.objective <= own.info.objective + FOUND:
            continue
        bound = max(own.info.bound, answer.objective)
        gap = highs.gap_of(answer.objective, bound)
        info = replace(own.info, objective=answer.objective, bound=bound, gap=gap)
        own = extract(case, built, answer.values, answer.prices, info)
        require_verified(own, case)
    return own


def _decisions(built: Built, plan: Plan) -> list[float]:
    """Whole-number decisions of a plan as values of another model; unknown ones are zero."""
    known = {
        label(family, key): value for family in plan.variables
        for key, value in plan.values(family).items()
    }  # fmt: skip
    return [known.get(name, 0.0) for name in built.model.names]


def _answer(
    kind: str, case: Case, host: str, plans: Mapping[str, Plan], money: tuple[float, Terms]
) -> Answer:
    without, plan = plans[NOTHING], plans[kind]
    spent = _spent(kind, plan, *money)
    moved = host_kwpm(case, plan, host) - host_kwpm(case, without, host)
    return Answer(
        instrument=kind,
        spent_usd_bn=spent,
        other_aid_usd_bn=_other_aid(case, plan, host) - _other_aid(case, without, host),
        host_kwpm=host_kwpm(case, plan, host),
        moved_kwpm=moved,
        moved_jobs_thousand=host_jobs(case, plan, host) - host_jobs(case, without, host),
        value_usd_bn=plan.measures["npv_usd_bn"] - without.measures["npv_usd_bn"],
        usd_mn_per_kwpm=1000 * spent / moved if moved > FOUND else None,
        tolerance_usd_bn=max(p.info.bound - p.info.objective for p in (plan, without)),
    )


def _spent(kind: str, plan: Plan, spend: float, terms: Terms) -> float:
    """What the state pays for the instrument [USD bn]."""
    if kind in ("grant", "tax_credit"):
        return sum(x for (_, p, _), x in plan.values("grant").items() if p == NEW)
    given = sum(x for (_, q, _), x in plan.values("support").items() if q == NEW)
    if kind == "loan":
        return given * terms.loan_cost()
    if kind == "cluster":
        return given + spend * (1 - terms.sites_pct / 100)
    return spend


def _other_aid(case: Case, plan: Plan, host: str) -> float:
    """Grants and credits of the host's other programmes [USD bn]."""
    here = {i for i in case.ids("sites") if case.text("sites", i, "country") == host}
    return sum(x for (i, p, _), x in plan.values("grant").items() if i in here and p != NEW)


def _last(case: Case) -> int:
    h = case.scenario.horizon
    return h.start + (h.periods - 1) * h.years_per_period


def host_kwpm(case: Case, plan: Plan, host: str) -> float:
    """Capacity of a country in the last period [kwpm]."""
    return sum(
        x
        for (i, _, t), x in plan.values("cap").items()
        if t == _last(case) and case.text("sites", i, "country") == host
    )


def host_jobs(case: Case, plan: Plan, host: str) -> float:
    """People in fabs and new centres of a country in the last period [thousand]."""
    people = sum(
        x * sum(case.value(f"product.{q}_per_kwpm", k) for q in ("technicians", "engineers")) / 1000
        for (i, k, t), x in plan.values("cap").items()
        if t == _last(case) and case.text("sites", i, "country") == host
    )
    return people + sum(
        n * case.value("centre.headcount_thousand", r)
        for (i, r, _), n in plan.values("centre").items()
        if case.text("sites", i, "country") == host
    )
