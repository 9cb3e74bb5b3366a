"""Fuzzing of the loaders led by coverage: `python -m tests.fuzz.led TARGET SECONDS [SEED]`.

Atheris (libFuzzer) watches which branches of `planner.inputs` an input reaches and keeps what
reaches new ones. Problems told are fine; anything else ends the run with the input that did it.
Targets: scenario (a YAML file), setting (one `--set`), table (a CSV), frozen (a case.json).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris  # type: ignore[import-not-found,unused-ignore]

with atheris.instrument_imports(include=["planner.inputs", "planner.core"]):
    from planner.core.errors import InputError
    from planner.inputs.load import (
        case_from_json,
        case_to_json,
        data_root,
        load_case,
        scenario_root,
    )
    from planner.inputs.scenarios import read_scenario
    from planner.model.catalogue import option_schemas

HISTORY = scenario_root() / "history" / "history-agreement.yaml"
Target = Callable[[str], object]


def scenario(folder: Path) -> tuple[Target, list[str]]:
    """Whole scenario files."""
    schemas, path = option_schemas(), folder / "mine.yaml"

    def run(text: str) -> object:
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        return read_scenario(path, scenario_root(), schemas)

    return run, [p.read_text("utf-8") for p in sorted(scenario_root().glob("**/*.yaml"))]


def setting(_: Path) -> tuple[Target, list[str]]:
    """One change from the command line."""
    schemas, base = option_schemas(), scenario_root() / "base.yaml"
    seeds = ["weights.risk=2", "facts.programme.jp_5g_nedo.budget_usd_bn=*2", "futures=[calm]",
             "concepts.limits.places=[{where: US, least_kwpm: 5}]"]  # fmt: skip
    return lambda text: read_scenario(base, scenario_root(), schemas, [text]), seeds


def table(folder: Path) -> tuple[Target, list[str]]:
    """One table of facts in a world of its own."""
    root = folder / "data"
    shutil.copytree(data_root(), root)
    path, schemas = root / "history-1986" / "facts" / "agreement.csv", option_schemas()
    if not path.exists():
        path = next(iter(sorted((root / "history-1986" / "facts").glob("*.csv"))))
    seeds = [p.read_text("utf-8") for p in sorted(path.parent.glob("*.csv"))][:12]

    def run(text: str) -> object:
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        return load_case(HISTORY, schemas, root)

    return run, seeds


def frozen(_: Path) -> tuple[Target, list[str]]:
    """A case as a run folder keeps it."""
    text = case_to_json(load_case(HISTORY, option_schemas()))
    return case_from_json, [text[:4000], text]


TARGETS = {"scenario": scenario, "setting": setting, "table": table, "frozen": frozen}


def main() -> None:
    """Fuzz one target; ends with libFuzzer's own exit code."""
    name, seconds, *seed = sys.argv[1:]
    folder = Path(tempfile.mkdtemp(prefix="led-"))
    run, seeds = TARGETS[name](folder)
    corpus = folder / "corpus"
    corpus.mkdir()
    for n, text in enumerate(seeds):
        (corpus / f"seed{n}").write_bytes(text.encode())

    def one(data: bytes) -> None:
        try:
            run(data.decode("utf-8", errors="surrogateescape"))
        except InputError as told:
            if not told.issues:
                raise

    options = [f"-max_total_time={seconds}", f"-seed={seed[0] if seed else 1}",
               "-rss_limit_mb=2048", "-timeout=20", "-max_len=20000", "-print_final_stats=1",
               f"-artifact_prefix={folder}/"]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
