"""Several questions to a plan at once, kept with the run and shown in its report."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

FILE = "answers.json"
USUAL = ("alternatives", "pareto:subsidy", "sensitivity", "screening", "flip", "roadmap")
"""Asked unless told otherwise; `flip` is asked for the first host of the data."""


def answers(
    run: str | Path,
    asked: Sequence[str] = USUAL,
    *,
    seconds: float = 60.0,
    say: Callable[[str], None] | None = None,
) -> tuple[list[dict[str, Any]], tuple[Path, ...]]:
    """Ask several questions of a run; the answers, and the files written into its folder.

    asked: `question` or `question:argument`, e.g. `pareto:subsidy`, `pareto:subsidy+cvar`,
    `flip:JP`, `offer:DE`, `why-not:us_boise`, `closeness:runs/insular`. seconds: budget of each
    question. Answers to the same question replace those of before.
    Raises InputError with the nearest name for an unknown question or argument.
    """
    from planner import api
    from planner.inputs.load import data_root
    from planner.outputs.answers import write_answers
    from planner.outputs.run_folder import writing

    folder, tell = Path(run), say or (lambda _: None)
    plan, case = api.load_run(folder)
    calls = [_call(text, case) for text in asked]
    found = {_key(a): a for a in kept(folder)}
    for question, settings in calls:
        said = (getattr(value, "title", value) for value in settings.values())
        tell(f"{question} {' '.join(map(str, said))}".strip())
        answer = api.ask(question, plan, case, seconds=seconds, say=say, **settings)
        found[_key(answer)] = _plain(answer)
    every = list(found.values())
    target, page, report = folder / FILE, folder / "answers.html", folder / "report.html"
    with writing(target):
        target.write_text(json.dumps(every, indent=1, ensure_ascii=False) + "\n", "utf-8")
        write_answers(every, case, page, data_root(), report.name if report.exists() else "")
    api.report(plan, case, report, answers=every)
    return every, (target, page, report)


def kept(folder: Path) -> list[dict[str, Any]]:
    """Answers kept with a run; none when there are none or the file cannot be read as such."""
    try:
        found = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    good = isinstance(found, list) and all(isinstance(a, dict) and "question" in a for a in found)
    return found if good else []


def _key(answer: Mapping[str, Any]) -> tuple[str, ...]:
    names = ("question", "axis", "axes", "host", "site", "given")
    return tuple(str(answer.get(name)) for name in names)


def _call(text: str, case: Any) -> tuple[str, dict[str, Any]]:
    """Question and settings of `question:argument`. Raises InputError for an unknown one."""
    from planner import api
    from planner.core.errors import InputError, Issue, did_you_mean
    from planner.outputs.answers import TITLES

    name, _, argument = text.partition(":")
    known = [title.replace(" ", "-") for title in TITLES]
    if name not in known:
        hint = did_you_mean(name, known)
        raise InputError([Issue("error", "E738", "--ask", text, f"no question '{name}'", hint)])
    if name == "pareto":
        axes = [part for part in argument.split("+") if part] or ["subsidy"]
        if len(axes) == 1:
            return "pareto", {"axis": axes[0]}
        return "pareto-three", {"axes": (axes[0], axes[1])}
    if name in ("flip", "offer"):
        hosts = [c for c in case.ids("countries") if case.text("countries", c, "role") == "host"]
        return name, {"host": argument or hosts[0]}
    if name in ("why", "why-not"):
        return name, {"site": argument}
    if name in ("closeness", "weights"):
        return name, {"given" if name == "closeness" else "favourite": api.load_run(argument)[0]}
    return name, {}


def _plain(value: Any) -> Any:
    """Plain JSON data: what is not a number stays away."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return [_plain(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
