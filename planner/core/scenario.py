"""What a user asks: horizon, weights, site rules, concept options, overrides of facts.

One YAML file is one `Scenario`; `extends:` is resolved before it gets here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from planner.core.options import Settings

AVERAGE = "average"
"""Future in which every effect stands at its mean; a scenario names it alone."""
Year = Annotated[int, Field(ge=1950, le=2100)]
MOST_STAGES = 3
"""Most branch dates: more would ask for more futures than any plan carries."""


class Horizon(Settings):
    """The periods decisions are taken in."""

    start: Year = 2026
    """Calendar year in which the first period begins [year]"""
    periods: Annotated[int, Field(ge=1, le=40)] = 8
    """How many periods [count]"""
    years_per_period: Annotated[int, Field(ge=1, le=10)] = 2
    """Length of one period [years]"""


def branch_problem(dates: Sequence[int], periods: Sequence[int]) -> str:
    """What is wrong with branch dates, in words; empty when nothing is."""
    if len(dates) > MOST_STAGES:
        return f"{len(dates)} branch dates, at most {MOST_STAGES} are allowed"
    wrong = [date for date in dates if date not in periods]
    if wrong:
        allowed = ", ".join(str(t) for t in periods)
        return f"no period of the horizon begins in {wrong[0]}. Allowed: {allowed}"
    if list(dates) != sorted(set(dates)):
        return "branch dates must be given once each, earliest first"
    return ""


class Weights(Settings):
    """How much a user cares; all 1 is the plain risk-adjusted net present value."""

    subsidy: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Weight on grants and credits received [ratio]"""
    cost: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Weight on building and running and shipping and taxes [ratio]"""
    talent: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Weight on wages and hiring [ratio]"""
    risk: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Weight on repair after events and on the tail charge [ratio]"""

    def of(self, group: str) -> float:
        """Weight of a money group; revenue always counts once."""
        return 1.0 if group == "revenue" else float(getattr(self, group))


class Pin(Settings):
    """A decision the plan must contain."""

    site: str
    """Site id [id]"""
    product: str | None = None
    """Product class; empty = any [id]"""
    modules: Annotated[int, Field(ge=1, le=40)] = 1
    """At least so many modules over the horizon [modules]"""
    by: Year | None = None
    """Begun in or before this year [year]"""


class SiteRules(Settings):
    """Which sites may, must or must not be used for new decisions."""

    only: tuple[str, ...] = ()
    """If given, new fabs and centres only here (site or country ids) [list]"""
    forbid: tuple[str, ...] = ()
    """No new fab and no centre here (site or country ids) [list]"""
    pin: tuple[Pin, ...] = ()
    """Decisions the plan must contain [list]"""


class Override(Settings):
    """One change of a fact, with its reason."""

    table: str
    """Fact table [name]"""
    entity: str
    """Entity; `*` stands for anything, so `*|N28` is a class everywhere [id]"""
    parameter: str
    """Parameter of the table [name]"""
    period: int | None = None
    """Year of the fact; empty = every year it has [year]"""
    value: float | None = None
    """New value in the fact's unit"""
    factor: float | None = None
    """Or: multiply the present value [ratio]"""
    reason: str
    """Why: a source id or a sentence [text]"""

    @model_validator(mode="after")
    def _one_change(self) -> Override:
        if (self.value is None) == (self.factor is None):
            msg = "give exactly one of 'value' and 'factor'"
            raise ValueError(msg)
        return self


class SolverSettings(Settings):
    """How hard to look."""

    gap: Annotated[float, Field(ge=0, le=1)] = 0.001
    """Relative gap between plan and bound at which to stop [ratio]"""
    time_limit: Annotated[float, Field(gt=0)] = 600.0
    """Longest search [s]"""
    threads: Annotated[int, Field(ge=0, le=256)] = 0
    """Threads of the solver; 0 = as many as it likes [count]"""
    seed: Annotated[int, Field(ge=0, le=2_000_000_000)] = 1
    """Seed of the solver [count]"""
    method: Literal["auto", "extensive", "decomposition"] = "auto"
    """All futures in one programme, or futures by cuts; auto = by cuts from 41 futures on
    [auto|extensive|decomposition]"""


class FutureSet(Settings):
    """Futures made from the events' yearly chances instead of those listed in the data."""

    method: Literal["enumerated", "lhs", "random"] = "lhs"
    """Most likely histories, Latin hypercube or independent draws [enumerated|lhs|random]"""
    number: Annotated[int, Field(ge=1, le=20_000)] = 200
    """How many futures are made before reduction [count]"""
    seed: Annotated[int, Field(ge=0, le=2_000_000_000)] = 1
    """Seed of the draws [count]"""
    keep: Annotated[int, Field(ge=0, le=1000)] = 0
    """Futures kept by scenario reduction; 0 = all [count]"""
    events: tuple[str, ...] = ()
    """Events that can happen; empty = all with a chance above zero [list]"""
    severity: Literal["central", "range"] = "central"
    """Effects at their central figures, or mild, central and severe by the ranges of the facts
    (not for enumerated futures) [central|range]"""


class Scenario(Settings):
    """A whole question."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
    """Short name; the run folder bears it [id]"""
    title: str = ""
    """Name as printed [text]"""
    question: str = ""
    """The question this scenario answers [text]"""
    data: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,59}$")] = ""
    """Folder inside data/ with a world of its own, e.g. history-1986; empty = today's [id]"""
    horizon: Horizon = Horizon()
    """Periods [block]"""
    weights: Weights = Weights()
    """Weights of the money groups [block]"""
    sites: SiteRules = SiteRules()
    """Rules on single sites [block]"""
    futures: tuple[str, ...] = ()
    """Use only these futures, their chances scaled to 100 %; empty = all; `average` = one future
    with every effect at its mean [list]"""
    future_set: FutureSet | None = None
    """Make the futures from the events' yearly chances; empty = those of the data [block]"""
    stages: tuple[Year, ...] = ()
    """Years by whose start later decisions may wait for what has happened (`planner wait`), at
    most three; `planner solve` decides everything now [list]"""
    concepts: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Options by concept [block]"""
    overrides: tuple[Override, ...] = ()
    """Changes of facts [list]"""
    map_layer: str = "risk"
    """What the map shades [risk|hazard|subsidy|wage|power|water|water-price]"""
    solver: SolverSettings = SolverSettings()
    """Solver settings [block]"""

    @model_validator(mode="after")
    def _branch_dates(self) -> Scenario:
        h = self.horizon
        periods = [h.start + n * h.years_per_period for n in range(h.periods)]
        if self.stages and (problem := branch_problem(self.stages, periods)):
            msg = f"stages: {problem}"
            raise ValueError(msg)
        return self

    @property
    def label(self) -> str:
        """Title, or the name when there is none."""
        return self.title or self.name

    def with_(self, **changes: Any) -> Scenario:
        """Copy with changes, validated again."""
        return type(self).model_validate({**self.model_dump(), **changes})
