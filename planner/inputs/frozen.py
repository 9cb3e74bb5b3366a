"""The frozen inputs of a run: a case as JSON and back, with its digest checked."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from planner.core.case import Case, Fact
from planner.core.errors import InputError, Issue
from planner.core.scenario import Scenario

FORMAT = 1
FACT_FIELDS = tuple(Fact.__dataclass_fields__)


def case_to_json(case: Case) -> str:
    """Canonical JSON of a case; the same case gives the same bytes."""
    payload = {
        "format": FORMAT,
        "digest": case.digest,
        "scenario": case.scenario.model_dump(mode="json"),
        "registers": {n: [dict(r) for r in rows.values()] for n, rows in case.registers.items()},
        "ids": {n: list(rows) for n, rows in case.registers.items()},
        "facts": [[getattr(f, name) for name in FACT_FIELDS] for f in case.facts],
        "kinds": dict(case.kinds),
        "defaults": dict(case.defaults),
        "sources": {k: dict(v) for k, v in case.sources.items()},
        "overridden": dict(case.overridden),
    }
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")) + "\n"


def case_from_json(text: str) -> Case:
    """A case from its JSON. Raises InputError when it is damaged or was changed."""
    try:
        payload = json.loads(text)
        case = _case(payload)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        message = f"not the frozen inputs of a run ({type(error).__name__})"
        raise InputError([Issue("error", "E220", "case.json", "", message)]) from error
    if case.digest != payload["digest"]:
        message = "the inputs were changed after the run (digest differs)"
        raise InputError([Issue("error", "E221", "case.json", "digest", message)])
    return case


def _case(payload: dict[str, Any]) -> Case:
    if payload["format"] != FORMAT:
        msg = f"format {payload['format']}"
        raise ValueError(msg)
    registers = {
        name: dict(zip(payload["ids"][name], rows, strict=True))
        for name, rows in payload["registers"].items()
    }
    return Case(
        scenario=Scenario.model_validate(payload["scenario"]),
        registers=registers,
        facts=tuple(Fact(*row) for row in payload["facts"]),
        kinds=payload["kinds"],
        defaults=payload["defaults"],
        sources=payload["sources"],
        overridden=payload["overridden"],
    )
