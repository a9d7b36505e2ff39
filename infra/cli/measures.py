"""`trunkline measures`: service, work and agents' time over any span, by any of several definitions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from domain.centre.references import suggest
from infra.cli.check import print_finding
from infra.clock import system_clock
from infra.documents import Finding
from infra.load_settings import load_settings
from infra.measures import Watcher, rows_for_measures
from infra.measures_definitions import Loaded, load_definitions
from infra.measures_shown import console_for_tables, print_measures
from infra.stores import open_stores
from projections.queries.measures import (
    BY,
    By,
    Measures,
    NotConfigured,
    UnusableRequest,
    UnusableSpan,
    measured_projects,
    measures_asked,
    queues_of,
)
from projections.reading import Reader

#: Exit codes: what was asked for makes no sense here; a file cannot be read.
FAULTY, UNREADABLE = 1, 2


class Refused(ValueError):
    """What was asked for makes no sense here; the message says how to mend it."""


class Faulty(Exception):
    """A file of definitions is faulty."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = findings
        super().__init__(f"{len(findings)} faults")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    project: str
    since: datetime | None
    until: datetime | None
    by: By
    names: tuple[str, ...]
    file: Loaded | None
    zone: str
    days: int


def measures(
    project: Annotated[str, typer.Option(help="One project; all without.")] = "",
    since: Annotated[
        str, typer.Option("--from", help="From this moment or day; today without. Local unless it names its offset.")
    ] = "",
    until: Annotated[str, typer.Option("--to", help="Before this moment or day; now without.")] = "",
    by: Annotated[str, typer.Option(help=f"Grouped by {', '.join(BY)}.")] = "",
    definition: Annotated[
        list[str] | None, typer.Option("--definition", help="Only these definitions of good service; repeat it.")
    ] = None,
    definitions: Annotated[
        Path | None, typer.Option(help="A file of further definitions, tried without applying it.")
    ] = None,
    zone: Annotated[str, typer.Option(help="IANA name of the zone of days and hours; else the project's.")] = "",
    days: Annotated[
        int, typer.Option(min=0, max=366, help="A matter that comes back within so many days was not resolved.")
    ] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")] = False,
) -> None:
    """Measure the log: service levels, waits, handling, agents' time, resolution and ratings.

    Formulas: docs/measures.md. Definitions stand in a project's document under `service_levels`; they are applied to
    the log as it is, so a new one tells of the past too. Exit codes: 0 measured, 1 a request or a file is faulty, 2 a
    file cannot be read.
    """
    try:
        wanted = _Wanted(
            project=project,
            since=_moment("--from", since),
            until=_moment("--to", until),
            by=_grouped(by),
            names=tuple(definition or ()),
            file=_loaded(definitions),
            zone=zone,
            days=days,
        )
        told = asyncio.run(_measured(wanted))
    except Faulty as fault:
        _print_findings(fault.findings, as_json)
        raise typer.Exit(FAULTY) from None
    except (Refused, UnusableRequest, UnusableSpan, NotConfigured) as fault:
        Console(stderr=True, soft_wrap=True).print(str(fault), style="red", markup=False, highlight=False)
        raise typer.Exit(FAULTY) from None
    if as_json:
        document = {"measures": [one.model_dump(mode="json") for one in told]}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    console = console_for_tables()
    for one in told:
        print_measures(console, one)


def _grouped(by: str) -> By:
    if by and by not in BY:
        raise Refused(f"--by {by!r} is none of {', '.join(BY)}")
    return cast("By", by)


def _loaded(path: Path | None) -> Loaded | None:
    if path is None:
        return None
    loaded = load_definitions(path)
    if loaded.unreadable:
        text = f"{loaded.file}: cannot be read: {loaded.unreadable}"
        Console(stderr=True, soft_wrap=True).print(text, style="red", markup=False, highlight=False)
        raise typer.Exit(UNREADABLE)
    if loaded.findings:
        raise Faulty(loaded.findings)
    return loaded


def _print_findings(findings: Sequence[Finding], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"findings": [asdict(one) for one in findings]}, ensure_ascii=False, indent=2))
        return
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for one in findings:
        print_finding(console, one)


async def _measured(wanted: _Wanted) -> list[Measures]:
    settings = load_settings()
    with _bar() as watch:
        async with (
            open_stores(settings, write=False) as stores,
            rows_for_measures(stores.log, settings, watch) as rows,
        ):
            return await asyncio.to_thread(_ask, rows.reading, wanted, system_clock())


def _ask(reading: Callable[[], AbstractContextManager[Reader]], wanted: _Wanted, now: datetime) -> list[Measures]:
    with reading() as read:
        known = measured_projects(read)
        if not known:
            raise Refused("no project was ever configured in this log: apply its documents first")
        if wanted.project and wanted.project not in known:
            raise Refused(f"there is no project {wanted.project!r} in this log: {suggest(wanted.project, known)}")
        return [_one(read, name, wanted, now) for name in ([wanted.project] if wanted.project else known)]


def _one(read: Reader, project: str, wanted: _Wanted, now: datetime) -> Measures:
    further = wanted.file.definitions if wanted.file is not None else {}
    if wanted.file is not None and (findings := wanted.file.check(project, queues_of(read, project))):
        raise Faulty(findings)
    return measures_asked(
        read, project, now=now, since=wanted.since, until=wanted.until, by=wanted.by, names=wanted.names,
        further=further, zone=wanted.zone, days=wanted.days,
    )  # fmt: skip


def _moment(option: str, written: str) -> datetime | None:
    """A day begins at its midnight; a moment without an offset is local."""
    if not written:
        return None
    try:
        if len(written) == len("2026-03-01"):
            return datetime.combine(date.fromisoformat(written), time())
        return datetime.fromisoformat(written)
    except ValueError as fault:
        forms = "2026-03-01, 2026-03-01T08:30 or 2026-03-01T08:30:00+01:00"
        raise Refused(f"{option} {written!r} is no moment; write it as in {forms}") from fault


class _bar:  # noqa: N801  read as a phrase: with _bar() as watch
    """Progress on standard error while the log is read; nothing is shown when the live rows will do."""

    def __init__(self) -> None:
        columns = (
            TextColumn("reading the log"),
            BarColumn(),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
            TimeRemainingColumn(),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("", total=1, visible=False)

    def __enter__(self) -> Watcher:
        self._bar.start()
        return lambda done, head: self._bar.update(self._task, total=max(1, head), completed=done, visible=True)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
