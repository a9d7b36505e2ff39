"""Whether the process lives, and whether it can do its work: for supervisors of processes, not of people."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends, Response

from web.doors import Wired
from web.guard import public

router = APIRouter(tags=["health"], dependencies=[Depends(public)])
READY_SECONDS = 2.0


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz", responses={503: {"description": "The log cannot be reached."}})
async def readyz(response: Response, doors: Wired) -> dict[str, str | int]:
    """The log answers too."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            return {"status": "ready", "head": await doors.log.head()}
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with the log, the answer is: not ready
        response.status_code = 503
        return {"status": "not ready", "reason": type(fault).__name__}
