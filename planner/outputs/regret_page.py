"""The files of a regret matrix: one page without network, and tables of regret, value and sites."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from planner.core.case import Case
from planner.outputs import charts_spread, formats, page
from planner.outputs.maps_frequency import frequency_maps

Row = Mapping[str, Any]
PROOF = {"optimal": "proven to the gap asked", "feasible": "the search was cut by its time limit"}
"""What a search reached, in words."""


def write_regret(found: Row, case: Case, folder: Path, data_root: Path) -> tuple[Path, ...]:
    """Write regret.html and regret*.csv into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "regret.html"]
    text = page.render("regret.html.j2", context(found, case, data_root), ("page.js",))
    page.write(written[0], text)
    frames = {
        "regret.csv": _matrix(found, "regret_usd_bn"),
        "regret_values.csv": _matrix(found, "value_usd_bn"),
        "regret_sites.csv": pd.DataFrame(
            [{**r, "plans": ";".join(r["plans"])} for r in found["sites"]]
        ),
    }
    for name, frame in frames.items():
        written.append(folder / name)
        frame.to_csv(written[-1], index=False, lineterminator="\n", float_format="%.10g")
    return tuple(written)


def _matrix(found: Row, what: str) -> pd.DataFrame:
    """One row a future, one column a plan."""
    rows = []
    for f in found["futures"]:
        row = {name: f[name] for name in ("future", "chance_pct", "best_usd_bn", "bound_usd_bn")}
        rows.append(row | {p["plan"]: p[what][f["future"]] for p in found["plans"]})
    return pd.DataFrame(rows)


def context(found: Row, case: Case, data_root: Path) -> dict[str, Any]:
    """What the template shows."""
    plans = found["plans"]
    top = max((v for p in plans for v in p["regret_usd_bn"].values()), default=0.0) or 1.0
    begun = [{"modules": [[i] for i in f["sites"]]} for f in found["futures"]]
    return {
        "title": f"{found['world']}: regret",
        "found": found,
        "what": headline(found),
        "plans": plans,
        "names": {f["future"]: f["name"] for f in found["futures"]},
        "rows": [(f, [_cell(p["regret_usd_bn"][f["future"]], top) for p in plans])
                 for f in found["futures"]],
        "bars": page.drawn(
            charts_spread.bars(
                [(p["plan"], p["worst_usd_bn"], p["expected_usd_bn"]) for p in plans],
                ("worst regret, USD bn", "expected regret, USD bn"),
            )
        ),
        "maps": {
            country: page.drawn(text)
            for country, text in frequency_maps(begun, case, data_root).items()
        },
        "proof": PROOF,
        "slack": max(map(_slack, found["futures"])),
        "unproved": [f["name"] for f in found["futures"] if not math.isfinite(_slack(f))],
        "script": {},
    }  # fmt: skip


def _slack(future: Row) -> float:
    """How far the best plan of a future may be from the best possible; infinite without a bound."""
    bound = formats.finite(future["bound_usd_bn"])
    return math.inf if bound is None else bound - float(future["best_usd_bn"])


def _cell(value: float, top: float) -> dict[str, Any]:
    """Regret with the strength of its colour, 0 to 45 %."""
    return {"text": formats.brief(value), "depth": round(45 * max(0.0, value) / top, 1)}


def headline(found: Row) -> str:
    """The answer in a few sentences."""
    best = next(p for p in found["plans"] if p["plan"] == found["least_worst"])
    names = {f["future"]: f["name"] for f in found["futures"]}
    text = (
        f"Of {len(found['plans'])} plans, {best['plan']} regrets least at worst: "
        f"USD {formats.brief(best['worst_usd_bn'])} bn in '{names[best['worst_future']]}', "
        f"{formats.brief(best['expected_usd_bn'])} bn on average."
    )
    least = found["minimax"]
    if least:
        proof = PROOF.get(least["status"], least["status"])
        text += (
            f" The least worst regret any plan can have lies between "
            f"{formats.brief(least['at_least_usd_bn'])} and "
            f"{formats.brief(least['at_most_usd_bn'])} bn ({proof})."
        )
    sure = [r["name"] for r in found["sites"] if r["no_regret"]]
    count = len(found["futures"])
    if sure:
        text += f" Built on whichever of the {count} futures comes: {'; '.join(sure)}."
    else:
        text += f" No site is built on in the best plan of each of the {count} futures."
    return text
