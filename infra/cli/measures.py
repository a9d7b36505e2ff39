"""`trunkline measures`: service, work and agents' time over any span, by any of several definitions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from domain.centre.goals import ServiceLevel
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
    Span,
    UnusableSpan,
    definitions_of,
    measured_projects,
    queues_of,
    zone_of,
)
from projections.queries.measures import measures as ask_measures
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
    since: str
    until: str
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
            project=project, since=since, until=until, by=_grouped(by), names=tuple(definition or ()),
            file=_loaded(definitions), zone=zone, days=days,
        )  # fmt: skip
        told = asyncio.run(_measured(wanted))
    except Faulty as fault:
        _print_findings(fault.findings, as_json)
        raise typer.Exit(FAULTY) from None
    except (Refused, UnusableSpan, NotConfigured) as fault:
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
    zone = _zone(wanted.zone) if wanted.zone else zone_of(read, project)
    today = datetime.combine(now.astimezone(zone).date(), time(), zone)
    since = _moment("--from", wanted.since, zone) if wanted.since else today
    until = _moment("--to", wanted.until, zone) if wanted.until else now.astimezone(zone)
    span = Span(since, until, zone)
    chosen = _chosen(read, project, wanted)
    return ask_measures(read, project, span, now=now, by=wanted.by, definitions=chosen, days=wanted.days)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise Refused(f"--zone {name!r} is no time zone; give an IANA name such as Europe/Warsaw") from fault


def _moment(option: str, written: str, zone: ZoneInfo) -> datetime:
    """A day begins at its midnight in the zone; a moment without an offset is the zone's own."""
    try:
        if len(written) == len("2026-03-01"):
            return datetime.combine(date.fromisoformat(written), time(), zone)
        moment = datetime.fromisoformat(written)
        moment.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        forms = "2026-03-01, 2026-03-01T08:30 or 2026-03-01T08:30:00+01:00"
        raise Refused(f"{option} {written!r} is no moment; write it as in {forms}") from fault
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _chosen(read: Reader, project: str, wanted: _Wanted) -> Mapping[str, ServiceLevel]:
    """The definitions to go by; one of the file's takes the place of the document's of the same name."""
    known = definitions_of(read, project)
    if wanted.file is not None:
        if findings := wanted.file.check(project, queues_of(read, project)):
            raise Faulty(findings)
        known |= wanted.file.definitions
    unknown = [name for name in wanted.names if name not in known]
    if unknown:
        mend = suggest(unknown[0], sorted(known)) if known else "add `service_levels` to its document, or a file"
        raise Refused(f"there is no definition {unknown[0]!r} for the project {project!r}: {mend}")
    return {name: known[name] for name in (dict.fromkeys(wanted.names) or known)}


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
