"""Standing mutation test: drop a rule where it binds, and somebody must notice.

For every rule there is a tiny case in which it binds. Without the rule either `verify` complains
about the plan or the optimum moves; else the rule, or its check, would be decoration.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from planner.core.case import Case
from planner.core.plan import SolveInfo
from planner.core.scenario import SolverSettings
from planner.model.assemble import Built, build_model
from planner.model.catalogue import concepts
from planner.model.lp import Model
from planner.solve import highs
from planner.solve.answer import Answer
from planner.solve.extract import extract
from planner.solve.verify import verify
from tests.concepts import test_spillover
from tests.concepts.test_contracts import promised
from tests.concepts.test_hardening import shaky
from tests.relaxed import relaxed
from tests.rich import rich
from tests.tiny import tiny

SETTINGS = SolverSettings(gap=0.0, time_limit=60, threads=1)


def hungry() -> Case:
    """More demand than land at home."""
    return rich({"demand.wafers_mn": {("US|N2", 2026): 3.0, ("US|N16", 2026): 1.0}})


def abroad() -> Case:
    """No land at home, no outbound rule: N2 wants to go abroad beside a centre."""
    return rich(
        {"site.room_modules": {"tw_a": 0}, "demand.wafers_mn": {("US|N2", 2026): 3.0}},
        concepts={"outbound": {"gap_generations": 0}},
    )


def opened() -> Case:
    """A site with capacity by opening, worth opening twice if that were allowed."""
    return tiny(
        {"opening.capacity_kwpm": {"us_a|N2": 10}, "site.room_modules": {"us_a": 0, "jp_a": 0}}
    )


def scarce() -> Case:
    """Too few people for the work there is."""
    return rich(
        {"demand.wafers_mn": {("US|N2", 2026): 3.0, ("US|N16", 2026): 1.0}},
        concepts={"talent": {"supply_scale": 0.45}},
    )


def dry() -> Case:
    """Little water and power."""
    limits = {"tw_a": 25, "us_a": 25, "jp_a": 25}
    return rich(
        {
            "demand.wafers_mn": {("US|N2", 2026): 3.0, ("US|N16", 2026): 1.0},
            "site.water_limit_mld": limits,
        }
    )


def dark() -> Case:
    """Little power."""
    limits = {"tw_a": 25, "us_a": 25, "jp_a": 25}
    return rich(
        {
            "demand.wafers_mn": {("US|N2", 2026): 3.0, ("US|N16", 2026): 1.0},
            "site.power_limit_mw": limits,
        }
    )


def capped() -> Case:
    """Project caps and budgets below what the rates would give."""
    return rich(
        {
            "programme.budget_usd_bn": {"jp_grant": 0.3},
            "programme.project_cap_usd_bn": {"us_credit": 0.2, "jp_grant": 0.25},
            "demand.wafers_mn": {("US|N2", 2026): 3.0, ("US|N16", 2026): 1.0},
        }
    )


def tight_budget() -> Case:
    """A national budget below the project cap."""
    return rich({"programme.budget_usd_bn": {"jp_grant": 0.1}}, concepts={"strings": {"on": False}})


def low_theta() -> Case:
    """All aid together limited below the programme's rate."""
    off = {"strings": {"on": False}, "support": {"on": False}}
    return rich({"country.aid_cumulation_pct": {"JP": 10}}, concepts=off)


def pinned() -> Case:
    """A fab in a dear country that only a pin brings."""
    return rich(sites={"pin": [{"site": "us_a", "product": "N16", "by": 2026}]})


def rewarding() -> Case:
    """A partner so good that opening a centre beside it twice would pay."""
    gain = {"partner.benefit_gain_pct": {"institute": 200}}
    return rich(gain, concepts={"research": {"benefit_scale": 20.0}})


def anchored() -> Case:
    """Half of what is advanced stays at home, though there is work for more abroad."""
    return _asked(home_share_pct=80)


def floors() -> Case:
    """A floor and a cap that both bite."""
    places = [{"where": "JP", "most_kwpm": 0}, {"where": "us_a", "least_kwpm": 30, "since": 2032}]
    return _asked(places=places)


def thrifty() -> Case:
    """Little money in a year."""
    return _asked(capex_usd_bn_per_year=1.3)


def homebound() -> Case:
    """No money abroad."""
    return _asked(abroad_usd_bn_per_year=0.1)


def crews() -> Case:
    """One building crew."""
    return _asked(projects=1)


def agreed() -> Case:
    """Most of what is sold must be made there."""
    return _agreed("hard")


def agreed_on_average() -> Case:
    """The same, kept over the states together."""
    return _agreed("expected")


def _agreed(mode: str) -> Case:
    floor = {"market": "US", "origins": ["US"], "start_year": 2026, "end_year": 2026}
    floors = [{**floor, "end_pct": 60, "mode": mode}]
    return rich(concepts={"agreements": {"floors": floors}})


def _asked(**limits: object) -> Case:
    demand = {"demand.wafers_mn": {("US|N2", 2026): 3.0, ("US|N16", 2026): 1.0}}
    options = {"outbound": {"gap_generations": 0}, "cocreation": {"near_generations": -1}}
    return rich(demand, concepts={**options, "limits": limits})


def idle() -> Case:
    """A promise to load a fab abroad that home would rather serve, and generous aid for it."""
    return rich(
        {
            "demand.wafers_mn": {("US|N2", 2026): 0.0, ("US|N16", 2026): 0.3},
            "site.room_modules": {"tw_a": 1, "us_a": 0},
            "lane.freight_usd_per_wafer": {"JP|US": 900},
            "string.utilisation_pct": {"jp_grant": 60},
            "string.clawback_pct": {"jp_grant": None},
        },
        sites={"pin": [{"site": "jp_a", "product": "N16"}, {"site": "tw_a", "product": "N16"}]},
    )


def breakable() -> Case:
    """The same promise, broken because demand goes; repaying part of the aid is cheaper."""
    return rich(
        {
            "demand.wafers_mn": {("US|N2", 2026): 0.0, ("US|N16", 2026): 0.3},
            "site.room_modules": {"tw_a": 1, "us_a": 0},
            "lane.freight_usd_per_wafer": {"JP|US": 9000},
            "string.clawback_pct": {"jp_grant": 20},
        },
        sites={"pin": [{"site": "jp_a", "product": "N16"}, {"site": "tw_a", "product": "N16"}]},
    )


def generous() -> Case:
    """Grant, loan and land together above what all aid may reach."""
    return rich(
        {"country.aid_cumulation_pct": {"JP": 36}},
        concepts={"strings": {"on": False}},
        sites={"pin": [{"site": "jp_a", "product": "N16"}]},
    )


def claimed() -> Case:
    """Rivals leave little of the national pot."""
    return rich({"claim.amount_usd_bn": {"jp_rival": 1.9}}, concepts={"strings": {"on": False}})


def concerned() -> Case:
    """Expansion in a country of concern forgone for aid elsewhere."""
    return rich(
        {
            "site.room_modules": {"tw_a": 0},
            "demand.wafers_mn": {("US|N2", 2026): 3.0},
            "programme.budget_usd_bn": {"jp_grant": 5},
        },
        concepts={"outbound": {"gap_generations": 0}, "cocreation": {"on": False}},
    )


def balanced(**ratios: float) -> Callable[[], Case]:
    """A floor or a ceiling on a trade balance ratio that the plan would miss."""
    return lambda: rich(concepts={"ratios": ratios})


def quota_rich() -> Case:
    """A US fab that earns more quota than there are imports."""
    return rich(
        {"quota.operating_ratio": {("s232", 2026): 20}},
        sites={"pin": [{"site": "us_a", "product": "N16", "by": 2026}]},
    )


def insisted() -> Case:
    """A fab that loses money, which the scenario wants bought all the same."""
    none = {"demand.wafers_mn": {("US|N2", 2026): 0.0, ("US|N16", 2026): 0.0}}
    return rich(none, concepts={"acquisition": {"insist": ["jp_line"]}})


def cheap_refit() -> Case:
    """A fab too dear to buy, beside modules whose capacity its free refit could lift instead."""
    return rich(
        {
            "target.price_usd_bn": {"jp_line": 20},
            "target.refit_usd_mn_per_kwpm": {"jp_line": 0},
            "target.refit_keeps_pct": {"jp_line": 100},
            "demand.wafers_mn": {("US|N2", 2026): 3.0, ("US|N16", 2026): 3.0},
        },
        concepts={"outbound": {"gap_generations": 0}},
        sites={"pin": [{"site": "jp_a", "product": "N16", "by": 2026}]},
    )


def partners(**ventures: float) -> Callable[[], Case]:
    """A firm short of capital beside partners who ask little."""

    def make() -> Case:
        facts = {f"venture.{name}": {"jp_club": value} for name, value in ventures.items()}
        return rich(
            {
                "finance.discount_rate_pct": {"firm": 12.0},
                "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 2},
                "demand.wafers_mn": {("US|N2", 2026): 0.24, ("US|N16", 2026): 3.0},
                "price.price_usd_per_wafer": {("N16", 2026): 20000.0},
                "venture.partner_rate_pct": {"jp_club": 0},
                **facts,
            }
        )

    return make


def old_lines() -> Case:
    """Lines in Japan that cost more to run than to close, beside a module nobody needs either."""
    return rich(
        {
            "existing.capacity_kwpm": {("jp_a|N16", 2026): 20},
            "closure.resale_pct": {"JP": 90},
            "demand.wafers_mn": {("US|N2", 2026): 0.24, ("US|N16", 2026): 0.0},
        },
        sites={"pin": [{"site": "jp_a", "product": "N16", "by": 2026}]},
    )


def greener(**options: object) -> Callable[[], Case]:
    """Green power or a limit on gas that the plan would not choose by itself."""
    return lambda: rich(concepts={"emissions": {"carbon_usd_per_t": 0.0, **options}})


def steady(value: float) -> dict[str, float]:
    return {"since": 2026, "value": value, "until": 2026, "last": value}


def kept_promises() -> Case:
    """A fab abroad that only a promise brings."""
    return promised(confidence_pct=95, fine_usd_per_wafer=10)


def one_park() -> Case:
    """A park that brings a little money: it would be laid in every period."""
    return rich({"park.cost_usd_bn": {"both": -0.001}})


def parked() -> Case:
    """Land that needs a park which costs more than it saves."""
    return rich(sites={"pin": [{"site": "jp_a", "product": "N16"}]},
                concepts={"parks": {"required": True}})  # fmt: skip


def crowded() -> Case:
    """Two sites of one region on one weak grid and one small river."""
    limits = {"us_a": 40, "jp_a": 40}
    made = rich(
        {
            "demand.wafers_mn": {("US|N2", 2026): 3.0, ("US|N16", 2026): 3.0},
            "site.power_limit_mw": limits,
            "site.water_limit_mld": limits,
        },
        concepts={"utilities": {"together_pct": 30}, "outbound": {"gap_generations": 0}},
    )
    registers = {n: {i: dict(r) for i, r in rows.items()} for n, rows in made.registers.items()}
    registers["sites"]["us_a"]["iso_3166_2"] = "JP-43"
    return made.replace(registers=registers)


def drier() -> Case:
    """The same with power enough."""
    made = crowded()
    grown = (replace(f, value=900.0) if f.parameter == "power_limit_mw" else f for f in made.facts)
    return made.replace(facts=tuple(grown))


def dimmer() -> Case:
    """The same with water enough."""
    made = crowded()
    grown = (replace(f, value=900.0) if f.parameter == "water_limit_mld" else f for f in made.facts)
    return made.replace(facts=tuple(grown))


def free_bracing() -> Case:
    """A site that would be hardened at once, and twice, if nothing stood against it."""
    return shaky(site_usd_bn=-0.001)


def unlinked() -> Case:
    """A fab that waits until it needs no link rather than pay for a pilot line."""
    frontier = {"frontier.rank": {("world", 2026): 8, ("world", 2028): 9}}
    dear = {"centre.capex_usd_bn": {"pilot": 50}}
    return test_spillover.case({**frontier, **dear}, **test_spillover.ON)


def roomy() -> Case:
    """One fab where two would stand, for a market a little larger than one makes."""
    facts = {
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 2},
        "demand.wafers_mn": {("US|N2", 2026): 0.25, ("US|N16", 2026): 0},
        "centre.yield_gain_pct": {"pilot": 2},
    }
    return test_spillover.case(facts, **test_spillover.ON)


def taught() -> Case:
    return test_spillover.school(**test_spillover.ON)


def comparable() -> Case:
    asked = {"limits": {"research_share_pct": 25}, "cocreation": {"on": False}}
    return test_spillover.case(test_spillover.FLOOR, **asked)


MADE_FOR: dict[Callable[[], Case], str] = {
    unlinked: "", roomy: "", taught: "",
    comparable: "capacity.build capacity.entry capacity.once capacity.prepared limits.research",
    kept_promises: "contracts.broken contracts.chance contracts.future",
    shaky: "", free_bracing: "hardening.added hardening.capacity hardening.once",
    one_park: "parks.once", parked: "parks.opened parks.required",
    drier: "utilities.region_water", dimmer: "utilities.region_power",
    rich: "clusters.tier emissions.power parks.laid quota.room research.steps risk.tail risk.value"
    " sales.supply subsidy.rate support.budget support.share talent.expat talent.need",
    hungry: "strings.duty upside.cash", abroad: "cocreation.unlock", opened: "capacity.room",
    scarce: "", dry: "utilities.water", dark: "utilities.power",
    capped: "subsidy.project", tight_budget: "subsidy.budget", low_theta: "subsidy.cumulation",
    pinned: "", rewarding: "research.once", anchored: "guardrail.ban limits.home",
    floors: "limits.most", thrifty: "limits.capex", homebound: "contracts.keep limits.abroad",
    crews: "limits.projects", agreed: "agreements.share",
    agreed_on_average: "agreements.expected", idle: "strings.utilisation",
    breakable: "strings.accept strings.clawback strings.contract", concerned: "acquisition.once",
    generous: "spillover.linked support.cumulation", claimed: "budgets.pot",
    greener(green_share_pct=steady(60)): "emissions.share",
    greener(cap_mt_per_year=steady(0.3)): "emissions.cap",
    quota_rich: "quota.imports sales.demand",
    balanced(technology_floor=0.7): "ratios.technology_floor",
    insisted: "acquisition.pin",
    cheap_refit: "acquisition.refit capacity.pin cocreation.centre spillover.capacity"
    " spillover.taught talent.short",
    old_lines: "retrofit.room", partners(transfer_pct=10.0): "joint_venture.appetite",
    partners(transfer_pct=2.0, premium_pct=200): "hardening.site joint_venture.return",
    balanced(technology_ceiling=0.4): "ratios.technology_ceiling",
    balanced(goods_floor=75.0): "ratios.goods_floor",
    balanced(goods_ceiling=40.0): "ratios.goods_ceiling",
}  # fmt: skip
"""Case -> the rules it was made for: those are asked there first, and of all others if need be."""
CASES = tuple(MADE_FOR)
STRENGTHENING = {"sales.link"}
"""Implied by other rules once integers are whole; they only tighten the relaxation."""


def best(model: Model) -> Answer:
    """A model's optimum, its integers fixed and its prices clean."""
    answer = highs.run(model, SETTINGS)
    if answer.values is None:
        return answer
    polished = highs.run(highs.fix_integers(model, answer.values), SETTINGS)
    assert polished.values is not None
    return polished


def holds(case: Case, built: Built, found: Answer) -> bool:
    """Whether verify accepts the plan."""
    assert found.values is not None
    info = SolveInfo("optimal", True, found.objective, found.objective, 0.0)
    return verify(extract(case, built, found.values, [], info), case) == ()


@cache
def held(number: int) -> tuple[Case, Built, float, list[float]]:
    """One of the cases, its programme, optimum and plan."""
    case = CASES[number]()
    built = build_model(case)
    found = best(built.model)
    assert found.values is not None
    assert holds(case, built, found), f"{CASES[number]}: the optimum itself does not verify"
    return case, built, found.objective, list(found.values)


def likely_first(rule: str) -> Iterator[int]:
    """The cases that have the rule: the one made for it, then those it hems in, then the rest."""
    made = [number for number, make in enumerate(CASES) if rule in MADE_FOR[make].split()]
    assert all(rule in slacks(number) for number in made), f"not made for {rule}"
    yield from made
    have = [number for number in range(len(CASES)) if rule in slacks(number)]
    yield from sorted(set(have) - set(made), key=lambda n: (slacks(n)[rule] > 1e-6, n))


@cache
def slacks(number: int) -> dict[str, float]:
    """Rule -> how near the plan of a case comes to it, for every rule it has."""
    _, built, _, values = held(number)
    nearest: dict[str, float] = {}
    for name, terms, _, right in built.model.rows:
        rule = name.split("[", 1)[0]
        slack = abs(sum(values[j] * a for j, a in terms) - right)
        nearest[rule] = min(nearest.get(rule, slack), slack)
    return nearest


def without(model: Model, rule: str) -> Model:
    """The model without one rule; unlimited columns get a limit so that it stays bounded."""
    copy = Model(model.name)
    copy.__dict__.update(model.__dict__)
    copy.rows = [row for row in model.rows if row[0].split("[", 1)[0] != rule]
    copy.high = [1e4 if h is None else h for h in model.high]
    copy.low = [-1e4 if low is None else low for low in model.low]
    return copy


def all_rules() -> list[str]:
    found = set()
    for make in (
        rich,
        pinned,
        anchored,
        floors,
        thrifty,
        homebound,
        crews,
        agreed,
        agreed_on_average,
        parked,
        crowded,
        insisted,
        cheap_refit,
        comparable,
    ):
        found |= {r for r, rule in build_model(make()).model.rules.items() if rule.rows}
    return sorted(found - STRENGTHENING | {"capacity.pin", "subsidy.project"})


def test_every_concept_with_rules_is_covered() -> None:
    covered = {rule.split(".")[0] for rule in all_rules()}
    none = {
        "outbound",
        "fair_value",
        "costs",
        "production",
        "trade",
        "finance",
        "milestones",
        "training",
    }
    assert covered == {c.name for c in concepts()} - none


@pytest.mark.parametrize("rule", all_rules())
def test_a_dropped_rule_is_noticed(rule: str) -> None:
    for number in likely_first(rule):
        case, built, before, _ = held(number)
        model = without(built.model, rule)
        after = best(model)
        if after.values is None or abs(after.objective - before) > 1e-6 * max(1.0, abs(before)):
            return
        if not holds(case, replace(built, model=model), after):
            return
    pytest.fail(f"nobody noticed that {rule} is gone")


def test_strong_links_tighten_the_relaxation() -> None:
    """With fixed costs, per-lane links give a smaller bound than capacity rows alone."""
    facts = {
        "opening.capacity_kwpm": {"us_a|N2": 100, "jp_a|N2": 100},
        "site.room_modules": {"tw_a": 0, "us_a": 0, "jp_a": 0},
        "site.site_cost_usd_bn": {"us_a": 5, "jp_a": 6},
        "lane_site.cost_usd_per_wafer": {"us_a|US": 1, "jp_a|US": 2, "tw_a|US": 3},
    }
    built = build_model(tiny(facts))
    bounds = [
        highs.run(relaxed(model), SETTINGS).objective
        for model in (built.model, without(built.model, "sales.link"))
    ]
    assert built.model.rules["sales.link"].rows
    assert bounds[0] < bounds[1] - 1e-6
