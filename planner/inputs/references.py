"""Names a scenario uses against the data, and its overrides applied to the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase

from planner.core.case import Fact, Record
from planner.core.errors import Issue, did_you_mean
from planner.core.options import Options
from planner.core.scenario import AVERAGE, Override, Scenario
from planner.inputs.dictionary import Dictionary
from planner.inputs.scenarios import Origin
from planner.inputs.tables import inside

Registers = Mapping[str, Mapping[str, Record]]
OWN = "existing"
"""Table whose facts an override may add: what the firm itself runs, wherever it runs it."""
CHANCE = ("future", "probability_pct")
LAYERS = ("risk", "hazard", "subsidy", "wage", "power", "water", "water-price")


def check_references(  # noqa: C901 - one branch per kind of reference
    scenario: Scenario, registers: Registers, origin: Origin
) -> list[Issue]:
    """Unknown sites, countries, classes and futures."""
    issues: list[Issue] = []
    places = {**registers.get("sites", {}), **registers.get("countries", {})}

    def need(path: tuple[str | int, ...], name: str, known: Iterable[str], what: str) -> None:
        names = list(known)
        if name not in names:
            where = origin.get(path) or origin.get(path[:-1]) or _base(path, origin)
            field = ".".join(str(p) for p in path)
            hint = did_you_mean(name, names)
            issues.append(Issue("error", "E207", where, field, f"unknown {what} '{name}'", hint))

    for rule in ("only", "forbid"):
        for n, name in enumerate(getattr(scenario.sites, rule)):
            need(("sites", rule, n), name, places, "site or country")
    for n, pin in enumerate(scenario.sites.pin):
        need(("sites", "pin", n, "site"), pin.site, registers.get("sites", {}), "site")
        if pin.product is not None:
            classes = registers.get("products", {})
            need(("sites", "pin", n, "product"), pin.product, classes, "product class")
    issues += _futures(scenario, origin)
    for path, name, register, what in _future_names(scenario):
        need(path, name, registers.get(register, {}), what)
    need(("map_layer",), scenario.map_layer, LAYERS, "map layer")
    end = scenario.horizon.start + scenario.horizon.periods * scenario.horizon.years_per_period
    if end > 2061:
        text = f"the horizon ends in {end}; the data reach 2041"
        issues.append(Issue("error", "E208", _base(("horizon",), origin), "horizon", text))
    return issues


def _futures(scenario: Scenario, origin: Origin) -> list[Issue]:
    """Futures cannot be both picked from the data and made."""
    if scenario.futures in ((), (AVERAGE,)) or scenario.future_set is None:
        return []
    text = "futures are named and made at once"
    hint = "Leave out 'futures' where 'future_set' makes them (or say 'average')."
    return [Issue("error", "E215", _base(("futures",), origin), "futures", text, hint)]


def _future_names(scenario: Scenario) -> Iterator[tuple[tuple[str | int, ...], str, str, str]]:
    """Where a future or an event is named, its name, the register and what it is."""
    if scenario.future_set is not None:
        for n, name in enumerate(scenario.future_set.events):
            yield ("future_set", "events", n), name, "events", "event"
    elif scenario.futures != (AVERAGE,):
        for n, name in enumerate(scenario.futures):
            yield ("futures", n), name, "futures", "future"


def check_options(
    scenario: Scenario,
    registers: Registers,
    origin: Origin,
    schemas: Mapping[str, type[Options]],
) -> list[Issue]:
    """Names inside the options of concepts that the data do not know."""
    issues = []
    places = {**registers.get("sites", {}), **registers.get("countries", {})}
    for concept, given in scenario.concepts.items():
        for path, name, register in schemas[concept].model_validate(given).named():
            known = places if register == "place" else registers.get(register, {})
            if name not in known:
                full = ("concepts", concept, *path)
                where = next(
                    (origin[full[:n]] for n in range(len(full), 0, -1) if full[:n] in origin),
                    scenario.name,
                )
                what = "site or country" if register == "place" else register.rstrip("s")
                field = ".".join(str(part) for part in full)
                hint = did_you_mean(name, known)
                text = f"unknown {what} '{name}'"
                issues.append(Issue("error", "E207", where, field, text, hint))
    return issues


def _base(path: tuple[str | int, ...], origin: Origin) -> str:
    return origin.get(path[:1]) or next(iter(origin.values()), "scenario")


def apply_overrides(
    scenario: Scenario,
    facts: list[Fact],
    dictionary: Dictionary,
    origin: Origin,
    registers: Registers,
) -> tuple[list[Fact], dict[str, str], list[Issue]]:
    """Facts with the scenario's overrides, why each changed, and problems.

    An override that sets own capacity where the data have none adds the fact.
    """
    changed, reasons, issues = list(facts), {}, list[Issue]()
    by_place = {f.key: n for n, f in enumerate(changed)}
    for number, override in enumerate(scenario.overrides):
        where = origin.get(("overrides", number)) or _base(("overrides",), origin)
        problem = _unknown(override, dictionary, where, number)
        if problem:
            issues.append(problem)
            continue
        hits = [f for f in changed if _hit(override, f)]
        if not hits and _may_add(override, dictionary, registers):
            hits = [_added(override, scenario.horizon.start, dictionary)]
            by_place[hits[0].key] = len(changed)
            changed += hits
        if not hits:
            known = sorted({f.entity for f in facts if f.table == override.table})
            hint = did_you_mean(override.entity, known)
            text = f"no fact {override.table}.{override.parameter} of '{override.entity}'"
            field = f"overrides.{number}.entity"
            issues.append(Issue("error", "E209", where, field, text, hint))
        outside = list[Issue]()
        for fact in hits:
            value = override.value if override.value is not None else fact.value * _factor(override)
            entry = dictionary.facts()[fact.table][fact.parameter]
            if not inside(entry, value):
                text = f"{value:g} is outside {entry.low:g} to {entry.high:g} {entry.unit}"
                field = f"overrides.{number}.{'factor' if override.value is None else 'value'}"
                outside.append(Issue("error", "E210", where, field, text))
            low, high = min(fact.low, value), max(fact.high, value)
            changed[by_place[fact.key]] = replace(fact, value=value, low=low, high=high)
            reasons["|".join(str(part) for part in fact.key)] = override.reason
        issues += outside[:1]  # one entry, however many years it changes
    return changed, reasons, issues


def check_chances(scenario: Scenario, facts: Iterable[Fact], origin: Origin) -> list[Issue]:
    """Overridden chances that no longer add to 100 %; a scenario that picks futures scales them."""
    mine = [n for n, o in enumerate(scenario.overrides) if (o.table, o.parameter) == CHANCE]
    if not mine or scenario.futures or scenario.future_set is not None:
        return []
    chances = {f.entity: f.value for f in facts if (f.table, f.parameter) == CHANCE}
    total = sum(chances.values())
    if abs(total - 100) <= 1e-6:
        return []
    changed = {
        e for e in chances if any(fnmatchcase(e, scenario.overrides[n].entity) for n in mine)
    }
    rest = sum(p for e, p in chances.items() if e not in changed)
    where = origin.get(("overrides", mine[-1])) or _base(("overrides",), origin)
    text = f"the chances of the futures add to {total:g} %, not 100 %"
    return [Issue("error", "E131", where, f"overrides.{mine[-1]}", text, _scaling(total, rest))]


def _scaling(total: float, rest: float) -> str:
    """How the chances nobody changed make room for those somebody did."""
    if not 0 < total - rest <= 100 or rest <= 0:
        return "Change the chances of other futures by as much the other way."
    factor = (100 - total + rest) / rest
    return (
        f"Multiply the chances of the other futures by {factor:.6g}: override '*' with that "
        "factor first, then those you know."
    )


def _may_add(override: Override, dictionary: Dictionary, registers: Registers) -> bool:
    """Whether the override sets own capacity of a known site and class."""
    known = dictionary.facts()[override.table][override.parameter].refers_to
    parts = override.entity.split("|")
    named = len(parts) == len(known) and all(
        part in registers.get(register, {}) for part, register in zip(parts, known, strict=True)
    )
    return override.table == OWN and override.value is not None and named


def _added(override: Override, start: int, dictionary: Dictionary) -> Fact:
    """A fact the data do not have, from the year named or the first of the horizon on."""
    value = 0.0 if override.value is None else override.value
    return Fact(
        table=override.table,
        entity=override.entity,
        parameter=override.parameter,
        period=start if override.period is None else override.period,
        value=value,
        low=value,
        high=value,
        unit=dictionary.facts()[override.table][override.parameter].unit,
        price_year="",
        source="own-estimate",
        grade="D",
        note=override.reason,
    )


def _factor(override: Override) -> float:
    return 1.0 if override.factor is None else override.factor


def _unknown(override: Override, dictionary: Dictionary, where: str, number: int) -> Issue | None:
    tables = dictionary.facts()
    field = f"overrides.{number}"
    if override.table not in tables:
        hint = did_you_mean(override.table, tables)
        text = f"unknown fact table '{override.table}'"
        return Issue("error", "E209", where, f"{field}.table", text, hint)
    if override.parameter not in tables[override.table]:
        units = {p: e.unit for p, e in tables[override.table].items()}
        hint = did_you_mean(override.parameter, units, units)
        text = f"unknown parameter '{override.parameter}'"
        return Issue("error", "E209", where, f"{field}.parameter", text, hint)
    return None


def _hit(override: Override, fact: Fact) -> bool:
    return (
        fact.table == override.table
        and fact.parameter == override.parameter
        and fnmatchcase(fact.entity, override.entity)
        and override.period in (None, fact.period)
    )
