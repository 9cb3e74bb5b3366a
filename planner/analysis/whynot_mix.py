"""The cheapest mix of changes that brings a site in, effort counted as shares of stated ranges.

    effort(x) = sum(x[k], k), 0 <= x[k] <= 1 the share of its range by which knob k is turned
Knobs are filled one after another, each to the end of its range before the next begins, the last
only as far as is enough: with gains that add up and do not depend on each other, the order of
falling gain has the least effort of all mixes. Where solves are exact every order is tried and the
even mix too, and the least is told. Whatever is told is re-solved on both sides of the last knob.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from planner.analysis.knobs import Knob

Shares = dict[str, float]
Lead = Callable[[Mapping[str, float]], float | None]
"""What the plan without the site is worth more than with it, at shares of the knobs."""
Least = Callable[[Callable[[float], float | None], float], tuple[float, float] | None]
"""Least share at which a falling lead reaches 0, given the lead at 1 (not enough, enough)."""
MOST = 4
"""Knobs of which every order is tried."""


def cheapest(
    gains: Sequence[tuple[Knob, float]], lead: Lead, least: Least, *, every: bool
) -> dict[str, Any] | None:
    """Least-effort mix of knobs by their gain alone; None when it could not be told.

    every: try every order and the even mix, not the order of falling gain only.
    """
    ordered = [knob for knob, _ in sorted(gains, key=lambda g: (-g[1], g[0].name))]
    rest = lead(dict.fromkeys((k.name for k in ordered), 1.0))
    if rest is None:
        return None
    if rest > 0:
        return {"enough": False, "left_usd_bn": rest, "parts": _parts(ordered, {}, full=True)}
    orders: Iterator[tuple[Knob, ...]] = iter([tuple(ordered)])
    if every and len(ordered) <= MOST:
        orders = itertools.permutations(ordered)
    mixes = [m for order in orders if (m := _filled(order, lead, least)) is not None]
    if every:
        mixes += _even(ordered, lead, least)
    if not mixes:
        return None
    shares, short, last = min(mixes, key=lambda m: sum(m[0].values()))
    return {"enough": True, "effort": sum(shares.values()), "parts": _parts(ordered, shares),
            "shares": shares, "last": last, "not_enough": short}  # fmt: skip


def _filled(order: Sequence[Knob], lead: Lead, least: Least) -> tuple[Shares, float, str] | None:
    """Knobs to their ends one after another, the last as far as is enough."""
    shares: Shares = {}
    for knob in order:
        far = lead({**shares, knob.name: 1.0})
        if far is None:
            return None
        if far <= 0:
            ends = least(lambda x, k=knob: lead({**shares, k.name: x}), far)  # type: ignore[misc]
            return None if ends is None else ({**shares, knob.name: ends[1]}, ends[0], knob.name)
        shares[knob.name] = 1.0
    return None


def _even(knobs: Sequence[Knob], lead: Lead, least: Least) -> list[tuple[Shares, float, str]]:
    names = [k.name for k in knobs]
    far = lead(dict.fromkeys(names, 1.0))
    ends = None if far is None else least(lambda x: lead(dict.fromkeys(names, x)), far)
    return [] if ends is None else [(dict.fromkeys(names, ends[1]), ends[0], "all alike")]


def _parts(knobs: Sequence[Knob], shares: Shares, *, full: bool = False) -> list[dict[str, Any]]:
    return [
        {"knob": k.name, "words": k.words, "unit": k.unit, "now": k.now,
         "share": (share := 1.0 if full else shares[k.name]), "needed": k.at(share)}
        for k in knobs
        if full or k.name in shares
    ]  # fmt: skip


def mix_words(mix: Mapping[str, Any]) -> str:
    """A mix for people."""
    steps = "; ".join(
        f"{p['words']} {p['needed']:.4g} {p['unit']} instead of {p['now']:.4g}"
        for p in mix["parts"]
    )
    if not mix["enough"]:
        grant = mix["grant_still_needed_usd_bn"]
        tail = "" if grant is None else f" of USD {grant:,.3f} bn"
        return f"all of them at their furthest still leave the site out without a grant{tail}"
    return f"cheapest mix ({mix['effort']:.0%} of one range in all): {steps}"
