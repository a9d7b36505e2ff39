"""Sites: how they stand, said to be down and back. The router releases who sits there, one agent after another."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from domain.centre.outage import DeclareSiteBack, DeclareSiteDown
from projections.queries import SiteDown, agents_at, sites_down
from web.access import Caller, Permission
from web.bodies import ReasonBody
from web.doors import Wired
from web.guard import Requires
from web.problem import not_found
from web.queries import Ask
from web.sending import COMMAND_PROBLEMS, Accepted, Send

SITE = "/centres/{centre}/sites/{site}"
router = APIRouter(prefix="/api", tags=["sites"], responses=COMMAND_PROBLEMS)
Seeing = Annotated[Caller, Depends(Requires(Permission.READ_PRESENCE))]
Leading = Annotated[Caller, Depends(Requires(Permission.DECLARE_OUTAGE))]


class SiteStanding(BaseModel):
    """A site of a centre. `down`: since when nobody can work there, and why; None while it works.

    `agents` who sit there, by state.
    """

    centre: str
    site: str
    title: str
    time_zone: str
    down: SiteDown | None
    agents: dict[str, int]


class Sites(BaseModel):
    items: tuple[SiteStanding, ...]


@router.get("/sites")
async def list_sites(caller: Seeing, doors: Wired, ask: Ask) -> Sites:
    """Every site of the pool: whether it works, and who is there."""
    await doors.documents.catch_up()
    centres = [one for one in doors.documents.centres.values() if one.pool == caller.pool]
    down = {one.site: one for one in await ask(sites_down, caller.pool)}
    names = tuple(name for centre in centres for name in centre.sites)
    there = await ask(agents_at, caller.pool, names)
    return Sites(
        items=tuple(
            SiteStanding(
                centre=centre.centre,
                site=name,
                title=site.title,
                time_zone=site.time_zone,
                down=down.get(name),
                agents=there[name],
            )
            for centre in centres
            for name, site in centre.sites.items()
        )
    )


@router.post(f"{SITE}/down")
async def site_down(centre: str, site: str, body: ReasonBody, caller: Leading, doors: Wired, send: Send) -> Accepted:
    """Nobody can work there: waiting work goes to other sites, broken calls are called back first."""
    await _own(doors, caller, centre)
    return await send(caller, DeclareSiteDown(centre=centre, site=site, reason=body.reason, by=caller.actor))


@router.post(f"{SITE}/back")
async def site_back(centre: str, site: str, caller: Leading, doors: Wired, send: Send) -> Accepted:
    """The site works again; its agents sign in themselves."""
    await _own(doors, caller, centre)
    return await send(caller, DeclareSiteBack(centre=centre, site=site, by=caller.actor))


async def _own(doors: Wired, caller: Caller, centre: str) -> None:
    """Raises `Problem` 404 for a centre of another pool as for one that does not exist."""
    home = await doors.homes.of("centre", centre)
    if home is None or home.pool != caller.pool:
        raise not_found("centre", centre)
