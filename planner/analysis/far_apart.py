"""Far apart: sets of sites as far on the ground from those known as their worth allows.

    away(i, S)  = kilometres from site i to the nearest other site of S
    maximise    sum(away(i, S) * z[i], i not in S) + sum(away(i, S) * (1 - z[i]), i in S)
    subject to  value >= (1 - within) * value(plan), and z unlike every set S known

summed over the sets S known: the plan, and what was found before. A place next door to one of the
plan's hardly makes another map, so it counts for little; one site given up counts for as much as
the nearest of the others is away. Sites without coordinates count alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from planner.analysis.bench import Bench
from planner.core.globe import kilometres
from planner.solve.variant import Variant, search, varied

if TYPE_CHECKING:
    from planner.analysis.alternatives import Census

FARTHEST = 3
"""How many far-apart sets are looked for."""
ALIKE_KM = 1000.0
"""Distance of sites without coordinates [km]."""
ALONE_KM = 20_000.0
"""Distance to the nearest of no sites: half round the globe [km]."""

Spots = Mapping[str, tuple[float, float]]
"""Site -> longitude, latitude."""


def spots(bench: Bench) -> Spots:
    """Where the sites are that have coordinates."""
    table = bench.plan.table("sites")[["id", "lon", "lat"]].dropna()
    rows = table.itertuples(index=False, name=None)
    return {str(i): (float(lon), float(lat)) for i, lon, lat in rows}


def away_km(where: Spots, site: str, names: Iterable[str]) -> float:
    """From a site to the nearest other one of a set [km]."""
    others = [n for n in names if n != site]
    if not others:
        return ALONE_KM
    if site not in where or any(n not in where for n in others):
        return ALIKE_KM
    return min(kilometres(where[site], where[n]) for n in others)


def apart_km(where: Spots, one: Iterable[str], known: Iterable[str]) -> float:
    """How far a set is from a known one: `away_km` of every site that differs, added [km]."""
    base = tuple(known)
    return sum(away_km(where, i, base) for i in sorted(set(one) ^ set(base)))


def far_apart(census: Census) -> list[dict[str, Any]]:
    """Sets as far as can be from the plan and from each other, within the tolerance."""
    bench, where = census.bench, spots(census.bench)
    mine = bench.begun_at(bench.values)
    known, rows = [mine], list[dict[str, Any]]()
    for _ in range(FARTHEST):
        share = bench.left() / max(1, FARTHEST - len(rows))
        if not bench.small and share < 3.0:
            break
        bench.say("looking for a set far from those known")
        goal: dict[int, float] = {}
        for names in known:
            for i, z in census.switches.items():
                away = away_km(where, i, names)
                goal[z] = goal.get(z, 0.0) + (-away if i in names else away)
        cuts = [census.cut(names, n) for n, names in enumerate(known)]
        variant = census.switched.plus([*cuts, census.floor_row()])
        model = varied(
            bench.model, Variant(variant.rows, binaries=variant.binaries, objective=goal)
        )
        answer = search(model, 0.0, max(20.0, share) if bench.small else share)
        if answer is None or answer.values is None:
            break
        names = bench.begun_at(answer.values)
        rows.append(
            _row(where, names, mine, bench.worth(answer.values), proved=not answer.stopped_by)
        )
        known.append(names)
    return _polished(census, rows, where, mine)


def _row(
    where: Spots, names: tuple[str, ...], mine: tuple[str, ...], worth: float, *, proved: bool
) -> dict[str, Any]:
    return {
        "sites": list(names), "sites_different": len(set(names) ^ set(mine)),
        "km_apart": apart_km(where, names, mine), "value_usd_bn": worth, "farthest_proved": proved,
    }  # fmt: skip


def _polished(
    census: Census, rows: list[dict[str, Any]], where: Spots, mine: tuple[str, ...]
) -> list[dict[str, Any]]:
    """The best plan of each far set where the programme is small enough to look for it."""
    bench = census.bench
    if bench.small:
        for row in rows:
            bounds = {
                z: (1.0, 1.0) if i in row["sites"] else (0.0, 0.0)
                for i, z in census.switches.items()
            }
            answer = search(varied(bench.model, census.switched.plus(bounds=bounds)), 0.0, 20.0)
            if answer is not None and answer.values is not None:
                row["value_usd_bn"] = answer.objective
        return rows
    for row in rows:
        row["note"] = "at least worth this: the set was looked for, not its best plan"
    known = {tuple(row["sites"]) for row in rows} | {mine}
    # sets met on the way are a fallback where the search for the farthest ran out of time
    met = [n for n in census.found if n not in known]
    met.sort(key=lambda n: (-apart_km(where, n, mine), -census.found[n], n))
    for names in met[:1]:
        row = _row(where, names, mine, census.found[names], proved=False)
        rows.append(row | {"note": "the farthest of the sets met"})
    return sorted(rows, key=lambda r: -float(r["km_apart"]))
