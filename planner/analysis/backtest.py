"""Backtest: whether the planner would have chosen what firms chose, on what was known then.

For each decision the case is frozen in its month and the outcome hidden. The announced project is
put at every candidate in turn, all else abroad left out and the home plans as announced:

    V[i]   best value with the project at i     N   best value without any             [USD bn]
    rank of the true site     1 + number of candidates with more value (ties halve)
    value gap                 max(V) - V[true]                                          [USD bn]
    built?                    max(V) > N, to hold against decisions not to build
Baselines order the same candidates by one account alone: running and building cost, public money,
people within reach; and at random. Uncertainty: bootstrap over decisions, seeded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.analysis.backtest_weights import nearest
from planner.analysis.bench import Say, quiet
from planner.analysis.freezing import frozen
from planner.analysis.weights_box import NAMES
from planner.core.case import Case
from planner.inputs.decisions import Decision, Known
from planner.model.assemble import Built, build_model
from planner.solve.extract import cash_table, expected_by_group
from planner.solve.variant import Bounds, NewRow, Variant, search, varied

PACKAGING = "PKG"
"""The class that has no generation to be off by."""
GAP, SECONDS = 1e-4, 30.0
FREE_SECONDS = 20.0
TIE_USD_BN = 1e-6
FAMILY = {"fab": "modules", "buy": "buy", "centre": "centre"}
PERIODS = 5
"""Ten years at two years a period, enough to see a fab built, filled and paid for the most part."""


@dataclass(frozen=True)
class Tried:
    """The project at one candidate: its value and the accounts behind it [USD bn]."""

    place: str
    country: str
    value: float
    accounts: Mapping[str, float]
    people_thousand: float


def backtest(
    decisions: Sequence[tuple[Decision, Case]], known: Sequence[Known], say: Say | None = None
) -> list[dict[str, Any]]:
    """One row of figures per decision."""
    tell = say or quiet
    rows = []
    for n, (decision, case) in enumerate(decisions, start=1):
        tell(f"{n} of {len(decisions)}: {decision.title}")
        rows.append(one(decision, case, known))
    return rows


def one(decision: Decision, case: Case, known: Sequence[Known]) -> dict[str, Any]:
    """Figures of one decision. The outcome is looked at after the candidates are valued."""
    ready, taken_out = frozen(prepared(case, decision), known, decision.announced)
    built = build_model(ready)
    tried, nothing = candidates(built, ready, decision)
    free = free_choice(built, max(tried, key=lambda x: x.value).place, decision)
    return {
        "decision": decision.id,
        "title": decision.title,
        "announced": decision.announced,
        "kind": decision.kind,
        "outcome": decision.outcome,
        "source": decision.source,
        "grade": decision.grade,
        "note": decision.note,
        "taken_out": list(taken_out),
        **scored(decision, tried, nothing),
        **_errors(ready, decision, free),
    }


def prepared(case: Case, decision: Decision) -> Case:
    """The decision's scenario for ten years, its own site open to it.

    The planner's own view that frontier fabs need a centre beside them is left out.
    """
    scenario = case.scenario
    concepts = {name: dict(options) for name, options in scenario.concepts.items()}
    concepts["cocreation"] = {**concepts.get("cocreation", {}), "on": False}
    if decision.kind == "buy":
        concepts["acquisition"] = {**concepts.get("acquisition", {}), "on": True}
    horizon = {**scenario.horizon.model_dump(), "periods": min(PERIODS, scenario.horizon.periods)}
    closed = [i for i in scenario.sites.forbid if i != decision.site]
    made = scenario.with_(concepts=concepts, horizon=horizon, stages=(), sites={"forbid": closed})
    return case.replace(scenario=made)


def candidates(built: Built, case: Case, decision: Decision) -> tuple[list[Tried], float]:
    """Value with the project at every place that can carry it, and without it."""
    model, sets = built.model, built.sets
    begun = [
        (name, key, column)
        for name in FAMILY.values()
        for key, column in (model.families[name].columns.items() if name in model.families else ())
    ]
    shut: dict[int, Bounds] = {column: (0.0, 0.0) for _, _, column in begun}
    nothing = _value(built, Variant(bounds=shut))
    assert nothing is not None, "without any project there is always a plan"
    tried = []
    for place, columns in _places(built, decision).items():
        site = str(next(key for n, key, c in begun if c == columns[0])[0])
        if sets.role_of[sets.country_of[site]] == "home":
            continue
        number = 1.0 if decision.kind != "fab" else _modules(case, decision, built, columns)
        open_ = {c: b for c, b in shut.items() if c not in columns}
        row: NewRow = ("project", [(c, 1.0) for c in columns], "=", number)
        found = _value(built, Variant(rows=(row,), bounds=open_))
        if found is not None:
            people = _people(case, site)
            tried.append(Tried(place, sets.country_of[site], found[0], found[1], people))
    return tried, nothing[0]


def _places(built: Built, decision: Decision) -> dict[str, list[int]]:
    """Place -> columns that begin the project there as early as that can be."""
    found: dict[str, dict[int, list[int]]] = {}
    for key, column in built.model.families[FAMILY[decision.kind]].columns.items():
        what = key[2] if decision.kind == "buy" else key[1]
        if decision.kind == "buy" or what == decision.product:
            place = str(what if decision.kind == "buy" else key[0])
            found.setdefault(place, {}).setdefault(int(key[-1]), []).append(column)
    return {place: by_year[min(by_year)] for place, by_year in sorted(found.items())}


def _modules(case: Case, decision: Decision, built: Built, columns: list[int]) -> float:
    """Modules nearest to the announced size, at most what the site can carry."""
    wanted = max(1, round(decision.kwpm / case.value("product.module_kwpm", decision.product)))
    top = max(float(built.model.high[c] or wanted) for c in columns)
    return float(min(wanted, top))


def _value(built: Built, variant: Variant) -> tuple[float, dict[str, float]] | None:
    answer = search(varied(built.model, variant), GAP, SECONDS)
    if answer is None or answer.values is None:
        return None
    clean = [0.0 if abs(v) < 1e-9 else v for v in answer.values]
    return answer.objective, expected_by_group(cash_table(built.model, built.sets, clean))


def _people(case: Case, site: str) -> float:
    """Engineers and technicians of the region that the firm can reach [thousand]."""
    view, pool = case, case.text("sites", site, "pool")
    return sum(
        view.value("pool.stock_thousand", f"{pool}|{skill}")
        * view.value("pool.accessible_pct", f"{pool}|{skill}")
        / 100
        for skill in ("engineer", "technician")
    )


def scored(decision: Decision, tried: Sequence[Tried], nothing: float) -> dict[str, Any]:
    """Ranks and hits of the planner and of the baselines; weights that explain the true site."""
    best = max(tried, key=lambda x: (x.value, x.place))
    mine = next((x for x in tried if x.place == decision.site), None)
    orders = {
        "planner": {x.place: x.value for x in tried},
        "cheapest": {x.place: x.accounts["cost"] + x.accounts["talent"] for x in tried},
        "subsidy": {x.place: x.accounts["subsidy"] for x in tried},
        "talent": {x.place: x.people_thousand for x in tried},
    }
    ranks = {
        name: None if mine is None else _rank(order, mine.place) for name, order in orders.items()
    }
    country = None if mine is None else mine.country
    share = sum(x.country == country for x in tried) / len(tried)
    found: dict[str, Any] = {
        "candidates": len(tried),
        "best": best.place,
        "best_country": best.country,
        "true_country": country,
        "built_predicted": best.value > nothing,
        "best_over_nothing_usd_bn": best.value - nothing,
        "gap_usd_bn": None if mine is None else best.value - mine.value,
        "weights": None,
        "change": None,
    }
    for name, rank in ranks.items():
        found[f"rank_{name}"] = rank
        found[f"hit_{name}"] = None if mine is None else _hit(orders[name], tried, country)
    found["rank_random"] = None if mine is None else (len(tried) + 1) / 2
    found["hit_random"] = None if mine is None else share
    if mine is not None:
        now = dict.fromkeys(NAMES, 1.0)
        cuts = [x.accounts for x in tried if x.place != mine.place]
        weights = nearest(now, mine.accounts, cuts, allow=TIE_USD_BN)
        found["weights"] = weights
        if weights is not None:
            found["change"] = sum(abs(w - 1.0) for w in weights.values())
    return found


def _rank(order: Mapping[str, float], place: str) -> float:
    """Rank of a place, 1 = most; equals share their ranks."""
    mine = order[place]
    above = sum(v > mine + TIE_USD_BN for p, v in order.items() if p != place)
    level = sum(abs(v - mine) <= TIE_USD_BN for p, v in order.items() if p != place)
    return 1 + above + level / 2


def _hit(order: Mapping[str, float], tried: Sequence[Tried], country: str | None) -> float:
    """Share of the top places (more than one on a tie) that lie in the true country."""
    top = max(order.values())
    first = [x for x in tried if order[x.place] >= top - TIE_USD_BN]
    return sum(x.country == country for x in first) / len(first)


def free_choice(built: Built, place: str, decision: Decision) -> dict[str, float]:
    """Class -> capacity the planner itself would begin at its best site in the first years."""
    if decision.kind != "fab":
        return {}
    family = built.model.families["modules"]
    first = min(int(k[-1]) for k in family.columns if k[0] == place)
    mine = {c: k for k, c in family.columns.items() if k[0] == place and int(k[-1]) == first}
    shut: dict[int, Bounds] = {
        c: (0.0, 0.0)
        for name in FAMILY.values()
        if name in built.model.families
        for c in built.model.families[name].columns.values()
        if c not in mine
    }
    answer = search(varied(built.model, Variant(bounds=shut)), 1e-3, FREE_SECONDS)
    found: dict[str, float] = {}
    if answer is not None and answer.values is not None:
        for column, key in mine.items():
            if answer.values[column] > 0.5:
                found[str(key[1])] = found.get(str(key[1]), 0.0) + round(answer.values[column])
    return found


def _errors(case: Case, decision: Decision, free: Mapping[str, float]) -> dict[str, Any]:
    """How far class and size of the planner's own choice lie from the announced ones."""
    view = case
    kwpm = {k: n * view.value("product.module_kwpm", k) for k, n in free.items()}
    if not kwpm:
        return {"own_class": "", "own_kwpm": 0.0, "node_error": None, "size_error_pct": None}
    main = max(sorted(kwpm), key=lambda k: kwpm[k])
    fab = main != PACKAGING
    rank = view.value("product.rank", main) - view.value("product.rank", decision.product)
    return {
        "own_class": main,
        "own_kwpm": sum(kwpm.values()),
        "node_error": rank if fab else None,
        "size_error_pct": 100 * (sum(kwpm.values()) / decision.kwpm - 1) if decision.kwpm else None,
    }
