"""From solver values to a plan: tidy variables, cash, rows with slack, measures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from planner.core.case import Case
from planner.core.plan import CASH_COLUMNS, Plan, SolveInfo
from planner.core.sets import Sets
from planner.model.assemble import Built
from planner.model.ledger import Ledger
from planner.model.lp import Model
from planner.model.matrix import by_rows
from planner.solve.tables import measured_tables, readable_tables
from planner.solve.tables_balance import balance_table

TINY = 1e-9


def extract(  # noqa: PLR0913 - two are named
    case: Case,
    built: Built,
    values: list[float],
    prices: list[float],
    info: SolveInfo,
    *,
    ledger: Ledger | None = None,
    brief: bool = False,
) -> Plan:
    """Assemble the plan. Integer columns are rounded, values below 1e-9 are dropped.

    ledger: the model's lines of money as arrays, if at hand. brief: without rows and without the
    tables that no measure needs.
    """
    model = built.model
    clean = [
        float(round(v)) if integer else (0.0 if abs(v) < TINY else v)
        for v, integer in zip(values, model.integer, strict=True)
    ]
    cash = cash_of(ledger or Ledger.of(model.money), built.sets, clean)
    plan = Plan(
        scenario=case.scenario.name,
        title=case.scenario.label,
        digest=case.digest,
        info=info,
        variables=variable_tables(model, clean),
        cash=cash,
        measures={},
        rows=pd.DataFrame() if brief else row_table(model, clean, prices),
    )
    tables = (measured_tables if brief else readable_tables)(plan, case, built.sets)
    measures = money_measures(plan, case, built.sets) | _plan_measures(tables, built.sets)
    for name, measure in model.measures.items():
        measures[name] = measure.constant + sum(a * clean[j] for j, a in measure.terms)
    balance = balance_table(measures, built.sets)
    if not balance.empty:
        tables["balance"] = balance
    return Plan(
        **{
            **{f: getattr(plan, f) for f in ("scenario", "title", "digest", "info", "variables")},
            "cash": cash,
            "rows": plan.rows,
            "measures": measures,
            "tables": tables,
        }
    )


def variable_tables(model: Model, values: list[float]) -> dict[str, pd.DataFrame]:
    """Family -> non-zero rows, key columns named as the family says."""
    found = {}
    for name, family in model.families.items():
        rows = [(*key, values[j]) for key, j in family.columns.items() if values[j] != 0.0]
        found[name] = pd.DataFrame(rows, columns=[*family.key_names, "value"])
    return found


def cash_table(model: Model, sets: Sets, values: list[float]) -> pd.DataFrame:
    """Every line of a model's money with its amount; lines of zero are dropped."""
    return cash_of(Ledger.of(model.money), sets, values)


def cash_of(ledger: Ledger, sets: Sets, values: list[float]) -> pd.DataFrame:
    """Every line of money with its amount; lines of zero are dropped."""
    chances = {(t, u.id): u.probability for t in sets.periods for u in sets.states[t]}
    amounts = ledger.amounts(np.array(values, dtype=float))
    at = np.flatnonzero(np.abs(amounts) >= TINY)
    some, amount = [ledger.lines[n] for n in at.tolist()], amounts[at]
    factor = np.array([line.factor for line in some], dtype=float)
    columns = (
        [line.concept for line in some],
        [line.item for line in some],
        ["|".join(map(str, line.key)) for line in some],
        [line.country for line in some],
        np.array([line.period for line in some], dtype=int),
        [line.state for line in some],
        np.array([1.0 if x.state == "all" else chances[x.period, x.state] for x in some]),
        [line.group for line in some],
        amount,
        factor,
        amount * factor,
    )
    frame = pd.DataFrame(dict(zip(CASH_COLUMNS, columns, strict=True)))
    pairs = zip(CASH_COLUMNS, columns, strict=True)
    text = [name for name, column in pairs if isinstance(column, list) and not column]
    return frame.astype(dict.fromkeys(text, object))  # a column of nothing would be numbers


def row_table(model: Model, values: list[float], prices: list[float]) -> pd.DataFrame:
    """Rule, key, slack (>= 0 when kept), whether it binds, and its price at the fixed integers."""
    activity = by_rows(model).activity(np.array(values, dtype=float))
    names, _, senses, rights = zip(*model.rows, strict=True) if model.rows else ((), (), (), ())
    sense, right = np.array(senses, dtype="U2"), np.array(rights, dtype=float)
    over = activity - right
    slack = np.select([sense == "<=", sense == ">="], [right - activity, over], -np.abs(over))
    price = np.zeros(len(right))
    price[: len(prices)] = prices[: len(price)]
    parts = [name[:-1].split("[", 1) for name in names]
    return pd.DataFrame(
        {
            "rule": [rule for rule, _ in parts],
            "key": [key for _, key in parts],
            "sense": list(senses),
            "right_hand_side": right,
            "slack": slack,
            "binding": (sense == "=") | (np.abs(slack) <= 1e-7 * np.maximum(1.0, np.abs(right))),
            "price_usd_bn": np.where(np.abs(price) < TINY, 0.0, price),
        }
    )


def value_by_future(
    cash: pd.DataFrame, sets: Sets, weights: Mapping[str, float]
) -> dict[str, float]:
    """Weighted net present value of each future, tail charge left out [USD bn]."""
    scaled = cash[cash["item"] != "risk.tail"].copy()
    scaled["worth"] = scaled["present_value_usd_bn"] * scaled["group"].map(dict(weights))
    sure = float(scaled.loc[scaled["future"] == "all", "worth"].sum())
    moving = (
        scaled[scaled["future"] != "all"].groupby(["period", "future"])["worth"].sum().to_dict()
    )
    return {
        s: sure + sum(float(moving.get((t, sets.state_of[s, t]), 0.0)) for t in sets.periods)
        for s in sets.futures
    }


GROUPS = ("revenue", "cost", "talent", "subsidy", "risk")


def expected_by_group(cash: pd.DataFrame) -> dict[str, float]:
    """Expected present value of each money group [USD bn]."""
    worth = cash["probability"] * cash["present_value_usd_bn"]
    sums = worth.groupby(cash["group"]).sum()
    return {g: float(sums.get(g, 0.0)) for g in GROUPS}


def tail_mean(values: Mapping[str, float], chances: Mapping[str, float], alpha: float) -> float:
    """Mean value over the worst 1 - alpha of the probability [USD bn]."""
    left, total = 1 - alpha, 0.0
    for s in sorted(values, key=lambda s: values[s]):
        taken = min(left, chances[s])
        total += taken * values[s]
        left -= taken
    return total / (1 - alpha)


def money_measures(plan: Plan, case: Case, sets: Sets) -> dict[str, float]:
    """Objective, value, tail and money groups."""
    cash, weights = plan.cash, case.scenario.weights
    groups = expected_by_group(cash)
    tail = float(cash.loc[cash["item"] == "risk.tail", "present_value_usd_bn"].sum())
    plain = value_by_future(cash, sets, dict.fromkeys(GROUPS, 1.0))
    alpha = float(case.scenario.concepts.get("risk", {}).get("alpha", 0.9))
    measures = {
        "objective_usd_bn": sum(weights.of(g) * v for g, v in groups.items()),
        "npv_usd_bn": sum(sets.futures[s] * v for s, v in plain.items()),
        "npv_tail_usd_bn": tail_mean(plain, sets.futures, alpha),
        "tail_charge_usd_bn": tail,
    }
    return measures | {f"{g}_usd_bn": v - (tail if g == "risk" else 0.0) for g, v in groups.items()}


def _plan_measures(tables: Mapping[str, pd.DataFrame], sets: Sets) -> dict[str, float]:
    """Figures a reader compares across scenarios."""
    sites, countries = tables["sites"], tables["countries"]
    abroad = countries[countries["role"] == "host"]
    measures = {
        "capex_overseas_usd_bn": float(abroad["capex_usd_bn"].sum()),
        "grants_usd_bn": float(tables["grants"]["amount_usd_bn"].sum()),
        "kwpm_overseas": float((abroad["existing_kwpm"] + abroad["new_kwpm"]).sum()),
        "kwpm_new_overseas": float(abroad["new_kwpm"].sum()),
        "kwpm_new_home": float(countries.loc[countries["role"] == "home", "new_kwpm"].sum()),
        "sites_new": float((sites["chosen"] & (sites["modules"] > 0)).sum()),
        "centres_new": float(len(tables["research"])),
        "countries_new": float((abroad["new_kwpm"] > 0).sum()),
    }
    capacity = tables["capacity"]
    last = capacity[(capacity["year"] == sets.periods[-1])]
    advanced = last[last["product"].isin(_advanced(sets))]
    total = float(advanced["kwpm"].sum())
    at_home = float(advanced.loc[advanced["country"].map(sets.role_of) == "home", "kwpm"].sum())
    measures["home_share_advanced_pct"] = 100 * at_home / total if total else 0.0
    served = float(tables["flows"]["wafers_mn"].sum())
    wanted = float(tables["demand"]["wafers_mn"].sum())
    measures["unserved_pct"] = 100 * (1 - served / wanted) if wanted else 0.0
    return measures


def _advanced(sets: Sets) -> tuple[str, ...]:
    """The three newest logic classes."""
    return tuple(sets.products[:3])
