"""The files of a calibration: one page without network, and tables of figures and cost lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from planner.outputs import page

Found = Mapping[str, Any]
TABLES = ("rows", "indices", "lines")


def write_calibration(found: Found, folder: Path) -> tuple[Path, ...]:
    """Write calibration.html and calibration_<table>.csv into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    context = {"title": "Calibration against published studies", "found": found, "script": {}}
    written = [folder / "calibration.html"]
    page.write(written[0], page.render("calibration.html.j2", context, ("page.js",)))
    for name in TABLES:
        written.append(folder / f"calibration_{name}.csv")
        frame = pd.DataFrame(found[name])
        frame.to_csv(written[-1], index=False, lineterminator="\n", float_format="%.10g")
    return tuple(written)
