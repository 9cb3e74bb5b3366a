"""The layers wired together: what the command line, the web page and notebooks call.

Imports stand inside the functions, so that `import planner` and `planner --help` cost nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.api.answers import answers as answers
from planner.api.questions import QUESTIONS as QUESTIONS
from planner.api.questions import ask as ask
from planner.api.questions import repairs as repairs
from planner.api.questions import value_of_information as value_of_information
from planner.api.sweeps import sweep as sweep
from planner.api.views import gallery as gallery
from planner.api.views import scorecards as scorecards
from planner.api.warm import Warm

if TYPE_CHECKING:
    from planner.core.case import Case
    from planner.core.errors import Issue
    from planner.core.plan import Plan
    from planner.model.assemble import Built
    from planner.outputs.drawing import Drawing

RUNS = Path("runs")
"""Where run folders go when nothing else is said."""


def load(
    scenario: str | Path, set_values: Sequence[str] = (), data_root: Path | None = None
) -> Case:
    """Scenario and data as one frozen case.

    Parameters
    ----------
    scenario
        Path of a scenario file, or the name of one the planner ships.
    set_values
        Changes in the form `KEY=VALUE`, as with `--set`.
    data_root
        Folder of the data; the planner's own when empty.

    Raises
    ------
    InputError
        With every problem found, each with file and line.
    """
    from planner.inputs.load import load_case
    from planner.model.catalogue import option_schemas

    return load_case(find_scenario(scenario), option_schemas(), data_root, tuple(set_values))


def find_scenario(scenario: str | Path) -> Path:
    """Path of a scenario given as a path or as the name of a shipped one.

    Raises InputError with the nearest name when there is neither.
    """
    from planner.core.errors import InputError, Issue, did_you_mean
    from planner.inputs.load import scenario_root

    path = Path(scenario).expanduser()
    if path.is_file():
        return path
    shipped = scenario_root() / f"{path.stem}.yaml"
    if str(path) == path.name and shipped.is_file():
        return shipped
    near = did_you_mean(path.stem, [p.stem for p in scenario_root().glob("*.yaml")])
    problem = "is a folder" if path.is_dir() else "no such scenario file"
    hint = f"{near} `planner scenarios` lists what there is."
    raise InputError([Issue("error", "E100", str(scenario), "", problem, hint)])


def check(
    scenario: str | Path, set_values: Sequence[str] = (), data_root: Path | None = None
) -> tuple[Issue, ...]:
    """Every problem of a scenario and its data; empty when it can be solved."""
    from planner.core.errors import InputError
    from planner.inputs.geography import misplaced

    try:
        case = load(scenario, set_values, data_root)
    except InputError as error:
        return error.issues
    return tuple(misplaced(case, _data(data_root)))


def explain(plan: Plan, case: Case, built: Built | None = None) -> Plan:
    """The plan with why each host country and site is in or out; unchanged if it has reasons.

    built: the plan's model, where it stands already; else it is built anew.
    """
    from planner.analysis.reasons import explained

    return plan if plan.reasons else explained(plan, case, built)


def run(
    scenario: str | Path,
    out: Path | None = None,
    set_values: Sequence[str] = (),
    progress: Callable[[Any], None] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> tuple[Plan, Path]:
    """Load, solve, explain and save.

    Parameters
    ----------
    out
        Run folder; `runs/<scenario name>` when empty.
    progress
        Called with a `planner.solve.highs.Progress` whenever the search moves.
    settings
        `solver`, `gap`, `time_limit`, `threads`, `seed` in place of the scenario's.
    """
    from planner.outputs.run_folder import require_replaceable

    begun = time.perf_counter()
    case = load(scenario, set_values)
    seconds = {"load": time.perf_counter() - begun}
    folder = (out or RUNS / case.scenario.name).expanduser()
    require_replaceable(folder)
    plan, built = solve_and_keep(case, progress, settings)
    plan = replace(plan, info=replace(plan.info, seconds={**seconds, **plan.info.seconds}))
    return plan, save_run(explain(plan, case, built), case, folder)


def solve_and_keep(
    case: Case,
    progress: Callable[[Any], None] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> tuple[Plan, Built]:
    """The plan and its model, with what the outputs need loaded while HiGHS searches.

    progress, settings: as in `run`.
    """
    from planner.solve import optimise

    return optimise.solve_and_keep(case, Warm(_data(None), progress), **(settings or {}))


def save_run(plan: Plan, case: Case, folder: str | Path, data_root: Path | None = None) -> Path:
    """Write the run folder (plan, tables, maps, report, inputs), whole or not at all."""
    from planner.outputs.run_folder import write_run

    return write_run(explain(plan, case), case, Path(folder), _data(data_root))


def load_run(folder: str | Path) -> tuple[Plan, Case]:
    """Plan and case of a run folder."""
    from planner.outputs.run_folder import read_run

    return read_run(Path(folder))


def verify(plan: Plan, case: Case) -> tuple[Issue, ...]:
    """Everything wrong with a plan when recomputed without the solver; empty when it holds."""
    from planner.solve.verify import verify as recompute

    return recompute(plan, case)


def report(
    plan: Plan,
    case: Case,
    path: str | Path,
    data_root: Path | None = None,
    answers: Sequence[Mapping[str, Any]] = (),
) -> Path:
    """Write the report as one HTML page that needs no network; answers of `ask` get sections."""
    from planner.outputs.report import write_report
    from planner.outputs.run_folder import writing

    target = Path(path).expanduser()
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_report(explain(plan, case), case, target, _data(data_root), answers)
    return target


def report_pdf(plan: Plan, case: Case, path: str | Path, data_root: Path | None = None) -> Path:
    """Write the decision memo as PDF. Raises InputError when the extra `pdf` is missing."""
    from planner.outputs.pdf import write_memo
    from planner.outputs.run_folder import writing

    target = Path(path).expanduser()
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_memo(explain(plan, case), case, target, _data(data_root))
    return target


def prices(plan: Plan) -> list[dict[str, Any]]:
    """Limits that bind and what one unit more of each is worth, dearest first [USD bn].

    Prices hold for small changes with the whole-number decisions kept.
    """
    rows = plan.rows
    if rows.empty:
        return []
    tight = rows[rows["binding"] & (rows["price_usd_bn"].abs() > 0)]
    ordered = tight.sort_values(
        "price_usd_bn", key=lambda price: price.abs(), ascending=False, kind="stable"
    )
    found = ordered[["rule", "key", "right_hand_side", "price_usd_bn"]].to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in found]


def draw_map(
    plan: Plan,
    case: Case,
    path: str | Path,
    drawing: Drawing | None = None,
    data_root: Path | None = None,
) -> tuple[Path, ...]:
    """Draw the map; `path` without ending, one file per format."""
    from planner.outputs.drawing import Drawing, draw
    from planner.outputs.run_folder import writing

    target = Path(path).expanduser()
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        return draw(plan, case, target, drawing or Drawing(), _data(data_root))


def compare(
    folders: Sequence[str | Path], out: str | Path, data_root: Path | None = None
) -> tuple[Path, ...]:
    """Compare run folders: page, tables, workbook and difference map in the folder `out`."""
    from planner.core.errors import InputError, Issue
    from planner.outputs.compare import FEWEST, MOST, compare_plans
    from planner.outputs.run_folder import writing

    if not FEWEST <= len(folders) <= MOST:
        text = f"{FEWEST} to {MOST} runs can be compared, not {len(folders)}"
        raise InputError([Issue("error", "E720", "compare", "", text)])
    target = Path(out).expanduser()
    runs = [load_run(folder) for folder in folders]
    with writing(target):
        target.mkdir(parents=True, exist_ok=True)
        compare_plans(runs, target, _data(data_root))
    return tuple(sorted(target.glob("compare.*"))) + tuple(sorted(target.glob("diff_map.*")))


def scenarios() -> tuple[Mapping[str, Any], ...]:
    """The scenarios the planner ships: name, title, question, path."""
    from planner.inputs.load import list_scenarios

    return tuple(list_scenarios())


def evidence(case: Case, plan: Plan | None = None) -> Mapping[str, Any]:
    """What the numbers of a case rest on: facts by table and grade, and the weak ones.

    Weak are the estimates (grade D); with a plan, the facts most of its money leans on.
    """
    counts: dict[str, dict[str, int]] = {}
    for fact in case.facts:
        table = counts.setdefault(fact.table, dict.fromkeys("ABCD", 0))
        table[fact.grade] = table.get(fact.grade, 0) + 1
    used = {part for fact in case.facts for part in fact.sources}
    weak = [
        {name: getattr(f, name) for name in ("table", "entity", "parameter", "period")}
        | {name: getattr(f, name) for name in ("value", "low", "high", "unit", "source", "note")}
        for f in case.facts
        if f.grade == "D"
    ]
    if plan is not None:
        weak = [
            {str(k): v for k, v in row.items()}
            for row in plan.table("weak_facts").to_dict("records")
        ]
    return {
        "facts": len(case.facts),
        "sources": len(used),
        "tables": [{"table": name, **grades} for name, grades in sorted(counts.items())],
        "weak": weak,
    }


def _data(data_root: Path | None) -> Path:
    from planner.inputs.load import data_root as shipped

    return data_root or shipped()
