"""Weights that explain a real decision: the least change at which its accounts beat all others'.

    least sum(change[g], g)  with  sum(w[g] * (mine[g] - cut[g]), g) >= cut[revenue] - mine[revenue]
A small inverse programme over accounts as they stand; `weights` asks the same of whole plans.
"""

from __future__ import annotations

from collections.abc import Mapping

from planner.analysis.weights_box import NAMES
from planner.analysis.weights_quest import HIGHEST
from planner.model.lp import Model, Terms
from planner.solve.variant import search

Accounts = Mapping[str, float]


def nearest(
    now: Accounts, mine: Accounts, cuts: list[Accounts], allow: float = 0.0
) -> dict[str, float] | None:
    """Weights nearest to `now` at which `mine` is worth no less than any cut; or None.

    allow: by how much it may still be worth less [USD bn].
    """
    m = Model("weights")
    w = m.variables("w", [(g,) for g in NAMES], index="group", unit="ratio", high=HIGHEST)
    d = m.variables("d", [(g,) for g in NAMES], index="group", unit="ratio")
    rows: list[tuple[tuple[str | int, ...], Terms, str, float]] = []
    for g in NAMES:
        rows.append((("up", g), [(d[g,], 1.0), (w[g,], -1.0)], ">=", -now[g]))
        rows.append((("down", g), [(d[g,], 1.0), (w[g,], 1.0)], ">=", now[g]))
    for n, cut in enumerate(cuts):
        terms = [(w[g,], mine[g] - cut[g]) for g in NAMES]
        rows.append((("beats", n), terms, ">=", cut["revenue"] - mine["revenue"] - allow))
    m.require("weights.rows", rows, unit="USD bn", why="the favourite is no worse")
    m.maximise((d[g,], -1.0) for g in NAMES)
    answer = search(m, 0.0, 10.0)
    if answer is None or answer.values is None:
        return None
    values = answer.values
    return {g: min(HIGHEST, max(0.0, values[w[g,]])) for g in NAMES}
