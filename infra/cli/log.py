"""`trunkline log`: look into the log, check it, move it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from domain.event import Recorded
from domain.ports import Keyring, LogUnavailable, UnreadableEvent
from infra.cli.log_shown import as_document, as_json, as_line
from infra.cluster.asyncapi import asyncapi_document
from infra.keys.cipher import WrongMasterKey
from infra.log.opened import LogSettings, NoKeyring, open_keyring, open_log
from infra.log.opening import KeyOpener, open_recorded
from infra.log.registry import event_schemas, know_all_events
from infra.log.rows import Filter
from infra.log.stored import StoredLog
from infra.log.transfer import BadLine, ImportRefused, export_log, import_log
from infra.log.verify import Report, verify

#: Exit codes: something is wrong with what was read; the log or the file cannot be used at all.
FAULTY, UNUSABLE = 1, 3
LAST_EVENTS = 20

log_app = typer.Typer(help="Look into the event log, check it, move it.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Write JSON, for scripts.")]
Asyncapi = Annotated[bool, typer.Option("--asyncapi", help="the topic in Kafka, as an AsyncAPI 3 document")]
Reveal = Annotated[bool, typer.Option("--reveal", help="Open personal fields (needs the keyring and its master key).")]


@dataclass(frozen=True, slots=True)
class _GivenSettings:
    """What the options say, where no settings were loaded or they were overridden."""

    log_url: str
    keyring_url: str
    master_key_file: Path | None

    @property
    def master_key(self) -> bytes:
        if self.master_key_file is None:
            raise LogUnavailable("no master key: give --master-key-file or TRUNKLINE_MASTER_KEY_FILE")
        return self.master_key_file.read_bytes()


@log_app.callback()
def log_options(
    context: typer.Context,
    log: Annotated[str, typer.Option(help="Address of the log: sqlite:///file or postgresql://…")] = "",
    keyring: Annotated[str, typer.Option(help="Address of the keyring, for --reveal.")] = "",
    master_key_file: Annotated[Path | None, typer.Option(help="File with the 32 bytes of the master key.")] = None,
) -> None:
    """The settings' own log and keyring are used unless others are named here."""
    if log:
        context.obj = _GivenSettings(log, keyring, master_key_file)


@log_app.command()
def tail(
    context: typer.Context,
    start: Annotated[int | None, typer.Option("--from", min=1, help="First position; else the last few.")] = None,
    follow: Annotated[bool, typer.Option(help="Go on as events are recorded.")] = True,
    as_json_lines: Json = False,
    reveal: Reveal = False,
) -> None:
    """Show events as they are recorded, one a line."""
    show = as_json if as_json_lines else as_line

    async def run(log: StoredLog, opened: Callable[[Recorded], Recorded]) -> None:
        after = max(0, await log.head() - LAST_EVENTS) if start is None else start - 1
        end = None if follow else await log.head()
        if after == end:
            return
        async with aclosing(log.subscribe(after)) as batches:
            async for batch in batches:
                for recorded in batch:
                    typer.echo(show(opened(recorded)))
                if end is not None and batch[-1].position >= end:
                    return

    _with_log(context, run, reveal=reveal)


@log_app.command()
def show(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="STREAM|POSITION", help="A stream's name, or a position.")],
    as_json_lines: Json = False,
    reveal: Reveal = False,
) -> None:
    """Show one event in full, or every event of a stream."""

    async def run(log: StoredLog, opened: Callable[[Recorded], Recorded]) -> None:
        if what.isdecimal():
            rows = [row for row in await log.rows(int(what) - 1, 1, Filter()) if row.position == int(what)]
            found = log.mapper.decode(rows)
        else:
            found = list(await log.read_stream(what))
        if not found:
            _fail(f"there is nothing at {what}: name a stream or a position up to {await log.head()}", FAULTY)
        for recorded in map(opened, found):
            typer.echo(as_json(recorded) if as_json_lines else _in_full(recorded))

    _with_log(context, run, reveal=reveal)


@log_app.command("export")
def export(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="File to write, - for standard output.")],
) -> None:
    """Write the whole log as JSON lines. Personal fields stay sealed; keys are not part of it."""

    async def run(log: StoredLog, _: Any) -> None:
        with _progress("exporting") as step:
            if file == "-":
                done = await export_log(log, sys.stdout.buffer, step)
            else:
                done = await _export_to_file(log, Path(file), step)
        typer.echo(f"{done.events} events and {done.once_keys} once keys exported", err=True)

    _with_log(context, run)


@log_app.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
) -> None:
    """Read an export into an empty log. Broken off, the same command goes on where it was."""

    async def run(log: StoredLog, _: Any) -> None:
        with _progress("importing") as step:
            done = await import_log(log, log.mapper, file, step)
        typer.echo(f"{done.events} events and {done.once_keys} once keys imported", err=True)

    _with_log(context, run, write=True)


@log_app.command("verify")
def verify_(context: typer.Context, as_json_lines: Json = False) -> None:
    """Read everything again: order, versions, times, pools, schemas, seals, hashes of sealed segments."""

    async def run(log: StoredLog, _: Any) -> None:
        with _progress("verifying") as step:
            report = await verify(log, log.mapper, step)
        typer.echo(_report_json(report) if as_json_lines else _report_text(report))
        if not report.sound:
            raise typer.Exit(FAULTY)

    _with_log(context, run)


@log_app.command()
def schema(as_json_document: Json = False, asyncapi: Asyncapi = False) -> None:
    """The JSON Schema of every event as it is stored."""
    if asyncapi:
        typer.echo(json.dumps(asyncapi_document(), ensure_ascii=False, indent=2))
        return
    schemas = event_schemas()
    if as_json_document:
        typer.echo(json.dumps(schemas, ensure_ascii=False, indent=2))
        return
    for wire, document in schemas.items():
        required = set(document.get("required", ()))
        fields = (name if name in required else f"[{name}]" for name in document.get("properties", {}))
        typer.echo(f"{wire:<40}  {' '.join(fields)}")


# --- below: opening, failing, progress


def _with_log(
    context: typer.Context,
    run: Callable[[StoredLog, Callable[[Recorded], Recorded]], Awaitable[None]],
    *,
    write: bool = False,
    reveal: bool = False,
) -> None:
    settings: LogSettings | None = context.obj
    if settings is None or not settings.log_url:
        _fail("which log? give --log sqlite:///path/to/file or --log postgresql://…", UNUSABLE)
    know_all_events()

    async def opened() -> None:
        keyring: Keyring = open_keyring(settings.keyring_url, settings.master_key) if reveal else NoKeyring()
        async with _opened(settings.log_url, keyring, write) as log:
            opener = KeyOpener(keyring)
            await run(
                log, (lambda recorded: open_recorded(opener, recorded)) if reveal else (lambda recorded: recorded)
            )

    try:
        asyncio.run(opened())
    except (UnreadableEvent, BadLine, ImportRefused) as fault:
        _fail(str(fault), FAULTY)
    except (LogUnavailable, WrongMasterKey, OSError, ValueError) as fault:
        _fail(str(fault), UNUSABLE)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


@asynccontextmanager
async def _opened(url: str, keyring: Keyring, write: bool) -> AsyncGenerator[StoredLog]:
    log = await open_log(url, keyring, write=write)
    try:
        yield log
    finally:
        await log.close()


async def _export_to_file(log: StoredLog, path: Path, step: Callable[[int, int], None]) -> Any:
    """Under another name until it is whole: an export that broke off is not taken for one."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as out:
            done = await export_log(log, out, step)
            _sync(out)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return done


def _sync(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def _fail(text: str, code: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)


class _progress:  # noqa: N801  used as a with statement's word
    """A bar on standard error, where that is a terminal."""

    def __init__(self, word: str) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task(word, total=None)

    def __enter__(self) -> Callable[[int, int], None]:
        self._bar.start()
        return lambda done, total: self._bar.update(self._task, completed=done, total=total or None)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _in_full(recorded: Recorded) -> str:
    document = as_document(recorded)
    data = document.pop("data")
    lines = [f"{name:>14}  {value}" for name, value in document.items()]
    body = json.dumps(data, ensure_ascii=False, indent=2).replace("\n", "\n" + " " * 16)
    return "\n".join([*lines, f"{'data':>14}  {body}", ""])


def _report_json(report: Report) -> str:
    return json.dumps(
        {
            "sound": report.sound,
            "events": report.events,
            "streams": report.streams,
            "segments": report.segments,
            "once_keys": report.once_keys,
            "faults": report.fault_count,
            "first_faults": [fault._asdict() for fault in report.faults],
        },
        ensure_ascii=False,
    )


def _report_text(report: Report) -> str:
    counted = f"{report.events} events in {report.streams} streams, {report.segments} sealed segments read"
    if report.sound:
        return f"{counted}: the log is sound"
    lines = [f"position {fault.position}  {fault.stream}  {fault.text}" for fault in report.faults]
    more = report.fault_count - len(report.faults)
    return "\n".join([*lines, *([f"and {more} more"] if more else []), f"{counted}: {report.fault_count} faults"])
