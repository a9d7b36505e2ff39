"""`trunkline site down SITE` and `trunkline site back SITE`: say that a site cannot work, or can again."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer

from domain.centre.configuration import CentreConfigured
from domain.centre.outage import DeclareSiteBack, DeclareSiteDown
from domain.execute import Origin
from domain.rejection import NotFound
from infra.load_settings import load_settings
from infra.stores import Stores, open_stores

ACTOR = "cli"

site_app = typer.Typer(
    help="Sites go down and come back. While a centre runs on an embedded log, ask it instead: "
    "POST /api/centres/CENTRE/sites/SITE/down.",
    no_args_is_help=True,
)
Site = Annotated[str, typer.Argument(metavar="SITE", help="Its name in the centre's document.")]
Centre = Annotated[str, typer.Option(help="The centre's name; needed where the log holds several.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object, for scripts.")]


@site_app.command()
def down(
    site: Site,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "outage",
    centre: Centre = "",
    as_json: AsJson = False,
) -> None:
    """Say that nobody at a site can work: its agents are released, its work goes to the other sites."""
    _told(asyncio.run(_declare(site, centre, reason)), as_json, f"{site} is down")


@site_app.command()
def back(site: Site, centre: Centre = "", as_json: AsJson = False) -> None:
    """Say that a site works again; its agents sign in themselves."""
    _told(asyncio.run(_declare(site, centre, None)), as_json, f"{site} is back")


async def _declare(site: str, wanted: str, reason: str | None) -> int:
    """The position of the event; 0 where it was so already. `reason` None: it is back."""
    async with open_stores(load_settings()) as stores:
        centre, pool = await _centre(stores, wanted)
        if reason is None:
            command: DeclareSiteDown | DeclareSiteBack = DeclareSiteBack(centre=centre, site=site, by=ACTOR)
        else:
            command = DeclareSiteDown(centre=centre, site=site, reason=reason, by=ACTOR)
        done = await stores.executor.execute(command, Origin(project="", pool=pool, actor=ACTOR))
        return done.position


async def _centre(stores: Stores, wanted: str) -> tuple[str, str]:
    """Name and pool of the centre that is meant. Raises `NotFound`."""
    pools: dict[str, str] = {}
    after = 0
    while batch := await stores.log.read(after, 1000, types=[CentreConfigured.wire]):
        for one in batch:
            assert isinstance(one.event, CentreConfigured)
            pools[str(one.event.document["centre"])] = one.pool
        after = batch[-1].position
    if not wanted and len(pools) == 1:
        return next(iter(pools.items()))
    if wanted not in pools:
        raise NotFound("centre", f"{wanted}; say which with --centre: {', '.join(sorted(pools)) or 'none was applied'}")
    return wanted, pools[wanted]


def _told(position: int, as_json: bool, said: str) -> None:
    if as_json:
        typer.echo(json.dumps({"position": position}))
    else:
        typer.echo(said if position else f"{said} already; nothing was changed")
