"""A sweep: one scenario solved at many points of its knobs, and what comes back from a point.

grid    every combination of the knobs' values
list    the points as written
sample  `draws` points by Latin hypercube: each knob's range cut into `draws` equal slices, one
        value drawn in every slice, slices paired at random (McKay, Beckman & Conover 1979)
"""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from planner.core.options import Settings

Value = float | bool | str
Setting = tuple[str, Value]
"""Key as `--set` takes it, and its value."""
MOST_POINTS = 100_000


class Knob(Settings):
    """One setting that moves: either values, or a range from low to high."""

    key: str
    """Setting of the scenario, as `--set` takes it [key]"""
    label: str = ""
    """Name as printed; empty = the key [text]"""
    values: tuple[Value, ...] = ()
    """Values it takes [list]"""
    low: float | None = None
    """Lowest value of a range [the key's unit]"""
    high: float | None = None
    """Highest value of a range [the key's unit]"""
    steps: Annotated[int, Field(ge=2, le=1000)] = 5
    """Values of a range in a grid [count]"""
    factor: bool = False
    """Whether the values multiply what a fact says (keys that begin with `facts.`) [yes/no]"""

    @model_validator(mode="after")
    def _one_form(self) -> Knob:
        ranged = self.low is not None and self.high is not None
        if bool(self.values) == ranged or (self.low is None) != (self.high is None):
            msg = "give either 'values', or both 'low' and 'high'"
            raise ValueError(msg)
        if self.low is not None and self.high is not None and self.low >= self.high:
            msg = "'low' must lie below 'high'"
            raise ValueError(msg)
        if self.factor and not self.key.startswith("facts."):
            msg = "'factor' is for keys that begin with 'facts.'"
            raise ValueError(msg)
        return self

    @property
    def name(self) -> str:
        """Label, or the key when there is none."""
        return self.label or self.key

    def grid(self) -> tuple[Value, ...]:
        """Its values in a grid."""
        if self.low is None or self.high is None:
            return self.values
        width = (self.high - self.low) / (self.steps - 1)
        return tuple(round(self.low + n * width, 12) for n in range(self.steps))

    def at(self, share: float) -> Value:
        """Its value at a share of its range, 0 <= share < 1."""
        if self.low is None or self.high is None:
            return self.values[math.floor(share * len(self.values))]
        return round(self.low + share * (self.high - self.low), 12)


class Sweep(Settings):
    """A whole sweep file."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
    """Short name; the folder bears it [id]"""
    title: str = ""
    """Name as printed [text]"""
    scenario: str
    """Scenario every point changes: a shipped name, or a path next to this file [id]"""
    mode: Literal["grid", "list", "sample"] = "grid"
    """How points are made [grid|list|sample]"""
    knobs: Annotated[tuple[Knob, ...], Field(min_length=1, max_length=20)]
    """What moves [list]"""
    points: tuple[dict[str, Value], ...] = ()
    """Mode list: the points, key by key [list]"""
    draws: Annotated[int, Field(ge=1, le=MOST_POINTS)] = 100
    """Mode sample: how many points [count]"""
    seed: Annotated[int, Field(ge=0, le=2_000_000_000)] = 1
    """Mode sample: seed of the draws [count]"""
    gap: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Relative gap at which the search of a point stops [ratio]"""
    time_limit: Annotated[float, Field(gt=0)] = 300.0
    """Longest search of a point [s]"""

    @model_validator(mode="after")
    def _sensible(self) -> Sweep:
        keys = [knob.key for knob in self.knobs]
        if len(set(keys)) != len(keys):
            msg = "the same key moves twice in 'knobs'"
            raise ValueError(msg)
        if (self.mode == "list") != bool(self.points):
            msg = "'points' go with mode 'list', and only with it"
            raise ValueError(msg)
        for point in self.points:
            if set(point) != set(keys):
                msg = f"a point must give a value for each of {', '.join(keys)}"
                raise ValueError(msg)
        if self.mode == "grid" and math.prod(len(k.grid()) for k in self.knobs) > MOST_POINTS:
            msg = f"more than {MOST_POINTS:,} points"
            raise ValueError(msg)
        return self

    @property
    def label(self) -> str:
        """Title, or the name when there is none."""
        return self.title or self.name

    def settings(self) -> tuple[tuple[Setting, ...], ...]:
        """Every point's settings, in the order of their numbers from 0."""
        keys = [knob.key for knob in self.knobs]
        if self.mode == "grid":
            rows = itertools.product(*(knob.grid() for knob in self.knobs))
            return tuple(tuple(zip(keys, row, strict=True)) for row in rows)
        if self.mode == "list":
            return tuple(tuple((key, point[key]) for key in keys) for point in self.points)
        return tuple(zip(*(self._sample(knob) for knob in self.knobs), strict=True))

    def _sample(self, knob: Knob) -> list[Setting]:
        # seeded by the key too, so a knob keeps its draws when another one is added
        draw = random.Random(f"{self.seed}|{knob.key}")
        slices = list(range(self.draws))
        draw.shuffle(slices)
        return [(knob.key, knob.at((n + draw.random()) / self.draws)) for n in slices]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a point gave; everything but `seconds` and `worker` is the same in every run.

    status: optimal | feasible | infeasible | failed; `reason` says why it is not a plan.
    modules: (site, country, product, option, begun_year, kwpm).
    """

    point: int
    status: str
    reason: str = ""
    objective_usd_bn: float | None = None
    bound_usd_bn: float | None = None
    gap: float | None = None
    measures: tuple[tuple[str, float], ...] = ()
    modules: tuple[tuple[str, str, str, str, int, float], ...] = ()
    seconds: float = 0.0
    worker: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain form."""
        return asdict(self)
