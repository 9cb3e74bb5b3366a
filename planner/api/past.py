"""The planner held against the past: the study of 1986-1996 and the backtest, with their pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def history(
    out: str | Path, say: Callable[[str], None] | None = None, **settings: Any
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Solve the four scenarios of 1986-1996 and compare them; figures and files written.

    out: folder that gets a run folder for each scenario, the page and its tables. settings: gap,
    time_limit, threads, solver, where they are asked.
    """
    from planner import api
    from planner.analysis import history as case_study
    from planner.inputs.load import scenario_root
    from planner.outputs.history_page import write_history
    from planner.outputs.run_folder import writing

    folder = Path(out).expanduser()
    solved, written = {}, []
    for name in case_study.NAMES:
        path = scenario_root() / "history" / f"{name}.yaml"
        plan, run = api.run(str(path), folder / name, (), None, settings)
        if say is not None:
            say(f"{name}: USD {plan.info.objective:,.2f} bn, gap {plan.info.gap:.2%}")
        solved[name] = api.load_run(run)
        written.append(run)
    found = case_study.history(solved)
    with writing(folder):
        return found, (*written, *write_history(found, folder))


def backtest(
    out: str | Path, only: str = "", say: Callable[[str], None] | None = None
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """Hold the planner against real decisions; figures and files written.

    only: id of one decision. Raises InputError for an unknown one and for wrong data.
    """
    from planner import api
    from planner.analysis import backtest as test
    from planner.analysis.backtest_summary import summary
    from planner.core.errors import InputError, Issue, did_you_mean
    from planner.inputs.decisions import read_decisions
    from planner.inputs.load import data_root
    from planner.outputs.backtest_page import write_backtest
    from planner.outputs.run_folder import writing

    decisions, known = read_decisions(data_root())
    ids = [d.id for d in decisions]
    if only and only not in ids:
        hint = did_you_mean(only, ids)
        raise InputError([Issue("error", "E750", "--only", only, f"no decision '{only}'", hint)])
    asked = [d for d in decisions if not only or d.id == only]
    cases = {name: api.load(name) for name in sorted({d.scenario for d in asked})}
    rows = test.backtest([(d, cases[d.scenario]) for d in asked], known, say)
    for row, decision in zip(rows, asked, strict=True):
        row["site"] = decision.site
    case = next(iter(cases.values()))
    names = {i: case.name(r, i) for r in ("sites", "targets") for i in case.ids(r)}
    found = {**summary(rows), "decisions": rows, "names": names}
    folder = Path(out).expanduser()
    with writing(folder):
        return found, write_backtest(found, folder)
