"""What-ifs with the rest of the plan held: fast, exact for what they say, and labelled so.

Integer decisions outside one country stay as the plan has them; continuous ones (shipments,
hiring, aid) adapt, and so does what a future brings (whether a promise is kept in it). Taking a
country out is then a linear programme or nearly one, forcing one fab in a small integer one.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.core.case import Case
from planner.core.errors import PlannerError
from planner.core.plan import Plan
from planner.core.scenario import SolverSettings
from planner.model.assemble import Built, build_model
from planner.model.lp import Model
from planner.solve import highs
from planner.solve.extract import cash_table, expected_by_group

SECONDS = 20.0


@dataclass(frozen=True)
class Outcome:
    """Result of a what-if: objective, money by group, modules begun in the country."""

    objective: float
    by_group: dict[str, float]
    begun: tuple[tuple[str, str, int, float], ...]


class Held:
    """A plan with its model (built here if none is given), ready for several what-ifs."""

    def __init__(self, plan: Plan, case: Case, built: Built | None = None) -> None:
        self.plan = plan
        self.case = case
        self.built: Built = built or build_model(case)
        self.values = [0.0] * len(self.built.model.names)
        for name, family in self.built.model.families.items():
            for key, value in plan.values(name).items():
                self.values[family.columns[key]] = value

    def columns_of(self, country: str) -> set[int]:
        """Integer columns of decisions in a country: keys open with a site, region or country."""
        sites = self.built.sets.country_of
        country_of = {self.case.text("sites", i, "iso_3166_2"): c for i, c in sites.items()}
        country_of.update(sites)
        found = set()
        for family in self.built.model.families.values():
            if family.kind == "continuous":
                continue
            for key, column in family.columns.items():
                if country_of.get(str(key[0]), str(key[0])) == country:
                    found.add(column)
        return found

    def _held(self) -> list[int]:
        """Integer columns of decisions: all but those that say what a future brings."""
        return [
            column
            for family in self.built.model.families.values()
            if family.kind != "continuous" and family.key_names != ("future",)
            for column in family.columns.values()
        ]

    def without(self, country: str) -> Outcome | None:
        """New decisions in a country taken out."""
        model = self._copy()
        mine = self.columns_of(country)
        for column in self._held():
            value = 0.0 if column in mine else round(self.values[column])
            model.low[column] = model.high[column] = value
            model.integer[column] = False
        return self._solve(model, country)

    def with_one_fab(self, country: str) -> Outcome | None:
        """At least one module forced into a country; only its own decisions may change."""
        model = self._copy()
        mine = self.columns_of(country)
        for column in self._held():
            if column not in mine:
                model.low[column] = model.high[column] = round(self.values[column])
                model.integer[column] = False
        modules = model.family("modules")
        sites = self.built.sets.country_of
        terms = [(j, 1.0) for key, j in modules.columns.items() if sites[str(key[0])] == country]
        if not terms:
            return None
        model.rows = [*model.rows, ("held.force", terms, ">=", 1.0)]
        return self._solve(model, country)

    def _copy(self) -> Model:
        """The model with its own bounds, so that the original stays as it is."""
        copy = Model(self.built.model.name)
        copy.__dict__.update(self.built.model.__dict__)
        copy.low, copy.high = [*copy.low], [*copy.high]
        copy.integer = [*copy.integer]
        return copy

    def _solve(self, model: Model, country: str) -> Outcome | None:
        settings = SolverSettings(gap=1e-5, time_limit=SECONDS, seed=self.case.scenario.solver.seed)
        try:
            answer = highs.run(model, settings, in_bulk=True)
        except PlannerError:
            return None
        if answer.values is None:
            return None
        values = [0.0 if abs(v) < 1e-9 else v for v in answer.values]
        cash = cash_table(self.built.model, self.built.sets, values)
        begun = [
            (str(i), str(k), int(t), round(values[j]))
            for (i, k, _, t), j in model.family("modules").columns.items()
            if self.built.sets.country_of[str(i)] == country and values[j] > 0.5
        ]
        return Outcome(answer.objective, expected_by_group(cash), tuple(begun))
