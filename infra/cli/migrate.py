"""`trunkline migrate`: bring every store to what this software wants, or say what that would be."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer

from infra.load_settings import load_settings
from infra.operations.schemas import Due, due
from infra.rows.opened import open_rows
from infra.rows.port import StaleProjection
from infra.stores import open_accounts, open_stores
from projections.catalogue import PROJECTIONS

#: Exit code of `--check`: something is to be done.
TO_DO = 1


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only say what is to be done; change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")] = False,
) -> None:
    """Make or change the tables of log, accounts, keys and read models. Harmless twice, safe beside a running centre.

    A process that starts does the same by itself; run this first where its account may not create tables. Stored
    events are never changed: older forms are read as they are. Exit codes: 0 all is as wanted, 1 something is to be
    done (with --check, or that only a rebuild does), 3 a store cannot be used.
    """
    settings = load_settings()
    before = due(settings)
    if not check:
        asyncio.run(_migrate())
    left = before if check else due(settings)
    _tell(before, left, check=check, as_json=as_json)
    raise typer.Exit(TO_DO if left else 0)


async def _migrate() -> None:
    settings = load_settings()
    async with open_stores(settings):
        database = await open_accounts(settings.accounts_location)
        await database.close()
        rows = await asyncio.to_thread(open_rows, settings.rows_location, tuple(PROJECTIONS.values()))
        try:
            for projection in PROJECTIONS.values():
                await asyncio.to_thread(_prepare, rows, projection)
        finally:
            rows.close()


def _prepare(rows: object, projection: object) -> None:
    try:
        rows.live(projection, "*").close()  # type: ignore[attr-defined]
    except StaleProjection:
        return  # told by what is left: only a rebuild mends it


def _tell(before: list[Due], left: list[Due], *, check: bool, as_json: bool) -> None:
    done = [] if check else [one for one in before if one not in left]
    if as_json:
        typer.echo(json.dumps({"done": [one._asdict() for one in done], "left": [one._asdict() for one in left]}))
        return
    for one in done:
        typer.echo(f"done: {one.store}: {one.what}")
    for one in left:
        typer.echo(f"{one.store}: {one.what}: {one.by}")
    if not done and not left:
        typer.echo("everything is as this software wants it")
