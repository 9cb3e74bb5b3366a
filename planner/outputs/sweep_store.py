"""The results of a sweep in a DuckDB file: one transaction a point, so a kill loses nothing.

sweep    (key, value)                                     what was asked, with its digest
points   (point, knob, value)                             every point's settings
results  (point, status, reason, objective_usd_bn, bound_usd_bn, gap)
measures (point, measure, value)
modules  (point, site, country, product, option, begun_year, kwpm)
start    (settings, plan)                                 what every point starts from
effort   (point, seconds, worker)                         the only table that differs by run
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from planner.core.errors import InputError, Issue
from planner.core.sweep import Outcome, Sweep

FILE = "sweep.duckdb"
TABLES = {
    "sweep": "key VARCHAR PRIMARY KEY, value VARCHAR",
    "points": "point INTEGER, knob VARCHAR, value VARCHAR, PRIMARY KEY (point, knob)",
    "results": (
        "point INTEGER PRIMARY KEY, status VARCHAR, reason VARCHAR, objective_usd_bn DOUBLE, "
        "bound_usd_bn DOUBLE, gap DOUBLE"
    ),
    "measures": "point INTEGER, measure VARCHAR, value DOUBLE, PRIMARY KEY (point, measure)",
    "modules": (
        "point INTEGER, site VARCHAR, country VARCHAR, product VARCHAR, option VARCHAR, "
        "begun_year INTEGER, kwpm DOUBLE"
    ),
    "start": "settings VARCHAR, plan BLOB",
    "effort": "point INTEGER PRIMARY KEY, seconds DOUBLE, worker VARCHAR",
}
SAME_IN_EVERY_RUN = ("points", "results", "measures", "modules")


def digest(sweep: Sweep, case_digest: str) -> str:
    """SHA-256 of what decides the results: the sweep and the inputs of its scenario."""
    asked = [sweep.model_dump(mode="json"), case_digest, "all points from one start"]
    text = json.dumps(asked, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Store:
    """An open results file; use `opened`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._db = connection

    def done(self) -> set[int]:
        """Points that need no further work."""
        return {int(row[0]) for row in self._db.execute("SELECT point FROM results").fetchall()}

    def start(self) -> tuple[tuple[str, ...], bytes | None] | None:
        """Settings and plan the points start from; None when no start was looked for yet."""
        row = self._db.execute("SELECT settings, plan FROM start").fetchone()
        return None if row is None else (tuple(json.loads(row[0])), row[1])

    def begin(self, settings: tuple[str, ...], plan: bytes | None) -> None:
        """Record what every point starts from, once; no plan: every point from nothing."""
        self._db.execute("INSERT INTO start VALUES (?, ?)", [json.dumps(settings), plan])

    def add(self, outcome: Outcome) -> None:
        """Record a point, whole or not at all."""
        o = outcome
        self._db.begin()
        self._db.execute(
            "INSERT INTO results VALUES (?, ?, ?, ?, ?, ?)",
            [o.point, o.status, o.reason, o.objective_usd_bn, o.bound_usd_bn, o.gap],
        )
        self._db.execute("INSERT INTO effort VALUES (?, ?, ?)", [o.point, o.seconds, o.worker])
        if o.measures:
            self._db.executemany(
                "INSERT INTO measures VALUES (?, ?, ?)", [[o.point, *m] for m in o.measures]
            )
        if o.modules:
            self._db.executemany(
                "INSERT INTO modules VALUES (?, ?, ?, ?, ?, ?, ?)",
                [[o.point, *m] for m in o.modules],
            )
        self._db.commit()

    def outcomes(self) -> list[dict[str, Any]]:
        """Every recorded point as plain data, by number."""
        found = {
            int(row["point"]): {**row, "measures": {}, "modules": [], "settings": {}}
            for row in _rows(self._db.execute("SELECT * FROM results ORDER BY point").df())
        }
        for row in _rows(self._db.execute("SELECT * FROM measures").df()):
            found[int(row["point"])]["measures"][row["measure"]] = row["value"]
        query = "SELECT point, site, country, product, option, begun_year, kwpm FROM modules"
        for point, *rest in self._db.execute(f"{query} ORDER BY ALL").fetchall():
            found[int(point)]["modules"].append(tuple(rest))
        for point, knob, value in self._db.execute("SELECT * FROM points").fetchall():
            if int(point) in found:
                found[int(point)]["settings"][knob] = json.loads(value)
        return list(found.values())

    def export(self, folder: Path) -> None:
        """The tables that are the same in every run, as sorted CSV files."""
        for name in SAME_IN_EVERY_RUN:
            frame = self._db.execute(f"SELECT * FROM {name} ORDER BY ALL").df()
            frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(k): v for k, v in row.items()} for row in plain]


@contextmanager
def opened(folder: Path, sweep: Sweep, case_digest: str, *, resume: bool) -> Iterator[Store]:
    """The results file of a folder, made or taken up again.

    Raises InputError when it is there without `resume`, belongs to another question, is in use by
    another process, or is no results file.
    """
    path = folder / FILE
    if path.exists() and not resume:
        hint = "Go on with --resume, or choose another folder with --out."
        raise _error(path, "E742", "results are there already", hint)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(path))
    except duckdb.Error as error:
        text = f"cannot be opened ({str(error).splitlines()[0]})"
        raise _error(path, "E743", text, "Is another sweep writing to it?") from error
    try:
        _prepare(connection, path, sweep, digest(sweep, case_digest))
        yield Store(connection)
    finally:
        connection.close()


def _prepare(connection: duckdb.DuckDBPyConnection, path: Path, sweep: Sweep, mark: str) -> None:
    """Make the tables and write what is asked; or see that the file asks the same."""
    connection.begin()
    for name, columns in TABLES.items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
    known: Mapping[str, str] = dict(connection.execute("SELECT * FROM sweep").fetchall())
    if known and known.get("digest") != mark:
        connection.rollback()
        text = "belongs to another sweep, scenario or data"
        raise _error(path, "E744", text, "Choose another folder with --out.")
    if not known:
        rows = [[n, key, json.dumps(v)] for n, s in enumerate(sweep.settings()) for key, v in s]
        meta = {"digest": mark, "name": sweep.name, "asked": sweep.model_dump_json()}
        connection.executemany("INSERT INTO sweep VALUES (?, ?)", [[k, v] for k, v in meta.items()])
        frame = pd.DataFrame(rows, columns=["point", "knob", "value"])
        connection.register("asked_points", frame)
        connection.execute("INSERT INTO points SELECT * FROM asked_points")
        connection.unregister("asked_points")
    connection.commit()


def _error(path: Path, code: str, text: str, hint: str) -> InputError:
    return InputError([Issue("error", code, str(path), "", text, hint)])
