"""`trunkline growth`: how much there is, how fast it grows, what that comes to in a year."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from infra.load_settings import load_settings
from infra.operations.growth import Growth
from infra.operations.growth import growth as measured
from infra.stores import open_stores


def growth(
    days: Annotated[int, typer.Option(min=1, max=366, help="How far to look back.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")] = False,
) -> None:
    """Say how much is stored, how fast it grows, and what a month and a year at that pace add."""
    found = asyncio.run(_growth(days))
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    typer.echo(f"{found.events:,} events of {found.bytes_per_event:,.0f} bytes on average")
    for name, size in found.stores.items():
        typer.echo(f"  {name:<12} {_mb(size)}")
    typer.echo(f"{found.events_per_day:,.0f} events a day with any, {_mb(found.bytes_per_day)} in all stores together")
    typer.echo(f"at this pace {_mb(found.bytes_in_30_days)} in 30 days, {_mb(found.bytes_in_365_days)} in a year")
    for wire, share in list(found.kinds.items())[:8]:
        typer.echo(f"  {share:6.1%} of the log's bytes: {wire}")


async def _growth(days: int) -> Growth:
    settings = load_settings()
    async with open_stores(settings, write=False) as stores:
        return await measured(settings, stores.log, stores.clock(), days)


def _mb(size: float) -> str:
    return f"{size / 1_000_000:,.1f} MB"
