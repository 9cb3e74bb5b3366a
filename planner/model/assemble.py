"""From a case to a model: sets, masks, concepts one after another, then the objective.

    maximise  sum(WEIGHT[group] * PROB[t,u] * factor * amount)   over every line of cash
The lines of cash are the objective; after solving, the same lines are `plan.cash`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.core.case import Case, CaseView
from planner.core.garbage import unswept
from planner.core.options import Options
from planner.core.sets import Change, Sets, State, Way
from planner.model.catalogue import Concept, active
from planner.model.lp import Model
from planner.model.sets import Mask, build_sets, with_columns

Parts = tuple[tuple[Concept, CaseView, Options], ...]
"""Concepts that take part, each with its view of the case and its options."""


@dataclass(frozen=True)
class Built:
    """A model with what it was built from."""

    model: Model
    sets: Sets
    parts: Parts


READS = ("site.earliest_start",)
"""Facts read here and by no concept."""
LAND = ("start", "capacity")
"""Masks about new land and new modules, which decisions on fabs that stand do not ask."""


def site_mask(case: Case) -> Mask:
    """The scenario's own `sites.only` and `sites.forbid`."""
    rules = case.scenario.sites
    only, forbid = set(rules.only), set(rules.forbid)
    roles = {c: case.text("countries", c, "role") for c in case.ids("countries")}

    def mask(i: str, k: str, t: int) -> str | None:  # noqa: ARG001
        c = case.text("sites", i, "country")
        if {i, c} & forbid:
            return "sites.forbid"
        if only and not {i, c} & only and roles[c] != "home":
            return "sites.only"
        return None

    return mask


def start_mask(case: Case) -> Mask:
    """No module before the site's permits and land allow it."""

    def mask(i: str, k: str, t: int) -> str | None:  # noqa: ARG001
        return "site.earliest_start" if t < case.value("site.earliest_start", i) else None

    return mask


def prepare(case: Case) -> tuple[Sets, Parts]:
    """Sets and concept views of a case; what `verify` needs without a model."""
    taking_part = active(case)
    options = {c.name: c.chosen(case) for c in taking_part}
    sales = options.get("sales")
    sets = build_sets(
        case,
        existing_abroad=bool(getattr(options.get("capacity"), "existing_abroad", True)),
        wafers_per_kwpm=float(getattr(sales, "wafers_per_kwpm", 0.012)),
    )
    masks: dict[str, Mask] = {"sites": site_mask(case), "start": start_mask(case)}
    for concept in taking_part:
        if hasattr(concept.module, "mask"):
            masks[concept.name] = _bind(
                concept, CaseView(case, sets, concept.reads, concept.name), options[concept.name]
            )
    sets = with_columns(case, sets, masks, _ways(case, sets, options))
    sets = _adjusted(case, sets, options)
    sets = _changed(case, sets, options, {n: m for n, m in masks.items() if n not in LAND})
    parts = tuple((c, CaseView(case, sets, c.reads, c.name), options[c.name]) for c in taking_part)
    return sets, parts


def _ways(case: Case, sets: Sets, options: Mapping[str, Options]) -> dict[tuple[str, str], Way]:
    """(site, class) -> entry option besides building alone (hook `ways`)."""
    found: dict[tuple[str, str], Way] = {}
    for concept in active(case):
        if hasattr(concept.module, "ways"):
            view = CaseView(case, sets, concept.reads, concept.name)
            found |= concept.module.ways(view, options[concept.name])
    return found


def _adjusted(case: Case, sets: Sets, options: Mapping[str, Options]) -> Sets:
    """States as concepts with the hook `adjust` change them, before anything is built on them."""
    for concept in active(case):
        if hasattr(concept.module, "adjust"):
            view = CaseView(case, sets, concept.reads, concept.name)
            states = {
                t: tuple(concept.module.adjust(view, options[concept.name], u) for u in found)
                for t, found in sets.states.items()
            }
            sets = replace(sets, states=states)
    return sets


def _changed(
    case: Case, sets: Sets, options: Mapping[str, Options], masks: Mapping[str, Mask]
) -> Sets:
    """Decisions besides modules that change capacity (hook `changes`), less what a rule forbids."""
    found: list[Change] = []
    for concept in active(case):
        if hasattr(concept.module, "changes"):
            view = CaseView(case, sets, concept.reads, concept.name)
            found += [
                change
                for change in concept.module.changes(view, options[concept.name])
                if not change.begins
                or not any(m(change.key[0], change.key[1], change.key[3]) for m in masks.values())
            ]
    return replace(sets, changes=tuple(found)) if found else sets


def _bind(concept: Concept, view: CaseView, opt: Options) -> Mask:
    def mask(i: str, k: str, t: int) -> str | None:
        reason: str | None = concept.module.mask(view, opt, i, k, t)
        return reason

    return mask


def build_model(case: Case) -> Built:
    """Build every active concept and the objective."""
    with unswept():
        return assembled(case, *prepare(case))


def build_with_states(case: Case, more: Mapping[int, Sequence[State]]) -> Built:
    """The model with further states of the world (period -> states) of no probability.

    They get their own columns, rows and money; whatever is a mean over states stays as it was.
    """
    sets, parts = prepare(case)
    extra = {t: tuple(_seen(u, parts) for u in found) for t, found in more.items()}
    states = {t: (*found, *extra.get(t, ())) for t, found in sets.states.items()}
    sets = replace(sets, states=states)
    views = tuple((c, CaseView(case, sets, c.reads, c.name), opt) for c, _, opt in parts)
    return assembled(case, sets, views)


def _seen(state: State, parts: Parts) -> State:
    """A state as the concepts with the hook `adjust` change it."""
    for concept, view, opt in parts:
        if hasattr(concept.module, "adjust"):
            state = concept.module.adjust(view, opt, state)
    return state


def assembled(case: Case, sets: Sets, parts: Parts) -> Built:
    """Every concept's part of the model, and the objective."""
    model = Model(case.scenario.name)
    for concept, view, opt in parts:
        model.concept = concept.name
        concept.module.build(model, view, opt)
    chances = {(t, u.id): u.probability for t in sets.periods for u in sets.states[t]}
    for line in model.money:
        chance = 1.0 if line.state == "all" else chances[line.period, line.state]
        scale = case.scenario.weights.of(line.group) * line.factor * chance
        model.maximise(((j, a * scale) for j, a in line.terms), line.constant * scale)
    return Built(model, sets, parts)
