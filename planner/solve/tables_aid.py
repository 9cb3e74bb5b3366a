"""The tables of aid with conditions: what was promised, and support besides grants."""

from __future__ import annotations

import pandas as pd

from planner.core.case import Case
from planner.core.plan import Plan


def aid_tables(plan: Plan, case: Case) -> dict[str, pd.DataFrame]:
    """Tables of the concepts strings and support; none where they take no part."""
    tables = {}
    if "accept" in plan.variables:
        tables["contracts"] = contracts_table(plan, case)
    if "support" in plan.variables:
        tables["support"] = support_table(plan, case)
    return tables


def contracts_table(plan: Plan, case: Case) -> pd.DataFrame:
    """Conditions accepted: aid drawn, production promised, and what breaking it cost."""
    broken = {(i, p): t for (i, p, t), yes in plan.values("stop").items() if yes > 0.5}
    repaid, drawn = plan.values("repay"), plan.values("grant")
    rows = []
    for (i, p), yes in plan.values("accept").items():
        aid = sum(x for (j, q, _), x in drawn.items() if (j, q) == (i, p))
        if yes < 0.5 or aid <= 0:
            continue
        most = max((x for (j, q, *_), x in plan.values("contract").items() if (j, q) == (i, p)),
                   default=0.0)  # fmt: skip
        back = sum(x for (j, q, _), x in repaid.items() if (j, q) == (i, p))
        years = case.value("string.production_years", p)
        rows.append(
            (i, case.name("sites", i), case.text("sites", i, "country"), p,
             case.name("programmes", p), aid, years, most, broken.get((i, p)), back)
        )  # fmt: skip
    columns = (
        "site,name,country,programme,programme_name,amount_usd_bn,production_years,"
        "largest_contract_kwpm,broken_year,repaid_usd_bn"
    )
    return pd.DataFrame(rows, columns=columns.split(","))


def support_table(plan: Plan, case: Case) -> pd.DataFrame:
    """Loans, guarantees, training aid and land taken, at face value."""
    rows = [
        (i, case.name("sites", i), case.text("sites", i, "country"), q,
         case.name("instruments", q), case.text("instruments", q, "instrument"), t, amount)
        for (i, q, t), amount in plan.values("support").items()
        if amount > 1e-6
    ]  # fmt: skip
    columns = "site,name,country,programme,programme_name,instrument,year,face_value_usd_bn"
    return pd.DataFrame(rows, columns=columns.split(","))
