"""What aid is given on: parts of the outlay at a site, and which of them a programme covers.

eligible[i,p,t] = outlay on modules and refits begun at i in t of a class the programme covers, if
                  START_FROM <= t < START_BEFORE and SERVICE_FROM <= service < SERVICE_BEFORE,
                  plus centres decided at i in t when it covers centres
Shared by subsidies (which pay a share of it), strings (what is under contract) and support.
"""

from __future__ import annotations

from collections.abc import Iterable

from planner.core import outlay
from planner.core.case import CaseView

READS = (
    *outlay.READS,
    "programme.start_from",
    "programme.start_before",
    "programme.service_from",
    "programme.service_before",
    "programme.payment_lag_years",
    "centre.capex_usd_bn",
    "centre.lead_years",
)
"""Facts these functions ask for; a concept that uses them declares them too."""

Spot = tuple[str, str, int]
"""Site, programme, period."""
Part = tuple[str, tuple[str | int, ...], float]
"""Variable family, key, outlay of one unit [USD bn]."""
Parts = dict[tuple[str, int], list[tuple[Part, float]]]
"""(site, period) -> parts of its outlay with their year of service."""


def outlays(case: CaseView) -> Parts:
    """(site, period) -> modules and refits begun there with their year of service."""
    found: Parts = {}
    for column in case.sets.columns:
        paid = sum(outlay.of_module(case, column, a) for a in outlay.ASSETS)
        service = case.sets.vintages[column].service
        found.setdefault((column[0], column[3]), []).append((("modules", column, paid), service))
    for change in case.sets.changes:
        if change.aided_usd_bn > 0:
            refit: Part = (change.family, change.key, change.aided_usd_bn)
            found.setdefault((change.key[0], change.key[3]), []).append((refit, change.service))
    return found


def families(case: CaseView) -> tuple[str, ...]:
    """Variable families whose outlay aid may cover."""
    refits = dict.fromkeys(x.family for x in case.sets.changes if x.aided_usd_bn > 0)
    return ("modules", "centre", *refits)


def centre_outlays(case: CaseView, keys: Iterable[Spot]) -> Parts:
    """(site, period) -> centres decided there with their year of opening."""
    found: Parts = {}
    for i, r, t in keys:
        part: Part = ("centre", (i, r, t), case.value("centre.capex_usd_bn", r))
        opening = t + case.value("centre.lead_years", r)
        found.setdefault((i, t), []).append((part, opening))
    return found


def parts_of(case: CaseView, centre_keys: Iterable[Spot]) -> Parts:
    """(site, period) -> every part of its outlay, modules and centres."""
    parts = outlays(case)
    for spot, some in centre_outlays(case, centre_keys).items():
        parts.setdefault(spot, []).extend(some)
    return parts


def is_for(case: CaseView, register: str, row: str, i: str, part: Part) -> bool:
    """Whether a row of a register of aids names this place, class and kind of outlay."""
    family, key, _ = part
    aim = case.text(register, row, "covers")
    if aim != "both" and (aim == "centre") != (family == "centre"):
        return False
    classes = case.items(register, row, "products")
    if family != "centre" and classes and key[1] not in classes:
        return False
    return is_here(case, register, row, i)


def is_here(case: CaseView, register: str, row: str, i: str) -> bool:
    """Whether a row of a register of aids is open to a site."""
    regions = case.items(register, row, "regions")
    here = case.text(register, row, "country") == case.sets.country_of[i]
    return here and (not regions or case.text("sites", i, "iso_3166_2") in regions)


def covers(case: CaseView, p: str, i: str, t: int, part: tuple[Part, float]) -> bool:
    """Whether a programme pays for this part of an outlay."""
    body, service = part
    if not is_for(case, "programmes", p, i, body):
        return False
    begun = case.value("programme.start_from", p) <= t < case.value("programme.start_before", p)
    low, high = case.value("programme.service_from", p), case.value("programme.service_before", p)
    return begun and low <= service < high


def paid_on(case: CaseView, p: str, t: int, parts: list[tuple[Part, float]]) -> float:
    """Date on which aid for parts begun in t is paid [year].

    A credit follows the fab's entry into service; where it pays for centres only, the quickest type
    the site could hold. Never what was decided: a date must not hang on the plan.
    """
    lag = case.value("programme.payment_lag_years", p)
    if case.text("programmes", p, "instrument") == "grant":
        return t + lag
    fabs = [service for (family, _, _), service in parts if family != "centre"]
    site = str(parts[0][0][1][0])
    types = case.items("sites", site, "centre_types")
    return lag + min(fabs or [t + case.value("centre.lead_years", r) for r in types])
