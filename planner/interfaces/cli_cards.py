"""The verb `cards`: what a run means for the firm, for home and for every host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.interfaces.cli_common import Json, Quiet, Run
from planner.interfaces.console import Console

if TYPE_CHECKING:
    from planner.analysis.scorecards import Firm, HomeYear, Host
    from planner.core.case import Case

UNKNOWN = "-"


def cards(run: Run, as_json: Json = False, quiet: Quiet = False) -> None:
    """Score a run for the firm, home and each host.

    Read from the plan's tables and cash; nothing is solved.
    """
    from planner import api

    console = Console(as_json, quiet)
    plan, case = api.load_run(run)
    found = api.scorecards(plan, case)
    console.say(plan.title)
    _firm(console, found.firm)
    _home(console, found.home)
    _hosts(console, found.hosts, case)
    console.result({"scenario": plan.scenario, **found.as_dict()})


def _number(value: float | None, digits: int = 1) -> str:
    return UNKNOWN if value is None else f"{value:,.{digits}f}"


def _firm(console: Console, firm: Firm) -> None:
    rows = (
        ("net present value", _number(firm.npv_usd_bn), "USD bn"),
        ("in the worst futures", _number(firm.npv_tail_usd_bn), "USD bn"),
        ("built abroad", _number(firm.capex_abroad_usd_bn), "USD bn"),
        ("new fabs abroad have paid back", _year(firm), "after aid, before tax"),
        ("cash gross margin", _number(firm.cash_gross_margin_pct), "%, before write-offs"),
    )
    console.say("\nThe firm")
    console.table(("", ">", ""), rows)


def _year(firm: Firm) -> str:
    if firm.capex_abroad_usd_bn <= 0:
        return "none is built"
    return "not by the end" if firm.payback_year is None else f"{firm.payback_year:.1f}"


def _home(console: Console, years: tuple[HomeYear, ...]) -> None:
    header = ("year", "advanced at home %>", "kwpm home>", "kwpm abroad>", "jobs home, 000>",
              "royalties>", "fees, USD bn a year>")  # fmt: skip
    rows = [
        (
            y.year,
            _number(y.advanced_home_share_pct),
            _number(y.home_kwpm, 0),
            _number(y.abroad_kwpm, 0),
            _number(y.home_jobs_thousand),
            _number(y.royalties_usd_bn_per_year, 2),
            _number(y.fees_usd_bn_per_year, 2),
        )
        for y in years
    ]
    console.say("\nHome")
    console.table(header, rows)


def _hosts(console: Console, hosts: tuple[Host, ...], case: Case) -> None:
    header = ("host", "new jobs by skill, 000", "kwpm new>", "subsidy USD bn>", "USD mn a kwpm>",
              "USD 000 a job>", "demand local fabs can serve>")  # fmt: skip
    rows = [
        (
            case.name("countries", h.country),
            ", ".join(f"{skill} {n:,.1f}" for skill, n in h.jobs_thousand.items()) or UNKNOWN,
            _number(h.new_kwpm, 0),
            _number(h.subsidy_usd_bn, 2),
            _number(h.subsidy_usd_mn_per_kwpm),
            _number(h.subsidy_usd_thousand_per_job, 0),
            UNKNOWN if h.served_pct is None else f"{h.served_pct:.0f} % of {h.market}",
        )
        for h in hosts
    ]
    console.say("\nHosts, by the last period")
    console.table(header, rows)


VERBS = {"cards": cards}
