"""`trunkline backup FOLDER`, `trunkline restore FOLDER`: copies of a centre, whichever stores it lies in."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from infra.backup.making import BackupRefused, Manifest, make_backup, make_keys, read_manifest
from infra.backup.restoring import restore_backup, restore_keys
from infra.load_settings import load_settings
from infra.log.registry import know_all_events
from infra.log.transfer import BadLine, ImportRefused
from infra.rows.opened import open_rows
from infra.stores import open_stores
from projections.catalogue import PROJECTIONS

#: Exit codes: the backup is not what it should be, or the stores are not empty.
REFUSED = 1
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of its own for each backup.")]


def backup(
    folder: Folder,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="File for the customers' wrapped keys; keep it apart from the folder.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only look whether this backup is whole.")] = False,
    as_json: AsJson = False,
) -> None:
    """Copy a running centre: log, accounts, attachments. Customers' keys only where --keys names a file for them.

    Nobody who works meanwhile waits. Exit codes: 0 made (or whole), 1 refused, 3 a store cannot be used.
    """
    try:
        made = read_manifest(folder) if check else asyncio.run(_backup(folder))
        if keys is not None and not check:
            make_keys(load_settings(), keys)
    except BackupRefused as fault:
        _fail(str(fault))
    _tell(made, "whole" if check else "made", as_json)


def restore(
    folder: Folder,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The file of keys, where the keyring was lost too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fill empty stores from a backup; start the centre afterwards. Broken off, the same command goes on.

    Exit codes: 0 restored, 1 the backup or the stores are not what they should be, 3 a store cannot be used.
    """
    try:
        made = asyncio.run(_restore(folder, keys))
    except (BackupRefused, ImportRefused, BadLine) as fault:
        _fail(str(fault))
    _tell(made, "restored", as_json)


async def _backup(folder: Path) -> Manifest:
    know_all_events()
    settings = load_settings()
    async with open_stores(settings, write=False) as stores:
        with _bar("copying the log") as step:
            return await make_backup(settings, stores.log, folder, stores.clock(), step)


async def _restore(folder: Path, keys: Path | None) -> Manifest:
    know_all_events()
    settings = load_settings()
    read_manifest(folder)
    async with open_stores(settings) as stores:
        if keys is not None:
            restore_keys(settings, stores.keyring, stores.secrets.master_key, keys)
        rows = await asyncio.to_thread(open_rows, settings.rows_location)
        try:
            with _bar("restoring the log") as step:
                return await restore_backup(settings, stores.log, rows, PROJECTIONS, folder, step)
        finally:
            rows.close()


def _tell(made: Manifest, what: str, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(made)))
        return
    size = made.blob_bytes / 1_000_000
    typer.echo(
        f"{what}: {made.events} events up to position {made.head}, {made.accounts} rows of accounts, "
        f"{made.blobs} attachments ({size:.1f} MB), as of {made.made_at}"
    )


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(REFUSED)


class _bar:  # noqa: N801  used as a with statement's word
    """A bar on standard error, where that is a terminal."""

    def __init__(self, word: str) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal)
        self._task = self._bar.add_task(word, total=None)

    def __enter__(self) -> _bar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total or None)
