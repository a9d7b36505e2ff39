"""Sites: said to be down and back. The router releases who sits there, one agent after another."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from domain.centre.outage import DeclareSiteBack, DeclareSiteDown
from web.access import Caller, Permission
from web.bodies import ReasonBody
from web.doors import Wired
from web.guard import Requires
from web.problem import not_found
from web.sending import COMMAND_PROBLEMS, Accepted, Send

PREFIX = "/api/centres/{centre}/sites/{site}"
router = APIRouter(prefix=PREFIX, tags=["sites"], responses=COMMAND_PROBLEMS)
Leading = Annotated[Caller, Depends(Requires(Permission.DECLARE_OUTAGE))]


@router.post("/down")
async def site_down(centre: str, site: str, body: ReasonBody, caller: Leading, doors: Wired, send: Send) -> Accepted:
    """Nobody can work there: waiting work goes to other sites, broken calls are called back first."""
    await _own(doors, caller, centre)
    return await send(caller, DeclareSiteDown(centre=centre, site=site, reason=body.reason, by=caller.actor))


@router.post("/back")
async def site_back(centre: str, site: str, caller: Leading, doors: Wired, send: Send) -> Accepted:
    """The site works again; its agents sign in themselves."""
    await _own(doors, caller, centre)
    return await send(caller, DeclareSiteBack(centre=centre, site=site, by=caller.actor))


async def _own(doors: Wired, caller: Caller, centre: str) -> None:
    """Raises `Problem` 404 for a centre of another pool as for one that does not exist."""
    home = await doors.homes.of("centre", centre)
    if home is None or home.pool != caller.pool:
        raise not_found("centre", centre)
