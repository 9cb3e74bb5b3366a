"""The case both sample plans belong to: registers, one fact, two sources."""

from __future__ import annotations

from functools import cache

from planner.core.case import Case, Fact
from planner.core.scenario import Scenario
from tests.outputs import sample_data as raw


@cache
def places() -> dict[str, list[str]]:
    """Site -> the cells of its line."""
    rows = [line.split("|") for line in raw.SITES.splitlines()]
    return {row[0]: row for row in rows}


def sample_case(name: str, title: str) -> Case:
    """Registers and evidence under a scenario's name."""

    def table(rows: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        return {key: {"id": key, **row} for key, row in rows.items()}

    sites = {
        i: {"name": n, "country": c, "iso_3166_2": iso, "lat": lat, "lon": lon}
        for i, n, c, iso, lat, lon, *_ in places().values()
    }
    countries = {
        c: {"name": n, "iso_a3": raw.ISO_A3[c], "role": "home" if c == "TW" else "host"}
        for c, n in raw.COUNTRIES.items()
    }
    markets = {
        m: {"name": n, "lat": str(lat), "lon": str(lon)} for m, (n, lat, lon) in raw.MARKETS.items()
    }
    products = {k: {"name": n, "order": str(o)} for o, (k, n) in enumerate(raw.PRODUCTS.items(), 1)}
    registers = {
        "sites": table(sites),
        "countries": table(countries),
        "markets": table(markets),
        "products": table(products),
        "centre_types": table({k: {"name": n} for k, n in raw.CENTRES.items()}),
        "pools": table({f"{c.lower()}_pool": {"name": f"{n} pool", "country": c}
                        for c, n in raw.COUNTRIES.items()}),
        "programmes": table({p: {"name": n, "country": c, "instrument": how}
                             for c, (p, n, how, _) in raw.PROGRAMMES.items()}),
        "futures": table({f: {"name": n} for f, (n, _, _) in raw.FUTURES.items()}),
    }  # fmt: skip
    fact = Fact(
        "event", "blockade", "annual_probability_pct", None, 0.4, 0.1, 2.0, "%", "",
        "own-estimate", "D", "Mean of three published judgements.",
    )  # fmt: skip
    sources = table(
        {"own-estimate": {"title": "Own estimate", "publisher": "This project", "grade": "D"},
         "press-n2": {"title": "Price of 2 nm wafers", "publisher": "Press", "grade": "C"}}
    )  # fmt: skip
    return Case(Scenario(name=name, title=title), registers, (fact,), {}, {}, sources)
