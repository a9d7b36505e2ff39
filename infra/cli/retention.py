"""`trunkline retention`: let go of what the projects' rules say has been kept long enough."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer

from infra.configured import Configured
from infra.load_settings import load_settings
from infra.retention import Due, due, let_go
from infra.stores import open_stores


def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")] = False,
) -> None:
    """Erase customers and remove attachments that a project's `retention` says have been kept long enough.

    Run it every night. It cannot be undone. On an embedded log stop the centre first (--dry-run may run beside it).
    """
    found = asyncio.run(_due())
    if dry_run or not any(one.customers or one.attachments for one in found):
        _tell(found, (0, 0), as_json=as_json, dry_run=dry_run)
        return
    if not yes:
        _tell(found, (0, 0), as_json=False, dry_run=True)
        typer.confirm("Let go of this for ever?", abort=True, err=True)
    _tell(found, asyncio.run(_let_go()), as_json=as_json, dry_run=False)


async def _due() -> list[Due]:
    async with open_stores(load_settings(), write=False) as stores:
        configured = Configured(stores.log)
        await configured.catch_up()
        return await due(stores.log, configured.projects, stores.clock())


async def _let_go() -> tuple[int, int]:
    async with open_stores(load_settings()) as stores:
        configured = Configured(stores.log)
        await configured.catch_up()
        dues = await due(stores.log, configured.projects, stores.clock())
        return await let_go(dues, stores.executor, stores.blobs)


def _tell(found: list[Due], done: tuple[int, int], *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        told = [
            {"project": one.project, "customers": len(one.customers), "attachments": len(one.attachments)}
            for one in found
        ]
        typer.echo(json.dumps({"dry_run": dry_run, "due": told, "erased": done[0], "removed": done[1]}))
        return
    for one in found:
        said = f"{len(one.customers)} customers to erase, {len(one.attachments)} attachments to remove"
        typer.echo(f"{one.project}: {said}")
    if not found:
        typer.echo("no project has rules of retention")
    elif not dry_run:
        typer.echo(f"{done[0]} customers erased, {done[1]} attachments removed")
