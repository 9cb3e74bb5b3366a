"""What the maps shade: one value a region, from the sites the plan weighs there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from planner.outputs import formats

CLASSES = 5
"""Steps of the shading."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One choice of the layer switch. `shades`: per run, region -> (class, printed value)."""

    id: str
    label: str
    unit: str
    ends: tuple[str, ...]
    shades: tuple[Mapping[str, tuple[int, str]], ...]

    def as_dict(self) -> dict[str, object]:
        """For the page's script."""
        shades = [{iso: [n, text] for iso, (n, text) in s.items()} for s in self.shades]
        parts = {k: getattr(self, k) for k in ("id", "label", "unit", "ends")}
        return {**parts, "shades": shades}


LAYERS = (
    ("risk", "Expected loss of capacity", "% a year", "risk_pct"),
    ("hazard", "Natural hazard", "index, 0 to 1", "hazard_index"),
    ("subsidy", "Aid on offer", "% of outlay", "subsidy_rate_pct"),
    ("wage", "Engineer's yearly cost", "USD thousand", "engineer_wage_usd_thousand"),
    ("power", "Electricity price", "USD/MWh", "electricity_usd_per_mwh"),
    ("water", "Water still to be had", "million l a day", "water_limit_mld"),
    ("water-price", "Water price", "USD/m3", "water_usd_per_m3"),
)
"""Id, label, unit, column of the sites table."""


def layers(frames: Sequence[pd.DataFrame]) -> tuple[Layer, ...]:
    """Layers with one scale for all runs. Layers without any value are left out."""
    found = []
    for name, label, unit, column in LAYERS:
        means = [_means(frame, column) for frame in frames]
        values = [v for m in means for v in m.values()]
        if values:
            ends = _ends(values)
            shades = tuple(_shades(m, ends) for m in means)
            printed = tuple(formats.brief(v) for v in ends)
            found.append(Layer(name, label, unit, printed, shades))
    return tuple(found)


def _means(frame: pd.DataFrame, column: str) -> dict[str, float]:
    if column not in frame.columns or frame.empty:
        return {}
    values = pd.to_numeric(frame[column], errors="coerce")
    means = values.groupby(frame["iso_3166_2"]).mean().dropna()
    return {str(iso): float(v) for iso, v in means.items() if str(iso)}


def _ends(values: Sequence[float]) -> list[float]:
    """Borders of the classes: about equally many regions in each, none empty."""
    cuts = np.quantile(np.asarray(sorted(values)), np.linspace(0, 1, CLASSES + 1))
    return [float(v) for v in np.unique(cuts)]


def _shades(means: Mapping[str, float], ends: Sequence[float]) -> dict[str, tuple[int, str]]:
    """Class and printed value by region; few classes still reach the darkest shade."""
    count = max(1, len(ends) - 1)
    found = {}
    for iso, value in sorted(means.items()):
        at = min(count - 1, max(0, bisect_right(ends, value) - 1))
        found[iso] = (CLASSES - count + at, formats.brief(value))
    return found
