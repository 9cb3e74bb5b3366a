"""Scorecards as tables of the report: the firm, the home economy by period, every host."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd

from planner.analysis.scorecards import scorecards
from planner.core.case import Case
from planner.core.plan import Plan
from planner.outputs import formats
from planner.outputs.report_tables import TableView, view


def card_tables(plan: Plan, case: Case) -> list[TableView]:
    """Tables of the three scorecards; none for a case without countries."""
    if not case.ids("countries"):
        return []
    cards = scorecards(plan, case)
    home = pd.DataFrame([asdict(y) for y in cards.home])
    hosts = pd.DataFrame([asdict(h) for h in cards.hosts])
    if len(hosts):
        hosts["new_jobs"] = [_jobs(row) for row in hosts["jobs_thousand"]]
    made = [
        view(
            pd.DataFrame([asdict(cards.firm)]),
            case,
            (
                "card-firm",
                "Scorecard of the firm",
                "Payback: when the new fabs abroad have earned what they cost, after aid, before "
                "tax, not discounted. The margin is before write-offs.",
            ),
            "npv_usd_bn,npv_tail_usd_bn,capex_abroad_usd_bn,payback_year,cash_gross_margin_pct",
        ),
        view(
            home,
            case,
            (
                "card-home",
                "Scorecard of the home economy",
                "Jobs are all posts in fabs and centres at home; royalties and fees are received.",
            ),
            "year,advanced_home_share_pct,home_kwpm,abroad_kwpm,home_jobs_thousand,"
            "royalties_usd_bn_per_year,fees_usd_bn_per_year",
        ),
        view(
            hosts,
            case,
            (
                "card-hosts",
                "Scorecard of each host",
                "In the last period. Jobs are those beyond the fabs that run today; a fab begun "
                "but not yet open has none.",
            ),
            "country,new_jobs,new_kwpm,subsidy_usd_bn,subsidy_usd_mn_per_kwpm,"
            "subsidy_usd_thousand_per_job,market=Home market,served_pct",
        ),
    ]
    return [t for t in made if t.rows]


def _jobs(jobs: dict[str, float]) -> str:
    """Posts by skill in words."""
    words = (f"{skill} {formats.number(n, 1)}" for skill, n in jobs.items() if n > 0)
    return ", ".join(words) or formats.NOTHING
