"""`trunkline webhooks`: how peers' webhooks stand, and telling them once more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from domain.rejection import NotFound
from infra.load_settings import load_settings
from infra.stores import open_accounts
from infra.webhooks.standing import Standings

webhooks_app = typer.Typer(help="How peers' webhooks stand, and telling them once more.", no_args_is_help=True)
Endpoint = Annotated[str, typer.Argument(metavar="PROJECT/WEBHOOK", help="As the project's document names it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")]


@webhooks_app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Where each webhook stands in the log, what it waits for, and how many messages were parked."""
    standings, parked = asyncio.run(_read())
    told = [{**one._asdict(), "parked": sum(p.endpoint == one.endpoint for p in parked)} for one in standings]
    if as_json:
        typer.echo(json.dumps({"webhooks": told}))
        return
    for one in told:
        waits = f", attempt {one['attempts'] + 1} at {one['retry_at']}: {one['fault']}" if one["attempts"] else ""
        typer.echo(f"{one['endpoint']}: at position {one['position']}, {one['parked']} parked{waits}")
    if not told:
        typer.echo("no webhook has been told anything yet")


@webhooks_app.command()
def parked(endpoint: Endpoint, as_json: AsJson = False) -> None:
    """What was given up, with its reason. The event itself: `trunkline log show POSITION`."""
    _, found = asyncio.run(_read(endpoint))
    if as_json:
        typer.echo(json.dumps({"parked": [one._asdict() for one in found]}))
        return
    for one in found:
        typer.echo(f"position {one.position}, {one.attempts} attempts, {one.parked_at}: {one.reason}")
    if not found:
        typer.echo("nothing is parked")


@webhooks_app.command()
def replay(
    endpoint: Endpoint,
    after: Annotated[int | None, typer.Option(min=0, help="Tell everything after this position once more.")] = None,
    parked: Annotated[bool, typer.Option("--parked", help="Try what was parked once more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell a peer once more, under the same `webhook-id`, so that it can pass over what it has."""
    if (after is None) == (not parked):
        raise typer.BadParameter("say what: --after POSITION, or --parked")
    count = asyncio.run(_replay(endpoint, after))
    said = f"{count} parked messages are tried once more" if after is None else f"told again from after {after}"
    typer.echo(json.dumps({"endpoint": endpoint, "after": after, "parked": count}) if as_json else said)


async def _read(endpoint: str = "") -> tuple[list, list]:  # type: ignore[type-arg]
    async with _standings() as standings:
        return list(await standings.all()), list(await standings.parked(endpoint))


async def _replay(endpoint: str, after: int | None) -> int:
    async with _standings() as standings:
        if after is None:
            return await standings.replay_parked(endpoint)
        if not await standings.replay(endpoint, after):
            known = ", ".join(one.endpoint for one in await standings.all()) or "none"
            raise NotFound("webhook", f"{endpoint}; known: {known}")
        return 0


@asynccontextmanager
async def _standings() -> AsyncGenerator[Standings]:
    database = await open_accounts(load_settings().accounts_location)
    try:
        yield Standings(database)
    finally:
        await database.close()
