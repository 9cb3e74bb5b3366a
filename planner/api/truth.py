"""How far to trust the numbers: held against published figures, and whom a change would move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def calibration(
    out: str | Path, say: Callable[[str], None] | None = None, gap: float = 0.01
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Run the cost model for the fabs of published studies; figures and files written.

    gap: to which the base case is solved for the loss of gross margin.
    """
    from planner import api
    from planner.analysis import calibration as cost
    from planner.analysis import calibration_rows as compared
    from planner.inputs.load import data_root
    from planner.inputs.published import read_published
    from planner.outputs.calibration_page import write_calibration
    from planner.outputs.run_folder import writing
    from planner.solve.optimise import solve_case

    tell = say or (lambda _: None)
    published = read_published(data_root())
    case = api.load("base")
    tell("solving the base case")
    plan = solve_case(case, gap=gap)
    alone, built = cost.alone(case)
    fabs = {}
    for country, product in compared.wanted(published, plan):
        tell(f"one module of {product} in {country}")
        fabs[country, product] = cost.fab(alone, built, country, product)
    rows = compared.rows(published, case, fabs, plan)
    found = {
        "text": compared.text(rows),
        "rows": rows,
        "indices": compared.indices(case, fabs),
        "lines": compared.lines(fabs),
    }
    folder = Path(out).expanduser()
    with writing(folder):
        return found, write_calibration(found, folder)


def effect(
    change: str,
    names: Sequence[str],
    say: Callable[[str], None] | None = None,
    gap: float | None = None,
) -> dict[str, Any]:
    """Which scenarios' plans a changed number changes; each is solved before and after.

    change: a fact as `--set` takes it (`facts.TABLE.ENTITY.PARAMETER=VALUE`). gap: in place of the
    scenarios' own. Raises InputError for an unknown fact or scenario.
    """
    from planner import api
    from planner.analysis.evidence import moved
    from planner.solve.optimise import solve_case

    settings: dict[str, Any] = {} if gap is None else {"gap": gap}
    cases = [(name, api.load(name), api.load(name, [change])) for name in names]
    rows = []
    for name, before, after in cases:
        if say is not None:
            say(f"evidence: {name}")
        old, new = (solve_case(case, **settings) for case in (before, after))
        rows.append({"scenario": name, **moved((old, before), (new, after))})
    sure = [r["scenario"] for r in rows if r["sure"]]
    text = (
        f"{change} changes the plan of {', '.join(sure)}"
        if sure
        else f"{change} changes no plan for certain: each stays within the gap of the best"
    )
    return {"change": change, "scenarios": rows, "text": text + "."}


def bearing(
    run: str | Path, workers: int = 2, say: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """What a tenth of every number does to a solved plan and to its lead over its rivals.

    run: a run folder, or the name of a scenario, which is then solved first.
    """
    from planner import api
    from planner.analysis.bearing import bearing as measured
    from planner.solve.optimise import solve_case

    if Path(run).is_dir():
        plan, case = api.load_run(run)
    else:
        case = api.load(run)
        plan = solve_case(case)
    return measured(plan, case, workers, say)
