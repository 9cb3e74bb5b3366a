"""Strings: aid with conditions is taken only when a project accepts them, and then they bind.

    strings.accept[i,p]           sum(grant[i,p,t], t) <= MOST[i,p] * accept[i,p]          [USD bn]
    strings.accept[i,p,stop]      sum(stop[i,p,t], t) <= accept[i,p]                    [contracts]
    strings.contract[i,p,k,t]     contract[i,p,k,t] >= sum(USABLE * SIZE[k] * modules[i,k,o,v])
                                    - WHOLE * (1 - accept[i,p] + sum(stop[i,p,v], v <= t))   [kwpm]
    strings.duty[i,p,k,t]         duty[i,k,t] >= UTILISATION[p] * contract[i,p,k,t]          [kwpm]
    strings.utilisation[g,k,t,u]  sum(ship[g,m,k,t,u], m)
                                    >= W * UTIL[k] * sum(AVAIL[i,k,t,u] * duty[i,k,t], i in g)
                                                                                 [mn wafers/y]
    strings.clawback[i,p,t]       repay[i,p,t] >= CLAWBACK[p] * sum(DUE[p,v,t] * grant[i,p,v], v)
                                    - MOST * DUE * (1 - stop[i,p,t])                       [USD bn]
Under contract are the modules the programme covers, for YEARS[p] from their first wafers (to the
end of the horizon when YEARS is 0), if aid is accepted and the contract was not broken. Sites of a
group ship as one, so the floor on loading stands on the group; it can be met there exactly when
each site can meet its own. An outage excuses what it destroys. Breaking the contract (stop) frees
the site and costs CLAWBACK with interest (DUE) on all aid of the project; without a share in the
data it may not be broken. A firm that does not control a fab cannot promise its production.
Off by default.
Sources: fact tables `string`, `programme`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from planner.core import aid, discount
from planner.core.case import CaseView
from planner.core.contract import READS as CONTRACT_READS
from planner.core.contract import Deal, Pair, deals, due, full_rate, running, term
from planner.core.errors import Issue
from planner.core.options import Options as Base
from planner.core.plan import Plan
from planner.core.sets import Column
from planner.model.lp import Model, Row

AFTER = ("capacity", "sales", "subsidy")
RESTS_ON = ("subsidy",)
NEEDS = ("string", "programme")
READS = (
    *discount.READS,
    *aid.READS,
    *CONTRACT_READS,
    "string.utilisation_pct",
    "string.upside_share_pct",
)

TOLERANCE = 1e-6


class Options(Base):
    """Knobs of the strings."""

    on: bool = False
    """Whether conditions of aid are modelled; otherwise aid comes without any [yes/no]"""
    utilisation_pct: Annotated[float, Field(ge=0, le=100)] | None = None
    """Least loading of capacity under contract, every programme; empty = the data's [%]"""
    uncontrolled: tuple[str, ...] = ()
    """Sites where the firm does not control the fab and can promise no production [list]"""


def share(case: CaseView, opt: Options, p: str) -> float:
    """Least loading of capacity under contract, as a fraction."""
    if opt.utilisation_pct is not None:
        return opt.utilisation_pct / 100
    return case.value("string.utilisation_pct", p) / 100


def acceptable(case: CaseView, opt: Options, i: str, p: str) -> bool:
    """Whether the firm can promise what the programme asks at a site."""
    return not (term(case, p) and i in opt.uncontrolled)


def build(m: Model, case: CaseView, opt: Options) -> None:
    """Create accept, stop, contract, duty, repay and their rules; book repayments and delays."""
    found = deals(case, [(str(i), str(p), int(t)) for i, p, t in m.family("grant").columns])
    free = {pair: float(acceptable(case, opt, *pair)) for pair in found}
    accept = m.variables("accept", found, index="site,programme", unit="projects", kind="binary")
    for pair, column in accept.columns.items():
        m.high[column] = free[str(pair[0]), str(pair[1])]
    grants: dict[Pair, list[tuple[int, int]]] = {}
    for (i, p, t), column in m.family("grant").columns.items():
        grants.setdefault((str(i), str(p)), []).append((int(t), column))
    stops = [
        (*pair, t)
        for pair in found
        if case.has("string.clawback_pct", pair[1]) and _burdens(case, opt, pair[1])
        for t in case.sets.periods
    ]
    m.variables("stop", stops, index="site,programme,period", unit="contracts", kind="binary")
    m.require(
        "strings.accept",
        _accept_rows(m, found, grants),
        unit="USD bn",
        why="aid only with its conditions",
    )
    _contracts(m, case, opt, found)
    _clawback(m, case, found, grants)


def _accept_rows(
    m: Model, found: dict[Pair, Deal], grants: dict[Pair, list[tuple[int, int]]]
) -> Iterator[Row]:
    accept = m.family("accept")
    broken: dict[Pair, list[tuple[int, float]]] = {}
    for (i, p, _), column in m.family("stop").columns.items():
        broken.setdefault((str(i), str(p)), []).append((column, 1.0))
    for pair, deal in found.items():
        drawn = [(j, 1.0) for _, j in grants[pair]]
        yield pair, [*drawn, (accept[pair], -deal.most)], "<=", 0.0
        if pair in broken:
            yield (*pair, "stop"), [*broken[pair], (accept[pair], -1.0)], "<=", 0.0


def _burdens(case: CaseView, opt: Options, p: str) -> bool:
    """Whether a programme asks something of the capacity it paid for."""
    return share(case, opt, p) > 0 or case.value("string.upside_share_pct", p) > 0


def _contracts(m: Model, case: CaseView, opt: Options, found: dict[Pair, Deal]) -> None:
    """Capacity under contract, what of it must be loaded, and the floor on shipments."""
    spots = {
        (*pair, k, t): kwpm
        for pair, deal in found.items()
        if _burdens(case, opt, pair[1])
        for (k, t), kwpm in deal.whole.items()
    }
    contract = m.variables(
        "contract", spots, index="site,programme,product,period", unit="kwpm", high=spots
    )
    loaded = {s: share(case, opt, s[1]) for s in spots if share(case, opt, s[1]) > 0}
    duties = dict.fromkeys((i, k, t) for i, _, k, t in loaded)
    duty = m.variables("duty", duties, index="site,product,period", unit="kwpm")
    accept, stop, modules = m.family("accept"), m.family("stop"), m.family("modules")

    def rows() -> Iterator[Row]:
        for spot, whole in spots.items():
            i, p, k, t = spot
            built = [(modules[c], -kwpm) for c, kwpm in found[i, p].terms[k, t]]
            stopped = [
                (j, whole)
                for v in case.sets.periods
                if v <= t and (j := stop.get((i, p, v))) is not None
            ]
            terms = [(contract[spot], 1.0), *built, (accept[i, p], -whole), *stopped]
            yield spot, terms, ">=", -whole

    m.require("strings.contract", rows(), unit="kwpm", why="what is under contract")
    m.require(
        "strings.duty",
        (
            (s, [(duty[s[0], s[2], s[3]], 1.0), (contract[s], -part)], ">=", 0.0)
            for s, part in loaded.items()
        ),
        unit="kwpm",
        why="what must be loaded",
    )
    m.require(
        "strings.utilisation",
        _utilisation_rows(m, case),
        unit="mn wafers/year",
        why="production promised",
    )


def _utilisation_rows(m: Model, case: CaseView) -> Iterator[Row]:
    sold: dict[tuple[str, str, int, str], list[tuple[int, float]]] = {}
    for key, column in m.families["ship"].columns.items() if "ship" in m.families else ():
        made = (str(key[0]), str(key[2]), int(key[3]), str(key[4]))
        sold.setdefault(made, []).append((column, 1.0))
    by_group: dict[tuple[str, str, int], list[tuple[str, int]]] = {}
    for key, column in m.family("duty").columns.items():
        spot = (case.sets.group_of(str(key[0])), str(key[1]), int(key[2]))
        by_group.setdefault(spot, []).append((str(key[0]), column))
    for (g, k, t), members in by_group.items():
        for u in case.sets.states[t]:
            asked = [(j, -full_rate(case, k) * u.available.get((i, k), 1.0)) for i, j in members]
            yield (g, k, t, u.id), [*sold.get((g, k, t, u.id), []), *asked], ">=", 0.0


def _clawback(
    m: Model,
    case: CaseView,
    found: dict[Pair, Deal],
    grants: dict[Pair, list[tuple[int, int]]],
) -> None:
    stop = m.family("stop")
    repay = m.variables("repay", stop.columns, index="site,programme,period", unit="USD bn")

    def rows() -> Iterator[Row]:
        for (i, p, t), column in stop.columns.items():
            pair, when = (str(i), str(p)), int(t)
            owed = [(j, -due(case, pair[1], v, when)) for v, j in grants[pair]]
            most = found[pair].most * max(-a for _, a in owed)
            yield (i, p, t), [(repay[i, p, t], 1.0), *owed, (column, -most)], ">=", -most

    m.require("strings.clawback", rows(), unit="USD bn", why="aid is repaid")
    for (i, p, t), column in repay.columns.items():
        m.cost(
            "strings.clawback",
            (i, p),
            terms=[(column, -1.0)],
            period=int(t),
            factor=discount.over(case, int(t)),
            group="subsidy",
            country=case.sets.country_of[str(i)],
        )


def check(plan: Plan, case: CaseView, opt: Options) -> Iterator[Issue]:
    """Every condition again, from decisions."""
    accepted = {pair for pair, yes in plan.values("accept").items() if yes > 0.5}
    yield from _check_accepted(plan, case, opt, accepted)
    contract, duty = plan.values("contract"), plan.values("duty")
    for spot, kwpm in _built(plan, case, opt, accepted).items():
        i, p, k, t = spot
        if contract.get(spot, 0.0) < kwpm - TOLERANCE * kwpm:
            yield _issue("contract", spot, f"{kwpm:.6g} kwpm are under contract")
        asked = kwpm * share(case, opt, p)
        if duty.get((i, k, t), 0.0) < asked - TOLERANCE * asked:
            yield _issue("duty", spot, f"{asked:.6g} kwpm must be loaded")
    yield from _check_utilisation(plan, case)
    grants, repaid = plan.values("grant"), plan.values("repay")
    for (i, p, t), yes in plan.values("stop").items():
        owed = sum(due(case, p, v, t) * x for (j, q, v), x in grants.items() if (j, q) == (i, p))
        paid = repaid.get((i, p, t), 0.0)
        if yes > 0.5 and paid < owed - TOLERANCE * max(1.0, owed):
            yield _issue("clawback", (i, p, t), f"repays {paid:.6g} of {owed:.6g} USD bn")


def _check_accepted(
    plan: Plan, case: CaseView, opt: Options, accepted: set[Pair]
) -> Iterator[Issue]:
    """No aid without acceptance, and nothing accepted that cannot be promised."""
    strung = set(case.entities("string.production_years"))
    for (i, p, t), got in plan.values("grant").items():
        if p in strung and got > TOLERANCE and (i, p) not in accepted:
            yield _issue("accept", (i, p, t), f"{got:.6g} USD bn without accepting conditions")
    for i, p in sorted(accepted):
        if not acceptable(case, opt, i, p):
            yield _issue("accept", (i, p), "promises the production of a fab it does not control")
    for i, p, t in plan.values("stop"):
        if (i, p) not in accepted:
            yield _issue("accept", (i, p, "stop"), f"breaks in {t} what was never promised")


def _built(
    plan: Plan, case: CaseView, opt: Options, accepted: set[Pair]
) -> dict[tuple[str, str, str, int], float]:
    """(site, programme, class, period) -> kwpm under contract through the modules begun."""
    broken: dict[Pair, int] = {}
    for (i, p, t), yes in plan.values("stop").items():
        if yes > 0.5:
            broken[i, p] = min(t, broken.get((i, p), t))
    found: dict[tuple[str, str, str, int], float] = {}
    for column, n in plan.values("modules").items():
        spot: Column = (column[0], column[1], column[2], column[3])
        body = (("modules", spot, 0.0), case.sets.vintages[spot].service)
        for pair in (q for q in accepted if q[0] == spot[0] and _burdens(case, opt, q[1])):
            if not aid.covers(case, pair[1], spot[0], spot[3], body):
                continue
            for t, kwpm in running(case, pair[1], spot).items():
                if t < broken.get(pair, case.sets.end):
                    key = (*pair, spot[1], t)
                    found[key] = found.get(key, 0.0) + n * kwpm
    return found


def _check_utilisation(plan: Plan, case: CaseView) -> Iterator[Issue]:
    """Every group ships what its sites promised."""
    sold: dict[tuple[str, str, int, str], float] = {}
    for (g, _, k, t, u), volume in plan.values("ship").items():
        sold[g, k, t, u] = sold.get((g, k, t, u), 0.0) + volume
    asked: dict[tuple[str, str, int, str], float] = {}
    for (i, k, t), kwpm in plan.values("duty").items():
        for u in case.sets.states[t]:
            spot = (case.sets.group_of(i), k, t, u.id)
            wafers = full_rate(case, k) * u.available.get((i, k), 1.0) * kwpm
            asked[spot] = asked.get(spot, 0.0) + wafers
    for spot, wafers in asked.items():
        if sold.get(spot, 0.0) < wafers - TOLERANCE * max(1.0, wafers):
            yield _issue("utilisation", spot, f"ships {sold.get(spot, 0.0):.6g} of {wafers:.6g}")


def money(plan: Plan, case: CaseView, opt: Options) -> Iterator[tuple[str, int, str, float]]:
    """Repayments again."""
    for (_, _, t), paid in plan.values("repay").items():
        yield "strings.clawback", t, "all", -paid


def _issue(rule: str, key: tuple[object, ...], text: str) -> Issue:
    where = f"strings.{rule}[{','.join(str(part) for part in key)}]"
    return Issue("error", "V121", where, "", text)
