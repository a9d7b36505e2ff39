"""Columns of recorded times, read from CSV files beside the scenario."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan
from pathlib import Path

from infra.marked_yaml import Path as Place
from infra.simulate.scenario import Duration, ScenarioDocument, Trace

MAX_BYTES = 256 * 1024 * 1024
MAX_ROWS = 5_000_000
#: Stands for an empty cell.
ABSENT = nan

#: Values in seconds by file and column, in the order of the rows.
Columns = Mapping[tuple[str, str], Sequence[float]]


@dataclass(slots=True)
class Read:
    """What was read, and what is wrong with it, at the place in the scenario that asked for it."""

    columns: dict[tuple[str, str], list[float]] = field(default_factory=dict[tuple[str, str], list[float]])
    faults: list[tuple[Place, str, str]] = field(default_factory=list[tuple[Place, str, str]])


@dataclass(frozen=True, slots=True)
class _Wanted:
    place: Place
    file: str
    column: str
    may_be_empty: bool


def read_columns(scenario: ScenarioDocument, folder: Path) -> Read:
    """Every column that the scenario names. Raises nothing: faults are in the result."""
    read = Read()
    for wanted in _wanted(scenario):
        key = (wanted.file, wanted.column)
        if key in read.columns:
            continue
        try:
            read.columns[key] = list(_column(folder / wanted.file, wanted))
        except (OSError, ValueError) as fault:
            said = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
            what = f"{wanted.file}: {said}"
            read.faults.append((wanted.place, what, "name a CSV file, from the scenario's folder, with such a column"))
    return read


def _wanted(scenario: ScenarioDocument) -> Iterator[_Wanted]:
    for name, customers in scenario.classes.items():
        place: Place = ("classes", name)
        if (trace := customers.arrivals.trace) is not None:
            yield from _of_trace((*place, "arrivals", "trace"), trace)
        for key in ("handling", "wrap_up", "patience"):
            yield from _of_duration((*place, key), getattr(customers, key))
    for name, group in scenario.groups.items():
        yield from _of_duration(("groups", name, "answers_after"), group.answers_after)


def _of_trace(place: Place, trace: Trace) -> Iterator[_Wanted]:
    yield _Wanted((*place, "at"), trace.file, trace.at, False)
    for key in ("handling", "patience"):
        column = getattr(trace, key)
        if column is not None:
            yield _Wanted((*place, key), trace.file, column, True)


def _of_duration(place: Place, duration: Duration | None) -> Iterator[_Wanted]:
    if duration is not None and duration.trace is not None:
        yield _Wanted((*place, "trace"), duration.trace.file, duration.trace.column, False)


def _column(path: Path, wanted: _Wanted) -> Iterator[float]:
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES // 1024 // 1024} MB")
    empty = True
    with path.open(newline="", encoding="utf-8-sig") as lines:
        rows = csv.DictReader(lines)
        if wanted.column not in (rows.fieldnames or ()):
            raise ValueError(f"there is no column {wanted.column!r}; there are {', '.join(rows.fieldnames or ())}")
        for number, row in enumerate(rows, 2):
            if number > MAX_ROWS:
                raise ValueError(f"more than {MAX_ROWS} rows")
            empty = False
            yield _cell(row[wanted.column], number, wanted)
    if empty:
        raise ValueError("no row but the heading")


def _cell(text: str | None, number: int, wanted: _Wanted) -> float:
    text = (text or "").strip()
    if not text and wanted.may_be_empty:
        return ABSENT
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"line {number}: {wanted.column} is {text!r}, not a number of seconds") from None
    if not isfinite(value) or value < 0:
        raise ValueError(f"line {number}: {wanted.column} is {text}, it must be zero or more")
    return value
