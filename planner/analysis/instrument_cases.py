"""The same public money as five instruments: the case with each of them added.

grant      budget SPEND, a share RATE of outlay on fabs, paid as building goes on
credit     budget SPEND, the same share, paid a year after entry into service
loan       face value SPEND / COST, where COST = 1 - annuity(STATE) / annuity(LOAN) + LOSS
training   SPEND / HEAD more technicians and engineers over the horizon, in the host's pools
cluster    half of SPEND on preparing sites, half on power and water for them
The figures of `Terms` are our own (grade D) unless a source is named; every one can be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from planner.core.case import Case, Fact
from planner.core.discount import annuity
from planner.core.errors import InputError, Issue, did_you_mean

KINDS = ("grant", "tax_credit", "loan", "training", "cluster")
NEW = "what_if"
"""Id of the programme or instrument added."""
BUILT_SKILLS = ("technician", "engineer")


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms on which the money is given."""

    rate_pct: float = 35.0
    """Share of outlay a grant or credit pays; 35 is the US credit's rate [%]"""
    grant_lag_years: float = 2.0
    """From start of building to the middle of a grant's payment [years]"""
    credit_lag_years: float = 1.0
    """From entry into service to a credit's payment [years]"""
    loan_share_pct: float = 50.0
    """Highest loan as a share of outlay [%]"""
    loan_rate_pct: float = 3.0
    """Interest of the loan [%]"""
    market_rate_pct: float = 5.0
    """Interest the firm pays elsewhere [%]"""
    state_rate_pct: float = 4.2
    """Interest the state pays [%]"""
    loss_pct: float = 2.0
    """Expected loss on the loan [%]"""
    tenor_years: float = 15.0
    """Years of even repayment; US law allows up to 25 [years]"""
    head_cost_usd_thousand: float = 38.5
    """Training one person; USD 5 m for 130 posts (tsmc-apprentices-2024) [USD thousand]"""
    sites_pct: float = 50.0
    """Share of cluster money spent on preparing sites, the rest on power and water [%]"""
    power_usd_mn_per_mw: float = 1.0
    """Bringing one MW to a site [USD mn/MW]"""
    water_usd_mn_per_mld: float = 8.0
    """Bringing one ML a day; USD 144 m for a first fab in Phoenix [USD mn per ML/day]"""

    def loan_cost(self) -> float:
        """What a dollar lent costs the state [ratio]."""
        forgone = 1 - annuity(self.state_rate_pct / 100, self.tenor_years) / annuity(
            self.loan_rate_pct / 100, self.tenor_years
        )
        return max(0.0, forgone) + self.loss_pct / 100


def require_host(case: Case, host: str) -> None:
    """Raise InputError when a country is not a host of the case."""
    hosts = [c for c in case.ids("countries") if case.text("countries", c, "role") == "host"]
    if host not in hosts:
        hint = did_you_mean(host, hosts)
        raise InputError(
            [Issue("error", "E740", "--host", "", f"'{host}' is no host country", hint)]
        )


def with_instrument(case: Case, kind: str, host: str, spend: float, terms: Terms) -> Case:
    """The case with one instrument of that fiscal cost [USD bn].

    Raises InputError on an unknown kind, a country that is no host, or an amount below nothing.
    """
    require_host(case, host)
    if kind not in KINDS:
        text = f"unknown instrument '{kind}'"
        raise InputError(
            [Issue("error", "E741", "--instrument", "", text, did_you_mean(kind, KINDS))]
        )
    if spend < 0:
        raise InputError([Issue("error", "E742", "--spend", "", f"{spend:g} is below nothing")])
    if kind in ("grant", "tax_credit"):
        return _programme(case, kind, host, spend, terms)
    if kind == "loan":
        return _loan(case, host, spend, terms)
    return (_training if kind == "training" else _cluster)(case, host, spend, terms)


def _fact(name: str, entity: str, value: float, unit: str) -> Fact:
    table, parameter = name.split(".")
    note = "Assumed in a comparison of instruments"
    return Fact(
        table, entity, parameter, None, value, value, value, unit, "", "own-estimate", "D", note
    )  # fmt: skip


def _added(
    case: Case, register: str, row: Mapping[str, str], facts: Mapping[str, tuple[float, str]]
) -> Case:
    """The case with one more row of a register and its facts."""
    full = {"id": NEW, "name": "What if", "regions": "", "products": "", "legal_basis": "", **row}
    rows = {**case.registers.get(register, {}), NEW: full}
    made = [_fact(name, NEW, value, unit) for name, (value, unit) in facts.items()]
    return case.replace(
        registers={**case.registers, register: rows}, facts=_sorted((*case.facts, *made))
    )


def _sorted(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda f: (f.table, f.entity, f.parameter, f.period or 0)))


def _programme(case: Case, kind: str, host: str, spend: float, terms: Terms) -> Case:
    lag = terms.grant_lag_years if kind == "grant" else terms.credit_lag_years
    return _added(
        case,
        "programmes",
        {"country": host, "instrument": kind, "covers": "fab"},
        {
            "programme.rate_pct": (terms.rate_pct, "%"),
            "programme.budget_usd_bn": (spend, "USD bn"),
            "programme.payment_lag_years": (lag, "years"),
        },
    )


def _support_alone(case: Case) -> Case:
    """Support on; where the case leaves it off, without the data's own instruments."""
    chosen = dict(case.scenario.concepts)
    if not chosen.get("support", {}).get("on", False):
        kept = tuple(f for f in case.facts if f.table != "instrument")
        case = case.replace(registers={**case.registers, "instruments": {}}, facts=kept)
    chosen["support"] = {**chosen.get("support", {}), "on": True}
    return case.replace(scenario=case.scenario.with_(concepts=chosen))


def _loan(case: Case, host: str, spend: float, terms: Terms) -> Case:
    return _added(
        _support_alone(case),
        "instruments",
        {"country": host, "instrument": "loan", "covers": "fab"},
        {
            "instrument.share_pct": (terms.loan_share_pct, "%"),
            "instrument.budget_usd_bn": (spend / terms.loan_cost(), "USD bn"),
            "instrument.rate_pct": (terms.loan_rate_pct, "%"),
            "instrument.market_rate_pct": (terms.market_rate_pct, "%"),
            "instrument.tenor_years": (terms.tenor_years, "years"),
        },
    )


def _training(case: Case, host: str, spend: float, terms: Terms) -> Case:
    """More recruits a year in the host's pools, the same share of today's people everywhere."""
    pools = {p for p in case.ids("pools") if case.text("pools", p, "country") == host}
    spots = [(p, q) for p in sorted(pools) for q in BUILT_SKILLS]
    spots = [s for s in spots if case.has("pool.stock_thousand", *s)]
    total = sum(case.value("pool.stock_thousand", *s) for s in spots)
    h = case.scenario.horizon
    yearly = spend / terms.head_cost_usd_thousand * 1000 / (h.periods * h.years_per_period)
    more = {"|".join(s): 100 * yearly / total for s in spots if total}

    def raised(fact: Fact) -> Fact:
        extra = more.get(fact.entity, 0.0) if fact.parameter == "recruits_pct" else 0.0
        return _changed(fact, fact.value + extra)

    return case.replace(facts=tuple(raised(f) if f.table == "pool" else f for f in case.facts))


def _changed(fact: Fact, value: float) -> Fact:
    return replace(fact, value=value, low=min(fact.low, value), high=max(fact.high, value))


def _cluster(case: Case, host: str, spend: float, terms: Terms) -> Case:
    """Sites prepared at public cost, and more power and water at every site of the host."""
    land = spend * terms.sites_pct / 100
    prepared = _added(
        _support_alone(case),
        "instruments",
        {"country": host, "instrument": "land", "covers": "fab"},
        {"instrument.share_pct": (100.0, "%"), "instrument.budget_usd_bn": (land, "USD bn")},
    )
    sites = [i for i in case.ids("sites") if case.text("sites", i, "country") == host]
    half = (spend - land) / 2 / max(1, len(sites)) * 1000
    more = {
        "power_limit_mw": half / terms.power_usd_mn_per_mw,
        "water_limit_mld": half / terms.water_usd_mn_per_mld,
    }

    def raised(fact: Fact) -> Fact:
        if fact.table == "site" and fact.entity in sites and fact.parameter in more:
            return _changed(fact, fact.value + more[fact.parameter])
        return fact

    return prepared.replace(facts=tuple(raised(f) for f in prepared.facts))
