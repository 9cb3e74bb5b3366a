"""plan.json, the plan in short: what a reader, a script or another program asks first."""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from planner.core.plan import Plan, SolveInfo
from planner.outputs import frames

FORMAT = 1
"""Version of the run folder's layout."""
PHASES = ("load", "build", "solve", "verify", "output")
"""What a run spends its time on."""


def as_json(content: Mapping[str, Any]) -> str:
    """Indented JSON text with a last line break."""
    return json.dumps(_finite(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    """JSON has no infinity and no NaN: null stands for both."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value


class Short(BaseModel):
    """What plan.json must hold to be read back; a damaged one is told by its first wrong field."""

    model_config = ConfigDict(strict=True)

    format: int
    scenario: str
    title: str
    digest: str
    status: str
    stopped_by: str
    objective_usd_bn: float
    bound_usd_bn: float | None
    gap: float | None
    root_gap: float | None
    seconds: dict[str, float]
    size: dict[str, float]
    measures: dict[str, Any]
    sites: list[dict[str, Any]]
    modules: list[dict[str, Any]]
    research: list[dict[str, Any]]
    reasons: list[dict[str, Any]]
    versions: dict[str, str]
    files: dict[str, str]


def wrong_field(content: Mapping[str, Any]) -> str:
    """The first field of plan.json that is missing or of another kind; empty when all is well."""
    try:
        Short.model_validate(content)
    except ValidationError as error:
        return ".".join(str(part) for part in error.errors()[0]["loc"])
    return ""


def _own_version() -> str:
    try:
        return metadata.version("planner")
    except metadata.PackageNotFoundError:
        return "not installed"


def short_form(plan: Plan, output_seconds: float = 0.0) -> dict[str, Any]:
    """What plan.json says; only `seconds` differs between two runs of the same inputs."""
    info = plan.info
    seconds = {**info.seconds, "output": output_seconds}
    sites = plan.table("sites")
    used = sites[sites["chosen"] | (sites["role"] != "none")] if len(sites) else sites
    return {
        "format": FORMAT,
        "scenario": plan.scenario,
        "title": plan.title,
        "digest": plan.digest,
        "status": info.status,
        "stopped_by": info.stopped_by,
        "objective_usd_bn": info.objective,
        "bound_usd_bn": info.bound,
        "gap": info.gap,
        "root_gap": info.root_gap,
        "seconds": {phase: round(seconds.get(phase, 0.0), 3) for phase in PHASES},
        "size": dict(info.size),
        "measures": dict(plan.measures),
        "sites": frames.records(used),
        "modules": frames.records(plan.table("modules")),
        "research": frames.records(plan.table("research")),
        "reasons": [dict(r) for r in plan.reasons],
        "versions": {
            "planner": _own_version(),
            "python": platform.python_version(),
            **info.versions,
        },
    }


def plan_of(short: Mapping[str, Any], fields: Mapping[str, Any]) -> Plan:
    """The plan again: plan.json plus the frames at full precision."""
    info = SolveInfo(
        status=short["status"],
        has_solution=True,
        objective=short["objective_usd_bn"],
        bound=math.inf if short["bound_usd_bn"] is None else short["bound_usd_bn"],
        gap=math.inf if short["gap"] is None else short["gap"],
        seconds=short["seconds"],
        versions=short["versions"],
        size=short["size"],
        stopped_by=short["stopped_by"],
        root_gap=short["root_gap"],
    )
    return Plan(
        scenario=short["scenario"],
        title=short["title"],
        digest=short["digest"],
        info=info,
        measures=short["measures"],
        reasons=tuple(short["reasons"]),
        **fields,
    )
